"""What stands for a bill in Xero when it is not one invoice of its number: several, a credit note, interest."""

from decimal import Decimal

from sandbox.books import Record
from sandbox.engine import expense, time
from sandbox.money import money
from sandbox.scenarios.documents import missing
from sandbox.scenarios.registry import Expected, row, scenario
from sandbox.scenarios.stage import ISSUED, LATER, Stage, of

SECTION = "documents"
SEND = ("sent to Xero", "send")


def same_number(stage: Stage, bill: Record, **more: object) -> Record:
    """The bill's invoice once more under the same number, which Xero's books take when a push runs twice at once."""
    twin = stage.copy(bill, f"{bill['number']} twin")
    twin.update({"InvoiceNumber": bill["number"], **more})
    stage.firm.xero.settle(twin)
    return twin


# Candidates


@scenario(
    "candidate-to-link", SECTION, "Two equal bills are missing; an invoice of client, total and date may be either."
)
def candidate_to_link(stage: Stage) -> list[Expected]:
    bills = [stage.bill(in_xero=False) for _ in range(2)]
    other = stage.copy(bills[0], "H-1042")
    return [
        *(
            row(
                "missing_in_xero",
                of(bill),
                "-1120.00",
                explains=("H-1042", "1,120.00", str(bill["issued_at"])),
                advises=f"tieout link candidate-to-link {bill['id']} {other['InvoiceID']}",
                never_advises=SEND,
                candidate=(other["InvoiceID"],),
            )
            for bill in bills
        ),
        row(
            "xero_only",
            of(other),
            "1120.00",
            explains=("2005", "2006"),
            advises="tieout link",
            never_advises=SEND,
            candidate=tuple(str(bill["id"]) for bill in bills),
        ),
    ]


@scenario("candidate-many", SECTION, "Five invoices may be the bill: three are named, and that there are two more.")
def candidate_many(stage: Stage) -> list[Expected]:
    bill = stage.bill(in_xero=False)
    others = [stage.copy(bill, f"H-{number}", day=ISSUED + number) for number in range(1, 6)]
    return [
        row(
            "missing_in_xero",
            of(bill),
            "-1120.00",
            explains=("H-1 ", "H-2 ", "H-3 ", "2 more"),
            silent_on="H-4",
            never_advises=SEND,
            candidate=tuple(other["InvoiceID"] for other in others[:3]),
        ),
        *(
            row("xero_only", of(other), "1120.00", advises="tieout link", candidate=(str(bill["id"]),))
            for other in others
        ),
    ]


@scenario(
    "candidate-under-another-name", SECTION, "The number with INV- and the total, under a stranger: it may be it."
)
def candidate_other_name(stage: Stage) -> list[Expected]:
    bill = stage.bill(in_xero=False)
    contact = stage.firm.xero.add_contact("Voss Hartley Partners")
    other = stage.copy(bill, f"INV-{bill['number']}", contact=contact, day=ISSUED + 50)
    return [
        row(
            "missing_in_xero",
            of(bill),
            "-1120.00",
            explains="Voss Hartley Partners",
            never_advises=SEND,
            candidate=(other["InvoiceID"],),
        ),
        row("xero_only", of(other), "1120.00", advises="tieout link", candidate=(str(bill["id"]),)),
    ]


