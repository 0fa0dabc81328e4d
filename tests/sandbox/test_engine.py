"""The sandbox's engine: each telling adds up by its own arithmetic, and a clean firm's tellings agree."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sandbox.books import BookError
from sandbox.engine import Firm, expense, time
from sandbox.firms import bench as bench_firm
from sandbox.firms import demo as demo_firm
from sandbox.scenarios import SCENARIOS

NOW = datetime(2027, 3, 31, 23, tzinfo=UTC)
APPROVED = ("awaiting_payment", "paid")
LIVE = ("AUTHORISED", "PAID")
CREDITS = ("CreditNotes", "Overpayments", "Prepayments")


@cache
def staged(name):
    return SCENARIOS[name].stage(NOW)


def clio_receivables(firm):
    bills = firm.clio.tables["bills"].values()
    return sum(
        (bill["balance"] for bill in bills if bill["state"] in APPROVED and bill["kind"] != "trust_kind"),
        Decimal(0),
    )


def xero_receivables(firm):
    invoices = firm.xero.tables["Invoices"].values()
    due = sum(row["AmountDue"] for row in invoices if row["Status"] == "AUTHORISED" and row["Type"] == "ACCREC")
    credit = sum(
        row["RemainingCredit"]
        for resource in CREDITS
        for row in firm.xero.tables[resource].values()
        if row["Status"] == "AUTHORISED"
    )
    return Decimal(due) - credit


def check_clio(firm):
    tables = firm.clio.tables
    for bill in tables["bills"].values():
        lines = firm.clio.counted_lines(bill)
        if bill["kind"] != "trust_kind":
            tax = 0 if firm.clio.line_totals_include_tax else bill["total_tax"]
            assert sum(line["total"] for line in lines) + tax + bill["interest"]["total"] == bill["total"]
            assert bill["sub_total"] + bill["total_tax"] + bill["interest"]["total"] == bill["total"]
        assert bill["total"] - firm.clio.bill_discount(bill) == bill["due"]
        assert bill["balance"] == bill["due"] - bill["paid"] - bill["credits_issued"]
        live = [row for row in firm.clio.allocations_of(bill) if row["voided_at"] is None]
        assert sum(row["amount"] for row in live) == bill["paid"] + bill["credits_issued"]


# Firms of several currencies, and of prepayments outside the receivables: the sums here know neither rates nor what
# the control account holds.
READ_OTHERWISE = ("currency-", "prepayment-")


def account_agrees(firm):
    """Clio's bank accounts say what their entries add up to."""
    tables = firm.clio.tables
    for account in tables["bank_accounts"].values():
        entries = [row for row in tables["bank_transactions"].values() if row["bank_account_id"] == account["id"]]
        assert account["bank_transactions_count"] == len(entries)
        if account["balance"] != sum(row["funds_in"] - row["funds_out"] for row in entries):
            return False
    return True


def trust_ledger(firm, account=None):
    """Entries of one trust account, or of all."""
    entries = [row for row in firm.clio.tables["bank_transactions"].values() if row["type"] == "liability"]
    ours = (row for row in entries if account in (None, row["bank_account"]["name"]))
    return sum((row["funds_in"] - row["funds_out"] for row in ours), Decimal(0))


def client_ledgers(firm):
    holders = [*firm.clio.tables["matters"].values(), *firm.clio.tables["contacts"].values()]
    return sum((pocket["balance"] for holder in holders for pocket in holder["account_balances"]), Decimal(0))


def xero_trust(firm):
    """Xero's trust bank accounts by name and, credit positive, its trust liabilities together."""
    balances = {account["Code"]: amount for account, amount in firm.xero.trial_balance(firm.today)}
    banks = {name: balances[code] for name, code in firm.xero_account_of.items() if name in firm.liability_of}
    return banks, -sum(balances[code] for code in set(firm.liability_of.values()))


def clio_control(firm):
    rows = firm.clio.tables["outstanding_client_balances"].values()
    return sum((row["total_outstanding_balance"] for row in rows), Decimal(0))


def xero_control(firm):
    balances = firm.xero.trial_balance(firm.today)
    assert sum(amount for _, amount in balances) == 0
    return next(amount for account, amount in balances if account["SystemAccount"] == "DEBTORS")


def check_controls(firm):
    assert account_agrees(firm) and trust_ledger(firm) == client_ledgers(firm)
    assert clio_control(firm) == clio_receivables(firm)
    assert xero_control(firm) == xero_receivables(firm)


def check_xero(firm):
    for invoice in firm.xero.tables["Invoices"].values():
        assert invoice["SubTotal"] + invoice["TotalTax"] == invoice["Total"]
        if invoice["Status"] in LIVE:
            paid = invoice["AmountPaid"] + invoice["AmountCredited"]
            assert invoice["AmountDue"] == invoice["Total"] - paid
            assert (invoice["Status"] == "PAID") == (invoice["AmountDue"] == 0)


