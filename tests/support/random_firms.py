"""Firms that live a random life: events that reach both systems, and events that reach only one.

A history is a list of moves, each a name and a number from which its details are drawn; the same history gives the
same firm. A move that the books of either side would refuse (a payment on a draft, a void of a paid bill) does not
happen.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random

from sandbox.books import Record
from sandbox.engine import Firm, Line, expense, time

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
OPENED = datetime(2026, 8, 3, 15, tzinfo=UTC)
TEXTS = ("Review of lease", "Call with counsel", "Draft motion", "Research on venue", "Client conference")
APPROVED = ("awaiting_payment", "paid")

Move = tuple[str, int]


class Life:
    """One firm and what happens to it."""

    def __init__(self, name: str) -> None:
        self.firm = Firm(name, OPENED - timedelta(days=30))
        self.clients = [self.firm.person("Eleanor", "Voss"), self.firm.company("Alder & Sons, Inc.")]
        for client in self.clients:
            self.firm.matter(client, "Advice")
        self.firm.at(OPENED)
        self.bills: list[Record] = []
        self.planted: list[tuple[str, tuple[str, ...]]] = []
        self.chance = Random(0)

    def live(self, history: list[Move]) -> Firm:
        """Play the history; the night comes long after its last day."""
        for name, number in history:
            self.chance = Random(number)
            self.firm.advance(days=self.chance.choice((0, 1, 2, 5)))
            MOVES[name](self)
        self.firm.at(NOW)
        return self.firm

    # What moves work on

    def lines(self, taxable: bool = False) -> list[Line]:
        """Few texts, few hours: many lines are equal or alike."""
        lines = [
            time(self.chance.choice(TEXTS), Decimal(self.chance.randint(2, 12)) / 10, "350.00", taxable=taxable)
            for _ in range(self.chance.randint(1, 6))
        ]
        return [*lines, expense("Filing fee", f"{self.chance.choice((40, 95, 210))}.00")]

    def draw(self, fits: Callable[[Record], bool]) -> Record | None:
        """One of the bills for which this holds."""
        fitting = [bill for bill in self.bills if fits(bill)]
        return self.chance.choice(fitting) if fitting else None

    def invoice(self, bill: Record) -> Record | None:
        """The bill's invoice in Xero, unless it is voided or deleted."""
        found = self.firm.invoice_of.get(bill["id"])
        return found if found and found["Status"] not in ("VOIDED", "DELETED") else None

    def is_untouched(self, bill: Record) -> bool:
        """No money has been taken on either side."""
        found = self.firm.invoice_of.get(bill["id"])
        taken = found is not None and (found["AmountPaid"] or found["AmountCredited"])
        return (
            not taken and not bill["paid"] and not bill["credits_issued"] and bill["state"] not in ("void", "deleted")
        )

    def asks_in_xero(self, bill: Record) -> Decimal:
        """What the invoice still takes."""
        found = self.invoice(bill)
        return found["AmountDue"] if found and found["Status"] == "AUTHORISED" else Decimal(0)

    def is_open(self, bill: Record) -> bool:
        """Owed on both sides."""
        return bill["state"] == "awaiting_payment" and bill["balance"] > 1 and self.asks_in_xero(bill) > 1

    def part(self, most: Decimal) -> str:
        """All of it, or a part."""
        return str(most if self.chance.random() < 0.4 else max(Decimal("0.01"), (most / 3).quantize(Decimal("0.01"))))


# Bills


def _new(life: Life, **more: object) -> Record:
    tax = "8.875" if life.chance.random() < 0.2 else "0"
    kinds = (None, None, None, ("percentage", "10"), ("money", "25.00"))
    bill = life.firm.draft_bill(
        life.chance.choice(life.clients),
        life.lines(taxable=tax != "0"),
        tax=tax,
        discount=life.chance.choice(kinds),
        **more,  # type: ignore[arg-type]
    )
    life.bills.append(bill)
    return bill


def drafted(life: Life) -> None:
    """A draft on both sides."""
    _new(life, reaches_xero=True)


