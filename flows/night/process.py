"""The watch over a night that works in another process.

A night is ended when it takes too long, when a person presses Ctrl-C, when the machine wants the command gone; what it
came to then is said here, as it is of a night whose process died. The process is a child of this one
(`flows.night.child`), or one that `tieout serve` lends (`flows.service.lending`).
"""

import queue
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Protocol

from flows.night.child import Child
from flows.night.order import Order
from flows.night.verdict import INCOMPLETE, NightResult

LIMIT_SECONDS = 4 * 3600


class DoesNights(Protocol):
    """A process that does nights, as `flows.night.child.Child`."""

    @property
    def can_go_on(self) -> bool:
        """Whether another night may be ordered."""

    def order(self, order: dict[str, Any]) -> None:
        """Begin a night."""

    def event(self, seconds: float) -> dict[str, Any]:
        """The next event. Raises queue.Empty when there is none in time."""

    def end(self) -> None:
        """End it, whatever it is doing."""


class NightEndedError(Exception):
    """The night is over, well or not, without the step that was waited for; `result` of its process says how."""


class NightProcess:
    """Nights in another process, one at a time. `result` is what the latest came to."""

    def __init__(self, limit_seconds: float = LIMIT_SECONDS, start: Callable[[], DoesNights] = Child) -> None:
        self._limit = limit_seconds
        self._start = start
        self._child: DoesNights | None = None
        self._deadline = 0.0
        self._order: Order | None = None
        self._is_ended_by_us = False
        self.result: NightResult | None = None

    def __enter__(self) -> "NightProcess":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.end()

    def begin(self, order: Order) -> None:
        """Start a night; its process too, unless one is there."""
        self._order, self.result = order, None
        self._deadline = time.monotonic() + self._limit
        if self._child is None or not self._child.can_go_on:
            self._is_ended_by_us = False
            self._child = self._start()
        self._child.order(order.as_json())

    def until(self, step: str) -> str:
        """Wait for a step of the night to end; what it says of itself. Raises NightEndedError where the night was over
        first."""
        while True:
            event = self._next()
            if event.get("step") == step:
                return str(event["says"])

    def finish(self) -> NightResult:
        """Wait for the night to end; what it came to."""
        while self.result is None:
            try:
                self._next()
            except NightEndedError:
                break
        assert self.result is not None
        return self.result

    def _next(self) -> dict[str, Any]:
        """The next event that is no result. Sets `result` and raises NightEndedError at the night's end."""
        if self.result is not None:
            raise NightEndedError
        child = self._child
        try:
            event = child.event(max(0.0, self._deadline - time.monotonic())) if child else {"ended": "by us"}
        except queue.Empty:
            self.end()
            hours = self._limit / 3600
            self._failed(f"The night was expected to end within {hours:g} hours and was ended.", can_try_again=True)
        else:
            if "step" in event:
                return event
            if "result" in event:
                self.result = NightResult.from_json(event["result"])
            elif self._is_ended_by_us:
                self._failed("The night was interrupted; nothing was published.")
            else:
                self._failed(f"The night's process ended before it was done ({event['ended']}).")
        raise NightEndedError

    def _failed(self, reason: str, *, can_try_again: bool = False) -> None:
        assert self._order is not None
        self.result = NightResult(
            self._order.firm_id,
            None,
            INCOMPLETE,
            (reason,),
            can_try_again=can_try_again,
            seconds=round(self._limit - (self._deadline - time.monotonic()), 1),
            rebuilt_as_of=self._order.as_of.isoformat() if self._order.as_of else None,
        )

    def end(self) -> None:
        """End the process, whatever it is doing. Its lock goes with it."""
        child, self._child = self._child, None
        if child is not None:
            self._is_ended_by_us = True
            child.end()
