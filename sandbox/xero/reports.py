"""The trial balance as Xero reports it: sections of rows of cells, every value a text.

Balances come from the ledger of the same books, as at the day asked for. The month columns repeat the
year-to-date ones: the ledger knows balances, not movements.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sandbox.shared.served import ServedFirm

Balances = Sequence[tuple[Mapping[str, Any], Decimal]]

_SECTIONS = (
    ("REVENUE", "Revenue"),
    ("EXPENSE", "Expenses"),
    ("ASSET", "Assets"),
    ("LIABILITY", "Liabilities"),
    ("EQUITY", "Equity"),
)
_HEADINGS = ("Account", "Debit", "Credit", "YTD Debit", "YTD Credit")


def report_day(text: str | None, now: datetime) -> date:
    """The day asked for; the end of the current month when none is, or it cannot be read."""
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        last = calendar.monthrange(now.year, now.month)[1]
        return date(now.year, now.month, last)


def trial_balance(firm: ServedFirm, text: str | None) -> dict[str, Any]:
    """The content of a TrialBalance reply."""
    as_of = report_day(text, firm.now)
    balances = firm.xero.trial_balance(as_of)
    name = str(firm.xero.organisation.get("Name", firm.name))
    told = f"{as_of.day} {as_of:%B %Y}"
    rows: list[dict[str, Any]] = [{"RowType": "Header", "Cells": [{"Value": text} for text in _HEADINGS]}]
    rows.extend(_section(title, kind, balances) for kind, title in _SECTIONS)
    rows.append({"RowType": "Section", "Title": "", "Rows": [_total(balances)]})
    report = {
        "ReportID": "TrialBalance",
        "ReportName": "Trial Balance",
        "ReportType": "TrialBalance",
        "ReportTitles": ["Trial Balance", name, f"As at {told}"],
        "ReportDate": told,
        "UpdatedDateUTC": firm.now,
        "Fields": [],
        "Rows": rows,
    }
    return {"Reports": [report]}


def _section(title: str, kind: str, balances: Balances) -> dict[str, Any]:
    rows = [_row(account, balance) for account, balance in balances if account["Class"] == kind]
    return {"RowType": "Section", "Title": title, "Rows": rows}


def _row(account: Mapping[str, Any], balance: Decimal) -> dict[str, Any]:
    code = account.get("Code")
    label = f"{account['Name']} ({code})" if code else str(account["Name"])
    mark = [{"Value": account["AccountID"], "Id": "account"}]
    return {"RowType": "Row", "Cells": [{"Value": text, "Attributes": mark} for text in (label, *_pair(balance))]}


def _pair(balance: Decimal) -> tuple[str, str, str, str]:
    debit = "" if balance < 0 else f"{balance:.2f}"
    credit = f"{-balance:.2f}" if balance < 0 else ""
    return debit, credit, debit, credit


def _total(balances: Balances) -> dict[str, Any]:
    debits = sum((balance for _, balance in balances if balance > 0), Decimal(0))
    credits = -sum((balance for _, balance in balances if balance < 0), Decimal(0))
    texts = ("Total", f"{debits:.2f}", f"{credits:.2f}", f"{debits:.2f}", f"{credits:.2f}")
    return {"RowType": "SummaryRow", "Cells": [{"Value": text} for text in texts]}