@pytest.fixture(scope="module")
def demo():
    return demo_firm.build(NOW)


@pytest.mark.parametrize("name", SCENARIOS)
def test_both_tellings_add_up_in_every_scenario(name):
    stage = staged(name)
    check_clio(stage.firm)
    check_xero(stage.firm)
    if name.startswith(READ_OTHERWISE):
        return
    codes = {row.code for row in stage.expected}
    assert (clio_control(stage.firm) == clio_receivables(stage.firm)) == ("clio_control_differs" not in codes)
    assert (xero_control(stage.firm) == xero_receivables(stage.firm)) == ("subledger_differs_from_control" not in codes)


@pytest.mark.parametrize("name", SCENARIOS)
def test_trust_figures_differ_exactly_where_a_row_says_so(name):
    stage = staged(name)
    firm, codes = stage.firm, {row.code for row in stage.expected}
    assert account_agrees(firm) == ("trust_account_differs_from_ledger" not in codes)
    assert (trust_ledger(firm) == client_ledgers(firm)) == ("trust_ledger_differs_from_clients" not in codes)
    if firm.settings["trust_accounts"]:
        banks, liability = xero_trust(firm)
        # Accounts that share one in Xero are compared as one.
        held = Counter()
        for name in banks:
            held[firm.xero_account_of[name]] += trust_ledger(firm, name)
        agrees = held == {firm.xero_account_of[name]: amount for name, amount in banks.items()}
        assert agrees == ("trust_clio_differs_from_xero" not in codes)
        there = sum({firm.xero_account_of[name]: amount for name, amount in banks.items()}.values())
        assert (there == liability) == ("trust_bank_differs_from_liability" not in codes)


@pytest.mark.parametrize("name", SCENARIOS)
def test_expected_rows_do_not_depend_on_the_day(name):
    """But for days and ids that their words name."""

    def without_words(rows):
        return [replace(row, explains=(), silent_on=(), advises=(), never_advises=()) for row in rows]

    assert without_words(staged(name).expected) == without_words(SCENARIOS[name].expected)


@pytest.mark.parametrize("name", SCENARIOS)
def test_expected_effects_close_the_bridge(name):
    """Xero minus Clio is the sum of the effects; documents out of scope are the only other steps."""
    if name.startswith(READ_OTHERWISE):
        pytest.skip("what is receivable is read at rates, or off the control account")
    if SCENARIOS[name].out_of_scope:
        pytest.skip("the bridge of this firm has steps for documents out of scope")
    stage = staged(name)
    effects = sum((row.ar_effect for row in stage.expected), Decimal(0))
    assert effects == xero_receivables(stage.firm) - clio_receivables(stage.firm)


def test_a_clean_firm_agrees_on_every_bill():
    firm = SCENARIOS["clean"].build(NOW)
    for bill in firm.clio.tables["bills"].values():
        invoice = firm.invoice_of.get(bill["id"])
        if bill["state"] in APPROVED:
            assert (bill["due"], bill["balance"]) == (invoice["Total"], invoice["AmountDue"])
            assert bill["total_tax"] == invoice["TotalTax"]
    assert clio_receivables(firm) == xero_receivables(firm)


def test_all_firms_use_the_same_ids_and_numbers():
    firms = [scenario.build(NOW) for scenario in list(SCENARIOS.values())[:5]]
    assert len({next(iter(firm.clio.tables["bills"])) for firm in firms}) == 1
    assert len({next(iter(firm.xero.tables["Invoices"])) for firm in firms}) == 1
    assert len({firm.credentials.tenant_id for firm in firms}) == len(firms)


def test_the_demo_firm_is_as_large_as_promised_and_adds_up(demo):
    tables = demo.clio.tables
    assert 55 <= len(tables["contacts"]) <= 65
    assert 85 <= len(tables["matters"]) <= 95
    assert 380 <= len(tables["bills"]) <= 450
    assert 2700 <= len(tables["line_items"]) <= 3500
    check_clio(demo)
    check_xero(demo)
    check_controls(demo)


def test_the_demo_firm_is_the_same_every_time(demo):
    again = demo_firm.build(NOW)
    assert again.clio.tables == demo.clio.tables
    assert again.xero.tables == demo.xero.tables
    assert demo_firm.planted(again) == demo_firm.planted(demo)


