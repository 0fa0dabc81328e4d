"""What is planted in the demo firm: one small story per fault, each returning the rows it must produce.

A fault starts on the day of its bill; the clock may be moved on by a few days, and stays older than the grace
except where the story is about that. The founding story comes first and most often: approved in Clio, a draft
in Xero.
"""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from sandbox.books import Record
from sandbox.engine import time
from sandbox.firms.life import Builder, Fault, Work
from sandbox.money import CENT
from sandbox.scenarios.registry import Expected, row
from sandbox.scenarios.stage import of


def owed(bill: Record, sign: int = 1) -> str:
    """What is still owed in Clio."""
    return str(sign * bill["balance"])


# The document itself: the founding story


def _stuck(demo: Builder, work: Work, **more: object) -> Record:
    bill = demo.draft(work, **more)
    demo.firm.advance(days=2)
    demo.firm.approve(bill, in_xero=False)
    return bill


def _ready(bill: Record) -> Expected:
    return row("stuck_in_draft_ready", of(bill), owed(bill, -1))


def _edited(bill: Record) -> Expected:
    return row("stuck_in_draft_edited", of(bill), owed(bill, -1))


def _waiting(bill: Record, amount: Decimal, by: str) -> Expected:
    return row("paid_in_clio_open_in_xero", of(bill), "0", amount=amount, blocked_by=by)


def stuck(demo: Builder, work: Work) -> list[Expected]:
    """Approved in Clio, untouched draft in Xero."""
    return [_ready(_stuck(demo, work))]


def stuck_and_paid(demo: Builder, work: Work) -> list[Expected]:
    """The same, already paid in Clio."""
    bill = _stuck(demo, work)
    amount = bill["balance"]
    demo.firm.advance(days=3)
    demo.firm.pay(bill, reaches_xero=False)
    return [_ready(bill), _waiting(bill, amount, "stuck_in_draft_ready")]


def stuck_and_part_paid(demo: Builder, work: Work) -> list[Expected]:
    """The same, with 250.00 received."""
    bill = _stuck(demo, work)
    demo.firm.advance(days=3)
    demo.firm.pay(bill, "250.00", reaches_xero=False)
    return [_ready(bill), _waiting(bill, Decimal("250.00"), "stuck_in_draft_ready")]


def hours_cut(demo: Builder, work: Work) -> list[Expected]:
    """Hours of the first line cut before the approval."""
    bill = demo.draft(work)
    line = demo.firm.clio.lines_of(bill)[0]
    demo.firm.advance(days=2)
    demo.firm.edit_line(bill, 0, quantity=line["quantity"] + Decimal("0.70"))
    demo.firm.approve(bill, in_xero=False)
    return [_edited(bill)]


def reworded(demo: Builder, work: Work) -> list[Expected]:
    """One narrative made fit for the client."""
    bill = demo.draft(work)
    demo.firm.advance(days=2)
    demo.firm.edit_line(bill, 1, description="Attention to outstanding matters and correspondence")
    demo.firm.approve(bill, in_xero=False)
    return [_edited(bill)]


def line_added(demo: Builder, work: Work) -> list[Expected]:
    """A late time entry."""
    bill = demo.draft(work)
    demo.firm.advance(days=2)
    demo.firm.add_line(bill, time("Final conference with client before hearing", "1.30", "385.00"))
    demo.firm.approve(bill, in_xero=False)
    return [_edited(bill)]


def line_removed(demo: Builder, work: Work) -> list[Expected]:
    """One entry written off before the approval."""
    bill = demo.draft(work)
    demo.firm.advance(days=2)
    demo.firm.remove_line(bill, 2)
    demo.firm.approve(bill, in_xero=False)
    return [_edited(bill)]


def discount_given(demo: Builder, work: Work) -> list[Expected]:
    """Ten percent off for the client, after the draft went across."""
    bill = demo.draft(work)
    demo.firm.advance(days=2)
    demo.firm.edit_bill(bill, discount=("percentage", "10"))
    demo.firm.approve(bill, in_xero=False)
    return [_edited(bill)]


