"""What the demo firm has no room for: the other codes, and kinds that look wrong and are not, for measuring.

Each story has a client of its own, so that money held for one disturbs no other, and amounts that no other story has.
The last ones produce nothing: a product that speaks there is wrong. `vanishes` and `vanishes_unpaired` happen on the
second night, in `sandbox.firms.faulty.second_night`.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from sandbox.books import Record
from sandbox.engine import expense, time
from sandbox.firms.demo_faults import owed, wrong_account
from sandbox.firms.life import Builder, Fault, Work
from sandbox.money import cents
from sandbox.scenarios.registry import Expected, row
from sandbox.scenarios.stage import of

CANADIAN = Decimal("1.25")


def own(demo: Builder) -> tuple[Work, Decimal]:
    """A client of its own, and an amount that nothing else has."""
    number = len(demo.firm.clio.tables["contacts"])
    return demo.new_work("Apart", f"Client{number}"), Decimal(1000 + number) + Decimal("0.37")


def on_trust(demo: Builder) -> str:
    """The subject of rows about the trust account as a whole."""
    return f"clio-account:{demo.firm.trust['id']}"


def of_xero(entry: Record) -> str:
    """The subject of rows about a bank entry of Xero."""
    return f"xero-entry:{entry['BankTransactionID']}"


def trust(code: str, subject: str, amount: Decimal | None = None, **more: object) -> Expected:
    """Client money has no effect on receivables."""
    return row(code, subject, "0", amount=amount, **more)


def off_xero(demo: Builder, *rows: Expected) -> list[Expected]:
    """Entries that one side lacks, and the account that is off by them."""
    return [*rows, trust("trust_clio_differs_from_xero", on_trust(demo))]


def of_nobody(demo: Builder, *rows: Expected) -> list[Expected]:
    """Money that no client's ledger has."""
    return [*rows, trust("trust_ledger_differs_from_clients", "firm")]


# Client money, entry by entry


def not_in_xero(demo: Builder, _: Work) -> list[Expected]:
    """A deposit that nobody booked in Xero."""
    work, amount = own(demo)
    entry = demo.firm.deposit(work.client, str(amount), work.matter, mirror=False)
    return off_xero(demo, trust("trust_entry_missing_in_xero", of(entry), amount))


def not_in_clio(demo: Builder, _: Work) -> list[Expected]:
    """Money on the trust bank account that Clio knows nothing of."""
    work, amount = own(demo)
    firm = demo.firm
    entry = firm.xero_bank_entry("IOLTA", firm.contact(work.client), amount, firm.today, "2100", "Deposit")
    return off_xero(demo, trust("trust_entry_missing_in_clio", of_xero(entry), amount))


def other_client(demo: Builder, _: Work) -> list[Expected]:
    """Booked in Xero to another client two days later."""
    work, amount = own(demo)
    firm, stranger = demo.firm, own(demo)[0]
    entry = firm.deposit(work.client, str(amount), work.matter, mirror=False)
    day = firm.today + timedelta(days=2)
    firm.xero_bank_entry("IOLTA", firm.contact(stranger.client), amount, day, "2100", "Deposit")
    return [trust("trust_entry_other_client", of(entry), amount)]


def offset(demo: Builder, _: Work) -> list[Expected]:
    """In and out again by words, and Xero has neither."""
    work, amount = own(demo)
    demo.firm.deposit(work.client, str(amount), work.matter, mirror=False, description="Wire transfer")
    demo.firm.advance(days=5)
    out = demo.firm.disburse(work.client, str(amount), work.matter, mirror=False, description="Reversal")
    return [trust("trust_offset_unconfirmed", of(out), amount)]


def overdrawn(demo: Builder, _: Work) -> list[Expected]:
    """Paid out before it came in."""
    work, amount = own(demo)
    demo.firm.disburse(work.client, str(amount), work.matter)
    demo.firm.advance(days=2)
    demo.firm.deposit(work.client, str(amount + 500), work.matter)
    return [trust("client_ledger_negative", f"matter:{work.matter['id']}", amount)]


def fee_for_a_draft(demo: Builder, _: Work) -> list[Expected]:
    """Fees taken for a bill that nobody approved."""
    work, amount = own(demo)
    firm = demo.firm
    firm.deposit(work.client, str(amount + 500), work.matter)
    bill = firm.draft_bill(
        work.client, [time("Advice", "2.00", str(amount))], work.matter, issued=firm.today, reaches_xero=True
    )
    firm.disburse(work.client, str(amount), work.matter, bill=firm.clio.reference("bills", bill), description="Fees")
    return [trust("fee_taken_without_bill", of(bill), amount)]


