"""The rules of trust: client money, tie-outs and the entries behind them."""

from datetime import date, timedelta
from decimal import Decimal

from sandbox.books import Record
from sandbox.money import money
from sandbox.scenarios.registry import Expected, naming_each_other, row, scenario
from sandbox.scenarios.stage import LATER, Stage, of

SECTION = "trust"


def account(stage: Stage) -> str:
    """The subject of rows about the trust account as a whole."""
    return f"clio-account:{stage.firm.trust['id']}"


def trust_row(code: str, subject: str, amount: str, **more: object) -> Expected:
    """Trust rows have no effect on receivables."""
    return row(code, subject, "0.00", amount=amount, **more)


def hold(stage: Stage, amount: str = "1000.00", day: int = 1) -> Record:
    """Money of the story's client on the story's matter, mirrored in Xero."""
    return stage.firm.deposit(stage.client, amount, stage.matter, stage.day(day))


def late(stage: Stage, number: int) -> date:
    """A day one month further on: statements older than 45 days no longer count."""
    return stage.day(number + 30)


# The figures


def shift_account(stage: Stage, amount: str) -> list[Expected]:
    """Clio's account balance says something else than its entries."""
    trust = stage.firm.trust
    stage.firm.clio.change("bank_accounts", trust, balance=trust["balance"] + money(amount))
    return [trust_row("trust_account_differs_from_ledger", account(stage), amount.lstrip("-"))]


@scenario("trust-clean", SECTION, "Deposits, a payment, a refund and a transfer, all mirrored.")
def trust_clean(stage: Stage) -> list[Expected]:
    firm = stage.firm
    hold(stage, "3000.00")
    second = firm.matter(stage.client, "Voss trust")
    bill = stage.bill()
    firm.pay_from_trust(bill, day=stage.day(10))
    firm.trust_transfer(stage.client, stage.matter, second, "250.00", stage.day(12))
    firm.disburse(stage.client, "100.00", second, stage.day(14), description="Refund of unused retainer")
    firm.deposit(stage.client, "75.00", None, stage.day(15))
    return []


@scenario("trust-account-off", SECTION, "The account's balance is 5.00 more than its entries.")
def trust_account_off(stage: Stage) -> list[Expected]:
    return shift_account(stage, "5.00")


@scenario("trust-account-one-cent", SECTION, "Tolerance is zero.")
def trust_account_one_cent(stage: Stage) -> list[Expected]:
    return shift_account(stage, "-0.01")


@scenario("trust-account-no-grace", SECTION, "It changed an hour ago; inside one system there is no grace.")
def trust_account_no_grace(stage: Stage) -> list[Expected]:
    stage.ago(hours=1)
    return shift_account(stage, "5.00")


def shift_pocket(stage: Stage, amount: str) -> list[Expected]:
    """The matter's balance says something else than the entries."""
    hold(stage)
    pocket = stage.matter["account_balances"][0]
    pocket["balance"] += money(amount)
    stage.firm.clio.touch("matters", stage.matter)
    # One figure for all trust accounts together, hence a row of the firm.
    return [trust_row("trust_ledger_differs_from_clients", "firm", amount.lstrip("-"))]


@scenario("trust-clients-off", SECTION, "A matter's balance is 40.00 more than the ledger knows.")
def trust_clients_off(stage: Stage) -> list[Expected]:
    return shift_pocket(stage, "40.00")


@scenario("trust-clients-one-cent", SECTION, "A cent less.")
def trust_clients_one_cent(stage: Stage) -> list[Expected]:
    return shift_pocket(stage, "-0.01")


@scenario("trust-two-accounts", SECTION, "Two trust accounts, one client's money moved from one to the other.")
def trust_two_accounts(stage: Stage) -> list[Expected]:
    firm = stage.firm
    second = firm.trust_account("Escrow", "1030", "2130")
    hold(stage, "900.00")
    firm.deposit(stage.client, "300.00", stage.matter, stage.day(2), account=second)
    # The cash moves by a transfer; a journal re-codes the liability.
    firm.between_trust_accounts(firm.trust, second, stage.client, stage.matter, "200.00", stage.day(3))
    firm.xero.post_journal(stage.day(3), "2100", "2130", Decimal("200.00"))
    return []


