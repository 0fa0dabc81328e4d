"""A scheduled night: tried again where that helps, told once; and what is watched beside Prefect."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from flows.night import journal
from flows.night.verdict import NightResult
from flows.service import scheduled, watch
from pipelines.api.tokens import DeadGrant
from pipelines.connect.connection import Connection
from pipelines.errors import TryAgain
from pipelines.firm.settings import Firm, load_settings
from tests.unit.test_settings import GOOD, write

DUE = datetime(2026, 11, 3, 8, 30, tzinfo=UTC)
TROUBLE = NightResult("harbor-law", None, "incomplete", ("Xero was not well.",), can_try_again=True)
LASTING = NightResult("harbor-law", None, "incomplete", ("A right is missing.",))
DEPLOYMENT = "5f3c1c1e-0000-4000-8000-000000000000"
GOOD_NIGHT = NightResult("harbor-law", "run-1", "reconciled")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return write(tmp_path, GOOD)


@pytest.fixture
def firm(config: Path) -> Firm:
    return load_settings(config).firm("harbor-law")


@dataclass
class Planned:
    """What Prefect was asked to run later, and what people were told."""

    runs: list[dict[str, object]] = field(default_factory=list)
    told: list[NightResult] = field(default_factory=list)


@pytest.fixture
def planned(monkeypatch: pytest.MonkeyPatch) -> Planned:
    found = Planned()
    monkeypatch.setattr(scheduled.runtime.deployment, "id", DEPLOYMENT, raising=False)
    monkeypatch.setattr(scheduled, "run_deployment", lambda name, **asked: found.runs.append({"name": name, **asked}))
    monkeypatch.setattr(scheduled.alerts, "after_night", lambda settings, result, now: found.told.append(result))
    return found


def try_night(config: Path, monkeypatch: pytest.MonkeyPatch, result: NightResult, failed_tries: int = 0) -> str:
    """One try that comes to this result; the name of its state."""
    monkeypatch.setattr(scheduled.night_of_firm, "fn", lambda _: result)
    state = scheduled.scheduled_night.fn(result.firm_id, str(config), failed_tries)
    return str(state.name)


@pytest.mark.parametrize(("failed_tries", "minutes"), [(0, 5), (1, 15), (2, 45)])
def test_passing_trouble_is_tried_again_later_and_nobody_is_told_yet(
    config: Path, planned: Planned, monkeypatch: pytest.MonkeyPatch, failed_tries: int, minutes: int
) -> None:
    before = datetime.now(UTC)
    assert try_night(config, monkeypatch, TROUBLE, failed_tries) == "Incomplete"
    [run] = planned.runs
    assert run["name"] == DEPLOYMENT and planned.told == []
    assert run["parameters"] == {"firm_id": "harbor-law", "config": str(config), "failed_tries": failed_tries + 1}
    assert timedelta(0) <= run["scheduled_time"] - before - timedelta(minutes=minutes) < timedelta(seconds=20)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("result", "failed_tries"), [(TROUBLE, 3), (LASTING, 0), (LASTING, 1), (GOOD_NIGHT, 0), (GOOD_NIGHT, 2)]
)
def test_the_last_try_and_what_no_try_can_help_is_told(
    config: Path, planned: Planned, monkeypatch: pytest.MonkeyPatch, result: NightResult, failed_tries: int
) -> None:
    assert try_night(config, monkeypatch, result, failed_tries) == result.verdict.capitalize()
    assert (planned.runs, planned.told) == ([], [result])


def test_what_cannot_be_planned_is_told_at_once(
    config: Path, planned: Planned, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(name: str, **asked: object) -> None:
        raise RuntimeError("Prefect's server is gone")

    monkeypatch.setattr(scheduled, "run_deployment", broken)
    assert try_night(config, monkeypatch, TROUBLE) == "Incomplete"
    assert planned.told == [TROUBLE]


def test_a_night_that_was_begun_before_is_skipped_but_its_further_try_is_not(
    config: Path, firm: Firm, planned: Planned, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal.record(firm, TROUBLE, datetime.now(UTC))
    assert try_night(config, monkeypatch, GOOD_NIGHT) == "Skipped"
    assert try_night(config, monkeypatch, GOOD_NIGHT, failed_tries=1) == "Reconciled"
    assert planned.told == [GOOD_NIGHT]


@dataclass
class Said:
    """What the watch had somebody told."""

    missing: list[datetime] = field(default_factory=list)
    ending: list[Connection] = field(default_factory=list)


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Iterator[Said]:
    told = Said()
    monkeypatch.setattr(watch.alerts, "night_missing", lambda settings, firm, due: told.missing.append(due))
    monkeypatch.setattr(watch.alerts, "connection_ends", lambda settings, firm, found: told.ending.append(found))
    yield told


def test_a_night_that_did_not_begin_is_announced_after_two_hours(config: Path, firm: Firm, said: Said) -> None:
    journal.record(firm, GOOD_NIGHT, DUE - timedelta(days=1))
    looking = watch.Watch(config, since=DUE - timedelta(days=2))
    looking.look(DUE + timedelta(minutes=119))
    assert said.missing == []
    looking.look(DUE + timedelta(minutes=120))
    assert said.missing == [DUE]


def test_a_night_that_began_is_not_announced_however_it_ended(config: Path, firm: Firm, said: Said) -> None:
    journal.record(firm, LASTING, DUE)
    watch.Watch(config, since=DUE - timedelta(days=2)).look(DUE + timedelta(hours=3))
    assert said.missing == []


def test_a_firm_whose_first_night_did_not_begin_is_announced(config: Path, said: Said) -> None:
    watch.Watch(config, since=DUE - timedelta(hours=1)).look(DUE + timedelta(hours=3))
    assert said.missing == [DUE]


def test_one_look_of_a_worker_announces_a_firms_missed_night_but_not_its_first(
    config: Path, firm: Firm, said: Said
) -> None:
    watch.Watch(config).look(DUE + timedelta(hours=3))
    assert said.missing == []
    journal.record(firm, GOOD_NIGHT, DUE - timedelta(days=1))
    watch.Watch(config).look(DUE + timedelta(hours=3))
    assert said.missing == [DUE]


def test_nights_from_before_the_watch_began_are_caught_up_and_not_announced(config: Path, said: Said) -> None:
    watch.Watch(config, since=DUE + timedelta(hours=1)).look(DUE + timedelta(hours=3))
    assert said.missing == []


def test_a_connection_near_its_end_is_said_and_one_that_was_revoked_too(
    config: Path, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    ending = Connection("xero", "ends_soon", date(2026, 12, 1))

    def keep_alive(firm: Firm, system: str, now: datetime) -> None:
        if system == "clio":
            raise DeadGrant("harbor-law: clio token: refused.")
        raise TryAgain("harbor-law: xero token: status 503.")

    monkeypatch.setattr(watch, "keep_alive", keep_alive)
    monkeypatch.setattr(watch, "connection", lambda firm, system, now: ending)
    looking = watch.Watch(config)
    for hours in (0, 1):
        looking.look(DUE + timedelta(hours=hours))
    assert said.ending == [Connection("clio", "ended"), ending]
