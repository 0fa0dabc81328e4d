"""A scheduled night: tried again where that helps, told once; and what is watched beside Prefect."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from flows import journal, scheduled, serve
from flows.verdict import NightResult
from pipelines.connection import Connection
from pipelines.errors import TryAgain
from pipelines.settings import Firm, load_settings
from pipelines.tokens import DeadGrant
from tests.test_settings import GOOD, write

DUE = datetime(2026, 11, 3, 8, 30, tzinfo=UTC)
TROUBLE = NightResult("harbor-law", None, "incomplete", ("Xero was not well.",), can_try_again=True)
LASTING = NightResult("harbor-law", None, "incomplete", ("A right is missing.",))
GOOD_NIGHT = NightResult("harbor-law", "run-1", "reconciled")


@pytest.fixture
def config(tmp_path: Path) -> Path:
    return write(tmp_path, GOOD)


@pytest.fixture
def firm(config: Path) -> Firm:
    return load_settings(config).firm("harbor-law")


@pytest.mark.parametrize(
    ("ends", "waited", "verdict"),
    [
        ([GOOD_NIGHT], [], "reconciled"),
        ([TROUBLE, GOOD_NIGHT], [300], "reconciled"),
        ([TROUBLE, TROUBLE, LASTING], [300, 900], "incomplete"),
        ([TROUBLE, TROUBLE, TROUBLE, TROUBLE], [300, 900, 2700], "incomplete"),
        ([LASTING], [], "incomplete"),
    ],
)
def test_a_second_try_comes_where_it_can_help_and_waits_longer_each_time(
    config: Path,
    firm: Firm,
    monkeypatch: pytest.MonkeyPatch,
    ends: list[NightResult],
    waited: list[int],
    verdict: str,
) -> None:
    left, sleeps = list(ends), []
    monkeypatch.setattr(scheduled, "nightly", lambda *_: [left.pop(0)])
    monkeypatch.setattr(scheduled.time, "sleep", sleeps.append)
    assert scheduled.run_with_retries(firm, config).verdict == verdict
    assert (sleeps, left) == (waited, [])


@dataclass
class Said:
    """What the watch had somebody told."""

    missing: list[datetime] = field(default_factory=list)
    ending: list[Connection] = field(default_factory=list)


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Iterator[Said]:
    told = Said()
    monkeypatch.setattr(serve.alerts, "night_missing", lambda settings, firm, due: told.missing.append(due))
    monkeypatch.setattr(serve.alerts, "connection_ends", lambda settings, firm, found: told.ending.append(found))
    yield told


def test_a_night_that_did_not_begin_is_announced_after_two_hours(config: Path, firm: Firm, said: Said) -> None:
    journal.record(firm, GOOD_NIGHT, DUE - timedelta(days=1))
    watch = serve.Watch(config, since=DUE - timedelta(days=2))
    watch.look(DUE + timedelta(minutes=119))
    assert said.missing == []
    watch.look(DUE + timedelta(minutes=120))
    assert said.missing == [DUE]


def test_a_night_that_began_is_not_announced_however_it_ended(config: Path, firm: Firm, said: Said) -> None:
    journal.record(firm, LASTING, DUE)
    serve.Watch(config, since=DUE - timedelta(days=2)).look(DUE + timedelta(hours=3))
    assert said.missing == []


def test_a_firm_whose_first_night_did_not_begin_is_announced(config: Path, said: Said) -> None:
    serve.Watch(config, since=DUE - timedelta(hours=1)).look(DUE + timedelta(hours=3))
    assert said.missing == [DUE]


def test_nights_from_before_the_watch_began_are_caught_up_and_not_announced(config: Path, said: Said) -> None:
    serve.Watch(config, since=DUE + timedelta(hours=1)).look(DUE + timedelta(hours=3))
    assert said.missing == []


def test_a_connection_near_its_end_is_said_and_one_that_was_revoked_too(
    config: Path, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    ending = Connection("xero", "ends_soon", date(2026, 12, 1))

    def keep_alive(firm: Firm, system: str, now: datetime) -> None:
        if system == "clio":
            raise DeadGrant("harbor-law: clio token: refused.")
        raise TryAgain("harbor-law: xero token: status 503.")

    monkeypatch.setattr(serve, "keep_alive", keep_alive)
    monkeypatch.setattr(serve, "connection", lambda firm, system, now: ending)
    watch = serve.Watch(config)
    for hours in (0, 1):
        watch.look(DUE + timedelta(hours=hours))
    assert said.ending == [Connection("clio", "ended"), ending]
