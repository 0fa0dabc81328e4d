"""Each code about documents, content, payments and totals has its scenarios, and each trap one that stays silent.

For a code: a firm in which it plainly applies, one in which it only just does, and one just outside its rule. The
traps are those that make accountants stop reading: what looks like a fault and is none.
"""

import pytest

from sandbox.scenarios import SCENARIOS
from sandbox.scenarios.registry import SEVERITIES

# What no first night can bring about: our own classification would have to have a hole, or a bill to be held before it
# vanishes (the stories of several nights have that one).
NEVER = {"unexplained", "bill_vanished"}

# code: plain, just inside, just outside
COVERED = {
    "missing_in_xero": ("missing-plain", "missing-one-cent", "missing-zero"),
    "stuck_in_draft_ready": ("stuck-ready", "stuck-ready-typography", "stuck-edited-wording"),
    "stuck_in_draft_edited": ("stuck-edited-hours", "stuck-edited-one-cent", "stuck-pushed-again"),
    "approved_early_in_xero": ("approved-early", "approved-early-pending", "approved-early-dead"),
    "void_in_clio_live_in_xero": ("void-in-clio", "deleted-in-clio-draft-in-xero", "void-on-both-sides"),
    "void_in_xero_live_in_clio": ("void-in-xero", "deleted-in-xero", "deleted-in-xero-draft-in-clio"),
    "number_collision": ("number-collision", "number-collision-one-cent", "number-other-client"),
    "duplicate_in_xero": ("duplicate-plain", "duplicate-draft", "duplicate-other-day"),
    "xero_only": ("xero-only", "xero-only-draft", "xero-only-voided"),
    "discount_lost": ("discount-lost", "discount-lost-money", "discount-lost-one-cent-off"),
    "amounts_differ": ("amounts-hours-cut", "amounts-two-cents", "rounding-one-cent"),
    "lines_differ": ("lines-cancel", "lines-cancel-one-cent", "lines-other-rate"),
    "rounding": ("rounding-line", "rounding-line-at-limit", "rounding-line-over-limit"),
    "tax_differs": ("tax-lost", "rounding-of-tax-over-limit", "rounding-of-tax-at-limit"),
    "line_tax_differs": ("line-taxes-swapped", "line-tax-over-limit", "line-tax-at-limit"),
    "interest_not_mirrored": ("interest-missing", "interest-child-one-cent-off", "interest-child"),
    "text_differs": ("text-one-word", "text-two-lines", "text-typography"),
    "date_differs": ("date-differs", "date-differs-across-months", "date-late-in-the-evening"),
    "due_date_differs": ("due-date-differs", "both-dates-differ", "date-differs"),
    "currency_differs": ("currency-differs", "currency-same-figures", "currency-foreign-on-both"),
    "wrong_contact": ("number-other-client", "names-differ", "names-alike"),
    "renumbered": ("date-and-total", "link-across-clients", "number-normalised"),
    "paid_in_clio_open_in_xero": ("payment-lost", "payment-lost-one-of-two", "payment-both-sides"),
    "paid_in_xero_open_in_clio": ("payment-unheard", "payment-unheard-part", "payment-weeks-apart"),
    "payment_amount_differs": ("payment-amount", "payment-amount-more-in-xero", "payment-amount-other-day"),
    "payment_duplicated": ("payment-twice", "payment-twice-7-days", "payment-twice-8-days"),
    "payment_reversed_one_side": (
        "payment-voided-in-clio",
        "payment-reversed-before-twice",
        "payment-voided-other-amount",
    ),
    "payment_on_wrong_bill": (
        "payment-on-wrong-bill",
        "payment-on-wrong-bill-3-days",
        "payment-on-wrong-bill-4-days",
    ),
    "payment_in_wrong_account": (
        "payment-wrong-account",
        "payment-wrong-account-liability",
        "payment-from-trust-by-liability",
    ),
    "payment_period_differs": (
        "payment-over-month-end",
        "payment-over-month-end-weeks",
        "payment-before-month-end",
    ),
    "credit_one_side": ("credit-in-clio", "credit-as-payment", "credit-days-apart"),
    "unapplied_credit": ("unapplied-overpayment", "unapplied-one-cent", "unapplied-used-up"),
    "card_payment_pending": ("card-pending", "card-pending-missing", "card-settled"),
    "clio_control_differs": ("clio-control", "clio-control-one-cent", "clean"),
    "subledger_differs_from_control": (
        "control-account-receipt",
        "control-account-one-cent",
        "control-account-cancels",
    ),
    "credit_note_missing": ("credit-note-missing", "credit-note-one-cent-off", "credit-note-by-number"),
    "trust_request_invoiced": ("trust-request-invoiced", "trust-request-invoiced-paid", "trust-request-other-total"),
}

