"""What is news, over several nights: grace that ends, findings that end in more than one way, acceptances that
hold for what was seen, and odd worlds that must not stop a night."""

from datetime import UTC, datetime
from decimal import Decimal

from sandbox.books import Record
from sandbox.engine import time
from sandbox.scenarios.bridge import book_to_debtors
from sandbox.scenarios.news import accept
from sandbox.scenarios.registry import Expected, naming_each_other, row, scenario
from sandbox.scenarios.stage import LATER, Stage, of
from sandbox.scenarios.trust import hold, trust_row

SECTION = "news"


# Grace


@scenario("grace-future-stamp", SECTION, "A bill stamped 2099: a stamp in the future is no change.")
def grace_future_stamp(stage: Stage) -> list[Expected]:
    bill = stage.bill(in_xero=False)
    bill["updated_at"] = datetime(2099, 1, 1, tzinfo=UTC)
    return [row("missing_in_xero", of(bill), "-1120.00")]


@scenario("grace-future-stamp-beside", SECTION, "An invoice stamped 2099 hides no change of the bill an hour ago.")
def grace_future_stamp_beside(stage: Stage) -> list[Expected]:
    bill = stage.stuck()
    stage.invoice(bill)["UpdatedDateUTC"] = datetime(2099, 1, 1, tzinfo=UTC)
    stage.ago(hours=1)
    stage.firm.clio.settle(bill)
    return [row("stuck_in_draft_ready", of(bill), "-1120.00", status="in_flight")]


@scenario("grace-control-account", SECTION, "The control account is off for good; an invoice is touched each day.")
def grace_control_account(stage: Stage) -> list[Expected]:
    book_to_debtors(stage, "640.00")
    bill = stage.bill()

    def touch(_: Stage) -> list[Expected]:
        stage.firm.xero.touch(stage.invoice(bill))
        return [row("subledger_differs_from_control", "firm", amount="640.00", status="in_flight")]

    def touch_once_more(_: Stage) -> list[Expected]:
        stage.firm.xero.touch(stage.invoice(bill))
        return [row("subledger_differs_from_control", "firm", amount="640.00")]

    stage.ago(hours=1)
    stage.later, stage.much_later = touch, touch_once_more
    return touch(stage)


@scenario(
    "grace-nightly-interest", SECTION, "Interest each night, other values each time: open once any grace is over."
)
def grace_nightly_interest(stage: Stage) -> list[Expected]:
    bill = stage.bill(in_xero=False)

    def accrue(_: Stage) -> list[Expected]:
        stage.firm.accrue_interest(bill, "5.00", mirror=None)
        return [row("missing_in_xero", of(bill), -bill["balance"], status="in_flight")]

    def accrue_once_more(_: Stage) -> list[Expected]:
        stage.firm.accrue_interest(bill, "5.00", mirror=None)
        return [row("missing_in_xero", of(bill), "-1135.00")]

    stage.ago(hours=1)
    stage.later, stage.much_later = accrue, accrue_once_more
    return accrue(stage)


@scenario("grace-open-once", SECTION, "What was open is no news for a touch: it stays open.")
def grace_open_once(stage: Stage) -> list[Expected]:
    bill = stage.bill(in_xero=False)

    def later(_: Stage) -> list[Expected]:
        stage.firm.clio.settle(bill)
        return [row("missing_in_xero", of(bill), "-1120.00")]

    stage.later = later
    return [row("missing_in_xero", of(bill), "-1120.00")]


@scenario("grace-open-with-other-values", SECTION, "It was open, and changed just now: it may be on its way.")
def grace_other_values(stage: Stage) -> list[Expected]:
    bill = stage.bill(in_xero=False)

    def later(_: Stage) -> list[Expected]:
        stage.firm.accrue_interest(bill, "5.00", mirror=None)
        return [row("missing_in_xero", of(bill), "-1125.00", status="in_flight")]

    stage.later = later
    return [row("missing_in_xero", of(bill), "-1120.00")]


