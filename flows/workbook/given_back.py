"""Decisions that come back in a workbook: read with distrust, checked against the night, written by `flows.decide`.

The file has been with other people and programs. It is read whole or refused in a sentence: so many bytes, packed and
unpacked; no part that declares a document type, through which XML reaches for other files or swells; values only, never
formulas. A row counts only while its finding is what it was when the workbook was written.
"""

import io
import zipfile
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from xml.parsers import expat

import openpyxl

from flows import decide
from flows.reading.report import read_rows
from flows.workbook import sheets
from flows.workbook.stamp import FIRM_ID, stamp
from pipelines.errors import UsageError
from pipelines.firm import decisions
from pipelines.firm.files import in_a_sentence
from pipelines.firm.settings import Firm

MEGABYTE = 2**20
MOST_BYTES = 50 * MEGABYTE
MOST_UNPACKED = 400 * MEGABYTE
MOST_PARTS = 500
MOST_ROWS = 200_000
MOST_COLUMNS = 50
MOST_LETTERS = 1_000  # of a reason or a name
FREE = (sheets.UNTIL, sheets.REASON, sheets.BY)
NEEDED = (*FREE, sheets.EXCEPTION_ID, sheets.AS_IT_WAS)


@dataclass(frozen=True)
class Given:
    """A row on which somebody wrote something, as it stands in the file."""

    line: int
    exception_id: str
    stamp: str
    until: Any
    reason: str
    by: str


@dataclass(frozen=True)
class GivenBack:
    """What a workbook says: whose it is, and its decisions in their order."""

    firm_id: str
    rows: list[Given]


@dataclass(frozen=True)
class Plan:
    """What a workbook would do: each acceptance, each row that is refused and why, and rows that were given before."""

    acceptances: list[decide.Acceptance]
    refused: list[str]
    known: int


def plan(firm: Firm, file: Path) -> Plan:
    """Check a workbook against the last published night; nothing is written. Raises UsageError for a file that is no
    workbook of this firm."""
    given = read(file)
    if given.firm_id != firm.id:
        raise UsageError(f"{file}: a workbook of {firm.id} was expected; it is of {given.firm_id or 'no firm'}.")
    current = {
        row["exception_id"]: row
        for row in read_rows(firm.warehouse, "select * from recon.exceptions where firm_id = ?", [firm.id])
    }
    before = {row["exception_id"]: row for row in decisions.acceptances(firm.folder).rows()}
    found = Plan([], [], sum(_is_known(row, before) for row in given.rows))
    named: set[str] = set()
    for row in given.rows:
        if _is_known(row, before):
            continue
        try:
            if row.exception_id in named:
                raise UsageError("the same exception stands in a row above.")
            named.add(row.exception_id)
            found.acceptances.append(_acceptance(firm, row, current))
        except UsageError as error:
            found.refused.append(f"Line {row.line}, {row.exception_id}: {error}")
    return found


def _is_known(row: Given, before: dict[str, dict[str, str]]) -> bool:
    """Whether exactly this was decided before and stands."""
    known = before.get(row.exception_id, {"withdrawn_at": "never given"})
    until = row.until.isoformat() if isinstance(row.until, date) else ""
    return not known["withdrawn_at"] and (known["expires_on"], known["reason"], known["accepted_by"]) == (
        until,
        " ".join(row.reason.split()),
        " ".join(row.by.split()),
    )


def _acceptance(firm: Firm, row: Given, current: dict[str, dict[str, Any]]) -> decide.Acceptance:
    tonight = current.get(row.exception_id)
    if tonight is None:
        raise UsageError("a current exception was expected; the last night has none with this id. It may be mended.")
    if stamp(tonight) != row.stamp:
        raise UsageError(
            f"it has changed since the workbook was written; now it says: {tonight['explanation']} "
            f"Write a new one with `tieout workbook {firm.id}`."
        )
    if not isinstance(row.until, date):
        raise UsageError(f"a date was expected under {sheets.UNTIL}; found {row.until!r}.")
    for heading, text in ((sheets.REASON, row.reason), (sheets.BY, row.by)):
        if not text or len(text) > MOST_LETTERS:
            raise UsageError(f"1 to {MOST_LETTERS} letters were expected under {heading}; found {len(text)}.")
    return decide.proposed(firm, tonight, row.reason, row.by, row.until)


def read(file: Path) -> GivenBack:
    """The decisions of a workbook. Raises UsageError, in a sentence, for a file that is none, whatever it is."""
    with in_a_sentence(file):
        if not file.is_file():
            raise UsageError(f"A workbook was expected at {file}; there is no such file.")
        size = file.stat().st_size
        if size > MOST_BYTES:
            raise UsageError(f"{file}: at most {MOST_BYTES // MEGABYTE} MB were expected; it has {size // MEGABYTE}.")
        content = file.read_bytes()
    try:
        _require_harmless(content)
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
        try:
            return GivenBack(_firm_id(book), _rows(book[sheets.DECISIONS.name]))
        finally:
            book.close()
    except UsageError as error:
        raise UsageError(f"{file}: {error}") from None
    except Exception as error:  # whatever a broken or hostile file makes of a reader
        raise UsageError(
            f"{file}: a workbook that `tieout workbook` wrote was expected (.xlsx); this cannot be read as one "
            f"({type(error).__name__}). Save it in Excel as .xlsx, or write a new one."
        ) from None


def _require_harmless(content: bytes) -> None:
    """Refuse an archive that is too much when it is unpacked, and XML that declares a document type."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = archive.infolist()
        unpacked = sum(part.file_size for part in parts)
        if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED:
            raise UsageError(
                f"at most {MOST_UNPACKED // MEGABYTE} MB in {MOST_PARTS} parts were expected once it is unpacked; "
                f"found {unpacked // MEGABYTE} MB in {len(parts)}."
            )
        for part in parts:
            if part.filename.endswith((".xml", ".rels")):
                _require_no_type(archive.read(part))


def _require_no_type(xml: bytes) -> None:
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _refuse_type
    parser.Parse(xml, True)


def _refuse_type(*_: object) -> None:
    raise UsageError("a plain workbook was expected; a part of it declares a document type, which Excel never does.")


def _firm_id(book: openpyxl.Workbook) -> str:
    for what, value, *_ in book["about"].iter_rows(max_row=50, max_col=2, values_only=True):
        if what == FIRM_ID:
            return str(value or "")
    return ""


def _rows(sheet: Any) -> list[Given]:
    sheet.reset_dimensions()  # what the file says of its own size is not believed
    rows = sheet.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS, values_only=True)
    head = [str(cell or "").strip() for cell in next(rows, ())]
    if missing := [heading for heading in NEEDED if heading not in head]:
        raise UsageError(f"the sheet decisions was expected to have the column {missing[0]!r}; it has not.")
    places = [head.index(heading) for heading in NEEDED]
    found = []
    for line, cells in enumerate(rows, 2):
        until, reason, by, exception_id, stamp = (cells[place] if place < len(cells) else None for place in places)
        if any(str(cell or "").strip() for cell in (until, reason, by)):
            texts = (_text(exception_id), _text(stamp), _day(until), _text(reason), _text(by))
            found.append(Given(line, *texts))
    return found


def _text(value: Any) -> str:
    return "" if value is None else str(value).strip()


def _day(value: Any) -> Any:
    """A day, however Excel or a person wrote it; what is none stays as it was."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, str):
        try:
            return date.fromisoformat(value.strip())
        except ValueError:
            return value
    return value
