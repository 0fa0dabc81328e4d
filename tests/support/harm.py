"""What a suggested action may never say, and in which world: the second reading of "no harmful advice".

The world is the engine's own books, as they stood when the night was judged: which invoices are there and with what
money on them, which money lies about unused, who is whose contact. Nothing is read from the product but the row itself.
One rule, one function: `(world, row) -> complaint or None`. `RULES` says which rules bind which code.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations
from typing import Any, NamedTuple

from sandbox.books import Record
from sandbox.engine import Firm
from sandbox.scenarios.registry import SECTION_OF

DEAD = ("VOIDED", "DELETED")
DRAFT = ("DRAFT", "SUBMITTED")
APPROVED = ("awaiting_payment", "paid")
ZERO = Decimal("0.00")
WEEK = timedelta(days=7)
CREDITS = ("Overpayments", "Prepayments", "CreditNotes")


class Row(NamedTuple):
    """A row of recon.exceptions, as far as its advice goes."""

    code: str
    subject_key: str
    amount: Decimal
    explanation: str
    suggested_action: str

    @classmethod
    def of(cls, row: Any) -> Row:
        """The same of anything that has these fields."""
        return cls(row.code, row.subject_key, row.amount, row.explanation, row.suggested_action)

    @property
    def advice(self) -> str:
        """The action, in small letters."""
        return self.suggested_action.casefold()


class World:
    """The books of one firm, asked what is true there."""

    def __init__(self, firm: Firm) -> None:
        self.firm = firm
        self.bills = firm.clio.tables["bills"]
        self.xero = firm.xero.tables
        self.bill_of = {invoice["InvoiceID"]: bill for bill, invoice in firm.invoice_of.items()}
        for bill, children in firm.interest_invoices_of.items():
            self.bill_of.update({child["InvoiceID"]: bill for child in children})
        linked = {row["xero_invoice_id"]: int(row["clio_bill_id"]) for row in firm.matches}
        self.bill_of.update(linked)

    def bill(self, row: Row) -> Record | None:
        """The bill that a row is about."""
        kind, _, key = row.subject_key.partition(":")
        return self.bills.get(int(key)) if kind == "clio" else None

    def invoice(self, row: Row) -> Record | None:
        """The invoice that a row without a bill is about."""
        kind, _, key = row.subject_key.partition(":")
        return self.xero["Invoices"].get(key) if kind == "xero" else None

    def contacts(self, bill: Record) -> set[str]:
        """Contacts of Xero that may be the bill's client: the engine's own, what it was merged into, its namesakes."""
        if bill["client"] is None:
            return set()
        client = self.firm.clio.tables["contacts"][bill["client"]["id"]]
        known = self.firm.contact_of.get(client["id"])
        found = {known["ContactID"]} if known else set()
        found |= {key for key, row in self.xero["Contacts"].items() if row["Name"] == client["name"]}
        merged = {key for key, row in self.xero["Contacts"].items() if row.get("MergedToContactID") in found}
        into = {self.xero["Contacts"][key].get("MergedToContactID") for key in found} - {None, ""}
        return found | merged | into

    def numbered(self, number: str) -> list[Record]:
        """Invoices that bear a number, dead ones last."""
        found = [row for row in self.xero["Invoices"].values() if plain(row["InvoiceNumber"]) == plain(number)]
        return sorted(found, key=lambda row: row["Status"] in DEAD)

    def what_can_be(self, bill: Record) -> Iterator[Record]:
        """Invoices of nobody else that can be the bill: its number, or its total within 35 days; of its client."""
        for row in self.xero["Invoices"].values():
            if (
                row["Type"] != "ACCREC"
                or row["Status"] in DEAD
                or row["Contact"]["ContactID"] not in self.contacts(bill)
            ):
                continue
            if self.bill_of.get(row["InvoiceID"], bill["id"]) != bill["id"]:
                continue
            is_near = abs((row["Date"] - bill["issued_at"]).days) <= 35 and row["Total"] == bill["due"]
            if is_near or plain(row["InvoiceNumber"]) == plain(bill["number"]):
                yield row

    def parts_of(self, bill: Record) -> list[str]:
        """Numbers of invoices of the client's, of no bill's, that together are as much as the bill."""
        near = [
            row
            for row in self.xero["Invoices"].values()
            if row["Type"] == "ACCREC"
            and row["Status"] not in DEAD
            and row["Contact"]["ContactID"] in self.contacts(bill)
            and row["InvoiceID"] not in self.bill_of
            and abs((row["Date"] - bill["issued_at"]).days) <= 35
        ]
        for count in range(2, min(len(near), 4) + 1):
            for parts in combinations(near, count):
                if sum(part["Total"] for part in parts) == bill["due"]:
                    return [part["InvoiceNumber"] for part in parts]
        return []

    def unused_money(self, bill: Record, amount: Decimal, day: date) -> Iterator[str]:
        """Money of the client's that is booked in Xero and on no invoice: received, or left of a credit."""
        contacts = self.contacts(bill)
        trust = {self.firm.xero_account_of[row["clio_bank_account"]] for row in self.firm.settings["trust_accounts"]}
        for entry in self.xero["BankTransactions"].values():
            is_ours = entry["Type"] == "RECEIVE" and entry["Status"] == "AUTHORISED" and entry["Total"] == amount
            in_trust = self.firm.xero.tables["Accounts"][entry["BankAccount"]["AccountID"]]["Code"] in trust
            if (
                is_ours
                and not in_trust
                and abs(entry["Date"] - day) <= WEEK
                and entry["Contact"]["ContactID"] in contacts
            ):
                yield f"{amount} received on {entry['Date']}"
        for resource in CREDITS:
            for credit in self.xero[resource].values():
                is_open = credit["Status"] == "AUTHORISED" and credit["RemainingCredit"] >= amount
                if is_open and credit["Contact"]["ContactID"] in contacts:
                    yield f"{resource} with {credit['RemainingCredit']} left"

    def moved(self, bill: Record, allocation: Record) -> Iterator[str]:
        """Money of an allocation that Xero has on another invoice of the client, or moved out of trust already."""
        amount, day = allocation["amount"], allocation["date"]
        for payment in self.xero["Payments"].values():
            other = self.bills.get(self.bill_of.get(payment["Invoice"]["InvoiceID"], -1))
            if payment["Status"] != "AUTHORISED" or payment["Amount"] != amount or abs(payment["Date"] - day) > WEEK:
                continue
            if other is None or other is bill or other["client"] != bill["client"]:
                continue
            if all(one["amount"] != amount or one["voided_at"] for one in self.firm.clio.allocations_of(other)):
                yield f"{amount} of {payment['Date']} on {payment['Invoice']['InvoiceNumber']}"
        source = allocation["source_bank_account"]
        if source and source["name"] in self.firm.liability_of:
            code = self.firm.xero_account_of[source["name"]]
            for transfer in self.xero["BankTransfers"].values():
                out = self.xero["Accounts"][transfer["FromBankAccount"]["AccountID"]]
                if out["Code"] == code and transfer["Amount"] == amount and abs(transfer["Date"] - day) <= WEEK:
                    yield f"{amount} moved out of trust on {transfer['Date']}"


