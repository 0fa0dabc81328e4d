"""The rules of trust, continued: tie-breakers, what undoes itself, and the alarms that must not ring."""

from datetime import timedelta
from decimal import Decimal

from sandbox.books import Record
from sandbox.money import money
from sandbox.scenarios.registry import Expected, naming_each_other, row, scenario
from sandbox.scenarios.stage import LATER, Stage, of
from sandbox.scenarios.trust import account, hold, late, trust_row

SECTION = "trust"


def missing_in_xero(stage: Stage, entry: Record, amount: str) -> list[Expected]:
    """One entry that nobody booked in Xero, and the difference that it makes."""
    return [
        trust_row("trust_entry_missing_in_xero", of(entry), amount),
        trust_row("trust_clio_differs_from_xero", account(stage), amount),
    ]


# One-to-one: names break ties, then the nearest day


@scenario("trust-names-break-ties", SECTION, "Two equal deposits of one day, one booked in Xero: the name says which.")
def names_break_ties(stage: Stage) -> list[Expected]:
    other = stage.other()
    forgotten = stage.firm.deposit(stage.client, "500.00", stage.matter, stage.day(3), mirror=False)
    stage.firm.deposit(other, "500.00", stage.firm.matter_of(other), stage.day(3))
    return missing_in_xero(stage, forgotten, "500.00")


@scenario("trust-names-before-days", SECTION, "The same name two days off beats another name on the day.")
def names_before_days(stage: Stage) -> list[Expected]:
    other = stage.other()
    stage.firm.deposit(stage.client, "500.00", stage.matter, stage.day(3), xero_day=stage.day(5))
    forgotten = stage.firm.deposit(other, "500.00", stage.firm.matter_of(other), stage.day(5), mirror=False)
    return missing_in_xero(stage, forgotten, "500.00")


@scenario("trust-nearest-day", SECTION, "Two equal deposits of one client, one booked on its own day.")
def nearest_day(stage: Stage) -> list[Expected]:
    forgotten = stage.firm.deposit(stage.client, "500.00", stage.matter, stage.day(3), mirror=False)
    stage.firm.deposit(stage.client, "500.00", stage.matter, stage.day(5))
    return missing_in_xero(stage, forgotten, "500.00")


@scenario("trust-each-three-days-late", SECTION, "Every deposit booked three days late: none is alone.")
def each_three_days_late(stage: Stage) -> list[Expected]:
    for day in (3, 6, 9, 12):
        stage.firm.deposit(stage.client, "500.00", stage.matter, stage.day(day), xero_day=stage.day(day + 3))
    return []


@scenario("trust-sign-matters", SECTION, "Booked in Xero with the wrong sign: two entries, each alone.")
def sign_matters(stage: Stage) -> list[Expected]:
    hold(stage)
    entry = stage.firm.deposit(stage.client, "350.00", stage.matter, stage.day(3), mirror=False)
    twin = stage.firm.xero_trust_entry(entry, Decimal("-350.00"))
    return naming_each_other(
        [
            trust_row("trust_entry_missing_in_xero", of(entry), "350.00"),
            trust_row("trust_entry_missing_in_clio", f"xero-entry:{twin['BankTransactionID']}", "350.00"),
            trust_row("trust_clio_differs_from_xero", account(stage), "700.00"),
        ]
    )


@scenario("trust-account-matters", SECTION, "Booked in Xero on the other trust bank account.")
def account_matters(stage: Stage) -> list[Expected]:
    firm = stage.firm
    second = firm.trust_account("Escrow", "1030", "2130")
    entry = firm.deposit(stage.client, "350.00", stage.matter, stage.day(3), mirror=False)
    contact = firm.contact(stage.client)
    twin = firm.xero_bank_entry("Escrow", contact, Decimal("350.00"), entry["date"], "2130")
    return naming_each_other(
        [
            *missing_in_xero(stage, entry, "350.00"),
            trust_row("trust_entry_missing_in_clio", f"xero-entry:{twin['BankTransactionID']}", "350.00"),
            trust_row("trust_clio_differs_from_xero", f"clio-account:{second['id']}", "350.00"),
        ]
    )


