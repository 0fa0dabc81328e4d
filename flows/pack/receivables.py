"""Receivables as they stood at a month's end.

Where a night of that day is kept, they are what that night found: the walk from Clio to Xero, step by step. Where none
is, neither system can be asked for a past day's balances, so they are put together from dated documents (each bill and
invoice up to that day, minus what was paid and credited up to that day) and say so.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb

from flows.reading import ageing
from flows.reading.words import STEPS, in_words

Row = dict[str, Any]
ZERO = Decimal("0.00")

BRIDGE_SQL = "select step, amount, item_count from recon.ar_tie_out where firm_id = $firm order by step_number"
BY_CLIENT_SQL = """
select client_name,
    cast(coalesce(sum(amount) filter (step = 'clio_receivables'), 0) as decimal(18, 2)) as clio_amount,
    cast(coalesce(sum(amount) filter (step = 'xero_receivables'), 0) as decimal(18, 2)) as xero_amount
from recon.ar_tie_out_by_client where firm_id = $firm
group by clio_client_id, client_name order by client_name nulls last, clio_client_id
"""
FOUND_SQL = """
select exceptions.exception_id, exceptions.code, exceptions.severity, exceptions.status, exceptions.client_name,
    exceptions.subject_key, exceptions.subject_label, exceptions.amount, exceptions.since_date, exceptions.explanation
from recon.exceptions as exceptions
inner join intermediate.int_exceptions_in_order as ordered
    on exceptions.firm_id = ordered.firm_id and exceptions.exception_id = ordered.exception_id
where exceptions.firm_id = $firm order by ordered.work_rank
"""
ACCEPTED_SQL = """
select exception_id, max_by(accepted_by, position) as accepted_by, max_by(expiry_date, position) as expiry_date,
    max_by(reason, position) as reason
from staging.stg_evidence__acceptances where firm_id = $firm group by exception_id
"""
# Each pair of documents by what was outstanding on it on the day, in the firm's own currency. Values: $firm, $day.
DATED_SQL = """
with tonight as (
    select base_currency_code from intermediate.int_tonight where firm_id = $firm
), clio_paid as (
    select bill_id, sum(allocation_amount) as amount from staging.stg_clio__allocations
    where firm_id = $firm and voided_at is null and allocation_date <= $day group by bill_id
), xero_paid as (
    select invoice_id, sum(amount) as amount from intermediate.int_xero_applications
    where firm_id = $firm and not is_reversed and entry_date <= $day group by invoice_id
), standing_with as (
    select xero_invoice_id as invoice_id, bill_key from recon.matched_bills
    where firm_id = $firm and xero_invoice_id is not null
    union all
    select trim(unnest(string_split(xero_interest_invoice_ids, ','))), bill_key from recon.matched_bills
    where firm_id = $firm and xero_interest_invoice_ids is not null
), sides as (
    select bills.bill_key, round(
            (bills.payable_amount - coalesce(clio_paid.amount, 0)) / coalesce(nullif(documents.bill_rate, 0), 1), 2
        ) as clio,
        0 as xero, coalesce(bills.due_date, bills.issued_date) as clio_due, null as xero_due
    from intermediate.int_bills_valued as bills
    inner join intermediate.int_documents_paired as documents
        on bills.firm_id = documents.firm_id and bills.bill_id = documents.bill_id
    left join clio_paid on bills.bill_id = clio_paid.bill_id
    where bills.firm_id = $firm and bills.bill_class = 'approved' and bills.issued_date <= $day
    union all
    select standing_with.bill_key, 0,
        round(
            (invoices.total_amount - coalesce(xero_paid.amount, 0))
            / case
                when coalesce(invoices.currency_code = tonight.base_currency_code, true) then 1
                else coalesce(nullif(invoices.currency_rate, 0), 1)
            end, 2
        ),
        null, coalesce(invoices.due_date, invoices.issued_date)
    from intermediate.int_invoices_valued as invoices
    cross join tonight
    inner join standing_with on invoices.invoice_id = standing_with.invoice_id
    left join xero_paid on invoices.invoice_id = xero_paid.invoice_id
    where invoices.firm_id = $firm and invoices.invoice_class = 'live' and invoices.issued_date <= $day
)
select
    sides.bill_key, any_value(bills.clio_bill_number) as bill_number,
    any_value(bills.xero_invoice_number) as invoice_number,
    coalesce(any_value(bills.clio_client_name), any_value(bills.xero_contact_name)) as client_name,
    any_value(bills.clio_client_id) as client_id,
    cast(sum(clio) as decimal(18, 2)) as clio_amount, cast(sum(xero) as decimal(18, 2)) as xero_amount,
    max(clio_due) as clio_due_date, max(xero_due) as xero_due_date,
    coalesce(any_value(bills.clio_issued_date), any_value(bills.xero_date)) as since_date
