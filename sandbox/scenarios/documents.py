"""The rules of documents, exceptions on the document itself, and of scope: what takes part."""

from decimal import Decimal

from sandbox.books import Record
from sandbox.engine import expense, time
from sandbox.scenarios.registry import Expected, row, scenario
from sandbox.scenarios.stage import ISSUED, LATER, Stage, of, work

SECTION = "documents"


def missing(bill: Record, effect: str = "-1120.00", **more: object) -> list[Expected]:
    """The one row most of these stories end with."""
    return [row("missing_in_xero", of(bill), effect, **more)]


@scenario("missing-plain", SECTION, "Approved in Clio, never arrived in Xero.")
def missing_plain(stage: Stage) -> list[Expected]:
    return missing(stage.bill(in_xero=False), amount="1120.00")


@scenario("missing-part-paid", SECTION, "Missing and part paid: only what is still owed is out.")
def missing_part_paid(stage: Stage) -> list[Expected]:
    bill = stage.bill(in_xero=False)
    stage.firm.pay(bill, "400.00", stage.day(LATER), reaches_xero=False)
    return missing(bill, "-720.00")


@scenario("missing-paid", SECTION, "Missing though paid in full: still a fault, no effect on receivables.")
def missing_paid(stage: Stage) -> list[Expected]:
    bill = stage.bill(in_xero=False)
    stage.firm.pay(bill, day=stage.day(LATER), reaches_xero=False)
    return missing(bill, "0.00")


@scenario("missing-zero", SECTION, "A bill of nothing never crosses: silent.")
def missing_zero(stage: Stage) -> list[Expected]:
    stage.bill([time("Courtesy call", "0.50", line_type="NoChargeLineItem")], in_xero=False)
    return []


@scenario("missing-fully-discounted", SECTION, "Discounted to nothing: payable total 0.00, silent.")
def missing_fully_discounted(stage: Stage) -> list[Expected]:
    stage.bill(discount=("percentage", "100"), in_xero=False)
    return []


@scenario("missing-one-cent", SECTION, "One cent is not nothing.")
def missing_one_cent(stage: Stage) -> list[Expected]:
    return missing(stage.bill([expense("Postage", "0.01")], in_xero=False), "-0.01")


@scenario("missing-draft", SECTION, "Drafts and bills awaiting approval need no invoice.")
def missing_draft(stage: Stage) -> list[Expected]:
    stage.draft(reaches_xero=False)
    stage.firm.submit(stage.draft(reaches_xero=False))
    return []


@scenario("missing-trust-request", SECTION, "A trust request is no receivable, paid or not.")
def missing_trust_request(stage: Stage) -> list[Expected]:
    stage.firm.trust_request(stage.client, "3000.00", stage.matter, stage.day(ISSUED))
    paid = stage.firm.trust_request(stage.client, "500.00", stage.matter, stage.day(ISSUED))
    stage.firm.pay_request(paid, "500.00", stage.day(ISSUED + 1))
    return []


@scenario("start-date-before", SECTION, "Dated the day before the start: outside, on either side.", out_of_scope=True)
def start_date_before(stage: Stage) -> list[Expected]:
    stage.firm.settings["start_date"] = stage.day(0)
    stage.bill(issued=stage.day(-1), in_xero=False)
    stage.rent("A-77", day=-1)
    return []


@scenario("start-date-on", SECTION, "Dated on the start day itself: inside, on either side.")
def start_date_on(stage: Stage) -> list[Expected]:
    stage.firm.settings["start_date"] = stage.day(0)
    bill = stage.bill(issued=stage.day(0), in_xero=False)
    other = stage.rent("A-77", day=0)
    return [*missing(bill), row("xero_only", of(other), "2400.00")]


@scenario("start-date-before-paired", SECTION, "Before the start but with a partner: compared like any other.")
def start_date_before_paired(stage: Stage) -> list[Expected]:
    stage.firm.settings["start_date"] = stage.day(0)
    bill = stage.stuck(issued=stage.day(-1))
    return [row("stuck_in_draft_ready", of(bill), "-1120.00")]


# Likely causes of a missing bill


