"""Every scenario says exactly what the rulebook says of it, and nothing else."""

from collections.abc import Iterator

import pytest

from sandbox.scenarios import SCENARIOS
from tests.scenario_nights import Nights, mismatches, two_nights

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nights]:
    """All scenarios in one warehouse, two nights."""
    with two_nights(tmp_path_factory.mktemp("scenarios")) as judged:
        yield judged


def accepts(name: str, nights: Nights) -> bool:
    """What people accept is accepted from the second night on."""
    return bool(nights.stages[name].firm.acceptances)


@pytest.mark.parametrize("name", SCENARIOS)
def test_first_night(name: str, nights: Nights) -> None:
    if accepts(name, nights):
        pytest.skip("said by the second night")
    assert mismatches(nights.stages[name].expected, nights.found[0][name]) == []


@pytest.mark.parametrize("name", SCENARIOS)
def test_second_night(name: str, nights: Nights) -> None:
    expected = nights.later.get(name, nights.stages[name].expected)
    assert mismatches(expected, nights.found[1][name]) == []


@pytest.mark.parametrize("name", SCENARIOS)
def test_line_by_line(name: str, nights: Nights) -> None:
    """What became of each line, where the story says so."""
    for bill_key, statuses in nights.stages[name].line_statuses.items():
        rows = nights.query(
            "select line_status, count(*) from recon.line_diffs where firm_id = ? and bill_key = ? group by all",
            name,
            bill_key,
        )
        assert dict(rows) == statuses


def test_what_people_read_is_short(nights: Nights) -> None:
    longest = "select max(length(explanation)), max(length(suggested_action)) from recon.exceptions"
    [(explanation, action)] = nights.query(longest)
    assert explanation <= 1_000 and action <= 1_000


def test_our_own_checks_hold(nights: Nights) -> None:
    assert [result.faults for result in nights.results] == [(), ()]


def test_nothing_is_unexplained(nights: Nights) -> None:
    assert nights.query("select firm_id, amount from recon.ar_tie_out where step = 'unexplained' and amount <> 0") == []
    by_client = "select firm_id, client_name, amount from recon.ar_tie_out_by_client where step = 'unexplained'"
    assert nights.query(f"{by_client} and amount <> 0") == []


def test_the_bridges_of_the_clients_are_the_bridge_of_the_firm(nights: Nights) -> None:
    assert (
        nights.query("""
            select firm_id, step, sum(amount) from (
                select firm_id, step, amount from recon.ar_tie_out where step not like 'xero_control%'
                union all
                select firm_id, step, -amount from recon.ar_tie_out_by_client
            ) group by all having sum(amount) <> 0
        """)
        == []
    )


def test_history_goes_on(nights: Nights) -> None:
    [(seen, closed)] = nights.query(
        "select nights_seen, closed_at is not null from recon.exception_history "
        "where firm_id = 'fixed-on-the-second-night' and code = 'missing_in_xero'"
    )
    assert (seen, closed) == (1, True)
    assert nights.query("select count(*) from recon.run_statements where firm_id = 'accepted'") == [(2,)]


def test_what_shares_a_cause_points_to_the_row_that_says_it(nights: Nights) -> None:
    groups = nights.query("""
        select cause.firm_id, count(*) - 1
        from recon.exceptions as cause
        inner join recon.exceptions as shared
            on cause.firm_id = shared.firm_id and cause.exception_id = shared.group_id
        where cause.code = 'systemic_cause'
        group by cause.firm_id order by cause.firm_id
    """)
    assert groups == [
        (f"cause-{name}", 5)
        for name in ("account-archived", "contact-archived", "nothing-arrives", "one-attorney", "period-locked")
    ]
