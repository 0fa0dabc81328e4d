"""The command `tieout`. Each command parses, calls one function, prints, and leaves with the exit status of the README.

Prefect, dlt and dbt take seconds to import, so each command imports what it needs when it runs.
"""

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape

from flows import days
from flows import escape as safe
from flows.night.order import Order
from flows.night.verdict import NightResult, exit_code
from flows.service import prefect_server
from flows.service.serve_log import LogFormat
from pipelines.errors import UsageError
from pipelines.firm.files import make_private, write_private
from pipelines.firm.settings import Firm, Settings, load_settings

HELP = """Does Xero say what Clio says? Every bill, payment and cent of client money of a law firm, each night.

It reads both systems and never writes to either. What it finds is the worklist; what to do stands beside each item.
"""


def _examples(*lines: str) -> str:
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


def _print_plain(text: str, end: str = "\n") -> None:
    """JSON or CSV and nothing else on standard output; a reader who is gone changes no exit status."""
    try:
        print(text, end=end, flush=True)
    except BrokenPipeError:
        _print_to_nobody()


app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help=HELP,
    epilog=_examples("run harbor-law", "worklist harbor-law", "explain harbor-law 2006", "status"),
)
STARTED = time.monotonic()
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
ExceptionArgument = Annotated[str, typer.Argument(help="The id of the exception, as the worklist shows it.")]
LinkedBill = Annotated[str, typer.Argument(help="The bill in Clio: its number if only one has it, else its id.")]
LinkedInvoice = Annotated[str, typer.Argument(help="The invoice in Xero: its number if only one has it, else its id.")]


class Format(StrEnum):
    """How a result is printed."""

    table = "table"
    csv = "csv"
    json = "json"


class SignRole(StrEnum):
    """Who signs a month-end pack."""

    preparer = "preparer"
    reviewer = "reviewer"


class SystemName(StrEnum):
    """The two systems."""

    clio = "clio"
    xero = "xero"


class RunFormat(StrEnum):
    """How the result of a run, or how the firms stand, is printed."""

    table = "table"
    json = "json"


def _firm_of_books(config: Path | None, name: str) -> Firm:
    """The firm whose published books are about to be read; that they are not the last night's is said beside them."""
    from flows.night.put_back import put_back

    firm = load_settings(config).firm(name)
    if said := put_back(firm):
        err.print(safe.for_terminal(f"{firm.id}: {said}."), soft_wrap=True)
    return firm


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


def _private_files() -> None:
    """Whatever is written from here on is its owner's alone."""
    os.umask(0o077)


def _start_prefect(settings: Settings) -> prefect_server.LocalServer | None:
    """Prefect's own database holds run logs: it lives beside the firms' data, owner-only, unless one is named. No
    process of it is started with the working directory among the places of modules."""
    _private_files()
    home = make_private(make_private(settings.path.parent / settings.data_dir) / "prefect")
    os.environ["PYTHONSAFEPATH"] = "1"
    os.environ.setdefault("PREFECT_HOME", str(home))
    os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
    return prefect_server.start_unless_configured()


@app.command(epilog=_examples("run", "run harbor-law", "run harbor-law --as-of 2026-10-31"))
def run(
    firms: Annotated[list[str] | None, typer.Argument(help="The firms to run; all if you name none.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Read every list whole again, not just what changed.")] = False,
    accept_shrunk: Annotated[
        list[str] | None,
        typer.Option("--accept-shrunk", help="A list that really did lose records, such as clio.bills. Repeatable."),
    ] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option(
            "--as-of",
            formats=["%Y-%m-%d"],
            help="Rebuild a past day, such as a month-end, into month-ends/.",
        ),
    ] = None,
    no_alerts: Annotated[bool, typer.Option("--no-alerts", help="Send no alerts.")] = False,
    config: ConfigOption = None,
    output: Annotated[RunFormat, typer.Option("--format")] = RunFormat.table,
) -> None:
    """One night now: read both systems, judge the books, say what changed.

    Exit status: 0 reconciled or pending, 1 exceptions, 2 usage, 3 incomplete.
    """
    settings = load_settings(config)
    chosen = [settings.firm(name).id for name in dict.fromkeys(firms or [])] or sorted(settings.firms)
    day = as_of.date() if as_of else None
    for name in chosen:
        days.require_past(settings.firm(name), day, "--as-of")
    if accept_shrunk:
        from pipelines.night import shrunk

        shrunk.read_names(accept_shrunk)
    _private_files()
    from flows.reading import report

    named = tuple(accept_shrunk or ())
    results = _nights([Order(name, str(settings.path), full, day, named) for name in chosen])
    if not no_alerts:  # before anything is printed: whoever reads us may be gone, or the disk behind it full
        from flows import alerts

        for result in results:
            alerts.after_night(settings, result, datetime.now(UTC))
    if output is RunFormat.json:
        _print_plain(json.dumps([result.as_json() for result in results], indent=2))
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
        from flows.service.nightly import nightly

        return nightly(orders)
    from flows.night import by_hand

    return by_hand.run(orders)


