"""What changed between two nights that are kept: findings that came, went, or have other values, and the figures.

Both nights are read from their own published files, proven like the living one.
"""

from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from flows.desk.books import Books, Row, books_of, firm_of, firm_page, local
from flows.reading.narrow import EVERY_STATUS
from flows.reading.report import worklist_query
from flows.reading.words import STATED, TRUST_FIGURES
from pipelines.errors import UsageError
from pipelines.firm.settings import Firm

TOLD = {
    "amount": "amount",
    "severity": "severity",
    "status": "status",
    "clio_value": "in Clio",
    "xero_value": "in Xero",
}
SHOWN = ("exception_id", "title", "subject_label", "client_name", *TOLD)
NIGHTS_SQL = "select run_id, as_of_date, started_at, verdict from recon.run_statements where firm_id = ? order by 3, 1"
TRUST_SQL = "select * from recon.trust_tie_out where firm_id = ? order by trust_account, clio_bank_account_id"
HISTORY_SQL = "select * from recon.exception_history where firm_id = ?"
# That something is no longer shown is not that it was put right.
ENDED = {"fixed": "fixed", "vanished": "no longer shown by its system", "replaced": "another finding took its place"}


@dataclass(frozen=True)
class Read:
    """What of a night is compared."""

    night: Row
    findings: dict[str, Row]
    trust: dict[str, Row]
    ended: dict[str, str]


def show(request: Request) -> Response:
    """Two nights held against each other: the last against the one before it, unless the address names others."""
    firm = firm_of(request)
    with books_of(firm) as books:
        nights = kept_nights(firm, books)
        newest = nights[-1]["run_id"]
        later = _asked(request, "to", nights, newest)
        before_it = [night["run_id"] for night in nights if night["run_id"] != later]
        earlier = _asked(request, "from", nights, before_it[-1] if before_it else newest)
        before, after = (_read(firm, books, run_id, newest) for run_id in (earlier, later))
        shown = firm_page(
            request,
            "changes.html",
            "changes",
            books,
            nights=list(reversed(nights)),
            earlier=earlier,
            later=later,
            new=[row for key, row in after.findings.items() if key not in before.findings],
            gone=[
                row | {"ended": ENDED.get(after.ended.get(key, ""), "gone")}
                for key, row in before.findings.items()
                if key not in after.findings
            ],
            moved=_moved(before, after),
            figures=_figures(before, after),
            still=set(after.findings) if later == newest else set(),
        )
    return HTMLResponse(shown)


def kept_nights(firm: Firm, books: Books) -> list[Row]:
    """The nights whose files are there, oldest first; the last of them is the living warehouse."""
    rows = books.rows(NIGHTS_SQL)
    there = [row for row in rows[:-1] if night_file(firm, row["run_id"]).exists()] + rows[-1:]
    return [row | {"started_at": local(firm, row["started_at"])} for row in there]


def night_file(firm: Firm, run_id: str) -> Path:
    """Where a kept night's books are."""
    return firm.folder / "nights" / f"{run_id}.duckdb"


def _asked(request: Request, name: str, nights: list[Row], otherwise: str) -> str:
    asked = request.query_params.get(name, "").strip() or otherwise
    if asked not in {night["run_id"] for night in nights}:
        raise UsageError("A night that is kept was expected; that one is not. Choose two of the list.")
    return asked


def _read(firm: Firm, living: Books, run_id: str, newest: str) -> Read:
    if run_id == newest:
        return _read_books(living)
    with books_of(firm, night_file(firm, run_id)) as books:
        return _read_books(books)


def _read_books(books: Books) -> Read:
    sql, values = worklist_query(EVERY_STATUS)
    found = books.rows(f"select {', '.join(SHOWN)} from ({sql}) order by work_rank", *values)
    findings = {row["exception_id"]: row for row in found}
    trust = {row["clio_bank_account_id"]: row for row in books.rows(TRUST_SQL)}
    ended = {row["exception_id"]: row.get("closed_as") or "" for row in books.rows(HISTORY_SQL)}
    return Read(books.night(), findings, trust, ended)


def _moved(before: Read, after: Read) -> list[Row]:
    """Findings of both nights that have other values: each with what it was and what it is."""
    found = []
    for key, row in after.findings.items():
        old = before.findings.get(key)
        changes = [(words, old[name], row[name]) for name, words in TOLD.items() if old and old[name] != row[name]]
        if changes:
            found.append(row | {"changes": changes})
    return found


def _figures(before: Read, after: Read) -> list[tuple[str, object, object]]:
    rows: list[tuple[str, object, object]] = [("Verdict", before.night["verdict"], after.night["verdict"])]
    rows += [(words, before.night[name], after.night[name]) for name, words in STATED.items()]
    for key, account in after.trust.items():
        old = before.trust.get(key, {})
        rows += [
            (f"{account['trust_account']}: {words}", old.get(name), account[name])
            for name, words in TRUST_FIGURES.items()
        ]
    return rows
