"""Rate limits of both systems, each by its own rules and its own headers.

Clio counts per access token in windows of 60 seconds. Xero counts per app and tenant: five calls at once, 60
a minute, 5,000 a day, and 10,000 a minute for the app as a whole.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from sandbox.shared.served import Clock

DAY = 86_400


@dataclass
class Limits:
    """How much each system takes; None switches a limit off."""

    clio_per_minute: int | None = 50
    xero_per_minute: int | None = 60
    xero_per_day: int | None = 5_000
    xero_app_per_minute: int | None = 10_000
    xero_at_once: int | None = 5
    window_seconds: float = 60.0

    @classmethod
    def off(cls) -> Limits:
        """No limit but Xero's five calls at once, which a careful client never meets."""
        return cls(None, None, None, None, 5)


@dataclass
class _Window:
    """A fixed window that starts with its first call."""

    length: float
    started: float = -math.inf
    used: int = 0

    def roll(self, now: float) -> None:
        if now - self.started >= self.length:
            self.started, self.used = now, 0

    def left_seconds(self, now: float) -> int:
        return max(1, math.ceil(self.started + self.length - now))


@dataclass
class Verdict:
    """Headers for the reply, and whether the call is refused."""

    headers: dict[str, str] = field(default_factory=dict)
    refused: bool = False
    retry_after: int | None = None


class ClioLimiter:
    """Fifty calls a minute and token, unless told otherwise."""

    def __init__(self, limits: Limits, clock: Clock) -> None:
        self._limits = limits
        self._clock = clock
        self._windows: dict[str, _Window] = {}

    def take(self, token: str) -> Verdict:
        limit = self._limits.clio_per_minute
        now = self._clock.time()
        window = self._windows.setdefault(token, _Window(self._limits.window_seconds))
        window.length = self._limits.window_seconds
        window.roll(now)
        refused = limit is not None and window.used >= limit
        if not refused:
            window.used += 1
        shown = 10_000 if limit is None else limit
        left = shown if limit is None else max(0, limit - window.used)
        wait = window.left_seconds(now)
        headers = {
            "X-RateLimit-Limit": str(shown),
            "X-RateLimit-Remaining": str(left),
            "X-RateLimit-Reset": str(math.ceil(now) + wait),
        }
        return Verdict(headers, refused, wait if refused else None)


class XeroLimiter:
    """Minute, day and app limits, and calls at once, per tenant."""

    def __init__(self, limits: Limits, clock: Clock) -> None:
        self._limits = limits
        self._clock = clock
        self._minutes: dict[str, _Window] = {}
        self._days: dict[str, _Window] = {}
        self._app = _Window(limits.window_seconds)
        self._running: dict[str, int] = {}

    def enter(self, tenant: str) -> bool:
        """Start a call; false when too many are running already."""
        running = self._running.get(tenant, 0)
        if self._limits.xero_at_once is not None and running >= self._limits.xero_at_once:
            return False
        self._running[tenant] = running + 1
        return True

    def leave(self, tenant: str) -> None:
        self._running[tenant] -= 1

    def app_only(self) -> Verdict:
        """/connections counts against the app alone."""
        left = self._take(self._app, self._limits.xero_app_per_minute, self._limits.window_seconds)
        return Verdict({"X-AppMinLimit-Remaining": str(max(0, left))}, left < 0)

    def take(self, tenant: str) -> Verdict:
        limits = self._limits
        minute = self._minutes.setdefault(tenant, _Window(limits.window_seconds))
        day = self._days.setdefault(tenant, _Window(DAY))
        app_left = self._take(self._app, limits.xero_app_per_minute, limits.window_seconds)
        day_left = self._take(day, limits.xero_per_day, DAY)
        minute_left = self._take(minute, limits.xero_per_minute, limits.window_seconds)
        verdict = Verdict(
            {
                "X-DayLimit-Remaining": str(max(0, day_left)),
                "X-MinLimit-Remaining": str(max(0, minute_left)),
                "X-AppMinLimit-Remaining": str(max(0, app_left)),
            }
        )
        now = self._clock.time()
        if day_left < 0:
            verdict.refused, verdict.retry_after = True, day.left_seconds(now)
            verdict.headers["X-Rate-Limit-Problem"] = "day"
        elif minute_left < 0:
            verdict.refused, verdict.retry_after = True, minute.left_seconds(now)
            verdict.headers["X-Rate-Limit-Problem"] = "minute"
        elif app_left < 0:
            verdict.refused = True
            verdict.headers["X-Rate-Limit-Problem"] = "appminute"
        return verdict

    def _take(self, window: _Window, limit: int | None, length: float) -> int:
        """Calls left after this one; below zero when there was none left to take."""
        window.length = length
        window.roll(self._clock.time())
        if limit is None:
            return 5_000
        if window.used >= limit:
            return -1
        window.used += 1
        return limit - window.used
