"""The rules of payments: exceptions in payments and credits."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from sandbox.books import Record
from sandbox.engine import expense, time
from sandbox.scenarios.registry import Expected, row, scenario
from sandbox.scenarios.stage import LATER, Stage, of

SECTION = "payments"


def lost(bill: Record, amount: str) -> Expected:
    """A Clio payment without partner."""
    return row("paid_in_clio_open_in_xero", of(bill), amount, amount=amount)


def unheard(bill: Record, amount: str) -> Expected:
    """A Xero payment without partner."""
    return row("paid_in_xero_open_in_clio", of(bill), f"-{amount}", amount=amount)


def may_be_each_other(stage: Stage, rows: Sequence[Expected]) -> list[Expected]:
    """What was last entered in each system has no partner, and one may be the other."""
    in_clio = str(max(stage.firm.clio.tables["allocations"]))
    in_xero = list(stage.firm.xero.tables["Payments"])[-1]
    return [replace(one, candidate=(in_clio if one.code == "paid_in_xero_open_in_clio" else in_xero,)) for one in rows]


# One side only


@scenario("payment-lost", SECTION, "Paid in Clio, open in Xero.")
def payment_lost(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.pay(bill, day=stage.day(LATER), reaches_xero=False)
    return [lost(bill, "1120.00")]


@scenario("payment-lost-one-of-two", SECTION, "Two payments of equal amount and day; one arrived.")
def payment_lost_one_of_two(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.pay(bill, "300.00", stage.day(LATER))
    stage.firm.pay(bill, "300.00", stage.day(LATER), reaches_xero=False)
    return [lost(bill, "300.00")]


@scenario("payment-lost-from-trust", SECTION, "Paid from trust in Clio; the payment never reached the invoice.")
def payment_lost_from_trust(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.deposit(stage.client, "1500.00", stage.matter, stage.day(LATER))
    stage.firm.pay_from_trust(bill, "1120.00", stage.day(LATER), reaches_xero=False)
    return [lost(bill, "1120.00")]


@scenario("payment-unheard", SECTION, "Matched by the bank feed in Xero; Clio never heard of it.")
def payment_unheard(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.pay(bill, "1120.00", stage.day(LATER), in_clio=False)
    return [unheard(bill, "1120.00")]


@scenario("payment-unheard-part", SECTION, "A part payment in Xero alone.")
def payment_unheard_part(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.pay(bill, "0.01", stage.day(LATER), in_clio=False)
    return [unheard(bill, "0.01")]


@scenario("payment-both-sides", SECTION, "Two payments of equal amount on both sides: legitimate, silent.")
def payment_both_sides(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    for day in (LATER, LATER + 2):
        stage.firm.pay(bill, "300.00", stage.day(day))
    return []


@scenario("payment-days-apart", SECTION, "The same amount two days apart in one month.")
def payment_days_apart(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.pay(bill, "300.00", stage.day(LATER), xero_day=stage.day(LATER + 2))
    return []


@scenario("payment-weeks-apart", SECTION, "The same amount two weeks apart in one month: still the same payment.")
def payment_weeks_apart(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.pay(bill, "300.00", stage.day(10), xero_day=stage.day(24))
    return []


@scenario("payment-crossed", SECTION, "Two equal amounts, each with its own day: days decide before amounts alone.")
def payment_crossed(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.pay(bill, "300.00", stage.day(10), xero_day=stage.day(24))
    stage.firm.pay(bill, "300.00", stage.day(24), xero_day=stage.day(10))
    return []


# Another amount


@scenario("payment-amount", SECTION, "540.00 in Clio and 450.00 in Xero on one day.")
def payment_amount(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.pay(bill, "540.00", stage.day(LATER), xero_amount="450.00")
    return [row("payment_amount_differs", of(bill), "90.00", amount="90.00")]


@scenario("payment-amount-more-in-xero", SECTION, "A cent more in Xero on one day.")
def payment_amount_more(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.pay(bill, "540.00", stage.day(LATER), xero_amount="540.01")
    return [row("payment_amount_differs", of(bill), "-0.01", amount="0.01")]


@scenario("payment-amount-other-day", SECTION, "Another amount four days apart: two payments, each alone.")
def payment_amount_other_day(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.pay(bill, "540.00", stage.day(LATER), xero_amount="450.00", xero_day=stage.day(LATER + 4))
    return [lost(bill, "540.00"), unheard(bill, "450.00")]


@scenario("payment-edited-in-clio", SECTION, "Edited in Clio: the old one voided, a new amount the same day.")
def payment_edited(stage: Stage) -> list[Expected]:
    # Pairing comes before the single codes: what is left of one day on both sides is one payment.
    bill = stage.bill()
    allocation = stage.firm.pay(bill, "300.00", stage.day(LATER))
    assert allocation is not None
    stage.firm.void_payment(allocation, in_xero=False)
    stage.firm.pay(bill, "310.00", stage.day(LATER), reaches_xero=False)
    return [row("payment_amount_differs", of(bill), "10.00", amount="10.00")]


# Sums


@scenario("payment-split-in-xero", SECTION, "900.00 in Clio is 400.00 and 500.00 of the same day in Xero.")
def payment_split(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.pay(bill, "900.00", stage.day(LATER), reaches_xero=False)
    for part in ("400.00", "500.00"):
        stage.firm.pay(bill, part, stage.day(LATER), in_clio=False)
    return []


@scenario("payment-split-over-days", SECTION, "The two parts are of two days within three.")
def payment_split_over_days(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.pay(bill, "900.00", stage.day(LATER), reaches_xero=False)
    stage.firm.pay(bill, "400.00", stage.day(LATER + 1), in_clio=False)
    stage.firm.pay(bill, "500.00", stage.day(LATER + 2), in_clio=False)
    return []


@scenario("payment-split-in-clio", SECTION, "Two allocations of a day in Clio, one payment in Xero.")
def payment_split_in_clio(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    for part in ("400.00", "500.00"):
        stage.firm.pay(bill, part, stage.day(LATER), reaches_xero=False)
    stage.firm.pay(bill, "900.00", stage.day(LATER), in_clio=False)
    return []


@scenario("payment-over-bills", SECTION, "One cheque over three bills: three payments in Xero.")
def payment_over_bills(stage: Stage) -> list[Expected]:
    bills = [stage.bill([expense("Costs", amount)]) for amount in ("100.00", "200.00", "300.00")]
    shares = list(zip(bills, ("100.00", "200.00", "150.00"), strict=True))
    stage.firm.pay_many(shares, stage.day(LATER))
    return []


@scenario("payment-in-a-batch", SECTION, "One cheque over two bills: one batch in Xero.")
def payment_in_batch(stage: Stage) -> list[Expected]:
    bills = [stage.bill([expense("Costs", amount)]) for amount in ("100.00", "200.00")]
    shares = list(zip(bills, ("100.00", "200.00"), strict=True))
    stage.firm.pay_many(shares, stage.day(LATER), as_batch=True)
    return []


# Twice, reversed, misplaced


def twice(stage: Stage, days: int) -> Record:
    """300.00 on both sides, and once more in Xero so many days later."""
    bill = stage.bill()
    stage.firm.pay(bill, "300.00", stage.day(10))
    stage.firm.pay(bill, "300.00", stage.day(10 + days), in_clio=False)
    return bill


@scenario("payment-twice", SECTION, "Entered twice in Xero a day apart.")
def payment_twice(stage: Stage) -> list[Expected]:
    return [row("payment_duplicated", of(twice(stage, 1)), "-300.00", amount="300.00")]


@scenario("payment-twice-7-days", SECTION, "Seven days later is still a duplicate.")
def payment_twice_7(stage: Stage) -> list[Expected]:
    return [row("payment_duplicated", of(twice(stage, 7)), "-300.00", amount="300.00")]


@scenario("payment-twice-8-days", SECTION, "Eight days later is a payment of its own.")
def payment_twice_8(stage: Stage) -> list[Expected]:
    return [unheard(twice(stage, 8), "300.00")]


@scenario("payment-twice-other-amount", SECTION, "A second payment of a cent more is no duplicate.")
def payment_twice_other_amount(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.pay(bill, "300.00", stage.day(10))
    stage.firm.pay(bill, "300.01", stage.day(11), in_clio=False)
    return [unheard(bill, "300.01")]


@scenario("payment-voided-in-clio", SECTION, "The cheque bounced: voided in Clio, still in Xero.")
def payment_voided_in_clio(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    allocation = stage.firm.pay(bill, "410.00", stage.day(LATER))
    assert allocation is not None
    stage.firm.void_payment(allocation, in_xero=False)
    return [row("payment_reversed_one_side", of(bill), "-410.00", amount="410.00")]


@scenario("payment-deleted-in-xero", SECTION, "Deleted in Xero, still in Clio.")
def payment_deleted_in_xero(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    allocation = stage.firm.pay(bill, "410.00", stage.day(LATER))
    assert allocation is not None
    stage.firm.void_payment(allocation, in_clio=False)
    return [row("payment_reversed_one_side", of(bill), "410.00", amount="410.00")]


@scenario("payment-voided-other-amount", SECTION, "What was voided in Clio was of another amount: no twin.")
def payment_voided_other_amount(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    allocation = stage.firm.pay(bill, "409.99", stage.day(LATER), reaches_xero=False)
    assert allocation is not None
    stage.firm.void_payment(allocation)
    stage.firm.pay(bill, "410.00", stage.day(LATER), in_clio=False)
    return [unheard(bill, "410.00")]


@scenario("payment-voided-on-both", SECTION, "Voided in Clio and deleted in Xero, then entered again: silent.")
def payment_voided_on_both(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    allocation = stage.firm.pay(bill, "410.00", stage.day(LATER))
    assert allocation is not None
    stage.firm.void_payment(allocation)
    stage.firm.pay(bill, "410.00", stage.day(LATER + 1))
    return []


def misplaced(stage: Stage, days: int, amount: str = "333.00") -> tuple[Record, Record]:
    """333.00 for the first bill in Clio, on the second in Xero, so many days later."""
    first, second = stage.bill(), stage.bill([time("Appeal brief", "5.00")])
    stage.firm.pay(first, "333.00", stage.day(10), reaches_xero=False)
    stage.firm.pay(second, amount, stage.day(10 + days), in_clio=False)
    return first, second


def wrong_bill(first: Record, second: Record) -> list[Expected]:
    """One row on each bill."""
    return [
        row("payment_on_wrong_bill", of(first), "333.00", amount="333.00"),
        row("payment_on_wrong_bill", of(second), "-333.00", amount="333.00"),
    ]


@scenario("payment-on-wrong-bill", SECTION, "In Xero the payment sits on the client's other invoice.")
def payment_on_wrong_bill(stage: Stage) -> list[Expected]:
    return wrong_bill(*misplaced(stage, 0))


@scenario("payment-on-wrong-bill-3-days", SECTION, "The same, three days apart.")
def payment_on_wrong_bill_3(stage: Stage) -> list[Expected]:
    return wrong_bill(*misplaced(stage, 3))


@scenario("payment-on-wrong-bill-4-days", SECTION, "Four days apart: two payments that have nothing to do.")
def payment_on_wrong_bill_4(stage: Stage) -> list[Expected]:
    first, second = misplaced(stage, 4)
    return may_be_each_other(stage, [lost(first, "333.00"), unheard(second, "333.00")])


@scenario("payment-on-wrong-bill-other-amount", SECTION, "A cent more: two payments that have nothing to do.")
def payment_on_wrong_bill_amount(stage: Stage) -> list[Expected]:
    first, second = misplaced(stage, 0, "333.01")
    return [lost(first, "333.00"), unheard(second, "333.01")]


@scenario("payment-on-other-clients-bill", SECTION, "The other bill is another client's: not this rule.")
def payment_on_other_client(stage: Stage) -> list[Expected]:
    first, second = stage.bill(), stage.bill([time("Deed", "2.00")], client=stage.other())
    stage.firm.pay(first, "333.00", stage.day(10), reaches_xero=False)
    stage.firm.pay(second, "333.00", stage.day(10), in_clio=False)
    return [lost(first, "333.00"), unheard(second, "333.00")]


@scenario("payment-wrong-bill-before-reversed", SECTION, "It fits two codes: wrong bill comes first.")
def payment_wrong_before_reversed(stage: Stage) -> list[Expected]:
    first, second = stage.bill(), stage.bill([time("Appeal brief", "5.00")])
    allocation = stage.firm.pay(second, "333.00", stage.day(10))
    assert allocation is not None
    stage.firm.void_payment(allocation, in_xero=False)
    stage.firm.pay(first, "333.00", stage.day(10), reaches_xero=False)
    return wrong_bill(first, second)


@scenario("payment-reversed-before-twice", SECTION, "Voided in Clio and equal to another: reversed comes first.")
def payment_reversed_before_twice(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.pay(bill, "300.00", stage.day(10))
    second = stage.firm.pay(bill, "300.00", stage.day(12))
    assert second is not None
    stage.firm.void_payment(second, in_xero=False)
    return [row("payment_reversed_one_side", of(bill), "-300.00", amount="300.00")]


# Accounts and periods


def in_account(stage: Stage, code: str) -> Record:
    """Client cash, which Clio has in operating, booked to an account of Xero."""
    bill = stage.bill()
    stage.firm.xero.add_account("1020", "Savings Account", "BANK")
    stage.firm.pay(bill, "275.00", stage.day(LATER), xero_account=code)
    return bill


@scenario("payment-wrong-account", SECTION, "Client cash in a savings account that is mapped to nothing.")
def payment_wrong_account(stage: Stage) -> list[Expected]:
    bill = in_account(stage, "1020")
    right = ("1020", "belongs in 1000 Operating Account")
    return [row("payment_in_wrong_account", of(bill), amount="275.00", explains=right, advises=("1000",))]


@scenario("payment-wrong-account-liability", SECTION, "Client cash against the trust liability account.")
def payment_wrong_account_liability(stage: Stage) -> list[Expected]:
    # Trust is not mapped here, so that the liability account cannot disturb the trust tie-out as well.
    stage.firm.settings["trust_accounts"] = []
    return [
        row("payment_in_wrong_account", of(in_account(stage, "2100")), amount="275.00"),
        row("trust_account_not_mapped", f"clio-account:{stage.firm.trust['id']}", amount="0.00"),
    ]


@scenario("payment-account-unmapped", SECTION, "The firm mapped no operating account: nothing can be wrong.")
def payment_account_unmapped(stage: Stage) -> list[Expected]:
    stage.firm.settings["operating_accounts"] = []
    in_account(stage, "1020")
    return []


@scenario("payment-from-trust-to-operating", SECTION, "From trust into the mapped operating account: right.")
def payment_from_trust(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.deposit(stage.client, "2000.00", stage.matter, stage.day(LATER))
    stage.firm.pay_from_trust(bill, day=stage.day(LATER + 1))
    return []


@scenario("payment-from-trust-by-liability", SECTION, "From trust against the liability account: right as well.")
def payment_from_trust_by_liability(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.deposit(stage.client, "2000.00", stage.matter, stage.day(LATER))
    stage.firm.pay_from_trust(bill, day=stage.day(LATER + 1), xero_account="2100")
    return []


@scenario("payment-from-trust-wrong-account", SECTION, "From trust, but into the savings account.")
def payment_from_trust_wrong(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.xero.add_account("1020", "Savings Account", "BANK")
    stage.firm.deposit(stage.client, "2000.00", stage.matter, stage.day(LATER))
    stage.firm.pay_from_trust(bill, day=stage.day(LATER + 1), xero_account="1020")
    return [row("payment_in_wrong_account", of(bill), amount="1120.00")]


@scenario("payment-over-month-end", SECTION, "Received on the last of the month, booked on the first.")
def payment_over_month_end(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.pay(bill, "260.00", stage.month_end, xero_day=stage.month_end + timedelta(days=1))
    return [row("payment_period_differs", of(bill), amount="260.00")]


@scenario("payment-over-month-end-weeks", SECTION, "Two weeks apart over the end of a month.")
def payment_over_month_end_weeks(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.pay(bill, "260.00", stage.month_end, xero_day=stage.month_end + timedelta(days=14))
    return [row("payment_period_differs", of(bill), amount="260.00")]


@scenario("payment-before-month-end", SECTION, "The last two days of one month: silent.")
def payment_before_month_end(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.pay(bill, "260.00", stage.month_end - timedelta(days=1), xero_day=stage.month_end)
    return []


# Credits


@scenario("credit-in-clio", SECTION, "A credit note that Xero never got.")
def credit_in_clio(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.credit_note(bill, "120.00", stage.day(LATER), reaches_xero=False)
    return [row("credit_one_side", of(bill), "120.00", amount="120.00")]


@scenario("credit-in-xero", SECTION, "A credit note raised and applied in Xero alone.")
def credit_in_xero(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.credit_note(bill, "120.00", stage.day(LATER), in_clio=False)
    return [row("credit_one_side", of(bill), "-120.00", amount="120.00")]


@scenario("credit-voided-in-clio", SECTION, "Taken back in Clio, still applied in Xero.")
def credit_voided_in_clio(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    allocation = stage.firm.credit_note(bill, "120.00", stage.day(LATER))
    assert allocation is not None
    stage.firm.void_credit(allocation, in_xero=False)
    return [row("credit_one_side", of(bill), "-120.00", amount="120.00")]


@scenario("credit-as-payment", SECTION, "A write-off in Clio, a payment in Xero: two kinds, two rows.")
def credit_as_payment(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.credit_note(bill, "120.00", stage.day(LATER), reaches_xero=False, discount=True)
    stage.firm.pay(bill, "120.00", stage.day(LATER), in_clio=False)
    return may_be_each_other(
        stage, [row("credit_one_side", of(bill), "120.00", amount="120.00"), unheard(bill, "120.00")]
    )


@scenario("credit-on-both", SECTION, "A credit note and a write-off, both mirrored; one taken back again.")
def credit_on_both(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.credit_note(bill, "120.00", stage.day(LATER))
    stage.firm.credit_note(bill, "80.00", stage.day(LATER), discount=True)
    allocation = stage.firm.credit_note(bill, "50.00", stage.day(LATER))
    assert allocation is not None
    stage.firm.void_credit(allocation)
    return []


@scenario("credit-days-apart", SECTION, "Applied in Xero a day later: the allocation's day counts, silent.")
def credit_days_apart(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.credit_note(bill, "120.00", stage.day(LATER), xero_day=stage.day(LATER + 1))
    return []


@scenario("credit-clears-the-bill", SECTION, "A credit note clears what is left: paid on both sides.")
def credit_clears(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.pay(bill, "1000.00", stage.day(LATER))
    stage.firm.credit_note(bill, "120.00", stage.day(LATER))
    return []


def unapplied(resource: str, credit: Record, amount: str) -> Expected:
    """What remains of a credit in Xero."""
    key = {"CreditNotes": "CreditNoteID", "Overpayments": "OverpaymentID", "Prepayments": "PrepaymentID"}
    return row("unapplied_credit", f"xero-credit:{credit[key[resource]]}", f"-{amount}", amount=amount)


@scenario("unapplied-overpayment", SECTION, "Paid 85.00 too much; in Xero nothing has used it.")
def unapplied_overpayment(stage: Stage) -> list[Expected]:
    extra = stage.firm.overpay(stage.bill(), "85.00", stage.day(LATER))
    assert extra is not None
    return [unapplied("Overpayments", extra, "85.00")]


@scenario("unapplied-prepayment", SECTION, "Money on account before any bill.")
def unapplied_prepayment(stage: Stage) -> list[Expected]:
    credit = stage.firm.prepay_in_xero(stage.client, "400.00", stage.day(LATER))
    return [unapplied("Prepayments", credit, "400.00")]


@scenario("unapplied-credit-note", SECTION, "The credit note reached Xero, but was not applied to the invoice.")
def unapplied_credit_note(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.credit_note(bill, "120.00", stage.day(LATER), applied=False)
    note = next(iter(stage.firm.xero.tables["CreditNotes"].values()))
    return [
        row("credit_one_side", of(bill), "120.00", amount="120.00", candidate=(note["CreditNoteID"],)),
        unapplied("CreditNotes", note, "120.00"),
    ]


@scenario("unapplied-one-cent", SECTION, "All but a cent is used.")
def unapplied_one_cent(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    extra = stage.firm.overpay(bill, "85.00", stage.day(10))
    assert extra is not None
    second = stage.bill([time("Appeal brief", "5.00")])
    stage.firm.pay_from_credit_held(second, "84.99", stage.day(LATER))
    stage.firm.apply_in_xero("Overpayments", extra, second, "84.99", stage.day(LATER))
    return [unapplied("Overpayments", extra, "0.01")]


@scenario("unapplied-used-up", SECTION, "An overpayment and a prepayment used up on the next bills.")
def unapplied_used_up(stage: Stage) -> list[Expected]:
    extra = stage.firm.overpay(stage.bill(), "85.00", stage.day(10))
    early = stage.firm.prepay_in_xero(stage.client, "400.00", stage.day(10))
    assert extra is not None
    second = stage.bill([time("Appeal brief", "5.00")])
    for resource, credit, amount in (("Overpayments", extra, "85.00"), ("Prepayments", early, "400.00")):
        stage.firm.pay_from_credit_held(second, amount, stage.day(LATER))
        stage.firm.apply_in_xero(resource, credit, second, amount, stage.day(LATER))
    return []


@scenario("unapplied-voided", SECTION, "A credit note voided in Xero: nothing remains.")
def unapplied_voided(stage: Stage) -> list[Expected]:
    note = stage.firm.xero_credit_note(stage.bill(), Decimal("120.00"), stage.day(LATER))
    stage.firm.xero.void_credit("CreditNotes", note)
    return []


@scenario("unapplied-refunded", SECTION, "An overpayment paid back to the client: nothing remains.")
def unapplied_refunded(stage: Stage) -> list[Expected]:
    extra = stage.firm.overpay(stage.bill(), "85.00", stage.day(10))
    assert extra is not None
    account = stage.firm.xero.account("1000")
    stage.firm.xero.refund("Overpayments", extra, Decimal("85.00"), stage.day(LATER), account)
    return []


@scenario("unapplied-before-the-start", SECTION, "Older than the start date: it counts all the same.")
def unapplied_before_start(stage: Stage) -> list[Expected]:
    stage.firm.settings["start_date"] = stage.day(0)
    credit = stage.firm.prepay_in_xero(stage.client, "400.00", stage.day(-20))
    return [unapplied("Prepayments", credit, "400.00")]


@scenario("unapplied-not-from-clio", SECTION, "Credit of a contact that never comes from Clio.", out_of_scope=True)
def unapplied_not_from_clio(stage: Stage) -> list[Expected]:
    stage.firm.settings["not_from_clio"] = {"contacts": ["Sublease Tenant"]}
    tenant = stage.firm.xero.add_contact("Sublease Tenant")
    account = stage.firm.xero.account("1000")
    stage.firm.xero.add_prepayment(tenant, Decimal("400.00"), stage.day(LATER), account)
    return []


# Cards and drafts


@scenario("card-pending", SECTION, "A card payment the processor has not settled.")
def card_pending(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.card_pending(bill, "500.00")
    return [row("card_payment_pending", of(bill), amount="500.00")]


@scenario("card-pending-missing", SECTION, "Pending on a bill that is missing in Xero: both are said.")
def card_pending_missing(stage: Stage) -> list[Expected]:
    bill = stage.bill(in_xero=False)
    stage.firm.card_pending(bill, "500.00")
    return [row("missing_in_xero", of(bill), "-1120.00"), row("card_payment_pending", of(bill), amount="500.00")]


@scenario("card-settled", SECTION, "The card payment settled on both sides.")
def card_settled(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.card_pending(bill, "500.00")
    stage.firm.card_settles(bill, stage.day(LATER))
    return []


@scenario("credit-on-a-draft", SECTION, "A credit note in Clio waits for the draft, as payments do.")
def credit_on_a_draft(stage: Stage) -> list[Expected]:
    bill = stage.stuck()
    stage.firm.credit_note(bill, "120.00", stage.day(LATER), reaches_xero=False)
    by = "stuck_in_draft_ready"
    return [
        row(by, of(bill), "-1000.00"),
        row("credit_one_side", of(bill), "0.00", amount="120.00", blocked_by=by),
    ]


@scenario("payment-beside-an-amount", SECTION, "The amounts differ and a payment is lost: two rows that add up.")
def payment_beside_amount(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.edit_line(bill, 2, price=Decimal("500.00"))
    stage.firm.pay(bill, "95.00", stage.day(LATER), reaches_xero=False)
    return [row("amounts_differ", of(bill), "25.00"), lost(bill, "95.00")]


@scenario("payment-on-a-missing-bill", SECTION, "Payments of a bill without invoice are no rows of their own.")
def payment_on_missing(stage: Stage) -> list[Expected]:
    bill = stage.bill(in_xero=False)
    stage.firm.pay(bill, "420.00", stage.day(LATER), reaches_xero=False)
    stage.firm.credit_note(bill, "100.00", stage.day(LATER), reaches_xero=False)
    return [row("missing_in_xero", of(bill), "-600.00")]