# Bills that vanish


def lose(stage: Stage, bill: Record) -> list[Record]:
    """The connected user loses the right to see a bill: it is not listed, and not found by its id. Its lines."""
    return stage.firm.clio.forget_bill(bill)


@scenario("vanished-missing", SECTION, "Missing in Xero, then not shown by Clio any more: vanished, not fixed.")
def vanished_missing(stage: Stage) -> list[Expected]:
    bill = stage.bill(in_xero=False)

    def later(_: Stage) -> list[Expected]:
        lose(stage, bill)
        return [row("bill_vanished", of(bill), "0.00", status="in_flight")]

    def much_later(_: Stage) -> list[Expected]:
        return [row("bill_vanished", of(bill), "0.00", explains=("not even by its id", "no invoice in xero"))]

    stage.later, stage.much_later = later, much_later
    return [row("missing_in_xero", of(bill), "-1120.00")]


@scenario("vanished-live", SECTION, "A bill in step with its invoice is not shown any more: nothing to void.")
def vanished_live(stage: Stage) -> list[Expected]:
    bill = stage.bill()

    def later(_: Stage) -> list[Expected]:
        lose(stage, bill)
        return [row("bill_vanished", of(bill), "1120.00", status="in_flight")]

    def much_later(_: Stage) -> list[Expected]:
        return [row("bill_vanished", of(bill), "1120.00")]

    stage.later, stage.much_later = later, much_later
    return []


@scenario("vanished-and-back", SECTION, "The right to see it was given back: missing in Xero since it first was.")
def vanished_and_back(stage: Stage) -> list[Expected]:
    bill = stage.bill(in_xero=False)
    lines: list[Record] = []

    def later(_: Stage) -> list[Expected]:
        lines.extend(lose(stage, bill))
        return [row("bill_vanished", of(bill), "0.00", status="in_flight")]

    def much_later(_: Stage) -> list[Expected]:
        stage.firm.clio.recall_bill(bill, lines)
        return [row("missing_in_xero", of(bill), "-1120.00")]

    stage.later, stage.much_later = later, much_later
    return [row("missing_in_xero", of(bill), "-1120.00")]


