"""Connections: let Tieout read a firm's systems, end that, and try whether tonight's night would work."""

from enum import StrEnum
from typing import Annotated

import typer

from flows.commands.shared import ConfigOption, FirmArgument, RunFormat, ask, examples, out, print_plain
from pipelines.firm.settings import load_settings

commands = typer.Typer()


class SystemName(StrEnum):
    """The two systems."""

    clio = "clio"
    xero = "xero"


SystemArgument = Annotated[SystemName, typer.Argument(help="clio or xero.")]


@commands.command(epilog=examples("connect harbor-law clio", "connect harbor-law xero --paste"))
def connect(
    firm: FirmArgument,
    system: SystemArgument,
    paste: Annotated[
        bool,
        typer.Option("--paste", help="For a machine without a browser: open the address elsewhere, paste the answer."),
    ] = False,
    config: ConfigOption = None,
) -> None:
    """Let Tieout read a firm's Clio or Xero: a person allows it in the browser, once."""
    from flows.commands import connect as connecting

    settings = load_settings(config)
    connecting.connect(settings, settings.firm(firm), system.value, out, ask, paste=paste)


@commands.command(epilog=examples("disconnect harbor-law xero"))
def disconnect(firm: FirmArgument, system: SystemArgument, config: ConfigOption = None) -> None:
    """End Tieout's access to a firm's Clio or Xero, at the provider too."""
    from flows.commands import connect as connecting

    connecting.disconnect(load_settings(config).firm(firm), system.value, out)


@commands.command(epilog=examples("check", "check harbor-law"))
def check(
    firm: Annotated[str | None, typer.Argument(help="The firm; all if you name none.")] = None,
    config: ConfigOption = None,
    output: Annotated[RunFormat, typer.Option("--format")] = RunFormat.table,
) -> None:
    """Would tonight's night work? Settings, credentials, rights, limits, accounts, and what we believe of both systems.

    Exit status: 0 it would, 2 something must be mended, 3 a system is not well.
    """
    from flows.commands import check as checking

    settings = load_settings(config)
    chosen = [settings.firm(firm)] if firm else list(settings.firms.values())
    found = {}
    for one in chosen:
        found[one.id] = list(checking.check(settings, one))
        if output is RunFormat.table:
            checking.print_lines(out, one.id, found[one.id])
    if output is RunFormat.json:
        print_plain(checking.as_json(found))
    raise typer.Exit(max(checking.exit_code(lines) for lines in found.values()))
