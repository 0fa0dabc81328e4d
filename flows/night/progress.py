"""The steps of a night: how long each took, and progress on standard error, visible in a terminal, silent in a pipe."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

from rich.console import Console
from rich.markup import escape

SENTENCES = {
    "start": "starting",
    "load": "loading Clio and Xero",
    "build": "building and checking",
    "publish": "publishing",
}

console = Console(stderr=True, highlight=False)


class Steps:
    """The steps of one firm's night. `seconds` holds, by step, how long it took. Of several firms side by side, none
    has the terminal's last line to itself."""

    def __init__(self, firm_id: str, *, is_alone: bool) -> None:
        self._firm, self._is_alone = escape(firm_id), is_alone
        self.seconds: dict[str, float] = {}

    @contextmanager
    def take(self, name: str) -> Iterator[None]:
        """Show that a step is under way, time it, and leave a line when it is done."""
        started = time.monotonic()
        spins = console.is_terminal and self._is_alone
        with console.status(f"{self._firm}: {SENTENCES[name]}") if spins else nullcontext():
            yield
        self.seconds[name] = round(time.monotonic() - started, 2)
        if console.is_terminal:
            console.print(f"{self._firm}: {SENTENCES[name]}, {self.seconds[name]:.1f} s")
