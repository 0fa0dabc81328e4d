"""Client money at a month's end: each trust account three ways, with Xero beside, its ledgers and its journal.

An account is *proven* only where every leg is there and is of that day: the book, the sum of the client ledgers, a bank
statement that closes on that day, and both accounts in Xero. One figure that is missing is said and never passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

import duckdb

from flows.pack.month import Month
from flows.pack.receivables import ZERO, rows
from flows.reading.words import FINDINGS, in_words

Row = dict[str, Any]

DIFFERS, NOT_PROVEN, PROVEN = "differs", "not proven", "proven three ways"
ACCOUNTS_SQL = """
select figures.*, tie_out.verdict
from intermediate.int_trust_figures as figures
inner join recon.trust_tie_out as tie_out
    on figures.firm_id = tie_out.firm_id and figures.bank_account_id = tie_out.clio_bank_account_id
where figures.firm_id = $firm order by figures.account_name, figures.bank_account_id
"""
OUTSTANDING_SQL = """
select * from recon.trust_outstanding_items where firm_id = $firm
order by clio_bank_account_id, entry_date, try_cast(clio_bank_transaction_id as bigint), clio_bank_transaction_id
"""
LEDGERS_SQL = """
select entries.bank_account_id, entries.pocket_key, max(entries.client_name) as client_name,
    max(entries.matter_number) as matter_number, max(matters.description) as matter_description,
    max(entries.entry_date) as last_entry_date, cast(sum(entries.signed_amount) as decimal(18, 2)) as balance_amount
from intermediate.int_trust_entries as entries
left join staging.stg_clio__matters as matters
    on entries.firm_id = matters.firm_id and entries.matter_id = matters.matter_id
where entries.firm_id = $firm
group by entries.bank_account_id, entries.pocket_key
having sum(entries.signed_amount) <> 0 or max(entries.entry_date) >= $first
order by client_name nulls last, matter_number nulls first, entries.pocket_key
"""
JOURNAL_SQL = """
select * from recon.trust_ledger where firm_id = $firm and entry_date >= $first
order by clio_bank_account_id, entry_date, funds_in_amount = 0, try_cast(clio_bank_transaction_id as bigint),
    clio_bank_transaction_id
"""
NEGATIVE_SQL = """
select bank_account_id, entry_date, any_value(pocket_day_end_amount) as balance_amount,
    max(max(client_name)) over (partition by pocket_key) as client_name,
    max(max(matter_number)) over (partition by pocket_key) as matter_number,
    lead(entry_date) over (partition by bank_account_id, pocket_key order by entry_date) as until_date
from intermediate.int_trust_entries
where firm_id = $firm and pocket_key is not null
group by bank_account_id, pocket_key, entry_date
qualify balance_amount < 0 and (until_date is null or until_date > $first)
order by bank_account_id, entry_date, client_name, pocket_key
"""
FOUND_SQL = """
select exceptions.code, exceptions.severity, exceptions.status, exceptions.subject_key, exceptions.subject_label,
    exceptions.trust_account, exceptions.client_name, exceptions.amount, exceptions.since_date, exceptions.explanation
from recon.exceptions as exceptions
inner join intermediate.int_exceptions_in_order as ordered
    on exceptions.firm_id = ordered.firm_id and exceptions.exception_id = ordered.exception_id
where exceptions.firm_id = $firm order by ordered.work_rank
"""
FAMILY = "trust"


def read(connection: duckdb.DuckDBPyConnection, firm_id: str, month: Month) -> list[Row]:
    """Each trust account, as books that were judged as of the month's last day say."""
    values = {"firm": firm_id, "first": month.first}
    parts: dict[str, Callable[[Row], Any]] = {
        "outstanding": lambda row: row["clio_bank_account_id"],
        "ledgers": lambda row: row["bank_account_id"],
        "journal": lambda row: row["clio_bank_account_id"],
        "negative": lambda row: row["bank_account_id"],
    }
    questions = (OUTSTANDING_SQL, LEDGERS_SQL, JOURNAL_SQL, NEGATIVE_SQL)
    found = {part: rows(connection, sql, values) for part, sql in zip(parts, questions, strict=True)}
    findings = [row for row in rows(connection, FOUND_SQL, values) if is_of_trust(row["code"])]
    accounts = rows(connection, ACCOUNTS_SQL, values)
    names = {account["account_name"] for account in accounts}
    return [
        _account(
            account
            | {
                part: [row for row in found[part] if of(row) == account["bank_account_id"]]
                for part, of in parts.items()
            },
            [row for row in findings if row["trust_account"] == account["account_name"]],
            [row for row in findings if row["trust_account"] not in names] if account is accounts[0] else [],
            month,
        )
        for account in accounts
    ]


