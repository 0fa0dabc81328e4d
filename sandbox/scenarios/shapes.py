"""Shapes of real books that no rule lists by name: what law firms do on ordinary days."""

from datetime import timedelta
from decimal import Decimal

from sandbox.engine import time
from sandbox.scenarios.registry import Expected, row, scenario
from sandbox.scenarios.stage import Stage, of
from sandbox.scenarios.trust import SECTION, hold, trust_row

SEND = "sent to Xero"


@scenario("shape-evergreen", SECTION, "A retainer filled up and spent on a bill the same day, month by month: silent.")
def evergreen(stage: Stage) -> list[Expected]:
    hold(stage, "1120.00")
    for month in range(2):
        bill = stage.bill(issued=stage.day(5 + month))
        stage.firm.pay_from_trust(bill, day=stage.day(12 + month))
        stage.firm.deposit(stage.client, "1120.00", stage.matter, stage.day(12 + month))
    return []


@scenario(
    "shape-two-payors", "documents", "One matter billed to two clients, half each, under 2005-A and 2005-B: silent."
)
def two_payors(stage: Stage) -> list[Expected]:
    insurer = stage.other()
    stage.bill([time("Half of the defence", "1.60", "350.00")], number="2005-A")
    stage.bill([time("Half of the defence", "1.60", "350.00")], number="2005-B", client=insurer)
    return []


@scenario(
    "shape-raised-again",
    "documents",
    "Voided and raised again; the bookkeeper renumbers the invoice to the new bill: silent.",
)
def raised_again(stage: Stage) -> list[Expected]:
    first = stage.bill()
    stage.firm.void(first, in_xero=False)
    again = stage.bill(in_xero=False)
    stage.firm.xero.renumber_invoice(stage.invoice(first), again["number"])
    return []


@scenario("shape-overpaid-and-refunded", "payments", "The client pays too much and gets it back by cheque: silent.")
def overpaid_and_refunded(stage: Stage) -> list[Expected]:
    firm = stage.firm
    bill = stage.bill()
    credit = firm.overpay(bill, "80.00", stage.day(10))
    assert credit is not None
    firm.xero.refund("Overpayments", credit, Decimal("80.00"), stage.day(15), firm.xero.account("1000"))
    firm.clio.add_entry(firm.operating, stage.day(15), Decimal("-80.00"), {"description": "Refund of overpayment"})
    return []


@scenario(
    "shape-bounced-by-the-bank",
    "payments",
    "A cheque bounces: voided in Clio; in Xero the bank takes it back past the invoice.",
)
def bounced_by_the_bank(stage: Stage) -> list[Expected]:
    firm = stage.firm
    bill = stage.bill()
    payment = firm.pay(bill, "410.00", stage.day(10))
    assert payment is not None
    firm.void_payment(payment, in_xero=False)
    firm.xero_bank_entry("Operating", firm.contact(stage.client), Decimal("-410.00"), stage.day(14), "610", "Returned")
    return [
        row("payment_reversed_one_side", of(bill), "-410.00", amount="410.00"),
        row("subledger_differs_from_control", "firm", amount="410.00"),
    ]


@scenario(
    "shape-settlement",
    SECTION,
    "A settlement paid out in three parts, one of them the firm's fee; one cheque run in Xero.",
)
def settlement(stage: Stage) -> list[Expected]:
    firm = stage.firm
    hold(stage, "10000.00")
    bill = stage.bill()
    firm.pay_from_trust(bill, day=stage.day(12), mirror=False)
    firm.disburse(
        stage.client, "2380.00", stage.matter, stage.day(12), mirror=False, description="Lien of Dr. Whitmore"
    )
    firm.disburse(stage.client, "6500.00", stage.matter, stage.day(12), mirror=False, description="Net to client")
    firm.xero_bank_entry(
        "IOLTA", firm.contact(stage.client), Decimal("-10000.00"), stage.day(13), "2100", "Settlement statement"
    )
    return []


@scenario(
    "shape-married", "documents", "The client's name changes in Clio; two bills tie her to the old contact: silent."
)
def married(stage: Stage) -> list[Expected]:
    for number in range(2):
        stage.bill(issued=stage.day(3 + number))
    stage.firm.rename_client(stage.client, "Eleanor Hart")
    stage.bill()
    return []


