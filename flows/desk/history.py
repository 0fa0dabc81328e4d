"""How one finding stood, night by night: when it began, when it changed, when it was gone and came back.

Read from the nights that are kept, each from its own published file, proven like the living one. A night that was
kept never changes, so what it said of its findings is remembered here once it was read.
"""

from functools import lru_cache
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from flows.desk.books import Row, books_of, firm_of, firm_page
from flows.desk.changes import TOLD, kept_nights, night_file
from flows.reading.report import read_rows
from flows.reading.words import titled
from pipelines.errors import TieoutError

COLUMNS = ("code", "subject_label", *TOLD)
FINDINGS_SQL = f"select exception_id, {', '.join(COLUMNS)} from recon.exceptions where firm_id = ?"
MOST_NIGHTS = 64
Stood = dict[str, tuple[Any, ...]]


def show(request: Request) -> Response:
    """The nights on which a finding came, changed or went, oldest first."""
    firm, exception_id = firm_of(request), request.path_params["exception_id"]
    with books_of(firm) as books:
        nights = kept_nights(firm, books)
        stood = [(night, _found(firm.id, night_file(firm, night["run_id"]))) for night in nights[:-1]]
        stood.append((nights[-1], _rows(books.rows(FINDINGS_SQL))))
        seen = [(night, found.get(exception_id)) for night, found in stood if found is not None]
        known = [values for _, values in seen if values is not None]
        if not known:
            raise HTTPException(404, "None of the nights kept found that.")
        code, label = known[-1][:2]
        shown = firm_page(
            request,
            "history.html",
            "worklist",
            books,
            title=titled(code),
            label=label,
            events=_events(seen),
            nights=len(seen),
            not_read=len(nights) - len(seen),
            here=exception_id if seen[-1][1] is not None else None,
        )
    return HTMLResponse(shown)


def _found(firm_id: str, file: Path) -> Stood | None:
    """What a kept night found; None where that cannot be read (an earlier version's, or damaged), which must not look
    like a night without the finding."""
    try:
        about = file.stat()
        return _remembered(firm_id, file, (about.st_ino, about.st_mtime_ns, about.st_ctime_ns, about.st_size))
    except (TieoutError, OSError):
        return None


@lru_cache(MOST_NIGHTS)
def _remembered(firm_id: str, file: Path, stamp: tuple[int, ...]) -> Stood:
    return _rows(read_rows(file, FINDINGS_SQL, [firm_id]))


def _rows(rows: list[Row]) -> Stood:
    return {row["exception_id"]: tuple(row[name] for name in COLUMNS) for row in rows}


def _events(seen: list[tuple[Row, tuple[Any, ...] | None]]) -> list[Row]:
    """Only the nights that say something new."""
    events: list[Row] = []
    before: tuple[Any, ...] | None = None
    was_there = False
    for night, now in seen:
        changes = []
        if before is not None and now is not None:
            told = zip(TOLD.values(), before[2:], now[2:], strict=True)
            changes = [(words, old, new) for words, old, new in told if old != new]
        if now is not None and before is None:
            events.append({"night": night, "what": "back" if was_there else "found", "changes": [], "amount": now[2]})
        elif now is None and before is not None:
            events.append({"night": night, "what": "gone", "changes": [], "amount": before[2]})
        elif changes and now is not None:
            events.append({"night": night, "what": "changed", "changes": changes, "amount": now[2]})
        before, was_there = now, was_there or now is not None
    return events
