"""A walk through a list of pages: what it has seen so far, and where it must end.

A lost page is lost money, and neither system promises much: so each page is looked at before the next is asked for.
A page that is not what it says is asked for again; if it stays like that the list cannot be read whole tonight. Walks
end: more pages than the records stated or held can fill stop them. How each system pages, and how the end of a list
is proven, stands with the system.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pipelines.api.http import Api
from pipelines.api.reply import kind_of
from pipelines.errors import TryAgain
from pipelines.tables.columns import Record

MOST_PAGES = 10_000
# A list may have grown since it was held or stated, by an import or while it is read: so much is believed, and no more.
GROWN_TIMES = 4
GROWN_PAGES = 100
MOST_STATED = 100_000_000
ASK_AGAIN = 2


@dataclass
class Walk:
    """One walk through one list: what it has seen so far. ``held`` are the records we hold of it; ``stated`` those
    that the other side says there are; ``is_as_known`` is whether one reply named exactly those that were known."""

    api: Api
    name: str
    pages: int = 0
    rows: int = 0
    held: int | None = None
    stated: int | None = None
    their_clock: datetime | None = None
    is_as_known: bool = False
    seen: set[Any] = field(default_factory=set)

    def fail(self, what: str) -> TryAgain:
        """The error for a list that cannot be read whole."""
        return TryAgain(
            f"{self.api.firm_id}: {self.api.system} {self.name}: {what}. The list cannot be shown to be whole; nothing "
            "was published. Run again; if it happens again, report it."
        )

    def take(self, rows: list[Record], key: str, size: int) -> list[Record]:
        """Count a page of up to ``size`` records and keep the rows not met before."""
        self.pages += 1
        most = self._most_pages(size)
        if self.pages > most:
            raise self.fail(f"a last page was expected, found more than {most:,}")
        fresh = [row for row in rows if row.get(key) not in self.seen]
        self.seen.update(row.get(key) for row in fresh)
        self.rows += len(fresh)
        return fresh

    def _most_pages(self, size: int) -> int:
        known = self.stated if self.stated is not None else self.held
        if not known and self.stated is None:
            return MOST_PAGES  # nothing was ever held of it
        return min(MOST_PAGES, GROWN_TIMES * -(-(known or 0) // size) + GROWN_PAGES)


def count_of(walk: Walk, value: Any, what: str) -> int:
    """A stated number of records or pages. Raises TryAgain where it is none, or none that a list can have."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_STATED:
        return value
    raise walk.fail(f"{what} was expected to be a count, found {kind_of(value)} that is none")


def with_ids(walk: Walk, rows: list[Record], key: str) -> list[Record]:
    """These rows, whose key is a number or text, or nothing. Raises TryAgain where it is anything else."""
    for row in rows:
        if isinstance(row.get(key), dict | list | bool):
            raise walk.fail(f"{key} was expected to be a number or text, found {kind_of(row[key])}")
    return rows
