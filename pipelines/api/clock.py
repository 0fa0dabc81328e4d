"""Our own clock, held against those of the two systems.

What changed is asked for since a moment, grace and age are counted in hours, and a night is due or overdue by the
clock: one that is a year ahead makes every later night look needless. So the ``Date`` header of every reply is
compared with this machine's clock, and a night that is more than ten minutes off does not happen.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from pipelines.api.http import Pace
from pipelines.errors import TryAgain

MAY_DIFFER = timedelta(minutes=10)


def minutes(apart: timedelta) -> str:
    """A difference of two clocks, in the unit in which a person thinks of it."""
    whole = round(abs(apart).total_seconds() / 60)
    if whole < 120:
        return f"{whole} minutes"
    return f"{whole // 60} hours" if whole < 48 * 60 else f"{whole // 1440} days"


def their_time(headers: Mapping[str, str]) -> datetime | None:
    """The moment that a reply's ``Date`` names; None where it names none that can be read."""
    with contextlib.suppress(KeyError, TypeError, ValueError, OverflowError):
        said = parsedate_to_datetime(headers["Date"])
        return said.replace(tzinfo=UTC) if said.tzinfo is None else said.astimezone(UTC)
    return None


class SameTime:
    """A pace that also listens to the time. Raises TryAgain at the first reply of a system that is of another time
    than we are; what a night had read by then is not published."""

    def __init__(self, firm_id: str, system: str, pace: Pace) -> None:
        self._where = f"{firm_id}: {system}"
        self._pace = pace

    def heard(self, headers: Mapping[str, str]) -> None:
        """Compare, then let the pace listen."""
        said = their_time(headers)
        if said is not None:
            ours = datetime.now(UTC)
            if abs(ours - said) > MAY_DIFFER:
                raise TryAgain(
                    f"{self._where}: the same time to {MAY_DIFFER.seconds // 60} minutes was expected, found "
                    f"{said:%Y-%m-%d %H:%M} UTC there and {ours:%Y-%m-%d %H:%M} UTC on this machine "
                    f"({minutes(ours - said)} {'ahead' if ours > said else 'behind'}). Nothing was published. Set this "
                    "machine's clock, then run again."
                )
        self._pace.heard(headers)

    def wait(self) -> float:
        """What the pace says."""
        return self._pace.wait()


class NoPace:
    """For a client that no limit was ever heard of."""

    def heard(self, headers: Mapping[str, str]) -> None:
        """Nothing."""

    def wait(self) -> float:
        """No time."""
        return 0.0


def refuse_before(firm_id: str, started_at: datetime, last_started: datetime | None) -> None:
    """A night cannot begin before the one whose books it goes on from. Both in UTC, naive."""
    if last_started is not None and started_at < last_started:
        raise TryAgain(
            f"{firm_id}: a night after that of {last_started:%Y-%m-%d %H:%M} UTC was expected, found one that begins "
            f"{started_at:%Y-%m-%d %H:%M} UTC: this machine's clock was ahead then, or is behind now. Nothing was "
            "published. Set the clock and run again; if that night was the wrong one, put an earlier one back from "
            "nights/ (RUNBOOK, restore)."
        )
