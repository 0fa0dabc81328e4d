"""No word in a text ever makes an entry silent: what an entry is called decides nothing about whether it is seen.

Interest, an opening balance and a reversal are what they are by what stands behind them: a client, Xero's balance
that no entry stands behind, the bill that both entries name.
"""

from datetime import date, timedelta
from decimal import Decimal

from sandbox.books import Record
from sandbox.scenarios.registry import Expected, scenario
from sandbox.scenarios.stage import Stage, of
from sandbox.scenarios.trust import SECTION, account, hold, trust_row


def opened(stage: Stage) -> date:
    """A day before anything else stands on the trust account."""
    return stage.day(0) - timedelta(days=55)


def of_nobody(stage: Stage, amount: str, day: int, text: str) -> Record:
    """An entry with neither client nor matter, booked on both sides."""
    return stage.firm.trust_entry(amount, day=stage.day(day), description=text)


@scenario("words-interest-is-a-deposit", SECTION, "A deposit of nobody whose text happens to speak of interest.")
def interest_is_a_deposit(stage: Stage) -> list[Expected]:
    entry = of_nobody(stage, "5000.00", 3, "Purchase of partnership interest, wire")
    return [
        trust_row("trust_money_unassigned", of(entry), "5000.00"),
        trust_row("trust_ledger_differs_from_clients", "firm", "5000.00"),
    ]


@scenario("words-interest-by-type", SECTION, "Interest and its sweep, by its type and text, on no client: two rows.")
def interest_by_type(stage: Stage) -> list[Expected]:
    stage.firm.trust_interest("3.17", stage.day(8))
    entries = list(stage.firm.clio.tables["bank_transactions"].values())[-2:]
    return [
        trust_row("trust_money_unassigned", of(entry), "3.17", advises="assign", never_advises="delete")
        for entry in entries
    ]


@scenario("words-reversal-of-nobody", SECTION, "A deposit of nobody and 'its reversal' three weeks later.")
def reversal_of_nobody(stage: Stage) -> list[Expected]:
    came = of_nobody(stage, "400.00", 3, "Retainer")
    went = of_nobody(stage, "-400.00", 24, "Reversal")
    return [trust_row("trust_money_unassigned", of(entry), "400.00") for entry in (came, went)]


@scenario("words-opening-later", SECTION, "Called an opening balance, weeks after the ledger's first day.")
def opening_later(stage: Stage) -> list[Expected]:
    entry = stage.firm.deposit(
        stage.client, "1200.00", stage.matter, stage.day(3), description="Opening balance", mirror=False
    )
    stage.firm.xero.post_journal(stage.day(3), "1010", "2100", Decimal("1200.00"))
    return [
        trust_row("trust_entry_missing_in_xero", of(entry), "1200.00"),
        trust_row("trust_unexplained", account(stage), "1200.00"),
    ]


@scenario("words-opening-unsaid", SECTION, "What stood there on the first day, whatever it is called: silent.")
def opening_unsaid(stage: Stage) -> list[Expected]:
    other = stage.other()
    for client, matter, amount in ((stage.client, stage.matter, "1200.00"), (other, None, "800.00")):
        stage.firm.deposit(client, amount, matter, opened(stage), description="Per old system", mirror=False)
    stage.firm.xero.post_journal(opened(stage), "1010", "2100", Decimal("2000.00"))
    return []


@scenario(
    "words-opening-in-one-entry", SECTION, "Twelve clients' balances of the first day, one entry in Xero: silent."
)
def opening_in_one_entry(stage: Stage) -> list[Expected]:
    firm = stage.firm
    for number in range(12):
        client = firm.person("Opened", f"Client {number}")
        firm.deposit(client, f"{100 + number}.00", firm.matter(client, "Advice"), opened(stage), mirror=False)
    firm.xero_bank_entry("IOLTA", firm.bank_contact(), Decimal("1266.00"), opened(stage), "2100", "Per old system")
    return []


@scenario("words-first-day-many", SECTION, "On the first day two entries against other two of the same sum: four rows.")
def first_day_many(stage: Stage) -> list[Expected]:
    firm = stage.firm
    ours = [
        firm.deposit(stage.client, amount, stage.matter, opened(stage), description="Opening balance", mirror=False)
        for amount in ("300.00", "400.00")
    ]
    theirs = [
        firm.xero_bank_entry("IOLTA", firm.bank_contact(), Decimal(amount), opened(stage), "2100", "Opening balance")
        for amount in ("310.00", "390.00")
    ]
    return [
        *(trust_row("trust_entry_missing_in_xero", of(entry), str(entry["funds_in"])) for entry in ours),
        *(
            trust_row("trust_entry_missing_in_clio", f"xero-entry:{entry['BankTransactionID']}", str(entry["Total"]))
            for entry in theirs
        ),
    ]


@scenario("words-doubled-and-reversed", SECTION, "Twice in both systems, one reversed in both: still asked, low.")
def doubled_and_reversed(stage: Stage) -> list[Expected]:
    firm = stage.firm
    hold(stage)
    entries = [firm.disburse(stage.client, "150.00", stage.matter, stage.day(8)) for _ in range(2)]
    firm.deposit(stage.client, "150.00", stage.matter, stage.day(20), description="Reversal of another cheque")
    return [trust_row("trust_entry_duplicated", of(entries[1]), "150.00", severity="low")]


def named(stage: Stage, bill: Record) -> Record | None:
    """A bill as an entry names it."""
    return stage.firm.clio.reference("bills", bill)


def fee_for_a_draft(stage: Stage) -> Record:
    """A withdrawal that names a bill of which the client has seen nothing."""
    hold(stage)
    bill = stage.draft()
    stage.firm.disburse(stage.client, "500.00", stage.matter, stage.day(8), bill=named(stage, bill), description="Fees")
    return bill


@scenario("words-fee-and-a-reversal", SECTION, "A fee without a bill, and a deposit of that size 'voided cheque'.")
def fee_and_a_reversal(stage: Stage) -> list[Expected]:
    bill = fee_for_a_draft(stage)
    stage.firm.deposit(stage.client, "500.00", stage.matter, stage.day(20), description="Voided cheque 77")
    return [trust_row("fee_taken_without_bill", of(bill), "500.00")]


@scenario("words-fee-put-back", SECTION, "The same, and what comes in names the bill that it was taken for: silent.")
def fee_put_back(stage: Stage) -> list[Expected]:
    bill = fee_for_a_draft(stage)
    stage.firm.deposit(
        stage.client, "500.00", stage.matter, stage.day(20), bill=named(stage, bill), description="Put back"
    )
    return []
