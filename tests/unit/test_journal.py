"""The journal of nights: what was attempted is remembered, whatever ended it."""

import stat
from datetime import UTC, datetime
from pathlib import Path

from flows.night import journal
from flows.night.verdict import NightResult
from pipelines.firm.settings import Firm, load_settings
from tests.unit.test_settings import GOOD, write

FIRST = datetime(2026, 11, 2, 8, 30, tzinfo=UTC)
SECOND = datetime(2026, 11, 3, 8, 30, tzinfo=UTC)


def harbor(folder: Path) -> Firm:
    return load_settings(write(folder, GOOD)).firm("harbor-law")


def test_a_firm_without_nights_has_none(tmp_path: Path) -> None:
    assert journal.attempts(harbor(tmp_path)) == []


def test_good_and_failed_nights_stand_in_their_order(tmp_path: Path) -> None:
    firm = harbor(tmp_path)
    journal.record(firm, NightResult(firm.id, "run-1", "exceptions", seconds=21.5), FIRST)
    journal.record(firm, NightResult(firm.id, None, "incomplete", ("Xero was down.",), can_try_again=True), SECOND)
    good, failed = journal.attempts(firm)
    assert (good.run_id, good.started_at, good.verdict, good.seconds) == ("run-1", FIRST, "exceptions", 21.5)
    assert (failed.started_at, failed.reasons, failed.can_try_again) == (SECOND, ("Xero was down.",), True)
    assert (good.is_good, failed.is_good) == (True, False)
    assert stat.S_IMODE((firm.folder / journal.FILE).stat().st_mode) == 0o600


def test_a_line_cut_off_by_a_dead_machine_spoils_no_other(tmp_path: Path) -> None:
    firm = harbor(tmp_path)
    journal.record(firm, NightResult(firm.id, "run-1", "pending"), FIRST)
    with (firm.folder / journal.FILE).open("a") as file:
        file.write('\n{"run_id": "run-2", "start')
    journal.record(firm, NightResult(firm.id, "run-3", "pending"), SECOND)
    assert [attempt.run_id for attempt in journal.attempts(firm)] == ["run-1", "run-3"]


def test_a_night_rebuilt_for_a_past_day_is_no_good_night_of_today(tmp_path: Path) -> None:
    firm = harbor(tmp_path)
    journal.record(firm, NightResult(firm.id, "run-1", "pending", rebuilt_as_of="2026-10-31"), FIRST)
    assert [attempt.is_good for attempt in journal.attempts(firm)] == [False]
