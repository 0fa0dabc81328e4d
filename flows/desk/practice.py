"""All firms of the practice, worst first: the grid of `tieout status` with the figures of each firm's last good night.

A firm of which something cannot be read hides no other; what is our trouble is said apart from what is the books'.
"""

from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from flows.desk.books import Books, books_of, settings_of
from flows.desk.look import page
from flows.status import STYLES, Standing, status
from pipelines.connect.connection import LOST
from pipelines.errors import TieoutError
from pipelines.firm.settings import Firm

FIGURES_SQL = """
select clio_receivables_amount, xero_receivables_amount, count(*) over () as nights
from recon.run_statements where firm_id = ? order by started_at desc, run_id desc limit 1
"""


# Since when the oldest open item has stood: since the books began to differ, else since a night first saw it.
OLDEST_SQL = """
select min(coalesce(since_date, cast(first_seen_at as date))) as oldest from recon.exceptions
where firm_id = ? and status = 'open' and severity <> 'info'
"""


@dataclass(frozen=True)
class Line:
    """One firm on the page; `figures` is empty where no night's books can be read."""

    firm: Firm
    standing: Standing
    figures: dict[str, Any]
    last_good: str
    oldest: date | None

    @property
    def is_ours(self) -> bool:
        """Whether the state is our trouble, and no verdict on the books."""
        return self.standing.state not in STYLES

    @property
    def connections(self) -> str:
        """The connections that are not well, in words."""
        states = self.standing.connections
        return ", ".join(
            f"{said} (tieout connect {self.firm.id} {system})" if states[system] in LOST else said
            for system, said in self.standing.unwell_connections.items()
        )


def show(request: Request) -> Response:
    """The practice."""
    settings, now = settings_of(request), datetime.now(UTC)
    with ExitStack() as open_books:  # opened once for the grid and for the figures: it is the opening that takes time
        opened: dict[str, Books] = {}
        for firm in settings.firms.values():
            with suppress(TieoutError):  # the standing says it already
                opened[firm.id] = open_books.enter_context(books_of(firm))
        standings = status(settings, now)
        lines = [_line(settings.firm(one.firm_id), one, opened.get(one.firm_id)) for one in standings]
    shown = page("practice.html", request.state.session, lines=lines)
    return HTMLResponse(shown)


def _line(firm: Firm, standing: Standing, books: Books | None) -> Line:
    figures: dict[str, Any] = {}
    oldest = standing.oldest_open
    with suppress(duckdb.Error):  # an earlier version's, in which not all of this is: the rest is said
        if books is not None and standing.state != "unreadable":
            figures = next(iter(books.rows(FIGURES_SQL)), {})
            [(oldest,)] = (row.values() for row in books.rows(OLDEST_SQL))
    good = standing.last_good_at
    when = f"{good.astimezone(ZoneInfo(firm.timezone)):%Y-%m-%d %H:%M}" if good else ""
    return Line(firm, standing, figures, when, oldest)
