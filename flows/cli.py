"""The command `tieout`. Each command parses, calls one function, prints, and leaves with the contract's exit status.

Prefect, dlt and dbt take seconds to import, so each command imports what it needs when it runs.
"""

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from flows import days, prefect_server
from flows import escape as safe
from flows.order import Order
from flows.serve_log import LogFormat
from flows.verdict import NightResult, exit_code
from pipelines import shrunk
from pipelines.errors import UsageError
from pipelines.files import make_private, write_private
from pipelines.settings import Settings, load_settings


class _Out(Console):
    """Standard output. Who reads it may have seen enough (`tieout status | head`): the rest goes nowhere, and the exit
    status stays that of what was found, where Rich would end with 1, which means exceptions."""

    def on_broken_pipe(self) -> None:
        self.quiet = True
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


app = typer.Typer(
    add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False, help=__doc__.splitlines()[0]
)
STARTED = time.monotonic()
PIPE_WIDTH = 160  # a pipe has no width of its own
out = _Out(highlight=False, emoji=False, width=None if sys.stdout.isatty() else PIPE_WIDTH)
err = Console(stderr=True, highlight=False, emoji=False)

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", help="tieout.toml; else TIEOUT_CONFIG, else the working directory's."),
]

FirmArgument = Annotated[str, typer.Argument(help="The firm.")]
BillArgument = Annotated[str, typer.Argument(help="The bill's number, else its id.")]
ByOption = Annotated[str, typer.Option("--by", help="Who decided.")]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why.")]


class Format(StrEnum):
    """How a result is printed."""

    table = "table"
    csv = "csv"
    json = "json"


class SystemName(StrEnum):
    """The two systems."""

    clio = "clio"
    xero = "xero"


class RunFormat(StrEnum):
    """How the result of a run, or how the firms stand, is printed."""

    table = "table"
    json = "json"


def _private_files() -> None:
    """Whatever is written from here on is its owner's alone."""
    os.umask(0o077)


def _start_prefect(settings: Settings) -> prefect_server.LocalServer | None:
    """Prefect's own database holds run logs: it lives beside the firms' data, owner-only, unless one is named."""
    _private_files()
    home = make_private(make_private(settings.path.parent / settings.data_dir) / "prefect")
    os.environ.setdefault("PREFECT_HOME", str(home))
    os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
    return prefect_server.start_unless_configured()


@app.command()
def run(
    firms: Annotated[list[str] | None, typer.Argument(help="Firms to run; all when none is named.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Read every list whole, whatever is already held.")] = False,
    accept_shrunk: Annotated[
        list[str] | None,
        typer.Option("--accept-shrunk", help="A list that did lose records, such as clio.bills. May be given again."),
    ] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            "--as-of",
            formats=["%Y-%m-%d"],
            help="Rebuild a past day, such as a month-end, into month-ends/.",
        ),
    ] = None,
    no_alerts: Annotated[bool, typer.Option("--no-alerts", help="Tell no channel: a look by hand.")] = False,
    config: ConfigOption = None,
    output: Annotated[RunFormat, typer.Option("--format")] = RunFormat.table,
) -> None:
    """The nightly flow, once. Exit status: 0 reconciled or pending, 1 exceptions, 2 usage, 3 incomplete."""
    settings = load_settings(config)
    chosen = [settings.firm(name).id for name in dict.fromkeys(firms or [])] or sorted(settings.firms)
    day = as_of.date() if as_of else None
    for name in chosen:
        days.require_past(settings.firm(name), day, "--as-of")
    shrunk.read_names(accept_shrunk or ())
    _private_files()
    from flows import report

    named = tuple(accept_shrunk or ())
    results = _nights([Order(name, str(settings.path), full, day, named) for name in chosen])
    if not no_alerts:  # before anything is printed: whoever reads us may be gone, or the disk behind it full
        from flows import alerts

        for result in results:
            alerts.after_night(settings, result, datetime.now(UTC))
    if output is RunFormat.json:
        print(json.dumps([result.as_json() for result in results], indent=2))
    else:
        report.print_nights(out, results)
        for result in results:
            if result.warehouse:
                report.print_bridge(out, Path(result.warehouse), result.firm_id)
        out.print(report.where_the_time_went(results, time.monotonic() - STARTED))
    raise typer.Exit(exit_code(results))


def _nights(orders: list[Order]) -> list[NightResult]:
    """Through Prefect where a server is named, so that its pages show them; else by ourselves."""
    if os.environ.get("PREFECT_API_URL"):
        from flows.nightly import nightly

        return nightly(orders)
    from flows import by_hand

    return by_hand.run(orders)


