"""What the books say of a past day by their dated records, and how two readings of it differ.

A pack states how things stood at a month's end. Any later night can be asked the same question again: which trust
entries are dated up to that day, what had come in from the bank, what was outstanding on each bill and invoice. Where
the answer is another one, somebody changed the past (a back-dated entry, a voided bill), and a signature under the old
answer no longer stands. Names and wordings are no figures: they are shown and never compared.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb

from flows import escape as safe
from flows.reading.words import state_in_words
from pipelines.firm.published import open_published

# One row per record: of which kind, its key, what a person knows it by, whose it is, the place that money is in, its
# day, its amount. What is 0.00 says nothing. Values: $firm, $day.
SQL = """
with clio_paid as (
    select bill_id, sum(allocation_amount) as amount
    from staging.stg_clio__allocations
    where firm_id = $firm and voided_at is null and allocation_date <= $day
    group by bill_id
), xero_paid as (
    select invoice_id, sum(amount) as amount
    from intermediate.int_xero_applications
    where firm_id = $firm and not is_reversed and entry_date <= $day
    group by invoice_id
), credits as (
    {%credits%}
)
select
    'trust entry' as kind, 'clio-entry:' || bank_transaction_id as key,
    coalesce(account_name, '') || coalesce(', matter ' || matter_number, '') as label, client_name as who,
    bank_account_id || ' ' || coalesce(pocket_key, '') as place, entry_date as day, signed_amount as amount
from intermediate.int_trust_entries where firm_id = $firm and entry_date <= $day
union all
select
    'trust entry in Xero', 'xero-entry:' || entry_key, entry_kind, contact_name, xero_bank_account_id, entry_date,
    signed_amount
from intermediate.int_xero_trust_entries where firm_id = $firm and entry_date <= $day
union all
select * from (
    select
        'bank statement', 'statement:' || accounts.bank_first_id, accounts.account_name, null,
        statements.statement_id, statements.statement_date, statements.closing_amount
    from staging.stg_evidence__statements as statements
    inner join intermediate.int_trust_accounts as accounts
        on statements.firm_id = accounts.firm_id and statements.bank_account_id = accounts.bank_account_id
    where statements.firm_id = $firm and statements.statement_date <= $day
    qualify row_number() over (
        partition by accounts.bank_first_id order by statements.statement_date desc, statements.position desc
    ) = 1
)
union all
select
    'bill', bills.bill_key, coalesce(bills.bill_number, bills.bill_id), bills.client_name, bills.currency_code,
    bills.issued_date, bills.payable_amount - coalesce(clio_paid.amount, 0)
from intermediate.int_bills_valued as bills left join clio_paid on bills.bill_id = clio_paid.bill_id
where bills.firm_id = $firm and bills.bill_class = 'approved' and bills.issued_date <= $day
    and bills.payable_amount <> coalesce(clio_paid.amount, 0)
union all
select
    'invoice', 'xero:' || invoices.invoice_id, coalesce(invoices.invoice_number, invoices.invoice_id),
    invoices.contact_name, invoices.currency_code, invoices.issued_date,
    invoices.total_amount - coalesce(xero_paid.amount, 0)
from intermediate.int_invoices_valued as invoices left join xero_paid on invoices.invoice_id = xero_paid.invoice_id
where invoices.firm_id = $firm and invoices.invoice_class = 'live' and invoices.issued_date <= $day
    and invoices.total_amount <> coalesce(xero_paid.amount, 0)
