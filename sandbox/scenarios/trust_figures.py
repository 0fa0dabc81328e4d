"""Figures of client money: statements and what had not cleared, accounts that are shared, kept by journals or mapped by
nobody, charges of banks, pockets that fall below zero again, fees spread over what is held."""

from datetime import timedelta
from decimal import Decimal

from sandbox.books import Record
from sandbox.engine import time
from sandbox.scenarios.registry import Expected, row, scenario
from sandbox.scenarios.stage import LATER, Stage, of
from sandbox.scenarios.trust import account, hold, late, trust_row

SECTION = "trust"
Lines = list[tuple[int, str, str]]


def statement(stage: Stage, closing: str, lines: Lines, day: int = LATER, of_account: Record | None = None) -> None:
    """The bank's statement of a month later, its lines by the day of that month."""
    written = [(late(stage, on), amount, text) for on, amount, text in lines]
    stage.firm.statement(late(stage, day), closing, written, of_account)


def book_differs(stage: Stage, amount: str, **more: object) -> list[Expected]:
    """The one row about the statement."""
    return [trust_row("trust_book_differs_from_statement", account(stage), amount, **more)]


# Statements: which line clears which entry


@scenario("statement-lapping", SECTION, "The bank has 500.00 that the book lacks, the book 500.00 that the bank lacks.")
def statement_lapping(stage: Stage) -> list[Expected]:
    other = stage.other()
    hold(stage, day=31)
    stage.firm.deposit(other, "500.00", stage.firm.matter_of(other), late(stage, 19))
    statement(stage, "1500.00", [(1, "1000.00", "DEPOSIT"), (2, "500.00", "DEPOSIT")])
    return book_differs(stage, "500.00", explains=("deposit in transit 500.00", "that clear no entry: 500.00"))


def ahead(stage: Stage, days: int) -> None:
    """The bank shows a deposit so many days before the book does."""
    hold(stage, day=31)
    stage.firm.deposit(stage.client, "500.00", stage.matter, late(stage, 15))
    statement(stage, "1500.00", [(1, "1000.00", "DEPOSIT"), (15 - days, "500.00", "DEPOSIT")])


@scenario("statement-line-3-days-ahead", SECTION, "The bank's line is three days before the entry: the same money.")
def statement_line_3_days_ahead(stage: Stage) -> list[Expected]:
    ahead(stage, 3)
    return []


@scenario("statement-line-4-days-ahead", SECTION, "Four days before: other money.")
def statement_line_4_days_ahead(stage: Stage) -> list[Expected]:
    ahead(stage, 4)
    return book_differs(stage, "500.00")


def cleared_after(stage: Stage, days: int) -> None:
    """A cheque of half a year ago that the first statement left open; its line comes so many days later."""
    firm, written = stage.firm, late(stage, 15) - timedelta(days=180)
    firm.deposit(stage.client, "1000.00", stage.matter, written - timedelta(days=5))
    firm.deposit(stage.client, "10.00", stage.matter, written - timedelta(days=1))
    firm.disburse(stage.client, "200.00", stage.matter, written)
    firm.statement(written + timedelta(days=5), "1010.00", [(written - timedelta(days=1), "10.00", "DEPOSIT")])
    lines = [
        (stage.day(0) - timedelta(days=50), "640.00", "DEPOSIT"),
        (stage.day(9), "-640.00", "TRANSFER"),
        (written + timedelta(days=days), "-200.00", "CHECK 1001"),
    ]
    firm.statement(late(stage, LATER), "810.00", lines)


@scenario("statement-cleared-after-180-days", SECTION, "A cheque is cashed 180 days after it was written.")
def statement_cleared_after_180(stage: Stage) -> list[Expected]:
    cleared_after(stage, 180)
    return []


@scenario("statement-cleared-after-181-days", SECTION, "A line 181 days after the cheque is another cheque.")
def statement_cleared_after_181(stage: Stage) -> list[Expected]:
    cleared_after(stage, 181)
    return book_differs(stage, "200.00", explains="outstanding withdrawal 200.00")


# Statements: slips


def slips(stage: Stage, deposits: Lines, lines: Lines, closing: str) -> None:
    """Deposits of the story's client, by day, and the bank's lines, after one of 1,000.00 that cleared."""
    hold(stage, day=32)
    for day, amount, text in deposits:
        stage.firm.deposit(stage.client, amount, stage.matter, late(stage, day), description=text)
    statement(stage, closing, [(2, "1000.00", "DEPOSIT"), *lines])


