"""Progress on standard error: visible in a terminal, silent in a pipe."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape

console = Console(stderr=True, highlight=False)


@contextmanager
def step(firm_id: str, what: str) -> Iterator[None]:
    """Show that a step of a firm's night is under way, and leave a line when it is done."""
    if not console.is_terminal:
        yield
        return
    with console.status(f"{escape(firm_id)}: {escape(what)}"):
        yield
    console.print(f"{escape(firm_id)}: {escape(what)} [green]done[/]")