# trap: the scenarios that fall into it and must not say anything
SILENT = {
    "line order, grouping": ("lines-reordered", "lines-merged", "lines-split", "lines-many-equal"),
    "wording that is only typography": ("text-typography",),
    "hidden interest bills": ("interest-child", "interest-child-paid", "interest-line"),
    "trust requests": ("missing-trust-request",),
    "summary and aggregate lines": ("lines-summary", "combined-bill"),
    "reused numbers, void versions": (
        "reused-after-delete",
        "reused-after-void",
        "reused-regenerated",
        "reused-three-times",
    ),
    "drafts on both sides": ("drafts-on-both-sides", "missing-draft"),
    "bills before the start": ("start-date-before",),
    "time zones": ("date-late-in-the-evening",),
    "renames and Last, First": ("names-alike", "client-tied-by-two-pairs"),
    "two currencies": ("currency-foreign-on-both",),
    "bills of nothing": ("missing-zero", "missing-fully-discounted"),
    "payments a day or two apart": ("payment-days-apart", "payment-before-month-end"),
    "two taxes, inclusive taxes, line totals without tax": (
        "tax-two-taxes",
        "tax-inclusive",
        "tax-outside-line-totals",
    ),
}

# trap: the scenarios in which it is told quietly, with the words that keep it quiet
QUIET = {
    "changes in flight": ("in-flight", "missing_in_xero", "in_flight"),
    "cents of tax per line and per bill": ("rounding-of-tax", "rounding", "info"),
    "a rounding line": ("rounding-line", "rounding", "info"),
    "card payments under way": ("card-pending", "card_payment_pending", "info"),
}

# trap: named invoices say nothing, and the one that was not named does
BESIDE_ONE_THAT_SPEAKS = ("not-from-clio-contact", "not-from-clio-account", "not-from-clio-pattern")


def codes(name: str) -> list[str]:
    """The codes that a scenario expects on its first night."""
    return [row.code for row in SCENARIOS[name].expected]


def test_every_code_is_in_the_table() -> None:
    wanted = {
        code for section in ("documents", "content", "payments", "totals") for code in SEVERITIES[section]
    } - NEVER
    assert set(COVERED) == wanted


@pytest.mark.parametrize("code", COVERED)
def test_a_code_is_said_plainly_and_just_inside_and_not_just_outside(code: str) -> None:
    plain, inside, outside = COVERED[code]
    assert len({plain, inside, outside}) == 3
    assert code in codes(plain)
    assert code in codes(inside)
    assert code not in codes(outside)


@pytest.mark.parametrize("trap", SILENT)
def test_a_trap_stays_silent(trap: str) -> None:
    assert {name: codes(name) for name in SILENT[trap]} == {name: [] for name in SILENT[trap]}


@pytest.mark.parametrize("trap", QUIET)
def test_a_trap_is_told_quietly(trap: str) -> None:
    name, code, quiet = QUIET[trap]
    [row] = SCENARIOS[name].expected
    assert row.code == code
    assert quiet in (row.status, row.severity)


@pytest.mark.parametrize("name", BESIDE_ONE_THAT_SPEAKS)
def test_what_never_comes_from_clio_is_not_reported(name: str) -> None:
    assert codes(name) == ["xero_only"]


def test_one_thing_removed_is_one_complaint() -> None:
    assert codes("one-of-ten") == ["missing_in_xero"]


def test_a_locked_period_is_named_as_the_cause_only_where_it_is() -> None:
    [locked] = SCENARIOS["missing-period-locked"].expected
    [not_locked] = SCENARIOS["missing-period-not-locked"].expected
    assert locked.explains == ("lock",) and not_locked.silent_on == ("lock",)