@scenario(
    "statement-slip-of-some", SECTION, "Two of three cheques of a day stand on one slip; the third is in transit."
)
def statement_slip_of_some(stage: Stage) -> list[Expected]:
    deposits = [(18, "1000.00", "Check 1"), (18, "500.00", "Check 2"), (18, "700.00", "Check 3")]
    slips(stage, deposits, [(19, "1500.00", "SLIP 7")], "2500.00")
    return []


@scenario("statement-two-slips-of-a-day", SECTION, "Five cheques of a day on two slips, and no cheque on both.")
def statement_two_slips(stage: Stage) -> list[Expected]:
    # 900.00 is also 500.00 + 400.00; then nothing would be left that adds up to 600.00.
    deposits = [(17, amount, "Check") for amount in ("500.00", "400.00", "300.00", "200.00", "100.00")]
    slips(stage, deposits, [(18, "900.00", "SLIP 7"), (18, "600.00", "SLIP 8")], "2500.00")
    return []


@scenario("statement-slip-of-two-days", SECTION, "One line is the sum of two cheques of different days: no slip.")
def statement_slip_of_two_days(stage: Stage) -> list[Expected]:
    slips(stage, [(11, "300.00", "Check 1"), (12, "45.00", "Check 2")], [(13, "345.00", "SLIP 7")], "1345.00")
    return book_differs(stage, "345.00")


@scenario("statement-slip-one-cent", SECTION, "The slip is a cent more than its cheques.")
def statement_slip_one_cent(stage: Stage) -> list[Expected]:
    slips(stage, [(12, "300.00", "Check 1"), (12, "45.00", "Check 2")], [(13, "345.01", "SLIP 7")], "1345.01")
    return book_differs(stage, "345.01")


@scenario("statement-cheques-are-no-slip", SECTION, "Two cheques written on one day, and one line of their sum.")
def statement_cheques_are_no_slip(stage: Stage) -> list[Expected]:
    hold(stage, day=32)
    for amount in ("300.00", "45.00"):
        stage.firm.disburse(stage.client, amount, stage.matter, late(stage, 12))
    statement(stage, "655.00", [(2, "1000.00", "DEPOSIT"), (13, "-345.00", "WITHDRAWAL")])
    return book_differs(stage, "345.00")


# Statements: what they speak of, and for how long


def cheque_between(stage: Stage, typed: bool) -> None:
    """A statement of day 30; the next one has its first line two weeks later, and a cheque was written between."""
    hold(stage, day=2)
    lines = [] if typed else [(stage.day(2), "1000.00", "DEPOSIT"), (stage.day(9), "-640.00", "TRANSFER")]
    stage.firm.statement(stage.day(30), "1000.00", lines)
    stage.firm.disburse(stage.client, "200.00", stage.matter, late(stage, 3))
    stage.firm.deposit(stage.client, "10.00", stage.matter, late(stage, 15))
    statement(stage, "1010.00", [(15, "10.00", "DEPOSIT")])


@scenario("statement-cheque-before-its-first-line", SECTION, "Written after the last statement, before the first line.")
def statement_cheque_before_first_line(stage: Stage) -> list[Expected]:
    cheque_between(stage, typed=False)
    return []


@scenario("statement-cheque-after-a-typed-one", SECTION, "The same after a balance that was typed in.")
def statement_cheque_after_typed(stage: Stage) -> list[Expected]:
    cheque_between(stage, typed=True)
    return []


@scenario("statement-entry-of-the-last-one", SECTION, "An entry of the day of the typed balance had cleared with it.")
def statement_entry_of_the_last_one(stage: Stage) -> list[Expected]:
    hold(stage, day=2)
    stage.firm.disburse(stage.client, "200.00", stage.matter, stage.day(30))
    stage.firm.statement(stage.day(30), "800.00")
    stage.firm.deposit(stage.client, "10.00", stage.matter, late(stage, 15))
    statement(stage, "810.00", [(15, "10.00", "DEPOSIT")])
    return []


@scenario("statement-line-in-two-files", SECTION, "A line that stands in two files clears one of two equal cheques.")
def statement_line_in_two_files(stage: Stage) -> list[Expected]:
    hold(stage, day=32)
    for day in (10, 12):
        stage.firm.disburse(stage.client, "200.00", stage.matter, late(stage, day))
    lines = [(2, "1000.00", "DEPOSIT"), (14, "-200.00", "CHECK 1001")]
    statement(stage, "800.00", lines, day=15)
    stage.firm.deposit(stage.client, "10.00", stage.matter, late(stage, 16))
    statement(stage, "810.00", [*lines, (16, "10.00", "DEPOSIT")])
    return []