def nobody(demo: Builder, _: Work) -> list[Expected]:
    """A deposit of no client."""
    amount = own(demo)[1]
    entry = demo.firm.trust_entry(amount, description="IOLTA interest")
    return of_nobody(demo, trust("trust_money_unassigned", of(entry), amount))


def earned_fees(demo: Builder, _: Work) -> list[Expected]:
    """Long overdue, while the matter holds money."""
    work, amount = own(demo)
    firm = demo.firm
    issued, due = demo.day(120), demo.day(90)
    bill = firm.bill(work.client, [time("Advice", "10.00", str(amount))], work.matter, issued=issued, due=due)
    firm.deposit(work.client, str(amount), work.matter)
    return [trust("earned_fees_left_in_trust", of(bill), amount)]


def stale(demo: Builder, _: Work) -> list[Expected]:
    """A closed matter that still holds money."""
    work, amount = own(demo)
    demo.firm.deposit(work.client, str(amount), work.matter)
    demo.firm.close_matter(work.matter)
    return [trust("trust_balance_stale", f"matter:{work.matter['id']}", amount)]


def receipt_in_operating(demo: Builder, _: Work) -> list[Expected]:
    """A request for trust money paid into the firm's own account."""
    work, amount = own(demo)
    request = demo.firm.trust_request(work.client, str(amount), work.matter)
    demo.firm.pay_request(request, str(amount), account=demo.firm.operating)
    return [trust("trust_receipt_in_operating", of(request), amount)]


def charge(demo: Builder, _: Work) -> list[Expected]:
    """A bank's fee paid by a client."""
    work, amount = own(demo)
    demo.firm.deposit(work.client, str(amount + 500), None)
    entry = demo.firm.bank_charge(str(amount), client=work.client)
    return [trust("bank_charge_in_trust", of(entry), amount)]


def charge_in_xero(demo: Builder, _: Work) -> list[Expected]:
    """The same in Xero alone."""
    amount = own(demo)[1]
    firm = demo.firm
    entry = firm.xero_bank_entry("IOLTA", firm.bank_contact(), -amount, firm.today, "2100", "Wire transfer fee")
    return off_xero(demo, trust("bank_charge_in_trust", of_xero(entry), amount))


def doubled(demo: Builder, _: Work) -> list[Expected]:
    """The same deposit twice in both systems."""
    work, amount = own(demo)
    entries = [demo.firm.deposit(work.client, str(amount), work.matter) for _ in range(2)]
    return [trust("trust_entry_duplicated", of(entries[1]), amount, severity="low")]


# Documents and money of other kinds


def request_invoiced(demo: Builder, _: Work) -> list[Expected]:
    """A request for trust money that stands in Xero as an invoice."""
    work, amount = own(demo)
    firm = demo.firm
    request = firm.trust_request(work.client, str(amount), work.matter)
    line = firm.xero.line("Retainer", Decimal(1), amount, "200")
    firm.invoice(firm.contact(work.client), request["number"], [line], firm.today)
    return [row("trust_request_invoiced", of(request), str(amount))]


def credit_note_missing(demo: Builder, _: Work) -> list[Expected]:
    """A bill below zero and nothing in Xero."""
    work, amount = own(demo)
    bill = demo.firm.bill(work.client, [expense("Refund", str(-amount))], work.matter, in_xero=False)
    return [row("credit_note_missing", of(bill), owed(bill, -1))]


def taxes_swapped(demo: Builder, _: Work) -> list[Expected]:
    """The tax lies on the other line."""
    work, _amount = own(demo)
    firm = demo.firm
    lines = [time("Advice", "1", "100.00", taxable=True), time("Hearing", "1", "100.00")]
    bill = demo.draft(work, lines=lines, tax="5")
    invoice = firm.invoice_of[bill["id"]]
    for line, rate in zip(invoice["LineItems"], ("0", "5"), strict=True):
        firm.xero.tax_rates[f"TAX{rate}"] = Decimal(rate)
        line["TaxType"] = f"TAX{rate}"
    firm.xero.edit_invoice(invoice, invoice["LineItems"])
    firm.approve(bill)
    return [row("line_tax_differs", of(bill))]


