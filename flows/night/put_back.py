"""An earlier night's file in the warehouse's place, where a person put it: it is what a night published, so it may be
read, but nobody must take it for the last night's.

Every reader asks here: the commands say it on standard error, the desk on each page, the workbook on its sheet `about`,
`tieout status` counts it as trouble of our own, and alerts tell nothing from such books.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flows.night import journal
from flows.night.journal import Attempt
from pipelines.firm.published import night_of
from pipelines.firm.settings import Firm


def put_back(firm: Firm) -> str | None:
    """In a sentence, that the published books are an earlier night's than the last good one; None where they are its
    own, or nothing proves whose they are (then they are not read at all)."""
    good = [attempt for attempt in journal.attempts(firm) if attempt.is_good]
    if not good or not firm.warehouse.exists():
        return None
    last, shown = good[-1], night_of(firm.warehouse)
    # Run ids sort by time. A later one is of a night that died before it came into the journal.
    if shown is None or last.run_id is None or shown >= last.run_id:
        return None
    own = next((_local(firm, attempt) for attempt in good if attempt.run_id == shown), shown)
    return (
        f"the published books are those of the night of {own}; the night of {_local(firm, last)} ended well after it "
        f"and is not in its place: an earlier night was put back. Run the night again (tieout run {firm.id})"
    )


def _local(firm: Firm, attempt: Attempt) -> str:
    return f"{attempt.started_at.astimezone(ZoneInfo(firm.timezone)):%Y-%m-%d %H:%M}"
