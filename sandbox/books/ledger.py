"""Xero's general ledger, worked out from its documents: what the trial balance of a day says.

Only approved documents post. Receivables move with invoices, payments and credits; bank accounts with
payments, bank transactions and transfers; a payment at another rate than its invoice's leaves a gain or a loss. All in
the base currency; debits equal credits by construction.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from sandbox.books.common import Record, lines_with_money
from sandbox.money import ZERO, cents

Tables = dict[str, dict[str, Record]]
Posting = tuple[str, Decimal]
Journal = tuple[date, str, str, Decimal]
POSTED = ("AUTHORISED", "PAID")


def trial_balance(tables: Tables, journals: list[Journal], as_of: date) -> list[tuple[Record, Decimal]]:
    """Balances per account in chart order, debit positive, accounts without balance included."""
    system = {row["SystemAccount"]: row["AccountID"] for row in tables["Accounts"].values()}
    balances: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for day, postings in _all_postings(tables, system):
        if day <= as_of:
            for account, amount in postings:
                balances[account] += amount
    for journal in tables["ManualJournals"].values():
        if journal["Status"] == "POSTED" and journal["Date"] <= as_of:
            for line in journal["JournalLines"]:
                balances[line["AccountID"]] += line["LineAmount"]
    for day, debit, credit, amount in journals:
        if day <= as_of:
            balances[debit] += amount
            balances[credit] -= amount
    return [(account, balances[guid]) for guid, account in tables["Accounts"].items()]


def _all_postings(tables: Tables, system: dict[str, str]) -> Iterator[tuple[date, list[Posting]]]:
    rates = {invoice["InvoiceID"]: invoice["CurrencyRate"] for invoice in tables["Invoices"].values()}
    for invoice in tables["Invoices"].values():
        if invoice["Status"] in POSTED:
            yield invoice["Date"], _sales(invoice, system, 1)
    for note in tables["CreditNotes"].values():
        if note["Status"] in POSTED:
            yield note["Date"], _sales(note, system, -1)
    for payment in tables["Payments"].values():
        if payment["Status"] == "AUTHORISED":
            yield payment["Date"], _payment(payment, rates, system)
    for entry in tables["BankTransactions"].values():
        if entry["Status"] == "AUTHORISED":
            yield entry["Date"], _bank(entry)
    for transfer in tables["BankTransfers"].values():
        if transfer["Status"] == "AUTHORISED":
            amount = transfer["Amount"]
            out, into = transfer["FromBankAccount"]["AccountID"], transfer["ToBankAccount"]["AccountID"]
            yield transfer["Date"], [(out, -amount), (into, amount)]


def _payment(payment: Record, rates: dict[str, Decimal], system: dict[str, str]) -> list[Posting]:
    """What came in at the rate of its day; what it settles at the rate of its invoice; a gain between the two."""
    sign = 1 if payment["PaymentType"] == "ACCRECPAYMENT" else -1
    rate = rates.get(payment["Invoice"]["InvoiceID"], payment["CurrencyRate"])
    settled = payment["BankAmount"] if rate == payment["CurrencyRate"] else cents(payment["Amount"] / rate)
    postings = [
        (payment["Account"]["AccountID"], sign * payment["BankAmount"]),
        (system["DEBTORS"], -sign * settled),
    ]
    if settled != payment["BankAmount"]:
        postings.append((system["REALISEDCURRENCYGAIN"], sign * (settled - payment["BankAmount"])))
    return postings


def _sales(document: Record, system: dict[str, str], sign: int) -> list[Posting]:
    rate = document["CurrencyRate"]
    inclusive = document["LineAmountTypes"] == "Inclusive"
    supplier = document["Type"].startswith("ACCPAY")
    control = system["CREDITORS" if supplier else "DEBTORS"]
    sign = -sign if supplier else sign
    postings = [(control, sign * cents(document["Total"] / rate))]
    for line in lines_with_money(document):
        net = line["LineAmount"] - line["TaxAmount"] if inclusive else line["LineAmount"]
        postings.append((line["AccountID"], -sign * cents(net / rate)))
        if line["TaxAmount"]:
            postings.append((system["GST"], -sign * cents(line["TaxAmount"] / rate)))
    remainder = -sum((amount for _, amount in postings), ZERO)
    if remainder:
        postings.append((system["ROUNDING"], remainder))
    return postings


def _bank(entry: Record) -> list[Posting]:
    sign = 1 if entry["Type"].startswith("RECEIVE") else -1
    postings = [(entry["BankAccount"]["AccountID"], sign * entry["Total"])]
    postings.extend((line["AccountID"], -sign * line["LineAmount"]) for line in entry["LineItems"])
    return postings