@scenario("trust-three-entries-one-missing", SECTION, "Three equal withdrawals of a day for three clients, two booked.")
def three_entries_one_missing(stage: Stage) -> list[Expected]:
    firm = stage.firm
    clients = [stage.client, stage.other(), stage.other("Ruth", "Abel")]
    for client in clients:
        firm.deposit(client, "90.00", firm.matter_of(client), stage.day(2))
    entries = [
        firm.disburse(client, "90.00", firm.matter_of(client), stage.day(4), mirror=client is not clients[1])
        for client in clients
    ]
    return missing_in_xero(stage, entries[1], "90.00")


@scenario("trust-entry-before-the-grace", SECTION, "Deposited 25 hours ago and not booked: news.")
def entry_before_grace(stage: Stage) -> list[Expected]:
    stage.ago(hours=25)
    entry = stage.firm.deposit(stage.client, "350.00", stage.matter, stage.before(2), mirror=False)
    return missing_in_xero(stage, entry, "350.00")


@scenario("trust-old-and-fresh", SECTION, "One entry missing for weeks, one for an hour: the sum is news.")
def old_and_fresh(stage: Stage) -> list[Expected]:
    old = stage.firm.deposit(stage.client, "350.00", stage.matter, stage.day(3), mirror=False)
    stage.ago(hours=1)
    fresh = stage.firm.deposit(stage.client, "80.00", stage.matter, stage.before(1), mirror=False)
    return [
        trust_row("trust_entry_missing_in_xero", of(old), "350.00"),
        trust_row("trust_entry_missing_in_xero", of(fresh), "80.00", status="in_flight"),
        trust_row("trust_clio_differs_from_xero", account(stage), "430.00"),
    ]


# Alarms that must not ring (what the books of another trade would call a difference)


@scenario("trust-move-between-ledgers", SECTION, "Money moves between two matters: bank and Xero know nothing.")
def move_between_ledgers(stage: Stage) -> list[Expected]:
    hold(stage)
    second = stage.firm.matter(stage.client, "Voss trust")
    stage.firm.trust_transfer(stage.client, stage.matter, second, "250.00", stage.day(12), mirror=False)
    return []


@scenario("trust-no-move", SECTION, "Out for one client, in for another, equal, but no transfer: two rows.")
def no_move(stage: Stage) -> list[Expected]:
    hold(stage)
    other = stage.other()
    out = stage.firm.disburse(stage.client, "250.00", stage.matter, stage.day(12), mirror=False)
    into = stage.firm.deposit(other, "250.00", stage.firm.matter_of(other), stage.day(12), mirror=False)
    return [
        trust_row("trust_entry_missing_in_xero", of(out), "250.00"),
        trust_row("trust_entry_missing_in_xero", of(into), "250.00"),
    ]


@scenario("trust-void-and-reissue", SECTION, "A cheque voided and reissued, the reissued one in Xero: asked once.")
def void_and_reissue(stage: Stage) -> list[Expected]:
    hold(stage)
    firm = stage.firm
    firm.disburse(stage.client, "150.00", stage.matter, stage.day(3), mirror=False, description="Check 1001")
    void = firm.deposit(
        stage.client, "150.00", stage.matter, stage.day(14), mirror=False, description="Void check 1001"
    )
    firm.disburse(stage.client, "150.00", stage.matter, stage.day(15), description="Check 1002")
    return [trust_row("trust_offset_unconfirmed", of(void), "150.00", explains=("Check 1001", "Void check 1001"))]


@scenario(
    "trust-void-and-reissue-in-a-day",
    SECTION,
    "Voided and reissued on the day it was written: asked once, no duplicate.",
)
def void_and_reissue_in_a_day(stage: Stage) -> list[Expected]:
    hold(stage)
    firm = stage.firm
    firm.disburse(stage.client, "150.00", stage.matter, stage.day(3), description="Check 1001")
    firm.deposit(stage.client, "150.00", stage.matter, stage.day(3), mirror=False, description="Void check 1001")
    reissued = firm.disburse(stage.client, "150.00", stage.matter, stage.day(3), mirror=False, description="Check 1002")
    return [trust_row("trust_offset_unconfirmed", of(reissued), "150.00")]