@scenario("missing-contact-archived", SECTION, "The client's contact is archived in Xero, which refuses the bill.")
def missing_contact_archived(stage: Stage) -> list[Expected]:
    stage.firm.xero.archive_contact(stage.firm.contact(stage.client))
    return missing(stage.bill(in_xero=False), explains="archived")


@scenario("missing-period-locked", SECTION, "The bill's day lies on the last locked day.")
def missing_period_locked(stage: Stage) -> list[Expected]:
    stage.firm.lock_period(stage.day(ISSUED))
    return missing(stage.bill(in_xero=False), explains="lock")


@scenario("missing-period-not-locked", SECTION, "Locked up to the day before: the lock is not the cause.")
def missing_period_not_locked(stage: Stage) -> list[Expected]:
    stage.firm.lock_period(stage.day(ISSUED - 1))
    return missing(stage.bill(in_xero=False), silent_on="lock")


@scenario("missing-negative", SECTION, "Xero takes no invoice below zero: what is missing is a credit note.")
def missing_negative(stage: Stage) -> list[Expected]:
    bill = stage.bill([expense("Refund of filing fee", "-50.00")], in_xero=False)
    return [row("credit_note_missing", of(bill), "50.00", explains="negative")]


# Stuck in draft


def ready(bill: Record, effect: str = "-1120.00") -> list[Expected]:
    """Approve as it is."""
    return [row("stuck_in_draft_ready", of(bill), effect)]


def edited(bill: Record, effect: str = "-1120.00", **more: object) -> list[Expected]:
    """Edit first, then approve."""
    return [row("stuck_in_draft_edited", of(bill), effect, **more)]


@scenario("stuck-ready", SECTION, "The founding fault, untouched since: approve as it is.")
def stuck_ready(stage: Stage) -> list[Expected]:
    return ready(stage.stuck())


@scenario("stuck-ready-submitted", SECTION, "Submitted for approval in Xero counts as a draft.")
def stuck_ready_submitted(stage: Stage) -> list[Expected]:
    bill = stage.stuck()
    stage.firm.xero.edit_invoice(stage.firm.invoice_of[bill["id"]], Status="SUBMITTED")
    return ready(bill)


@scenario("stuck-ready-reordered", SECTION, "The lines stand in another order, which never matters.")
def stuck_ready_reordered(stage: Stage) -> list[Expected]:
    bill = stage.stuck()
    invoice = stage.firm.invoice_of[bill["id"]]
    stage.firm.xero.edit_invoice(invoice, invoice["LineItems"][::-1])
    return ready(bill)


@scenario("stuck-ready-typography", SECTION, "Quotes, dashes, blanks, entities and a full stop are not wording.")
def stuck_ready_typography(stage: Stage) -> list[Expected]:
    lines = [
        time('Review of "Plan B" - client\'s draft', "1.00"),
        time("Smith & Co. correspondence", "0.40"),
        time("Caf\u00e9 meeting, see notes", "0.60"),
    ]
    bill = stage.stuck(lines)
    invoice = stage.firm.invoice_of[bill["id"]]
    wordings = (
        "Review of \u201cPlan B\u201d \u2013 client\u2019s draft.",
        "Smith &amp; Co. correspondence",
        "CAFE\u0301 meeting,\n see\u00a0 notes",
    )
    for line, wording in zip(invoice["LineItems"], wordings, strict=True):
        line["Description"] = wording
    stage.firm.xero.edit_invoice(invoice)
    return ready(bill, "-700.00")


@scenario("stuck-ready-interest", SECTION, "Interest has run since; it is left out of the comparison.")
def stuck_ready_interest(stage: Stage) -> list[Expected]:
    bill = stage.stuck()
    stage.firm.accrue_interest(bill, "13.45", stage.day(LATER), mirror=None)
    return ready(bill, "-1133.45")


@scenario("stuck-ready-paid", SECTION, "Already paid in Clio: nothing owed, the payment waits for the approval.")
def stuck_ready_paid(stage: Stage) -> list[Expected]:
    bill = stage.stuck()
    stage.firm.pay(bill, day=stage.day(LATER), reaches_xero=False)
    return [*ready(bill, "0.00"), blocked("1120.00", bill, "stuck_in_draft_ready")]


