"""The night as a workbook to take along: what there is to do, the figures behind it, and a sheet to decide on.

`write` makes it from the published warehouse alone. What a person fills in on the sheet `decisions` comes back through
`flows.workbook.given_back`; each row of it carries what the finding was when the workbook was written.
"""

from pathlib import Path
from typing import Any

import duckdb
from xlsxwriter.worksheet import Worksheet

from flows.night.put_back import put_back
from flows.reading.words import STATED, in_words, status_in_words
from flows.workbook import given_back, sheets
from flows.workbook.cells import Book, Column, Row
from flows.workbook.stamp import FIRM_ID, stamp
from pipelines.errors import UsageError
from pipelines.firm import decisions
from pipelines.firm.files import write_out
from pipelines.firm.published import open_published
from pipelines.firm.settings import Firm

STATEMENT_SQL = "select * from recon.run_statements where firm_id = $firm order by started_at desc, run_id desc limit 1"
BY_CLIENT_SQL = """
select client_name, step_number, step, amount from recon.ar_tie_out_by_client
where firm_id = $firm order by client_name, step_number
"""
CURRENT_SQL = (
    "select exception_id, status, code, client_name, subject_label from recon.exceptions where firm_id = $firm"
)


def write(firm: Firm, out: Path | None) -> Path:
    """The workbook of the last published night: to this file, or to one named after the firm and the night's day in the
    working directory. Raises UsageError where no night was published, or where a file is in the way."""
    with open_published(firm.warehouse) as connection:
        statement = _rows(connection, STATEMENT_SQL, firm)[0]
        path = out or Path(f"{firm.id}-{statement['as_of_date']}.xlsx")
        _require_free(path)
        content = _content(connection, firm, statement)
    write_out(path.resolve(), content)
    return path


def _require_free(path: Path) -> None:
    """A workbook on which somebody has decided is never written over, nor is a file that is none of ours."""
    if not path.resolve().parent.is_dir():
        raise UsageError(f"A file in a folder that is there was expected after --out; found {path}. Make the folder.")
    if not path.exists():
        return
    try:
        is_decided_on = bool(given_back.read(path).rows)
    except UsageError:
        raise UsageError(
            f"{path}: another file is there already. Name another one with --out, or move it away."
        ) from None
    if is_decided_on:
        raise UsageError(
            f"{path}: it is there already and holds decisions. Give them with `tieout decide`, and name another file "
            "with --out, or remove this one."
        )


def _rows(connection: duckdb.DuckDBPyConnection, sql: str, firm: Firm) -> list[Row]:
    cursor = connection.execute(sql, {"firm": firm.id})
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _content(connection: duckdb.DuckDBPyConnection, firm: Firm, statement: Row) -> bytes:
    book = Book()

    def add(sheet: sheets.Sheet, rows: list[Row] | None = None) -> Worksheet:
        kept = _rows(connection, sheet.sql, firm) if rows is None else rows
        return book.sheet(sheet.name, sheet.columns, kept, frozen=sheet.frozen, last_is_total=sheet.last_is_total)

    work = _rows(connection, sheets.WORKLIST.sql, firm)
    add(sheets.WORKLIST, work)
    _only_days_to_come(add(sheets.DECISIONS, [{**row, "stamp": stamp(row)} for row in work]), len(work), statement)
    for sheet in sheets.RECEIVABLES:
        add(sheet)
    _by_client(book, _rows(connection, BY_CLIENT_SQL, firm))
    for sheet in sheets.AFTER_CLIENTS:
        add(sheet)
    _accepted(book, firm, {row["exception_id"]: row for row in _rows(connection, CURRENT_SQL, firm)})
    _about(book, firm, statement)
    return book.content()


def _only_days_to_come(sheet: Worksheet, count: int, statement: Row) -> None:
    """Excel itself refuses an end that is past."""
    position = [column.heading for column in sheets.DECISIONS.columns].index(sheets.UNTIL)
    if count:
        rule = {"validate": "date", "criteria": ">=", "value": statement["as_of_date"], "error_type": "stop"}
        words = {"error_title": sheets.UNTIL, "error_message": "The last day on which it holds, today or later."}
        sheet.data_validation(1, position, count, position, {**rule, **words})


def _by_client(book: Book, rows: list[Row]) -> None:
    """A row for each client, a column for each step of the walk that any client has."""
    steps = {row["step"]: row["step_number"] for row in rows}
    names = sorted(steps, key=lambda step: (steps[step], step))
    clients: dict[Any, Row] = {}
    for row in rows:
        clients.setdefault(row["client_name"], {"client_name": row["client_name"]})[row["step"]] = row["amount"]
    columns = [
        Column("Client", "client_name", width=30),
        *(Column(in_words(step), step, "money") for step in names),
    ]
    book.sheet("by client", columns, clients.values(), frozen=1)


def _accepted(book: Book, firm: Firm, current: dict[str, Row]) -> None:
    """What people accepted and did not take back, and how it stands tonight."""
    given = {row["exception_id"]: row for row in decisions.acceptances(firm.folder).rows()}
    rows = []
    for exception_id, row in given.items():
        if not row["withdrawn_at"]:
            tonight = current.get(exception_id, {"status": "gone"})
            title = in_words(row["code"])
            rows.append(
                {
                    **row,
                    "title": title,
                    **{name: tonight.get(name) for name in ("status", "client_name", "subject_label")},
                }
            )
    columns = (
        Column("Finding", "title", width=28),
        Column("Client", "client_name", width=26),
        Column("About", "subject_label"),
        Column("Accepted by", "accepted_by"),
        Column("At", "accepted_at", width=20),
        Column("Until", "expires_on", width=11),
        Column("Why", "reason", "words", 50),
        Column("Tonight", "status", width=10, said=status_in_words),
        Column(sheets.EXCEPTION_ID, "exception_id", width=14),
    )
    book.sheet("accepted", columns, rows)


def _about(book: Book, firm: Firm, statement: Row) -> None:
    """Of which night this is, what it found, and what it could not prove."""
    figures = {
        "Firm": firm.name,
        FIRM_ID: firm.id,
        "As of": statement["as_of_date"],
        "Night": statement["run_id"],
        "Not the last night": put_back(firm),
        "Began (UTC)": statement["started_at"],
        "Verdict": statement["verdict"],
        "Not proven": statement.get("not_proven") or "nothing: all was proven" if "not_proven" in statement else None,
        **{words: statement[figure] for figure, words in STATED.items()},
        "Open": statement["open_count"],
        "In flight": statement["in_flight_count"],
        "Accepted": statement["accepted_count"],
        "Broken assumptions": statement["assumptions_broken"] or None,
        "Version": statement["version"],
        "Differences": "are Xero minus Clio, everywhere.",
        "To decide": f"Fill in the three last columns of the sheet decisions, then: tieout decide {firm.id} FILE.xlsx",
    }
    shown = {what: value for what, value in figures.items() if value is not None}
    book.figures("about", shown, {"As of": "date", "Began (UTC)": "moment"})