@scenario("trust-bank-off-liability", SECTION, "A deposit was coded to income instead of the liability.")
def trust_bank_off_liability(stage: Stage) -> list[Expected]:
    firm = stage.firm
    entry = firm.deposit(stage.client, "700.00", stage.matter, stage.day(1), mirror=False)
    firm.xero_bank_entry("IOLTA", firm.contact(stage.client), Decimal("700.00"), entry["date"], "200")
    return [trust_row("trust_bank_differs_from_liability", account(stage), "700.00")]


@scenario("trust-bank-off-liability-one-cent", SECTION, "A journal moved one cent of the liability.")
def trust_bank_off_liability_one_cent(stage: Stage) -> list[Expected]:
    stage.firm.xero.post_journal(stage.day(3), "404", "2100", Decimal("0.01"))
    return [trust_row("trust_bank_differs_from_liability", account(stage), "0.01")]


@scenario("trust-recoded-and-back", SECTION, "Coded to income and moved to the liability by a journal: silent.")
def trust_recoded(stage: Stage) -> list[Expected]:
    firm = stage.firm
    entry = firm.deposit(stage.client, "700.00", stage.matter, stage.day(1), mirror=False)
    firm.xero_bank_entry("IOLTA", firm.contact(stage.client), Decimal("700.00"), entry["date"], "200")
    firm.xero.post_journal(stage.day(4), "200", "2100", Decimal("700.00"))
    return []


# Clio against Xero, entry by entry


@scenario("trust-entry-not-in-xero", SECTION, "A deposit that nobody booked in Xero.")
def trust_entry_not_in_xero(stage: Stage) -> list[Expected]:
    hold(stage)
    entry = stage.firm.deposit(stage.client, "350.00", stage.matter, stage.day(3), mirror=False)
    return [
        trust_row("trust_entry_missing_in_xero", of(entry), "350.00"),
        trust_row("trust_clio_differs_from_xero", account(stage), "350.00"),
    ]


@scenario("trust-withdrawal-not-in-xero", SECTION, "A withdrawal that nobody booked in Xero.")
def trust_withdrawal_not_in_xero(stage: Stage) -> list[Expected]:
    hold(stage)
    entry = stage.firm.disburse(stage.client, "350.00", stage.matter, stage.day(3), mirror=False)
    return [
        trust_row("trust_entry_missing_in_xero", of(entry), "350.00"),
        trust_row("trust_clio_differs_from_xero", account(stage), "350.00"),
    ]


@scenario("trust-payment-not-in-xero", SECTION, "The bill's payment crossed; its trust side was forgotten.")
def trust_payment_not_in_xero(stage: Stage) -> list[Expected]:
    hold(stage, "2000.00")
    bill = stage.bill()
    allocation = stage.firm.pay_from_trust(bill, day=stage.day(10), mirror=False)
    entries = stage.firm.clio.tables["bank_transactions"].values()
    out = next(row_ for row_ in entries if row_["funds_out"] and row_["allocation"]["id"] == allocation["id"])
    return [
        trust_row("trust_entry_missing_in_xero", of(out), "1120.00"),
        trust_row("trust_clio_differs_from_xero", account(stage), "1120.00"),
    ]


@scenario("trust-entry-not-in-clio", SECTION, "A withdrawal in Xero that Clio does not know.")
def trust_entry_not_in_clio(stage: Stage) -> list[Expected]:
    firm = stage.firm
    hold(stage)
    entry = firm.xero_bank_entry("IOLTA", firm.contact(stage.client), Decimal("-60.00"), stage.day(4), "2100")
    return [
        trust_row("trust_entry_missing_in_clio", f"xero-entry:{entry['BankTransactionID']}", "60.00"),
        trust_row("trust_clio_differs_from_xero", account(stage), "60.00"),
    ]


