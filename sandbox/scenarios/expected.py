"""The rows that a scenario must produce, and what the second reading of the rules says of their codes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from sandbox.money import ZERO, money

SEVERITIES = {
    "documents": {
        "missing_in_xero": "high",
        "stuck_in_draft_ready": "high",
        "stuck_in_draft_edited": "high",
        "approved_early_in_xero": "high",
        "void_in_clio_live_in_xero": "high",
        "void_in_xero_live_in_clio": "high",
        "number_collision": "high",
        "duplicate_in_xero": "high",
        "xero_only": "medium",
        "credit_note_missing": "high",
        "trust_request_invoiced": "medium",
        "bill_vanished": "high",
    },
    "content": {
        "discount_lost": "high",
        "amounts_differ": "high",
        "lines_differ": "medium",
        "rounding": "info",
        "tax_differs": "high",
        "line_tax_differs": "medium",
        "interest_not_mirrored": "medium",
        "text_differs": "low",
        "date_differs": "medium",
        "due_date_differs": "low",
        "currency_differs": "high",
        "wrong_contact": "high",
        "renumbered": "low",
    },
    "payments": {
        "paid_in_clio_open_in_xero": "high",
        "paid_in_xero_open_in_clio": "high",
        "payment_amount_differs": "high",
        "payment_duplicated": "high",
        "payment_reversed_one_side": "high",
        "payment_on_wrong_bill": "high",
        "payment_in_wrong_account": "high",
        "payment_period_differs": "medium",
        "credit_one_side": "high",
        "unapplied_credit": "medium",
        "card_payment_pending": "info",
    },
    "totals": {
        "clio_control_differs": "high",
        "subledger_differs_from_control": "high",
        "unexplained": "critical",
    },
    "trust": {
        "trust_account_differs_from_ledger": "critical",
        "trust_ledger_differs_from_clients": "critical",
        "trust_clio_differs_from_xero": "high",
        "trust_bank_differs_from_liability": "critical",
        "trust_book_differs_from_statement": "critical",
        "trust_entry_missing_in_xero": "high",
        "trust_entry_missing_in_clio": "high",
        "trust_entry_other_client": "high",
        "trust_offset_unconfirmed": "medium",
        "trust_unexplained": "critical",
        "trust_account_not_mapped": "high",
        "client_ledger_negative": "critical",
        "fee_taken_without_bill": "critical",
        "trust_money_unassigned": "high",
        "earned_fees_left_in_trust": "medium",
        "trust_balance_stale": "medium",
        "trust_receipt_in_operating": "high",
        "bank_charge_in_trust": "high",
        "trust_entry_duplicated": "medium",
    },
    "news": {
        "systemic_cause": "high",
    },
}
SECTION_OF = {code: section for section, codes in SEVERITIES.items() for code in codes}
NO_MONEY = frozenset(
    (
        "text_differs",
        "date_differs",
        "due_date_differs",
        "wrong_contact",
        "renumbered",
        "lines_differ",
        "line_tax_differs",
    )
)


@dataclass(frozen=True)
class Expected:
    """One row that `recon.exceptions` must hold.

    `amount` None: not laid down by the rules for this row. `explains` and `silent_on` are words that the
    explanation must and must not contain, `advises` and `never_advises` those that the suggested action must and must
    not, compared without case. `blocked_by` is the code of the bill's own row. `candidate` are the ids of what may
    be the missing thing, each of them that is named and no other.
    """

    code: str
    subject_key: str
    ar_effect: Decimal
    severity: str
    status: str = "open"
    amount: Decimal | None = None
    explains: tuple[str, ...] = ()
    silent_on: tuple[str, ...] = ()
    advises: tuple[str, ...] = ()
    never_advises: tuple[str, ...] = ()
    blocked_by: str | None = None
    candidate: tuple[str, ...] = ()
    section: str = "documents"


def row(code: str, subject: str, effect: str | Decimal = "0", **more: object) -> Expected:
    """An expected row; severity and section follow the code unless given."""
    section = SECTION_OF[code]
    ar_effect = money(effect)
    fields: dict[str, object] = {"severity": SEVERITIES[section][code], "section": section}
    if code in NO_MONEY:
        fields["amount"] = ZERO
    elif section in ("documents", "content"):
        fields["amount"] = abs(ar_effect)
    if "amount" in more:
        fields["amount"] = None if more["amount"] is None else money(more.pop("amount"))  # type: ignore[arg-type]
    for key in ("explains", "silent_on", "advises", "never_advises"):
        if isinstance(more.get(key), str):
            more[key] = (more[key],)
    return Expected(code, subject, ar_effect, **{**fields, **more})  # type: ignore[arg-type]


# What one system lacks may be what the other has alone.
MAY_BE_EACH_OTHER = {
    "missing_in_xero": "xero_only",
    "xero_only": "missing_in_xero",
    "trust_entry_missing_in_xero": "trust_entry_missing_in_clio",
    "trust_entry_missing_in_clio": "trust_entry_missing_in_xero",
}


def naming_each_other(rows: Sequence[Expected]) -> list[Expected]:
    """Each row about something that one system lacks names as candidates all that the other has alone."""
    alone = {
        code: tuple(one.subject_key.partition(":")[2] for one in rows if one.code == other)
        for code, other in MAY_BE_EACH_OTHER.items()
    }
    return [replace(one, candidate=alone[one.code]) if one.code in alone else one for one in rows]
