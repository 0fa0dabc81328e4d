"""One finding with everything that is known of it: the bill and its invoice side by side, their lines, their payments,
what else was found on them, what to do, and the two records themselves.

The reading of a bill is that of `tieout explain`. A finding on client money shows the entry, the ledger around it, and
the lines of the bank's statements around its day.
"""

from datetime import timedelta
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from flows.desk import decided, worklist
from flows.desk.books import Books, Row, books_of, day_of, firm_of, firm_page
from flows.desk.worklist import with_days
from flows.reading.around import View, views
from flows.reading.explain import DOCUMENT_FIELDS, NEVER_MARKED, QUIET_LINES, QUIET_PAYMENTS, of_document
from flows.reading.narrow import EVERY_STATUS
from flows.reading.report import worklist_query
from flows.reading.words import line_in_words, state_in_words, titled

AROUND_DAYS = 14
MOST_AROUND = 40
DOCUMENT_SQL = "select * from recon.matched_bills where firm_id = ? and bill_key = ?"
HISTORY_SQL = "select * from recon.exception_history where firm_id = ? and exception_id = ?"
ENTRY_SQL = "select * from recon.trust_ledger where firm_id = ? and clio_bank_transaction_id = ?"
AROUND_SQL = f"""
select * from recon.trust_ledger
where firm_id = ? and clio_bank_account_id = ? and entry_date between ? and ?
order by entry_date, clio_bank_transaction_id limit {MOST_AROUND}
"""
XERO_ENTRY_SQL = """
select entries.entry_date, entries.signed_amount, entries.entry_kind, entries.contact_name, entries.description,
    mapped.clio_bank_account_id
from intermediate.int_xero_trust_entries as entries
left join (
    select distinct xero_bank_account_id, bank_account_id as clio_bank_account_id
    from intermediate.int_trust_accounts where firm_id = ?1
) as mapped on entries.xero_bank_account_id = mapped.xero_bank_account_id
where entries.firm_id = ?1 and entries.entry_id = ?2
order by mapped.clio_bank_account_id
"""
BANK_SQL = f"""
select lines.line_date, lines.line_amount, lines.description, lines.reference, statements.statement_date
from staging.stg_evidence__statement_lines as lines
inner join staging.stg_evidence__statements as statements
    on lines.firm_id = statements.firm_id and lines.statement_id = statements.statement_id
where lines.firm_id = ? and statements.bank_account_id = ? and lines.line_date between ? and ?
order by lines.line_date, lines.position limit {MOST_AROUND}
"""
POCKET_SQL = f"""
select * from (
    select * from recon.trust_ledger where firm_id = ? and (matter_number = ? or (? is null and client_name = ?))
    order by entry_date desc, clio_bank_transaction_id desc limit {MOST_AROUND}
) order by entry_date, clio_bank_transaction_id
"""
ACCOUNTS_SQL = "select clio_bank_account_id from recon.trust_tie_out where firm_id = ? and trust_account = ?"
OWN_LEDGERS = ("The client ledger", "The client ledger around it")
# Where an entry stands, by the kind of its key.
ENTRIES = {"clio-entry": ENTRY_SQL, "xero-entry": XERO_ENTRY_SQL}


def show(request: Request) -> Response:
    """The page of one finding."""
    firm = firm_of(request)
    exception_id, asked = request.path_params["exception_id"], worklist.asked_of(request)
    with books_of(firm) as books:
        sql, values = worklist_query(EVERY_STATUS)
        found = books.rows(f"select * from ({sql}) where exception_id = ?", *values, exception_id)
        if not found:
            raise HTTPException(404, "The last night did not find that: it was put right, or it is another firm's.")
        today = day_of(books.night())
        row = with_days(found[0], today)
        document = _document(books, row["subject_key"])
        shown = firm_page(
            request,
            "item.html",
            "worklist",
            books,
            row=row,
            history=next(iter(books.rows(HISTORY_SQL, exception_id)), None),
            beside=_beside(worklist.in_order(books, asked), exception_id),
            kept=worklist.kept(asked),
            trust=_trust(books, row),
            account=_account(books, row),
            around=_around(books, row) if document["document"] is None else [],
            decided=decided.on(books, row["exception_id"], document["document"], row["document_amount"]),
            todo=[one for one in document["findings"] if one["status"] == "open"] or [row],
            **document,
        )
    return HTMLResponse(shown)