def test_the_demo_firms_planted_effects_close_its_bridge(demo):
    start = demo.settings["start_date"]
    early = sum(
        bill["balance"]
        for bill in demo.clio.tables["bills"].values()
        if bill["issued_at"] < start and bill["state"] in APPROVED and bill["id"] not in demo.invoice_of
    )
    rent = sum(
        row["AmountDue"] for row in demo.xero.tables["Invoices"].values() if row["Contact"]["Name"] == "Sublease Tenant"
    )
    effects = sum(row.ar_effect for row in demo_firm.planted(demo))
    assert effects - early + rent == xero_receivables(demo) - clio_receivables(demo)


def test_the_demo_firms_trust_differs_by_the_forgotten_entry_alone(demo):
    banks, liability = xero_trust(demo)
    bank = sum(banks.values())
    assert (trust_ledger(demo) - bank, bank - liability) == (1750, 0)


def test_no_money_lies_idle_in_the_demo_firms_trust(demo):
    tables = demo.clio.tables
    holding = {row["id"] for row in tables["matters"].values() if any(p["balance"] for p in row["account_balances"])}
    for bill in tables["bills"].values():
        if bill["state"] == "awaiting_payment" and bill["kind"] != "trust_kind":
            late = bill["due_at"] <= demo.today - timedelta(days=30)
            assert not (late and holding & {matter["id"] for matter in bill["matters"]})
    for number in holding:
        assert tables["matters"][number]["status"] == "Open"
        assert tables["matters"][number]["last_activity_date"] > demo.today - timedelta(days=330)


@pytest.mark.parametrize("day", [datetime(2026, 3, 1, 9, tzinfo=UTC), datetime(2027, 1, 31, 23, tzinfo=UTC)])
def test_the_demo_firm_can_be_built_on_any_day(day):
    firm = demo_firm.build(day)
    check_clio(firm)
    check_xero(firm)
    check_controls(firm)


def test_the_bench_firm_is_clean_and_quick():
    firm = bench_firm.build(NOW, bills=200)
    assert len(firm.clio.tables["bills"]) == 200
    assert len(firm.clio.tables["line_items"]) == 1600
    check_clio(firm)
    check_xero(firm)
    check_controls(firm)
    assert clio_receivables(firm) == xero_receivables(firm)


def small_firm():
    firm = Firm("Small", NOW - timedelta(days=50))
    client = firm.person("Ann", "Field")
    return firm, client


def test_a_bill_discount_is_taken_before_tax_in_both_tellings():
    firm, client = small_firm()
    lines = [time("Advice", "2.00", "100.00", taxable=True)]
    bill = firm.bill(client, lines, tax="10", discount=("percentage", "50"))
    assert (bill["total"], bill["due"], bill["total_tax"]) == (210, 110, 10)
    assert firm.invoice_of[bill["id"]]["Total"] == 110


def test_a_summary_line_does_not_count_beside_its_parts():
    firm, client = small_firm()
    bill = firm.draft_bill(client, [time("One", "1.00", "100.00"), time("Two", "1.00", "50.00")])
    firm.add_summary_line(bill, "Work of the month", firm.clio.lines_of(bill)[:2])
    assert bill["sub_total"] == 150
    firm.remove_line(bill, 0)
    firm.remove_line(bill, 0)
    assert bill["sub_total"] == 150


def test_paying_and_taking_back_walks_the_states_of_both_sides():
    firm, client = small_firm()
    bill = firm.bill(client, [time("Advice", "1.00", "100.00")])
    invoice = firm.invoice_of[bill["id"]]
    allocation = firm.pay(bill)
    assert (bill["state"], invoice["Status"]) == ("paid", "PAID")
    firm.void_payment(allocation)
    assert (bill["state"], invoice["Status"], invoice["AmountDue"]) == ("awaiting_payment", "AUTHORISED", 100)
    assert allocation["voided_at"] == firm.now
    assert [row["Status"] for row in firm.xero.tables["Payments"].values()] == ["DELETED"]
    assert firm.operating["balance"] == 0


def test_a_voided_invoice_keeps_its_number_and_total():
    firm, client = small_firm()
    bill = firm.bill(client, [time("Advice", "1.00", "100.00")])
    firm.void(bill)
    invoice = firm.invoice_of[bill["id"]]
    assert (invoice["Status"], invoice["Total"], invoice["AmountDue"]) == ("VOIDED", 100, 0)
    with pytest.raises(BookError, match="must be unique"):
        firm.bill(client, [time("Advice", "1.00")], number=bill["number"])


def test_xero_refuses_what_the_real_one_refuses():
    firm, client = small_firm()
    bill = firm.draft_bill(client, [expense("Copies", "10.00")], reaches_xero=True)
    firm.approve(bill, in_xero=False)
    with pytest.raises(BookError, match="Authorised documents"):
        firm.pay(bill)
    firm.xero.authorise(firm.invoice_of[bill["id"]])
    firm.pay(bill, in_clio=False)
    with pytest.raises(BookError, match="payments or credits"):
        firm.void(bill, in_clio=False)
    with pytest.raises(BookError, match="archived"):
        firm.xero.archive_contact(firm.contact(client))
        firm.bill(client, [expense("Copies", "10.00")])