from sides left join recon.matched_bills as bills on bills.firm_id = $firm and sides.bill_key = bills.bill_key
group by sides.bill_key having sum(clio) <> 0 or sum(xero) <> 0
order by client_name nulls last, bill_number nulls last, invoice_number nulls last, sides.bill_key
"""
# What was left on the day of credit that stands now; what was used up since then is added back. Values: $firm, $day.
CREDITS_SQL = """
select coalesce(cast(sum(credits.own_remaining_amount + coalesce(later.amount, 0)) as decimal(18, 2)), 0.00) as amount
from intermediate.int_credits_remaining as credits
left join (
    select credit_id, sum(amount) as amount from intermediate.int_xero_applications
    where firm_id = $firm and credit_id is not null and not is_reversed and entry_date > $day group by credit_id
) as later on credits.credit_id = later.credit_id
where credits.firm_id = $firm and credits.is_in_receivables and credits.credit_date <= $day
"""
CONTROL_SQL = """
select cast(sum(balances.balance_amount) as decimal(18, 2)) as amount
from intermediate.int_xero_account_balances as balances
inner join staging.stg_xero__accounts as accounts
    on balances.firm_id = accounts.firm_id and balances.account_id = accounts.account_id
where balances.firm_id = $firm and accounts.system_account = 'DEBTORS'
"""
NOT_IN_XERO = "Outstanding in Clio alone on that day"
NOT_IN_CLIO = "Outstanding in Xero alone on that day"
OTHERWISE = "Outstanding in both, with another amount"
NOT_APPLIED = "Credit in Xero not yet applied"
MISSING = "missing"


def rows(connection: duckdb.DuckDBPyConnection, sql: str, values: Row) -> list[Row]:
    """Rows, each a dict by column; only the values that the question names are given to it."""
    cursor = connection.execute(sql, {name: value for name, value in values.items() if f"${name}" in sql})
    names = [column[0] for column in cursor.description or []]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def of_night(connection: duckdb.DuckDBPyConnection, firm_id: str) -> Row:
    """As the night found them."""
    values = {"firm": firm_id}
    found = [row | {"title": in_words(row["code"])} for row in rows(connection, FOUND_SQL, values)]
    accepted = {row["exception_id"]: row for row in rows(connection, ACCEPTED_SQL, values)}
    bridge = rows(connection, BRIDGE_SQL, values)
    steps = {row["step"]: row["amount"] for row in bridge}
    clients = rows(connection, BY_CLIENT_SQL, values)
    ages = rows(connection, ageing.SQL, values)
    return {
        "bridge": [
            {"title": in_words(row["step"]), "amount": row["amount"], "items": row["item_count"]} for row in bridge
        ],
        "clio_amount": steps["clio_receivables"],
        "xero_amount": steps["xero_receivables"],
        "unexplained_amount": steps["unexplained"],
        "clients": [row for row in clients if row["clio_amount"] or row["xero_amount"]],
        "ages": _ages_of_night(ages[-1]) if ages else [],
        "open": [row for row in found if row["status"] != "accepted"],
        "accepted": [row | accepted.get(row["exception_id"], {}) for row in found if row["status"] == "accepted"],
    }


def _ages_of_night(total: Row) -> list[Row]:
    found = [
        {"age": bucket, "clio": total[ageing.key("clio", bucket)], "xero": total[ageing.key("xero", bucket)]}
        for bucket in ageing.BUCKETS
    ]
    if total["xero_not_applied_amount"]:
        found.append({"age": NOT_APPLIED, "clio": ZERO, "xero": total["xero_not_applied_amount"]})
    return found


def of_dated_documents(connection: duckdb.DuckDBPyConnection, firm_id: str, day: date) -> Row:
    """From the dated documents that the books hold now."""
    values = {"firm": firm_id, "day": day}
    documents = rows(connection, DATED_SQL, values)
    [credits] = rows(connection, CREDITS_SQL, values)
    [control] = rows(connection, CONTROL_SQL, values)
    reasons = _reasons(rows(connection, FOUND_SQL, values))
    clio = sum((row["clio_amount"] for row in documents), ZERO)
    xero = sum((row["xero_amount"] for row in documents), ZERO) - credits["amount"]
    differing = [_judged(row, reasons) for row in documents if row["clio_amount"] != row["xero_amount"]]
    return {
        "bridge": _walk(clio, xero, differing, credits["amount"], control["amount"]),
        "clio_amount": clio,
        "xero_amount": xero,
        "unexplained_amount": None,
        "clients": _by_client(documents, credits["amount"]),
        "ages": _ages(documents, day, credits["amount"]),
        "open": differing,
        "accepted": [],
    }


def _reasons(found: Iterable[Row]) -> dict[str, list[str]]:
    reasons: dict[str, list[str]] = {}
    for row in found:
        reasons.setdefault(row["subject_key"], []).append(in_words(row["code"]))
    return reasons


def _judged(row: Row, reasons: dict[str, list[str]]) -> Row:
    """A pair that stood differently, as an open item."""
    label = row["bill_number"] or row["invoice_number"] or row["bill_key"]
    title = NOT_IN_XERO if not row["xero_amount"] else NOT_IN_CLIO if not row["clio_amount"] else OTHERWISE
    now = "; ".join(dict.fromkeys(reasons.get(row["bill_key"], ())))
    said = f"Clio {row['clio_amount']:,.2f}, Xero {row['xero_amount']:,.2f} on that day."
    return {
        "code": title,
        "title": title,
        "severity": "",
        "status": "open",
        "client_name": row["client_name"],
        "subject_label": label,
        "amount": abs(row["xero_amount"] - row["clio_amount"]),
        "effect": row["xero_amount"] - row["clio_amount"],
        "since_date": row["since_date"],
        "explanation": f"{said} Found of it now: {now}." if now else f"{said} Nothing is found of it now.",
    }


def _walk(clio: Decimal, xero: Decimal, differing: list[Row], credit: Decimal, control: Decimal | None) -> list[Row]:
    walk = [{"title": "Clio receivables", "amount": clio, "items": None}]
    for title in (NOT_IN_XERO, NOT_IN_CLIO, OTHERWISE):
        effects = [row["effect"] for row in differing if row["title"] == title]
        if effects:
            walk.append({"title": title, "amount": sum(effects, ZERO), "items": len(effects)})
    if credit:
        walk.append({"title": NOT_APPLIED, "amount": -credit, "items": None})
    walk.append({"title": "Xero receivables", "amount": xero, "items": None})
    difference = None if control is None else control - xero
    walk.append({"title": "Between the documents and the account", "amount": difference, "items": None})
    walk.append({"title": STEPS["xero_control_account"], "amount": control, "items": None})
    return walk


def _by_client(documents: list[Row], credit: Decimal) -> list[Row]:
    clients: dict[Any, Row] = {}
    for row in documents:
        key = (row["client_id"], row["client_name"])
        kept = clients.setdefault(key, {"client_name": row["client_name"], "clio_amount": ZERO, "xero_amount": ZERO})
        for side in ("clio_amount", "xero_amount"):
            kept[side] += row[side]
    if credit:
        clients[None] = {"client_name": NOT_APPLIED, "clio_amount": ZERO, "xero_amount": -credit}
    return list(clients.values())


def _ages(documents: list[Row], day: date, credit: Decimal) -> list[Row]:
    found = {bucket: {"age": bucket, "clio": ZERO, "xero": ZERO} for bucket in ageing.BUCKETS}
    for row in documents:
        for side in ageing.SYSTEMS:
            if row[f"{side}_amount"]:
                found[ageing.bucket_of(row[f"{side}_due_date"], day)][side] += row[f"{side}_amount"]
    ages = list(found.values())
    return [*ages, {"age": NOT_APPLIED, "clio": ZERO, "xero": -credit}] if credit else ages