def plain(number: str | None) -> str:
    """A number without what an integration adds."""
    return re.sub(r"^(inv-?|#)|\s", "", (number or "").casefold()).lstrip("0")


Rule = Callable[[World, Row], str | None]
SENT_AGAIN = re.compile(r"\bsent to xero|send (it|the bill|the bills) again")
NEW_IN_XERO = re.compile(r"(?<!or )\brecord the (payment|credit|refund)\b(?! in clio)|^record it in xero")
TARGET = re.compile(r"(void|delete the draft) invoice ([^\s,.;]+(?:\.[^\s,.;]+)*)")


def never_merges(world: World, row: Row) -> str | None:
    """Two contacts that become one cannot be told apart any more."""
    return "advises to merge" if re.search(r"\bmerg(e|ing)\b", row.advice) else None


def never_sends_again_what_may_be_there(world: World, row: Row) -> str | None:
    """A bill that is sent again where Xero has it under another number stands there twice."""
    bill, sending = world.bill(row), SENT_AGAIN.search(row.advice)
    if bill is None or sending is None:
        return None
    if row.code == "number_collision" and "say so: tieout link" in row.advice[: sending.start()]:
        return None  # asked first whether it is this bill
    there = [found["InvoiceNumber"] for found in world.what_can_be(bill)] or world.parts_of(bill)
    return f"sends bill {bill['number']} again although invoice {there} may be it" if there else None