def test_a_payment_in_a_batch_goes_only_with_its_batch():
    firm, client = small_firm()
    bills = [firm.bill(client, [expense("Copies", f"{amount}.00")]) for amount in (10, 20)]
    firm.pay_many([(bills[0], "10.00"), (bills[1], "20.00")], as_batch=True)
    payment = next(iter(firm.xero.tables["Payments"].values()))
    with pytest.raises(BookError, match="batch"):
        firm.xero.delete_payment(payment)
    firm.xero.delete_batch(next(iter(firm.xero.tables["BatchPayments"].values())))
    assert all(firm.invoice_of[bill["id"]]["Status"] == "AUTHORISED" for bill in bills)
    check_xero(firm)


def test_an_overpayment_is_held_and_used():
    firm, client = small_firm()
    first = firm.bill(client, [expense("Copies", "100.00")])
    extra = firm.overpay(first, "30.00")
    second = firm.bill(client, [expense("Copies", "80.00")])
    firm.pay_from_credit_held(second, "30.00")
    firm.apply_in_xero("Overpayments", extra, second, "30.00")
    assert extra["Status"] == "PAID"
    assert second["balance"] == firm.invoice_of[second["id"]]["AmountDue"] == 50
    check_clio(firm)
    check_xero(firm)
    check_controls(firm)


def test_a_vanished_bill_leaves_nothing_behind_in_clio():
    firm, client = small_firm()
    bill = firm.draft_bill(client, [expense("Copies", "100.00")])
    firm.delete_draft(bill, vanish=True)
    assert not firm.clio.tables["bills"] and not firm.clio.tables["line_items"]


def test_editing_an_invoice_regenerates_its_line_ids():
    firm, client = small_firm()
    bill = firm.draft_bill(client, [expense("Copies", "100.00")], reaches_xero=True)
    before = firm.invoice_of[bill["id"]]["LineItems"][0]["LineItemID"]
    firm.edit_line(bill, 0, reaches_xero=True, price=Decimal("90.00"))
    line = firm.invoice_of[bill["id"]]["LineItems"][0]
    assert (line["LineAmount"], line["LineItemID"] == before) == (90, False)


STEPS = ("bill", "draft", "pay", "trust", "credit", "void payment", "interest", "overpay", "edit", "void")


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(1, 400)), max_size=25))
def test_money_is_conserved_over_random_histories(steps):
    firm, client = small_firm()
    matter = firm.matter(client)
    bills, payments = [], []
    for step, size in steps:
        firm.advance(hours=5)
        amount = f"{size}.37"
        unpaid = [bill for bill in bills if bill["state"] == "awaiting_payment"]
        open_bills = [bill for bill in unpaid if bill["balance"] > size + 1]
        if step == "bill":
            lines = [time("Work", Decimal(size) / 10, "333.33", taxable=bool(size % 2)), expense("Cost", amount)]
            bills.append(firm.bill(client, lines, matter, tax="8.875"))
        elif step == "draft":
            firm.draft_bill(client, [expense("Cost", amount)], matter, reaches_xero=True)
        elif step == "trust":
            firm.deposit(client, amount, matter)
            if open_bills:
                payments.append(firm.pay_from_trust(open_bills[-1], amount))
        elif step == "void payment" and payments:
            firm.void_payment(payments.pop())
        elif step == "void" and open_bills:
            untouched = [bill for bill in open_bills if bill["balance"] == bill["total"] == bill["sub_total"]]
            if untouched:
                firm.void(untouched[-1])
        elif open_bills:
            act(firm, step, open_bills[-1], amount, payments)
    check_clio(firm)
    check_xero(firm)
    check_controls(firm)
    held = sum(row["RemainingCredit"] for row in firm.xero.tables["Overpayments"].values())
    assert clio_receivables(firm) == xero_receivables(firm) + held


def act(firm, step, bill, amount, payments):
    if step == "pay":
        payments.append(firm.pay(bill, amount))
    elif step == "credit":
        firm.credit_note(bill, amount)
    elif step == "interest":
        firm.accrue_interest(bill, "1.11", mirror="line")
    elif step == "overpay":
        firm.overpay(bill, amount)
    elif step == "edit" and not bill["paid"] and not bill["credits_issued"] and not bill["interest"]["total"]:
        firm.edit_line(bill, 0, reaches_xero=True, quantity=Decimal("1.50"))