@scenario("trust-refund-is-no-reversal", SECTION, "A deposit and its refund, neither booked: two entries are missing.")
def refund_is_no_reversal(stage: Stage) -> list[Expected]:
    into = stage.firm.deposit(stage.client, "150.00", stage.matter, stage.day(3), mirror=False)
    out = stage.firm.disburse(
        stage.client, "150.00", stage.matter, stage.day(9), mirror=False, description="Refund of retainer"
    )
    return [
        trust_row("trust_entry_missing_in_xero", of(into), "150.00"),
        trust_row("trust_entry_missing_in_xero", of(out), "150.00"),
    ]


@scenario("trust-reversed-in-xero", SECTION, "Booked in Xero and reversed there: no word makes an entry silent.")
def reversed_in_xero(stage: Stage) -> list[Expected]:
    hold(stage)
    contact = stage.firm.contact(stage.client)
    booked = (("75.00", 4, "Retainer"), ("-75.00", 15, "Reversal of retainer"))
    entries = [
        stage.firm.xero_bank_entry("IOLTA", contact, Decimal(amount), stage.day(day), "2100", text)
        for amount, day, text in booked
    ]
    return [
        trust_row("trust_entry_missing_in_clio", f"xero-entry:{entry['BankTransactionID']}", "75.00")
        for entry in entries
    ]


@scenario("trust-interest-in-clio-alone", SECTION, "IOLTA interest and its sweep, never booked in Xero: both missing.")
def interest_in_clio_alone(stage: Stage) -> list[Expected]:
    stage.firm.trust_interest("3.17", stage.day(8), mirror=False)
    entries = list(stage.firm.clio.tables["bank_transactions"].values())[-2:]
    codes = ("trust_entry_missing_in_xero", "trust_money_unassigned")
    return [trust_row(code, of(entry), "3.17") for entry in entries for code in codes]


@scenario("trust-interest-not-swept", SECTION, "Interest not swept yet: nobody's, and no client's ledger has it.")
def interest_not_swept(stage: Stage) -> list[Expected]:
    stage.firm.trust_interest("3.17", stage.day(8), sweep=False)
    entry = list(stage.firm.clio.tables["bank_transactions"].values())[-1]
    return [
        trust_row("trust_money_unassigned", of(entry), "3.17"),
        trust_row("trust_ledger_differs_from_clients", "firm", "3.17"),
    ]


@scenario("trust-opening-balance", SECTION, "The opening balance of no client, set against Xero's conversion balance.")
def opening_balance(stage: Stage) -> list[Expected]:
    # Xero's conversion balance is in its trial balance and in no list of entries.
    opened = stage.day(0) - timedelta(days=55)
    entry = stage.firm.trust_entry("5000.00", None, None, opened, description="Opening balance", mirror=False)
    stage.firm.xero.post_journal(opened, "1010", "2100", Decimal("5000.00"))
    return [
        trust_row("trust_money_unassigned", of(entry), "5000.00"),
        trust_row("trust_ledger_differs_from_clients", "firm", "5000.00"),
    ]


@scenario("trust-opening-per-client", SECTION, "Opening balances by client against one conversion balance: silent.")
def opening_per_client(stage: Stage) -> list[Expected]:
    opened = stage.day(0) - timedelta(days=55)
    other = stage.other()
    held = ((stage.client, stage.matter, "1200.00"), (other, stage.firm.matter_of(other), "800.00"))
    for client, matter, amount in held:
        stage.firm.deposit(client, amount, matter, opened, description="Opening balance", mirror=False)
    stage.firm.xero.post_journal(opened, "1010", "2100", Decimal("2000.00"))
    return []


@scenario("trust-opening-off", SECTION, "The conversion balance is 100.00 short: nothing is taken for granted.")
def opening_off(stage: Stage) -> list[Expected]:
    opened = stage.day(0) - timedelta(days=55)
    entry = stage.firm.deposit(
        stage.client, "1200.00", stage.matter, opened, description="Opening balance", mirror=False
    )
    stage.firm.xero.post_journal(opened, "1010", "2100", Decimal("1100.00"))
    return [
        trust_row("trust_entry_missing_in_xero", of(entry), "1200.00"),
        trust_row("trust_clio_differs_from_xero", account(stage), "100.00"),
        trust_row("trust_unexplained", account(stage), "1100.00"),
    ]