@scenario("trust-transfer-not-in-clio", SECTION, "A transfer out of the trust account, in Xero alone.")
def trust_transfer_not_in_clio(stage: Stage) -> list[Expected]:
    firm = stage.firm
    hold(stage)
    transfer = firm.xero_transfer(firm.trust, firm.operating, Decimal("60.00"), stage.day(4))
    return [
        trust_row("trust_entry_missing_in_clio", f"xero-entry:{transfer['BankTransferID']}", "60.00"),
        trust_row("trust_clio_differs_from_xero", account(stage), "60.00"),
        # The transfer touches no liability.
        trust_row("trust_bank_differs_from_liability", account(stage), "60.00"),
    ]


@scenario("trust-entries-that-cancel", SECTION, "One missing on each side, of equal amount a month apart.")
def trust_entries_cancel(stage: Stage) -> list[Expected]:
    firm = stage.firm
    entry = firm.deposit(stage.client, "350.00", stage.matter, stage.day(1), mirror=False)
    other = firm.xero_bank_entry("IOLTA", firm.contact(stage.client), Decimal("350.00"), stage.day(25), "2100")
    return naming_each_other(
        [
            trust_row("trust_entry_missing_in_xero", of(entry), "350.00"),
            trust_row("trust_entry_missing_in_clio", f"xero-entry:{other['BankTransactionID']}", "350.00"),
        ]
    )


@scenario("trust-entry-3-days", SECTION, "Booked in Xero three days later: the same entry.")
def trust_entry_3_days(stage: Stage) -> list[Expected]:
    stage.firm.deposit(stage.client, "350.00", stage.matter, stage.day(1), xero_day=stage.day(4))
    return []


@scenario("trust-entry-4-days", SECTION, "Booked four days later: two entries, each alone.")
def trust_entry_4_days(stage: Stage) -> list[Expected]:
    entry = stage.firm.deposit(stage.client, "350.00", stage.matter, stage.day(1), xero_day=stage.day(5))
    twin = list(stage.firm.xero.tables["BankTransactions"])[-1]
    return [
        trust_row("trust_entry_missing_in_xero", of(entry), "350.00", candidate=(twin,)),
        trust_row("trust_entry_missing_in_clio", f"xero-entry:{twin}", "350.00", candidate=(str(entry["id"]),)),
    ]


@scenario("trust-entry-other-amount", SECTION, "A figure mistyped in Xero: two entries, each alone.")
def trust_entry_other_amount(stage: Stage) -> list[Expected]:
    firm = stage.firm
    entry = firm.deposit(stage.client, "350.00", stage.matter, stage.day(1), mirror=False)
    twin = firm.xero_trust_entry(entry, Decimal("530.00"))
    return naming_each_other(
        [
            trust_row("trust_entry_missing_in_xero", of(entry), "350.00"),
            trust_row("trust_entry_missing_in_clio", f"xero-entry:{twin['BankTransactionID']}", "530.00"),
            trust_row("trust_clio_differs_from_xero", account(stage), "180.00"),
        ]
    )


@scenario("trust-entry-deleted-in-xero", SECTION, "Booked in Xero and deleted there.")
def trust_entry_deleted(stage: Stage) -> list[Expected]:
    entry = stage.firm.deposit(stage.client, "350.00", stage.matter, stage.day(1))
    stage.firm.drop_mirror(entry)
    return [
        trust_row("trust_entry_missing_in_xero", of(entry), "350.00"),
        trust_row("trust_clio_differs_from_xero", account(stage), "350.00"),
    ]


@scenario("trust-entry-in-flight", SECTION, "Deposited an hour ago, not booked in Xero yet.")
def trust_entry_in_flight(stage: Stage) -> list[Expected]:
    # The difference between the two systems is in flight with the entry that makes it.
    stage.ago(hours=1)
    entry = stage.firm.deposit(stage.client, "350.00", stage.matter, stage.before(1), mirror=False)
    return [
        trust_row("trust_entry_missing_in_xero", of(entry), "350.00", status="in_flight"),
        trust_row("trust_clio_differs_from_xero", account(stage), "350.00", status="in_flight"),
    ]


