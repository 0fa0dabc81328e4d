"""The referee of harmful advice sees it: each rule of `tests.support.harm`, broken once by a text that would do harm.

That no row of any scenario breaks one is told by `tests/rules/test_scenarios.py`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from sandbox.scenarios import SCENARIOS
from sandbox.scenarios.registry import SECTION_OF
from tests.support.harm import ALWAYS, OF_CODE, RULES, Row, World, harms

NOW = datetime(2026, 6, 17, 12, tzinfo=UTC)
SEND = "Edit and save the bill in Clio so that it is sent to Xero again."
APPROVE = "Approve the invoice in Xero as it is."
RECORD = "Record the payment in Xero into 1000 Operating Account."

# rule: scenario, code, a harmful text; and the same with what makes it harmless
BROKEN = {
    "never_merges": ("names-differ", "wrong_contact", "Merge the two contacts.", "Move the invoice to the contact."),
    "never_sends_again_what_may_be_there": ("candidate-to-link", "missing_in_xero", SEND, "Look at invoice H-1042."),
    "never_sends_into_a_refusal": (
        "missing-period-locked",
        "missing_in_xero",
        SEND,
        f"Ask whether to open the books that are locked. {SEND}",
    ),
    "never_records_what_may_be_there": (
        "money-received-on-no-invoice",
        "paid_in_clio_open_in_xero",
        RECORD,
        "Match the 800.00 received to invoice 2005.",
    ),
    "never_grants_twice": (
        "shape-cut-by-a-credit-note",
        "credit_one_side",
        "Record the credit in Clio.",
        "Ask first whether it stands for the difference. If it does not: record the credit in Clio.",
    ),
    "never_voids_what_holds_money": (
        "void-with-payment",
        "void_in_clio_live_in_xero",
        "Void invoice 2005 in Xero.",
        "Move the payments; only then void invoice 2005.",
    ),
    "never_touches_what_vanished": (
        "vanished-live",
        "bill_vanished",
        "Void invoice 2005 in Xero.",
        "Look in Clio first.",
    ),
    "never_takes_the_only_one": (
        "text-one-word",
        "duplicate_in_xero",
        "Void invoice 2005 in Xero.",
        "Look which of the two is the bill.",
    ),
    "never_approves_what_is_not_ready": (
        "stuck-edited-hours",
        "stuck_in_draft_ready",
        APPROVE,
        "Edit the invoice in Xero as listed, and approve it.",
    ),
    "never_works_in_locked_books": (
        "stuck-period-locked",
        "stuck_in_draft_ready",
        "Edit the listed lines of the invoice in Xero.",
        "Ask the firm whether to open the books that are locked, then edit the listed lines of the invoice in Xero.",
    ),
    "never_deletes_one_of_two_that_both_have": (
        "entry-doubled",
        "trust_entry_duplicated",
        "Delete the second entry in Clio.",
        "Look whether they are two movements of money.",
    ),
    "never_posts_what_may_be_there": (
        "trust-slip-four-days",
        "trust_clio_differs_from_xero",
        "Post the missing entries.",
        "See to the single entries.",
    ),
    "never_raises_a_second_one": (
        "currency-differs",
        "currency_differs",
        "Raise the invoice again in the currency of the bill.",
        "Ask which currency was agreed.",
    ),
    "never_removes_without_asking": (
        "payment-twice",
        "payment_duplicated",
        "Remove the second payment in Xero.",
        "Look at the bank whether the money came once or twice; if once, remove the second payment.",
    ),
    "never_books_before_it_is_known_whose": (
        "trust-offset-31-days",
        "trust_offset_unconfirmed",
        "Post both entries, then record it in Clio.",
        "Say once which it is.",
    ),
}


def test_each_rule_is_seen_to_break() -> None:
    assert set(BROKEN) == {rule.__name__ for rule in ALWAYS} | {rule.__name__ for of in OF_CODE.values() for rule in of}


def test_each_code_is_bound_by_rules() -> None:
    assert set(RULES) == set(SECTION_OF) and set(OF_CODE) <= set(SECTION_OF)


@pytest.mark.parametrize("name", BROKEN)
def test_a_harmful_text_is_caught_and_a_harmless_one_is_not(name: str) -> None:
    scenario, code, harmful, harmless = BROKEN[name]
    stage = SCENARIOS[scenario].stage(NOW)
    if stage.later is not None and code == "bill_vanished":
        stage.expected = stage.later(stage)
    subject = next((row.subject_key for row in stage.expected if row.code == code), "clio:1005")
    [rule] = [rule for rule in RULES[code] if rule.__name__ == name]

    def said(text: str) -> Row:
        amounts = [row.amount for row in stage.expected if row.code == code]
        return Row(code, subject, (amounts or [None])[0] or Decimal(0), "", text)

    assert rule(World(stage.firm), said(harmful)), f"{name} lets {harmful} pass in {scenario}"
    assert rule(World(stage.firm), said(harmless)) is None
    assert harms(stage.firm, [said(harmless)]) == []


def test_an_approval_is_caught_whatever_part_of_the_draft_differs() -> None:
    """Number, dates, totals, tax, hidden lines, archived contacts and accounts, locks: each by itself."""
    worlds = (
        "stuck-other-number",
        "stuck-edited-one-cent",
        "stuck-edited-date",
        "stuck-edited-due-date",
        "stuck-edited-tax",
        "stuck-contact-archived",
        "stuck-account-archived",
        "stuck-period-locked",
        "no-charge-line-draft",
    )
    for name in worlds:
        stage = SCENARIOS[name].stage(NOW)
        subject = next(row.subject_key for row in stage.expected if row.code.startswith("stuck"))
        assert harms(stage.firm, [Row("stuck_in_draft_ready", subject, Decimal(0), "", APPROVE)]), name


def test_a_bill_that_is_there_in_parts_is_not_sent_again() -> None:
    bill = next(row.subject_key for row in SCENARIOS["shape-one-bill-two-invoices"].stage(NOW).expected)
    stage = SCENARIOS["shape-one-bill-two-invoices"].stage(NOW)
    assert harms(stage.firm, [Row("missing_in_xero", bill, Decimal(0), "", SEND)])
    stage = SCENARIOS["shape-two-invoices-one-cent"].stage(NOW)
    assert harms(stage.firm, [Row("missing_in_xero", bill, Decimal(0), "", SEND)]) == []
