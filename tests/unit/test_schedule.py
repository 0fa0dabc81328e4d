"""The clock is moved over days on which it changes, and over a week in which nothing ran."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from prefect.server.schemas.schedules import CronSchedule

from flows.schedule import last_due, missed, needed, next_due, overdue
from pipelines.firm.settings import Firm, load_settings
from tests.unit.test_settings import GOOD, fault, write


def firm_in(folder: Path, zone: str, cron: str) -> Firm:
    text = GOOD.replace("America/New_York", zone).replace("grace_hours = 24", f'schedule = "{cron}"')
    return load_settings(write(folder, text)).firm("harbor-law")


CHANGES = [
    ("America/New_York", (date(2026, 3, 8), date(2026, 11, 1))),
    ("Europe/London", (date(2026, 3, 29), date(2026, 10, 25))),
    ("Australia/Sydney", (date(2026, 4, 5), date(2026, 10, 4))),
    ("Asia/Kolkata", (date(2026, 3, 29), date(2026, 10, 25))),
]
CRONS = ["30 0 * * *", "30 1 * * *", "30 2 * * *", "30 3 * * *"]


@pytest.mark.parametrize("cron", CRONS)
@pytest.mark.parametrize(("zone", "changes"), CHANGES)
def test_each_local_day_has_one_night_also_when_the_clocks_change(
    tmp_path: Path, zone: str, changes: tuple[date, date], cron: str
) -> None:
    firm = firm_in(tmp_path, zone, cron)
    for change in changes:
        now = datetime.combine(change - timedelta(days=3), datetime.min.time(), UTC)
        nights = []
        for _ in range(6):
            now = next_due(firm, now)
            nights.append(now)
        days = [night.astimezone(ZoneInfo(zone)).date() for night in nights]
        assert days == [days[0] + timedelta(days=count) for count in range(6)]
        assert change in days


@pytest.mark.parametrize("cron", CRONS)
@pytest.mark.parametrize(("zone", "changes"), CHANGES)
def test_of_all_that_prefect_starts_one_run_a_day_is_a_night(
    tmp_path: Path, zone: str, changes: tuple[date, date], cron: str
) -> None:
    firm = firm_in(tmp_path, zone, cron)
    schedule = CronSchedule(cron=cron, timezone=zone)
    for change in changes:
        first = datetime.combine(change - timedelta(days=2), datetime.min.time(), ZoneInfo(zone)).astimezone(UTC)
        started_by_prefect: set[datetime] = set()
        for hour in range(5 * 24):  # its scheduler looks again and again, and adds what it does not have yet
            look = first + timedelta(hours=hour, minutes=7)
            started_by_prefect |= {
                date.astimezone(UTC)
                for date in asyncio.run(schedule.get_dates(start=look, end=look + timedelta(days=1)))
            }
        nights: list[datetime] = []
        for moment in sorted(started_by_prefect):
            if needed(firm, moment, nights[-1] if nights else first - timedelta(days=1)):
                nights.append(moment)
        days = [night.astimezone(ZoneInfo(zone)).date() for night in nights]
        assert days == [days[0] + timedelta(days=count) for count in range(len(days))]
        assert change in days and len(days) >= 4


@pytest.mark.parametrize("zone", ["America/New_York", "Europe/London", "Australia/Sydney"])
def test_what_was_last_due_is_what_was_next_due_before(tmp_path: Path, zone: str) -> None:
    firm = firm_in(tmp_path, zone, "30 2 * * *")
    now = datetime(2026, 1, 1, tzinfo=UTC)
    while now < datetime(2026, 12, 1, tzinfo=UTC):
        due = next_due(firm, now)
        assert last_due(firm, due + timedelta(hours=2)) == due
        now = due


def test_a_missed_week_is_caught_up_once(tmp_path: Path) -> None:
    firm = firm_in(tmp_path, "America/New_York", "30 3 * * *")
    monday = datetime(2026, 11, 2, 8, 30, 5, tzinfo=UTC)
    back = datetime(2026, 11, 9, 15, 0, tzinfo=UTC)
    due = missed(firm, back, monday)
    assert due == datetime(2026, 11, 9, 8, 30, tzinfo=UTC)
    assert missed(firm, back + timedelta(hours=1), back) is None


@pytest.mark.parametrize(
    ("started", "is_missed"),
    [("2026-11-09T08:29:55", False), ("2026-11-09T08:30:00", False), ("2026-11-09T08:20:00", True)],
)
def test_a_night_that_began_some_seconds_early_is_that_night(tmp_path: Path, started: str, is_missed: bool) -> None:
    firm = firm_in(tmp_path, "America/New_York", "30 3 * * *")
    now = datetime(2026, 11, 9, 12, tzinfo=UTC)
    assert (missed(firm, now, datetime.fromisoformat(started).replace(tzinfo=UTC)) is not None) == is_missed


def test_a_firm_without_a_night_has_missed_none(tmp_path: Path) -> None:
    firm = firm_in(tmp_path, "America/New_York", "30 3 * * *")
    assert missed(firm, datetime(2026, 11, 9, 12, tzinfo=UTC), None) is None


@pytest.mark.parametrize("hour", range(24))
def test_a_firm_without_a_night_for_days_is_overdue_at_every_hour(tmp_path: Path, hour: int) -> None:
    """Also in the hours in which tonight's night still waits for its turn."""
    firm = firm_in(tmp_path, "America/New_York", "30 3 * * *")
    last = datetime(2026, 11, 2, 8, 30, tzinfo=UTC)
    assert overdue(firm, datetime(2026, 11, 9, hour, 31, tzinfo=UTC), last) is not None


def test_a_night_is_overdue_two_hours_after_it_was_due(tmp_path: Path) -> None:
    firm = firm_in(tmp_path, "America/New_York", "30 3 * * *")
    last, due = datetime(2026, 11, 2, 8, 30, tzinfo=UTC), datetime(2026, 11, 3, 8, 30, tzinfo=UTC)
    assert overdue(firm, due + timedelta(minutes=119), last) is None
    assert overdue(firm, due + timedelta(hours=2), last) == due
    assert overdue(firm, due + timedelta(hours=2), due) is None


def test_a_weekly_night_is_found_days_later(tmp_path: Path) -> None:
    firm = firm_in(tmp_path, "Europe/London", "0 4 * * 0")
    assert last_due(firm, datetime(2026, 11, 6, 12, tzinfo=UTC)) == datetime(2026, 11, 1, 4, tzinfo=UTC)


def test_a_night_every_minute_is_found_too(tmp_path: Path) -> None:
    firm = firm_in(tmp_path, "Europe/London", "* * * * *")
    assert last_due(firm, datetime(2026, 11, 6, 12, 0, 30, tzinfo=UTC)) == datetime(2026, 11, 6, 12, tzinfo=UTC)


@pytest.mark.parametrize("cron", ["nightly", "30 25 * * *", "30 3 * *", "0 30 3 * * *", "0 0 30 2 *"])
def test_a_schedule_that_never_comes_is_one_sentence(tmp_path: Path, cron: str) -> None:
    said = fault(tmp_path, "grace_hours = 24", f'schedule = "{cron}"')
    assert "schedule: should be five fields of cron such as" in said and cron in said