def edited_and_paid(demo: Builder, work: Work) -> list[Expected]:
    """Edited, approved and paid in Clio; Xero still shows the old draft."""
    bill = demo.draft(work)
    demo.firm.advance(days=1)
    demo.firm.edit_line(bill, 0, description="Review of file; strategy conference", price=Decimal("410.00"))
    demo.firm.approve(bill, in_xero=False)
    amount = bill["balance"]
    demo.firm.advance(days=3)
    demo.firm.pay(bill, reaches_xero=False)
    return [_edited(bill), _waiting(bill, amount, "stuck_in_draft_edited")]


# The document itself: the rest


def _never_sent(demo: Builder, work: Work, **more: object) -> Record:
    bill = demo.draft(work, reaches_xero=False, **more)
    demo.firm.approve(bill, in_xero=False)
    return bill


def never_arrived(demo: Builder, work: Work) -> list[Expected]:
    """Approved, and no invoice at all."""
    bill = _never_sent(demo, work)
    return [row("missing_in_xero", of(bill), owed(bill, -1))]


def contact_archived(demo: Builder, work: Work) -> list[Expected]:
    """Somebody archived the client in Xero."""
    own = demo.new_work("Percival", "Whitcombe")
    demo.firm.xero.archive_contact(demo.firm.contact(own.client))
    bill = _never_sent(demo, own)
    return [row("missing_in_xero", of(bill), owed(bill, -1), explains="archived")]


def number_held(demo: Builder, work: Work) -> list[Expected]:
    """Voided on both sides; the new bill with the old number cannot land."""
    first = demo.approved(work)
    demo.firm.void(first)
    bill = _never_sent(demo, work, number=first["number"])
    return [row("missing_in_xero", of(bill), owed(bill, -1), explains="void")]


def _hand_number(demo: Builder) -> str:
    """The next number of the invoices that people type into Xero: H-1042, H-1043."""
    return (
        f"H-{1042 + sum(row['InvoiceNumber'].startswith('H-') for row in demo.firm.xero.tables['Invoices'].values())}"
    )


def typed_by_hand(demo: Builder, work: Work) -> list[Expected]:
    """Typed into Xero by hand under another number, dated two days later: a candidate, not a pair."""
    bill = _never_sent(demo, work)
    firm, number = demo.firm, _hand_number(demo)
    day = bill["issued_at"] + timedelta(days=2)
    invoice = firm.invoice(firm.contact(work.client), number, firm.invoice_lines(bill), day)
    return [
        row("missing_in_xero", of(bill), owed(bill, -1), explains=number, candidate=(invoice["InvoiceID"],)),
        row("xero_only", of(invoice), str(invoice["AmountDue"]), candidate=(str(bill["id"]),)),
    ]


def approved_early(demo: Builder, work: Work) -> list[Expected]:
    """The bookkeeper approved the invoice; the attorney never approved the bill."""
    bill = demo.draft(work)
    demo.firm.approve(bill, in_clio=False)
    return [row("approved_early_in_xero", of(bill), str(bill["due"]))]


def voided_in_clio(demo: Builder, work: Work) -> list[Expected]:
    """Voided in Clio; Xero still asks for the money."""
    bill = demo.approved(work)
    demo.firm.void(bill, in_xero=False)
    return [row("void_in_clio_live_in_xero", of(bill), str(bill["due"]))]


def deleted_in_clio(demo: Builder, work: Work) -> list[Expected]:
    """A deleted draft left its draft invoice behind."""
    bill = demo.draft(work)
    demo.firm.delete_draft(bill, in_xero=False)
    return [row("void_in_clio_live_in_xero", of(bill), "0", severity="medium")]


def voided_in_xero(demo: Builder, work: Work) -> list[Expected]:
    """Voided in Xero by hand."""
    bill = demo.approved(work)
    demo.firm.void(bill, in_clio=False)
    return [row("void_in_xero_live_in_clio", of(bill), owed(bill, -1))]


def collision(demo: Builder, work: Work) -> list[Expected]:
    """The number was taken by an invoice of somebody else, of another day."""
    bill = _never_sent(demo, work)
    firm = demo.firm
    line = firm.xero.line("Consulting day", Decimal(1), Decimal("1875.00"), "200")
    day_before = bill["issued_at"] - timedelta(days=1)
    firm.invoice(firm.xero.add_contact("Greenpoint Mediation Center"), bill["number"], [line], day_before)
    return [row("number_collision", of(bill), str(Decimal("1875.00") - bill["balance"]))]