def other_currency(demo: Builder, _: Work) -> list[Expected]:
    """Canadian dollars in Clio, US dollars in Xero, the same figures; a Canadian one is worth 80 cents here."""
    work, _amount = own(demo)
    firm = demo.firm
    bill = demo.draft(work, currency="CAD", reaches_xero=False)
    firm.approve(bill, in_xero=False)
    invoice = firm.xero.add_invoice(
        firm.contact(work.client), bill["number"], bill["issued_at"], bill["due_at"], firm.invoice_lines(bill), "DRAFT"
    )
    firm.xero.authorise(invoice)
    worth = cents(bill["balance"] / CANADIAN)
    return [row("currency_differs", of(bill), str(invoice["AmountDue"] - worth))]


def money_waiting(demo: Builder, _: Work) -> list[Expected]:
    """Paid in Clio; in Xero the money came in and stands on no invoice."""
    work, amount = own(demo)
    firm = demo.firm
    bill = demo.approved(work, lines=[time("Advice", "10.00", str(amount))])
    firm.pay(bill, str(amount), reaches_xero=False)
    firm.xero_bank_entry("Operating", firm.contact(work.client), amount, firm.today, "200", "Deposit")
    return [row("paid_in_clio_open_in_xero", of(bill), str(amount), amount=str(amount))]


# The figures, each once


def canadian(demo: Builder, _: Work) -> list[Expected]:
    """A bill in Canadian dollars on both sides, which tells what one is worth: nothing."""
    work, _amount = own(demo)
    bill = demo.draft(work, currency="CAD", reaches_xero=False)
    demo.firm.approve(bill, in_xero=False)
    demo.firm.push(bill, CurrencyRate=CANADIAN)
    return []


def clio_account_off(demo: Builder, _: Work) -> list[Expected]:
    """Clio's account balance says something else than its entries."""
    account = demo.firm.trust
    demo.firm.clio.change("bank_accounts", account, balance=account["balance"] + 5)
    return [trust("trust_account_differs_from_ledger", on_trust(demo), Decimal("5.00"))]


def account_not_mapped(demo: Builder, _: Work) -> list[Expected]:
    """A second trust account that no mapping names."""
    work, amount = own(demo)
    second = demo.firm.add_clio_account("Escrow", "Trust")
    demo.firm.deposit(work.client, str(amount), work.matter, account=second, mirror=False)
    return [trust("trust_account_not_mapped", f"clio-account:{second['id']}", amount)]


def journal_past_the_entries(demo: Builder, _: Work) -> list[Expected]:
    """The trust bank account stands at more than its entries make, and the liability does not."""
    demo.firm.xero.post_journal(demo.firm.today, "1010", "970", Decimal("77.77"))
    return off_xero(
        demo, *(trust(code, on_trust(demo)) for code in ("trust_unexplained", "trust_bank_differs_from_liability"))
    )


def booked_to_receivables(demo: Builder, _: Work) -> list[Expected]:
    """A bank entry coded straight to the receivables account."""
    firm = demo.firm
    firm.xero_bank_entry("Operating", firm.bank_contact(), Decimal("640.00"), firm.today, "610", "Unknown receipt")
    return [row("subledger_differs_from_control", "firm", amount="640.00")]


def not_what_the_bank_says(demo: Builder, _: Work) -> list[Expected]:
    """The bank's closing balance of last week, typed in, is not the ledger's of that day."""
    demo.firm.statement(demo.day(5), "1.00")
    return [trust("trust_book_differs_from_statement", on_trust(demo))]


def outstanding_off(demo: Builder, _: Work) -> list[Expected]:
    """Clio says that a client owes more than its bills do."""
    work, amount = own(demo)
    demo.approved(work)
    rows = demo.firm.clio.tables["outstanding_client_balances"]
    owed = rows[max(rows)]
    total = owed["total_outstanding_balance"] + amount
    demo.firm.clio.change("outstanding_client_balances", owed, total_outstanding_balance=total)
    return [row("clio_control_differs", "firm", amount=str(amount))]


def client_archived(demo: Builder, _: Work) -> list[Expected]:
    """Five bills of a client whose contact was archived: missing each, and one cause."""
    work, amount = own(demo)
    demo.approved(work)
    demo.firm.xero.archive_contact(demo.firm.contact(work.client))
    rows = []
    for number in range(5):
        demo.firm.advance(days=1)
        lines = [time("Advice", "1.00", str(amount + number))]
        bill = demo.approved(work, lines=lines, reaches_xero=False, in_xero=False)
        rows.append(row("missing_in_xero", of(bill), owed(bill, -1)))
    return [*rows, row("systemic_cause", "firm", "0", amount="0")]


def due_of_nothing(demo: Builder, _: Work) -> list[Expected]:
    """Xero says that more is due of an invoice than its total, payments and credits leave."""
    work, amount = own(demo)
    bill = demo.approved(work, lines=[time("Advice", "10.00", str(amount))])
    invoice = demo.firm.invoice_of[bill["id"]]
    invoice["AmountDue"] += Decimal("12.34")
    demo.firm.xero.touch(invoice)
    return [row("unexplained", of(bill), "12.34")]


