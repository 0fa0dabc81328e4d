"""How Xero shows a record: in full, without its lines, or as a summary inside another.

The rules that trip clients up are all here: lines only in paged or single calls, contacts light or full,
invoices inside payments with no amounts, batch payments inside payments with text where numbers belong, and
keys that are simply absent when there is no value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sandbox.xero.wire import day_text, stamp_text

Row = Mapping[str, Any]
Json = dict[str, Any]
_CENT = Decimal("0.01")
_FOUR = Decimal("0.0001")
_EMPTY_LISTS = ("Payments", "CreditNotes", "Prepayments", "Overpayments")
_FULL_CONTACT_ONLY = (
    "Balances",
    "PaymentTerms",
    "ContactGroups",
    "ContactPersons",
    "MergedToContactID",
    "SalesDefaultAccountCode",
    "PurchasesDefaultAccountCode",
    "DefaultCurrency",
    "Website",
)
# A refund shows the credit it pays back as an Invoice, under the name that its type has there.
_TYPE_AS_INVOICE = {
    "RECEIVE-OVERPAYMENT": "AROVERPAYMENT",
    "RECEIVE-PREPAYMENT": "ARPREPAYMENT",
    "SPEND-OVERPAYMENT": "APOVERPAYMENT",
    "SPEND-PREPAYMENT": "APPREPAYMENT",
}
_SUMMARY_CONTACT_DROPS = (*_FULL_CONTACT_ONLY, "Addresses", "IsCustomer", "IsSupplier")


@dataclass(frozen=True)
class View:
    """How much of a record a call shows."""

    lines: bool = False
    single: bool = False
    summary: bool = False
    four_decimals: bool = False


@dataclass(frozen=True)
class Books:
    """The tables, and what points to a document."""

    tables: Mapping[str, Mapping[str, Row]]
    payments_of: Mapping[str, list[Row]]
    credits_of: Mapping[str, list[tuple[str, Row, Row]]]


def _plain(record: Row, twins: tuple[str, ...]) -> Json:
    """The record without absent values, with the String twins that this resource has."""
    shown: Json = {}
    for key, value in record.items():
        if value is None:
            continue
        if key in twins:
            shown[f"{key}String"] = stamp_text(value) if isinstance(value, datetime) else day_text(value)
        shown[key] = value
    return shown


def _contact_summary(contact: Row) -> Json:
    return {"ContactID": contact["ContactID"], "Name": contact["Name"]}


def _contact_in_single(contact: Row, books: Books) -> Json:
    full = books.tables["Contacts"].get(contact["ContactID"])
    return contact_view(full, View(single=True), books) if full else _contact_summary(contact)


def _line(line: Row, view: View) -> Json:
    shown = {key: value for key, value in line.items() if value is not None}
    unit = shown.get("UnitAmount")
    if unit is not None:
        step = _FOUR if view.four_decimals else _CENT
        shown["UnitAmount"] = Decimal(unit).quantize(step, ROUND_HALF_UP)
    return shown


def _document(record: Row, view: View, books: Books, twins: tuple[str, ...]) -> Json:
    """What invoices, credits and bank transactions have in common."""
    shown = _plain(record, twins)
    if view.lines:
        shown["LineItems"] = [_line(line, view) for line in record.get("LineItems") or ()]
    else:
        shown["LineItems"] = []
    if record.get("Contact"):
        summary = _contact_in_single if view.single else lambda contact, _: _contact_summary(contact)
        shown["Contact"] = summary(record["Contact"], books)
    return shown


def invoice_view(record: Row, view: View, books: Books) -> Json:
    shown = _document(record, view, books, ("Date", "DueDate", "UpdatedDateUTC"))
    if view.summary:
        for key in ("Payments", "HasAttachments", "LineItems", "CISDeduction"):
            shown.pop(key, None)
        return shown
    guid = record["InvoiceID"]
    shown["Payments"] = _payments_inside(books.payments_of.get(guid, ()))
    for key in _EMPTY_LISTS[1:]:
        shown[key] = []
    for resource, credit, allocation in books.credits_of.get(guid, ()):
        shown[resource].append(_credit_inside(resource, credit, allocation))
    if view.single:
        shown["Attachments"] = []
    return shown


def _payments_inside(payments: Any) -> list[Json]:
    """A payment seen from its document has no status, no account and no type."""
    shown = []
    for payment in payments:
        if payment["Status"] != "AUTHORISED":
            continue
        entry = {
            "PaymentID": payment["PaymentID"],
            "Date": payment["Date"],
            "Amount": payment["Amount"],
            "Reference": payment.get("Reference") or "",
            "CurrencyRate": payment["CurrencyRate"],
            "HasAccount": False,
            "HasValidationErrors": False,
        }
        if payment.get("BatchPaymentID"):
            entry["BatchPaymentID"] = payment["BatchPaymentID"]
        shown.append(entry)
    return shown


def _credit_inside(resource: str, credit: Row, allocation: Row) -> Json:
    key = f"{resource.removesuffix('s')}ID"
    shown = {
        key: credit[key],
        "ID": credit[key],
        "Date": credit["Date"],
        "Total": credit["Total"],
        "AppliedAmount": allocation["Amount"],
    }
    if resource == "CreditNotes":
        shown["CreditNoteNumber"] = credit.get("CreditNoteNumber", "")
    return shown


def credit_view(key: str) -> Callable[[Row, View, Books], Json]:
    """Credit notes, overpayments and prepayments."""

    def view_of(record: Row, view: View, books: Books) -> Json:
        shown = _document(record, view, books, ("Date", "UpdatedDateUTC"))
        live = [item for item in record.get("Allocations") or () if not item.get("IsDeleted")]
        shown["Allocations"] = [_plain(item, ("Date",)) for item in live]
        shown["Payments"] = _payments_inside(books.payments_of.get(record[key], ()))
        shown["ID"] = record[key]
        return shown

    return view_of


def payment_view(record: Row, view: View, books: Books) -> Json:
    shown = _plain(record, ("UpdatedDateUTC",))
    account = record.get("Account")
    if account:
        names = ("AccountID", "Code", "Name") if view.single else ("AccountID", "Code")
        shown["Account"] = {key: account[key] for key in names if account.get(key)}
    if record.get("BatchPayment"):
        shown["BatchPayment"] = _batch_inside(record["BatchPayment"])
    shown["Invoice"] = _invoice_inside(record["Invoice"], view, books)
    return shown


def _invoice_inside(invoice: Row, view: View, books: Books) -> Json:
    """In a list: no amounts, no dates, no status, and empty arrays that prove nothing."""
    full = books.tables["Invoices"].get(invoice["InvoiceID"])
    shown = dict(_plain(full, ("Date", "DueDate", "UpdatedDateUTC"))) if view.single and full else {}
    shown["Type"] = _TYPE_AS_INVOICE.get(invoice["Type"], invoice["Type"])
    shown["InvoiceID"] = invoice["InvoiceID"]
    shown["InvoiceNumber"] = (full or invoice).get("InvoiceNumber") or ""
    shown.update({key: [] for key in _EMPTY_LISTS})
    shown.update({"HasErrors": False, "IsDiscounted": False, "LineItems": []})
    contact = (full or invoice).get("Contact")
    if contact:
        shown["Contact"] = {
            **_contact_summary(contact),
            "Addresses": [],
            "Phones": [],
            "ContactGroups": [],
            "ContactPersons": [],
            "HasValidationErrors": False,
        }
    if full and full.get("CurrencyCode"):
        shown["CurrencyCode"] = full["CurrencyCode"]
    return shown


def _batch_inside(batch: Row) -> Json:
    """Nested, a batch has text where it has numbers and flags on its own."""
    return {
        "Account": {"AccountID": batch["Account"]["AccountID"]},
        "BatchPaymentID": batch["BatchPaymentID"],
        "Date": batch["Date"],
        "Type": batch["Type"],
        "Status": batch["Status"],
        "TotalAmount": str(batch["TotalAmount"]),
        "UpdatedDateUTC": batch["UpdatedDateUTC"],
        "IsReconciled": "true" if batch["IsReconciled"] else "false",
    }


def batch_view(record: Row, view: View, books: Books) -> Json:
    return _plain(record, ("Date",))


def bank_transaction_view(record: Row, view: View, books: Books) -> Json:
    return _document(record, view, books, ("Date",))


def bank_transfer_view(record: Row, view: View, books: Books) -> Json:
    """Transfers have no update stamp, only the one of their creation."""
    shown = _plain(record, ("Date", "CreatedDateUTC"))
    shown.pop("UpdatedDateUTC", None)
    return shown


def manual_journal_view(record: Row, view: View, books: Books) -> Json:
    """Lines only in paged or single calls, like every other document's."""
    shown = _plain(record, ("Date",))
    shown["JournalLines"] = [dict(line) for line in record["JournalLines"]] if view.lines else []
    return shown


def account_view(record: Row, view: View, books: Books) -> Json:
    return _plain(record, ())


def contact_view(record: Row, view: View, books: Books) -> Json:
    shown = _plain(record, ())
    drops: tuple[str, ...] = ()
    if view.summary:
        drops = _SUMMARY_CONTACT_DROPS
    elif not (view.lines or view.single):
        drops = _FULL_CONTACT_ONLY
    for key in drops:
        shown.pop(key, None)
    return shown


def books_of(tables: Mapping[str, Mapping[str, Row]]) -> Books:
    """The tables with the links that Xero shows from the other side."""
    payments: dict[str, list[Row]] = {}
    for payment in list(tables.get("Payments", {}).values()):
        payments.setdefault(payment["Invoice"]["InvoiceID"], []).append(payment)
    credits: dict[str, list[tuple[str, Row, Row]]] = {}
    for resource in ("CreditNotes", "Overpayments", "Prepayments"):
        for credit in list(tables.get(resource, {}).values()):
            for allocation in credit.get("Allocations") or ():
                if not allocation.get("IsDeleted"):
                    target = allocation["Invoice"]["InvoiceID"]
                    credits.setdefault(target, []).append((resource, credit, allocation))
    return Books(tables, payments, credits)