@scenario("statement-45-days", SECTION, "A statement of 45 days ago is compared.")
def statement_45_days(stage: Stage) -> list[Expected]:
    stage.firm.statement(stage.before(45), "1.00")
    return book_differs(stage, stage_off(stage, 45))


def stage_off(stage: Stage, days: int) -> str:
    """How far 1.00 is from the ledger of the clean bills on that day: their payment takes out all 640.00."""
    return "1.00" if stage.before(days) >= stage.day(9) else "639.00"


@scenario("statement-46-days", SECTION, "One of 46 days ago says nothing of today: a missing figure.")
def statement_46_days(stage: Stage) -> list[Expected]:
    stage.firm.statement(stage.before(46), "1.00")
    return []


# Accounts: shared in Xero


def shared(stage: Stage) -> Record:
    """A second trust account, with a liability account of its own, in the bank account of the first."""
    second = stage.firm.trust_account("Escrow", "1030", "2130")
    stage.firm.share_xero_account("Escrow", "1010")
    hold(stage, "600.00")
    other = stage.other()
    stage.firm.deposit(other, "300.00", stage.firm.matter_of(other), stage.day(2), account=second)
    return second


@scenario("trust-shared-bank", SECTION, "Two trust accounts in one bank account in Xero, 600.00 and 300.00: silent.")
def trust_shared_bank(stage: Stage) -> list[Expected]:
    second = shared(stage)
    stage.firm.statement(late(stage, LATER), "900.00", account=second)
    return []


@scenario("trust-shared-bank-off", SECTION, "The bank account of the two has 1,000.00: 100.00 is not owed to anybody.")
def trust_shared_bank_off(stage: Stage) -> list[Expected]:
    shared(stage)
    extra = stage.firm.xero_bank_entry("IOLTA", stage.firm.bank_contact(), Decimal("100.00"), stage.day(4), "200")
    return [
        trust_row("trust_entry_missing_in_clio", f"xero-entry:{extra['BankTransactionID']}", "100.00"),
        trust_row("trust_clio_differs_from_xero", account(stage), "100.00", explains="900.00"),
        trust_row("trust_bank_differs_from_liability", account(stage), "100.00", explains=("900.00", "100.00 on 1010")),
    ]


@scenario("trust-shared-statement-off", SECTION, "The statement of the shared account is 50.00 short: said once.")
def trust_shared_statement_off(stage: Stage) -> list[Expected]:
    second = shared(stage)
    stage.firm.statement(late(stage, LATER), "850.00", account=second)
    return book_differs(stage, "50.00", explains="IOLTA, Escrow")


@scenario("trust-shared-statement-file", SECTION, "Entries of both accounts clear by the lines of the one statement.")
def trust_shared_statement_file(stage: Stage) -> list[Expected]:
    second = stage.firm.trust_account("Escrow", "1030", "2130")
    stage.firm.share_xero_account("Escrow", "1010")
    hold(stage, "600.00", day=31)
    stage.firm.deposit(stage.client, "300.00", stage.matter, late(stage, 5), account=second)
    stage.firm.disburse(stage.client, "40.00", stage.matter, late(stage, 18), account=second)
    statement(stage, "900.00", [(1, "600.00", "DEPOSIT"), (6, "300.00", "DEPOSIT")])
    return []


# Accounts: kept by journals


def journals(stage: Stage) -> Record:
    """A trust account that stands on a current asset in Xero, with 500.00 in and 120.00 out by journals."""
    escrow = stage.firm.journal_account("Escrow", "1050", "2150")
    stage.firm.deposit(stage.client, "500.00", stage.matter, stage.day(2), account=escrow)
    stage.firm.disburse(stage.client, "120.00", stage.matter, stage.day(6), account=escrow)
    return escrow


def of_account(record: Record) -> str:
    """The subject of rows about a trust account."""
    return f"clio-account:{record['id']}"


@scenario("trust-journals", SECTION, "Trust kept by journals between a current asset and the liability: ties.")
def trust_journals(stage: Stage) -> list[Expected]:
    escrow = journals(stage)
    stage.firm.statement(late(stage, LATER), "380.00", account=escrow)
    stage.firm.statement(late(stage, LATER), "0.00")
    return []