def is_of_trust(code: str) -> bool:
    """Whether a finding is one about client money."""
    return code in FINDINGS and FINDINGS[code]["family"] == FAMILY


def _account(account: Row, findings: list[Row], of_all: list[Row], month: Month) -> Row:
    ledgers = [row for row in account["ledgers"] if row["pocket_key"] is not None]
    assigned = sum((row["balance_amount"] for row in ledgers), ZERO)
    unassigned = account["ledger_amount"] - assigned
    differences = list(_differences(account, unassigned))
    missing = list(_missing(account, month))
    moved = sum((row["funds_in_amount"] - row["funds_out_amount"] for row in account["journal"]), ZERO)
    return {
        "account_id": account["bank_account_id"],
        "name": account["account_name"],
        "word": DIFFERS if differences else NOT_PROVEN if missing else PROVEN,
        "missing": missing,
        "differences": differences,
        "book_amount": account["ledger_amount"],
        "clio_amount": account["account_amount"],
        "ledgers_amount": assigned,
        "unassigned_amount": unassigned,
        "all_clients_amount": account["clients_amount"],
        "all_ledgers_amount": account["all_ledgers_amount"],
        "xero_bank_label": account["xero_bank_label"],
        "xero_bank_amount": account["bank_amount"],
        "xero_liability_label": account["xero_liability_label"],
        "xero_liability_amount": account["liability_amount"],
        "statement_date": account["statement_date"],
        "statement_kind": account["statement_kind"],
        "closing_amount": account["closing_amount"],
        "adjusted_amount": account["statement_amount"],
        "book_on_statement_date_amount": account["ledger_on_statement_date_amount"],
        "shares_with": account["names_of_the_bank"] if account["names_of_the_bank"] != account["account_name"] else "",
        "outstanding": account["outstanding"],
        "ledgers": ledgers,
        "opening_amount": account["ledger_amount"] - moved,
        "journal": account["journal"],
        "negative": account["negative"],
        "findings": [row | {"title": in_words(row["code"])} for row in (*findings, *of_all)],
    }


def _differences(account: Row, unassigned: Decimal) -> Iterable[Row]:
    """Every two figures that should be equal and are not: the second minus the first."""
    compared = (
        ("Clio's balance of the account", "its entries in Clio", account["ledger_difference_amount"]),
        (
            "the entries of all trust accounts",
            "the money held for clients, as Clio says",
            account["clients_difference_amount"],
        ),
        ("the book", "the bank account in Xero", account["bank_difference_amount"]),
        ("the bank account in Xero", "the liability account in Xero", account["liability_difference_amount"]),
        ("the book on the statement's day", "the adjusted bank statement", account["statement_difference_amount"]),
        ("the client ledgers", "the book: entries that belong to nobody", unassigned),
    )
    for first, second, amount in compared:
        if amount:
            yield {"first": first, "second": second, "amount": amount}


def _missing(account: Row, month: Month) -> Iterable[str]:
    """What is not there, in words."""
    if account["lacks_a_mapping"]:
        yield "no mapping in tieout.toml says which accounts in Xero it is"
    elif account["bank_amount"] is None:
        yield "its bank account in Xero: no figure could be had"
    if account["liability_amount"] is None and not account["lacks_a_mapping"]:
        yield "its liability account in Xero: no figure could be had"
    day = account["statement_date"]
    if day is None:
        yield "the bank's side: no bank statement was imported"
    elif account["statement_amount"] is None:
        yield f"the bank's side: its last statement is of {day}, too old to say anything of {month.last}"
    elif day != month.last:
        yield f"the bank's side of {month.last}: its last statement is of {day} and compared with the book of then"
