"""A child process that does nights, one after the other, so that what they need is imported once.

A night works in a child, so that it can be ended from outside whatever it is doing. Its lock on the firm goes with it.
The child lives as long as its standard input is open, so it ends with its parent however the parent ends.

Down the pipe go orders, up come events, one JSON object a line: ``{"step": "load", "says": ...}`` for each step that
ended and ``{"result": {...}}`` last. Of a child that is gone its parent is told ``{"ended": how}``.
"""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from typing import Any

from flows.night.order import Order

START = "start"
END_SECONDS = 2.0


class Child:
    """The parent's side."""

    def __init__(self) -> None:
        self._events: queue.Queue[dict[str, Any]] = queue.Queue()
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "flows.night.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=True,  # Ctrl-C is for the parent, which ends the child in order
        )
        threading.Thread(target=self._read, daemon=True).start()

    @property
    def can_go_on(self) -> bool:
        """Whether another night may be ordered."""
        return self._process.poll() is None

    def order(self, order: dict[str, Any]) -> None:
        """Begin a night. A child that died at once says so as its first event."""
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()

    def event(self, seconds: float) -> dict[str, Any]:
        """The next event. Raises queue.Empty when there is none in time."""
        return self._events.get(timeout=seconds)

    def end(self) -> None:
        """End it, whatever it is doing. What it had not published is swept later."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        with suppress(ValueError), self._process.stdout:  # half a line of a child that was killed
            for line in self._process.stdout:
                self._events.put(json.loads(line))
        self._events.put({"ended": self._how()})

    def _how(self) -> str:
        try:
            code = self._process.wait(timeout=END_SECONDS)
        except subprocess.TimeoutExpired:
            return "its pipe is closed"
        return f"signal {-code}" if code < 0 else f"exit status {code}"


def main() -> None:
    """The child's side: nights as they are ordered, until standard input closes."""
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