def duplicate(demo: Builder, work: Work) -> list[Expected]:
    """The same invoice twice, as after a relink."""
    bill = demo.approved(work)
    demo.firm.duplicate(bill, f"{bill['number']}-1")
    return [row("duplicate_in_xero", of(bill), str(bill["due"]))]


def stray_invoice(demo: Builder, work: Work) -> list[Expected]:
    """Raised in Xero, with no bill and no excuse."""
    firm = demo.firm
    line = firm.xero.line("Expert witness fee, recharged", Decimal(1), Decimal("3150.00"), "210")
    invoice = firm.invoice(firm.contact(work.client), _hand_number(demo), [line], firm.today)
    return [row("xero_only", of(invoice), "3150.00")]


def stray_draft(demo: Builder, work: Work) -> list[Expected]:
    """The same, never approved."""
    firm = demo.firm
    line = firm.xero.line("Draft retainer", Decimal(1), Decimal("500.00"), "200")
    invoice = firm.invoice(firm.contact(work.client), _hand_number(demo), [line], firm.today, Status="DRAFT")
    return [row("xero_only", of(invoice), "0", severity="low")]


def before_the_start(demo: Builder, work: Work) -> list[Expected]:
    """An old bill from before the two systems were connected: no row, one step of the bridge."""
    _never_sent(demo, work, issued=demo.firm.settings["start_date"] - timedelta(days=40))
    return []


def just_approved(demo: Builder, work: Work) -> list[Expected]:
    """Approved two hours before the load: in flight."""
    demo.firm.at(demo.tonight - timedelta(hours=2))
    bill = _never_sent(demo, work)
    return [row("missing_in_xero", of(bill), owed(bill, -1), status="in_flight")]


# Content


def amount_wrong(demo: Builder, work: Work) -> list[Expected]:
    """Edited after the approval; the change never arrived."""
    bill = demo.approved(work)
    line = demo.firm.clio.lines_of(bill)[0]
    before = bill["due"]
    demo.firm.edit_line(bill, 0, quantity=line["quantity"] + Decimal("1.00"))
    return [row("amounts_differ", of(bill), str(before - bill["due"]))]


def errors_that_cancel(demo: Builder, work: Work) -> list[Expected]:
    """Half an hour moved from one line to another of the same rate."""
    lines = [time("Research on venue", "2.00"), time("Draft motion", "3.00"), *demo.lines(work)]
    bill = demo.approved(work, lines=lines)
    demo.firm.edit_line(bill, 0, quantity=Decimal("2.90"))
    demo.firm.edit_line(bill, 1, quantity=Decimal("2.10"))
    return [row("lines_differ", of(bill))]


def discount_lost(demo: Builder, work: Work) -> list[Expected]:
    """The discount never reached Xero."""
    bill = demo.draft(work, discount=("percentage", "10"), reaches_xero=False)
    demo.firm.approve(bill, in_xero=False)
    demo.firm.push(bill, "none")
    return [row("discount_lost", of(bill), str(bill["total"] - bill["due"]))]


def tax_lost(demo: Builder, work: Work) -> list[Expected]:
    """Taxed in Clio, not in Xero."""
    bill = demo.approved(work, tax="8.875", lines=demo.lines(work, taxable=True))
    invoice = demo.firm.invoice_of[bill["id"]]
    lines = [{**line, "TaxType": "NONE"} for line in invoice["LineItems"]]
    demo.firm.xero.edit_invoice(invoice, lines)
    return [row("tax_differs", of(bill), str(-bill["total_tax"]))]


def cent_off(demo: Builder, work: Work) -> list[Expected]:
    """A rounding line that somebody's tool added."""
    bill = demo.approved(work)
    invoice = demo.firm.invoice_of[bill["id"]]
    line = demo.firm.xero.line("Rounding", Decimal(1), CENT, "860")
    demo.firm.xero.edit_invoice(invoice, [*invoice["LineItems"], line])
    return [row("rounding", of(bill), "0.01")]


def interest_lost(demo: Builder, work: Work) -> list[Expected]:
    """Interest in Clio, none in Xero."""
    bill = demo.approved(work)
    demo.firm.accrue_interest(bill, "21.37", mirror=None)
    return [row("interest_not_mirrored", of(bill), "-21.37")]


def text_changed(demo: Builder, work: Work) -> list[Expected]:
    """Reworded in Clio after the approval."""
    bill = demo.approved(work)
    demo.firm.edit_line(bill, 0, description="Strategy conference; attention to next steps")
    return [row("text_differs", of(bill))]


