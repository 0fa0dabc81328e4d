"""The trial balance as of the night's day: a report, read by attribute and never by label.

Refused (403) is a figure we lack, not a night that failed; so is a report that is another than the one asked for. One
that is no report at all is an odd reply: there is no record in it that a person could look up and correct.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

from pipelines.api.reply import OddBody, kind_of, objects
from pipelines.errors import BadRecord, Refused, TryAgain
from pipelines.tables.columns import Record
from pipelines.tables.found import Batch
from pipelines.xero.asking import Asking
from pipelines.xero.lists import TRIAL_BALANCE

# A report that is another than the one asked for: no figure is taken from it.
NOT_AS_ASKED = "not as asked"
SPELLED_DAY = re.compile(r"\b(\d{1,2}) ([A-Za-z]{3,9}) (\d{4})\b", re.ASCII)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def read_trial_balance(asking: Asking, as_of: date, organisation: Record) -> Iterator[Batch]:
    """The report as one record with its lines; nothing where no figure can be taken from it."""
    result = asking.result(TRIAL_BALANCE)
    try:
        reply = asking.api.get(TRIAL_BALANCE.resource, {"date": as_of.isoformat()})
    except Refused:
        result.mode, result.proof = "refused", "Xero refuses the report: figures from it are missing"
        return
    reports = reply.rows("Reports")
    if len(reports) != 1:
        raise TryAgain(f"{result.where}: one report was expected, found {len(reports)}. Run again.")
    try:
        rows = list(report_lines(reports[0]))
    except OddBody as found:
        raise reply.odd("a report of rows and cells", str(found)) from None
    result.pages = 1
    if why := _not_as_asked(reports[0], rows, as_of, organisation.get("Name")):
        result.mode, result.proof = NOT_AS_ASKED, why
        return
    report = asking.batch(TRIAL_BALANCE, [{"as_of_date": as_of.isoformat(), "lines": rows}])
    try:
        result.rows = report.rows(TRIAL_BALANCE.main).num_rows
    except BadRecord:
        raise reply.odd("a report of names and amounts", "a cell that is neither") from None
    result.proof = "one reply"
    yield report


def _not_as_asked(report: Record, lines: Iterable[Mapping[str, Any]], as_of: date, own: Any) -> str:
    """Why no figure is taken from a report: its heading names another day, or no line of it an account."""
    told = report.get("ReportTitles")
    titles = told if isinstance(told, list) else []
    days = {day for title in titles if title != own for day in days_in(title)}
    if days and as_of not in days:
        return f"says that it is of {', '.join(sorted(map(str, days)))}, and not of {as_of}"
    accounts = [line["account"] for line in lines]
    if accounts and not any(accounts):
        return "names no account by its id"
    return ""


def days_in(title: Any) -> set[date]:
    """The days that a heading names, as Xero writes them in English; none in one that we cannot read."""
    found = set()
    for day, month, year in SPELLED_DAY.findall(title) if isinstance(title, str) else ():
        with contextlib.suppress(ValueError):
            found.add(date(int(year), MONTHS.index(month[:3].lower()) + 1, int(day)))
    return found


def report_lines(report: Record) -> Iterator[dict[str, Any]]:
    """Rows of a trial balance that stand for an account, found by attribute, never by label. Raises OddBody where
    something else stands in the place of rows or cells."""
    columns = ("debit", "credit", "ytd_debit", "ytd_credit")
    for section in objects(report.get("Rows")):
        for row in objects(section.get("Rows")):
            cells = objects(row.get("Cells"))
            account = _account_of(cells)
            if row.get("RowType") != "Row" or not cells:
                continue
            values = {name: cell.get("Value") for name, cell in zip(columns, cells[1:], strict=False)}
            yield {"section": section.get("Title"), "account": account, "name": cells[0].get("Value"), **values}


def _account_of(cells: list[Record]) -> str | None:
    for attribute in objects(cells[0].get("Attributes")) if cells else []:
        if str(attribute.get("Id")).lower() in ("account", "accountid"):
            value = attribute.get("Value")
            if value is not None and not isinstance(value, str):
                raise OddBody(f"{kind_of(value)} in place of an account's id")
            return value
    return None
