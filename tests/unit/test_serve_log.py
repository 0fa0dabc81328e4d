"""`tieout serve` says one line for each night that ended, for people or for machines."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.night import journal
from flows.night.verdict import NightResult
from flows.service.serve_log import LogFormat, NightLog
from pipelines.firm.settings import Firm, Settings, load_settings
from tests.unit.test_settings import GOOD, write

SINCE = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    head, block = GOOD.split("\n\n", 1)
    return load_settings(write(tmp_path, f"{head}\n\n{block}\n{block.replace('harbor-law', 'pier-legal')}"))


def ended(firm: Firm, verdict: str, *reasons: str) -> None:
    journal.record(firm, NightResult(firm.id, "run-1", verdict, reasons, seconds=21.4), datetime.now(UTC))


def test_each_night_is_said_once_with_its_firm_and_verdict(settings: Settings) -> None:
    log = NightLog(settings, SINCE, LogFormat.text)
    assert log.new_lines() == []
    ended(settings.firm("harbor-law"), "exceptions")
    [line] = log.new_lines()
    assert line.endswith("harbor-law: exceptions in 21 s")
    assert log.new_lines() == []
    ended(settings.firm("pier-legal"), "incomplete", "Xero was not well.")
    ended(settings.firm("harbor-law"), "reconciled")
    first, second = log.new_lines()
    assert first.endswith("pier-legal: incomplete in 21 s: Xero was not well.")
    assert second.endswith("harbor-law: reconciled in 21 s")


def test_what_ended_before_is_not_said_again(settings: Settings) -> None:
    ended(settings.firm("harbor-law"), "reconciled")
    assert NightLog(settings, datetime.now(UTC) + timedelta(seconds=1), LogFormat.text).new_lines() == []


def test_for_machines_it_is_one_json_object_a_line(settings: Settings) -> None:
    log = NightLog(settings, SINCE, LogFormat.json)
    ended(settings.firm("harbor-law"), "incomplete", "Two\nlines.")
    [line] = log.new_lines()
    said = json.loads(line)
    assert datetime.fromisoformat(said.pop("at")).tzinfo is not None
    assert said == {
        "firm_id": "harbor-law",
        "run_id": "run-1",
        "verdict": "incomplete",
        "seconds": 21.4,
        "reasons": ["Two\nlines."],
    }


def test_a_reason_cannot_write_to_the_terminal(settings: Settings) -> None:
    log = NightLog(settings, SINCE, LogFormat.text)
    ended(settings.firm("harbor-law"), "incomplete", "A\nsecond line \x1b[2J of \u202ea reason")
    [line] = log.new_lines()
    assert not set(line) & {"\n", "\x1b", "\u202e"}
