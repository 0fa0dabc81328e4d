"""Events about money from clients: payments, batches, credits, overpayments, card payments under way."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sandbox.books import BookError, Record
from sandbox.books.clio import APPROVED
from sandbox.engine.bank import Bank
from sandbox.engine.billing import Billing
from sandbox.money import ZERO, money

Share = tuple[Record, str]


class Receipts(Billing, Bank):
    """In Clio every payment is allocations with one parent, and rows in bank ledgers. In Xero: payments."""

    def pay(
        self,
        bill: Record,
        amount: str | None = None,
        day: date | None = None,
        *,
        in_clio: bool = True,
        reaches_xero: bool = True,
        xero_day: date | None = None,
        xero_amount: str | None = None,
        xero_account: str = "1000",
        by_matter: Sequence[str] = (),
    ) -> Record | None:
        """The client pays a bill into operating. Returns Clio's (first) allocation.

        `by_matter` splits it over the bill's matters, as Clio does with combined bills.
        """
        day = day or self.today
        paid = money(amount) if amount is not None else bill["balance"]
        allocation = None
        if in_clio:
            parts = [money(part) for part in by_matter] or [paid]
            allocation = self._receive([(bill, part) for part in parts], day, self.operating, spread=bool(by_matter))[0]
        if reaches_xero:
            invoice = self.invoice_of[bill["id"]]
            due = money(xero_amount) if xero_amount is not None else paid
            payment = self.xero.add_payment(invoice, due, xero_day or day, self.xero.account(xero_account))
            if allocation is not None:
                self.payments_of.setdefault(allocation["id"], []).append(payment)
        return allocation

    def pay_from_trust(
        self,
        bill: Record,
        amount: str | None = None,
        day: date | None = None,
        *,
        reaches_xero: bool = True,
        xero_account: str = "1000",
        mirror: bool | None = None,
        from_client: bool = False,
    ) -> Record:
        """A bill paid with money held in trust: out of the matter's pocket (or the client's), into operating.

        In Xero the payment lands in `xero_account`: operating (then the trust side is a withdrawal of its own), or
        the liability account (then a transfer moves the cash). `mirror=False` forgets the trust side.
        """
        day = day or self.today
        paid = money(amount) if amount is not None else bill["balance"]
        allocation = self._allocate(bill, paid, day, self.operating, self.trust, self.clio.next_payment_id())
        matter = None if from_client else bill["matters"][0]
        shared = {"client": bill["client"], "bill": self.clio.reference("bills", bill)}
        shared["allocation"] = self.clio.reference("allocations", allocation)
        out = self.clio.add_entry(
            self.trust,
            day,
            -paid,
            {**shared, "matter": matter, "description": f"Payment of bill {bill['number']} from trust"},
        )
        into = self.clio.add_entry(
            self.operating, day, paid, {**shared, "matter": bill["matters"][0], "description": "Payment from trust"}
        )
        self._entries_of[allocation["id"]] = [out, into]
        if reaches_xero:
            account = self.xero.account(xero_account)
            payment = self.xero.add_payment(self.invoice_of[bill["id"]], paid, day, account)
            self.payments_of[allocation["id"]] = [payment]
        if self.mirrors_trust if mirror is None else mirror:
            direct = self.xero.account(xero_account)["Type"] == "BANK"
            self._mirror_of[out["id"]] = (
                self.xero_trust_entry(out) if direct else self.xero_transfer(self.trust, self.operating, paid, day)
            )
        return allocation

    def pay_many(
        self,
        shares: Sequence[Share],
        day: date | None = None,
        *,
        reaches_xero: bool = True,
        as_batch: bool = False,
    ) -> list[Record]:
        """One receipt over several bills; in Xero a payment on each, or one batch of them."""
        day = day or self.today
        parts = [(bill, money(amount)) for bill, amount in shares]
        allocations = self._receive(parts, day, self.operating)
        if reaches_xero:
            account = self.xero.account("1000")
            for allocation, (bill, amount) in zip(allocations, parts, strict=True):
                payment = self.xero.add_payment(self.invoice_of[bill["id"]], amount, day, account)
                self.payments_of[allocation["id"]] = [payment]
            if as_batch:
                payments = [self.payments_of[allocation["id"]][0] for allocation in allocations]
                self.xero.batch(payments, day, account)
        return allocations

    def _receive(
        self, parts: list[tuple[Record, Decimal]], day: date, account: Record, spread: bool = False
    ) -> list[Record]:
        parent = self.clio.next_payment_id()
        allocations = []
        for position, (bill, amount) in enumerate(parts):
            allocation = self._allocate(bill, amount, day, account, None, parent)
            if spread:
                allocation["matter"] = bill["matters"][position]
            allocations.append(allocation)
        bill = parts[0][0]
        total = sum((amount for _, amount in parts), ZERO)
        fields = {"client": bill["client"], "source": bill["client"]["name"], "description": "Payment received"}
        if len(parts) == 1:
            fields |= {"matter": bill["matters"][0], "bill": self.clio.reference("bills", bill)}
            fields["allocation"] = self.clio.reference("allocations", allocations[0])
        entry = self.clio.add_entry(account, day, total, fields)
        for allocation in allocations:
            self._entries_of[allocation["id"]] = [entry]
        return allocations

    def _allocate(
        self,
        bill: Record,
        amount: Decimal,
        day: date,
        account: Record | None,
        source: Record | None,
        parent: int,
        parent_type: str = "Payment",
        description: str = "",
    ) -> Record:
        if bill["state"] not in APPROVED:
            raise BookError(f"bill {bill['number']} is {bill['state']} and takes no payment or credit")
        allocation = self.clio.add_allocation(
            bill,
            {
                "date": day,
                "amount": amount,
                "interest": False,
                "voided_at": None,
                "description": description,
                "has_online_payment": False,
                "payment_type": None,
                "destroyable": True,
                "matter": bill["matters"][0],
                "contact": bill["client"],
                "source_bank_account": self.clio.reference("bank_accounts", source),
                "destination_bank_account": self.clio.reference("bank_accounts", account),
                "parent": {
                    "id": parent,
                    "type": parent_type,
                    "identifier": f"{parent_type} {parent}",
                    "secondary_identifier": None,
                    "tertiary_identifier": None,
                },
            },
        )
        self.clio.settle_payments(bill)
        return allocation

    def void_payment(self, allocation: Record, in_clio: bool = True, in_xero: bool = True) -> None:
        """A payment taken back: voided in Clio with its ledger rows gone, deleted in Xero."""
        if in_clio:
            self.clio.void_allocation(allocation)
            for entry in self._entries_of.pop(allocation["id"], []):
                if entry["id"] in self.clio.tables["bank_transactions"]:
                    self.clio.remove_entry(entry)
                    if in_xero:
                        self.drop_mirror(entry)
            self.clio.settle_payments(self.clio.tables["bills"][allocation["bill"]["id"]])
        if in_xero:
            for payment in self.payments_of.get(allocation["id"], []):
                if payment["Status"] == "AUTHORISED":
                    self.xero.delete_payment(payment)

    # Credits

    def credit_note(
        self,
        bill: Record,
        amount: str,
        day: date | None = None,
        *,
        in_clio: bool = True,
        reaches_xero: bool = True,
        applied: bool = True,
        xero_day: date | None = None,
        discount: bool = False,
    ) -> Record | None:
        """A credit note or write-off on an approved bill; in Xero a credit note, applied to the invoice."""
        day = day or self.today
        credit = money(amount)
        allocation = None
        if in_clio:
            memo = self.clio.add(
                "credit_memos",
                {
                    "date": day,
                    "amount": credit,
                    "description": "Courtesy credit" if not discount else "Write-off",
                    "discount": discount,
                    "voided_at": None,
                    "contact": bill["client"],
                    "user": self.clio.reference("users", self.users[0]),
                },
            )
            allocation = self._allocate(bill, credit, day, None, None, memo["id"], "CreditMemo", memo["description"])
            memo["allocations"] = [self.clio.reference("allocations", allocation)]
        if reaches_xero:
            note = self.xero_credit_note(bill, credit, xero_day or day)
            if applied:
                invoice = self.invoice_of[bill["id"]]
                used = self.xero.allocate("CreditNotes", note, invoice, credit, xero_day or day)
                if allocation is not None:
                    self.credit_of[allocation["id"]] = ("CreditNotes", note, used)
        return allocation

    def xero_credit_note(self, bill: Record, amount: Decimal, day: date) -> Record:
        """A sales credit note for the bill's client, not yet applied to anything."""
        contact = self.contact(self.clio.tables["contacts"][bill["client"]["id"]])
        number = f"CN-{len(self.xero.tables['CreditNotes']) + 1:04d}"
        line = self.xero.line(f"Credit on {bill['number']}", Decimal(1), amount, "225")
        return self.xero.add_credit_note(contact, number, day, [line])

    def void_credit(self, allocation: Record, in_clio: bool = True, in_xero: bool = True) -> None:
        """A credit taken back on either side."""
        if in_clio:
            self.clio.void_allocation(allocation)
            memo = self.clio.tables["credit_memos"][allocation["parent"]["id"]]
            self.clio.change("credit_memos", memo, voided_at=self.now)
            self.clio.settle_payments(self.clio.tables["bills"][allocation["bill"]["id"]])
        if in_xero and allocation["id"] in self.credit_of:
            resource, note, used = self.credit_of.pop(allocation["id"])
            self.xero.remove_allocation(resource, note, used)
            self.xero.void_credit(resource, note)

    def overpay(self, bill: Record, excess: str, day: date | None = None, reaches_xero: bool = True) -> Record | None:
        """The client pays the bill and more: Clio holds the excess in operating, Xero as an overpayment."""
        day = day or self.today
        self.pay(bill, day=day, reaches_xero=reaches_xero)
        more = money(excess)
        fields = {"client": bill["client"], "matter": bill["matters"][0], "description": "Overpayment"}
        self.clio.add_entry(self.operating, day, more, fields)
        if not reaches_xero:
            return None
        contact = self.contact(self.clio.tables["contacts"][bill["client"]["id"]])
        return self.xero.add_overpayment(contact, more, day, self.xero.account("1000"))

    def prepay_in_xero(self, client: Record, amount: str, day: date | None = None) -> Record:
        """Money on account, booked in Xero as a prepayment."""
        account = self.xero.account("1000")
        return self.xero.add_prepayment(self.contact(client), money(amount), day or self.today, account)

    def apply_in_xero(
        self, resource: str, credit: Record, bill: Record, amount: str, day: date | None = None
    ) -> Record:
        """Use an overpayment, prepayment or credit note on a bill's invoice."""
        invoice = self.invoice_of[bill["id"]]
        return self.xero.allocate(resource, credit, invoice, money(amount), day or self.today)

    def pay_from_credit_held(self, bill: Record, amount: str, day: date | None = None) -> Record:
        """Clio pays a bill out of money held in operating (an earlier overpayment)."""
        day = day or self.today
        parent = self.clio.next_payment_id()
        return self._allocate(bill, money(amount), day, self.operating, self.operating, parent)

    # Cards

    def card_pending(self, bill: Record, amount: str) -> None:
        """A card payment that the processor has not settled."""
        bill["pending"] = money(amount)
        self.clio.settle_payments(bill)

    def card_settles(self, bill: Record, day: date | None = None, reaches_xero: bool = True) -> Record | None:
        """The pending card payment becomes a payment."""
        amount = bill["pending"]
        bill["pending"] = ZERO
        allocation = self.pay(bill, str(amount), day, reaches_xero=reaches_xero)
        if allocation is not None:
            allocation.update({"has_online_payment": True, "payment_type": "card"})
        return allocation