def date_moved(demo: Builder, work: Work) -> list[Expected]:
    """Dated a day earlier in Xero."""
    bill = demo.approved(work)
    day = bill["issued_at"] - timedelta(days=1)
    demo.firm.xero.edit_invoice(demo.firm.invoice_of[bill["id"]], Date=day)
    severity = "medium" if day.month == bill["issued_at"].month else "high"
    return [row("date_differs", of(bill), severity=severity)]


def due_date_moved(demo: Builder, work: Work) -> list[Expected]:
    """The bookkeeper gave the client two weeks more, in Xero only."""
    bill = demo.approved(work)
    invoice = demo.firm.invoice_of[bill["id"]]
    demo.firm.xero.edit_invoice(invoice, DueDate=bill["due_at"] + timedelta(days=14))
    return [row("due_date_differs", of(bill))]


def wrong_contact(demo: Builder, work: Work) -> list[Expected]:
    """Booked to somebody else."""
    bill = demo.approved(work)
    other = demo.firm.xero.add_contact("Harborview Condominium Association")
    demo.firm.xero.edit_invoice(demo.firm.invoice_of[bill["id"]], Contact=demo.firm.xero.contact_ref(other))
    return [row("wrong_contact", of(bill))]


def renumbered(demo: Builder, work: Work) -> list[Expected]:
    """Overtyped in Clio after it went across."""
    bill = demo.approved(work)
    demo.firm.renumber(bill, f"{work.matter['number']}-FINAL")
    return [row("renumbered", of(bill))]


# Payments and credits


def payment_lost(demo: Builder, work: Work) -> list[Expected]:
    """Paid in Clio, open in Xero."""
    bill = demo.approved(work)
    amount = str(bill["balance"])
    demo.firm.advance(days=3)
    demo.firm.pay(bill, reaches_xero=False)
    return [row("paid_in_clio_open_in_xero", of(bill), amount, amount=amount)]


def bank_feed_was_first(demo: Builder, work: Work) -> list[Expected]:
    """Matched by the bank feed in Xero; Clio never heard of it."""
    bill = demo.approved(work)
    amount = str(bill["balance"])
    demo.firm.advance(days=3)
    demo.firm.pay(bill, in_clio=False)
    return [row("paid_in_xero_open_in_clio", of(bill), f"-{amount}", amount=amount)]


def payment_mistyped(demo: Builder, work: Work) -> list[Expected]:
    """540.00 in Clio, 450.00 in Xero, on one day."""
    bill = demo.approved(work)
    demo.firm.advance(days=3)
    demo.firm.pay(bill, "540.00", xero_amount="450.00")
    return [row("payment_amount_differs", of(bill), "90.00", amount="90.00")]


def payment_twice(demo: Builder, work: Work) -> list[Expected]:
    """Entered twice in Xero."""
    bill = demo.approved(work)
    demo.firm.advance(days=2)
    demo.firm.pay(bill, "300.00")
    demo.firm.advance(days=1)
    demo.firm.pay(bill, "300.00", in_clio=False)
    return [row("payment_duplicated", of(bill), "-300.00", amount="300.00")]


def cheque_bounced(demo: Builder, work: Work) -> list[Expected]:
    """Voided in Clio when the cheque bounced; Xero still counts it."""
    bill = demo.approved(work)
    demo.firm.advance(days=2)
    allocation = demo.firm.pay(bill, "410.00")
    assert allocation is not None
    demo.firm.advance(days=2)
    demo.firm.void_payment(allocation, in_xero=False)
    return [row("payment_reversed_one_side", of(bill), "-410.00", amount="410.00")]


def wrong_bill(demo: Builder, work: Work) -> list[Expected]:
    """In Xero the payment sits on the client's other invoice."""
    first, second = demo.approved(work), demo.approved(work)
    demo.firm.advance(days=1)
    demo.firm.pay(first, "333.00", reaches_xero=False)
    demo.firm.pay(second, "333.00", in_clio=False)
    return [
        row("payment_on_wrong_bill", of(first), "333.00", amount="333.00"),
        row("payment_on_wrong_bill", of(second), "-333.00", amount="333.00"),
    ]