def billed(life: Life) -> None:
    """Approved on both sides; a discount in any of the three forms."""
    bill = _new(life)
    life.firm.approve(bill, in_xero=False)
    life.firm.push(bill, life.chance.choice(("line", "line", "rate")))


def billed_in_clio_alone(life: Life) -> None:
    """The founding fault's cousin: nothing arrives."""
    life.firm.approve(_new(life), in_xero=False)


def approved(life: Life) -> None:
    """A draft is approved on both sides, in Clio alone, or in Xero alone."""
    bill = life.draw(lambda b: b["state"] == "draft" and life.invoice(b) is not None)
    if bill is None:
        return
    clio, xero = life.chance.choice(((True, True), (True, False), (True, False), (True, False), (False, True)))
    found = life.invoice(bill)
    life.firm.approve(bill, in_clio=clio, in_xero=xero and found is not None and found["Status"] == "DRAFT")


def stuck(life: Life) -> None:
    """The founding fault: drafted on both sides, perhaps edited on either, approved in Clio alone."""
    bill = _new(life, reaches_xero=True)
    for edit in life.chance.choice(((), (_edit_alone,), (_edit_alone, _edit_alone), (_by_hand,), (_edit_both,))):
        edit(life, bill)
    life.firm.approve(bill, in_xero=False)


def _edit_alone(life: Life, bill: Record) -> None:
    _edit(life, bill, reaches_xero=False)


def _edit_both(life: Life, bill: Record) -> None:
    _edit(life, bill, reaches_xero=True)


def _edit(life: Life, bill: Record, reaches_xero: bool) -> None:
    position = life.chance.randrange(len(life.firm.clio.lines_of(bill)))
    kind = life.chance.choice(("hours", "text", "cent", "add", "remove", "due", "date", "discount", "swap"))
    if kind == "hours":
        life.firm.edit_line(bill, position, reaches_xero, quantity=Decimal(life.chance.randint(2, 12)) / 10)
    elif kind == "text":
        life.firm.edit_line(bill, position, reaches_xero, description=life.chance.choice((*TEXTS, "Services.")))
    elif kind == "cent":
        line = life.firm.clio.lines_of(bill)[position]
        life.firm.edit_line(bill, position, reaches_xero, price=line["price"] + Decimal("0.01"))
    elif kind == "add":
        life.firm.add_line(bill, time(life.chance.choice(TEXTS), "0.50"), reaches_xero)
    elif kind == "remove" and len(life.firm.clio.lines_of(bill)) > 2:
        life.firm.remove_line(bill, 0, reaches_xero)
    elif kind in ("due", "date"):
        field = {"due": "due_at", "date": "issued_at"}[kind]
        life.firm.edit_bill(bill, reaches_xero, **{field: bill[field] + timedelta(days=1)})
    elif kind == "discount":
        life.firm.edit_bill(bill, reaches_xero, discount=life.chance.choice((None, ("percentage", "5"))))
    elif kind == "swap":
        lines = life.firm.clio.lines_of(bill)
        first, last = lines[0]["quantity"], lines[-1]["quantity"]
        life.firm.edit_line(bill, 0, False, quantity=last)
        life.firm.edit_line(bill, -1, reaches_xero, quantity=first)


def edited(life: Life) -> None:
    """Changed in Clio; the change arrives."""
    bill = life.draw(lambda b: life.is_untouched(b) and life.invoice(b) is not None)
    if bill is not None and bill["number"] == life.firm.invoice_of[bill["id"]]["InvoiceNumber"]:
        _edit_both(life, bill)


def edited_in_clio_alone(life: Life) -> None:
    """Changed in Clio; Xero keeps what it had."""
    bill = life.draw(lambda b: life.is_untouched(b) and life.invoice(b) is not None)
    if bill is not None:
        _edit_alone(life, bill)


def edited_by_hand(life: Life) -> None:
    """Somebody changes the invoice in Xero."""
    bill = life.draw(lambda b: life.is_untouched(b) and life.invoice(b) is not None)
    if bill is not None:
        _by_hand(life, bill)


