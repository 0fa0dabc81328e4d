"""The bank statements that were imported, and the forms to import one or take one back."""

from decimal import Decimal

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from flows.days import today_of
from flows.desk import decided
from flows.desk.books import books_of, firm_of, firm_page
from pipelines.bank.statements import StatementStore


def show(request: Request) -> Response:
    """What was imported, oldest first, and what of it was taken back."""
    firm = firm_of(request)
    store = StatementStore(firm.folder)
    lines = {kept.entry["statement_id"]: len(kept.lines) for kept in store.kept()}
    accounts = [account.clio_bank_account for account in firm.trust_accounts]
    with books_of(firm) as books:
        entries = [
            entry
            | {
                "lines": lines.get(entry["statement_id"]),
                "closing": Decimal(entry["closing_balance"]),
                "is_pending": decided.is_after(entry["withdrawn_at"] or entry["imported_at"], books.night_started()),
            }
            for entry in store.entries()
        ]
        values = {"entries": entries, "accounts": accounts, "today": today_of(firm)}
        return HTMLResponse(firm_page(request, "statements.html", "statements", books, **values))