def _ask(question: str) -> str:
    try:
        return input(question)
    except EOFError:
        raise UsageError("An answer was expected, and there is nobody to type one: run it in a terminal.") from None


def _say(done: str) -> None:
    """What a command did."""
    out.print(safe.for_terminal_lines(done), soft_wrap=True)


SystemArgument = Annotated[SystemName, typer.Argument(help="clio or xero.")]


@app.command(epilog=_examples("connect harbor-law clio", "connect harbor-law xero --paste"))
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
    connecting.connect(settings, settings.firm(firm), system.value, out, _ask, paste=paste)


@app.command(epilog=_examples("disconnect harbor-law xero"))
def disconnect(firm: FirmArgument, system: SystemArgument, config: ConfigOption = None) -> None:
    """End Tieout's access to a firm's Clio or Xero, at the provider too."""
    from flows.commands import connect as connecting

    connecting.disconnect(load_settings(config).firm(firm), system.value, out)


@app.command(epilog=_examples("serve", "serve --log-format json"))
def serve(
    config: ConfigOption = None,
    log_format: Annotated[LogFormat, typer.Option("--log-format", help="How each night's line is written.")] = (
        LogFormat.text
    ),
) -> None:
    """Run each firm's night at its own time, and tell people what changed, for as long as this runs."""
    settings = load_settings(config)
    prefect_server.require_our_packages(Path.cwd())
    server = _start_prefect(settings)
    from flows.service import serve as serving

    if server:
        server.wait_until_healthy()
    for firm in settings.firms.values():
        out.print(safe.for_terminal(serving.describe(firm)))
    pages = os.environ["PREFECT_API_URL"].removesuffix("/api")
    if server:
        key = Path(os.environ["PREFECT_HOME"]) / "pages.key"
        write_private(key, server.key)
        out.print(f"Prefect's pages: {pages}, open to anyone with the key in {escape(str(key))}", soft_wrap=True)
    else:
        out.print(f"Prefect's pages: {pages}")
    serving.serve(settings, log_format, lambda told: out.print(safe.for_terminal(told), soft_wrap=True))


@app.command(epilog=_examples("desk", "desk --port 9000"))
def desk(
    port: Annotated[
        int | None,
        typer.Option("--port", min=0, max=65535, help="Port on this machine. Default: desk_port, else 8913."),
    ] = None,
    config: ConfigOption = None,
) -> None:
    """The pages to work from, in the browser on this machine, for as long as this runs."""
    settings = load_settings(config)
    _private_files()
    from flows.desk.server import Server

    server = Server(settings, port)
    out.print(escape(server.where), soft_wrap=True)
    server.run()


@app.command(epilog=_examples("status", "status --format json"))
def status(
    config: ConfigOption = None, output: Annotated[RunFormat, typer.Option("--format")] = RunFormat.table
) -> None:
    """How every firm stands, worst first, as of its last night. Calls neither system."""
    from flows import status as standing

    settings, now = load_settings(config), datetime.now(UTC)
    standings = standing.status(settings, now)
    if output is RunFormat.json:
        _print_plain(standing.as_json(standings))
    else:
        standing.print_status(out, settings, standings, now)
    raise typer.Exit(standing.exit_code(standings))


@app.command(epilog=_examples("check", "check harbor-law"))
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
        _print_plain(checking.as_json(found))
    raise typer.Exit(max(checking.exit_code(lines) for lines in found.values()))


@app.command(
    epilog=_examples(
        "worklist harbor-law",
        "worklist harbor-law --client quill --severity critical --severity high",
        "worklist harbor-law --status accepted",
        "worklist harbor-law --format csv > worklist.csv",
    )
)
def worklist(
    firm: FirmArgument,
    client: Annotated[
        str | None, typer.Option("--client", help="Only this client; part of the name is enough.")
    ] = None,
    matter: Annotated[str | None, typer.Option("--matter", help="Only the matter with this number.")] = None,
    attorney: Annotated[
        str | None, typer.Option("--attorney", help="Only this attorney's matters; part of the name is enough.")
    ] = None,
    code: Annotated[list[str] | None, typer.Option("--code", help="Only this code. Repeatable.")] = None,
    severity: Annotated[list[str] | None, typer.Option("--severity", help="Only this severity. Repeatable.")] = None,
    status: Annotated[
        list[str] | None,
        typer.Option("--status", help="open, in_flight or accepted. Repeatable. Default: open."),
    ] = None,
    config: ConfigOption = None,
    output: Annotated[Format, typer.Option("--format")] = Format.table,
) -> None:
    """What there is to do as of the last night: one line per item, by client, in the order to work them."""
    from flows.reading import report
    from flows.reading import worklist as listing
    from flows.reading.narrow import Narrowed

    warehouse = _firm_of_books(config, firm).warehouse
    asked = Narrowed(client, matter, attorney, code or (), severity or (), status or ("open",))
    rows = report.read_worklist(warehouse, firm, asked)
    if not rows and not asked.is_whole and output is not Format.table:
        err.print(listing.NOTHING_MATCHES)
    if output is Format.json:
        _print_plain(report.worklist_json(rows))
    elif output is Format.csv:
        _print_plain(report.worklist_csv(rows), end="")
    else:
        listing.print_worklist(out, rows, asked)
        report.print_not_proven(out, warehouse, firm)