def _by_hand(life: Life, bill: Record) -> None:
    found = life.firm.invoice_of[bill["id"]]
    kind = life.chance.choice(("unit", "text", "reverse", "rounding", "tax", "due", "contact", "case"))
    lines = list(found["LineItems"])
    line = life.chance.choice(lines)
    xero = life.firm.xero
    if kind == "unit" and line["UnitAmount"] > 0:
        line["UnitAmount"] += Decimal("0.01")
    elif kind in ("text", "case"):
        line["Description"] = "As agreed" if kind == "text" else f"{line['Description'].upper()} ."
    elif kind == "reverse":
        lines.reverse()
    elif kind == "rounding":
        lines.append(xero.line("Rounding", Decimal(1), Decimal("0.02"), "860"))
    elif kind == "tax":
        lines = [{**line, "TaxType": "NONE"} for line in lines]
    fields: dict[str, object] = {}
    if kind == "due":
        fields["DueDate"] = found["DueDate"] + timedelta(days=7)
    elif kind == "contact":
        contact = xero.add_contact(f"Stranger {len(xero.tables['Contacts'])}")
        fields["Contact"] = xero.contact_ref(contact)
    xero.edit_invoice(found, lines, **fields)


def voided(life: Life) -> None:
    """Voided on both sides or on one."""
    bill = life.draw(
        lambda b: life.is_untouched(b) and b["state"] == "awaiting_payment" and life.invoice(b) is not None
    )
    if bill is not None:
        clio, xero = life.chance.choice(((True, True), (True, False), (False, True)))
        life.firm.void(bill, in_clio=clio, in_xero=xero)


def deleted(life: Life) -> None:
    """A draft is deleted; its invoice may stay."""
    bill = life.draw(lambda b: b["state"] == "draft" and life.is_untouched(b) and life.invoice(b) is not None)
    if bill is not None:
        life.firm.delete_draft(bill, in_xero=life.chance.random() < 0.5)


def renumbered(life: Life) -> None:
    """Another number in Clio, sometimes one that a dead bill had."""
    bill = life.draw(lambda b: b["state"] in ("draft", *APPROVED))
    if bill is not None:
        dead = [b["number"] for b in life.bills if b["state"] in ("void", "deleted")]
        life.firm.renumber(bill, life.chance.choice([*dead, f"R-{bill['id']}"]))


def doubled(life: Life) -> None:
    """The invoice a second time."""
    bill = life.draw(lambda b: life.invoice(b) is not None)
    if bill is not None:
        life.firm.duplicate(bill, f"D-{len(life.firm.xero.tables['Invoices'])}")


def stray(life: Life) -> None:
    """An invoice of Xero's own, sometimes under the number of a bill that never arrived."""
    numbers = [b["number"] for b in life.bills if b["id"] not in life.firm.invoice_of]
    number = life.chance.choice([*numbers, f"X-{len(life.firm.xero.tables['Invoices'])}"])
    firm = life.firm
    if firm.xero.invoice_by_number(number) is None:
        line = firm.xero.line("Consulting", Decimal(1), Decimal("777.00"), "200")
        contact = firm.xero.add_contact(f"Somebody {len(firm.xero.tables['Contacts'])}")
        firm.invoice(contact, number, [line], firm.today, Status=life.chance.choice(("AUTHORISED", "DRAFT")))


def interest(life: Life) -> None:
    """Interest on a bill: a child invoice, a line, or nothing in Xero."""
    bill = life.draw(lambda b: life.is_open(b) and life.is_untouched(b))
    if bill is not None:
        mirror = life.chance.choice(("child", "line", None))
        life.firm.accrue_interest(bill, f"{life.chance.randint(1, 30)}.37", mirror=mirror)


# Money


def paid(life: Life) -> None:
    """A payment that reaches both sides, perhaps on another day or with another amount."""
    bill = life.draw(life.is_open)
    if bill is None:
        return
    most = min(bill["balance"], life.asks_in_xero(bill))
    amount = life.part(most)
    more: dict[str, object] = {"xero_day": life.firm.today + timedelta(days=life.chance.choice((0, 0, 0, 1, 2, 12)))}
    if life.chance.random() < 0.15:
        more["xero_amount"] = life.part(most)
    life.firm.pay(bill, amount, **more)  # type: ignore[arg-type]