@scenario("trust-payment-by-transfer", SECTION, "Paid from trust: against the liability, the cash by transfer.")
def trust_payment_by_transfer(stage: Stage) -> list[Expected]:
    hold(stage, "2000.00")
    stage.firm.pay_from_trust(stage.bill(), day=stage.day(10), xero_account="2100")
    return []


@scenario("trust-unexplained", SECTION, "A manual journal on Xero's trust bank: no entry explains it.")
def trust_unexplained(stage: Stage) -> list[Expected]:
    stage.firm.xero.post_journal(stage.day(3), "1010", "2100", Decimal("15.00"))
    return [
        trust_row("trust_clio_differs_from_xero", account(stage), "15.00"),
        trust_row("trust_unexplained", account(stage), "15.00"),
    ]


@scenario("trust-partly-unexplained", SECTION, "A forgotten deposit explains a part, a journal the rest.")
def trust_partly_unexplained(stage: Stage) -> list[Expected]:
    stage.firm.xero.post_journal(stage.day(3), "1010", "2100", Decimal("15.00"))
    entry = stage.firm.deposit(stage.client, "350.00", stage.matter, stage.day(3), mirror=False)
    return [
        trust_row("trust_entry_missing_in_xero", of(entry), "350.00"),
        trust_row("trust_clio_differs_from_xero", account(stage), "335.00"),
        trust_row("trust_unexplained", account(stage), "15.00"),
    ]


@scenario("trust-journal-cancels", SECTION, "A journal and its reversal on Xero's trust bank: silent.")
def trust_journal_cancels(stage: Stage) -> list[Expected]:
    stage.firm.xero.post_journal(stage.day(3), "1010", "2100", Decimal("15.00"))
    stage.firm.xero.post_journal(stage.day(4), "2100", "1010", Decimal("15.00"))
    return []


# Statements


@scenario("statement-typed", SECTION, "The bank's balance, typed in, is the ledger's of that day.")
def statement_typed(stage: Stage) -> list[Expected]:
    hold(stage, day=31)
    stage.firm.disburse(stage.client, "200.00", stage.matter, late(stage, 25))
    stage.firm.statement(late(stage, LATER), "1000.00")
    return []


@scenario("statement-typed-one-cent", SECTION, "The bank has a cent less.")
def statement_typed_one_cent(stage: Stage) -> list[Expected]:
    hold(stage, day=31)
    stage.firm.statement(late(stage, LATER), "999.99")
    return [trust_row("trust_book_differs_from_statement", account(stage), "0.01")]


@scenario("statement-outstanding", SECTION, "A cheque written before the statement's end had not cleared.")
def statement_outstanding(stage: Stage) -> list[Expected]:
    hold(stage, day=32)
    stage.firm.disburse(stage.client, "200.00", stage.matter, late(stage, 18))
    stage.firm.statement(late(stage, LATER), "1000.00", _lines(stage))
    return []


@scenario("statement-in-transit", SECTION, "A deposit of the last day is not on the statement yet.")
def statement_in_transit(stage: Stage) -> list[Expected]:
    hold(stage, day=32)
    stage.firm.deposit(stage.client, "300.00", stage.matter, late(stage, LATER))
    stage.firm.statement(late(stage, LATER), "1000.00", _lines(stage))
    return []


@scenario("statement-bank-fee", SECTION, "The bank took a fee that the book does not know.")
def statement_bank_fee(stage: Stage) -> list[Expected]:
    hold(stage, day=32)
    lines = [*_lines(stage), (late(stage, 15), "-12.00", "SERVICE CHARGE")]
    stage.firm.statement(late(stage, LATER), "988.00", lines)
    return [trust_row("trust_book_differs_from_statement", account(stage), "12.00")]


