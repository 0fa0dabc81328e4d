"""What stands around an exception that is about no document: the entry in its ledger, what may be its partner, an
account's figures, the walk from Clio to Xero. Tables to read beside the exception, from the published warehouse alone.
"""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from flows.reading.report import read_rows
from flows.reading.words import TRUST_FIGURES, entry_in_words, titled

Row = dict[str, Any]
NEAR_DAYS = 60  # how far in time a partner may stand that nobody found
BESIDE = 5  # entries before and after the one in question

ENTRIES_SQL = """
with entries as (
    select
        ledger.*, dated.pocket_key, dated.account_name, dated.xero_bank_account_id,
        ledger.funds_in_amount - ledger.funds_out_amount as amount,
        row_number() over (
            partition by dated.bank_account_id, dated.pocket_key
            order by ledger.entry_date, dated.signed_amount < 0, dated.entry_number, dated.bank_transaction_id
        ) as place
    from recon.trust_ledger as ledger
    inner join intermediate.int_trust_entries as dated
        on ledger.firm_id = dated.firm_id and ledger.clio_bank_transaction_id = dated.bank_transaction_id
    where ledger.firm_id = $firm
)
"""
LEDGER_SQL = """
select
    entry_date as day, description, funds_in_amount as money_in, funds_out_amount as money_out,
    running_balance_amount as balance, match_status as in_xero, {marked} as marked
from entries where {condition} order by clio_bank_account_id, pocket_key, place
"""
LEDGER_AROUND_SQL = (
    ENTRIES_SQL
    + ", own as (select * from entries where clio_bank_transaction_id = $id)"
    + LEDGER_SQL.format(
        marked="clio_bank_transaction_id = $id",
        condition="(clio_bank_account_id, pocket_key) in (select (clio_bank_account_id, pocket_key) from own)"
        f" and abs(place - (select place from own)) <= {BESIDE}",
    )
)
POCKET_SQL = ENTRIES_SQL + LEDGER_SQL.format(marked="running_balance_amount < 0", condition="pocket_key = $key")
IN_XERO_LIKE_IT_SQL = (
    ENTRIES_SQL
    + f"""
select
    xero.entry_date as day, xero.entry_kind as kind, xero.contact_name as contact, xero.description,
    xero.signed_amount as amount, xero.entry_id as id, false as marked
from intermediate.int_xero_trust_entries as xero
inner join entries as own
    on xero.firm_id = own.firm_id and xero.xero_bank_account_id = own.xero_bank_account_id
        and abs(xero.signed_amount) = abs(own.amount) and abs(xero.entry_date - own.entry_date) <= {NEAR_DAYS}
where own.clio_bank_transaction_id = $id
order by abs(xero.entry_date - own.entry_date), xero.entry_date, xero.entry_key
"""
)
XERO_AROUND_SQL = f"""
with entries as (
    select *, row_number() over (partition by xero_bank_account_id order by entry_date, entry_key) as place
    from intermediate.int_xero_trust_entries where firm_id = $firm
), own as (select * from entries where entry_id = $id)
select
    entries.entry_date as day, entries.entry_kind as kind, entries.contact_name as contact, entries.description,
    entries.signed_amount as amount, entries.entry_id as id, entries.entry_id = $id as marked
from entries
inner join own
    on entries.xero_bank_account_id = own.xero_bank_account_id and abs(entries.place - own.place) <= {BESIDE}
order by entries.xero_bank_account_id, entries.place
"""
IN_CLIO_LIKE_IT_SQL = (
    ENTRIES_SQL
    + f"""
select
    own.entry_date as day, own.client_name as client, own.matter_number as matter, own.description, own.amount,
    own.clio_bank_transaction_id as id, own.match_status as in_xero, false as marked
from entries as own
inner join intermediate.int_xero_trust_entries as xero
    on own.firm_id = xero.firm_id and own.xero_bank_account_id = xero.xero_bank_account_id
        and abs(xero.signed_amount) = abs(own.amount) and abs(xero.entry_date - own.entry_date) <= {NEAR_DAYS}
where xero.entry_id = $id
order by abs(xero.entry_date - own.entry_date), own.entry_date, own.clio_bank_transaction_id
"""
)
ACCOUNT_FIGURES = [name for name in TRUST_FIGURES if name != "statement_amount"]
ACCOUNT_SQL = f"""
select
    unnest([
        {", ".join(f"'{TRUST_FIGURES[name]}'" for name in ACCOUNT_FIGURES)},
        coalesce('Statement of ' || statement_date, 'Statement')
    ]) as figure,
    unnest([{", ".join(ACCOUNT_FIGURES)}, statement_amount]) as amount,
    false as marked
from recon.trust_tie_out where firm_id = $firm and clio_bank_account_id = $id
"""
WITHOUT_PARTNER_SQL = """
select
    entry_date as day, client_name as client, matter_number as matter, description,
    funds_in_amount - funds_out_amount as amount, match_status as in_xero, false as marked
from recon.trust_ledger
where firm_id = $firm and clio_bank_account_id = $id and match_status in ('missing_in_xero', 'offset', 'not_mapped')
order by entry_date, clio_bank_transaction_id
"""
OUTSTANDING_SQL = """
select
    entry_date as day, item_kind as item, client_name as client, matter_number as matter, amount,
    age_days as days_old, is_old as marked
from recon.trust_outstanding_items
where firm_id = $firm and clio_bank_account_id = $id order by entry_date, clio_bank_transaction_id
"""
BRIDGE_SQL = """
select step, amount, item_count as items, step = 'unexplained' and amount <> 0 as marked
from recon.ar_tie_out where firm_id = $firm order by step_number
"""

# By the kind of subject: what is read, under which title. $id is what follows the kind, $key both.
VIEWS = {
    "clio-entry": (
        ("The client ledger around it", LEDGER_AROUND_SQL),
        ("Of the same amount in Xero", IN_XERO_LIKE_IT_SQL),
    ),
    "xero-entry": (
        ("The account in Xero around it", XERO_AROUND_SQL),
        ("Of the same amount in Clio", IN_CLIO_LIKE_IT_SQL),
    ),
    "clio-account": (
        ("The account's figures", ACCOUNT_SQL),
        ("Entries in Clio without a partner in Xero", WITHOUT_PARTNER_SQL),
        ("Not cleared on the statement's day", OUTSTANDING_SQL),
    ),
    "matter": (("The client ledger", POCKET_SQL),),
    "client": (("The client ledger", POCKET_SQL),),
    "firm": (("From Clio to Xero", BRIDGE_SQL),),
}


@dataclass(frozen=True)
class View:
    """A table beside the exception. Each row has a truth `marked`: whether it is one to look at."""

    title: str
    rows: list[Row]

    def said(self, row: Row, name: str) -> Any:
        """A value, in words where it is a code of ours."""
        value = row[name]
        if name == "in_xero":
            return entry_in_words(value)
        return titled(value) if name == "step" else value

    @property
    def figures(self) -> set[str]:
        """The columns of money."""
        return {name for row in self.rows for name, value in row.items() if isinstance(value, Decimal)}


def views(warehouse: Path, firm_id: str, subject_key: str) -> list[View]:
    """What there is to see around a subject that is no document; views without a row are left out."""
    kind, _, subject_id = subject_key.partition(":")
    found = []
    for title, sql in VIEWS.get(kind, ()):
        given = {"firm": firm_id, "id": subject_id, "key": subject_key}
        values = {name: value for name, value in given.items() if f"${name}" in sql}
        if rows := read_rows(warehouse, sql, values):
            found.append(View(title, rows))
    return found