@scenario("trust-transfer-between-accounts-late", SECTION, "The money arrives in the second account two days later.")
def transfer_between_accounts_late(stage: Stage) -> list[Expected]:
    firm = stage.firm
    second = firm.trust_account("Escrow", "1030", "2130")
    hold(stage, "900.00")
    firm.disburse(stage.client, "200.00", stage.matter, stage.day(3), mirror=False, description="Transfer to Escrow")
    firm.deposit(
        stage.client, "200.00", stage.matter, stage.day(5), mirror=False, account=second, description="From IOLTA"
    )
    firm.xero_transfer(firm.trust, second, Decimal("200.00"), stage.day(4))
    firm.xero.post_journal(stage.day(4), "2100", "2130", Decimal("200.00"))
    return []


@scenario("trust-overdrawn-in-one-account", SECTION, "Held in one trust account, paid out of another.")
def overdrawn_in_one_account(stage: Stage) -> list[Expected]:
    firm = stage.firm
    second = firm.trust_account("Escrow", "1030", "2130")
    other = stage.other()
    firm.deposit(other, "5000.00", firm.matter_of(other), stage.day(1), account=second)
    hold(stage, "900.00")
    firm.disburse(stage.client, "200.00", stage.matter, stage.day(3), account=second)
    return [trust_row("client_ledger_negative", f"matter:{stage.matter['id']}", "200.00", explains="Escrow")]


# Several accounts, shared accounts


@scenario("trust-shared-liability", SECTION, "Two trust accounts, one liability account in Xero for both: silent.")
def shared_liability(stage: Stage) -> list[Expected]:
    firm = stage.firm
    second = firm.trust_account("Escrow", "1030", "2130")
    firm.settings["trust_accounts"][1]["xero_liability_account"] = "2100"
    firm.liability_of["Escrow"] = "2100"
    hold(stage, "900.00")
    firm.deposit(stage.client, "300.00", stage.matter, stage.day(2), account=second)
    return []


@scenario("trust-two-accounts-one-off", SECTION, "Two trust accounts; the second is a deposit ahead of Xero.")
def two_accounts_one_off(stage: Stage) -> list[Expected]:
    firm = stage.firm
    second = firm.trust_account("Escrow", "1030", "2130")
    hold(stage, "900.00")
    entry = firm.deposit(stage.client, "300.00", stage.matter, stage.day(2), account=second, mirror=False)
    return [
        trust_row("trust_entry_missing_in_xero", of(entry), "300.00"),
        trust_row("trust_clio_differs_from_xero", f"clio-account:{second['id']}", "300.00"),
    ]


# Statements


@scenario("statement-one-cent-line", SECTION, "A cheque cleared for a cent more than it was written for.")
def statement_one_cent_line(stage: Stage) -> list[Expected]:
    hold(stage, day=32)
    stage.firm.disburse(stage.client, "200.00", stage.matter, late(stage, 10))
    lines = [(late(stage, 2), "1000.00", "DEPOSIT"), (late(stage, 12), "-200.01", "CHECK 1001")]
    stage.firm.statement(late(stage, LATER), "799.99", lines)
    # The cheque as written has not cleared; the bank's line stands alone.
    amount = _off(stage, "799.99", "-200.00")
    return [trust_row("trust_book_differs_from_statement", account(stage), amount, explains="outstanding withdrawal")]


def _off(stage: Stage, closing: str, *outstanding: str) -> str:
    """How far the adjusted statement is from the ledger of the same day, by the books' own entries."""
    entries = stage.firm.clio.tables["bank_transactions"].values()
    ledger = sum(
        (entry["funds_in"] - entry["funds_out"])
        for entry in entries
        if entry["bank_account_id"] == stage.firm.trust["id"] and entry["date"] <= late(stage, LATER)
    )
    return str(abs(money(closing) + sum(money(amount) for amount in outstanding) - ledger))


