"""More shapes of real books: a bill in parts, one credited and billed again, credits in place of edits, other people's
cheques, payouts net of fees, a new bank, money in the wrong account.

Each is told clean, where both systems agree, and with one thing that went wrong.
"""

from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal

from sandbox.books import Record
from sandbox.engine import Line, expense, time
from sandbox.scenarios.registry import Expected, row, scenario
from sandbox.scenarios.stage import Stage, of
from sandbox.scenarios.trust import SECTION, account, hold, trust_row

SEND = "sent to Xero"
POST = ("post in xero",)
LOOK = "look first whether it is the same money"


def key(record: Record) -> str:
    """Xero's id of an invoice or a bank transaction."""
    return str(record.get("InvoiceID") or record.get("BankTransactionID"))


# One bill, several invoices


def in_parts(stage: Stage, *numbers: str, off: str = "0.00") -> tuple[Record, list[Record]]:
    """A bill of 500.00 and 300.00 that never arrived, and an invoice for each of its lines."""
    firm = stage.firm
    bill = stage.bill([time("Advice", "2.00", "250.00"), time("Hearing", "1.00", "300.00")], in_xero=False)
    lines = firm.invoice_lines(bill)
    lines[1]["UnitAmount"] += Decimal(off)
    contact = firm.contact(stage.client)
    parts = [
        firm.xero.add_invoice(contact, number, bill["issued_at"], bill["due_at"], [line], "AUTHORISED")
        for number, line in zip(numbers, lines, strict=True)
    ]
    return bill, parts


@scenario("shape-one-bill-two-invoices", "documents", "One bill, an invoice for each matter: nothing is sent again.")
def one_bill_two_invoices(stage: Stage) -> list[Expected]:
    bill, parts = in_parts(stage, "H-1", "H-2")
    return [
        row(
            "missing_in_xero",
            of(bill),
            "-800.00",
            explains=("in parts", "H-1", "H-2"),
            advises="not to arrive a second time",
            never_advises=SEND,
            candidate=tuple(key(part) for part in parts),
        ),
        *(
            row(
                "xero_only",
                of(part),
                effect,
                advises=("a part of a bill", "do not send the bill again"),
                never_advises="void",
                candidate=(str(bill["id"]),),
            )
            for part, effect in zip(parts, ("500.00", "300.00"), strict=True)
        ),
    ]


@scenario("shape-two-invoices-one-cent", "documents", "The two come to a cent more than the bill: they are not it.")
def two_invoices_one_cent(stage: Stage) -> list[Expected]:
    bill, (first, second) = in_parts(stage, "H-1", "H-2", off="0.01")
    return [
        row("missing_in_xero", of(bill), "-800.00", advises=SEND, silent_on="in parts"),
        row("xero_only", of(first), "500.00"),
        row("xero_only", of(second), "300.01"),
    ]


# Taken back by a credit note


def credited(stage: Stage, bill: Record, amount: str, day: int = 12) -> Record:
    """A credit note of Xero's, applied to a bill's invoice; Clio knows nothing of it."""
    xero = stage.firm.xero
    note = stage.firm.xero_credit_note(bill, Decimal(amount), stage.day(day))
    xero.allocate("CreditNotes", note, stage.invoice(bill), Decimal(amount), stage.day(day))
    return note


def void_and_credited(stage: Stage, amount: str) -> Record:
    """Voided in Clio; in Xero, where the books are locked, credited."""
    bill = stage.bill()
    stage.firm.void(bill, in_xero=False)
    credited(stage, bill, amount)
    stage.firm.lock_period(stage.day(8))
    return bill


@scenario(
    "shape-credited-and-billed-again",
    "documents",
    "Voided and billed again; in Xero the invoice of locked books is credited in full: silent.",
)
def credited_and_billed_again(stage: Stage) -> list[Expected]:
    void_and_credited(stage, "1120.00")
    stage.bill(issued=stage.day(12))
    return []


@scenario("shape-credited-but-twenty", "documents", "The same, credited but 20.00: that much is still asked for.")
def credited_but_twenty(stage: Stage) -> list[Expected]:
    bill = void_and_credited(stage, "1100.00")
    return [row("void_in_clio_live_in_xero", of(bill), "20.00", advises=("locked", "credits of 1,100.00"))]


