"""Events about bills: drafted, pushed, edited, approved, voided, renumbered, and the interest on them.

Every event says which side it reaches. What Clio's sync does by default is the default here; a fault is the
same event with `reaches_xero=False`, or a change made by hand in Xero's books.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal

from sandbox.books import BookError, Record
from sandbox.engine.lines import Line
from sandbox.engine.people import People
from sandbox.money import HUNDRED, ZERO, cents, money

Discount = tuple[str, str]
NO_DISCOUNT = {
    "rate": None,
    "type": None,
    "note": None,
    "early_payment_rate": None,
    "early_payment_period": None,
}
NO_INTEREST = {"balance": ZERO, "period": 0, "rate": ZERO, "total": ZERO, "type": "simple"}
XERO_STATUS = {
    "draft": "DRAFT",
    "awaiting_approval": "DRAFT",
    "awaiting_payment": "AUTHORISED",
    "paid": "AUTHORISED",
}


def discount_of(discount: Discount | None) -> Record:
    """`("percentage", "10")` or `("money", "50.00")` as Clio writes it."""
    if discount is None:
        return dict(NO_DISCOUNT)
    return {**NO_DISCOUNT, "type": discount[0], "rate": Decimal(discount[1])}


class Billing(People):
    """Bills and the invoices they become."""

    def next_number(self) -> str:
        """Numbers go on from the highest ever used, voided ones included."""
        self._last_number = max(self._last_number, self._highest_number) + 1
        return str(self._last_number)

    _last_number = 2000
    _highest_number = 0

    def draft_bill(
        self,
        client: Record,
        lines: Sequence[Line],
        matter: Record | None = None,
        *,
        matters: Sequence[Record] = (),
        number: str | None = None,
        issued: date | None = None,
        due: date | None = None,
        tax: str = "0",
        second_tax: str = "0",
        discount: Discount | None = None,
        discount_services_only: bool = False,
        currency: str = "USD",
        reaches_xero: bool = False,
    ) -> Record:
        """A new draft. With several matters it is one combined bill; lines say which matter they are on."""
        issued = issued or self.today
        on = list(matters) or ([matter] if matter else [self.matter_of(client)])
        fields = self._bill_fields(client, on, number or self.next_number(), issued, due)
        fields["tax_rate"], fields["secondary_tax_rate"] = Decimal(tax), Decimal(second_tax)
        fields["discount"] = discount_of(discount)
        fields["discount_services_only"] = "true" if discount_services_only else None
        fields["currency"] = {"id": 1 if currency == "USD" else 2, "code": currency, "sign": "$"}
        fields["type"] = "MatterBill" if len(on) == 1 else "ClientBill"
        bill = self.clio.add("bills", fields)
        for line in lines:
            self._write_line(bill, line, on[0])
        self.clio.settle(bill, stamp=False)
        if reaches_xero:
            self.push(bill)
        return bill

    def matter_of(self, client: Record) -> Record:
        """The client's first matter, opened if there is none."""
        for matter in self.clio.tables["matters"].values():
            if matter["client_id"] == client["id"]:
                return matter
        return self.matter(client)

    def _bill_fields(
        self, client: Record, matters: list[Record], number: str, issued: date, due: date | None
    ) -> Record:
        return {
            "number": number,
            "state": "draft",
            "type": "MatterBill",
            "kind": "revenue_kind",
            "subject": "",
            "purchase_order": None,
            "memo": None,
            "issued_at": issued,
            "due_at": due or issued + timedelta(days=30),
            "start_at": issued - timedelta(days=30),
            "end_at": issued,
            "paid_at": None,
            "last_sent_at": None,
            "sub_total": ZERO,
            "services_sub_total": ZERO,
            "tax_rate": ZERO,
            "secondary_tax_rate": ZERO,
            "tax_sum": ZERO,
            "secondary_tax_sum": ZERO,
            "total_tax": ZERO,
            "services_tax": ZERO,
            "services_secondary_tax": ZERO,
            "taxable_sub_total": 0,
            "secondary_taxable_sub_total": 0,
            "services_taxable_sub_total": 0,
            "services_secondary_taxable_sub_total": 0,
            "total": ZERO,
            "due": ZERO,
            "paid": ZERO,
            "credits_issued": ZERO,
            "pending": ZERO,
            "balance": ZERO,
            "discount_services_only": None,
            "shared": False,
            "can_update": True,
            "available_state_transitions": [],
            "user": self.clio.reference("users", self.users[0]),
            "client": self.clio.reference("contacts", client),
            "group": None,
            "bill_theme": None,
            "destination_account": self.clio.reference("bank_accounts", self.operating),
            "currency": None,
            "billing_setting": None,
            "legal_aid_uk_bill": None,
            "original_bill": None,
            "split_invoice": None,
            "matters": [self.clio.reference("matters", matter) for matter in matters],
            "balances": [],
            "matter_totals": [],
            "discount": dict(NO_DISCOUNT),
            "interest": dict(NO_INTEREST),
            "client_addresses": [],
        }

    def _write_line(self, bill: Record, line: Line, matter: Record) -> Record:
        held = line.matter or matter
        row = self.clio.add_line(
            bill,
            {
                "type": line.line_type,
                "kind": line.kind,
                "date": line.day or bill["issued_at"] - timedelta(days=3),
                "description": line.description,
                "note": line.note,
                "quantity": line.quantity,
                "price": line.price,
                "sub_total": ZERO,
                "tax": ZERO,
                "secondary_tax": ZERO,
                "total": ZERO,
                "taxable": line.taxable,
                "secondary_taxable": line.secondary_taxable,
                "tax_settings": [],
                "discount": {**NO_DISCOUNT, "rate": line.discount, "type": line.discount_type}
                if line.discount is not None
                else NO_DISCOUNT,
                "group_ordering": len(self.clio.lines_of(bill)),
                "included_line_item_totals": None,
                "activity": None,
                "matter": self.clio.reference("matters", held),
                "user": self.clio.reference("users", line.user or self.users[0]),
            },
        )
        row["activity"] = {"id": row["id"] + 100000, "type": "TimeEntry" if line.kind == "Service" else "ExpenseEntry"}
        return row

    def add_summary_line(self, bill: Record, description: str, parts: Sequence[Record]) -> Record:
        """A line that rolls up others, which stay in the list beside it."""
        total = sum((part["sub_total"] for part in parts), ZERO)
        matter = self.clio.tables["matters"][bill["matters"][0]["id"]]
        line = Line(description, Decimal(1), total, line_type="SummaryLineItem")
        row = self._write_line(bill, line, matter)
        row["activity"] = None
        self.clio.sum_up(row, parts)
        row["included_line_item_totals"] = {
            "quantity": sum((part["quantity"] for part in parts), ZERO),
            "price": None,
            "discount_percent": None,
            "sub_total": total,
            "total": total,
        }
        self.clio.settle(bill)
        return row

    # To Xero

    def push(self, bill: Record, discount_style: str = "line", **fields: object) -> Record:
        """What the sync does: make or update the invoice. `discount_style`: line, rate, unit or none."""
        contact = self.contact(self.clio.tables["contacts"][bill["client"]["id"]])
        lines = self.invoice_lines(bill, discount_style)
        invoice = self.invoice_of.get(bill["id"])
        if invoice is not None and invoice["Status"] in ("DRAFT", "SUBMITTED", "AUTHORISED"):
            if bill["number"] != invoice["InvoiceNumber"]:
                self.xero.renumber_invoice(invoice, bill["number"])
            self.xero.edit_invoice(invoice, lines, Date=bill["issued_at"], DueDate=bill["due_at"], **fields)
            return invoice
        invoice = self.xero.add_invoice(
            contact,
            bill["number"],
            bill["issued_at"],
            bill["due_at"],
            lines,
            XERO_STATUS[bill["state"]],
            Reference=bill["matters"][0]["display_number"] if bill["matters"] else "",
            CurrencyCode=bill["currency"]["code"],
            **fields,
        )
        self.invoice_of[bill["id"]] = invoice
        return invoice

    def invoice_lines(self, bill: Record, discount_style: str = "line") -> list[Record]:
        """A bill's lines as Xero gets them: lines without money stay behind."""
        discount = self.clio.bill_discount(bill)
        share = self.clio.discount_share(bill)
        lines = []
        for line in self.clio.counted_lines(bill):
            if line["type"] == "NoChargeLineItem" or not line["sub_total"]:
                continue
            row = self._invoice_line(bill, line)
            is_discounted = discount and self.clio.is_discounted(bill, line)
            if is_discounted and discount_style == "rate":
                row["DiscountRate"] = self._discount_rate(bill, share)
            elif is_discounted and discount_style == "unit":
                row["UnitAmount"] = cents(line["price"] * (1 - share))
            lines.append(row)
        if discount and discount_style == "line":
            kind = lines[0]["TaxType"] if lines else "NONE"
            lines.append(self.xero.line("Discount", Decimal(1), -discount, "200", tax_type=kind))
        return lines

    @staticmethod
    def _discount_rate(bill: Record, share: Decimal) -> Decimal:
        if bill["discount"]["type"] == "percentage":
            return Decimal(bill["discount"]["rate"])
        return (share * HUNDRED).quantize(Decimal("0.0001"))

    def _invoice_line(self, bill: Record, line: Record) -> Record:
        rate = (bill["tax_rate"] if line["taxable"] else ZERO) + (
            bill["secondary_tax_rate"] if line["secondary_taxable"] else ZERO
        )
        more: Record = {"tax_type": self._tax_type(rate)}
        if line["discount"]["rate"] is not None:
            key = "discount_rate" if line["discount"]["type"] == "percentage" else "discount_amount"
            more[key] = line["discount"]["rate"]
        code = "200" if line["kind"] == "Service" else "210"
        return self.xero.line(line["description"], line["quantity"], line["price"], code, **more)

    def _tax_type(self, rate: Decimal) -> str:
        if not rate:
            return "NONE"
        name = f"TAX{rate.normalize():f}".replace(".", "_")
        self.xero.tax_rates[name] = rate
        return name

    # Edits

    def edit_line(self, bill: Record, position: int, reaches_xero: bool = False, **changes: object) -> Record:
        """Change hours, rate or wording of a line (counted from 0)."""
        line = self.clio.lines_of(bill)[position]
        self.clio.change("line_items", line, **changes)
        self._edited(bill, reaches_xero)
        return line

    def add_line(self, bill: Record, line: Line, reaches_xero: bool = False) -> Record:
        """One more line on the bill."""
        row = self._write_line(bill, line, self.clio.tables["matters"][bill["matters"][0]["id"]])
        self._edited(bill, reaches_xero)
        return row

    def remove_line(self, bill: Record, position: int, reaches_xero: bool = False) -> None:
        """One line off the bill; Clio deletes the row."""
        self.clio.remove_line(bill, self.clio.lines_of(bill)[position])
        self._edited(bill, reaches_xero)

    def edit_bill(self, bill: Record, reaches_xero: bool = False, **changes: object) -> None:
        """Change dates, discount or other fields of the bill itself."""
        if "discount" in changes:
            changes["discount"] = discount_of(changes["discount"])  # type: ignore[arg-type]
        bill.update(changes)
        self._edited(bill, reaches_xero)

    def _edited(self, bill: Record, reaches_xero: bool) -> None:
        self.clio.settle(bill)
        if reaches_xero:
            self.push(bill)

    # Life

    def submit(self, bill: Record) -> None:
        """Draft to pending approval."""
        self.clio.change("bills", bill, state="awaiting_approval")

    def approve(self, bill: Record, in_clio: bool = True, in_xero: bool = True) -> None:
        """Approve on either side; without an invoice yet, the sync makes one."""
        if in_clio:
            if bill["state"] not in ("draft", "awaiting_approval"):
                raise BookError(f"bill {bill['number']} is {bill['state']}")
            bill["state"] = "awaiting_payment"
            self.clio.settle_payments(bill)
        if in_xero:
            invoice = self.invoice_of.get(bill["id"]) or self.push(bill)
            if invoice["Status"] in ("DRAFT", "SUBMITTED"):
                self.xero.authorise(invoice)

    def bill(self, client: Record, lines: Sequence[Line], matter: Record | None = None, **more: object) -> Record:
        """Drafted and approved; `in_xero=False` for one that never arrives, `discount_style` for the push."""
        in_xero = bool(more.pop("in_xero", True))
        style = str(more.pop("discount_style", "line"))
        bill = self.draft_bill(client, lines, matter, **more)  # type: ignore[arg-type]
        self.approve(bill, in_xero=False)
        if in_xero:
            self.push(bill, style)
        return bill

    def void(self, bill: Record, in_clio: bool = True, in_xero: bool = True) -> None:
        """Void an approved bill without payments, and its invoice."""
        if in_clio:
            if bill["paid"] or bill["state"] != "awaiting_payment":
                raise BookError(f"bill {bill['number']} cannot be voided: {bill['state']}, paid {bill['paid']}")
            bill["state"] = "void"
            self.clio.settle(bill)
        if in_xero:
            self.xero.kill_invoice(self.invoice_of[bill["id"]])

    def delete_draft(self, bill: Record, vanish: bool = False, in_xero: bool = True) -> None:
        """Delete a bill that is not approved: it stays with state deleted, or is gone without a trace."""
        bill["state"] = "deleted"
        self.clio.settle(bill)
        if vanish:
            self.clio.forget_bill(bill)
        if in_xero and bill["id"] in self.invoice_of:
            self.xero.kill_invoice(self.invoice_of[bill["id"]])

    def renumber(self, bill: Record, number: str, reaches_xero: bool = False) -> None:
        """Clio takes any text as a number, even one in use."""
        self.clio.change("bills", bill, number=number)
        if reaches_xero:
            self.xero.renumber_invoice(self.invoice_of[bill["id"]], number)

    # Interest

    def accrue_interest(
        self, bill: Record, amount: str, day: date | None = None, mirror: str | None = "child"
    ) -> Record | None:
        """Interest on a bill. In Xero: its own invoice (`child`), a `line` on the bill's invoice, or nothing."""
        day = day or self.today
        charge = money(amount)
        bill["interest"] = {**bill["interest"], "total": bill["interest"]["total"] + charge, "rate": Decimal(12)}
        self.clio.add(
            "interest_charges",
            {
                "date": day,
                "description": f"Interest on overdue bill {bill['number']}",
                "total": charge,
                "bill": self.clio.reference("bills", bill),
                "balances": [],
                "matters": bill["matters"],
            },
        )
        self.clio.settle(bill)
        number = self.next_number()
        line = self.xero.line(f"Interest on bill {bill['number']}", Decimal(1), charge, "220")
        if mirror == "line":
            invoice = self.invoice_of[bill["id"]]
            self.xero.edit_invoice(invoice, [*invoice["LineItems"], line])
        if mirror != "child":
            return None
        client = self.clio.tables["contacts"][bill["client"]["id"]]
        child = self.xero.add_invoice(
            self.contact(client), number, day, bill["due_at"] + timedelta(days=30), [line], "AUTHORISED"
        )
        self.interest_invoices_of.setdefault(bill["id"], []).append(child)
        return child

    # In Xero alone

    def invoice(self, contact: Record, number: str, lines: list[Record], day: date, **fields: object) -> Record:
        """An invoice that never came from Clio, rent for example."""
        status = str(fields.pop("Status", "AUTHORISED"))
        due = day + timedelta(days=30)
        return self.xero.add_invoice(contact, number, day, due, lines, status, **fields)

    def duplicate(self, bill: Record, number: str, status: str = "AUTHORISED") -> Record:
        """The same document a second time, under another number, as after a relink."""
        invoice = self.invoice_of[bill["id"]]
        lines = [{**line, "LineItemID": self.xero.guid("line")} for line in invoice["LineItems"]]
        contact = self.xero.tables["Contacts"][invoice["Contact"]["ContactID"]]
        return self.xero.add_invoice(contact, number, invoice["Date"], invoice["DueDate"], lines, status)