@scenario(
    "trust-journal-missing", SECTION, "A deposit without its journal: the advice is a journal, not money received."
)
def trust_journal_missing(stage: Stage) -> list[Expected]:
    escrow = journals(stage)
    entry = stage.firm.deposit(stage.client, "350.00", stage.matter, stage.day(8), account=escrow, mirror=False)
    journal = ("manual journal", "debit 1050", "350.00", "credit 2150")
    return [
        trust_row("trust_entry_missing_in_xero", of(entry), "350.00", advises=journal, never_advises="receive money"),
        trust_row("trust_clio_differs_from_xero", of_account(escrow), "350.00"),
    ]


@scenario("trust-journal-of-a-withdrawal-missing", SECTION, "A withdrawal without its journal: the other way round.")
def trust_journal_of_withdrawal_missing(stage: Stage) -> list[Expected]:
    escrow = journals(stage)
    entry = stage.firm.disburse(stage.client, "35.00", stage.matter, stage.day(8), account=escrow, mirror=False)
    return [
        trust_row("trust_entry_missing_in_xero", of(entry), "35.00", advises=("debit 2150", "credit 1050")),
        trust_row("trust_clio_differs_from_xero", of_account(escrow), "35.00"),
    ]


@scenario("trust-journal-in-xero-alone", SECTION, "A journal that Clio knows nothing of.")
def trust_journal_in_xero_alone(stage: Stage) -> list[Expected]:
    escrow = journals(stage)
    journal = stage.firm.xero_trust_journal("Escrow", Decimal("60.00"), stage.day(9), "Deposit")
    return [
        trust_row("trust_entry_missing_in_clio", f"xero-entry:{journal['ManualJournalID']}", "60.00"),
        trust_row("trust_clio_differs_from_xero", of_account(escrow), "60.00"),
    ]


@scenario("trust-journal-of-two-lines", SECTION, "One journal for two deposits; Clio has one of them.")
def trust_journal_of_two_lines(stage: Stage) -> list[Expected]:
    escrow = journals(stage)
    stage.firm.deposit(stage.client, "300.00", stage.matter, stage.day(9), account=escrow, mirror=False)
    lines = [
        ("1050", Decimal("300.00"), "Deposit"),
        ("2150", Decimal("-500.00"), "Owed"),
        ("1050", Decimal("200.00"), "Deposit"),
    ]
    journal = stage.firm.xero.add_manual_journal(stage.day(9), "Trust deposits", lines)
    # The third line of the journal; of several on one account each has its number.
    return [
        trust_row("trust_entry_missing_in_clio", f"xero-entry:{journal['ManualJournalID']}:3", "200.00"),
        trust_row("trust_clio_differs_from_xero", of_account(escrow), "200.00"),
    ]


@scenario("trust-journal-for-the-day", SECTION, "One journal line for all deposits of a day.")
def trust_journal_for_the_day(stage: Stage) -> list[Expected]:
    escrow = journals(stage)
    for amount in ("300.00", "210.00"):
        stage.firm.deposit(stage.client, amount, stage.matter, stage.day(9), account=escrow, mirror=False)
    stage.firm.xero_trust_journal("Escrow", Decimal("510.00"), stage.day(10), "Trust deposits")
    return []


@scenario("trust-journal-draft", SECTION, "A journal that is still a draft books nothing.")
def trust_journal_draft(stage: Stage) -> list[Expected]:
    escrow = journals(stage)
    entry = stage.firm.deposit(stage.client, "350.00", stage.matter, stage.day(8), account=escrow, mirror=False)
    lines = [("1050", Decimal("350.00"), "Deposit"), ("2150", Decimal("-350.00"), "Deposit")]
    stage.firm.xero.add_manual_journal(stage.day(8), "Deposit", lines, status="DRAFT")
    return [
        trust_row("trust_entry_missing_in_xero", of(entry), "350.00"),
        trust_row("trust_clio_differs_from_xero", of_account(escrow), "350.00"),
    ]


@scenario("trust-journal-voided", SECTION, "A journal that was voided in Xero.")
def trust_journal_voided(stage: Stage) -> list[Expected]:
    escrow = journals(stage)
    entry = stage.firm.deposit(stage.client, "350.00", stage.matter, stage.day(8), account=escrow)
    stage.firm.drop_mirror(entry)
    return [
        trust_row("trust_entry_missing_in_xero", of(entry), "350.00"),
        trust_row("trust_clio_differs_from_xero", of_account(escrow), "350.00"),
    ]