@scenario("shape-void-used-up-money", "documents", "Voided in Clio; money held for the client was used on its invoice.")
def void_used_up_money(stage: Stage) -> list[Expected]:
    firm = stage.firm
    bill = stage.bill()
    firm.void(bill, in_xero=False)
    extra = firm.xero.add_overpayment(
        firm.contact(stage.client), Decimal("1120.00"), stage.day(8), firm.xero.account("1000")
    )
    firm.apply_in_xero("Overpayments", extra, bill, "1120.00", stage.day(12))
    return [row("void_in_clio_live_in_xero", of(bill), "0.00")]


@scenario(
    "shape-interest-waived", "documents", "Interest waived in Clio, its invoice credited in full in Xero: silent."
)
def interest_waived(stage: Stage) -> list[Expected]:
    waive(stage, credit=True)
    return []


@scenario("shape-interest-waived-in-clio", "documents", "Interest waived in Clio; its invoice still asks for it.")
def interest_waived_in_clio(stage: Stage) -> list[Expected]:
    return [row("xero_only", of(waive(stage, credit=False)), "10.08")]


def waive(stage: Stage, credit: bool) -> Record:
    """10.08 of interest charged and taken back in Clio; its invoice, credited or not."""
    firm = stage.firm
    bill = stage.bill()
    child = firm.accrue_interest(bill, "10.08", stage.day(40))
    assert child is not None
    firm.clio.tables["interest_charges"].clear()
    firm.edit_bill(bill, interest={**bill["interest"], "total": Decimal("0.00")})
    if credit:
        note = firm.xero_credit_note(bill, Decimal("10.08"), stage.day(45))
        firm.xero.allocate("CreditNotes", note, child, Decimal("10.08"), stage.day(45))
    return child


# A credit on one side, another total on the other


def made_up(bill: Record, code: str, amount: str, by: str, first: str) -> list[Expected]:
    """Two rows that cancel: the difference and the credit that makes up for it, both asking before any step."""
    opposite = amount.removeprefix("-") if amount.startswith("-") else f"-{amount}"
    size = amount.removeprefix("-")
    return [
        row(code, of(bill), amount, advises=("ask first", f"a credit of {size} that stands in {by} alone", first)),
        row(
            "credit_one_side",
            of(bill),
            opposite,
            amount=size,
            advises=("ask first", f"the difference of {size}", "if it does not: record the credit"),
        ),
    ]