def paid_in_clio_alone(life: Life) -> None:
    """Xero never hears of the money, draft or not."""
    bill = life.draw(lambda b: b["state"] == "awaiting_payment" and b["balance"] > 1)
    if bill is not None:
        life.firm.pay(bill, life.part(bill["balance"]), reaches_xero=False)


def paid_in_xero_alone(life: Life) -> None:
    """Clio never hears of the money; sometimes it equals a payment that is there."""
    bill = life.draw(lambda b: life.asks_in_xero(b) > 1)
    if bill is None:
        return
    amounts = [p["Amount"] for p in life.firm.xero.tables["Payments"].values() if p["Status"] == "AUTHORISED"]
    asked = life.asks_in_xero(bill)
    fitting = [str(amount) for amount in amounts if amount <= asked]
    life.firm.pay(bill, life.chance.choice([life.part(asked), *fitting]), in_clio=False)


def paid_on_the_other_bill(life: Life) -> None:
    """Booked to another bill in Xero."""
    bill, other = life.draw(life.is_open), life.draw(life.is_open)
    if bill is not None and other is not None:
        amount = life.part(min(bill["balance"], life.asks_in_xero(other)))
        life.firm.pay(bill, amount, reaches_xero=False)
        life.firm.pay(other, amount, in_clio=False)


def paid_from_trust(life: Life) -> None:
    """Money held for the client pays the bill."""
    bill = life.draw(life.is_open)
    if bill is not None:
        amount = life.part(min(bill["balance"], life.asks_in_xero(bill)))
        client = life.firm.clio.tables["contacts"][bill["client"]["id"]]
        life.firm.deposit(client, amount, life.firm.matter_of(client))
        life.firm.pay_from_trust(bill, amount)


def bounced(life: Life) -> None:
    """A payment is taken back on both sides or on one."""
    live = [
        allocation
        for allocation in life.firm.clio.tables["allocations"].values()
        if allocation["voided_at"] is None and allocation["parent"]["type"] == "Payment"
    ]
    if live:
        clio, xero = life.chance.choice(((True, True), (True, False), (False, True)))
        life.firm.void_payment(life.chance.choice(live), in_clio=clio, in_xero=xero)


def credited(life: Life) -> None:
    """A credit note on both sides or on one."""
    bill = life.draw(life.is_open)
    if bill is not None:
        clio, xero = life.chance.choice(((True, True), (True, False), (False, True)))
        amount = life.part(min(bill["balance"], life.asks_in_xero(bill)))
        life.firm.credit_note(bill, amount, in_clio=clio, reaches_xero=xero)


def prepaid(life: Life) -> None:
    """Money on account in Xero, some of it used on an invoice."""
    client = life.chance.choice(life.clients)
    credit = life.firm.prepay_in_xero(client, "300.00")
    bill = life.draw(lambda b: life.asks_in_xero(b) > 50 and b["client"]["id"] == client["id"])
    if bill is not None:
        life.firm.apply_in_xero("Prepayments", credit, bill, "50.00")


# Clients, and money of theirs


def _amount(life: Life) -> Decimal:
    """An amount that no other entry of client money has, so that what is planted is not matched with something else."""
    return Decimal(1000 + 7 * len(life.firm.clio.tables["bank_transactions"])) + Decimal("0.13") * len(life.planted)


def _plant(life: Life, what: str, *subjects: str) -> None:
    """A difference that no later event takes back: one of these subjects must have a row."""
    life.planted.append((what, subjects))


def _held(life: Life, amount: Decimal, mirror: bool = True) -> Record:
    client = life.chance.choice(life.clients)
    return life.firm.deposit(client, str(amount), life.firm.matter_of(client), mirror=mirror)