@scenario("vanished-live-and-back", SECTION, "A bill in step is shown again, with its old stamps: nothing is left.")
def vanished_live_and_back(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    lines: list[Record] = []

    def later(_: Stage) -> list[Expected]:
        lines.extend(lose(stage, bill))
        return [row("bill_vanished", of(bill), "1120.00", status="in_flight")]

    def much_later(_: Stage) -> list[Expected]:
        stage.firm.clio.recall_bill(bill, lines)
        return []

    stage.later, stage.much_later = later, much_later
    return []


@scenario("vanished-and-raised-again", SECTION, "Deleted for good and raised again with its number: the new one pairs.")
def vanished_and_raised_again(stage: Stage) -> list[Expected]:
    bill = stage.bill()

    def later(_: Stage) -> list[Expected]:
        lose(stage, bill)
        stage.bill(in_xero=False, number=bill["number"])
        return [row("bill_vanished", of(bill), "0.00", status="in_flight")]

    stage.later = later
    return []


# Drafts


@scenario("stuck-comma", SECTION, "Stuck for months and accepted, then a comma: the same finding, open again.")
def stuck_comma(stage: Stage) -> list[Expected]:
    bill = stage.stuck()
    accept(stage, bill, "-1120.00", 30, code="stuck_in_draft_ready")

    def later(_: Stage) -> list[Expected]:
        stage.on(LATER)
        stage.by_hand(bill, 0, Description="Review of lease, and amendments")
        return [row("stuck_in_draft_edited", of(bill), "-1120.00")]

    stage.later = later
    return [row("stuck_in_draft_ready", of(bill), "-1120.00")]


@scenario("pushed-as-a-draft", SECTION, "Missing, then there as a draft: another finding took over.")
def pushed_as_a_draft(stage: Stage) -> list[Expected]:
    bill = stage.bill(in_xero=False)

    def later(_: Stage) -> list[Expected]:
        stage.on(LATER)
        stage.firm.push(bill, Status="DRAFT")
        return [row("stuck_in_draft_ready", of(bill), "-1120.00")]

    stage.later = later
    return [row("missing_in_xero", of(bill), "-1120.00")]


# What an acceptance covers


@scenario("accepted-recovered-again-negative", SECTION, "Accepted as recovered; then below zero once more.")
def accepted_recovered(stage: Stage) -> list[Expected]:
    subject = f"matter:{stage.matter['id']}"
    hold(stage)
    stage.firm.disburse(stage.client, "1500.00", stage.matter, stage.day(10))
    stage.firm.deposit(stage.client, "500.00", stage.matter, stage.day(12))
    accept(stage, stage.client, "0.00", 30, code="client_ledger_negative", subject_key=subject)

    def later(_: Stage) -> list[Expected]:
        stage.on(LATER)
        stage.firm.disburse(stage.client, "300.00", stage.matter, stage.day(LATER))
        return [trust_row("client_ledger_negative", subject, "500.00", silent_on="it has recovered")]

    stage.later = later
    return [trust_row("client_ledger_negative", subject, "500.00", explains="it has recovered")]


@scenario("accepted-recovered-and-used", SECTION, "Accepted as recovered; ordinary money comes and goes: it holds.")
def accepted_recovered_used(stage: Stage) -> list[Expected]:
    subject = f"matter:{stage.matter['id']}"
    hold(stage)
    stage.firm.disburse(stage.client, "1500.00", stage.matter, stage.day(10))
    stage.firm.deposit(stage.client, "500.00", stage.matter, stage.day(12))
    accept(stage, stage.client, "0.00", 30, code="client_ledger_negative", subject_key=subject)

    def later(_: Stage) -> list[Expected]:
        stage.on(LATER)
        stage.firm.deposit(stage.client, "250.00", stage.matter, stage.day(LATER))
        return [trust_row("client_ledger_negative", subject, "500.00", status="accepted")]

    stage.later = later
    return [trust_row("client_ledger_negative", subject, "500.00")]


@scenario("accepted-surplus-grows", SECTION, "A fee beyond the bill accepted at 140.00; the bill is cut once more.")
def accepted_surplus(stage: Stage) -> list[Expected]:
    hold(stage, "2000.00")
    bill = stage.bill()
    stage.firm.pay_from_trust(bill, day=stage.day(10))
    stage.firm.edit_line(bill, 0, quantity=Decimal("0.80"))
    accept(stage, bill, "0.00", 30, code="fee_taken_without_bill")

    def later(_: Stage) -> list[Expected]:
        stage.on(LATER)
        stage.firm.edit_line(bill, 0, quantity=Decimal("0.10"))
        return [
            trust_row("fee_taken_without_bill", of(bill), "385.00"),
            row("amounts_differ", of(bill), "385.00"),
        ]

    stage.later = later
    return [trust_row("fee_taken_without_bill", of(bill), "140.00"), row("amounts_differ", of(bill), "140.00")]


@scenario("accepted-edits-other-lines", SECTION, "An edited draft accepted; other lines are edited: open again.")
def accepted_edits(stage: Stage) -> list[Expected]:
    bill = stage.stuck()
    stage.by_hand(bill, 0, Description="Something else")
    accept(stage, bill, "-1120.00", 30, code="stuck_in_draft_edited")

    def later(_: Stage) -> list[Expected]:
        stage.on(LATER)
        stage.by_hand(bill, 1, Description="Something else again")
        return [row("stuck_in_draft_edited", of(bill), "-1120.00")]

    stage.later = later
    return [row("stuck_in_draft_edited", of(bill), "-1120.00")]


# Worlds that are merely odd


@scenario("odd-refund-of-a-payment", SECTION, "Received and paid back in Clio, nothing of it in Xero: rows of 500.00.")
def odd_refund(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.pay(bill, "500.00", stage.day(10), reaches_xero=False)
    stage.firm.pay(bill, "-500.00", stage.day(12), reaches_xero=False)
    return [
        row("paid_in_clio_open_in_xero", of(bill), "500.00", amount="500.00"),
        row("paid_in_clio_open_in_xero", of(bill), "-500.00", amount="500.00"),
    ]


@scenario("odd-refund-on-a-void-bill", SECTION, "Paid from trust and paid back on a bill that is void: no stop.")
def odd_refund_void(stage: Stage) -> list[Expected]:
    hold(stage, "2000.00")
    bill = stage.bill(in_xero=False)
    stage.firm.pay_from_trust(bill, "500.00", stage.day(10), reaches_xero=False)
    stage.firm.pay_from_trust(bill, "-500.00", stage.day(12), reaches_xero=False)
    stage.firm.void(bill, in_xero=False)
    return [
        trust_row("fee_taken_without_bill", of(bill), "500.00"),
        trust_row("fee_taken_without_bill", of(bill), "500.00"),
    ]


@scenario("odd-refund-on-a-trust-request", SECTION, "A request paid into operating and paid back: no stop.")
def odd_refund_request(stage: Stage) -> list[Expected]:
    request = stage.firm.trust_request(stage.client, "500.00", stage.matter, stage.day(5))
    stage.firm.pay_request(request, "500.00", stage.day(10), account=stage.firm.operating)
    stage.firm.pay_request(request, "-500.00", stage.day(12), account=stage.firm.operating)
    return [
        trust_row("trust_receipt_in_operating", of(request), "500.00"),
        trust_row("trust_receipt_in_operating", of(request), "500.00"),
    ]


@scenario("odd-candidates-without-a-number", SECTION, "Two drafts without a number may be one missing bill.")
def odd_candidates(stage: Stage) -> list[Expected]:
    bill = stage.bill(in_xero=False)
    drafts = [stage.copy(bill, f"to be left out {number}", day=15) for number in (1, 2)]
    for draft in drafts:
        draft.update(Status="DRAFT", InvoiceNumber=None)
    return naming_each_other(
        [
            row("missing_in_xero", of(bill), "-1120.00", explains=("under another number or name", "without a number")),
            *(row("xero_only", of(draft), "0.00", severity="low") for draft in drafts),
        ]
    )


@scenario("odd-number-held-twice", SECTION, "Two voided invoices A-101 and a-101 hold the missing bill's number.")
def odd_number_held(stage: Stage) -> list[Expected]:
    bill = stage.bill(in_xero=False, number="A-101")
    other = stage.other()
    contact = stage.firm.contact(other)
    for number in ("A-101", "a-101"):
        stage.firm.xero.kill_invoice(stage.copy(bill, number, day=-40, contact=contact))
    return [row("missing_in_xero", of(bill), "-1120.00", explains="number A-101 is held")]


@scenario("odd-matter-without-a-number", SECTION, "A matter without a number, overdue and in funds: a row nonetheless.")
def odd_matter(stage: Stage) -> list[Expected]:
    stage.matter["display_number"] = None
    hold(stage, "400.00")
    bill = stage.bill(issued=stage.before(90), due=stage.before(60))
    return [trust_row("earned_fees_left_in_trust", of(bill), "400.00", explains="400.00")]


@scenario("odd-narratives", SECTION, "Twenty narratives of 900 characters: no row is longer than a person reads.")
def odd_narratives(stage: Stage) -> list[Expected]:
    lines = [time(f"{number} " + "Attention to the matter. " * 36, "1.00", "100.00") for number in range(1, 21)]
    bill = stage.stuck(lines)
    for position in range(20):
        stage.by_hand(bill, position, Description=f"Something else, {position}")
    return [row("stuck_in_draft_edited", of(bill), "-2000.00", explains="more")]
