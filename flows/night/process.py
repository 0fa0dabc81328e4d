"""The process in which nights run, and the one that watches over it.

A night works in a child process, so that it can be ended from outside whatever it is doing: when it takes too long,
when a person presses Ctrl-C, when the machine wants the command gone. Its lock on the firm goes with it. The child
lives as long as its standard input is open, so it ends with its parent however the parent ends, and it does several
nights one after the other, so that what they need is imported once.

Down the pipe go orders, up come events, one JSON object a line: ``{"step": "load", "says": ...}`` for each step that
ended and ``{"result": {...}}`` last.
"""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from types import TracebackType
from typing import Any

from flows.night.order import Order
from flows.night.verdict import INCOMPLETE, NightResult

LIMIT_SECONDS = 4 * 3600
START = "start"
END_SECONDS = 2.0


class NightEndedError(Exception):
    """The night is over, well or not, without the step that was waited for; `result` of its process says how."""


class NightProcess:
    """A child that does nights, one at a time. `result` is what the latest came to."""

    def __init__(self, limit_seconds: float = LIMIT_SECONDS) -> None:
        self._limit = limit_seconds
        self._child: subprocess.Popen[str] | None = None
        self._events: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._deadline = 0.0
        self._order: Order | None = None
        self._is_ended_by_us = False
        self.result: NightResult | None = None

    def __enter__(self) -> "NightProcess":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.end()

    def begin(self, order: Order) -> None:
        """Start a night; the child too, unless one is there."""
        self._order, self.result = order, None
        self._deadline = time.monotonic() + self._limit
        if self._child is None or self._child.poll() is not None:
            self._start()
        assert self._child is not None and self._child.stdin is not None
        try:
            self._child.stdin.write(json.dumps(order.as_json()) + "\n")
            self._child.stdin.flush()
        except OSError:  # it died at once: the first wait says so
            return

    def _start(self) -> None:
        self._events, self._is_ended_by_us = queue.Queue(), False
        self._child = subprocess.Popen(
            [sys.executable, "-P", "-m", "flows.night.process"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=True,  # Ctrl-C is for the parent, which ends the child in order
        )
        threading.Thread(target=_read_events, args=(self._child, self._events), daemon=True).start()

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
        assert self._order is not None
        if self.result is not None:
            raise NightEndedError
        try:
            event = self._events.get(timeout=max(0.0, self._deadline - time.monotonic()))
        except queue.Empty:
            self.end()
            hours = self._limit / 3600
            self._failed(f"The night was expected to end within {hours:g} hours and was ended.", can_try_again=True)
        else:
            if event is None:
                self._failed(self._how_it_ended())
            elif "result" in event:
                self.result = NightResult.from_json(event["result"])
            else:
                return event
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

    def _how_it_ended(self) -> str:
        if self._is_ended_by_us or self._child is None:
            return "The night was interrupted; nothing was published."
        try:
            code = self._child.wait(timeout=END_SECONDS)
        except subprocess.TimeoutExpired:
            return "The night's process closed its pipe before it was done."
        how = f"signal {-code}" if code < 0 else f"exit status {code}"
        return f"The night's process ended before it was done ({how})."

    def end(self) -> None:
        """End the child, whatever it is doing. Its lock goes with it; what it had not published is swept later."""
        child, self._child = self._child, None
        if child is None:
            return
        self._is_ended_by_us = True
        if child.poll() is None:
            child.kill()
        child.wait()
        if child.stdin:
            child.stdin.close()


def _read_events(child: subprocess.Popen[str], events: "queue.Queue[dict[str, Any] | None]") -> None:
    """What the child says, until its pipe closes."""
    assert child.stdout is not None
    with suppress(ValueError), child.stdout:  # half a line of a child that was killed
        for line in child.stdout:
            events.put(json.loads(line))
    events.put(None)


def main() -> None:
    """The child: nights as they are ordered, until standard input closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    pipe = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever prints on the way must not look like an event
    orders: queue.Queue[Order] = queue.Queue()

    def tell(event: dict[str, Any]) -> None:
        pipe.write(json.dumps(event) + "\n")
        pipe.flush()

    def listen() -> None:
        for line in sys.stdin:
            orders.put(Order.from_json(json.loads(line)))
        os._exit(0)

    threading.Thread(target=listen, daemon=True).start()
    from flows.night.steps import night_of

    while True:
        order = orders.get()
        tell({"step": START, "says": "everything is imported"})
        result = night_of(order, lambda step, says: tell({"step": step, "says": says}))
        tell({"result": result.as_json()})


if __name__ == "__main__":
    main()
