"""Every scenario says exactly what the rulebook says of it, and nothing else."""

from collections.abc import Iterator

import pytest

from sandbox.scenarios import SCENARIOS
from tests.scenario_nights import Nights, mismatches, two_nights

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nights]:
    """All scenarios in one warehouse, two nights or three."""
    with two_nights(tmp_path_factory.mktemp("scenarios")) as judged:
        yield judged


def accepts(name: str, nights: Nights) -> bool:
    """What people accept is accepted from the second night on."""
    return bool(nights.stages[name].firm.acceptances)


@pytest.mark.parametrize("name", SCENARIOS)
def test_first_night(name: str, nights: Nights) -> None:
    if accepts(name, nights) and nights.stages[name].later is None:
        pytest.skip("said by the second night")
    assert mismatches(nights.stages[name].expected, nights.found[0][name]) == []


@pytest.mark.parametrize("name", SCENARIOS)
def test_second_night(name: str, nights: Nights) -> None:
    expected = nights.later.get(name, nights.stages[name].expected)
    assert mismatches(expected, nights.found[1][name]) == []


@pytest.mark.parametrize("name", SCENARIOS)
def test_third_night(name: str, nights: Nights) -> None:
    if name not in nights.much_later:
        pytest.skip("the story has no third night")
    assert mismatches(nights.much_later[name], nights.found[2][name]) == []


def test_our_own_checks_hold(nights: Nights) -> None:
    assert {result.faults for result in nights.results} == {()}


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


ENDINGS = {
    ("fixed-on-the-second-night", "missing_in_xero"): "fixed",
    ("vanished-missing", "missing_in_xero"): "vanished",
    ("pushed-as-a-draft", "missing_in_xero"): "replaced",
}


@pytest.mark.parametrize("ending", [one for one in ENDINGS if one[0] in SCENARIOS], ids=lambda one: one[0])
def test_history_says_how_a_finding_ended(ending: tuple[str, str], nights: Nights) -> None:
    sql = "select closed_as from recon.exception_history where firm_id = ? and code = ?"
    assert nights.query(sql, *ending) == [(ENDINGS[ending],)]


def test_a_draft_stays_one_finding_when_a_comma_changes(nights: Nights) -> None:
    first, second = ([row.exception_id for row in found["stuck-comma"]] for found in nights.found[:2])
    assert first == second
    sql = "select code, nights_seen from recon.exception_history where firm_id = 'stuck-comma'"
    assert nights.query(sql) == [("stuck_in_draft_edited", 2)]


def test_no_row_is_longer_than_a_person_reads(nights: Nights) -> None:
    rows = [row for found in nights.found for firm in found.values() for row in firm]
    assert [row for row in rows if max(len(row.explanation), len(row.suggested_action)) > 1000] == []


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