def namesaked(life: Life) -> None:
    """A second client of the same name; one contact in Xero stands for both, or there are two."""
    twin = life.firm.person("Eleanor", "Voss")
    life.firm.matter(twin, "Advice")
    if life.chance.random() < 0.5:
        life.firm.contact_of[twin["id"]] = life.firm.contact(life.clients[0])
    life.clients.append(twin)


def merged(life: Life) -> None:
    """A client's contact is merged into another, which bears the new bills."""
    client = life.clients[1]
    loser, winner = life.firm.contact(client), life.firm.xero.add_contact(f"Holdings {len(life.clients)}")
    if loser["ContactStatus"] != "ARCHIVED" and len([c for c in life.firm.contact_of.values() if c is loser]) == 1:
        loser["MergedToContactID"] = winner["ContactID"]
        life.firm.xero.archive_contact(loser)
        for resource in ("Invoices", "CreditNotes", "Prepayments", "BankTransactions"):
            for record in life.firm.xero.tables[resource].values():
                if record["Contact"]["ContactID"] == loser["ContactID"]:
                    record["Contact"] = life.firm.xero.contact_ref(winner)
                    life.firm.xero.touch(record)
        life.firm.contact_of[client["id"]] = winner


def lumped(life: Life) -> None:
    """Two or three deposits, one slip at the bank the next day; sometimes short of one of them."""
    entries = [_held(life, _amount(life), mirror=False) for _ in range(life.chance.choice((2, 3)))]
    is_short = life.chance.random() < 0.3
    total = sum((entry["funds_in"] for entry in entries[is_short:]), Decimal(0))
    day = life.firm.today + timedelta(days=1)
    life.firm.xero_bank_entry("IOLTA", life.firm.bank_contact(), total, day, "2100", "Deposit slip")
    if is_short:
        _plant(life, "a deposit that is on no slip", *(f"clio-entry:{entry['id']}" for entry in entries))


def held_in_clio_alone(life: Life) -> None:
    """A deposit that nobody booked in Xero."""
    entry = _held(life, _amount(life), mirror=False)
    _plant(life, "a deposit that Xero lacks", f"clio-entry:{entry['id']}")


def held_in_xero_alone(life: Life) -> None:
    """Client money that Clio knows nothing of."""
    firm = life.firm
    contact = firm.contact(life.clients[0])
    if contact["ContactStatus"] != "ARCHIVED":
        # Far from all others, or it might be one of them less a fee.
        amount = _amount(life) + 50_000
        entry = firm.xero_bank_entry("IOLTA", contact, amount, firm.today, "2100", "Deposit")
        _plant(life, "a deposit that Clio lacks", f"xero-entry:{entry['BankTransactionID']}")


def held_by_journal(life: Life) -> None:
    """A trust account that is kept by journals in Xero; sometimes the journal is forgotten."""
    firm = life.firm
    accounts = [row for row in firm.clio.tables["bank_accounts"].values() if row["name"] == "Escrow"]
    escrow = accounts[0] if accounts else firm.journal_account("Escrow", "1030", "2130")
    client, is_forgotten = life.chance.choice(life.clients), life.chance.random() < 0.4
    matter = firm.matter_of(client)
    entry = firm.deposit(client, str(_amount(life)), matter, account=escrow, mirror=not is_forgotten)
    if is_forgotten:
        _plant(life, "a journal that is missing", f"clio-entry:{entry['id']}")


def charged(life: Life) -> None:
    """The bank takes a fee out of clients' money."""
    entry = life.firm.bank_charge(f"{life.chance.randint(5, 60)}.{life.chance.randint(10, 99)}")
    _plant(life, "a bank's charge", f"clio-entry:{entry['id']}")


def of_nobody(life: Life) -> None:
    """Client money with neither client nor matter."""
    text = life.chance.choice(("Interest", "Opening balance", "Reversal", "Deposit"))
    entry = life.firm.trust_entry(_amount(life), description=text)
    _plant(life, "money of nobody", f"clio-entry:{entry['id']}")


# Payments of other shapes


def _expense_account(life: Life) -> str:
    if all(account["Code"] != "406" for account in life.firm.xero.tables["Accounts"].values()):
        life.firm.xero.add_account("406", "Card fees", "EXPENSE", EnablePaymentsToAccount=True)
    return "406"