@scenario("statement-two-months", SECTION, "A cheque outstanding on the first statement clears on the second.")
def statement_two_months(stage: Stage) -> list[Expected]:
    hold(stage, day=32)
    stage.firm.disburse(stage.client, "200.00", stage.matter, late(stage, 18))
    stage.firm.statement(late(stage, LATER), "1000.00", _lines(stage))
    stage.firm.statement(late(stage, 26), "800.00", [(late(stage, 23), "-200.00", "CHECK 1001")])
    return []


@scenario("statement-latest-wins", SECTION, "An older statement was off; the latest agrees.")
def statement_latest_wins(stage: Stage) -> list[Expected]:
    hold(stage, day=32)
    stage.firm.statement(late(stage, 10), "900.00")
    stage.firm.statement(late(stage, LATER), "1000.00")
    return []


def _lines(stage: Stage) -> list[tuple[date, str, str]]:
    """What the bank saw: the deposit of the story."""
    return [(late(stage, 2), "1000.00", "DEPOSIT")]


# Client ledgers


@scenario("client-negative", SECTION, "More paid out than the matter held, and still so.")
def client_negative(stage: Stage) -> list[Expected]:
    hold(stage)
    stage.firm.disburse(stage.client, "1200.00", stage.matter, stage.day(10))
    return [trust_row("client_ledger_negative", f"matter:{stage.matter['id']}", "200.00")]


@scenario("client-negative-recovered", SECTION, "Below zero for two days, then covered.")
def client_negative_recovered(stage: Stage) -> list[Expected]:
    hold(stage)
    stage.firm.disburse(stage.client, "1200.00", stage.matter, stage.day(10))
    stage.firm.deposit(stage.client, "500.00", stage.matter, stage.day(12))
    return [trust_row("client_ledger_negative", f"matter:{stage.matter['id']}", "200.00", explains="recovered")]


@scenario("client-negative-lowest", SECTION, "Twice below zero: one row with the first day and the lowest balance.")
def client_negative_lowest(stage: Stage) -> list[Expected]:
    hold(stage)
    stage.firm.disburse(stage.client, "1100.00", stage.matter, stage.day(10))
    stage.firm.deposit(stage.client, "100.00", stage.matter, stage.day(11))
    stage.firm.disburse(stage.client, "350.00", stage.matter, stage.day(14))
    subject = f"matter:{stage.matter['id']}"
    return [trust_row("client_ledger_negative", subject, "350.00", explains=stage.day(10).isoformat()[-2:])]


@scenario("client-negative-one-cent", SECTION, "One cent below zero.")
def client_negative_one_cent(stage: Stage) -> list[Expected]:
    hold(stage)
    stage.firm.disburse(stage.client, "1000.01", stage.matter, stage.day(10))
    return [trust_row("client_ledger_negative", f"matter:{stage.matter['id']}", "0.01")]


@scenario("client-exactly-zero", SECTION, "Paid out to the cent: silent.")
def client_exactly_zero(stage: Stage) -> list[Expected]:
    hold(stage)
    stage.firm.disburse(stage.client, "1000.00", stage.matter, stage.day(10))
    return []


@scenario("client-same-day", SECTION, "Withdrawn and deposited on one day, entered in the wrong order: silent.")
def client_same_day(stage: Stage) -> list[Expected]:
    stage.firm.disburse(stage.client, "400.00", stage.matter, stage.day(10))
    stage.firm.deposit(stage.client, "400.00", stage.matter, stage.day(10))
    return []


@scenario("client-money-on-no-matter", SECTION, "The client's own pocket is below zero; its matter holds plenty.")
def client_money_on_no_matter(stage: Stage) -> list[Expected]:
    hold(stage)
    stage.firm.disburse(stage.client, "50.00", None, stage.day(10))
    return [trust_row("client_ledger_negative", f"client:{stage.client['id']}", "50.00")]