union all
select 'credit', 'xero-credit:' || credit_id, label, contact_name, currency_code, credit_date, total_amount
from credits where credit_date <= $day and total_amount <> 0
order by 1, 2
""".replace(
    "{%credits%}",
    " union all ".join(
        f"""
    select {one}_id as credit_id, '{one.replace("_", " ")} ' || coalesce({number}, {one}_id) as label, contact_name,
        currency_code, {one}_date as credit_date, total_amount
    from staging.stg_xero__{one}s
    where firm_id = $firm and {one}_status in ('AUTHORISED', 'PAID') and {one}_type in ({types})"""
        for one, number, types in (
            ("credit_note", "credit_note_number", "'ACCRECCREDIT'"),
            ("overpayment", "reference", "'RECEIVE-OVERPAYMENT', 'AROVERPAYMENT'"),
            ("prepayment", "reference", "'RECEIVE-PREPAYMENT', 'ARPREPAYMENT'"),
        )
    ),
)
# What became of a document that is no longer outstanding; values: $firm and the keys.
STATES_SQL = """
select bill_key as key, case when bill_class = 'vanished' then 'no longer shown by Clio' else bill_state end as state
from intermediate.int_bills_valued where firm_id = ?1 and bill_key in (select unnest(?2))
union all
select 'xero:' || invoice_id, invoice_status
from intermediate.int_sales_invoices where firm_id = ?1 and 'xero:' || invoice_id in (select unnest(?2))
"""
READ_SQL = "select max(started_at) from recon.run_statements where firm_id = ?"


@dataclass(frozen=True)
class Fact:
    """One dated record. `place` is where money is (an account and a pocket) or what it is in (a currency)."""

    kind: str
    key: str
    label: str
    who: str
    place: str
    day: str
    amount: str

    @property
    def figures(self) -> tuple[str, str, str]:
        """What of it is compared."""
        return self.place, self.day, self.amount


@dataclass(frozen=True)
class Move:
    """What a later night says otherwise: in words without a client's name, and whose it is."""

    words: str
    who: str

    @property
    def with_client(self) -> str:
        """Both, for who may see names."""
        return f"{self.words} ({self.who})" if self.who else self.words


Facts = dict[str, Fact]


def read(connection: duckdb.DuckDBPyConnection, firm_id: str, day: date) -> Facts:
    """What this night's books say of a day."""
    rows = connection.execute(SQL, {"firm": firm_id, "day": day}).fetchall()
    found = (Fact(*("" if value is None else _text(value) for value in row)) for row in rows)
    return {fact.key: fact for fact in found}


def _text(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, Decimal) else str(value)


def read_file(file: Path, firm_id: str, day: date) -> Facts:
    """The same of a published file."""
    with open_published(file) as connection:
        return read(connection, firm_id, day)


def as_rows(facts: Facts) -> list[list[str]]:
    """Plain lists, for a file."""
    return [list(astuple(fact)) for fact in facts.values()]


def from_rows(rows: Iterable[Iterable[str]]) -> Facts:
    """What `as_rows` made."""
    return {fact.key: fact for fact in (Fact(*row) for row in rows)}


def moved(before: Facts, after: Facts, connection: duckdb.DuckDBPyConnection, firm_id: str, day: date) -> list[Move]:
    """What `after` says otherwise than `before`, by kind and key; `connection` is that of the books of `after`."""
    keys = [key for key in {**before, **after} if _figures(before, key) != _figures(after, key)]
    gone = [key for key in keys if key not in after]
    states = dict(connection.execute(STATES_SQL, [firm_id, gone]).fetchall()) if gone else {}
    found = []
    for key in sorted(keys, key=lambda key: ((before.get(key) or after[key]).kind, key)):
        known = after.get(key) or before[key]
        state = state_in_words(states.get(key), "in_brief")
        words = _words(before.get(key), after.get(key), state, day)
        found.append(Move(words, safe.plain(known.who, safe.NAME)))
    return found


def _figures(facts: Facts, key: str) -> tuple[str, str, str] | None:
    return facts[key].figures if key in facts else None


def _words(before: Fact | None, after: Fact | None, state: str, day: date) -> str:
    known = after or before
    assert known is not None
    named = f"{known.kind} {safe.plain(known.label, safe.NAME)}".strip()
    if known.kind in ("bill", "invoice"):
        was, now = (_money(fact.amount) if fact else "0.00" for fact in (before, after))
        where = "Clio" if known.kind == "bill" else "Xero"
        how = f" ({state})" if state and after is None else ""
        if was == now:
            return f"{named}, {now} outstanding in {where}: its day or its currency was changed"
        return f"{named}, dated {known.day}: {was} was outstanding in {where} on {day}, now {now}{how}"
    if before is None:
        return f"{named}: {_money(known.amount)} dated {known.day} came since"
    if after is None:
        return f"{named}: {_money(known.amount)} dated {known.day} is gone"
    was, now = (f"{_money(fact.amount)} dated {fact.day}" for fact in (before, after))
    if was == now:
        return (
            f"{named}: {now} was moved to another ledger or account" if "trust" in known.kind else f"{named}: replaced"
        )
    return f"{named}: was {was}, is {now}"


def _money(amount: str) -> str:
    return f"{Decimal(amount):,.2f}"
