"""Payments as firms really book them: in parts, net of card fees, written off, through clearing accounts, and money
that is in the books already when it seems to be missing."""

from decimal import Decimal

from sandbox.books import Record
from sandbox.engine import time
from sandbox.scenarios.payments import lost, may_be_each_other, unheard
from sandbox.scenarios.registry import Expected, row, scenario
from sandbox.scenarios.stage import LATER, Stage, of

SECTION = "payments"
NEVER_AGAIN = ("record", "raise", "enter ")


def expense_account(stage: Stage, code: str = "408", name: str = "Bad debts") -> str:
    """An expense account that takes payments; its code."""
    stage.firm.xero.add_account(code, name, "EXPENSE", EnablePaymentsToAccount=True)
    return code


def contact(stage: Stage) -> Record:
    """The story's client in Xero."""
    return stage.firm.contact(stage.client)


def second_bill(stage: Stage) -> Record:
    """Another bill of the story's client, 1,750.00."""
    return stage.bill([time("Appeal brief", "5.00")])


def found(
    bill: Record,
    amount: str,
    *words: str,
    advises: tuple[str, ...] = (),
    code: str = "",
    candidate: tuple[str, ...] = (),
) -> Expected:
    """A Clio payment that an invoice lacks and that the books have somewhere: never to be recorded again."""
    return row(
        code or "paid_in_clio_open_in_xero",
        of(bill),
        amount,
        amount=amount,
        explains=words,
        advises=advises,
        never_advises=NEVER_AGAIN,
        candidate=candidate,
    )


def entered(stage: Stage, count: int = 1) -> tuple[str, ...]:
    """The ids of the last bank entries of Xero."""
    return tuple(stage.firm.xero.tables["BankTransactions"])[-count:]


# In parts


def of_one_payment(stage: Stage, *parts: tuple[str, int]) -> Record:
    """One payment of Clio on one bill in parts, each with its own day; nothing in Xero."""
    bill = stage.bill()
    allocations = stage.firm.pay_many([(bill, amount) for amount, _ in parts], stage.day(10), reaches_xero=False)
    for allocation, (_, day) in zip(allocations, parts, strict=True):
        allocation["date"] = stage.day(day)
    return bill


@scenario("parts-of-one-payment", SECTION, "100 of one day and 50 of the next, one payment; Xero has 150 of the next.")
def parts_of_one_payment(stage: Stage) -> list[Expected]:
    bill = of_one_payment(stage, ("100.00", 10), ("50.00", 11))
    stage.firm.pay(bill, "150.00", stage.day(11), in_clio=False)
    return []


@scenario("parts-of-one-payment-3-days", SECTION, "Parts a week apart; Xero has the whole three days after the last.")
def parts_of_one_payment_3_days(stage: Stage) -> list[Expected]:
    bill = of_one_payment(stage, ("310.00", 9), ("45.50", 16))
    stage.firm.pay(bill, "355.50", stage.day(19), in_clio=False)
    return []


@scenario("parts-of-one-payment-4-days", SECTION, "The whole is four days after the last part: three payments alone.")
def parts_of_one_payment_4_days(stage: Stage) -> list[Expected]:
    bill = of_one_payment(stage, ("310.00", 9), ("45.50", 16))
    stage.firm.pay(bill, "355.50", stage.day(20), in_clio=False)
    return [lost(bill, "310.00"), lost(bill, "45.50"), unheard(bill, "355.50")]


