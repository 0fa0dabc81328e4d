"""The command `tieout`. Each command parses, calls one function, prints, and leaves with the contract's exit status.

Prefect, dlt and dbt take seconds to import, so each command imports what it needs when it runs.
"""

import json
import os
import subprocess
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from flows.verdict import EXIT_USAGE
from pipelines.errors import UsageError
from pipelines.settings import Settings, load_settings

app = typer.Typer(
    add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__.splitlines()[0]
)
out = Console(highlight=False, soft_wrap=False)
err = Console(stderr=True, highlight=False)

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", help="tieout.toml; else TIEOUT_CONFIG, else the working directory's."),
]


class Format(StrEnum):
    """How a result is printed."""

    table = "table"
    csv = "csv"
    json = "json"


class RunFormat(StrEnum):
    """How the result of a run is printed."""

    table = "table"
    json = "json"


def _prepare_prefect(settings: Settings) -> None:
    """Prefect's own database holds run logs: it lives beside the firms' data, owner-only, unless one is named."""
    home = settings.data_dir / "prefect"
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.umask(0o077)
    os.environ.setdefault("PREFECT_HOME", str(home))
    os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")


@app.command()
def run(
    firms: Annotated[list[str] | None, typer.Argument(help="Firms to run; all when none is named.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Read every list whole, whatever is already held.")] = False,
    config: ConfigOption = None,
    output: Annotated[RunFormat, typer.Option("--format")] = RunFormat.table,
) -> None:
    """The nightly flow, once. Exit status: 0 reconciled or pending, 1 exceptions, 2 usage, 3 incomplete."""
    settings = load_settings(config)
    _prepare_prefect(settings)
    from flows.nightly import chosen_firms, nightly
    from flows.report import print_nights
    from flows.verdict import exit_code

    results = nightly(chosen_firms(settings, firms or []), full, str(settings.path))
    if output is RunFormat.json:
        print(json.dumps([result.as_json() for result in results], indent=2))
    else:
        print_nights(out, results)
    raise typer.Exit(exit_code(results))


@app.command()
def worklist(
    firm: Annotated[str, typer.Argument(help="The firm.")],
    config: ConfigOption = None,
    output: Annotated[Format, typer.Option("--format")] = Format.table,
) -> None:
    """The open exceptions of the last published night, in the order in which to work them."""
    from flows import report

    rows = report.read_worklist(load_settings(config).firm(firm).warehouse, firm)
    if output is Format.json:
        print(report.worklist_json(rows))
    elif output is Format.csv:
        print(report.worklist_csv(rows), end="")
    else:
        report.print_worklist(out, rows)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []})
def sandbox(context: typer.Context) -> None:
    """The local emulator of both APIs (`tieout sandbox --help` for its options)."""
    raise typer.Exit(subprocess.run([sys.executable, "-m", "sandbox", *context.args], check=False).returncode)


def main() -> None:
    """Entry point: a mistake in usage or configuration is one clear sentence and exit status 2."""
    try:
        app()
    except UsageError as error:
        err.print(f"[red]{escape(str(error))}[/]")
        sys.exit(EXIT_USAGE)