def never_sends_into_a_refusal(world: World, row: Row) -> str | None:
    """What would stop the bill once more is named before it is sent: its number, its contact, the lock."""
    bill, sending = world.bill(row), SENT_AGAIN.search(row.advice)
    if bill is None or sending is None:
        return None
    before = row.advice[: sending.start()]
    held = [found for found in world.numbered(bill["number"]) if found["Status"] == "VOIDED"]
    if any(found["InvoiceNumber"] == bill["number"] for found in held) and "number" not in before:
        return f"sends bill {bill['number']} into the voided invoice of that number"
    lock = world.firm.xero.organisation["PeriodLockDate"]
    if lock and bill["issued_at"] <= lock and "locked" not in before:
        return f"sends a bill of {bill['issued_at']} into books that are locked until {lock}"
    known = world.firm.contact_of.get(bill["client"]["id"]) if bill["client"] else None
    if (
        known
        and known["ContactStatus"] == "ARCHIVED"
        and not known.get("MergedToContactID")
        and "restore" not in before
    ):
        return f"sends a bill to the archived contact {known['Name']}"
    return None


def never_records_what_may_be_there(world: World, row: Row) -> str | None:
    """Money that is in Xero already, on no invoice, is matched or applied, never booked a second time."""
    bill = world.bill(row)
    if bill is None or not NEW_IN_XERO.search(row.advice):
        return None
    for allocation in world.firm.clio.allocations_of(bill):
        if allocation["voided_at"] is None and allocation["amount"] == row.amount > 0:
            there = [*world.unused_money(bill, row.amount, allocation["date"]), *world.moved(bill, allocation)]
            if there:
                return f"records {row.amount} again although there is {there}"
    return None


def never_grants_twice(world: World, row: Row) -> str | None:
    """Where a credit of one side makes up for the totals, both ask for the same: either step alone spoils that."""
    bill = world.bill(row)
    invoice = world.firm.invoice_of.get(bill["id"]) if bill else None
    if bill is None or invoice is None or invoice["Status"] in (*DEAD, *DRAFT):
        return None
    asked = [
        invoice,
        *(one for one in world.firm.interest_invoices_of.get(bill["id"], ()) if one["Status"] not in DEAD),
    ]
    gap = sum((one["Total"] for one in asked), ZERO) - bill["due"]
    credit = sum((one["AmountCredited"] for one in asked), ZERO) - bill["credits_issued"]
    if gap and gap == credit and "ask first" not in row.advice:
        return f"grants {abs(gap)} once more, which a credit on one side makes up for"
    return None


def never_voids_what_holds_money(world: World, row: Row) -> str | None:
    """Xero voids nothing with money on it, deletes only drafts and voids only what is approved."""
    for verb, number in TARGET.findall(row.advice):
        found = [one for one in world.numbered(number) if one["Status"] not in DEAD]
        money = [one for one in found if one["AmountPaid"] or one["AmountCredited"]]
        if money and len(money) == len(found) and "only then void" not in row.advice:
            return f"voids invoice {number}, which has money on it"
        wanted = DRAFT if verb.startswith("delete") else ("AUTHORISED", "PAID")
        if found and not any(one["Status"] in wanted for one in found):
            return f"would {verb} invoice {number}, which is {found[0]['Status']}"
    return None


def never_touches_what_vanished(world: World, row: Row) -> str | None:
    """Of a bill that Clio does not show any more nothing is taken away before somebody looked. Of one that it never
    showed nobody knows: there the row asks for the bill first."""
    if row.code == "xero_only" and "only if it is a mistake" in row.advice:
        return None
    for verb, number in TARGET.findall(row.advice):
        bills = {world.bill_of.get(one["InvoiceID"]) for one in world.numbered(number) if one["Status"] not in DEAD}
        if bills - {None} and not any(bill in world.bills for bill in bills - {None}):
            return f"would {verb} invoice {number}, whose bill vanished"
    return None


def never_takes_the_only_one(world: World, row: Row) -> str | None:
    """The one invoice of an approved bill is never voided or deleted, unless the row asks first."""
    if row.code not in ("duplicate_in_xero",):
        return None
    for verb, number in TARGET.findall(row.advice):
        for one in world.numbered(number):
            bill = world.bills.get(world.bill_of.get(one["InvoiceID"], -1))
            if one["Status"] in DEAD or bill is None or bill["state"] not in APPROVED:
                continue
            others = [other for other in world.what_can_be(bill) if other["InvoiceID"] != one["InvoiceID"]]
            if not others:
                return f"would {verb} invoice {number}, the only one of bill {bill['number']}"
    return None