@scenario(
    "shape-two-bills-one-invoice",
    "documents",
    "Two bills on one invoice of the sum: named on both, and nothing is sent again.",
)
def two_bills_one_invoice(stage: Stage) -> list[Expected]:
    first = stage.bill([time("Advice", "2.00", "250.00")], in_xero=False)
    second = stage.bill([time("Hearing", "1.00", "300.00")], in_xero=False)
    invoice = stage.copy(first, f"{first['number']}/{second['number']}")
    lines = stage.firm.invoice_lines(first) + stage.firm.invoice_lines(second)
    stage.firm.xero.edit_invoice(invoice, lines)
    return [
        *(
            row(
                "missing_in_xero",
                of(bill),
                effect,
                explains="2005/2006",
                never_advises=SEND,
                candidate=(invoice["InvoiceID"],),
            )
            for bill, effect in ((first, "-500.00"), (second, "-300.00"))
        ),
        row(
            "xero_only",
            of(invoice),
            "800.00",
            advises=("ask whether it stands for several bills", "send none of them again"),
            candidate=(str(first["id"]), str(second["id"])),
        ),
    ]


@scenario(
    "shape-two-trust-accounts",
    "payments",
    "One bill paid from two trust accounts on a day, one payment in Xero: silent.",
)
def two_trust_accounts(stage: Stage) -> list[Expected]:
    firm = stage.firm
    second = firm.trust_account("Escrow", "1030", "2130")
    hold(stage, "600.00")
    firm.deposit(stage.client, "520.00", stage.matter, stage.day(1), account=second)
    bill = stage.bill()
    day = stage.day(12)
    for account, amount in ((firm.trust, "600.00"), (second, "520.00")):
        parent = firm.clio.next_payment_id()
        firm._allocate(bill, Decimal(amount), day, firm.operating, account, parent)
        firm.disburse(stage.client, amount, stage.matter, day, account=account, description=f"Bill {bill['number']}")
    firm.pay(bill, "1120.00", day, in_clio=False)
    return []


@scenario(
    "shape-to-the-spouse", SECTION, "A client's money is passed to another client's ledger without a word: two rows."
)
def to_the_spouse(stage: Stage) -> list[Expected]:
    other = stage.other()
    hold(stage, "500.00")
    day = stage.day(10)
    out = stage.firm.disburse(stage.client, "500.00", stage.matter, day, mirror=False, description="As agreed")
    into = stage.firm.deposit(
        other, "500.00", stage.firm.matter_of(other), day + timedelta(days=1), mirror=False, description="As agreed"
    )
    return [trust_row("trust_entry_missing_in_xero", of(entry), "500.00") for entry in (out, into)]


# Books that are closed: what Xero would refuse is said before the step


def closed(stage: Stage) -> None:
    """The books in Xero are locked until after all that happened."""
    stage.firm.lock_period(stage.day(25))


@scenario("locked-payment", "payments", "A payment is missing in books that are locked: the firm is asked first.")
def locked_payment(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.pay(bill, "250.00", stage.day(10), reaches_xero=False)
    closed(stage)
    asks = ("locked until", "ask the firm", "record the payment")
    return [row("paid_in_clio_open_in_xero", of(bill), "250.00", amount="250.00", advises=asks)]


@scenario("locked-payment-of-the-next-day", "payments", "Dated the day after the lock: nothing in the way.")
def locked_payment_next_day(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.pay(bill, "250.00", stage.day(26), reaches_xero=False)
    closed(stage)
    return [row("paid_in_clio_open_in_xero", of(bill), "250.00", amount="250.00", never_advises="locked")]


@scenario("locked-lines", "content", "Lines differ on an invoice in books that are locked.")
def locked_lines(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.by_hand(bill, 2, UnitAmount=Decimal("500.00"))
    closed(stage)
    return [
        row("amounts_differ", of(bill), "-25.00", advises=("edit the listed lines", "locked until", "ask the firm"))
    ]


@scenario("locked-void", "documents", "Voided in Clio; the invoice stands in books that are locked.")
def locked_void(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.void(bill, in_xero=False)
    closed(stage)
    return [
        row("void_in_clio_live_in_xero", of(bill), "1120.00", advises=("void invoice", "locked until", "ask the firm"))
    ]