def wrong_account(demo: Builder, work: Work) -> list[Expected]:
    """Client cash booked to the savings account."""
    bill = demo.approved(work)
    demo.firm.advance(days=3)
    if all(account["Code"] != "1020" for account in demo.firm.xero.tables["Accounts"].values()):
        demo.firm.xero.add_account("1020", "Savings Account", "BANK")
    demo.firm.pay(bill, "275.00", xero_account="1020")
    return [row("payment_in_wrong_account", of(bill), amount=None)]


def month_end(demo: Builder, work: Work) -> list[Expected]:
    """Received on the last of the month, booked on the first."""
    last: date = demo.today.replace(day=1) - timedelta(days=1)
    if (demo.today - last).days < 8:
        last = last.replace(day=1) - timedelta(days=1)
    demo.firm.on(last - timedelta(days=9))
    bill = demo.approved(work)
    demo.firm.on(last + timedelta(days=1))
    demo.firm.pay(bill, "260.00", last, xero_day=last + timedelta(days=1))
    return [row("payment_period_differs", of(bill), amount="260.00")]


def write_off(demo: Builder, work: Work) -> list[Expected]:
    """Written off in Clio alone."""
    bill = demo.approved(work)
    demo.firm.advance(days=3)
    demo.firm.credit_note(bill, "120.00", reaches_xero=False, discount=True)
    return [row("credit_one_side", of(bill), "120.00", amount="120.00")]


def credit_unapplied(demo: Builder, work: Work) -> list[Expected]:
    """The client paid too much; in Xero the rest is not applied to anything."""
    firm = demo.firm
    bill = demo.approved(work)
    firm.advance(days=3)
    extra = firm.overpay(bill, "85.00")
    assert extra is not None
    subject = f"xero-credit:{extra['OverpaymentID']}"
    return [row("unapplied_credit", subject, "-85.00", amount="85.00")]


def card_under_way(demo: Builder, work: Work) -> list[Expected]:
    """A card payment that has not settled."""
    bill = demo.approved(work)
    demo.firm.card_pending(bill, "500.00")
    return [row("card_payment_pending", of(bill), amount="500.00")]


# Client money


def trust_entry_forgotten(demo: Builder, work: Work) -> list[Expected]:
    """One deposit that nobody booked in Xero."""
    own = demo.new_work("Rosalind", "Achterberg")
    entry = demo.firm.deposit(own.client, "1750.00", own.matter, mirror=False)
    account = f"clio-account:{demo.firm.trust['id']}"
    return [
        row("trust_entry_missing_in_xero", f"clio-entry:{entry['id']}", amount="1750.00"),
        row("trust_clio_differs_from_xero", account, amount="1750.00"),
    ]


def below_zero_for_two_days(demo: Builder, work: Work) -> list[Expected]:
    """Paid out on a Monday, the client's money came on the Wednesday."""
    own = demo.new_work("Leopold", "Brandvold")
    firm = demo.firm
    firm.deposit(own.client, "1000.00", own.matter)
    firm.advance(days=1)
    firm.disburse(own.client, "1400.00", own.matter, description="Settlement payment to lender")
    firm.advance(days=2)
    firm.deposit(own.client, "2000.00", own.matter)
    return [row("client_ledger_negative", f"matter:{own.matter['id']}", amount="400.00", explains="recovered")]


FAULTS: tuple[Fault, ...] = (
    stuck_and_paid,
    trust_entry_forgotten,
    below_zero_for_two_days,
    before_the_start,
    edited_and_paid,
    never_arrived,
    interest_lost,
    hours_cut,
    stuck,
    credit_unapplied,
    payment_lost,
    reworded,
    wrong_bill,
    stuck_and_part_paid,
    number_held,
    amount_wrong,
    month_end,
    before_the_start,
    line_added,
    bank_feed_was_first,
    stuck,
    contact_archived,
    discount_lost,
    payment_mistyped,
    line_removed,
    typed_by_hand,
    approved_early,
    tax_lost,
    payment_twice,
    stuck_and_paid,
    voided_in_clio,
    text_changed,
    write_off,
    discount_given,
    deleted_in_clio,
    cent_off,
    cheque_bounced,
    hours_cut,
    voided_in_xero,
    date_moved,
    wrong_account,
    reworded,
    collision,
    due_date_moved,
    stuck,
    duplicate,
    errors_that_cancel,
    card_under_way,
    stray_invoice,
    wrong_contact,
    stray_draft,
    edited_and_paid,
    renumbered,
    just_approved,
)