def never_approves_what_is_not_ready(world: World, row: Row) -> str | None:
    """Approved as it is, the draft is what the client gets: its head must be the bill's, and nothing may refuse it."""
    bill = world.bill(row)
    if bill is None or "approve the invoice in xero as it is" not in row.advice:
        return None
    drafts = [one for one in world.what_can_be(bill) if one["Status"] in DRAFT]
    if not drafts:
        return f"approves a draft of bill {bill['number']}, of which there is none"
    draft = next((one for one in drafts if world.bill_of.get(one["InvoiceID"]) == bill["id"]), drafts[0])
    interest = bill["interest"]["total"]
    heads = {
        "number": (plain(draft["InvoiceNumber"]), plain(bill["number"])),
        "issue date": (draft["Date"], bill["issued_at"]),
        "due date": (draft["DueDate"], bill["due_at"]),
        "currency": (draft["CurrencyCode"], bill["currency"]["code"]),
        "tax": (draft["TotalTax"], bill["total_tax"]),
    }
    for what, (theirs, ours) in heads.items():
        if theirs != ours:
            return f"approves a draft whose {what} is {theirs}, not {ours}"
    if draft["Total"] not in (bill["due"], bill["due"] - interest) or draft["Total"] < 0:
        return f"approves a draft of {draft['Total']} for a bill of {bill['due']}"
    contact = world.xero["Contacts"][draft["Contact"]["ContactID"]]
    if contact["ContactStatus"] == "ARCHIVED" and not contact.get("MergedToContactID") and "restore" not in row.advice:
        return f"approves a draft of the archived contact {contact['Name']}"
    lock = world.firm.xero.organisation["PeriodLockDate"]
    if lock and draft["Date"] <= lock and "locked" not in row.advice:
        return f"approves a draft of {draft['Date']} in books that are locked until {lock}"
    accounts = {one["Code"]: one for one in world.xero["Accounts"].values()}
    shut = {line["AccountCode"] for line in draft["LineItems"] if line.get("AccountCode")}
    if any(accounts[code]["Status"] == "ARCHIVED" for code in shut if code in accounts) and "restore" not in row.advice:
        return "approves a draft with lines on an archived account"
    ours = {words(line["description"]) for line in world.firm.clio.lines_of(bill)}
    for line in draft["LineItems"]:
        if not line["LineAmount"] and words(line["Description"]) not in ours and not is_heading(bill, line):
            return f"approves a draft with a line that the bill does not have: {line['Description']}"
    return None


def is_heading(bill: Record, line: Record) -> bool:
    """A line without money that says only what the bill is about."""
    names = [bill["number"], bill["subject"], bill["client"] and bill["client"]["name"]]
    names += [matter[key] for matter in bill["matters"] for key in ("display_number", "description") if key in matter]
    return any(name and words(name) in words(line["Description"]) for name in names) or bool(
        re.match(r"\W*(matter|re)\b", words(line["Description"]))
    )


def words(text: str | None) -> str:
    """A text without what typography adds."""
    return re.sub(r"[\W_]+", " ", (text or "").casefold()).strip()


def never_works_in_locked_books(world: World, row: Row) -> str | None:
    """Xero takes no payment, edit or void dated in books that are locked: that is said."""
    bill, lock = world.bill(row), world.firm.xero.organisation["PeriodLockDate"]
    if bill is None or lock is None or "locked" in row.advice:
        return None
    invoice = world.firm.invoice_of.get(bill["id"])
    days = {one["date"] for one in world.firm.clio.allocations_of(bill) if one["amount"] == row.amount}
    if NEW_IN_XERO.search(row.advice) and days and max(days) <= lock:
        return f"records a payment of {max(days)} in books that are locked until {lock}"
    if (
        re.search(r"^(edit|void|correct|enter the discount|set the)\b", row.advice)
        and invoice
        and invoice["Date"] <= lock
    ):
        return f"changes an invoice of {invoice['Date']} in books that are locked until {lock}"
    return None