@scenario(
    "trust-journal-other-document", SECTION, "Paid out through operating, coded to the trust asset: an entry of it."
)
def trust_journal_other_document(stage: Stage) -> list[Expected]:
    escrow = journals(stage)
    firm = stage.firm
    firm.disburse(stage.client, "60.00", stage.matter, stage.day(9), account=escrow, mirror=False)
    firm.xero_bank_entry("Operating", firm.contact(stage.client), Decimal("60.00"), stage.day(9), "1050", "From escrow")
    # What is owed to clients was not touched.
    return [
        trust_row("trust_bank_differs_from_liability", of_account(escrow), "60.00", explains=("From escrow", "on 1050"))
    ]


# Bank against liability: the entries that make the difference


@scenario("trust-bank-off-liability-in-part", SECTION, "Of 700.00 received 100.00 went to income.")
def trust_bank_off_in_part(stage: Stage) -> list[Expected]:
    firm = stage.firm
    entry = firm.deposit(stage.client, "700.00", stage.matter, stage.day(1), mirror=False)
    lines = [
        firm.xero.line("Retainer", Decimal(1), Decimal("600.00"), "2100"),
        firm.xero.line("Consultation", Decimal(1), Decimal("100.00"), "200"),
    ]
    bank = firm.xero.account("1010")
    firm.xero.add_bank_transaction("RECEIVE", firm.contact(stage.client), entry["date"], bank, lines, "Voss")
    explains = ("Eleanor Voss", "700.00 on the bank side", "600.00 on what is owed")
    return [trust_row("trust_bank_differs_from_liability", account(stage), "100.00", explains=explains)]


@scenario(
    "trust-bank-off-liability-named", SECTION, "A journal on the liability alone is named; a moved deposit is not."
)
def trust_bank_off_named(stage: Stage) -> list[Expected]:
    firm = stage.firm
    entry = firm.deposit(stage.client, "700.00", stage.matter, stage.day(1), mirror=False)
    firm.xero_bank_entry("IOLTA", firm.contact(stage.client), Decimal("700.00"), entry["date"], "200", "Coded to fees")
    firm.xero.post_journal(stage.day(4), "200", "2100", Decimal("700.00"), "Moved to trust")
    firm.xero.post_journal(stage.day(12), "970", "2100", Decimal("40.00"), "Owner paid in")
    return [
        trust_row(
            "trust_bank_differs_from_liability",
            account(stage),
            "40.00",
            explains=("Owner paid in", "40.00 on 2100"),
            silent_on=("Coded to fees", "Moved to trust"),
        )
    ]


# Accounts that nobody mapped


def unmapped(stage: Stage) -> Record:
    """A second trust account in Clio that the firm's settings do not name."""
    return stage.firm.add_clio_account("Escrow", "Trust")


@scenario("trust-second-account-not-mapped", SECTION, "A second trust account with 900.00 that no mapping names.")
def trust_second_account_not_mapped(stage: Stage) -> list[Expected]:
    second = unmapped(stage)
    stage.firm.deposit(stage.client, "900.00", stage.matter, stage.day(2), account=second, mirror=False)
    return [trust_row("trust_account_not_mapped", of_account(second), "900.00", advises="tieout.toml")]


@scenario("trust-emptied-account-not-mapped", SECTION, "It holds nothing any more; entries it has.")
def trust_emptied_account_not_mapped(stage: Stage) -> list[Expected]:
    second = unmapped(stage)
    stage.firm.deposit(stage.client, "900.00", stage.matter, stage.day(2), account=second, mirror=False)
    stage.firm.disburse(stage.client, "900.00", stage.matter, stage.day(3), account=second, mirror=False)
    return [trust_row("trust_account_not_mapped", of_account(second), "0.00")]


@scenario("trust-unused-account-not-mapped", SECTION, "Never used: silent.")
def trust_unused_account_not_mapped(stage: Stage) -> list[Expected]:
    unmapped(stage)
    return []


@scenario("trust-unmapped-counts", SECTION, "Money of nobody in an unmapped account is missing in the clients' sum.")
def trust_unmapped_counts(stage: Stage) -> list[Expected]:
    second = unmapped(stage)
    stage.firm.deposit(stage.client, "900.00", stage.matter, stage.day(2), account=second, mirror=False)
    entry = stage.firm.trust_entry("50.00", None, None, stage.day(3), account=second, mirror=False)
    return [
        trust_row("trust_account_not_mapped", of_account(second), "950.00"),
        trust_row("trust_money_unassigned", of(entry), "50.00"),
        trust_row("trust_ledger_differs_from_clients", "firm", "50.00"),
    ]


