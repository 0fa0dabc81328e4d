"""dbt's exit code says too little: a finding, a fault of ours and a run of nothing must not look alike."""

import pytest

from flows.night.build import BuildResult, DbtRun, read_results
from flows.night.verdict import require_sound
from pipelines.errors import GiveUp

TAGS: dict[str, set[str]] = {
    "model.tieout.matched_bills": set(),
    "test.tieout.tie_bills": {"tie_out"},
    "test.tieout.one_outcome": {"integrity"},
}


def done(model: str = "success", **tests: str) -> DbtRun:
    """What came of a build of one model and two tests, by test."""
    statuses = {f"test.tieout.{name}": status for name, status in tests.items()}
    return DbtRun(TAGS, {"model.tieout.matched_bills": model, **statuses}, 1.5)


@pytest.mark.parametrize("status", ["warn", "fail"])
def test_a_tie_out_that_finds_rows_is_a_finding_and_no_fault(status: str) -> None:
    built = read_results(done(tie_bills=status, one_outcome="pass"))
    assert built == BuildResult(3, 0, 1.5, (), ("tie_bills",))
    require_sound(built)


@pytest.mark.parametrize(
    ("statuses", "fault"),
    [
        ({"tie_bills": "error", "one_outcome": "pass"}, "tie_bills: error"),
        ({"tie_bills": "pass", "one_outcome": "fail"}, "one_outcome: fail"),
        ({"tie_bills": "pass", "one_outcome": "skipped"}, "one_outcome: skipped"),
        ({"tie_bills": "pass", "one_outcome": "warn"}, "one_outcome: warn"),
        ({"tie_bills": "pass"}, "one_outcome: did not run"),
        ({"one_outcome": "pass"}, "tie_bills: did not run"),
        ({"model": "error", "tie_bills": "pass", "one_outcome": "pass"}, "matched_bills: error"),
    ],
)
def test_what_broke_or_did_not_run_is_our_fault(statuses: dict[str, str], fault: str) -> None:
    built = read_results(done(**statuses))
    assert built.faults == (fault,)
    with pytest.raises(GiveUp, match=fault.split(":")[0]):
        require_sound(built)


def test_a_project_that_names_nothing_is_no_clean_night() -> None:
    with pytest.raises(GiveUp, match="names none"):
        read_results(DbtRun({}, {}, 0.1))
