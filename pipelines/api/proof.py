"""What was read tonight, how, and how we know that it was all.

Each list leaves one ``ListResult`` behind, which becomes its row in ``evidence.lists``. A record that a whole
reading no longer shows is not believed gone: it is asked for by its id, together with one that is known to be
there. If it comes back, the reading was not whole and the night ends; if it does not, it is gone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from pipelines.errors import GiveUp, TryAgain

SHRUNK_SHARE = 0.2
SHRUNK_ROWS = 5


@dataclass
class ListResult:
    """One list of one firm, tonight. ``gone`` are ids that were asked for one by one and are no longer there;
    ``shows_deleted`` is whether a whole reading showed deleted records, None where there was none to show."""

    firm_id: str
    system: str
    name: str
    started_at: datetime
    mode: str = "full"
    asked_since: datetime | None = None
    pages: int = 0
    rows: int = 0
    stated: int | None = None
    vanished: int = 0
    proof: str = ""
    gone: set[str] = field(default_factory=set)
    shows_deleted: bool | None = None

    @property
    def where(self) -> str:
        """For messages."""
        return f"{self.firm_id}: {self.system} {self.name}"


def has_shrunk(missing: int, held: int) -> bool:
    """A list that loses a fifth of itself overnight lost a right or a filter, not its records."""
    return missing > SHRUNK_ROWS and missing > SHRUNK_SHARE * held


def refuse_shrinking(result: ListResult, missing: int, held: int, name: str) -> None:
    """The end of a night in which a list shrank and no person named it."""
    raise GiveUp(
        f"{result.where}: shrank: {held} records were held, {missing} of them are no longer shown. The connected "
        "user may have lost a right. Nothing was published. Check that; if they are really gone, run with "
        f"--accept-shrunk {name}."
    )


def refuse_empty(result: ListResult, held: int) -> None:
    """The end of a night in which a list came back empty, whoever says what."""
    raise GiveUp(
        f"{result.where}: {held} records were held, and the list came back empty, which is never believed. The "
        "connected user may have lost a right, or another account may be connected. Nothing was published. Check "
        "that; if a firm really has none any more, begin anew: move its warehouse.duckdb away."
    )


def refuse_returned(result: ListResult, returned: set[str]) -> None:
    """Records that a whole reading did not show, but that are there when asked for."""
    if returned:
        sample = ", ".join(sorted(returned)[:3])
        raise TryAgain(
            f"{result.where}: every record was expected in the list, found {len(returned)} that it left out "
            f"(for example {sample}). Nothing was published. Run again; if it happens again, report it."
        )
