"""One trust account: its figures, what had not cleared, and whose money it holds as of any day.

The balances of clients are the sums of the account's dated entries up to the day, so any day can be asked for. Days on
which a client's money was below zero are listed one by one, also those that have recovered since.
"""

from datetime import date
from decimal import Decimal

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from flows.desk.books import books_of, day_of, firm_of, firm_page
from flows.reading.words import TRUST_FIGURES
from pipelines.errors import UsageError

ACCOUNT_SQL = "select * from recon.trust_tie_out where firm_id = ? and clio_bank_account_id = ?"
OUTSTANDING_SQL = """
select * from recon.trust_outstanding_items where firm_id = ? and clio_bank_account_id = ?
order by entry_date, clio_bank_transaction_id
"""
LEDGERS_SQL = """
select client_name, matter_number, max(entry_date) as last_entry, count(*) as entries,
    cast(sum(funds_in_amount - funds_out_amount) as decimal(18, 2)) as balance
from recon.trust_ledger where firm_id = ? and clio_bank_account_id = ? and entry_date <= ?
group by client_name, matter_number
having sum(funds_in_amount - funds_out_amount) <> 0
order by client_name nulls first, matter_number nulls first
"""
NEGATIVE_SQL = """
select entry_date, any_value(pocket_day_end_amount) as balance_amount,
    max(max(client_name)) over (partition by pocket_key) as client_name,
    max(max(matter_number)) over (partition by pocket_key) as matter_number,
    lead(entry_date) over (partition by pocket_key order by entry_date) - 1 as last_date,
    coalesce(last_date, ?3) - entry_date + 1 as days_below
from intermediate.int_trust_entries
where firm_id = ?1 and bank_account_id = ?2 and pocket_key is not null
group by pocket_key, entry_date
qualify balance_amount < 0
order by entry_date, client_name
"""
MOST_ENTRIES = 200
ENTRIES_SQL = f"""
select * from (
    select * from recon.trust_ledger
    where firm_id = ? and clio_bank_account_id = ? and entry_date <= ? and (? = '' or matter_number = ?)
    order by entry_date desc, clio_bank_transaction_id desc limit {MOST_ENTRIES}
) order by entry_date, clio_bank_transaction_id
"""


def show(request: Request) -> Response:
    """A trust account as of a day: the night's, unless the address names an earlier one."""
    firm, account_id = firm_of(request), request.path_params["account_id"]
    matter = request.query_params.get("matter", "").strip()
    with books_of(firm) as books:
        account = next(iter(books.rows(ACCOUNT_SQL, account_id)), None)
        if account is None:
            raise HTTPException(404, "The last night did not know that trust account.")
        last = day_of(books.night())
        day = _asked_day(request, last)
        ledgers = books.rows(LEDGERS_SQL, account_id, day)
        shown = firm_page(
            request,
            "trust.html",
            "firm",
            books,
            account=account,
            figures=TRUST_FIGURES,
            outstanding=books.rows(OUTSTANDING_SQL, account_id),
            ledgers=ledgers,
            ledgers_total=sum((row["balance"] for row in ledgers), Decimal("0.00")),
            negative=books.rows(NEGATIVE_SQL, account_id, last),
            entries=books.rows(ENTRIES_SQL, account_id, day, matter, matter),
            most=MOST_ENTRIES,
            day=day,
            matter=matter,
        )
    return HTMLResponse(shown)


def _asked_day(request: Request, last: date) -> date:
    asked = request.query_params.get("day", "").strip()
    try:
        day = date.fromisoformat(asked) if asked else last
    except ValueError:
        raise UsageError(f"A day such as {last} was expected; found {asked}.") from None
    if day > last:
        raise UsageError(f"A day up to {last}, that of the last night, was expected; found {day}.")
    return day
