"""The exit status of a run, worst first, and results as plain JSON."""

import json
from datetime import date
from decimal import Decimal

import pytest

from flows.night.verdict import NightResult, exit_code


def night(verdict: str, usage: bool = False) -> NightResult:
    """A firm's night that ended so."""
    return NightResult("harbor-law", "run", verdict, is_usage_error=usage)


@pytest.mark.parametrize(
    ("verdicts", "status"),
    [
        (["reconciled"], 0),
        (["reconciled", "pending"], 0),
        (["pending", "exceptions"], 1),
        (["exceptions", "incomplete", "reconciled"], 3),
        ([], 0),
    ],
)
def test_the_exit_status_is_that_of_the_worst_verdict(verdicts: list[str], status: int) -> None:
    assert exit_code([night(verdict) for verdict in verdicts]) == status


def test_configuration_alone_is_two_and_a_failed_source_beside_it_is_three() -> None:
    wrong = night("incomplete", usage=True)
    assert exit_code([wrong, night("exceptions")]) == 2
    assert exit_code([wrong, night("incomplete")]) == 3


def test_a_result_becomes_json_without_losing_a_digit() -> None:
    statement = {"as_of_date": date(2026, 11, 23), "clio_receivables_amount": Decimal("0.10"), "open_count": 3}
    [plain] = json.loads(json.dumps([NightResult("f", "r", "exceptions", statement=statement).as_json()]))
    assert plain["statement"] == {"as_of_date": "2026-11-23", "clio_receivables_amount": "0.10", "open_count": 3}