@scenario("client-other-matter", SECTION, "One matter overdrawn, another of the same client in funds.")
def client_other_matter(stage: Stage) -> list[Expected]:
    second = stage.firm.matter(stage.client, "Voss trust")
    hold(stage)
    stage.firm.disburse(stage.client, "50.00", second, stage.day(10))
    return [trust_row("client_ledger_negative", f"matter:{second['id']}", "50.00")]


# Fees


@scenario("fee-before-the-bill", SECTION, "Paid from trust the day before the bill was issued.")
def fee_before_bill(stage: Stage) -> list[Expected]:
    hold(stage, "2000.00")
    bill = stage.bill(issued=stage.day(10))
    stage.firm.pay_from_trust(bill, day=stage.day(9))
    return [trust_row("fee_taken_without_bill", of(bill), "1120.00")]


@scenario("fee-on-the-day", SECTION, "Paid from trust on the day of the bill: silent.")
def fee_on_the_day(stage: Stage) -> list[Expected]:
    hold(stage, "2000.00")
    bill = stage.bill(issued=stage.day(10))
    stage.firm.pay_from_trust(bill, day=stage.day(10))
    return []


@scenario("fee-before-the-bill-by-cheque", SECTION, "Paid early, but by the client's own cheque: silent.")
def fee_by_cheque(stage: Stage) -> list[Expected]:
    bill = stage.bill(issued=stage.day(10))
    stage.firm.pay(bill, day=stage.day(9))
    return []


@scenario("fee-on-a-draft", SECTION, "Paid from trust, then the bill went back to draft.")
def fee_on_draft(stage: Stage) -> list[Expected]:
    hold(stage, "2000.00")
    bill = stage.bill(in_xero=False)
    stage.firm.pay_from_trust(bill, day=stage.day(10), reaches_xero=False)
    stage.firm.clio.change("bills", bill, state="draft")
    return [trust_row("fee_taken_without_bill", of(bill), "1120.00")]


@scenario("fee-more-than-the-bill", SECTION, "Paid in full from trust, then the bill was cut by 140.00.")
def fee_more_than_bill(stage: Stage) -> list[Expected]:
    hold(stage, "2000.00")
    bill = stage.bill()
    stage.firm.pay_from_trust(bill, day=stage.day(10))
    stage.firm.edit_line(bill, 0, quantity=Decimal("0.80"))
    return [
        trust_row("fee_taken_without_bill", of(bill), "140.00"),
        row("amounts_differ", of(bill), "140.00"),
    ]


@scenario("fees-left-in-trust", SECTION, "Unpaid thirty days after it was due, while its matter holds money.")
def fees_left(stage: Stage) -> list[Expected]:
    hold(stage, "400.00")
    bill = stage.bill(issued=stage.before(60), due=stage.before(30))
    return [trust_row("earned_fees_left_in_trust", of(bill), "400.00")]


@scenario("fees-left-in-trust-small-bill", SECTION, "The bill is smaller than the money held.")
def fees_left_small_bill(stage: Stage) -> list[Expected]:
    hold(stage, "5000.00")
    bill = stage.bill(issued=stage.before(90), due=stage.before(60))
    return [trust_row("earned_fees_left_in_trust", of(bill), "1120.00")]


@scenario("fees-left-29-days", SECTION, "Twenty-nine days after it was due: not yet.")
def fees_left_29(stage: Stage) -> list[Expected]:
    hold(stage, "400.00")
    stage.bill(issued=stage.before(59), due=stage.before(29))
    return []


@scenario("fees-left-no-money", SECTION, "Long overdue, but the matter holds nothing.")
def fees_left_no_money(stage: Stage) -> list[Expected]:
    stage.bill(issued=stage.before(90), due=stage.before(60))
    return []


@scenario("fees-left-other-matter", SECTION, "The money is held for another matter of the client.")
def fees_left_other_matter(stage: Stage) -> list[Expected]:
    second = stage.firm.matter(stage.client, "Voss trust")
    stage.firm.deposit(stage.client, "400.00", second, stage.day(1))
    stage.bill(issued=stage.before(90), due=stage.before(60), matter=stage.matter)
    return []