@scenario(
    "shape-cut-by-a-credit-note",
    "content",
    "Cut by 120.00 in Clio, credited in Xero: both ask for the same, and it is not granted twice.",
)
def cut_by_a_credit_note(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.edit_line(bill, 2, price=Decimal("405.00"))
    credited(stage, bill, "120.00")
    return made_up(bill, "amounts_differ", "120.00", "Xero", "if it does not: edit the listed lines")


@scenario("shape-cut-and-credited-otherwise", "content", "A cent less credited than was cut: two faults.")
def cut_and_credited_otherwise(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.edit_line(bill, 2, price=Decimal("405.00"))
    credited(stage, bill, "119.99")
    return [
        row("amounts_differ", of(bill), "120.00", never_advises="ask first"),
        row("credit_one_side", of(bill), "-119.99", amount="119.99", never_advises="ask first"),
    ]


@scenario("shape-discount-by-a-credit-note", "content", "The bill's discount is a credit note in Xero: both rows ask.")
def discount_by_a_credit_note(stage: Stage) -> list[Expected]:
    bill = stage.bill(discount=("percentage", "10"), discount_style="none")
    credited(stage, bill, "112.00")
    return made_up(bill, "discount_lost", "112.00", "Xero", "if it does not: enter the discount")


@scenario("shape-credited-in-clio-cut-in-xero", "content", "The other way round: a credit in Clio, a cut in Xero.")
def credited_in_clio_cut_in_xero(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.credit_note(bill, "120.00", stage.day(12), reaches_xero=False)
    stage.by_hand(bill, 2, UnitAmount=Decimal("405.00"))
    return made_up(bill, "amounts_differ", "-120.00", "Clio", "if it does not: edit the listed lines")


# Payments


def paid_by_another(stage: Stage, text: str) -> tuple[Record, Record]:
    """800.00 of a bill, received in Xero from an insurer and coded to fees."""
    firm = stage.firm
    bill = stage.bill()
    firm.pay(bill, "800.00", stage.day(10), reaches_xero=False)
    insurer = firm.xero.add_contact("Harbor Mutual Insurance")
    return bill, firm.xero_bank_entry("Operating", insurer, Decimal("800.00"), stage.day(11), "200", text)


@scenario(
    "shape-insurer-pays", "payments", "An insurer's cheque names the client: it is matched, never recorded again."
)
def insurer_pays(stage: Stage) -> list[Expected]:
    bill, entry = paid_by_another(stage, "Claim 55/03, Eleanor Voss")
    return [
        row(
            "paid_in_clio_open_in_xero",
            of(bill),
            "800.00",
            amount="800.00",
            advises=("match", "from harbor mutual insurance"),
            never_advises="record",
            candidate=(key(entry),),
        )
    ]


@scenario("shape-insurer-names-the-bill", "payments", "The same, and the cheque names the bill's number.")
def insurer_names_the_bill(stage: Stage) -> list[Expected]:
    bill, entry = paid_by_another(stage, "Your invoice 2005")
    return [
        row(
            "paid_in_clio_open_in_xero",
            of(bill),
            "800.00",
            amount="800.00",
            advises="match",
            never_advises="record",
            candidate=(key(entry),),
        )
    ]


@scenario("shape-insurer-names-nobody", "payments", "A stranger's cheque that names neither: it is nobody's yet.")
def insurer_names_nobody(stage: Stage) -> list[Expected]:
    bill, _ = paid_by_another(stage, "Claim 20051")
    return [row("paid_in_clio_open_in_xero", of(bill), "800.00", amount="800.00", advises="record the payment")]


def stages_of_a_flat_fee(stage: Stage, count: int) -> list[Record]:
    """A flat fee billed in equal stages, a week apart."""
    return [
        stage.bill([time(f"Flat fee, stage {number + 1} of {count}", "1", "1500.00")], issued=stage.day(2 + 7 * number))
        for number in range(count)
    ]


@scenario("shape-flat-fee-in-stages", "payments", "A flat fee in three equal stages, each paid: silent.")
def flat_fee_in_stages(stage: Stage) -> list[Expected]:
    for number, bill in enumerate(stages_of_a_flat_fee(stage, 3)):
        stage.firm.pay(bill, day=stage.day(6 + 7 * number))
    return []


@scenario("shape-wrong-stage-paid", "payments", "The payment of the first stage stands on the second in Xero.")
def wrong_stage_paid(stage: Stage) -> list[Expected]:
    first, second = stages_of_a_flat_fee(stage, 2)
    stage.firm.pay(first, day=stage.day(12), reaches_xero=False)
    stage.firm.pay(second, "1500.00", stage.day(12), in_clio=False)
    asks = ("look which bill the client paid", "invoice 2005", "bill 2006")
    more = {"amount": "1500.00", "advises": asks, "never_advises": ("record", "remove")}
    return [
        row("payment_on_wrong_bill", of(first), "1500.00", explains="stands on invoice 2006", **more),
        row("payment_on_wrong_bill", of(second), "-1500.00", explains="stands on bill 2005", **more),
    ]


@scenario(
    "shape-used-after-the-close",
    "payments",
    "Received on a month's last day, used on the invoice in the next; the month is locked.",
)
def used_after_the_close(stage: Stage) -> list[Expected]:
    firm = stage.firm
    bill = stage.bill()
    firm.pay(bill, "600.00", stage.month_end, reaches_xero=False)
    held = firm.xero.add_overpayment(
        firm.contact(stage.client), Decimal("600.00"), stage.month_end, firm.xero.account("1000")
    )
    firm.apply_in_xero("Overpayments", held, bill, "600.00", stage.month_end + timedelta(days=2))
    firm.lock_period(stage.month_end)
    return [row("payment_period_differs", of(bill), amount="600.00", advises=("locked until", "ask the firm"))]


def paid_at_another_rate(stage: Stage, reaches_xero: bool = True) -> Record:
    """A Canadian bill of 1,000.00 at 1.36, paid when the rate was 1.34; the gain has an account of its own."""
    firm = stage.firm
    firm.xero.add_account("500", "Realised Currency Gains", "EXPENSE", SystemAccount="REALISEDCURRENCYGAIN")
    bill = stage.bill([time("Advice", "1", "1000.00")], currency="CAD", in_xero=False)
    firm.push(bill, CurrencyRate=Decimal("1.36"))
    firm.pay(bill, day=stage.day(20), reaches_xero=reaches_xero)
    for payment in firm.xero.live_payments(stage.invoice(bill)):
        payment.update({"CurrencyRate": Decimal("1.34"), "BankAmount": Decimal("746.27")})
    return bill


@scenario("currency-rate-gain", "payments", "A foreign bill is paid at a better rate than it was raised at: silent.")
def rate_gain(stage: Stage) -> list[Expected]:
    paid_at_another_rate(stage)
    return []


@scenario("currency-rate-gain-lost", "payments", "The same, and the payment never reached the invoice.")
def rate_gain_lost(stage: Stage) -> list[Expected]:
    bill = paid_at_another_rate(stage, reaches_xero=False)
    return [row("paid_in_clio_open_in_xero", of(bill), "735.29", amount="735.29", explains="1,000.00 payment")]


@scenario("shape-trust-and-card", "payments", "Part from trust, part by card, one payment of the sum in Xero: silent.")
def trust_and_card(stage: Stage) -> list[Expected]:
    firm = stage.firm
    hold(stage, "600.00")
    bill = stage.bill()
    firm.pay_from_trust(bill, "600.00", stage.day(12), reaches_xero=False)
    firm.pay(bill, "520.00", stage.day(12), reaches_xero=False)
    firm.pay(bill, "1120.00", stage.day(12), in_clio=False)
    return []


def late_fee_credited(stage: Stage, in_xero: bool) -> Record:
    """Interest with an invoice of its own, waived by a credit in Clio and by a credit note on that invoice in Xero."""
    firm = stage.firm
    bill = stage.bill()
    child = firm.accrue_interest(bill, "10.08", stage.day(40))
    assert child is not None
    firm.credit_note(bill, "10.08", stage.day(45), reaches_xero=False)
    if in_xero:
        note = firm.xero_credit_note(bill, Decimal("10.08"), stage.day(45))
        firm.xero.allocate("CreditNotes", note, child, Decimal("10.08"), stage.day(45))
    return bill


@scenario(
    "shape-late-fee-credited", "payments", "A late fee is credited on both sides, in Xero on its own invoice: silent."
)
def late_fee_credited_on_both(stage: Stage) -> list[Expected]:
    late_fee_credited(stage, in_xero=True)
    return []


@scenario("shape-late-fee-credited-in-clio", "payments", "The same, and Xero was not told.")
def late_fee_credited_in_clio(stage: Stage) -> list[Expected]:
    bill = late_fee_credited(stage, in_xero=False)
    return [row("credit_one_side", of(bill), "10.08", amount="10.08", advises="record the credit in xero")]


@scenario(
    "shape-paid-twice", "payments", "A bill is paid twice; the second cheque is refunded in Clio, used up in Xero."
)
def paid_twice(stage: Stage) -> list[Expected]:
    firm = stage.firm
    first, second = stage.bill(), stage.bill([time("Appeal", "4.00")])
    firm.pay(first, day=stage.day(10))
    firm.clio.add_entry(firm.operating, stage.day(11), Decimal("1120.00"), {"description": "Paid twice"})
    firm.clio.add_entry(firm.operating, stage.day(15), Decimal("-1120.00"), {"description": "Refund of the second"})
    firm.pay(second, "1120.00", stage.day(11), in_clio=False)
    return [row("paid_in_xero_open_in_clio", of(second), "-1120.00", amount="1120.00", explains="is not on the bill")]


# Numbers, names and lines


@scenario("shape-tax-rate-rises", "content", "The tax rises after the push, on an approved invoice and on a draft.")
def tax_rate_rises(stage: Stage) -> list[Expected]:
    live = stage.bill([time("Advice", "2.00", taxable=True)], tax="8")
    draft = stage.draft([time("Hearing", "2.00", taxable=True)], tax="8")
    for bill in (live, draft):
        stage.firm.edit_bill(bill, tax_rate=Decimal("8.25"))
    stage.firm.approve(draft, in_xero=False)
    edits = "tax 56.00 to 57.75"
    return [
        row("tax_differs", of(live), "-1.75", explains=edits),
        row("stuck_in_draft_edited", of(draft), "-757.75", explains=edits),
    ]


@scenario(
    "shape-new-numbering", "documents", "The firm numbers otherwise from now on, Xero with INV- before it: silent."
)
def new_numbering(stage: Stage) -> list[Expected]:
    stage.bill()
    later = stage.bill(number="HL-26-0001", issued=stage.day(12), in_xero=False)
    stage.firm.invoice_of[later["id"]] = stage.copy(later, "INV-HL-26-0001")
    return []


@scenario("shape-renumbered-afterwards", "documents", "An open bill takes a number of the new kind; Xero has the old.")
def renumbered_afterwards(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.renumber(bill, "HL-26-0001")
    stage.firm.pay(bill, "100.00", stage.day(12))
    return [row("renumbered", of(bill), advises="HL-26-0001")]


def courtesy() -> list[Line]:
    """Time, and a line below zero that takes 100.00 off it."""
    return [time("Advice", "4.00"), expense("Courtesy reduction", "-100.00")]


@scenario("shape-line-below-zero", "content", "A courtesy line of -100.00 on both sides, live and as a draft: ready.")
def line_below_zero(stage: Stage) -> list[Expected]:
    stage.bill(courtesy())
    return [row("stuck_in_draft_ready", of(stage.stuck(courtesy())), "-1300.00")]


@scenario("shape-line-below-zero-lost", "content", "The courtesy line did not arrive.")
def line_below_zero_lost(stage: Stage) -> list[Expected]:
    bill = stage.bill(courtesy())
    invoice = stage.invoice(bill)
    stage.firm.xero.edit_invoice(invoice, invoice["LineItems"][:1])
    return [row("amounts_differ", of(bill), "100.00", explains='add "Courtesy reduction"')]


def handed_over(stage: Stage) -> Record:
    """A matter that holds money goes to another client, who is billed for what comes next; nothing in Xero yet."""
    firm = stage.firm
    hold(stage, "2000.00")
    firm.pay_from_trust(stage.bill(), day=stage.day(10))
    heir = stage.other("Ruth", "Hartley")
    firm.clio.change("matters", stage.matter, client=firm.clio.reference("contacts", heir), client_id=heir["id"])
    return firm.bill(heir, [time("Hearing", "2.00")], stage.matter, issued=stage.day(15), in_xero=False)


@scenario("shape-matter-handed-over", "documents", "A matter goes to another client, its money with it: silent.")
def matter_handed_over(stage: Stage) -> list[Expected]:
    bill = handed_over(stage)
    stage.firm.push(bill)
    stage.firm.pay_from_trust(bill, day=stage.day(16))
    return []


@scenario("shape-handed-over-to-the-old-contact", "documents", "The new client's bill stands under the old one.")
def handed_over_to_the_old_contact(stage: Stage) -> list[Expected]:
    bill = handed_over(stage)
    old = stage.firm.contact(stage.client)
    stage.firm.invoice_of[bill["id"]] = stage.copy(bill, bill["number"], contact=old)
    stage.firm.pay_from_trust(bill, day=stage.day(16))
    return [row("wrong_contact", of(bill), advises="Ruth Hartley")]


# Client money on its way


def missing(entries: Sequence[Record], lump: str, **more: object) -> list[Expected]:
    """Entries of Clio that Xero lacks one by one and may have as one: somebody looks before anything is posted."""
    return [
        trust_row(
            "trust_entry_missing_in_xero",
            of(entry),
            str(abs(entry["amount"])),
            advises=LOOK,
            never_advises=POST,
            candidate=(lump,),
            **more,
        )
        for entry in entries
    ]


@scenario("shape-payout-net-of-fees", SECTION, "Two clients' deposits arrive as one, less the processor's fee.")
def payout_net_of_fees(stage: Stage) -> list[Expected]:
    firm = stage.firm
    other = stage.other()
    entries = [
        firm.deposit(stage.client, "1000.00", stage.matter, stage.day(10), mirror=False),
        firm.deposit(other, "500.00", firm.matter_of(other), stage.day(10), mirror=False),
    ]
    lump = firm.xero_bank_entry("IOLTA", firm.bank_contact(), Decimal("1456.50"), stage.day(12), "2100", "Payout")
    return [
        *missing(entries, key(lump), explains="1,456.50"),
        trust_row(
            "trust_entry_missing_in_clio",
            f"xero-entry:{key(lump)}",
            "1456.50",
            advises=LOOK,
            candidate=tuple(str(entry["id"]) for entry in entries),
        ),
        trust_row("trust_clio_differs_from_xero", account(stage), "43.50"),
    ]


@scenario("shape-card-surcharge", SECTION, "Three retainers by card, each surcharge to the firm's own account: silent.")
def card_surcharge(stage: Stage) -> list[Expected]:
    firm = stage.firm
    for number in range(3):
        firm.deposit(stage.client, "1000.00", stage.matter, stage.day(8 + number))
        firm.xero_bank_entry(
            "Operating", firm.contact(stage.client), Decimal("30.00"), stage.day(8 + number), "260", "Card surcharge"
        )
    return []


@scenario("shape-card-surcharge-in-trust", SECTION, "One retainer went into trust with its surcharge.")
def card_surcharge_in_trust(stage: Stage) -> list[Expected]:
    firm = stage.firm
    entries = [firm.deposit(stage.client, "1000.00", stage.matter, stage.day(8 + n), mirror=n != 1) for n in range(3)]
    arrived = firm.xero_bank_entry(
        "IOLTA", firm.contact(stage.client), Decimal("1030.00"), stage.day(9), "2100", "Retainer by card"
    )
    return [
        *missing(entries[1:2], key(arrived), explains="1,030.00"),
        trust_row(
            "trust_entry_missing_in_clio",
            f"xero-entry:{key(arrived)}",
            "1030.00",
            candidate=(str(entries[1]["id"]),),
        ),
        trust_row("trust_clio_differs_from_xero", account(stage), "30.00"),
    ]


def to_another_bank(stage: Stage, forgotten: int | None = None) -> tuple[Record, Record, list[Record]]:
    """All client money goes to a new bank: an entry for each matter in Clio, one transfer in Xero. The new account,
    the transfer, and what arrived."""
    firm = stage.firm
    new = firm.trust_account("IOLTA Second Bank", "1030", "2130")
    other = stage.other()
    held = (
        (stage.client, stage.matter, "1000.00"),
        (other, firm.matter_of(other), "750.25"),
        (stage.client, firm.matter(stage.client, "Voss will"), "580.00"),
    )
    for client, matter, amount in held:
        firm.deposit(client, amount, matter, stage.day(1))
    arrived = []
    for number, (client, matter, amount) in enumerate(held):
        firm.disburse(client, amount, matter, stage.day(15), mirror=False, description="To the new bank")
        if number != forgotten:
            arrived.append(
                firm.deposit(
                    client, amount, matter, stage.day(15), mirror=False, account=new, description="From the old bank"
                )
            )
    transfer = firm.xero_transfer(firm.trust, new, Decimal("2330.25"), stage.day(16))
    firm.xero.post_journal(stage.day(16), "2100", "2130", Decimal("2330.25"))
    return new, transfer, arrived


@scenario("shape-new-bank", SECTION, "Client money goes to a new bank, matter by matter; one transfer in Xero: silent.")
def new_bank(stage: Stage) -> list[Expected]:
    to_another_bank(stage)
    return []


@scenario("shape-new-bank-one-forgotten", SECTION, "One matter's money never arrives in Clio: nothing is posted twice.")
def new_bank_one_forgotten(stage: Stage) -> list[Expected]:
    new, transfer, arrived = to_another_bank(stage, forgotten=2)
    moved = transfer["BankTransferID"]
    return [
        *missing(arrived, moved, explains="transfer of 2,330.25"),
        trust_row(
            "trust_entry_missing_in_clio",
            f"xero-entry:{moved}",
            "2330.25",
            advises=LOOK,
            candidate=tuple(str(entry["id"]) for entry in arrived),
        ),
        trust_row("trust_clio_differs_from_xero", of_account(new), "580.00"),
    ]


def of_account(trust: Record) -> str:
    """The subject of rows about a trust account."""
    return f"clio-account:{trust['id']}"


def cheque_voided(stage: Stage, in_xero: bool) -> Record:
    """A cheque that was outstanding at the month's end is voided in the next, by an entry that gives the money back."""
    firm = stage.firm
    hold(stage, "1000.00")
    firm.disburse(stage.client, "300.00", stage.matter, stage.day(20), description="Cheque 117 to Dr. Whitmore")
    earlier = [(stage.day(1), "1000.00", "Deposit"), (stage.day(9), "-640.00", "Transfer")]
    firm.statement(stage.day(28), "1000.00", earlier)
    back = firm.deposit(
        stage.client, "300.00", stage.matter, stage.day(33), description="Cheque 117 void", mirror=in_xero
    )
    firm.deposit(stage.client, "25.00", stage.matter, stage.day(40))
    firm.statement(stage.day(50), "1025.00", [(stage.day(40), "25.00", "Deposit")])
    return back


@scenario("shape-cheque-voided-later", SECTION, "Outstanding at the month's end, voided in the next month: ties.")
def cheque_voided_later(stage: Stage) -> list[Expected]:
    cheque_voided(stage, in_xero=True)
    return []


@scenario("shape-cheque-voided-in-clio", SECTION, "The same, and Xero was not told.")
def cheque_voided_in_clio(stage: Stage) -> list[Expected]:
    back = cheque_voided(stage, in_xero=False)
    return [
        trust_row("trust_entry_missing_in_xero", of(back), "300.00"),
        trust_row("trust_clio_differs_from_xero", account(stage), "300.00"),
    ]


# Client money in the wrong place


def through_operating(stage: Stage, entry: Record, signed: str, contact: Record) -> list[Expected]:
    """In Xero an entry of trust stands in the operating account, coded to what is owed to clients."""
    firm = stage.firm
    booked = firm.xero_bank_entry("Operating", contact, Decimal(signed), entry["date"], "2100", entry["description"])
    amount = signed.removeprefix("-")
    return [
        *missing([entry], key(booked), explains="on 2100 Client Trust Liability alone"),
        trust_row("trust_clio_differs_from_xero", account(stage), amount),
        trust_row("trust_bank_differs_from_liability", account(stage), amount),
    ]


@scenario("shape-court-paid-from-operating", SECTION, "A court fee of a client is paid out of the wrong bank account.")
def court_paid_from_operating(stage: Stage) -> list[Expected]:
    firm = stage.firm
    hold(stage)
    fee = firm.disburse(stage.client, "435.00", stage.matter, stage.day(12), mirror=False, description="Filing fee")
    return through_operating(stage, fee, "-435.00", firm.xero.add_contact("Superior Court"))


@scenario("shape-court-paid-from-trust", SECTION, "Paid out of trust, in Xero to the court's own contact: silent.")
def court_paid_from_trust(stage: Stage) -> list[Expected]:
    firm = stage.firm
    hold(stage)
    firm.disburse(stage.client, "435.00", stage.matter, stage.day(12), mirror=False, description="Filing fee")
    court = firm.xero.add_contact("Superior Court")
    firm.xero_bank_entry("IOLTA", court, Decimal("-435.00"), stage.day(12), "2100", "Filing fee Voss")
    return []


@scenario("shape-retainer-in-operating", SECTION, "A retainer is booked in Xero to the operating account.")
def retainer_in_operating(stage: Stage) -> list[Expected]:
    firm = stage.firm
    retainer = firm.deposit(stage.client, "1000.00", stage.matter, stage.day(3), mirror=False)
    return through_operating(stage, retainer, "1000.00", firm.contact(stage.client))


@scenario(
    "shape-charged-back", SECTION, "A card deposit is charged back with a fee, one entry in Xero: the fee is said."
)
def charged_back(stage: Stage) -> list[Expected]:
    firm = stage.firm
    hold(stage)
    firm.disburse(
        stage.client, "1000.00", stage.matter, stage.day(12), mirror=False, description="Card payment charged back"
    )
    fee = firm.trust_entry("-15.00", day=stage.day(12), description="Chargeback fee", mirror=False)
    firm.xero_bank_entry("IOLTA", firm.bank_contact(), Decimal("-1015.00"), stage.day(12), "2100", "Chargeback and fee")
    return [
        trust_row("bank_charge_in_trust", of(fee), "15.00", advises="restore 15.00"),
        trust_row("trust_money_unassigned", of(fee), "15.00", never_advises="assign it to a client"),
        trust_row("trust_ledger_differs_from_clients", "firm", "15.00"),
    ]


@scenario("shape-fees-through-a-clearing-account", SECTION, "Fees go from trust through a clearing account: silent.")
def fees_through_a_clearing_account(stage: Stage) -> list[Expected]:
    firm = stage.firm
    hold(stage, "2000.00")
    firm.xero.add_account("1050", "Trust transfers clearing", "BANK")
    firm.settings["operating_accounts"] = [{"clio_bank_account": "Operating", "xero_bank_accounts": ["1000", "1050"]}]
    firm.pay_from_trust(stage.bill(), day=stage.day(10), xero_account="1050")
    return []
