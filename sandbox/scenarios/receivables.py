"""Receivables in one currency, prepayments wherever they stand, and the credit notes of bills below zero in use."""

from decimal import Decimal

from sandbox.books import Record
from sandbox.engine import expense
from sandbox.scenarios.partners import note, refund
from sandbox.scenarios.registry import Expected, row, scenario
from sandbox.scenarios.stage import LATER, Stage, of

# Currencies


def canadian(stage: Stage, rate: str, amount: str = "1120.00", **more: object) -> Record:
    """A bill in Canadian dollars on both sides, its invoice at a rate."""
    bill = stage.bill([expense("Costs", amount)], currency="CAD", in_xero=False, **more)
    stage.firm.push(bill, CurrencyRate=Decimal(rate))
    return bill


@scenario("currency-open-on-both", "totals", "A Canadian invoice at 1.365432, open and equal on both sides: nothing.")
def currency_open_on_both(stage: Stage) -> list[Expected]:
    canadian(stage, "1.365432")
    return []


@scenario("currency-two-of-them", "totals", "1,000.00 in US dollars and 1,000.00 in Canadian ones at 1.25: nothing.")
def currency_two(stage: Stage) -> list[Expected]:
    canadian(stage, "1.25", "1000.00")
    stage.bill([expense("Costs", "1000.00")], client=stage.other())
    return []


@scenario("currency-two-of-one-client", "totals", "The same for one client: Clio adds the two up as they stand.")
def currency_two_of_one_client(stage: Stage) -> list[Expected]:
    canadian(stage, "1.25", "1000.00")
    stage.bill([expense("Costs", "1000.00")])
    return []


@scenario("currency-differences", "totals", "A Canadian bill with two faults: in US dollars they come to the gap.")
def currency_differences(stage: Stage) -> list[Expected]:
    # 820.00 is 600.54 and 1,130.00 is 827.58: 227.04 apart. 10.00 is 7.32 and 300.00 is 219.71, a cent short of it.
    bill = canadian(stage, "1.365432")
    stage.by_hand(bill, 0, UnitAmount=Decimal("1130.00"))
    stage.firm.pay(bill, "300.00", stage.day(LATER), reaches_xero=False)
    lost = row("paid_in_clio_open_in_xero", of(bill), "219.72", amount="219.72", explains=("300.00",))
    return [row("amounts_differ", of(bill), "7.32"), lost]


@scenario(
    "currency-of-a-missing-bill", "totals", "A Canadian bill is missing: at the rate of the newest Canadian invoice."
)
def currency_of_a_missing_bill(stage: Stage) -> list[Expected]:
    canadian(stage, "1.25", issued=stage.day(3))
    canadian(stage, "1.30", "560.00", issued=stage.day(4))
    bill = stage.bill(currency="CAD", in_xero=False)
    return [row("missing_in_xero", of(bill), "-861.54")]


@scenario("currency-without-a-rate", "totals", "A Canadian bill is missing, and no document has a rate: at one.")
def currency_without_a_rate(stage: Stage) -> list[Expected]:
    return [row("missing_in_xero", of(stage.bill(currency="CAD", in_xero=False)), "-1120.00")]


@scenario("currency-of-a-credit", "totals", "An open Canadian credit note counts at its rate.")
def currency_of_a_credit(stage: Stage) -> list[Expected]:
    credit = stage.firm.xero_credit_note(stage.bill(), Decimal("120.00"), stage.day(LATER))
    credit.update({"CurrencyCode": "CAD", "CurrencyRate": Decimal("1.25")})
    return [row("unapplied_credit", f"xero-credit:{credit['CreditNoteID']}", "-96.00", amount="96.00")]


# Prepayments


def prepaid(stage: Stage, code: str, bank: str = "1000", amount: str = "400.00") -> Record:
    """Money on account, coded to an account."""
    xero = stage.firm.xero
    contact = stage.firm.contact(stage.client)
    return xero.add_prepayment(contact, Decimal(amount), stage.day(LATER), xero.account(bank), code)


@scenario(
    "prepayment-elsewhere", "totals", "Prepayments stand in an account of their own, and receivables agree without."
)
def prepayment_elsewhere(stage: Stage) -> list[Expected]:
    stage.firm.xero.add_account("840", "Customer prepayments", "CURRLIAB")
    credit = prepaid(stage, "840")
    return [row("unapplied_credit", f"xero-credit:{credit['PrepaymentID']}", "0.00", amount="400.00")]


@scenario("prepayment-neither-agrees", "totals", "With and without prepayments the account differs: read with them.")
def prepayment_neither(stage: Stage) -> list[Expected]:
    stage.firm.xero.add_account("840", "Customer prepayments", "CURRLIAB")
    credit = prepaid(stage, "840")
    stage.firm.xero_bank_entry(
        "Operating", stage.firm.bank_contact(), Decimal("640.00"), stage.day(LATER), "610", "Unknown receipt"
    )
    return [
        row("unapplied_credit", f"xero-credit:{credit['PrepaymentID']}", "-400.00", amount="400.00"),
        row("subledger_differs_from_control", "firm", amount="240.00"),
    ]


@scenario("prepayment-of-client-money", "totals", "A prepayment coded to what clients are owed is client money.")
def prepayment_of_client_money(stage: Stage) -> list[Expected]:
    stage.firm.deposit(stage.client, "2500.00", stage.matter, stage.day(LATER), mirror=False)
    prepaid(stage, "2100", "1010", "2500.00")
    return []


# Credit notes of bills below zero


@scenario(
    "credit-note-used-in-xero-alone", "payments", "The note of a negative bill is applied to an invoice in Xero alone."
)
def credit_note_used_in_xero_alone(stage: Stage) -> list[Expected]:
    below, bill = refund(stage), stage.bill()
    credit = note(stage, below["number"])
    stage.firm.xero.allocate("CreditNotes", credit, stage.invoice(bill), Decimal("150.00"), stage.day(LATER))
    return [
        row("credit_one_side", of(bill), "-150.00", amount="150.00"),
        row("credit_one_side", of(below), "150.00", amount="150.00"),
    ]


@scenario("credit-note-refunded-in-xero-alone", "payments", "The note of a negative bill is paid out in Xero alone.")
def credit_note_refunded_in_xero_alone(stage: Stage) -> list[Expected]:
    below = refund(stage)
    credit = note(stage, below["number"])
    account = stage.firm.xero.account("1000")
    stage.firm.xero.refund("CreditNotes", credit, Decimal("200.00"), stage.day(LATER), account)
    return [row("paid_in_xero_open_in_clio", of(below), "200.00", amount="200.00", explains=("200.00 refund",))]


@scenario("credit-note-refunded-in-clio-alone", "payments", "A negative bill is paid out in Clio alone.")
def credit_note_refunded_in_clio_alone(stage: Stage) -> list[Expected]:
    below = refund(stage)
    note(stage, below["number"])
    stage.firm.pay(below, "-200.00", stage.day(LATER), reaches_xero=False)
    return [row("paid_in_clio_open_in_xero", of(below), "-200.00", amount="200.00")]