def _ask(question: str) -> str:
    try:
        return input(question)
    except EOFError:
        raise UsageError("An answer was expected, and there is nobody to type one: run it in a terminal.") from None


SystemArgument = Annotated[SystemName, typer.Argument(help="clio or xero.")]


@app.command()
def connect(
    firm: FirmArgument,
    system: SystemArgument,
    paste: Annotated[bool, typer.Option("--paste", help="Without a browser on this machine.")] = False,
    config: ConfigOption = None,
) -> None:
    """Let Tieout read a firm's Clio or Xero: a person allows it in the browser, once."""
    from flows import connect as connecting

    settings = load_settings(config)
    connecting.connect(settings, settings.firm(firm), system.value, out, _ask, paste=paste)


@app.command()
def disconnect(firm: FirmArgument, system: SystemArgument, config: ConfigOption = None) -> None:
    """End what `tieout connect` began."""
    from flows import connect as connecting

    connecting.disconnect(load_settings(config).firm(firm), system.value, out)


@app.command()
def serve(
    config: ConfigOption = None,
    log_format: Annotated[LogFormat, typer.Option("--log-format", help="How each night's line is written.")] = (
        LogFormat.text
    ),
) -> None:
    """Run each firm's night at its own time, and tell people what changed, for as long as this runs."""
    settings = load_settings(config)
    server = _start_prefect(settings)
    from flows import serve as serving

    if server:
        server.wait_until_healthy()
    for firm in settings.firms.values():
        out.print(safe.for_terminal(serving.describe(firm)))
    pages = os.environ["PREFECT_API_URL"].removesuffix("/api")
    if server:
        key = Path(os.environ["PREFECT_HOME"]) / "pages.key"
        write_private(key, server.key)
        out.print(f"Prefect's pages: {pages}, for who has the key in {escape(str(key))}", soft_wrap=True)
    else:
        out.print(f"Prefect's pages: {pages}")
    serving.serve(settings, log_format)


@app.command()
def status(
    config: ConfigOption = None, output: Annotated[RunFormat, typer.Option("--format")] = RunFormat.table
) -> None:
    """How every firm stands, worst first, from what was published; calls nobody."""
    from flows import status as standing

    settings, now = load_settings(config), datetime.now(UTC)
    standings = standing.status(settings, now)
    if output is RunFormat.json:
        print(standing.as_json(standings))
    else:
        standing.print_status(out, settings, standings, now)
    raise typer.Exit(standing.exit_code(standings))


@app.command()
def check(
    firm: Annotated[str | None, typer.Argument(help="The firm; all when none is named.")] = None,
    config: ConfigOption = None,
    output: Annotated[RunFormat, typer.Option("--format")] = RunFormat.table,
) -> None:
    """Would tonight's night work? Settings, credentials, rights, limits, accounts, and what we believe of both systems.

    Exit status: 0 it would, 2 something must be mended, 3 a system is not well.
    """
    from flows import check as checking

    settings = load_settings(config)
    chosen = [settings.firm(firm)] if firm else list(settings.firms.values())
    found = {}
    for one in chosen:
        found[one.id] = list(checking.check(settings, one))
        if output is RunFormat.table:
            checking.print_lines(out, one.id, found[one.id])
    if output is RunFormat.json:
        print(checking.as_json(found))
    raise typer.Exit(max(checking.exit_code(lines) for lines in found.values()))


@app.command()
def worklist(
    firm: FirmArgument,
    client: Annotated[
        str | None, typer.Option("--client", help="Of this client; a part of the name is enough.")
    ] = None,
    matter: Annotated[str | None, typer.Option("--matter", help="Of the matter with this number.")] = None,
    attorney: Annotated[
        str | None, typer.Option("--attorney", help="Of this attorney's matters; a part of the name is enough.")
    ] = None,
    code: Annotated[list[str] | None, typer.Option("--code", help="Of this code; may be given again.")] = None,
    severity: Annotated[
        list[str] | None, typer.Option("--severity", help="Of this severity; may be given again.")
    ] = None,
    status: Annotated[
        list[str] | None,
        typer.Option("--status", help="open unless given: open, in_flight, accepted; may be given again."),
    ] = None,
    config: ConfigOption = None,
    output: Annotated[Format, typer.Option("--format")] = Format.table,
) -> None:
    """The open exceptions of the last published night, in the order in which to work them."""
    from flows import report
    from flows.narrow import Narrowed

    warehouse = load_settings(config).firm(firm).warehouse
    asked = Narrowed(client, matter, attorney, code or (), severity or (), status or ("open",))
    rows = report.read_worklist(warehouse, firm, asked)
    if not rows and not asked.is_whole and output is not Format.table:
        err.print(report.NOTHING_MATCHES)
    if output is Format.json:
        print(report.worklist_json(rows))
    elif output is Format.csv:
        print(report.worklist_csv(rows), end="")
    else:
        report.print_worklist(out, rows, asked)
        report.print_not_proven(out, warehouse, firm)