# What was accepted once is no answer to the next time


def accept(stage: Stage, code: str, subject: str) -> None:
    """A person accepts the row as the first night found it."""
    stage.firm.acceptances.append(
        {
            "exception_id": None,
            "code": code,
            "subject_key": subject,
            "ar_effect": Decimal("0.00"),
            "clio_value": None,
            "xero_value": None,
            "accepted_by": "Priya Nair",
            "accepted_at": stage.tonight,
            "expires_on": stage.today + timedelta(days=90),
            "reason": "Covered by the firm, and restored",
            "withdrawn_at": None,
        }
    )


def recovered(stage: Stage) -> str:
    """500.00 below zero for two days, then covered, and accepted so."""
    hold(stage)
    stage.firm.disburse(stage.client, "1500.00", stage.matter, stage.day(10))
    stage.firm.deposit(stage.client, "500.00", stage.matter, stage.day(12))
    subject = f"matter:{stage.matter['id']}"
    accept(stage, "client_ledger_negative", subject)
    return subject


@scenario("client-negative-again", SECTION, "Accepted as recovered; then it falls below zero again.")
def client_negative_again(stage: Stage) -> list[Expected]:
    subject = recovered(stage)

    def later(stage: Stage) -> list[Expected]:
        stage.firm.disburse(stage.client, "300.00", stage.matter, stage.before(1))
        explains = ("2 times", "has not recovered")
        return [trust_row("client_ledger_negative", subject, "500.00", explains=explains)]

    stage.later = later
    return [trust_row("client_ledger_negative", subject, "500.00", explains="recovered")]


@scenario("client-negative-stays-accepted", SECTION, "Accepted as recovered; ordinary money comes and goes since.")
def client_negative_stays_accepted(stage: Stage) -> list[Expected]:
    subject = recovered(stage)

    def later(stage: Stage) -> list[Expected]:
        stage.firm.deposit(stage.client, "200.00", stage.matter, stage.before(2))
        stage.firm.disburse(stage.client, "200.00", stage.matter, stage.before(1))
        return [trust_row("client_ledger_negative", subject, "500.00", status="accepted")]

    stage.later = later
    return [trust_row("client_ledger_negative", subject, "500.00")]


@scenario("fee-surplus-grows", SECTION, "A surplus was accepted; then the bill is cut further.")
def fee_surplus_grows(stage: Stage) -> list[Expected]:
    hold(stage, "2000.00")
    bill = stage.bill()
    stage.firm.pay_from_trust(bill, day=stage.day(10))
    stage.firm.edit_line(bill, 0, quantity=Decimal("0.80"))
    accept(stage, "fee_taken_without_bill", of(bill))

    def later(stage: Stage) -> list[Expected]:
        stage.firm.edit_line(bill, 0, quantity=Decimal("0.20"))
        return [
            trust_row("fee_taken_without_bill", of(bill), "350.00"),
            row("amounts_differ", of(bill), "350.00", status="in_flight"),
        ]

    stage.later = later
    return [trust_row("fee_taken_without_bill", of(bill), "140.00"), row("amounts_differ", of(bill), "140.00")]


@scenario("fee-no-grace", SECTION, "Taken from trust an hour ago for a bill that is a draft: no grace inside Clio.")
def fee_no_grace(stage: Stage) -> list[Expected]:
    hold(stage, "2000.00")
    bill = stage.bill(in_xero=False)
    stage.ago(hours=1)
    stage.firm.pay_from_trust(bill, day=stage.before(1), reaches_xero=False)
    stage.firm.clio.change("bills", bill, state="draft")
    return [trust_row("fee_taken_without_bill", of(bill), "1120.00")]


@scenario("unassigned-no-grace", SECTION, "Money of nobody, entered an hour ago: no grace inside Clio.")
def unassigned_no_grace(stage: Stage) -> list[Expected]:
    stage.ago(hours=1)
    entry = stage.firm.trust_entry("220.00", None, None, stage.before(1))
    return [
        trust_row("trust_money_unassigned", of(entry), "220.00"),
        trust_row("trust_ledger_differs_from_clients", "firm", "220.00"),
    ]


# Earned fees


def overdue(stage: Stage, due: int, issued: int = 90, amount: str = "400.00", matter: Record | None = None) -> Record:
    """A bill that was due so many days ago."""
    lines = [time("Review of lease", "1.00", amount)]
    return stage.bill(lines, issued=stage.before(issued), due=stage.before(due), matter=matter or stage.matter)