@scenario("parts-before-equals", SECTION, "100 and 50 of a day are the 150 of that day; the 100 of later is another.")
def parts_before_equals(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    for part in ("100.00", "50.00"):
        stage.firm.pay(bill, part, stage.day(1), reaches_xero=False)
    stage.firm.pay(bill, "150.00", stage.day(1), in_clio=False)
    stage.firm.pay(bill, "100.00", stage.day(12), in_clio=False)
    return [unheard(bill, "100.00")]


@scenario("parts-after-near-equals", SECTION, "Parts that have partners near them are not the whole of weeks later.")
def parts_after_near_equals(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    for part in ("100.00", "50.00"):
        stage.firm.pay(bill, part, stage.day(1), xero_day=stage.day(4))
    stage.firm.pay(bill, "150.00", stage.day(20), in_clio=False)
    return [unheard(bill, "150.00")]


@scenario("parts-of-three-days", SECTION, "900.00 in Clio is 400.00 a day later and 500.00 three days later in Xero.")
def parts_of_three_days(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.pay(bill, "900.00", stage.day(10), reaches_xero=False)
    stage.firm.pay(bill, "400.00", stage.day(11), in_clio=False)
    stage.firm.pay(bill, "500.00", stage.day(13), in_clio=False)
    return []


@scenario("parts-of-four-days", SECTION, "The second part is four days off: no sum, and no other amount for it.")
def parts_of_four_days(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.pay(bill, "900.00", stage.day(10), reaches_xero=False)
    stage.firm.pay(bill, "400.00", stage.day(14), in_clio=False)
    stage.firm.pay(bill, "500.00", stage.day(15), in_clio=False)
    return [lost(bill, "900.00"), unheard(bill, "400.00"), unheard(bill, "500.00")]


@scenario("parts-of-a-day-weeks-off", SECTION, "The parts of one day two weeks later are still the payment.")
def parts_weeks_off(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.pay(bill, "900.00", stage.day(6), reaches_xero=False)
    for part in ("400.00", "500.00"):
        stage.firm.pay(bill, part, stage.day(20), in_clio=False)
    return []


@scenario("other-amount-3-days", SECTION, "Another amount three days apart is one payment with two amounts.")
def other_amount_3_days(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.pay(bill, "540.00", stage.day(LATER), xero_amount="450.00", xero_day=stage.day(LATER + 3))
    return [row("payment_amount_differs", of(bill), "90.00", amount="90.00")]


# Taken back on both sides


@scenario("reversed-on-both-entered-again", SECTION, "Voided and deleted alike, later entered in Clio again.")
def reversed_on_both_entered_again(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    allocation = stage.firm.pay(bill, "410.00", stage.day(10))
    assert allocation is not None
    stage.firm.void_payment(allocation)
    stage.firm.pay(bill, "410.00", stage.day(LATER), reaches_xero=False)
    return [row("paid_in_clio_open_in_xero", of(bill), "410.00", amount="410.00", never_advises=("void",))]


@scenario("reversed-twice-in-xero", SECTION, "Taken back on both sides once, and a second time in Xero alone.")
def reversed_twice_in_xero(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    for day, in_clio in ((10, True), (12, False)):
        allocation = stage.firm.pay(bill, "410.00", stage.day(day))
        assert allocation is not None
        stage.firm.void_payment(allocation, in_clio=in_clio)
    return [row("payment_reversed_one_side", of(bill), "410.00", amount="410.00")]


# Fees and write-offs


def net_of_a_fee(stage: Stage, code: str, bank_day: int = 10, fee_day: int = 10) -> Record:
    """1,000.00 in Clio; in Xero 970.00 at the bank, and 30.00 on an account for fees."""
    bill = stage.bill()
    stage.firm.pay(bill, "1000.00", stage.day(10), reaches_xero=False)
    stage.firm.pay(bill, "970.00", stage.day(bank_day), in_clio=False)
    stage.firm.pay(bill, "30.00", stage.day(fee_day), in_clio=False, xero_account=code)
    return bill


@scenario("fee-leg", SECTION, "970.00 at the bank and 30.00 of card fees are the payment of 1,000.00.")
def fee_leg(stage: Stage) -> list[Expected]:
    net_of_a_fee(stage, expense_account(stage, "406", "Card fees"))
    return []


@scenario("fee-leg-3-days", SECTION, "The fee is booked three days after the money.")
def fee_leg_3_days(stage: Stage) -> list[Expected]:
    net_of_a_fee(stage, expense_account(stage, "406", "Card fees"), 13, 16)
    return []


@scenario("fee-leg-4-days", SECTION, "Four days after the money it is no fee of it.")
def fee_leg_4_days(stage: Stage) -> list[Expected]:
    bill = net_of_a_fee(stage, expense_account(stage, "406", "Card fees"), 10, 14)
    return [row("payment_amount_differs", of(bill), "30.00", amount="30.00"), unheard(bill, "30.00")]


@scenario("fee-leg-listed-account", SECTION, "The firm lists an account for fees that is no expense account.")
def fee_leg_listed(stage: Stage) -> list[Expected]:
    stage.firm.xero.add_account("690", "Fees to be billed on", "CURRENT", EnablePaymentsToAccount=True)
    stage.firm.settings["xero_accounts"] = {"fee_accounts": ["690"]}
    net_of_a_fee(stage, "690")
    return []


@scenario("fee-leg-other-account", SECTION, "The fee on an account that is neither: grouped, and that leg is said.")
def fee_leg_other_account(stage: Stage) -> list[Expected]:
    stage.firm.xero.add_account("690", "Fees to be billed on", "CURRENT", EnablePaymentsToAccount=True)
    bill = net_of_a_fee(stage, "690")
    said, step = ("30.00", "690"), ("fee", "fee_accounts")
    return [row("payment_in_wrong_account", of(bill), amount="30.00", explains=said, advises=step)]


@scenario("fee-leg-of-parts", SECTION, "One payment in two parts, net of one fee in Xero.")
def fee_leg_of_parts(stage: Stage) -> list[Expected]:
    bill = of_one_payment(stage, ("600.00", 10), ("400.00", 10))
    stage.firm.pay(bill, "970.00", stage.day(12), in_clio=False)
    stage.firm.pay(bill, "30.00", stage.day(12), in_clio=False, xero_account=expense_account(stage, "406", "Fees"))
    return []


def written_off(stage: Stage, days: int, amount: str = "300.00", kind: str = "EXPENSE") -> Record:
    """A credit of 300.00 in Clio, a payment to "Bad debts" in Xero so many days later."""
    bill = stage.bill()
    stage.firm.xero.add_account("408", "Bad debts", kind, EnablePaymentsToAccount=True)
    stage.firm.credit_note(bill, "300.00", stage.day(10), reaches_xero=False, discount=True)
    stage.firm.pay(bill, amount, stage.day(10 + days), in_clio=False, xero_account="408")
    return bill


@scenario("write-off", SECTION, "A credit in Clio, a payment to Bad debts in Xero the same day.")
def write_off(stage: Stage) -> list[Expected]:
    written_off(stage, 0)
    return []


@scenario("write-off-3-days", SECTION, "The same three days later, beside a payment of that amount on both sides.")
def write_off_3_days(stage: Stage) -> list[Expected]:
    bill = written_off(stage, 3)
    stage.firm.pay(bill, "300.00", stage.day(13))
    return []


@scenario("write-off-4-days", SECTION, "Four days later they are two things, of which one may be the other.")
def write_off_4_days(stage: Stage) -> list[Expected]:
    bill = written_off(stage, 4)
    return may_be_each_other(
        stage,
        [
            found(bill, "300.00", "payment of 300.00", code="credit_one_side"),
            row("paid_in_xero_open_in_clio", of(bill), "-300.00", amount="300.00", never_advises=NEVER_AGAIN),
        ],
    )


@scenario("write-off-other-amount", SECTION, "A cent less is another thing.")
def write_off_other_amount(stage: Stage) -> list[Expected]:
    bill = written_off(stage, 0, "299.99")
    return [row("credit_one_side", of(bill), "300.00", amount="300.00"), unheard(bill, "299.99")]


@scenario("write-off-to-an-asset", SECTION, "A payment to an account that is no expense is no write-off.")
def write_off_to_an_asset(stage: Stage) -> list[Expected]:
    bill = written_off(stage, 0, kind="CURRENT")
    return may_be_each_other(
        stage,
        [
            row("credit_one_side", of(bill), "300.00", amount="300.00", never_advises=NEVER_AGAIN),
            row("paid_in_xero_open_in_clio", of(bill), "-300.00", amount="300.00", never_advises=NEVER_AGAIN),
        ],
    )


@scenario("write-off-beside-a-credit-note", SECTION, "A credit note of that amount is the credit, the payment alone.")
def write_off_beside_a_credit_note(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.credit_note(bill, "300.00", stage.day(10))
    stage.firm.pay(bill, "300.00", stage.day(10), in_clio=False, xero_account=expense_account(stage))
    return [unheard(bill, "300.00")]


# Clearing accounts


def through_clearing(stage: Stage, count: int, code: str = "1005") -> list[Record]:
    """So many card receipts that Clio has in operating and Xero in a clearing account."""
    stage.firm.xero.add_account(code, "Card clearing", "BANK")
    bills = [stage.bill([time("Advice", f"{hours}.00")]) for hours in range(1, count + 1)]
    for bill in bills:
        stage.firm.pay(bill, day=stage.day(LATER), xero_account=code)
    return bills


@scenario("clearing-account-mapped", SECTION, "All card receipts go through a clearing account that is mapped.")
def clearing_account_mapped(stage: Stage) -> list[Expected]:
    stage.firm.settings["operating_accounts"] = [
        {"clio_bank_account": "Operating", "xero_bank_accounts": ["1000", "1005"]}
    ]
    through_clearing(stage, 6)
    return []


@scenario("clearing-account-not-mapped", SECTION, "It is not mapped: one row, which says how to map it.")
def clearing_account_not_mapped(stage: Stage) -> list[Expected]:
    through_clearing(stage, 6)
    advice = ('xero_bank_accounts = ["1000", "1005"]', "tieout.toml")
    return [row("systemic_cause", "firm", amount="0.00", explains=("6 payments", "1005"), advises=advice)]


@scenario("clearing-account-of-four", SECTION, "Four payments are four payments in the wrong account.")
def clearing_account_of_four(stage: Stage) -> list[Expected]:
    return [row("payment_in_wrong_account", of(bill), amount=str(bill["total"])) for bill in through_clearing(stage, 4)]


@scenario("clearing-account-of-expenses", SECTION, "Five payments on an expense account are no clearing account.")
def clearing_account_of_expenses(stage: Stage) -> list[Expected]:
    expense_account(stage, "406", "Card fees")
    bills = [stage.bill([time("Advice", f"{hours}.00")]) for hours in range(1, 6)]
    for bill in bills:
        stage.firm.pay(bill, day=stage.day(LATER), xero_account="406")
    return [row("payment_in_wrong_account", of(bill), amount=str(bill["total"])) for bill in bills]


# Money from trust


def from_trust(stage: Stage, code: str, reaches_xero: bool = True) -> Record:
    """500.00 from trust in Clio, no destination named, booked in Xero to an account."""
    firm = stage.firm
    bill = stage.bill()
    firm.deposit(stage.client, "500.00", stage.matter, stage.day(LATER))
    allocation = firm.pay_from_trust(
        bill, "500.00", stage.day(LATER + 1), xero_account=code, reaches_xero=reaches_xero, mirror=False
    )
    out = firm._entries_of[allocation["id"]][0]
    firm._mirror_of[out["id"]] = firm.xero_trust_entry(out)
    allocation["destination_bank_account"] = None
    return bill


@scenario("trust-payment-to-bank-fees", SECTION, "From trust, no destination named, booked to Bank fees.")
def trust_payment_to_bank_fees(stage: Stage) -> list[Expected]:
    bill = from_trust(stage, expense_account(stage, "405", "Bank fees"))
    return [row("payment_in_wrong_account", of(bill), amount="500.00", explains=("405",))]


@scenario("trust-payment-no-destination", SECTION, "From trust, no destination named, into operating: right.")
def trust_payment_no_destination(stage: Stage) -> list[Expected]:
    from_trust(stage, "1000")
    return []


# In the books already


def received(stage: Stage, bill: Record, days: int, amount: str = "800.00", who: Record | None = None) -> Record:
    """800.00 of the client on the bill in Clio; in Xero money received on the bank, booked to fees."""
    stage.firm.pay(bill, "800.00", stage.day(10), reaches_xero=False)
    return stage.firm.xero_bank_entry(
        "Operating", who or contact(stage), Decimal(amount), stage.day(10 + days), "200", "Deposit Voss"
    )


@scenario("money-received-on-no-invoice", SECTION, "800.00 of the client came in the next day, booked to fees.")
def money_received(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    received(stage, bill, 1)
    day = f"{stage.day(11)}"
    return [
        found(
            bill, "800.00", "800.00 received on", day, "deposit voss", advises=("match", day), candidate=entered(stage)
        )
    ]


@scenario("money-received-7-days", SECTION, "Seven days later is still found; another client's money is not.")
def money_received_7(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    received(stage, bill, 7)
    stage.firm.xero_bank_entry(
        "Operating", stage.firm.contact(stage.other()), Decimal("800.00"), stage.day(10), "200", "Lindgren"
    )
    return [found(bill, "800.00", "deposit voss", advises=("match",), candidate=entered(stage, 2)[:1])]


@scenario("money-received-8-days", SECTION, "Eight days later is not.")
def money_received_8(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    received(stage, bill, 8)
    return [row("paid_in_clio_open_in_xero", of(bill), "800.00", amount="800.00", advises=("record", "1000"))]


@scenario("money-received-other-amount", SECTION, "A cent more is not.")
def money_received_other_amount(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    received(stage, bill, 1, "800.01")
    return [row("paid_in_clio_open_in_xero", of(bill), "800.00", amount="800.00", advises=("record",))]


@scenario("money-received-in-trust", SECTION, "A deposit to trust in Xero is client money, and no receipt of the firm.")
def money_received_in_trust(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.pay(bill, "800.00", stage.day(10), reaches_xero=False)
    stage.firm.deposit(stage.client, "800.00", None, stage.day(11))
    return [row("paid_in_clio_open_in_xero", of(bill), "800.00", amount="800.00", advises=("record",))]


@scenario("money-received-twice", SECTION, "Two entries could be it: both are named, and the row asks.")
def money_received_twice(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    received(stage, bill, 1)
    stage.firm.xero_bank_entry("Operating", contact(stage), Decimal("800.00"), stage.day(12), "200", "Second slip")
    asked = ("ask", "deposit voss", "second slip")
    return [found(bill, "800.00", "deposit voss", "second slip", advises=asked, candidate=entered(stage, 2))]


@scenario("money-over-on-the-first-of-two", SECTION, "A receipt for two invoices on one; the rest an overpayment.")
def money_over(stage: Stage) -> list[Expected]:
    first, second = stage.bill(), second_bill(stage)
    stage.firm.pay_many([(first, "500.00"), (second, "300.00")], stage.day(10), reaches_xero=False)
    stage.firm.pay(first, "500.00", stage.day(10), in_clio=False)
    account = stage.firm.xero.account("1000")
    extra = stage.firm.xero.add_overpayment(contact(stage), Decimal("300.00"), stage.day(10), account)
    return [
        found(
            second,
            "300.00",
            "overpayment",
            "300.00 left",
            advises=("apply 300.00", second["number"]),
            candidate=(extra["OverpaymentID"],),
        ),
        row(
            "unapplied_credit",
            f"xero-credit:{extra['OverpaymentID']}",
            "-300.00",
            amount="300.00",
            advises=("apply", second["number"]),
            never_advises=("pay it back",),
        ),
    ]


@scenario("money-over-too-little", SECTION, "An overpayment with less left than the payment is not it.")
def money_over_too_little(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.pay(bill, "300.00", stage.day(10), reaches_xero=False)
    account = stage.firm.xero.account("1000")
    extra = stage.firm.xero.add_overpayment(contact(stage), Decimal("299.99"), stage.day(10), account)
    return [
        row("paid_in_clio_open_in_xero", of(bill), "300.00", amount="300.00", advises=("record",)),
        row("unapplied_credit", f"xero-credit:{extra['OverpaymentID']}", "-299.99", amount="299.99"),
    ]


@scenario("trust-transfer-without-payment", SECTION, "The transfer out of trust is in Xero, the payment is not.")
def trust_transfer_without_payment(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.deposit(stage.client, "500.00", stage.matter, stage.day(10))
    stage.firm.pay_from_trust(bill, "500.00", stage.day(12), reaches_xero=False, xero_account="2100")
    return [
        found(
            bill,
            "500.00",
            "transfer of 500.00",
            f"{stage.day(12)}",
            advises=("on invoice 2005 in xero, against 2100", "transfer of 500.00"),
            candidate=tuple(stage.firm.xero.tables["BankTransfers"]),
        ),
        row("trust_bank_differs_from_liability", of_account(stage), amount=None),
    ]


def of_account(stage: Stage) -> str:
    """The subject key of the trust account."""
    return f"clio-account:{stage.firm.trust['id']}"


@scenario("payment-on-wrong-bill-7-days", SECTION, "On the client's other invoice a week later: it may be the one.")
def payment_on_wrong_bill_7(stage: Stage) -> list[Expected]:
    first, second = stage.bill(), second_bill(stage)
    stage.firm.pay(first, "333.00", stage.day(10), reaches_xero=False)
    stage.firm.pay(second, "333.00", stage.day(17), in_clio=False)
    return may_be_each_other(
        stage,
        [
            found(first, "333.00", "payment of 333.00", second["number"], advises=("move",)),
            row(
                "paid_in_xero_open_in_clio",
                of(second),
                "-333.00",
                amount="333.00",
                explains=(first["number"],),
                never_advises=NEVER_AGAIN,
            ),
        ],
    )


@scenario("payment-on-wrong-bill-8-days", SECTION, "Eight days later they have nothing to do with each other.")
def payment_on_wrong_bill_8(stage: Stage) -> list[Expected]:
    first, second = stage.bill(), second_bill(stage)
    stage.firm.pay(first, "333.00", stage.day(10), reaches_xero=False)
    stage.firm.pay(second, "333.00", stage.day(18), in_clio=False)
    return [
        row("paid_in_clio_open_in_xero", of(first), "333.00", amount="333.00", advises=("record",)),
        row("paid_in_xero_open_in_clio", of(second), "-333.00", amount="333.00", advises=("record",)),
    ]


@scenario("credit-note-open-since-weeks", SECTION, "A credit in Clio; in Xero a credit note of weeks ago is open.")
def credit_note_open(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.credit_note(bill, "120.00", stage.day(LATER), reaches_xero=False)
    note = stage.firm.xero_credit_note(bill, Decimal("150.00"), stage.day(-9))
    return [
        found(
            bill,
            "120.00",
            "credit note cn-",
            "150.00 left",
            advises=("apply 120.00",),
            code="credit_one_side",
            candidate=(note["CreditNoteID"],),
        ),
        row("unapplied_credit", f"xero-credit:{note['CreditNoteID']}", "-150.00", amount="150.00"),
    ]


@scenario("money-for-a-draft", SECTION, "Stuck in draft, and its money is on the bank: to be matched after that.")
def money_for_a_draft(stage: Stage) -> list[Expected]:
    bill = stage.stuck()
    received(stage, bill, 1)
    by = "stuck_in_draft_ready"
    return [
        row(by, of(bill), "-320.00"),
        row(
            "paid_in_clio_open_in_xero",
            of(bill),
            "0.00",
            amount="800.00",
            blocked_by=by,
            advises=("draft first", "match"),
            never_advises=("record",),
            candidate=entered(stage),
        ),
    ]


# Nothing, and refunds


@scenario("allocation-of-nothing", SECTION, "An allocation of 0.00 takes no part in anything.")
def allocation_of_nothing(stage: Stage) -> list[Expected]:
    stage.firm.pay(stage.bill(), "0.00", stage.day(LATER), reaches_xero=False)
    return []


@scenario("refund-in-clio-alone", SECTION, "500 paid and 500 refunded in Clio, neither in Xero: two rows of 500.")
def refund_in_clio_alone(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    for amount in ("500.00", "-500.00"):
        stage.firm.pay(bill, amount, stage.day(LATER), reaches_xero=False)
    return [
        lost(bill, "500.00"),
        row("paid_in_clio_open_in_xero", of(bill), "-500.00", amount="500.00", explains=("500.00 refund",)),
    ]


def refunded(stage: Stage, back: str = "400.00") -> Record:
    """1,520.00 paid in Clio and 400.00 refunded; in Xero an overpayment of 1,520.00, used on the invoice, the rest
    paid back."""
    firm = stage.firm
    bill = stage.bill()
    account = firm.xero.account("1000")
    firm.pay(bill, "1520.00", stage.day(10), reaches_xero=False)
    firm.pay(bill, "-400.00", stage.day(14), reaches_xero=False)
    extra = firm.xero.add_overpayment(contact(stage), Decimal("1120.00") + Decimal(back), stage.day(10), account)
    firm.apply_in_xero("Overpayments", extra, bill, "1120.00", stage.day(10))
    firm.xero.refund("Overpayments", extra, Decimal(back), stage.day(16), account)
    return bill


@scenario("refund-on-both", SECTION, "What was paid too much and paid back, alike on both sides.")
def refund_on_both(stage: Stage) -> list[Expected]:
    refunded(stage)
    return []


@scenario("refund-of-another-amount", SECTION, "A cent less paid back in Xero: it is not the partner.")
def refund_of_another_amount(stage: Stage) -> list[Expected]:
    bill = refunded(stage, "399.99")
    return [
        row("payment_amount_differs", of(bill), "400.00", amount="400.00"),
        row("paid_in_clio_open_in_xero", of(bill), "-400.00", amount="400.00"),
    ]


@scenario("refund-in-a-batch", SECTION, "A payment of a batch that was voided in Clio: the batch goes first.")
def refund_in_a_batch(stage: Stage) -> list[Expected]:
    first, second = stage.bill(), second_bill(stage)
    allocations = stage.firm.pay_many([(first, "200.00"), (second, "300.00")], stage.day(10), as_batch=True)
    stage.firm.void_payment(allocations[0], in_xero=False)
    return [
        row("payment_reversed_one_side", of(first), "-200.00", amount="200.00", advises=("batch payment", "whole")),
    ]
