"""When a firm's nights are due: its cron line read in its own zone, one night a day also when the clocks change.

Prefect starts the nights, and on the two days on which the clocks change it may start one an hour early, or twice,
depending on when it looked. So what is due is counted here, and a night that Prefect starts runs only if it is
`needed`. A time that the clocks skip is due an hour later; one that they show twice is due the first time.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from croniter import croniter  # type: ignore[import-untyped]

from pipelines.firm.settings import Firm

CLOCKS_CHANGE_BY = timedelta(hours=2)  # at most
OVERDUE_AFTER = timedelta(hours=2)
AHEAD = timedelta(minutes=10)  # of our clock: what is further off has not come yet
EARLY = timedelta(minutes=1)  # a runner may start a night some seconds before its moment
EARLY_WHEN_CLOCKS_CHANGE = timedelta(minutes=61)


def has_come(moment: datetime, now: datetime) -> bool:
    """Whether a moment that was written down can be true: a clock that was ahead for one night must not make every
    night of the next year look needless."""
    return moment <= now + AHEAD


def last_due(firm: Firm, now: datetime) -> datetime:
    """The latest moment up to now at which a night was due, in UTC."""
    return next(due for due in _dues(firm, now + CLOCKS_CHANGE_BY, backwards=True) if due <= now)


def next_due(firm: Firm, now: datetime) -> datetime:
    """The next moment after now at which a night is due, in UTC."""
    return next(due for due in _dues(firm, now - CLOCKS_CHANGE_BY) if due > now)


def needed(firm: Firm, now: datetime, last_started: datetime | None) -> datetime | None:
    """The night that a run starting now would be: None where that night was begun before."""
    upcoming = next_due(firm, now)
    due = upcoming if upcoming - now <= _early(firm, upcoming) else last_due(firm, now)
    return due if last_started is None or last_started < due - _early(firm, due) else None


def missed(firm: Firm, now: datetime, last_started: datetime | None) -> datetime | None:
    """The latest night that was due and not begun; however many were missed, it is one to catch up. A firm that never
    had a night has missed none."""
    due = last_due(firm, now)
    return None if last_started is None or last_started >= due - _early(firm, due) else due


def overdue(firm: Firm, now: datetime, last_started: datetime | None) -> datetime | None:
    """The latest night that was missed so long ago that it did not happen, rather than waits for its turn: those before
    the one that waits tonight are missed all the same."""
    return missed(firm, now - OVERDUE_AFTER, last_started)


def _early(firm: Firm, due: datetime) -> timedelta:
    """How long before its moment a night may have begun and still be that night."""
    zone = ZoneInfo(firm.timezone)
    day = timedelta(hours=12)
    is_change = (due - day).astimezone(zone).utcoffset() != (due + day).astimezone(zone).utcoffset()
    return EARLY_WHEN_CLOCKS_CHANGE if is_change else EARLY


def _dues(firm: Firm, start: datetime, *, backwards: bool = False) -> Iterator[datetime]:
    """Moments at which nights are due, from start on, by the clock on the firm's wall."""
    zone = ZoneInfo(firm.timezone)
    wall = croniter(firm.schedule, start.astimezone(zone).replace(tzinfo=None))
    while True:
        shown = wall.get_prev(datetime) if backwards else wall.get_next(datetime)
        yield shown.replace(tzinfo=zone).astimezone(UTC)
