"""What trust and operating events have in common: Xero's mirror of a Clio ledger row.

Clio never sends trust entries to Xero. A firm that keeps trust in Xero books them by hand: receive or spend
money on the trust bank account, coded to the liability account; or by manual journals between two accounts of which
none is a bank account, as Clio's help describes. A firm that forgets one has a fault.
"""

from datetime import date
from decimal import Decimal

from sandbox.books import Record
from sandbox.engine.people import People
from sandbox.money import CENT


class Bank(People):
    """Mirror entries in Xero."""

    def xero_trust_entry(self, entry: Record, amount: Decimal | None = None, day: date | None = None) -> Record:
        """Book a Clio trust entry in Xero: bank against liability, or the journal that stands for it."""
        signed = entry["funds_in"] - entry["funds_out"] if amount is None else amount
        account = entry["bank_account"]["name"]
        if account in self.kept_by_journals:
            who = entry["client"]["name"] if entry["client"] else "First Harbor Bank"
            return self.xero_trust_journal(account, signed, day or entry["date"], f"{who}: {entry['description']}")
        contact = self.bank_contact()
        if entry["client"]:
            contact = self.contact(self.clio.tables["contacts"][entry["client"]["id"]])
        return self.xero_bank_entry(
            account, contact, signed, day or entry["date"], self.liability_of[account], entry["description"]
        )

    def xero_trust_journal(self, account: str, signed: Decimal, day: date, narration: str) -> Record:
        """A manual journal over the two accounts of client money; positive comes in."""
        lines = [
            (self.xero_account_of[account], signed, narration),
            (self.liability_of[account], -signed, narration),
        ]
        return self.xero.add_manual_journal(day, narration, lines)

    def xero_bank_entry(
        self, account: str, contact: Record, signed: Decimal, day: date, code: str, reference: str = ""
    ) -> Record:
        """Receive (positive) or spend money on the Xero twin of a Clio account."""
        line = self.xero.line(reference or "Entry", Decimal(1), abs(signed), code)
        kind = "RECEIVE" if signed >= CENT else "SPEND"
        bank = self.xero.account(self.xero_account_of[account])
        return self.xero.add_bank_transaction(kind, contact, day, bank, [line], reference)

    def xero_transfer(self, source: Record, target: Record, amount: Decimal, day: date) -> Record:
        """A transfer between the Xero twins of two Clio accounts."""
        out = self.xero.account(self.xero_account_of[source["name"]])
        into = self.xero.account(self.xero_account_of[target["name"]])
        return self.xero.add_transfer(out, into, amount, day)

    def bank_contact(self) -> Record:
        """Whom bank entries without a client are booked to."""
        if self._bank_contact is None:
            self._bank_contact = self.xero.add_contact("First Harbor Bank")
        return self._bank_contact

    def drop_mirror(self, entry: Record) -> None:
        """Take the Xero twin of a trust entry back."""
        twin = self._mirror_of.pop(entry["id"], None)
        if twin is None:
            return
        if "BankTransferID" in twin:
            self.xero.delete_transfer(twin)
        elif "ManualJournalID" in twin:
            self.xero.kill_journal(twin)
        else:
            self.xero.delete_bank_transaction(twin)