def vanishes(demo: Builder, _: Work) -> list[Expected]:
    """In step on the first night; on the second Clio shows the bill no more."""
    work, amount = own(demo)
    bill = demo.approved(work, lines=[time("Advice", "10.00", str(amount))])
    demo.firm.to_vanish.append(bill)
    return [row("bill_vanished", of(bill), str(demo.firm.invoice_of[bill["id"]]["AmountDue"]))]


def vanishes_unpaired(demo: Builder, _: Work) -> list[Expected]:
    """Missing in Xero on the first night; on the second Clio shows the bill no more."""
    work, _amount = own(demo)
    bill = demo.approved(work, reaches_xero=False, in_xero=False)
    demo.firm.to_vanish.append(bill)
    return [row("bill_vanished", of(bill), "0")]


# What looks wrong and is not


def lump(demo: Builder, _: Work) -> list[Expected]:
    """Three clients' deposits, one slip at the bank the next day."""
    firm, parts = demo.firm, [own(demo) for _ in range(3)]
    for work, amount in parts:
        firm.deposit(work.client, str(amount), work.matter, mirror=False)
    total = sum((amount for _, amount in parts), Decimal(0))
    firm.xero_bank_entry("IOLTA", firm.bank_contact(), total, firm.today + timedelta(days=1), "2100", "Deposit slip")
    return []


def net_of_a_fee(demo: Builder, _: Work) -> list[Expected]:
    """A card payment that arrives less its fee, the fee booked as an expense."""
    work, amount = own(demo)
    firm = demo.firm
    bill = demo.approved(work, lines=[time("Advice", "10.00", str(amount))])
    firm.pay(bill, str(amount), reaches_xero=False)
    firm.pay(bill, str(amount - 30), in_clio=False)
    firm.pay(bill, "30.00", in_clio=False, xero_account=expense_account(demo))
    return []


def written_off(demo: Builder, _: Work) -> list[Expected]:
    """A credit in Clio, a payment to an expense account in Xero."""
    work, amount = own(demo)
    bill = demo.approved(work, lines=[time("Advice", "10.00", str(amount))])
    demo.firm.credit_note(bill, "300.00", reaches_xero=False)
    demo.firm.pay(bill, "300.00", in_clio=False, xero_account=expense_account(demo))
    return []


def expense_account(demo: Builder) -> str:
    """An expense account that takes payments; its code."""
    if all(account["Code"] != "406" for account in demo.firm.xero.tables["Accounts"].values()):
        demo.firm.xero.add_account("406", "Card fees and bad debts", "EXPENSE", EnablePaymentsToAccount=True)
    return "406"


def merged(demo: Builder, _: Work) -> list[Expected]:
    """The contact was merged into another after the bill: still the same client."""
    work, _amount = own(demo)
    demo.approved(work)
    contact = demo.firm.contact(work.client)
    into = demo.firm.xero.add_contact(f"{work.client['name']} Holdings")
    contact["MergedToContactID"] = into["ContactID"]
    demo.firm.xero.archive_contact(contact)
    return []


def credited_by_note(demo: Builder, _: Work) -> list[Expected]:
    """A bill below zero, and the credit note that stands for it."""
    work, amount = own(demo)
    firm = demo.firm
    bill = firm.bill(work.client, [expense("Refund", str(-amount))], work.matter, in_xero=False)
    line = firm.xero.line("Refund", Decimal(1), amount, "210")
    firm.xero.add_credit_note(firm.contact(work.client), f"CN-{bill['number']}", bill["issued_at"], [line])
    return []


MORE: tuple[Fault, ...] = (
    *(not_in_xero, not_in_clio, other_client, offset, overdrawn, fee_for_a_draft, nobody, earned_fees, stale),
    *(receipt_in_operating, charge, charge_in_xero, doubled, request_invoiced, credit_note_missing, taxes_swapped),
    *(other_currency, money_waiting, vanishes, vanishes_unpaired, due_of_nothing),
    *(lump, net_of_a_fee, written_off, merged, credited_by_note),
)
ONCE: tuple[Fault, ...] = (
    canadian,
    # Of many payments in one account the account is told, not the payments.
    wrong_account,
    clio_account_off,
    account_not_mapped,
    journal_past_the_entries,
    booked_to_receivables,
    not_what_the_bank_says,
    outstanding_off,
    client_archived,
)