@app.command(epilog=_examples("explain harbor-law 2006", "explain harbor-law 0123456789ab"))
def explain(
    firm: FirmArgument,
    what: Annotated[str, typer.Argument(help="A bill's number or id, or the id of any exception.")],
    config: ConfigOption = None,
) -> None:
    """One bill and its invoice side by side, or what is around an exception: what differs, and what to do.

    Closed exceptions too: how long they were open, and how they ended.
    """
    from flows.reading import explain as explaining

    page = explaining.explain(_firm_of_books(config, firm).warehouse, firm, what)
    explaining.print_explanation(out, page)


@app.command(
    epilog=_examples(
        'accept harbor-law 0123456789ab --until 2026-12-31 --by "A. Keeper" --reason "agreed with the client"'
    )
)
def accept(
    firm: FirmArgument,
    exception_id: ExceptionArgument,
    reason: ReasonOption,
    by: ByOption,
    until: Annotated[datetime, typer.Option("--until", formats=["%Y-%m-%d"], help="The last day on which it holds.")],
    config: ConfigOption = None,
) -> None:
    """Accept a known difference: from the next night on it is counted, but is no longer work.

    It holds for what the row says now: when that changes, the difference is work again.
    """
    from flows import decide

    _say(decide.accept(_firm_of_books(config, firm), exception_id, reason, by, until.date()))


@app.command(epilog=_examples('unaccept harbor-law 0123456789ab --by "A. Keeper"'))
def unaccept(
    firm: FirmArgument,
    exception_id: ExceptionArgument,
    by: ByOption,
    config: ConfigOption = None,
) -> None:
    """Take an acceptance back: the difference is work again."""
    from flows import decide

    _say(decide.unaccept(_firm_of_books(config, firm), exception_id, by))


@app.command(epilog=_examples('link harbor-law 1006 INV-0117 --by "A. Keeper" --reason "renumbered by hand"'))
def link(
    firm: FirmArgument,
    bill: LinkedBill,
    invoice: LinkedInvoice,
    by: ByOption,
    reason: ReasonOption,
    config: ConfigOption = None,
) -> None:
    """Say that this bill and this invoice are the same document."""
    from flows import decide

    _say(decide.link(_firm_of_books(config, firm), bill, invoice, by, reason))


@app.command(epilog=_examples('unlink harbor-law 1006 INV-0117 --by "A. Keeper" --reason "a mistake"'))
def unlink(
    firm: FirmArgument,
    bill: LinkedBill,
    invoice: LinkedInvoice,
    by: ByOption,
    reason: ReasonOption,
    config: ConfigOption = None,
) -> None:
    """Take a link back: this bill and this invoice are not the same document."""
    from flows import decide

    _say(decide.unlink(_firm_of_books(config, firm), bill, invoice, by, reason))


@app.command(
    epilog=_examples(
        "statement harbor-law IOLTA october.csv", "statement harbor-law IOLTA --date 2026-10-31 --balance 41250.00"
    )
)
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
    _say(bank_statement.describe(imported))


@app.command(
    epilog=_examples(
        "statements harbor-law", 'statements harbor-law --withdraw ID --by "A. Keeper" --reason "the wrong month"'
    )
)
def statements(
    firm: FirmArgument,
    withdraw: Annotated[str | None, typer.Option("--withdraw", help="Take this one back, by its id.")] = None,
    by: Annotated[str, typer.Option("--by", help="Who takes it back.")] = "",
    reason: Annotated[str, typer.Option("--reason", help="Why.")] = "",
    config: ConfigOption = None,
) -> None:
    """The bank statements that were imported; with --withdraw, take one back before the next night."""
    from flows import bank_statement

    one = load_settings(config).firm(firm)
    if withdraw is None:
        bank_statement.print_statements(out, one)
        return
    bank_statement.withdraw(one, withdraw, by, reason)
    _say(f"Statement {withdraw}: taken back. It counts from the next night on (`tieout run {one.id}` makes one now).")