@scenario("stuck-ready-part-paid", SECTION, "Part paid in Clio: the rest is owed, the payment waits.")
def stuck_ready_part_paid(stage: Stage) -> list[Expected]:
    bill = stage.stuck()
    stage.firm.pay(bill, "420.00", stage.day(LATER), reaches_xero=False)
    return [*ready(bill, "-700.00"), blocked("420.00", bill, "stuck_in_draft_ready")]


def blocked(amount: str, bill: Record, by: str) -> Expected:
    """A payment that Xero cannot take while the invoice is a draft."""
    return row("paid_in_clio_open_in_xero", of(bill), "0.00", amount=amount, blocked_by=by)


@scenario("stuck-edited-hours", SECTION, "Hours were cut in Clio after the draft went across.")
def stuck_edited_hours(stage: Stage) -> list[Expected]:
    bill = stage.draft()
    stage.firm.edit_line(bill, 0, quantity=Decimal("0.80"))
    stage.firm.approve(bill, in_xero=False)
    return edited(bill, "-980.00", explains=("1.2", "0.8", "280.00"))


@scenario("stuck-edited-one-cent", SECTION, "One cent is an edit.")
def stuck_edited_one_cent(stage: Stage) -> list[Expected]:
    bill = stage.draft()
    stage.firm.edit_line(bill, 2, price=Decimal("525.01"))
    stage.firm.approve(bill, in_xero=False)
    return edited(bill, "-1120.01", explains="525.01")


@scenario("stuck-edited-wording", SECTION, "Only the wording changed: still not ready.")
def stuck_edited_wording(stage: Stage) -> list[Expected]:
    bill = stage.draft()
    stage.firm.edit_line(bill, 1, description="Telephone conference with opposing counsel")
    stage.firm.approve(bill, in_xero=False)
    return edited(bill, explains="wording")


@scenario("stuck-edited-added", SECTION, "A line was added in Clio.")
def stuck_edited_added(stage: Stage) -> list[Expected]:
    bill = stage.draft()
    stage.firm.add_line(bill, time("Preparation for hearing", "2.00"))
    stage.firm.approve(bill, in_xero=False)
    return edited(bill, "-1820.00", explains="Preparation for hearing")


@scenario("stuck-edited-removed", SECTION, "A line was taken off in Clio.")
def stuck_edited_removed(stage: Stage) -> list[Expected]:
    bill = stage.draft()
    stage.firm.remove_line(bill, 1)
    stage.firm.approve(bill, in_xero=False)
    return edited(bill, "-945.00", explains="Telephone call with opposing counsel")


@scenario("stuck-edited-cancelling", SECTION, "Two edits that cancel: the totals agree, the lines do not.")
def stuck_edited_cancelling(stage: Stage) -> list[Expected]:
    bill = stage.draft()
    stage.firm.edit_line(bill, 0, quantity=Decimal("1.00"))
    stage.firm.edit_line(bill, 1, quantity=Decimal("0.70"))
    stage.firm.approve(bill, in_xero=False)
    return edited(bill)


@scenario("stuck-edited-rate-and-hours", SECTION, "Half the hours at twice the rate: same amount, other line.")
def stuck_edited_rate_and_hours(stage: Stage) -> list[Expected]:
    # "every line agree": quantity and rate are part of the line that the client reads.
    bill = stage.draft()
    stage.firm.edit_line(bill, 0, quantity=Decimal("0.60"), price=Decimal("700.00"))
    stage.firm.approve(bill, in_xero=False)
    return edited(bill)


@scenario("stuck-edited-date", SECTION, "The issue date was moved by a day.")
def stuck_edited_date(stage: Stage) -> list[Expected]:
    bill = stage.draft(due=stage.day(40))
    stage.firm.edit_bill(bill, issued_at=stage.day(ISSUED + 1))
    stage.firm.approve(bill, in_xero=False)
    return edited(bill)


@scenario("stuck-edited-due-date", SECTION, "Only the due date was moved.")
def stuck_edited_due_date(stage: Stage) -> list[Expected]:
    bill = stage.draft()
    stage.firm.edit_bill(bill, due_at=stage.day(60))
    stage.firm.approve(bill, in_xero=False)
    return edited(bill)