def never_deletes_one_of_two_that_both_have(world: World, row: Row) -> str | None:
    """Two entries of Clio of which Xero has two as well are perhaps two movements of money."""
    if row.code != "trust_entry_duplicated" or not re.search(r"^(delete|remove|take)", row.advice):
        return None
    entry = world.firm.clio.tables["bank_transactions"][int(row.subject_key.partition(":")[2])]
    signed = entry["funds_in"] - entry["funds_out"]
    theirs = [one for one in in_trust(world, entry) if one[1] == signed and abs((one[0] - entry["date"]).days) <= 3]
    return f"deletes one of two of which Xero has {len(theirs)}" if len(theirs) >= 2 else None


def in_trust(world: World, entry: Record) -> Iterator[tuple[date, Decimal]]:
    """Bank money of Xero on the twin of an entry's account: day and amount."""
    code = world.firm.xero_account_of.get(entry["bank_account"]["name"])
    for one in world.xero["BankTransactions"].values():
        account = world.xero["Accounts"][one["BankAccount"]["AccountID"]]
        if account["Code"] == code and one["Status"] == "AUTHORISED" and "TRANSFER" not in one["Type"]:
            yield one["Date"], one["Total"] if one["Type"].startswith("RECEIVE") else -one["Total"]


def never_posts_what_may_be_there(world: World, row: Row) -> str | None:
    """An entry of Xero of that amount, days away and of nothing else, is looked at before one is posted."""
    if not re.search(r"^post\b", row.advice):
        return None
    if not row.subject_key.startswith("clio-entry:"):
        return "posts entries without naming one"
    entries = world.firm.clio.tables["bank_transactions"].values()
    entry = world.firm.clio.tables["bank_transactions"][int(row.subject_key.partition(":")[2])]
    signed = entry["funds_in"] - entry["funds_out"]
    like = [one for one in entries if one["funds_in"] - one["funds_out"] == signed]
    like = [one for one in like if one["bank_account_id"] == entry["bank_account_id"]]
    near = [day for day, amount in in_trust(world, entry) if amount == signed and abs((day - entry["date"]).days) <= 7]
    ours = [one for one in like if abs((one["date"] - entry["date"]).days) <= 10]
    return f"posts {signed} although Xero has it on {near}" if len(near) >= len(ours) else None


def never_books_before_it_is_known_whose(world: World, row: Row) -> str | None:
    """Rows that ask a question book nothing."""
    if re.search(r"\b(post|record|enter|book) (it|the|them|in)\b", row.advice):
        return "books something although the row asks"
    return None


def never_raises_a_second_one(world: World, row: Row) -> str | None:
    """A document that stands there is not raised again before it is gone."""
    return "raises it again beside the one that is there" if re.search(r"\braise\b[^.]*\bagain", row.advice) else None


def never_removes_without_asking(world: World, row: Row) -> str | None:
    """Where the money may have moved twice, the bank is asked first."""
    return "removes a payment without asking" if re.match(r"(remove|delete|void)\b", row.advice) else None


ALWAYS: tuple[Rule, ...] = (
    never_merges,
    never_sends_again_what_may_be_there,
    never_sends_into_a_refusal,
    never_records_what_may_be_there,
    never_voids_what_holds_money,
    never_touches_what_vanished,
    never_takes_the_only_one,
    never_approves_what_is_not_ready,
    never_works_in_locked_books,
    never_deletes_one_of_two_that_both_have,
    never_posts_what_may_be_there,
)
OF_CODE: dict[str, tuple[Rule, ...]] = {
    "currency_differs": (never_raises_a_second_one,),
    "amounts_differ": (never_grants_twice,),
    "discount_lost": (never_grants_twice,),
    "tax_differs": (never_grants_twice,),
    "credit_one_side": (never_grants_twice,),
    "payment_duplicated": (never_removes_without_asking,),
    "payment_reversed_one_side": (),
    "trust_entry_other_client": (never_books_before_it_is_known_whose,),
    "trust_offset_unconfirmed": (never_books_before_it_is_known_whose,),
    "trust_unexplained": (never_books_before_it_is_known_whose,),
    "unexplained": (never_books_before_it_is_known_whose,),
}
RULES: dict[str, tuple[Rule, ...]] = {code: (*ALWAYS, *OF_CODE.get(code, ())) for code in SECTION_OF}


def harms(firm: Firm, rows: list[Row]) -> list[str]:
    """What the advice of these rows would do to these books; empty where it does no harm."""
    world = World(firm)
    found = []
    for row in rows:
        for rule in RULES[row.code]:
            if complaint := rule(world, row):
                found.append(f"{row.code} of {row.subject_key} {complaint}: {row.suggested_action}")
    return found