@app.command(
    name="workbook",
    epilog=_examples("workbook harbor-law", "workbook harbor-law --out ~/Documents/harbor-law.xlsx"),
)
def write_workbook(
    firm: FirmArgument,
    file: Annotated[
        Path | None, typer.Option("--out", help="Where to write it. Default: FIRM-DATE.xlsx in the working directory.")
    ] = None,
    config: ConfigOption = None,
) -> None:
    """The last night as an Excel workbook: what there is to do, the figures behind it, and a sheet to decide on."""
    from flows import workbook

    written = workbook.write(_firm_of_books(config, firm), file)
    _say(f"{written}: written. Decide on its sheet decisions, then `tieout decide {firm} {written}`.")


@app.command(
    name="decide", epilog=_examples("decide harbor-law harbor-law-2026-10-31.xlsx", "decide harbor-law FILE.xlsx --yes")
)
def decide_workbook(
    firm: FirmArgument,
    file: Annotated[Path, typer.Argument(help="A workbook that `tieout workbook` wrote, with decisions filled in.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    config: ConfigOption = None,
) -> None:
    """Accept the findings that somebody filled in on the sheet `decisions` of a workbook, after showing which.

    A row whose finding has changed since is refused. Exit status: 0 all is done, or was before; 2 a row was refused.
    """
    from flows import decide
    from flows.workbook import given_back

    one = _firm_of_books(config, firm)
    plan = given_back.plan(one, file)
    for acceptance in plan.acceptances:
        _say(acceptance.words)
    for refused in plan.refused:
        err.print(safe.for_terminal_lines(f"Refused. {refused}"), soft_wrap=True)
    if plan.known:
        _say(f"{plan.known} given before, nothing to do.")
    if not plan.acceptances:
        _say("There is nothing to write.")
    elif yes or _ask(f"Write these {len(plan.acceptances)}? [y/N] ").strip().casefold() in ("y", "yes"):
        for acceptance in plan.acceptances:
            decide.give(one, acceptance)
        _say(f"{len(plan.acceptances)} written. {decide.from_when(one)}")
    else:
        _say("Nothing was written.")
    raise typer.Exit(2 if plan.refused else 0)


MonthOption = Annotated[str, typer.Option("--month", help="A month that has ended, such as 2026-10.")]


@app.command(name="pack", epilog=_examples("pack harbor-law --month 2026-10"))
def make_pack(firm: FirmArgument, month: MonthOption, config: ConfigOption = None) -> None:
    """The month-end pack: receivables and client money as of a month's last day, as a PDF to file and a workbook.

    From the night that stood on that day; without one, or where dated entries changed since, from the day rebuilt.

    A pack of a rebuilt day says "reconstructed". Made again, it is the next version.
    """
    settings = load_settings(config)
    one = settings.firm(firm)
    from flows.pack import making
    from flows.pack.month import ended_month

    asked = ended_month(one, month)
    _private_files()
    made = making.make(one, settings.path, asked, lambda order: _nights([order])[0])
    _say("\n".join(making.describe(made)))


@app.command(
    epilog=_examples(
        'sign harbor-law --month 2026-10 --role preparer --by "A. Keeper"',
        'sign harbor-law --month 2026-10 --role reviewer --by "B. Partner"',
    )
)
def sign(
    firm: FirmArgument,
    month: MonthOption,
    role: Annotated[SignRole, typer.Option("--role", help="Who prepared the pack, or who reviewed it.")],
    by: Annotated[str, typer.Option("--by", help="Who signs: a person's name.")],
    config: ConfigOption = None,
) -> None:
    """Sign the newest version of a month-end pack; two different people do, its preparer and its reviewer.

    A signature falls when a later night says otherwise of what the pack states.

    `tieout status`, the desk and an alert say what moved.
    """
    one = load_settings(config).firm(firm)
    from flows.pack import signing
    from flows.pack.month import ended_month

    _private_files()
    _say(signing.sign(one, ended_month(one, month), signing.Role(role.value), by))


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []})
def sandbox(context: typer.Context) -> None:
    """A local emulator of both APIs, with invented firms (`tieout sandbox --help` for its options)."""
    if find_spec("faker") is None:
        raise UsageError("What only the sandbox needs is not installed: `pip install 'tieout[sandbox]'` adds it.")
    command = [sys.executable, "-P", "-m", "sandbox", *context.args]
    if os.name == "posix":
        os.execv(sys.executable, command)  # noqa: S606  (in this process, so that what ends it ends the sandbox)
    raise typer.Exit(subprocess.run(command, check=False).returncode)
