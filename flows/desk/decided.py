"""What people have said of a finding or a bill, with who and when, and what there is to say of it."""

from contextlib import suppress
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from flows.days import today_of
from flows.desk.books import Books, Row
from pipelines.firm import decisions

MOST_OTHERS = 50
INVOICES_SQL = f"""
select xero_invoice_id as id, xero_invoice_number as number, xero_contact_name as client, xero_date as day,
    xero_total_amount as amount
from recon.matched_bills where firm_id = ? and pairing = 'xero_only'
order by xero_total_amount is distinct from ?, xero_contact_name is distinct from ?, xero_date desc, id
limit {MOST_OTHERS}
"""
BILLS_SQL = f"""
select clio_bill_id as id, clio_bill_number as number, clio_client_name as client, clio_issued_date as day,
    clio_total_amount as amount
from recon.matched_bills where firm_id = ? and pairing = 'clio_only' and clio_bill_id is not null
order by clio_total_amount is distinct from ?, clio_client_name is distinct from ?, clio_issued_date desc, id
limit {MOST_OTHERS}
"""
NUMBERS_SQL = """
select unnest([clio_bill_id, xero_invoice_id]) as id, unnest([clio_bill_number, xero_invoice_number]) as number
from recon.matched_bills
where firm_id = ? and (list_contains(?, clio_bill_id) or list_contains(?, xero_invoice_id))
"""


def on(books: Books, exception_id: str | None, document: Row | None, amount: Decimal | None = None) -> dict[str, Any]:
    """The words on a finding (None where the page is a bill's own), those on its document, and the documents of which
    one may be the missing partner, those of this amount first. A word given since the last night is told as such."""
    night = books.night_started()
    log = [one for one in decisions.acceptances(books.firm.folder).rows() if one["exception_id"] == exception_id]
    accepted = [one | {"is_pending": is_after(one["withdrawn_at"] or one["accepted_at"], night)} for one in log]
    links, linked = _links(books, document or {}, night)
    is_alone = document is not None and document["pairing"] != "paired"
    others_sql = INVOICES_SQL if document and document["clio_bill_id"] else BILLS_SQL
    return {
        "log": accepted,
        "is_accepted": bool(log) and not log[-1]["withdrawn_at"],
        "links": links,
        "linked": linked,
        "others": books.rows(others_sql, amount, _client(document)) if is_alone and exception_id else [],
        "today": today_of(books.firm),
    }


def _client(document: Row | None) -> str | None:
    return (document["clio_client_name"] or document["xero_contact_name"]) if document else None


def _links(books: Books, document: Row, night: datetime) -> tuple[list[Row], Row | None]:
    """Each word that linked the bill or the invoice, or took a link back, and the link that holds."""
    said = decisions.matches(books.firm.folder).rows()
    bill_id, invoice_id = document.get("clio_bill_id"), document.get("xero_invoice_id")
    bills = {one["clio_bill_id"] for one in said if one["xero_invoice_id"] and one["xero_invoice_id"] == invoice_id}
    log = [one for one in said if one["clio_bill_id"] in (bill_id, *bills)]
    if not log:
        return [], None
    ids = [one[column] for one in log for column in ("clio_bill_id", "xero_invoice_id")]
    numbers = {row["id"]: row["number"] for row in books.rows(NUMBERS_SQL, ids, ids)}
    shown = [
        one
        | {
            "bill": numbers.get(one["clio_bill_id"]) or one["clio_bill_id"],
            "invoice": numbers.get(one["xero_invoice_id"]) or one["xero_invoice_id"],
            "is_pending": is_after(one["decided_at"], night),
        }
        for one in log
    ]
    last = {one["clio_bill_id"]: one for one in shown}
    holds = (one for one in last.values() if one["xero_invoice_id"])
    ours = (one for one in holds if one["clio_bill_id"] == bill_id or one["xero_invoice_id"] == invoice_id)
    return shown, next(ours, None)


def is_after(said_at: str, night: datetime) -> bool:
    """Whether a word was given after the night began to read (UTC without its zone). A spreadsheet may have rewritten
    the moment in the file; then nothing is said about it."""
    with suppress(ValueError):
        return bool(said_at) and datetime.fromisoformat(said_at).astimezone(UTC).replace(tzinfo=None) > night
    return False