# Stale, unassigned, misplaced, charged, doubled


@scenario("stale-closed", SECTION, "The matter is closed and still holds money.")
def stale_closed(stage: Stage) -> list[Expected]:
    hold(stage)
    stage.firm.close_matter(stage.matter)
    return [trust_row("trust_balance_stale", f"matter:{stage.matter['id']}", "1000.00")]


@scenario("stale-closed-empty", SECTION, "Closed with nothing left: silent.")
def stale_closed_empty(stage: Stage) -> list[Expected]:
    hold(stage)
    stage.firm.disburse(stage.client, "1000.00", stage.matter, stage.day(10))
    stage.firm.close_matter(stage.matter)
    return []


def untouched(stage: Stage, activity: int, entry: int) -> Record:
    """A matter whose last activity and last trust entry were so many days ago."""
    stage.firm.deposit(stage.client, "1000.00", stage.matter, stage.before(entry))
    stage.firm.clio.change("matters", stage.matter, last_activity_date=stage.before(activity))
    return stage.matter


@scenario("stale-untouched", SECTION, "Nothing for thirteen months.")
def stale_untouched(stage: Stage) -> list[Expected]:
    matter = untouched(stage, 396, 396)
    return [trust_row("trust_balance_stale", f"matter:{matter['id']}", "1000.00")]


@scenario("stale-eleven-months", SECTION, "Nothing for eleven months: not yet.")
def stale_eleven(stage: Stage) -> list[Expected]:
    untouched(stage, 335, 335)
    return []


@scenario("stale-recent-entry", SECTION, "No activity for thirteen months, but a recent deposit.")
def stale_recent_entry(stage: Stage) -> list[Expected]:
    untouched(stage, 396, 40)
    return []


@scenario("stale-recent-activity", SECTION, "An old deposit, but recent work.")
def stale_recent_activity(stage: Stage) -> list[Expected]:
    untouched(stage, 40, 396)
    return []


@scenario("unassigned", SECTION, "A deposit on neither client nor matter: it is in no client's ledger either.")
def unassigned(stage: Stage) -> list[Expected]:
    entry = stage.firm.trust_entry("220.00", None, None, stage.day(3))
    return [
        trust_row("trust_money_unassigned", of(entry), "220.00"),
        trust_row("trust_ledger_differs_from_clients", "firm", "220.00"),
    ]


@scenario("assigned-to-a-client", SECTION, "A deposit on a client without a matter is assigned: silent.")
def assigned_to_client(stage: Stage) -> list[Expected]:
    stage.firm.deposit(stage.client, "220.00", None, stage.day(3))
    return []


@scenario("receipt-in-operating", SECTION, "A trust request paid into the operating account.")
def receipt_in_operating(stage: Stage) -> list[Expected]:
    request = stage.firm.trust_request(stage.client, "800.00", stage.matter, stage.day(3))
    stage.firm.pay_request(request, "800.00", stage.day(6), account=stage.firm.operating)
    return [trust_row("trust_receipt_in_operating", of(request), "800.00")]


@scenario("receipt-in-operating-part", SECTION, "A part of the request went into operating.")
def receipt_in_operating_part(stage: Stage) -> list[Expected]:
    request = stage.firm.trust_request(stage.client, "800.00", stage.matter, stage.day(3))
    stage.firm.pay_request(request, "500.00", stage.day(6))
    stage.firm.pay_request(request, "300.00", stage.day(7), account=stage.firm.operating)
    return [trust_row("trust_receipt_in_operating", of(request), "300.00")]


@scenario("receipt-in-trust", SECTION, "A trust request paid into trust: silent.")
def receipt_in_trust(stage: Stage) -> list[Expected]:
    request = stage.firm.trust_request(stage.client, "800.00", stage.matter, stage.day(3))
    stage.firm.pay_request(request, "800.00", stage.day(6))
    return []


