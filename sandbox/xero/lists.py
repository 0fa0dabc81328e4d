"""Xero's lists: which fields filter and order them, which are paged, and how a request selects rows.

Some parameters switch paging on by themselves, page sizes outside 1..1000 are clamped without a word, an
unreadable If-Modified-Since is ignored, and unknown parameters are too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sandbox.shared.served import Knobs, ServedFirm
from sandbox.shared.snapshots import Snapshots
from sandbox.xero import shapes as shapes
from sandbox.xero.shapes import Books, View
from sandbox.xero.where import Where, parse_order, value_at

Row = Mapping[str, Any]
MOST_IDS = 52
_SINCE = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)?")


@dataclass(frozen=True)
class Kind:
    """One resource of the API."""

    resource: str
    key: str
    view: Callable[[Row, View, Books], dict[str, Any]]
    fields: str
    or_fields: str = ""
    paged: bool = True
    number: str | None = None
    stamp: str = "UpdatedDateUTC"
    forcing: tuple[str, ...] = ()
    scope: str = "accounting.invoices"
    order_unpages: bool = False  # seen in the wild: asking for an order switches paging off

    @property
    def paths(self) -> dict[str, str]:
        """Fields that where and order know, by their lower-case spelling."""
        common = f"{self.key} {self.stamp}"
        return {path.lower(): path for path in f"{self.fields} {common}".split()}


_CONTACT = "Contact.ContactID Contact.Name Contact.ContactNumber"

KINDS: dict[str, Kind] = {
    kind.resource: kind
    for kind in (
        Kind(
            "Invoices",
            "InvoiceID",
            shapes.invoice_view,
            f"Status {_CONTACT} Reference InvoiceNumber Type AmountPaid Date DueDate AmountDue Total",
            or_fields="InvoiceID",
            number="InvoiceNumber",
            forcing=("Statuses", "summaryOnly", "IDs", "ContactIDs", "InvoiceNumbers"),
        ),
        Kind(
            "Payments",
            "PaymentID",
            shapes.payment_view,
            "PaymentType Status Invoice.InvoiceID Reference Date Amount IsReconciled",
            or_fields="PaymentID Invoice.InvoiceID",
            scope="accounting.payments",
        ),
        Kind(
            "BatchPayments",
            "BatchPaymentID",
            shapes.batch_view,
            "Type Status Account.AccountID Date",
            paged=False,
            scope="accounting.payments",
        ),
        Kind(
            "CreditNotes",
            "CreditNoteID",
            shapes.credit_view("CreditNoteID"),
            f"Status Reference {_CONTACT} Type Date CreditNoteNumber",
            number="CreditNoteNumber",
        ),
        Kind(
            "Overpayments",
            "OverpaymentID",
            shapes.credit_view("OverpaymentID"),
            f"Status Reference {_CONTACT} Type Date",
            scope="accounting.payments",
        ),
        Kind(
            "Prepayments",
            "PrepaymentID",
            shapes.credit_view("PrepaymentID"),
            f"Status Reference {_CONTACT} Type Date",
            scope="accounting.payments",
        ),
        Kind(
            "Contacts",
            "ContactID",
            shapes.contact_view,
            "Name EmailAddress AccountNumber ContactNumber ContactStatus",
            forcing=("IDs", "summaryOnly"),
            scope="accounting.contacts",
        ),
        Kind(
            "Accounts",
            "AccountID",
            shapes.account_view,
            "Code Name Type Class Status SystemAccount",
            paged=False,
            scope="accounting.settings",
        ),
        Kind(
            "BankTransactions",
            "BankTransactionID",
            shapes.bank_transaction_view,
            "Type Status Contact.ContactID BankAccount.AccountID Date Reference IsReconciled",
            scope="accounting.banktransactions",
        ),
        Kind(
            "BankTransfers",
            "BankTransferID",
            shapes.bank_transfer_view,
            "Amount Date Reference FromBankAccount.AccountID ToBankAccount.AccountID",
            paged=False,
            stamp="CreatedDateUTC",
            scope="accounting.banktransactions",
        ),
        Kind(
            "ManualJournals",
            "ManualJournalID",
            shapes.manual_journal_view,
            "Status Date Narration",
            scope="accounting.manualjournals",
            order_unpages=True,
        ),
    )
}


class TooManyIds(ValueError):
    """More ids than the address can hold (404)."""


class HighVolume(ValueError):
    """The request would touch more records than Xero reads at once (400)."""


@dataclass
class Selection:
    """The rows that answer a request, in order, and the page asked for."""

    keys: list[str]
    page: int | None
    page_size: int

    @property
    def page_count(self) -> int:
        return -(-len(self.keys) // self.page_size)

    def on_page(self) -> list[str]:
        if self.page is None:
            return self.keys
        start = (self.page - 1) * self.page_size
        return self.keys[start : start + self.page_size]


def select(
    kind: Kind,
    query: Mapping[str, str],
    since: str | None,
    firm: ServedFirm,
    knobs: Knobs,
    kept: Snapshots,
) -> Selection:
    """Rows of a list request. Pages after the first come from what the first one found."""
    page = _page_of(kind, query)
    table = firm.xero.tables[kind.resource]
    plumbing = ("page", "pageSize", "unitdp")
    filters = tuple(sorted((name, value) for name, value in query.items() if name not in plumbing))
    keys = kept.get(
        ("xero", firm.name, kind.resource, since, filters),
        kept.mark(firm, table),
        lambda: _matching(kind, query, since, table, knobs),
        fresh=page in (None, 1),
    )
    if page is None and len(keys) > knobs.xero_high_volume:
        raise HighVolume
    return Selection(keys, page, _clamped(query.get("pageSize"), 100))


def _page_of(kind: Kind, query: Mapping[str, str]) -> int | None:
    if not kind.paged or (kind.order_unpages and query.get("order")):
        return None
    asked = "page" in query or any(_wanted(query, name) for name in kind.forcing)
    return max(1, _number(query.get("page"), 1)) if asked else None


def _wanted(query: Mapping[str, str], name: str) -> bool:
    return query.get(name, "").lower() not in ("", "false")


def _number(text: str | None, otherwise: int) -> int:
    try:
        return int(text) if text is not None else otherwise
    except ValueError:
        return otherwise


def _clamped(text: str | None, otherwise: int) -> int:
    return min(1000, max(1, _number(text, otherwise)))


def _matching(
    kind: Kind, query: Mapping[str, str], since: str | None, table: Mapping[str, Row], knobs: Knobs
) -> list[str]:
    rows = list(table.values())
    for test in _tests(kind, query, since, knobs, len(rows)):
        rows = [row for row in rows if test(row)]
    path, down = parse_order(query["order"], kind.paths) if query.get("order") else (kind.stamp, False)
    rows.sort(key=lambda row: str(row[kind.key]))
    rows.sort(key=lambda row: _sort_value(row, path), reverse=down)
    return [row[kind.key] for row in rows]


def _sort_value(row: Row, path: str) -> tuple[bool, Any]:
    value = value_at(row, path)
    return (value is not None, "" if value is None else value)


def _tests(
    kind: Kind, query: Mapping[str, str], since: str | None, knobs: Knobs, size: int
) -> list[Callable[[Row], bool]]:
    tests: list[Callable[[Row], bool]] = []
    start = read_since(since)
    if start is not None:
        tests.append(lambda row: row[kind.stamp].replace(microsecond=0) >= start)
    if query.get("where"):
        where = Where(query["where"], kind.paths)
        unoptimised = where.has_or and not where.used <= set(kind.or_fields.split())
        if unoptimised and size > knobs.xero_high_volume:
            raise HighVolume
        tests.append(where.test)
    tests.extend(_list_tests(kind, query))
    hidden = _hidden(kind, query, knobs)
    if hidden is not None:
        tests.append(hidden)
    return tests


def _list_tests(kind: Kind, query: Mapping[str, str]) -> list[Callable[[Row], bool]]:
    """IDs, Statuses and their like, on the resources that have them."""
    paths = {"IDs": kind.key, "Statuses": "Status", "ContactIDs": "Contact.ContactID"}
    if kind.number:
        paths["InvoiceNumbers"] = kind.number
    tests: list[Callable[[Row], bool]] = []
    for name, path in paths.items():
        if name not in kind.forcing or not _wanted(query, name):
            continue
        wanted = {text.strip() for text in query[name].split(",")}
        if name in ("IDs", "ContactIDs"):
            wanted = {text.lower() for text in wanted}
            if len(wanted) > MOST_IDS:
                raise TooManyIds
        tests.append(lambda row, path=path, wanted=wanted: value_at(row, path) in wanted)  # type: ignore[misc]
    return tests


def _hidden(kind: Kind, query: Mapping[str, str], knobs: Knobs) -> Callable[[Row], bool] | None:
    """What a list leaves out unless asked."""
    if kind.resource == "Contacts" and not _wanted(query, "includeArchived"):
        return lambda row: row["ContactStatus"] != "ARCHIVED"
    if kind.resource == "BankTransfers" and not _wanted(query, "includeDeleted"):
        return lambda row: row.get("Status") != "DELETED"
    if not knobs.xero_lists_include_deleted and not _wanted(query, "Statuses"):
        return lambda row: row.get("Status") != "DELETED"
    return None


def read_since(text: str | None) -> datetime | None:
    """The instant of If-Modified-Since, in whole seconds; None when it cannot be read."""
    match = _SINCE.fullmatch(text.strip()) if text else None
    if match is None:
        return None
    zone = (match.group(2) or "Z").replace("Z", "+00:00")
    try:
        return datetime.fromisoformat(match.group(1) + zone).astimezone(UTC)
    except ValueError:
        return None