@scenario("fees-left-three-bills", SECTION, "Three overdue bills and 300.00: named once, for the oldest.")
def fees_left_three_bills(stage: Stage) -> list[Expected]:
    hold(stage, "300.00")
    overdue(stage, 40)
    oldest = overdue(stage, 60)
    overdue(stage, 50)
    return [trust_row("earned_fees_left_in_trust", of(oldest), "300.00")]


@scenario("fees-left-one-and-a-half", SECTION, "What is left of the first bill's money goes to the next.")
def fees_left_one_and_a_half(stage: Stage) -> list[Expected]:
    hold(stage, "550.00")
    oldest, second, _ = overdue(stage, 60), overdue(stage, 50), overdue(stage, 40)
    return [
        trust_row("earned_fees_left_in_trust", of(oldest), "400.00"),
        trust_row("earned_fees_left_in_trust", of(second), "150.00", advises="Pay 150.00"),
    ]


@scenario("fees-left-same-due-date", SECTION, "Due on one day: the one issued first, then the one with the lower id.")
def fees_left_same_due_date(stage: Stage) -> list[Expected]:
    hold(stage, "900.00")
    later = overdue(stage, 60, issued=80)
    overdue(stage, 60, issued=80)
    first = overdue(stage, 60, issued=85)
    return [
        trust_row("earned_fees_left_in_trust", of(first), "400.00"),
        trust_row("earned_fees_left_in_trust", of(later), "400.00"),
        trust_row("earned_fees_left_in_trust", of(stage.firm.clio.tables["bills"][later["id"] + 1]), "100.00"),
    ]


@scenario("fees-left-two-matters", SECTION, "Each matter's money is for its own bills.")
def fees_left_two_matters(stage: Stage) -> list[Expected]:
    second = stage.firm.matter(stage.client, "Voss trust")
    hold(stage, "100.00")
    stage.firm.deposit(stage.client, "250.00", second, stage.day(2))
    one, other = overdue(stage, 60), overdue(stage, 50, matter=second)
    return [
        trust_row("earned_fees_left_in_trust", of(one), "100.00"),
        trust_row("earned_fees_left_in_trust", of(other), "250.00"),
    ]


# Charges of banks, cards and processors

CHARGES = (
    "NSF charge",
    "Overdraft",
    "LawPay processing fee",
    "Account analysis",
    "Stop payment",
    "Returned item",
    "Check order",
    "Fee for wire",
    "MONTHLY MAINTENANCE FEE",
    "Chargeback",
    "Merchant discount",
    "Cheque order - 200 cheques",
)
NO_CHARGES = (
    "Green card filing fee",
    "Subpoena service fee",
    "Patent maintenance fee",
    "Court filing fee paid by credit card",
    "DNA analysis fee",
    "Bank records subpoena fee",
    "Recording charge, county clerk",
    "Service of process fee",
    "Retainer for wire fraud charges",
)


def taken(number: int) -> str:
    """So many different amounts."""
    return f"{20 + number}.50"


@scenario("bank-charge-words", SECTION, "What banks, cards and processors call their charges, from trust, no matter.")
def bank_charge_words(stage: Stage) -> list[Expected]:
    stage.firm.deposit(stage.client, "900.00", None, stage.day(1))
    entries = [
        stage.firm.disburse(stage.client, taken(number), None, stage.day(3), description=text)
        for number, text in enumerate(CHARGES)
    ]
    return [trust_row("bank_charge_in_trust", of(entry), taken(number)) for number, entry in enumerate(entries)]


@scenario("bank-charge-in-xero-alone", SECTION, "The same in Xero alone: each stands for the entry that Clio lacks.")
def bank_charge_in_xero_alone(stage: Stage) -> list[Expected]:
    firm = stage.firm
    firm.deposit(stage.client, "900.00", None, stage.day(1))
    entries = [
        firm.xero_bank_entry("IOLTA", firm.bank_contact(), -Decimal(taken(number)), stage.day(3), "2100", text)
        for number, text in enumerate(CHARGES)
    ]
    total = sum(Decimal(taken(number)) for number in range(len(CHARGES)))
    return [
        *(
            trust_row(
                "bank_charge_in_trust",
                f"xero-entry:{entry['BankTransactionID']}",
                taken(number),
                advises=("operating account", "in Clio"),
                never_advises="with its client and matter",
            )
            for number, entry in enumerate(entries)
        ),
        trust_row("trust_clio_differs_from_xero", account(stage), str(total)),
    ]