@scenario("statement-old-cheque", SECTION, "A cheque left open by the first statement is still open after the third.")
def statement_old_cheque(stage: Stage) -> list[Expected]:
    hold(stage, day=32)
    stage.firm.disburse(stage.client, "200.00", stage.matter, late(stage, 4))
    stage.firm.deposit(stage.client, "10.00", stage.matter, late(stage, 12))
    stage.firm.statement(late(stage, 7), "1000.00", [(late(stage, 2), "1000.00", "DEPOSIT")])
    stage.firm.statement(late(stage, 14), "1010.00", [(late(stage, 12), "10.00", "DEPOSIT")])
    stage.firm.deposit(stage.client, "5.00", stage.matter, late(stage, 16))
    stage.firm.statement(late(stage, LATER), "1015.00", [(late(stage, 16), "5.00", "DEPOSIT")])
    return []


@scenario("statement-equal-cheques", SECTION, "Two equal cheques, one line: one of them is outstanding.")
def statement_equal_cheques(stage: Stage) -> list[Expected]:
    hold(stage, day=32)
    for day in (10, 12):
        stage.firm.disburse(stage.client, "200.00", stage.matter, late(stage, day))
    lines = [
        (late(stage, 2), "1000.00", "DEPOSIT"),
        (late(stage, 14), "-200.00", "CHECK 1002"),
    ]
    stage.firm.statement(late(stage, LATER), "800.00", lines)
    return []


def _paid_in_together(stage: Stage, cleared: int) -> None:
    """Two cheques of day 12 that the bank shows as one line of some later day."""
    hold(stage, day=32)
    for amount in ("300.00", "45.00"):
        stage.firm.deposit(stage.client, amount, stage.matter, late(stage, 12))
    lines = [
        (late(stage, 2), "1000.00", "DEPOSIT"),
        (late(stage, cleared), "345.00", "DEPOSIT SLIP 7"),
    ]
    stage.firm.statement(late(stage, LATER), "1345.00", lines)


@scenario("statement-deposit-slip", SECTION, "Two cheques of one day stand on the statement as one deposit: silent.")
def statement_deposit_slip(stage: Stage) -> list[Expected]:
    _paid_in_together(stage, cleared=15)
    return []


@scenario("statement-deposit-slip-late", SECTION, "The sum of two cheques came four days later: not their slip.")
def statement_deposit_slip_late(stage: Stage) -> list[Expected]:
    _paid_in_together(stage, cleared=16)
    amount = _off(stage, "1345.00", "345.00")
    return [trust_row("trust_book_differs_from_statement", account(stage), amount)]


@scenario("statement-typed-after-file", SECTION, "A balance of the same day, typed later, is what counts.")
def statement_typed_after_file(stage: Stage) -> list[Expected]:
    hold(stage, day=32)
    lines = [(late(stage, 2), "1000.00", "DEPOSIT")]
    stage.firm.statement(late(stage, LATER), "999.00", lines)
    stage.firm.statement(late(stage, LATER), "1000.00")
    return []


@scenario("statement-entry-of-the-next-day", SECTION, "An entry dated the day after the statement plays no part in it.")
def statement_entry_of_next_day(stage: Stage) -> list[Expected]:
    hold(stage, day=32)
    stage.firm.deposit(stage.client, "77.00", stage.matter, late(stage, LATER + 1))
    lines = [(late(stage, 2), "1000.00", "DEPOSIT")]
    stage.firm.statement(late(stage, LATER), "1000.00", lines)
    return []


@scenario("statement-before-its-first-line", SECTION, "What is dated before the first line had cleared.")
def statement_before_first_line(stage: Stage) -> list[Expected]:
    for day, amount in ((1, "1000.00"), (9, "10.00")):
        stage.firm.deposit(stage.client, amount, stage.matter, late(stage, day))
    stage.firm.statement(late(stage, LATER), "1010.00", [(late(stage, 9), "10.00", "DEPOSIT")])
    return []


# Fees


@scenario("fee-twice", SECTION, "Paid from trust in full, and paid from trust again: the second asks for nothing.")
def fee_twice(stage: Stage) -> list[Expected]:
    hold(stage, "3000.00")
    bill = stage.bill()
    stage.firm.pay_from_trust(bill, day=stage.day(10))
    stage.firm.pay_from_trust(bill, "100.00", stage.day(12), reaches_xero=False)
    return [
        trust_row("fee_taken_without_bill", of(bill), "100.00"),
        row("paid_in_clio_open_in_xero", of(bill), "100.00", amount="100.00"),
    ]