@scenario(
    "candidate-of-a-voided", SECTION, "Voided in Xero and raised again a day later: link it, do not raise a third."
)
def candidate_of_a_voided(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.void(bill, in_clio=False)
    other = stage.copy(bill, "H-1042", day=ISSUED + 1)
    return [
        row(
            "void_in_xero_live_in_clio",
            of(bill),
            "-1120.00",
            explains="H-1042",
            never_advises=SEND,
            candidate=(other["InvoiceID"],),
        ),
        row("xero_only", of(other), "1120.00", candidate=(str(bill["id"]),)),
    ]


# Causes and their cures


@scenario("cure-number-held", SECTION, "A voided invoice holds the number: renumber it, then save the bill.")
def cure_number_held(stage: Stage) -> list[Expected]:
    first = stage.bill()
    stage.firm.void(first)
    again = stage.bill([time("Appeal brief", "5.00")], number=first["number"], in_xero=False)
    advice = (f"Renumber the voided invoice that holds {first['number']}", "save the bill in Clio")
    return missing(again, "-1750.00", explains="void", advises=advice)


@scenario("cure-number-taken", SECTION, "Another bill's invoice has the number: this one needs a number of its own.")
def cure_number_taken(stage: Stage) -> list[Expected]:
    first = stage.bill()
    second = stage.bill([time("Deed", "2.00")], client=stage.other(), number=first["number"], in_xero=False)
    return missing(second, "-700.00", advises="a number of its own")


@scenario("cure-contact-and-period", SECTION, "Two causes at once: both cures come before the bill is saved.")
def cure_two(stage: Stage) -> list[Expected]:
    stage.firm.xero.archive_contact(stage.firm.contact(stage.client))
    bill = stage.bill(in_xero=False)
    stage.firm.lock_period(stage.day(ISSUED))
    return missing(bill, advises=("Restore the contact Eleanor Voss", "open the books", "Then save the bill"))


@scenario("held-by-two-voided", SECTION, "Two voided invoices of a stranger hold A-101 and a-101: one row names both.")
def held_by_two_voided(stage: Stage) -> list[Expected]:
    for number in ("A-101", "a-101"):
        stage.firm.xero.kill_invoice(stage.rent(number, contact="Oscar Lindgren"))
    bill = stage.bill(number="A-101", in_xero=False, issued=stage.day(ISSUED + 1))
    return missing(bill, explains="void", advises=("holds A-101", "holds a-101"))


@scenario("voided-twice", SECTION, "Two voided invoices of the client have the bill's number: void in Xero, said once.")
def voided_twice(stage: Stage) -> list[Expected]:
    bill = stage.bill(number="A-101")
    twin = stage.copy(bill, "a-101")
    for invoice in (stage.invoice(bill), twin):
        stage.firm.xero.kill_invoice(invoice)
    return [row("void_in_xero_live_in_clio", of(bill), "-1120.00", advises=("holds A-101", "holds a-101"))]


@scenario("two-unnumbered-drafts", SECTION, "Two drafts without a number may be the missing bill: three rows.")
def two_unnumbered_drafts(stage: Stage) -> list[Expected]:
    bill = stage.bill(in_xero=False)
    drafts = [stage.copy(bill, f"tmp {number}", day=ISSUED + 1) for number in range(2)]
    for draft in drafts:
        draft.update({"InvoiceNumber": "", "Status": "DRAFT"})
    return [
        row(
            "missing_in_xero",
            of(bill),
            "-1120.00",
            explains="without a number",
            never_advises=SEND,
            candidate=tuple(draft["InvoiceID"] for draft in drafts),
        ),
        *(row("xero_only", of(draft), "0.00", severity="low", candidate=(str(bill["id"]),)) for draft in drafts),
    ]


# Several invoices of one number


@scenario("pushed-twice", SECTION, "One draft pushed twice under one number: the oldest is the pair, the other extra.")
def pushed_twice(stage: Stage) -> list[Expected]:
    bill = stage.stuck()
    same_number(stage, bill, Status="DRAFT")
    return [
        row("stuck_in_draft_edited", of(bill), "-1120.00", advises="duplicate", never_advises=SEND),
        row("duplicate_in_xero", of(bill), "0.00", advises="Delete"),
    ]


@scenario("pushed-twice-approved-once", SECTION, "A draft and a live invoice of one number: the live one is the pair.")
def pushed_twice_approved_once(stage: Stage) -> list[Expected]:
    bill = stage.stuck()
    same_number(stage, bill, Status="AUTHORISED")
    return [row("duplicate_in_xero", of(bill), "0.00", explains="draft", advises="Delete", never_advises="Void")]


@scenario(
    "pushed-twice-other-total", SECTION, "Of two live invoices of one number, the one of equal total is the pair."
)
def pushed_twice_other_total(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.xero.edit_invoice(stage.invoice(bill), stage.invoice(bill)["LineItems"][:1])
    same_number(stage, bill)
    return [row("duplicate_in_xero", of(bill), "420.00", advises="Void")]


@scenario("draft-outdone", SECTION, "Draft 101 and paid 101-1, both of bill 101: the paid one is the pair.")
def draft_outdone(stage: Stage) -> list[Expected]:
    bill = stage.stuck()
    paid = stage.copy(bill, f"{bill['number']}-1")
    stage.firm.pay(bill, day=stage.day(LATER), reaches_xero=False)
    stage.firm.xero.add_payment(paid, money("1120.00"), stage.day(LATER), stage.firm.xero.account("1000"))
    return [
        row("renumbered", of(bill)),
        row("duplicate_in_xero", of(bill), "0.00", advises="Delete", never_advises=("Void", "approve")),
    ]


@scenario("draft-outdone-by-prefix", SECTION, "Draft 2005 and live INV-2005 of another day and total: the live one.")
def draft_outdone_by_prefix(stage: Stage) -> list[Expected]:
    bill = stage.stuck()
    live = stage.copy(bill, f"INV-{bill['number']}", day=ISSUED + 2)
    stage.firm.xero.edit_invoice(live, live["LineItems"][:2], DueDate=bill["due_at"])
    return [
        row("amounts_differ", of(bill), "-525.00"),
        row("date_differs", of(bill)),
        row("duplicate_in_xero", of(bill), "0.00", advises="Delete"),
    ]


@scenario("draft-not-outdone", SECTION, "A live invoice a day off is no proof: it stays Xero's alone.")
def draft_not_outdone(stage: Stage) -> list[Expected]:
    bill = stage.stuck()
    other = stage.copy(bill, f"{bill['number']}-1", day=ISSUED + 1)
    return [row("stuck_in_draft_ready", of(bill), "-1120.00"), row("xero_only", of(other), "1120.00")]


@scenario("duplicate-with-payment", SECTION, "The extra invoice is part paid: the payment has to come off first.")
def duplicate_with_payment(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    extra = stage.firm.duplicate(bill, "A-77")
    stage.firm.xero.add_payment(extra, money("400.00"), stage.day(LATER), stage.firm.xero.account("1000"))
    return [row("duplicate_in_xero", of(bill), "720.00", advises=("payments of 400.00", "only then void"))]


@scenario("void-with-payment", SECTION, "Voided in Clio, part paid in Xero: what the money was for comes first.")
def void_with_payment(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.pay(bill, "400.00", stage.day(LATER), in_clio=False)
    stage.firm.void(bill, in_xero=False)
    return [row("void_in_clio_live_in_xero", of(bill), "720.00", advises=("payments of 400.00", "only then void"))]


# What "ready" demands


@scenario("stuck-other-number", SECTION, "Draft INV-0077 of bill 2005, paired by client, date and total: not ready.")
def stuck_other_number(stage: Stage) -> list[Expected]:
    bill = stage.draft(reaches_xero=False)
    stage.firm.approve(bill, in_xero=False)
    draft = stage.copy(bill, "INV-0077")
    draft["Status"] = "DRAFT"
    return [row("stuck_in_draft_edited", of(bill), "-1120.00", explains="number: INV-0077 to 2005")]


@scenario("stuck-normalised-number", SECTION, "INV-2005 is 2005: ready.")
def stuck_normalised_number(stage: Stage) -> list[Expected]:
    bill = stage.draft(reaches_xero=False)
    stage.firm.approve(bill, in_xero=False)
    draft = stage.copy(bill, f"INV-{bill['number']}")
    draft["Status"] = "DRAFT"
    return [row("stuck_in_draft_ready", of(bill), "-1120.00", explains="days, since")]


@scenario("stuck-account-archived", SECTION, "Ready, but Xero would refuse the account: that comes first.")
def stuck_account_archived(stage: Stage) -> list[Expected]:
    bill = stage.stuck()
    account = stage.firm.xero.account("200")
    account["Status"] = "ARCHIVED"
    stage.firm.xero.touch(account)
    return [row("stuck_in_draft_ready", of(bill), "-1120.00", advises=("Restore account 200", "Then approve"))]


@scenario("stuck-contact-archived", SECTION, "Ready, but its contact is archived: that comes first.")
def stuck_contact_archived(stage: Stage) -> list[Expected]:
    bill = stage.stuck()
    stage.firm.xero.archive_contact(stage.firm.contact(stage.client))
    return [row("stuck_in_draft_ready", of(bill), "-1120.00", advises=("Restore the contact", "Then approve"))]


@scenario("stuck-period-locked", SECTION, "Ready, but dated on the last locked day: that comes first.")
def stuck_period_locked(stage: Stage) -> list[Expected]:
    bill = stage.stuck()
    stage.firm.lock_period(stage.day(ISSUED))
    return [row("stuck_in_draft_ready", of(bill), "-1120.00", advises=("locked until", "Then approve"))]


@scenario("stuck-period-not-locked", SECTION, "The day after the last locked one: nothing in the way.")
def stuck_period_not_locked(stage: Stage) -> list[Expected]:
    bill = stage.stuck()
    stage.firm.lock_period(stage.day(ISSUED - 1))
    return [row("stuck_in_draft_ready", of(bill), "-1120.00", never_advises="lock")]


# Bills below zero


def refund(stage: Stage, **more: object) -> Record:
    """A bill of -200.00."""
    more.setdefault("in_xero", False)
    return stage.bill([expense("Refund of filing fee", "-200.00")], **more)


def note(stage: Stage, number: str, reference: str = "", amount: str = "200.00") -> Record:
    """A sales credit note of the story's client."""
    firm = stage.firm
    line = firm.xero.line("Refund of filing fee", Decimal(1), money(amount), "210")
    record = firm.xero.add_credit_note(firm.contact(stage.client), number, stage.day(ISSUED), [line])
    record["Reference"] = reference
    return record


@scenario("credit-note-missing", SECTION, "A bill of -200.00 and nothing in Xero: raise a credit note.")
def credit_note_missing(stage: Stage) -> list[Expected]:
    return [
        row("credit_note_missing", of(refund(stage)), "200.00", advises="credit note of 200.00", never_advises=SEND)
    ]


@scenario(
    "credit-note-missing-draft", SECTION, "A draft invoice of -200.00 stands for it: delete it, never approve it."
)
def credit_note_missing_draft(stage: Stage) -> list[Expected]:
    bill = stage.draft([expense("Refund of filing fee", "-200.00")], reaches_xero=False)
    stage.firm.approve(bill, in_xero=False)
    draft = stage.copy(stage.bill(), "tmp")
    stage.firm.xero.kill_invoice(draft)
    draft.update({"InvoiceNumber": bill["number"], "Status": "DRAFT"})
    stage.firm.xero.edit_invoice(draft, [stage.firm.xero.line("Refund", Decimal(1), money("-200.00"), "210")])
    return [
        row(
            "credit_note_missing",
            of(bill),
            "200.00",
            advises=("Delete the draft", "credit note"),
            never_advises="approve",
            candidate=(draft["InvoiceID"],),
        )
    ]


@scenario("credit-note-by-number", SECTION, "The credit note has the bill's number: nothing.")
def credit_note_by_number(stage: Stage) -> list[Expected]:
    note(stage, refund(stage)["number"])
    return []


@scenario("credit-note-by-prefix", SECTION, "CN- before the number, and CN alone: nothing.")
def credit_note_by_prefix(stage: Stage) -> list[Expected]:
    note(stage, f"CN-{refund(stage)['number']}")
    note(stage, f"CN{refund(stage)['number']}")
    return []


@scenario("credit-note-by-reference", SECTION, "The number stands in the reference: nothing.")
def credit_note_by_reference(stage: Stage) -> list[Expected]:
    note(stage, "CN-0001", f"Refund, bill {refund(stage)['number']}.")
    return []


@scenario("credit-note-used", SECTION, "The credit was paid out on both sides: nothing.")
def credit_note_used(stage: Stage) -> list[Expected]:
    bill = refund(stage)
    credit = note(stage, bill["number"])
    stage.firm.xero.refund("CreditNotes", credit, money("200.00"), stage.day(LATER), stage.firm.xero.account("1000"))
    stage.firm.pay(bill, "-200.00", stage.day(LATER), reaches_xero=False)
    return []


@scenario("credit-note-one-cent-off", SECTION, "A cent off, or another number: no pair, and both sides are said.")
def credit_note_one_cent_off(stage: Stage) -> list[Expected]:
    bill = refund(stage)
    credit = note(stage, bill["number"], amount="200.01")
    return [
        row(
            "credit_note_missing",
            of(bill),
            "200.00",
            explains="200.01",
            advises="only if it is not, raise one",
            candidate=(credit["CreditNoteID"],),
        ),
        row("unapplied_credit", f"xero-credit:{credit['CreditNoteID']}", "-200.01", amount="200.01"),
    ]


# Trust requests


def request_invoiced(stage: Stage, amount: str = "500.00", number: str = "{}") -> tuple[Record, Record]:
    """A request for 500.00 of trust money, and an invoice of its number in Xero."""
    firm = stage.firm
    request = firm.trust_request(stage.client, "500.00", stage.matter, stage.day(ISSUED))
    line = firm.xero.line("Retainer", Decimal(1), money(amount), "200")
    invoice = firm.invoice(firm.contact(stage.client), number.format(request["number"]), [line], stage.day(ISSUED))
    return request, invoice


@scenario("trust-request-invoiced", SECTION, "A trust request stands in Xero as an invoice: no receivable.")
def trust_request_invoiced(stage: Stage) -> list[Expected]:
    request, _ = request_invoiced(stage)
    return [row("trust_request_invoiced", of(request), "500.00", advises="not_from_clio")]


@scenario("trust-request-invoiced-paid", SECTION, "The same, paid in Xero: no effect, and the money comes off first.")
def trust_request_invoiced_paid(stage: Stage) -> list[Expected]:
    request, invoice = request_invoiced(stage)
    stage.firm.xero.add_payment(invoice, money("500.00"), stage.day(LATER), stage.firm.xero.account("1000"))
    return [row("trust_request_invoiced", of(request), "0.00", advises=("not_from_clio", "only then void"))]


@scenario("trust-request-other-total", SECTION, "The number of a request, another total: an invoice of Xero's own.")
def trust_request_other_total(stage: Stage) -> list[Expected]:
    _, invoice = request_invoiced(stage, "500.01")
    return [row("xero_only", of(invoice), "500.01")]


# Interest in several charges


@scenario(
    "interest-in-two-charges", SECTION, "10.08 of interest in charges of 5.00 and 5.08, each an invoice: nothing."
)
def interest_in_two_charges(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    for amount, day in (("5.00", LATER), ("5.08", LATER + 31)):
        stage.firm.accrue_interest(bill, amount, stage.day(day))
    return []


@scenario("interest-in-equal-charges", SECTION, "Three charges of 5.00 and three invoices of it: nothing.")
def interest_in_equal_charges(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    for month in range(3):
        stage.firm.accrue_interest(bill, "5.00", stage.day(ISSUED + 1 + 7 * month))
    return []


@scenario("interest-half-mirrored", SECTION, "One of two charges is in Xero: the other is what is missing.")
def interest_half_mirrored(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.accrue_interest(bill, "5.00", stage.day(LATER))
    stage.firm.accrue_interest(bill, "5.08", stage.day(LATER + 31), mirror=None)
    return [row("interest_not_mirrored", of(bill), "-5.08")]


@scenario("interest-sum", SECTION, "One charge of 10.08, and two invoices that speak of interest and add up to it.")
def interest_sum(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.accrue_interest(bill, "10.08", stage.day(LATER), mirror=None)
    for number, amount in (("A-1", "5.00"), ("A-2", "5.08")):
        line = stage.firm.xero.line("Late fee", Decimal(1), money(amount), "220")
        stage.firm.invoice(stage.firm.contact(stage.client), number, [line], stage.day(LATER + 10))
    return []


@scenario("interest-lookalike", SECTION, "25.00 for a copy of a deed, dated before the bill: no interest.")
def interest_lookalike(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.accrue_interest(bill, "25.00", stage.day(LATER), mirror=None)
    line = stage.firm.xero.line("Certified copy of deed", Decimal(1), money("25.00"), "210")
    other = stage.firm.invoice(stage.firm.contact(stage.client), "A-1", [line], stage.day(ISSUED - 1))
    return [row("interest_not_mirrored", of(bill), "-25.00"), row("xero_only", of(other), "25.00")]


@scenario("interest-near-the-charge", SECTION, "Without a word of interest, but 3 days after the charge: its child.")
def interest_near(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.accrue_interest(bill, "25.00", stage.day(LATER), mirror=None)
    line = stage.firm.xero.line("Overdue account", Decimal(1), money("25.00"), "220")
    stage.firm.invoice(stage.firm.contact(stage.client), "A-1", [line], stage.day(LATER + 3))
    return []


@scenario("interest-far-from-the-charge", SECTION, "The same 4 days after the charge: an invoice of its own.")
def interest_far(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.accrue_interest(bill, "25.00", stage.day(LATER), mirror=None)
    line = stage.firm.xero.line("Overdue account", Decimal(1), money("25.00"), "220")
    other = stage.firm.invoice(stage.firm.contact(stage.client), "A-1", [line], stage.day(LATER + 4))
    return [row("interest_not_mirrored", of(bill), "-25.00"), row("xero_only", of(other), "25.00")]


# A number with another client


@scenario(
    "edited-under-another-name", SECTION, "Contact Liz Quill for Elizabeth Quill, and the bill cut since: one pair."
)
def edited_under_another_name(stage: Stage) -> list[Expected]:
    client = stage.firm.person("Elizabeth", "Quill")
    stage.firm.contact(client, "Liz Quill")
    bill = stage.bill(client=client)
    stage.firm.edit_line(bill, 2, price=Decimal("500.00"))
    return [row("wrong_contact", of(bill), never_advises="merge"), row("amounts_differ", of(bill), "25.00")]


@scenario("edited-and-dated-under-another-name", SECTION, "Its day was moved too: then nothing but the number agrees.")
def edited_and_dated(stage: Stage) -> list[Expected]:
    client = stage.firm.person("Elizabeth", "Quill")
    stage.firm.contact(client, "Liz Quill")
    bill = stage.bill(client=client)
    stage.firm.edit_line(bill, 2, price=Decimal("500.00"))
    stage.firm.edit_bill(bill, issued_at=stage.day(ISSUED + 1))
    return [row("number_collision", of(bill), "25.00")]