@app.command()
def explain(firm: FirmArgument, bill: BillArgument, config: ConfigOption = None) -> None:
    """One bill and its invoice side by side: what differs, and what to do in which order."""
    from flows import explain as explaining

    page = explaining.explain(load_settings(config).firm(firm).warehouse, firm, bill)
    explaining.print_explanation(out, page)


@app.command()
def accept(
    firm: FirmArgument,
    exception_id: Annotated[str, typer.Argument(help="The exception, as the worklist names it.")],
    reason: ReasonOption,
    by: ByOption,
    until: Annotated[datetime, typer.Option("--until", formats=["%Y-%m-%d"], help="Last day on which it holds.")],
    config: ConfigOption = None,
) -> None:
    """Accept a known difference; from the next night on it is counted, and no longer work."""
    from flows import decide

    decide.accept(load_settings(config).firm(firm), exception_id, reason, by, until.date())


@app.command()
def unaccept(
    firm: FirmArgument,
    exception_id: Annotated[str, typer.Argument(help="The exception.")],
    by: ByOption,
    config: ConfigOption = None,
) -> None:
    """Take an acceptance back."""
    from flows import decide

    decide.unaccept(load_settings(config).firm(firm), exception_id, by)


@app.command()
def link(
    firm: FirmArgument,
    clio_bill_id: Annotated[str, typer.Argument(help="The bill's id in Clio.")],
    xero_invoice_id: Annotated[str, typer.Argument(help="The invoice's id in Xero.")],
    by: ByOption,
    reason: ReasonOption,
    config: ConfigOption = None,
) -> None:
    """Say that this bill and this invoice are the same document."""
    from flows import decide

    decide.link(load_settings(config).firm(firm), clio_bill_id, xero_invoice_id, by, reason)


@app.command()
def unlink(
    firm: FirmArgument,
    clio_bill_id: Annotated[str, typer.Argument(help="The bill's id in Clio.")],
    xero_invoice_id: Annotated[str, typer.Argument(help="The invoice's id in Xero.")],
    by: ByOption,
    reason: ReasonOption,
    config: ConfigOption = None,
) -> None:
    """Take a link back."""
    from flows import decide

    decide.unlink(load_settings(config).firm(firm), clio_bill_id, xero_invoice_id, by, reason)


@app.command()
def statement(
    firm: FirmArgument,
    trust_account: Annotated[str, typer.Argument(help="The trust account's name in Clio, as tieout.toml has it.")],
    file: Annotated[Path | None, typer.Argument(help="The bank's file: OFX, QFX or CSV.")] = None,
    day: Annotated[datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="Closing day.")] = None,
    balance: Annotated[str | None, typer.Option("--balance", help="Closing balance.")] = None,
    config: ConfigOption = None,
) -> None:
    """Import a bank statement of a trust account, or its closing balance; the next night compares it."""
    from flows import bank_statement

    settings = load_settings(config)
    imported = bank_statement.record(settings.firm(firm), trust_account, file, day and day.date(), balance)
    out.print(safe.for_terminal_lines(bank_statement.describe(imported)))


@app.command()
def statements(
    firm: FirmArgument,
    withdraw: Annotated[str | None, typer.Option("--withdraw", help="Take this one back, by its id.")] = None,
    by: Annotated[str, typer.Option("--by", help="Who takes it back.")] = "",
    reason: Annotated[str, typer.Option("--reason", help="Why.")] = "",
    config: ConfigOption = None,
) -> None:
    """The bank statements that were imported; with --withdraw, take one back. The next night reads what stands."""
    from flows import bank_statement

    one = load_settings(config).firm(firm)
    if withdraw is None:
        bank_statement.print_statements(out, one)
        return
    bank_statement.withdraw(one, withdraw, by, reason)
    out.print(escape(f"Statement {withdraw}: taken back. The next `tieout run` goes without it."))


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []})
def sandbox(context: typer.Context) -> None:
    """The local emulator of both APIs (`tieout sandbox --help` for its options)."""
    command = [sys.executable, "-P", "-m", "sandbox", *context.args]
    if os.name == "posix":
        os.execv(sys.executable, command)  # noqa: S606  (in this process, so that what ends it ends the sandbox)
    raise typer.Exit(subprocess.run(command, check=False).returncode)