@scenario("stuck-edited-discount", SECTION, "A discount was given in Clio after the draft went across.")
def stuck_edited_discount(stage: Stage) -> list[Expected]:
    bill = stage.draft()
    stage.firm.edit_bill(bill, discount=("percentage", "10"))
    stage.firm.approve(bill, in_xero=False)
    return edited(bill, "-1008.00")


@scenario("stuck-ready-discount", SECTION, "The discount is in the draft as a line of its own: ready.")
def stuck_ready_discount(stage: Stage) -> list[Expected]:
    return ready(stage.stuck(discount=("percentage", "10")), "-1008.00")


@scenario("stuck-ready-discount-rate", SECTION, "The discount is in the draft as a rate on each line: ready.")
def stuck_ready_discount_rate(stage: Stage) -> list[Expected]:
    bill = stage.draft(discount=("percentage", "10"), reaches_xero=False)
    stage.firm.push(bill, "rate")
    stage.firm.approve(bill, in_xero=False)
    return ready(bill, "-1008.00")


@scenario("stuck-edited-tax", SECTION, "Tax was taken off a line in Clio.")
def stuck_edited_tax(stage: Stage) -> list[Expected]:
    bill = stage.draft([time("Advice", "2.00", taxable=True)], tax="8")
    stage.firm.edit_line(bill, 0, taxable=False)
    stage.firm.approve(bill, in_xero=False)
    return edited(bill, "-700.00")


@scenario("stuck-edited-contact", SECTION, "The draft sits with another contact.")
def stuck_edited_contact(stage: Stage) -> list[Expected]:
    # wrong_contact is a row about content, hence of live invoices only; here the stuck row says it.
    bill = stage.draft()
    wrong = stage.firm.xero.add_contact("Voss Hartley Partners")
    invoice = stage.firm.invoice_of[bill["id"]]
    stage.firm.xero.edit_invoice(invoice, Contact=stage.firm.xero.contact_ref(wrong))
    stage.firm.approve(bill, in_xero=False)
    return edited(bill, explains="Voss Hartley Partners")


@scenario("stuck-edited-paid", SECTION, "Edited after the draft went across, approved and paid in Clio.")
def stuck_edited_paid(stage: Stage) -> list[Expected]:
    bill = stage.draft()
    stage.firm.edit_line(bill, 0, quantity=Decimal("0.80"))
    stage.firm.approve(bill, in_xero=False)
    stage.firm.pay(bill, day=stage.day(LATER), reaches_xero=False)
    return [*edited(bill, "0.00"), blocked("980.00", bill, "stuck_in_draft_edited")]


@scenario("stuck-pushed-again", SECTION, "Edited in Clio and pushed again before the approval: ready.")
def stuck_pushed_again(stage: Stage) -> list[Expected]:
    bill = stage.draft()
    stage.firm.edit_line(bill, 0, reaches_xero=True, quantity=Decimal("0.80"))
    stage.firm.approve(bill, in_xero=False)
    return ready(bill, "-980.00")


@scenario("drafts-on-both-sides", SECTION, "Two drafts that differ: no matter until one is approved.")
def drafts_on_both_sides(stage: Stage) -> list[Expected]:
    bill = stage.draft()
    stage.firm.edit_line(bill, 0, quantity=Decimal("0.80"))
    return []


# Approved early


@scenario("approved-early", SECTION, "Approved in Xero while still a draft in Clio.")
def approved_early(stage: Stage) -> list[Expected]:
    bill = stage.draft()
    stage.firm.approve(bill, in_clio=False)
    return [row("approved_early_in_xero", of(bill), "1120.00")]


@scenario("approved-early-pending", SECTION, "Awaiting approval in Clio is unapproved too.")
def approved_early_pending(stage: Stage) -> list[Expected]:
    bill = stage.draft()
    stage.firm.submit(bill)
    stage.firm.approve(bill, in_clio=False)
    return [row("approved_early_in_xero", of(bill), "1120.00")]


@scenario("approved-early-paid", SECTION, "Approved and paid in Xero alone: no receivable is left to explain.")
def approved_early_paid(stage: Stage) -> list[Expected]:
    bill = stage.draft()
    stage.firm.approve(bill, in_clio=False)
    stage.firm.pay(bill, "1120.00", stage.day(LATER), in_clio=False)
    return [row("approved_early_in_xero", of(bill), "0.00")]


