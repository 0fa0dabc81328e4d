"""The rules of totals: control totals that do not agree with the bills and invoices under them."""

from decimal import Decimal

from sandbox.money import money
from sandbox.scenarios.registry import Expected, row, scenario
from sandbox.scenarios.stage import LATER, Stage

SECTION = "totals"


def book_to_debtors(stage: Stage, amount: str) -> None:
    """A bank entry coded straight to the receivables account, past every invoice."""
    firm = stage.firm
    firm.xero_bank_entry("Operating", firm.bank_contact(), Decimal(amount), stage.day(LATER), "610", "Unknown receipt")


def shift_outstanding(stage: Stage, amount: str) -> None:
    """Clio's outstanding balances say something else than its bills."""
    stage.bill()
    rows = stage.firm.clio.tables["outstanding_client_balances"]
    row_ = rows[max(rows)]
    total = row_["total_outstanding_balance"] + money(amount)
    stage.firm.clio.change("outstanding_client_balances", row_, total_outstanding_balance=total)


@scenario("control-account-receipt", SECTION, "A receipt was coded to the receivables account by hand.")
def control_account_receipt(stage: Stage) -> list[Expected]:
    book_to_debtors(stage, "640.00")
    return [row("subledger_differs_from_control", "firm", amount="640.00")]


@scenario("control-account-one-cent", SECTION, "One cent too much in the receivables account.")
def control_account_one_cent(stage: Stage) -> list[Expected]:
    book_to_debtors(stage, "-0.01")
    return [row("subledger_differs_from_control", "firm", amount="0.01")]


@scenario("control-account-cancels", SECTION, "Booked to receivables and back again: nothing is left.")
def control_account_cancels(stage: Stage) -> list[Expected]:
    book_to_debtors(stage, "640.00")
    book_to_debtors(stage, "-640.00")
    return []


@scenario("control-account-in-flight", SECTION, "The control account is off, and an invoice changed an hour ago.")
def control_account_in_flight(stage: Stage) -> list[Expected]:
    book_to_debtors(stage, "640.00")
    bill = stage.bill()
    stage.ago(hours=1)
    stage.firm.xero.touch(stage.invoice(bill))
    return [row("subledger_differs_from_control", "firm", amount="640.00", status="in_flight")]


@scenario("clio-control", SECTION, "Clio's outstanding balances exceed its bills by 45.00.")
def clio_control(stage: Stage) -> list[Expected]:
    shift_outstanding(stage, "45.00")
    return [row("clio_control_differs", "firm", amount="45.00")]


@scenario("clio-control-one-cent", SECTION, "Clio's outstanding balances are a cent short.")
def clio_control_one_cent(stage: Stage) -> list[Expected]:
    shift_outstanding(stage, "-0.01")
    return [row("clio_control_differs", "firm", amount="0.01")]


@scenario("clio-control-in-flight", SECTION, "Off, while a bill changed an hour ago.")
def clio_control_in_flight(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    shift_outstanding(stage, "45.00")
    stage.ago(hours=1)
    stage.firm.clio.touch("bills", bill)
    return [row("clio_control_differs", "firm", amount="45.00", status="in_flight")]


@scenario("bridge-of-everything", SECTION, "One of each kind of effect at once; the rows add up to the gap.")
def bridge_of_everything(stage: Stage) -> list[Expected]:
    firm = stage.firm
    missing = stage.bill(in_xero=False)
    cut = stage.bill()
    firm.edit_line(cut, 0, quantity=Decimal("0.80"))
    lost = stage.bill()
    firm.pay(lost, "300.00", stage.day(LATER), reaches_xero=False)
    credit = firm.prepay_in_xero(stage.client, "400.00", stage.day(LATER))
    stray = stage.rent("RENT-1")
    return [
        row("missing_in_xero", f"clio:{missing['id']}", "-1120.00"),
        row("amounts_differ", f"clio:{cut['id']}", "140.00"),
        row(
            "paid_in_clio_open_in_xero",
            f"clio:{lost['id']}",
            "300.00",
            amount="300.00",
            candidate=(credit["PrepaymentID"],),
        ),
        row("unapplied_credit", f"xero-credit:{credit['PrepaymentID']}", "-400.00", amount="400.00"),
        row("xero_only", f"xero:{stray['InvoiceID']}", "2400.00"),
    ]
