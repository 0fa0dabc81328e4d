"""What commands share: how they print and ask, and the options that several have.

Prefect, dlt and dbt take seconds to import, so each command imports what it needs when it runs.
"""

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from flows import escape as safe
from pipelines.errors import UsageError
from pipelines.firm.settings import Firm, load_settings


def examples(*lines: str) -> str:
    """The last words of a command's help: how it is typed."""
    return "\n\n".join(["Examples:", *(f"  $ tieout {line}" for line in lines)])


class _Out(Console):
    """Standard output. Who reads it may have seen enough (`tieout status | head`): the rest goes nowhere, and the exit
    status stays that of what was found, where Rich would end with 1, which means exceptions."""

    def on_broken_pipe(self) -> None:
        self.quiet = True
        _print_to_nobody()


def _print_to_nobody() -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def print_plain(text: str, end: str = "\n") -> None:
    """JSON or CSV and nothing else on standard output; a reader who is gone changes no exit status."""
    try:
        print(text, end=end, flush=True)
    except BrokenPipeError:
        _print_to_nobody()


PIPE_WIDTH = 160  # a pipe has no width of its own, unless somebody names one
HAS_WIDTH = sys.stdout.isatty() or "COLUMNS" in os.environ
out = _Out(highlight=False, emoji=False, width=None if HAS_WIDTH else PIPE_WIDTH)
err = Console(stderr=True, highlight=False, emoji=False)

ConfigOption = Annotated[
    Path | None,
    typer.Option(
        "--config", help="Path of tieout.toml. Default: TIEOUT_CONFIG, else the one in the working directory."
    ),
]
FirmArgument = Annotated[str, typer.Argument(help="The firm, as tieout.toml names it: harbor-law.")]
ByOption = Annotated[str, typer.Option("--by", help="Who decided: a person's name.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why, for whoever asks next year.")]


class RunFormat(StrEnum):
    """How the result of a run, or how the firms stand, is printed."""

    table = "table"
    json = "json"


def firm_of_books(config: Path | None, name: str) -> Firm:
    """The firm whose published books are about to be read; that they are not the last night's is said beside them."""
    from flows.night.put_back import put_back

    firm = load_settings(config).firm(name)
    if said := put_back(firm):
        err.print(safe.for_terminal(f"{firm.id}: {said}."), soft_wrap=True)
    return firm


def private_files() -> None:
    """Whatever is written from here on is its owner's alone."""
    os.umask(0o077)


def ask(question: str) -> str:
    try:
        return input(question)
    except EOFError:
        raise UsageError("An answer was expected, and there is nobody to type one: run it in a terminal.") from None


def say(done: str) -> None:
    """What a command did."""
    out.print(safe.for_terminal_lines(done), soft_wrap=True)
