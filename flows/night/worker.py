"""A process that works to order: both of its ends.

Down a pipe go orders, up come events, one JSON object a line. Of a worker that is gone its parent is told
``{"ended": how}``. A worker lives as long as its standard input is open, so it ends with its parent however the parent
ends.
"""

import gc
import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

END_SECONDS = 2.0


class Worker:
    """The parent's side of a worker: the module that it runs. One that `leads` is ended with all that it started, and
    hears no Ctrl-C, which is for who started it."""

    def __init__(self, module: str, *, leads: bool) -> None:
        self._events: queue.Queue[dict[str, Any]] = queue.Queue()
        self._leads = leads and hasattr(os, "killpg")
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            start_new_session=leads,
        )
        threading.Thread(target=self._read, daemon=True).start()

    @property
    def can_go_on(self) -> bool:
        """Whether it takes another order."""
        return self._process.poll() is None

    def order(self, order: dict[str, Any]) -> None:
        """Order something. A worker that died says so as its next event."""
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()

    def event(self, seconds: float | None = None) -> dict[str, Any]:
        """The next event. Raises queue.Empty when there is none in time."""
        return self._events.get(timeout=seconds)

    def end(self) -> None:
        """End it, whatever it is doing. What a night had not published is swept later."""
        if self._process.poll() is None:
            if self._leads:
                os.killpg(self._process.pid, signal.SIGKILL)
            else:
                self._process.kill()
        self._process.wait()
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        with suppress(ValueError), self._process.stdout:  # half a line of a worker that was killed
            for line in self._process.stdout:
                self._events.put(json.loads(line))
        self._events.put({"ended": self._how()})

    def _how(self) -> str:
        try:
            code = self._process.wait(timeout=END_SECONDS)
        except subprocess.TimeoutExpired:
            return "its pipe is closed"
        return f"signal {-code}" if code < 0 else f"exit status {code}"


def at_work() -> tuple[Iterator[dict[str, Any]], Callable[[dict[str, Any]], None]]:
    """The worker's side: the orders as they come, and what tells the parent of an event. The process ends where
    standard input does, whatever it is doing.

    From here on nothing looks for garbage: going over records, and over what dbt parsed, again and again takes an
    eighth of a large load and of a small build. A worker looks by itself, once for each order, when it has told what
    came of it; where much would gather until then, as in a build of everything, it lets Python look meanwhile.
    """
    gc.disable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    pipe = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever prints on the way must not look like an event
    orders: queue.Queue[dict[str, Any]] = queue.Queue()

    def tell(event: dict[str, Any]) -> None:
        pipe.write(json.dumps(event) + "\n")
        pipe.flush()

    def listen() -> None:
        for line in sys.stdin:
            orders.put(json.loads(line))
        os._exit(0)

    threading.Thread(target=listen, daemon=True).start()
    return iter(orders.get, None), tell