@scenario("approved-early-dead", SECTION, "A draft bill whose invoice is voided: nothing to say.")
def approved_early_dead(stage: Stage) -> list[Expected]:
    bill = stage.draft()
    stage.firm.approve(bill, in_clio=False)
    stage.firm.xero.kill_invoice(stage.firm.invoice_of[bill["id"]])
    return []


# Void on one side


@scenario("void-in-clio", SECTION, "Voided in Clio, still authorised in Xero.")
def void_in_clio(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.void(bill, in_xero=False)
    return [row("void_in_clio_live_in_xero", of(bill), "1120.00")]


@scenario("void-in-clio-paid-in-xero", SECTION, "Voided in Clio, paid in Xero.")
def void_in_clio_paid_in_xero(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.pay(bill, "1120.00", stage.day(LATER), in_clio=False)
    stage.firm.void(bill, in_xero=False)
    return [row("void_in_clio_live_in_xero", of(bill), "0.00")]


@scenario("deleted-in-clio-draft-in-xero", SECTION, "A deleted draft left its draft invoice behind: medium.")
def deleted_in_clio(stage: Stage) -> list[Expected]:
    bill = stage.draft()
    stage.firm.delete_draft(bill, in_xero=False)
    return [row("void_in_clio_live_in_xero", of(bill), "0.00", severity="medium")]


@scenario("deleted-in-clio-live-in-xero", SECTION, "A deleted draft whose invoice was approved: high.")
def deleted_in_clio_live(stage: Stage) -> list[Expected]:
    bill = stage.draft()
    stage.firm.approve(bill, in_clio=False)
    stage.firm.delete_draft(bill, in_xero=False)
    return [row("void_in_clio_live_in_xero", of(bill), "1120.00")]


@scenario("void-on-both-sides", SECTION, "Voided, or deleted, on both sides: nothing.")
def void_on_both_sides(stage: Stage) -> list[Expected]:
    stage.firm.void(stage.bill())
    stage.firm.delete_draft(stage.draft())
    return []


@scenario("void-without-invoice", SECTION, "Voided in Clio and never in Xero: nothing.")
def void_without_invoice(stage: Stage) -> list[Expected]:
    stage.firm.void(stage.bill(in_xero=False), in_xero=False)
    return []


@scenario("vanished-unknown", SECTION, "A bill that was gone before the first night: its invoice is Xero's alone.")
def vanished_unknown(stage: Stage) -> list[Expected]:
    bill = stage.draft()
    invoice = stage.firm.invoice_of[bill["id"]]
    stage.firm.delete_draft(bill, vanish=True, in_xero=False)
    return [row("xero_only", of(invoice), "0.00", severity="low")]


@scenario("vanished-known", SECTION, "A draft that was there last night is gone tonight; its invoice stayed.")
def vanished_known(stage: Stage) -> list[Expected]:
    bill = stage.draft()

    def later(_: Stage) -> list[Expected]:
        stage.firm.delete_draft(bill, vanish=True, in_xero=False)
        return [row("bill_vanished", of(bill), "0.00", status="in_flight")]

    # In flight on the second night: the bill left Clio since the night before, within the grace.
    stage.later = later
    return []


@scenario("void-in-xero", SECTION, "Voided in Xero, unpaid in Clio.")
def void_in_xero(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.void(bill, in_clio=False)
    return [row("void_in_xero_live_in_clio", of(bill), "-1120.00")]


@scenario("void-in-xero-paid-in-clio", SECTION, "Voided in Xero, paid in Clio: the row, without effect.")
def void_in_xero_paid(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.void(bill, in_clio=False)
    stage.firm.pay(bill, day=stage.day(LATER), reaches_xero=False)
    return [row("void_in_xero_live_in_clio", of(bill), "0.00")]


@scenario("deleted-in-xero", SECTION, "The draft was deleted in Xero, then the bill approved in Clio.")
def deleted_in_xero(stage: Stage) -> list[Expected]:
    bill = stage.draft()
    stage.firm.xero.kill_invoice(stage.firm.invoice_of[bill["id"]])
    stage.firm.approve(bill, in_xero=False)
    return [row("void_in_xero_live_in_clio", of(bill), "-1120.00")]


@scenario("deleted-in-xero-draft-in-clio", SECTION, "Deleted in Xero, still a draft in Clio: nothing.")
def deleted_in_xero_draft(stage: Stage) -> list[Expected]:
    bill = stage.draft()
    stage.firm.xero.kill_invoice(stage.firm.invoice_of[bill["id"]])
    return []


# Xero alone


@scenario("xero-only", SECTION, "An invoice that no bill explains.")
def xero_only(stage: Stage) -> list[Expected]:
    return [row("xero_only", of(stage.rent("RENT-1")), "2400.00")]


@scenario("xero-only-draft", SECTION, "The same, still a draft: low, and no effect.")
def xero_only_draft(stage: Stage) -> list[Expected]:
    return [row("xero_only", of(stage.rent("RENT-1", Status="DRAFT")), "0.00", severity="low")]


@scenario("xero-only-part-paid", SECTION, "Only what is due counts.")
def xero_only_part_paid(stage: Stage) -> list[Expected]:
    invoice = stage.rent("RENT-1")
    stage.firm.xero.add_payment(invoice, Decimal("400.00"), stage.day(LATER), stage.firm.xero.account("1000"))
    return [row("xero_only", of(invoice), "2000.00")]


@scenario("xero-only-voided", SECTION, "Voided and deleted invoices of Xero's own are nothing.")
def xero_only_voided(stage: Stage) -> list[Expected]:
    stage.firm.xero.kill_invoice(stage.rent("RENT-1"))
    stage.firm.xero.kill_invoice(stage.rent("RENT-2", Status="DRAFT"))
    return []


@scenario("xero-only-supplier-bill", SECTION, "A supplier's bill is in the same list, and none of our business.")
def xero_only_supplier(stage: Stage) -> list[Expected]:
    stage.rent("SUP-9", contact="Paper Supplies Ltd", code="404", Type="ACCPAY")
    return []


@scenario("not-from-clio-contact", SECTION, "The firm says that this contact never comes from Clio.", out_of_scope=True)
def not_from_clio_contact(stage: Stage) -> list[Expected]:
    stage.firm.settings["not_from_clio"] = {"contacts": ["Sublease Tenant"]}
    stage.rent("9001")
    other = stage.rent("9002", contact="Sublease Tenant Two")
    return [row("xero_only", of(other), "2400.00")]


@scenario("not-from-clio-account", SECTION, "The firm says that this account never comes from Clio.", out_of_scope=True)
def not_from_clio_account(stage: Stage) -> list[Expected]:
    stage.firm.settings["not_from_clio"] = {"account_codes": ["260"]}
    stage.rent("9001")
    other = stage.rent("9002", code="220")
    return [row("xero_only", of(other), "2400.00")]


@scenario("not-from-clio-pattern", SECTION, "The firm says that such numbers never come from Clio.", out_of_scope=True)
def not_from_clio_pattern(stage: Stage) -> list[Expected]:
    stage.firm.settings["not_from_clio"] = {"number_pattern": "^RENT-"}
    stage.rent("RENT-1")
    other = stage.rent("XRENT-1")
    return [row("xero_only", of(other), "2400.00")]


@scenario("not-from-clio-all", SECTION, "All three ways at once, and a real bill beside them.", out_of_scope=True)
def not_from_clio_all(stage: Stage) -> list[Expected]:
    stage.firm.settings["not_from_clio"] = {
        "contacts": ["Sublease Tenant"],
        "account_codes": ["220"],
        "number_pattern": "^RENT-",
    }
    stage.rent("9001")
    stage.rent("9002", contact="Coffee Kiosk", code="220")
    stage.rent("RENT-3", contact="Coffee Kiosk", code="260")
    return missing(stage.bill(in_xero=False))


@scenario("one-of-ten", SECTION, "Removing one thing yields one complaint: one invoice out of ten.")
def one_of_ten(stage: Stage) -> list[Expected]:
    for position in range(9):
        stage.bill([*work(), time("Follow-up", f"{position + 1}.00")])
    return missing(stage.bill(in_xero=False))