def show_bill(request: Request) -> Response:
    """A bill on which nothing need be found, as a step of the bridge links to it."""
    firm = firm_of(request)
    with books_of(firm) as books:
        known = _document(books, request.path_params["bill_key"])
        if known["document"] is None:
            raise HTTPException(404, "The last night did not know that bill or invoice.")
        said = decided.on(books, None, known["document"])
        return HTMLResponse(firm_page(request, "bill.html", "firm", books, decided=said, **known))


def _beside(ids: list[str], exception_id: str) -> dict[str, Any] | None:
    """Where it stands in the list that it was opened from, and what stands before and behind it."""
    if exception_id not in ids:
        return None
    place = ids.index(exception_id)
    before_id = ids[place - 1] if place else None
    after_id = ids[place + 1] if place + 1 < len(ids) else None
    return {"place": place + 1, "many": len(ids), "before_id": before_id, "after_id": after_id}


def _document(books: Books, key: str) -> dict[str, Any]:
    """What the page shows of the bill with this key; nothing of it where the finding is about no bill."""
    documents = books.rows(DOCUMENT_SQL, key)
    explained = of_document(books.firm.warehouse, books.firm.id, documents[0]) if documents else None
    return {
        "document": explained.document if explained else None,
        "fields": _fields(documents[0]) if documents else [],
        "lines": [line | _marked(line) for line in explained.lines] if explained else [],
        "payments": [pay | _judged(pay) for pay in explained.payments] if explained else [],
        "findings": explained.exceptions if explained else [],
    }


def _fields(document: dict[str, Any]) -> list[tuple[str, Any, Any, bool]]:
    """Label, Clio's value, Xero's value, and whether the two differ."""
    both = document["pairing"] == "paired"
    found = []
    for label, clio, xero in DOCUMENT_FIELDS:
        sides = (document[clio], document[xero])
        differs = both and label not in NEVER_MARKED and sides[0] != sides[1]
        if label == "State":
            sides = (state_in_words(sides[0]), state_in_words(sides[1]))
        found.append((label, *sides, differs))
    return found


def _marked(line: Row) -> dict[str, Any]:
    return {"is_quiet": line["line_status"] in QUIET_LINES, "said": line_in_words(line["line_status"])}


def _judged(payment: Row) -> dict[str, Any]:
    status = payment["payment_status"]
    return {"is_quiet": status in QUIET_PAYMENTS, "said": titled(status)}


def _account(books: Books, row: Row) -> str | None:
    """The trust account that it is about, where the night knows just one of that name."""
    found = books.rows(ACCOUNTS_SQL, row["trust_account"])
    return found[0]["clio_bank_account_id"] if len(found) == 1 else None


def _around(books: Books, row: Row) -> list[View]:
    """What else stands around it: its candidates, an account's figures, the walk. The ledger of Clio has a table of its
    own here."""
    found = views(books.firm.warehouse, books.firm.id, row["subject_key"])
    return [view for view in found if view.title not in OWN_LEDGERS]


def _trust(books: Books, row: Row) -> dict[str, Any] | None:
    """The ledger and the bank's lines around a finding on client money; None where it is about something else."""
    kind, _, key = row["subject_key"].partition(":")
    if kind in ("matter", "client") or (row["trust_account"] and kind == "clio"):
        matter, client = row["matter_number"], row["client_name"]
        return {"entry": None, "xero_entry": None, "around": books.rows(POCKET_SQL, matter, matter, client), "bank": []}
    if kind not in ENTRIES:
        return None
    entry = next(iter(books.rows(ENTRIES[kind], key)), None)
    if entry is None:
        return None
    first, last = (entry["entry_date"] + timedelta(days=sign * AROUND_DAYS) for sign in (-1, 1))
    where = (entry["clio_bank_account_id"], first, last)
    return {
        "entry": entry if kind == "clio-entry" else None,
        "xero_entry": entry if kind == "xero-entry" else None,
        "around": books.rows(AROUND_SQL, *where),
        "bank": books.rows(BANK_SQL, *where),
    }