@scenario("bank-charge", SECTION, "The bank's fee of type bank_charge, booked to a matter.")
def bank_charge(stage: Stage) -> list[Expected]:
    hold(stage)
    fields = {"client": stage.client, "matter": stage.matter, "description": "Monthly analysis"}
    entry = stage.firm.bank_charge("25.00", stage.day(8), **fields)
    return [trust_row("bank_charge_in_trust", of(entry), "25.00")]


@scenario("bank-charge-described", SECTION, "On no matter, and described as a wire fee.")
def bank_charge_described(stage: Stage) -> list[Expected]:
    stage.firm.deposit(stage.client, "500.00", None, stage.day(1))
    entry = stage.firm.disburse(stage.client, "30.00", None, stage.day(8), description="Outgoing WIRE FEE")
    return [trust_row("bank_charge_in_trust", of(entry), "30.00")]


@scenario("bank-charge-for-the-client", SECTION, "Fees paid for the client on a matter are no bank charge.")
def bank_charge_for_client(stage: Stage) -> list[Expected]:
    hold(stage)
    stage.firm.disburse(stage.client, "435.00", stage.matter, stage.day(8), description="Court filing fee")
    stage.firm.disburse(stage.client, "30.00", stage.matter, stage.day(9), description="Wire fee, closing")
    return []


@scenario("bank-charge-paid-in", SECTION, "The firm refunds a charge: money in is no charge.")
def bank_charge_paid_in(stage: Stage) -> list[Expected]:
    stage.firm.deposit(stage.client, "30.00", None, stage.day(8), description="Refund of wire fee")
    return []


@scenario("interest-and-sweep", SECTION, "IOLTA interest and its sweep to the bar foundation, a client in Clio.")
def interest_and_sweep(stage: Stage) -> list[Expected]:
    foundation = stage.firm.company("State Bar Foundation")
    stage.firm.trust_interest("3.17", stage.day(8), client=foundation)
    return []


def doubled(stage: Stage, days: int = 0, **more: object) -> Record:
    """The same deposit twice, both mirrored."""
    stage.firm.deposit(stage.client, "150.00", stage.matter, stage.day(8))
    return stage.firm.deposit(stage.client, "150.00", stage.matter, stage.day(8 + days), **more)


@scenario("entry-doubled", SECTION, "Same account, client, matter, day, amount and sign twice.")
def entry_doubled(stage: Stage) -> list[Expected]:
    # Xero has both as well, so perhaps they are two.
    return [trust_row("trust_entry_duplicated", of(doubled(stage)), "150.00", severity="low")]


@scenario("entry-doubled-next-day", SECTION, "The same a day later: silent.")
def entry_doubled_next_day(stage: Stage) -> list[Expected]:
    doubled(stage, 1)
    return []


@scenario("entry-doubled-other-matter", SECTION, "The same day for another matter: silent.")
def entry_doubled_other_matter(stage: Stage) -> list[Expected]:
    second = stage.firm.matter(stage.client, "Voss trust")
    for matter in (stage.matter, second):
        stage.firm.deposit(stage.client, "150.00", matter, stage.day(8))
    return []


@scenario("entry-reversed", SECTION, "A cheque voided and reissued: out, in and out again on three days.")
def entry_reversed(stage: Stage) -> list[Expected]:
    hold(stage)
    stage.firm.disburse(stage.client, "150.00", stage.matter, stage.day(8))
    stage.firm.deposit(stage.client, "150.00", stage.matter, stage.day(9), description="Voided cheque")
    stage.firm.disburse(stage.client, "150.00", stage.matter, stage.day(10) + timedelta(days=1))
    return []


@scenario("trust-not-kept-in-xero", SECTION, "The firm maps no trust account: Clio's own tests, and it says so.")
def trust_not_kept_in_xero(stage: Stage) -> list[Expected]:
    stage.firm.settings["trust_accounts"] = []
    stage.firm.deposit(stage.client, "400.00", stage.matter, stage.day(1), mirror=False)
    return [trust_row("trust_account_not_mapped", account(stage), "400.00", advises="tieout.toml")]