@scenario("fee-in-two-parts", SECTION, "Paid from trust in two parts that make up the bill: silent.")
def fee_in_two_parts(stage: Stage) -> list[Expected]:
    hold(stage, "3000.00")
    bill = stage.bill()
    stage.firm.pay_from_trust(bill, "420.00", stage.day(10))
    stage.firm.pay_from_trust(bill, "700.00", stage.day(12))
    return []


@scenario("fee-credited-later", SECTION, "Paid from trust, credited a week later: silent on trust.")
def fee_credited_later(stage: Stage) -> list[Expected]:
    hold(stage, "3000.00")
    bill = stage.bill()
    stage.firm.pay_from_trust(bill, day=stage.day(10))
    stage.firm.credit_note(bill, "100.00", stage.day(17), applied=False, reaches_xero=False)
    return [row("credit_one_side", of(bill), "100.00", amount="100.00")]


# Duplicates, charges


@scenario("entry-tripled", SECTION, "Three times the same: the second and the third are each a row.")
def entry_tripled(stage: Stage) -> list[Expected]:
    entries = [stage.firm.deposit(stage.client, "150.00", stage.matter, stage.day(8)) for _ in range(3)]
    return [trust_row("trust_entry_duplicated", of(entry), "150.00", severity="low") for entry in entries[1:]]


@scenario("entry-doubled-and-reversed", SECTION, "Entered twice, and the second reversed in Clio: asked once.")
def entry_doubled_and_reversed(stage: Stage) -> list[Expected]:
    firm = stage.firm
    firm.deposit(stage.client, "150.00", stage.matter, stage.day(8))
    firm.deposit(stage.client, "150.00", stage.matter, stage.day(8), mirror=False)
    out = firm.disburse(
        stage.client, "150.00", stage.matter, stage.day(9), mirror=False, description="Correction: entered twice"
    )
    return [trust_row("trust_offset_unconfirmed", of(out), "150.00")]


@scenario("bank-charge-of-nobody", SECTION, "A service charge on no client: a charge, and money of no client's ledger.")
def bank_charge_of_nobody(stage: Stage) -> list[Expected]:
    entry = stage.firm.bank_charge("25.00", stage.day(8))
    return [
        trust_row("bank_charge_in_trust", of(entry), "25.00"),
        trust_row("trust_money_unassigned", of(entry), "25.00"),
        trust_row("trust_ledger_differs_from_clients", "firm", "25.00"),
    ]


@scenario("bank-charge-process-server", SECTION, "Service of process is a lawyer's errand, not a bank's fee.")
def bank_charge_process_server(stage: Stage) -> list[Expected]:
    stage.firm.deposit(stage.client, "500.00", None, stage.day(1))
    stage.firm.disburse(stage.client, "85.00", None, stage.day(8), description="Service of process fee")
    stage.firm.disburse(stage.client, "40.00", None, stage.day(9), description="Recording charge, county clerk")
    return []


@scenario("stale-twelve-months", SECTION, "Untouched for twelve months to the day.")
def stale_twelve_months(stage: Stage) -> list[Expected]:
    today = stage.tonight.astimezone(stage.firm.zone).date()
    touched = today.replace(year=today.year - 1)
    stage.firm.deposit(stage.client, "1000.00", stage.matter, touched)
    stage.firm.clio.change("matters", stage.matter, last_activity_date=touched)
    return [trust_row("trust_balance_stale", f"matter:{stage.matter['id']}", "1000.00")]


@scenario("stale-a-day-less", SECTION, "Twelve months tomorrow: not yet.")
def stale_a_day_less(stage: Stage) -> list[Expected]:
    today = stage.tonight.astimezone(stage.firm.zone).date()
    touched = today.replace(year=today.year - 1) + timedelta(days=1)
    stage.firm.deposit(stage.client, "1000.00", stage.matter, touched)
    stage.firm.clio.change("matters", stage.matter, last_activity_date=touched)
    return []