@scenario("bank-charge-lookalikes", SECTION, "Fees of courts, agencies and errands: no charge of a bank.")
def bank_charge_lookalikes(stage: Stage) -> list[Expected]:
    stage.firm.deposit(stage.client, "900.00", None, stage.day(1))
    for number, text in enumerate(NO_CHARGES):
        stage.firm.disburse(stage.client, taken(number), None, stage.day(3), description=text)
    return []


@scenario("bank-charge-lookalike-in-xero-alone", SECTION, "A filing fee in Xero alone is an entry that Clio lacks.")
def bank_charge_lookalike_in_xero_alone(stage: Stage) -> list[Expected]:
    hold(stage)
    firm = stage.firm
    entry = firm.xero_bank_entry(
        "IOLTA", firm.bank_contact(), Decimal("-435.00"), stage.day(3), "2100", "Court filing fee"
    )
    return [
        trust_row("trust_entry_missing_in_clio", f"xero-entry:{entry['BankTransactionID']}", "435.00"),
        trust_row("trust_clio_differs_from_xero", account(stage), "435.00"),
    ]


@scenario(
    "bank-charge-said-by-xero", SECTION, "Clio says no more than withdrawal; its partner in Xero says what it is."
)
def bank_charge_said_by_xero(stage: Stage) -> list[Expected]:
    firm = stage.firm
    firm.deposit(stage.client, "900.00", None, stage.day(1))
    entry = firm.disburse(stage.client, "35.00", None, stage.day(3), mirror=False, description="Withdrawal")
    firm.xero_bank_entry("IOLTA", firm.bank_contact(), Decimal("-35.00"), stage.day(3), "2100", "OVERDRAFT FEE")
    return [trust_row("bank_charge_in_trust", of(entry), "35.00")]


@scenario("bank-charge-in-clio-alone", SECTION, "A charge that nobody booked in Xero: a charge, and a missing entry.")
def bank_charge_in_clio_alone(stage: Stage) -> list[Expected]:
    stage.firm.deposit(stage.client, "900.00", None, stage.day(1))
    entry = stage.firm.disburse(stage.client, "35.00", None, stage.day(3), mirror=False, description="Overdraft fee")
    return [
        trust_row("bank_charge_in_trust", of(entry), "35.00"),
        trust_row("trust_entry_missing_in_xero", of(entry), "35.00"),
        trust_row("trust_clio_differs_from_xero", account(stage), "35.00"),
    ]


@scenario(
    "bank-charge-given-back", SECTION, "The bank gave the fee back a week later: no word makes the charge silent."
)
def bank_charge_given_back(stage: Stage) -> list[Expected]:
    stage.firm.deposit(stage.client, "900.00", None, stage.day(1))
    entry = stage.firm.disburse(stage.client, "30.00", None, stage.day(3), description="Wire fee")
    stage.firm.deposit(stage.client, "30.00", None, stage.day(10), description="Reversal of wire fee")
    return [trust_row("bank_charge_in_trust", of(entry), "30.00")]


@scenario(
    "bank-charge-bounced-cheque", SECTION, "A client's cheque came back: the cheque is no charge, its fee is one."
)
def bank_charge_bounced_cheque(stage: Stage) -> list[Expected]:
    firm = stage.firm
    firm.deposit(stage.client, "900.00", None, stage.day(1))
    firm.deposit(stage.client, "250.00", None, stage.day(3))
    firm.disburse(stage.client, "250.00", None, stage.day(7), description="Returned check, NSF")
    entry = firm.disburse(stage.client, "25.00", None, stage.day(7), description="Returned check fee")
    return [trust_row("bank_charge_in_trust", of(entry), "25.00")]


@scenario(
    "bank-charge-bounced-in-xero-alone", SECTION, "In Xero alone a cheque came in and came back: no charge either."
)
def bank_charge_bounced_in_xero_alone(stage: Stage) -> list[Expected]:
    firm = stage.firm
    contact = firm.contact(stage.client)
    entries = [
        firm.xero_bank_entry("IOLTA", contact, Decimal(amount), stage.day(day), "2100", text)
        for amount, day, text in (("250.00", 3, "Deposit"), ("-250.00", 8, "Returned check"))
    ]
    return [
        trust_row("trust_entry_missing_in_clio", f"xero-entry:{entry['BankTransactionID']}", "250.00")
        for entry in entries
    ]
