"""Our own clock against theirs: a night that happens at another time than theirs is no night."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from flows import schedule
from flows.night import journal
from flows.night.verdict import NightResult
from flows.service import scheduled
from pipelines.api.clock import MAY_DIFFER, their_time
from pipelines.api.http import Patience, Transport
from pipelines.errors import TryAgain
from pipelines.firm.settings import Firm, load_settings
from pipelines.load import load_firms
from pipelines.night.warehouse import new_run_id
from sandbox.serving.server import Fault, Sandbox
from tests.support.sandbox_http import rich_firm

YEAR = timedelta(days=365).total_seconds()


class Desk:
    """One firm and the file that its nights go into."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        (folder / "tieout.toml").write_text(sandbox.config_toml(folder / "data"))
        self.sandbox = sandbox
        self.folder = folder
        self.firm: Firm = next(iter(load_settings(folder / "tieout.toml").firms.values()))

    def load(self, started_at: datetime) -> Any:
        file = self.folder / "warehouse.duckdb"
        started = started_at.replace(tzinfo=None, microsecond=0)
        transport = Transport(Patience(attempts=2, first_wait=0.01))
        return load_firms([self.firm], file, run_id=new_run_id(started), started_at=started, transport=transport)


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    with Sandbox([rich_firm()]) as sandbox:
        for name, value in sandbox.environment().items():
            monkeypatch.setenv(name, value)
        yield Desk(sandbox, tmp_path)


@pytest.mark.parametrize("system", ["clio", "xero"])
@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-YEAR, "365 days ahead"), (YEAR, "365 days behind"), (11 * 60, "11 minutes behind"), (-11 * 60, "ahead")],
)
def test_a_night_at_another_time_than_theirs_does_not_happen(
    desk: Desk, system: str, seconds: float, words: str
) -> None:
    desk.sandbox.faults.add(Fault("other_time", system=system, seconds=seconds, times=None))
    with pytest.raises(TryAgain, match=rf"{system}: the same time to 10 minutes was expected.*{words}.*Set this"):
        desk.load(datetime.now(UTC))


def test_a_few_minutes_are_no_trouble_and_the_first_reply_is_enough(desk: Desk) -> None:
    for seconds in (9 * 60, -9 * 60):
        desk.sandbox.faults.add(Fault("other_time", seconds=seconds, times=None))
        desk.load(datetime.now(UTC))
        desk.sandbox.faults.clear()
    desk.sandbox.forget_calls()
    desk.sandbox.faults.add(Fault("other_time", seconds=YEAR, times=None))
    with pytest.raises(TryAgain):
        desk.load(datetime.now(UTC))
    assert len([call for call in desk.sandbox.calls if "token" not in call.path]) == 1


def test_a_night_before_the_last_one_does_not_happen(desk: Desk) -> None:
    now = datetime.now(UTC)
    desk.load(now)
    with pytest.raises(TryAgain, match="clock was ahead then, or is behind now"):
        desk.load(now - timedelta(minutes=1))
    desk.load(now)


@pytest.mark.parametrize(
    "headers",
    [{}, {"Date": "yesterday"}, {"Date": ""}, {"Date": "Thu, 99 Nov 2026 99:99:99 GMT"}, {"Date": "9" * 9999}],
)
def test_a_date_that_cannot_be_read_tells_nothing(headers: dict[str, str]) -> None:
    assert their_time(headers) is None


def test_a_journal_line_from_the_future_keeps_no_night_from_happening(desk: Desk) -> None:
    now = datetime.now(UTC)
    journal.record(desk.firm, NightResult(desk.firm.id, "run-1", "reconciled"), now - timedelta(days=3))
    journal.record(desk.firm, NightResult(desk.firm.id, None, "incomplete"), now + timedelta(days=365))
    last = scheduled.last_started(desk.firm)
    assert last == now - timedelta(days=3)
    assert schedule.needed(desk.firm, now, last) is not None and schedule.missed(desk.firm, now, last) is not None
    assert schedule.has_come(now + MAY_DIFFER, now) and not schedule.has_come(now + timedelta(minutes=11), now)
