"""The command `tieout`, put together from its families.

Each command parses, calls one function, prints, and leaves with the exit status of the README.
"""

from typing import Annotated

import typer

from flows.commands import connections, deciding, emulator, month_end, nights, reading
from flows.commands.shared import examples

HELP = """Does Xero say what Clio says? Every bill, payment and cent of client money of a law firm, each night.

It reads both systems and never writes to either. What it finds is the worklist; what to do stands beside each item.
"""

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help=HELP,
    epilog=examples("run harbor-law", "worklist harbor-law", "explain harbor-law 2006", "status"),
)
for family in (nights, connections, reading, deciding, month_end, emulator):
    app.add_typer(family.commands)


def _say_version(asked: bool) -> None:
    if asked:
        from pipelines.evidence.evidence import version

        print(f"tieout {version()}")
        raise typer.Exit


@app.callback(help=HELP)
def tieout(
    version: Annotated[
        bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """What every command has in common: its help and version."""
