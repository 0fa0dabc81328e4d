"""One published warehouse, opened once for all that a page asks of it.

Through the one door, so it is proven to be what the night published, and read only. A firm is found by its name in the
address, and every question names the firm: another firm's address finds nothing.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
from starlette.exceptions import HTTPException
from starlette.requests import Request

from flows.desk.look import page
from flows.status import STYLES, standing_of
from pipelines.firm.published import open_published
from pipelines.firm.settings import Firm, Settings

Row = dict[str, Any]
NIGHT_SQL = "select * from recon.run_statements where firm_id = ? order by started_at desc, run_id desc limit 1"


@dataclass(frozen=True)
class Books:
    """A firm's books as a night left them."""

    firm: Firm
    connection: duckdb.DuckDBPyConnection

    def rows(self, sql: str, *values: Any) -> list[Row]:
        """Rows, each a dict by column. The first value is the firm's, as in `where firm_id = ?`."""
        return self._rows(sql, [self.firm.id, *values])

    def named_rows(self, sql: str) -> list[Row]:
        """The same for a question that names its one value, the firm's, as `$firm`."""
        return self._rows(sql, {"firm": self.firm.id})

    def _rows(self, sql: str, values: list[Any] | dict[str, Any]) -> list[Row]:
        cursor = self.connection.execute(sql, values)
        names = [column[0] for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def night(self) -> Row:
        """The night whose books these are, its moments in the firm's zone. What it could not prove is None where the
        version before kept it, which did not say."""
        [night] = self.rows(NIGHT_SQL)
        moments = {name: local(self.firm, night[name]) for name in ("started_at", "finished_at")}
        return {"not_proven": None} | night | moments

    def night_started(self) -> datetime:
        """When that night began to read, in UTC without its zone."""
        [night] = self.rows(NIGHT_SQL)
        started: datetime = night["started_at"]
        return started


def local(firm: Firm, moment: datetime) -> datetime:
    """A moment of the warehouse (UTC, without its zone) by the clock on the firm's wall."""
    return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(firm.timezone)).replace(tzinfo=None)


def settings_of(request: Request) -> Settings:
    """The configuration that this desk was started with."""
    settings: Settings = request.app.state.settings
    return settings


def firm_of(request: Request) -> Firm:
    """The firm that the address names, or 404."""
    wanted = request.path_params["firm"]
    firm = settings_of(request).firms.get(wanted)
    if firm is None:
        raise HTTPException(404, "This desk has no firm of that name.")
    return firm


@contextmanager
def books_of(firm: Firm, file: Path | None = None) -> Iterator[Books]:
    """The published books of a firm, or those of a night kept."""
    with open_published(file or firm.warehouse) as connection:
        yield Books(firm, connection)


def firm_page(request: Request, template: str, tab: str, books: Books, **values: Any) -> str:
    """A page of one firm, with the way to its other pages and the night that it shows."""
    standing = standing_of(settings_of(request), books.firm, datetime.now(UTC))
    around = {"firm": books.firm, "tab": tab, "night": books.night()}
    # Books of an earlier night must not look like tonight's.
    around["old"] = standing if standing.state not in STYLES else None
    return page(template, request.state.session, **around, **values)


def day_of(night: Row) -> date:
    """The day that a night judged."""
    day: date = night["as_of_date"]
    return day