def paid_net_of_a_fee(life: Life) -> None:
    """In Clio whole; in Xero what arrived, and the fee as an expense."""
    bill = life.draw(life.is_open)
    if bill is not None and (amount := min(bill["balance"], life.asks_in_xero(bill))) > 60:
        life.firm.pay(bill, str(amount), reaches_xero=False)
        life.firm.pay(bill, str(amount - 30), in_clio=False)
        life.firm.pay(bill, "30.00", in_clio=False, xero_account=_expense_account(life))


def received_on_no_invoice(life: Life) -> None:
    """Paid in Clio; in Xero the money came in and stands on no invoice."""
    bill = life.draw(life.is_open)
    if bill is not None and (contact := life.firm.contact_of[bill["client"]["id"]])["ContactStatus"] != "ARCHIVED":
        amount = life.part(min(bill["balance"], life.asks_in_xero(bill)))
        life.firm.pay(bill, amount, reaches_xero=False)
        life.firm.xero_bank_entry("Operating", contact, Decimal(amount), life.firm.today, "200", "Receipt")


def refunded_in_clio_alone(life: Life) -> None:
    """Money goes back to the client, and Xero never hears of it."""
    bill = life.draw(lambda b: b["state"] in APPROVED and b["paid"] > 20 and life.invoice(b) is not None)
    if bill is not None:
        life.firm.pay(bill, "-15.00", reaches_xero=False)


def below_zero(life: Life) -> None:
    """A bill below zero, with the credit note that stands for it or without."""
    client = life.clients[0]
    contact = life.firm.contact(client)
    bill = life.firm.bill(
        client, [expense("Refund of filing fee", f"-{life.chance.randint(50, 400)}.50")], in_xero=False
    )
    if life.chance.random() < 0.6 and contact["ContactStatus"] != "ARCHIVED":
        line = life.firm.xero.line("Refund of filing fee", Decimal(1), -bill["due"], "210")
        life.firm.xero.add_credit_note(contact, f"CN-{bill['number']}", bill["issued_at"], [line])


def billed_in_dollars_of_canada(life: Life) -> None:
    """Another currency at the invoice's own rate, equal on both sides or missing in Xero."""
    bill = life.firm.draft_bill(life.chance.choice(life.clients), life.lines(), currency="CAD")
    life.firm.approve(bill, in_xero=False)
    if life.chance.random() < 0.7:
        life.firm.push(bill, CurrencyRate=Decimal("1.3654320000"))


def booked_to_receivables(life: Life) -> None:
    """A bank entry coded straight to the control account."""
    firm = life.firm
    firm.xero_bank_entry("Operating", firm.bank_contact(), _amount(life), firm.today, "610", "Unknown receipt")
    _plant(life, "a receipt booked to receivables", "firm")


EVENTS: tuple[Callable[[Life], None], ...] = (
    *(drafted, billed, billed, billed_in_clio_alone, approved, stuck, stuck, edited, edited_in_clio_alone),
    *(edited_in_clio_alone, edited_by_hand, edited_by_hand, voided, deleted, renumbered, doubled, stray, interest),
    *(paid, paid, paid_in_clio_alone, paid_in_xero_alone, paid_on_the_other_bill, paid_from_trust, bounced),
    *(credited, prepaid, namesaked, merged, lumped, held_in_clio_alone, held_in_xero_alone, held_by_journal, charged),
    *(of_nobody, paid_net_of_a_fee, received_on_no_invoice, refunded_in_clio_alone, below_zero),
    *(billed_in_dollars_of_canada, booked_to_receivables),
)
NAMES = [event.__name__ for event in EVENTS]
MOVES: dict[str, Callable[[Life], None]] = {event.__name__: event for event in EVENTS}


def has_lived(name: str, history: list[Move]) -> Life:
    """The firm after its history, and its bills."""
    life = Life(name)
    life.live([("drafted", 1), ("billed", 2), ("drafted", 3), *history])
    return life
