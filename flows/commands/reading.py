"""Reading what the last night found: pages in the browser, the grid of firms, the worklist, one bill, a workbook."""

from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from flows import escape as safe
from flows.commands.shared import (
    ConfigOption,
    FirmArgument,
    RunFormat,
    err,
    examples,
    firm_of_books,
    out,
    print_plain,
    private_files,
    say,
)
from pipelines.firm.settings import load_settings

commands = typer.Typer()


class Format(StrEnum):
    """How a result is printed."""

    table = "table"
    csv = "csv"
    json = "json"


@commands.command(epilog=examples("desk", "desk --port 9000"))
def desk(
    port: Annotated[
        int | None,
        typer.Option("--port", min=0, max=65535, help="Port on this machine. Default: desk_port, else 8913."),
    ] = None,
    config: ConfigOption = None,
) -> None:
    """The pages to work from, in the browser on this machine, for as long as this runs."""
    settings = load_settings(config)
    private_files()
    from flows.desk.server import Server

    server = Server(settings, port)
    out.print(escape(server.where), soft_wrap=True)
    server.run()


@commands.command(epilog=examples("status", "status --format json"))
def status(
    config: ConfigOption = None, output: Annotated[RunFormat, typer.Option("--format")] = RunFormat.table
) -> None:
    """How every firm stands, worst first, as of its last night. Calls neither system."""
    from flows import status as standing

    settings, now = load_settings(config), datetime.now(UTC)
    standings = standing.status(settings, now)
    if output is RunFormat.json:
        print_plain(standing.as_json(standings))
    else:
        standing.print_status(out, settings, standings, now)
    raise typer.Exit(standing.exit_code(standings))


@commands.command(
    epilog=examples(
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

    warehouse = firm_of_books(config, firm).warehouse
    asked = Narrowed(client, matter, attorney, code or (), severity or (), status or ("open",))
    rows = report.read_worklist(warehouse, firm, asked)
    if not rows and not asked.is_whole and output is not Format.table:
        err.print(listing.NOTHING_MATCHES)
    if output is Format.json:
        print_plain(report.worklist_json(rows))
    elif output is Format.csv:
        print_plain(report.worklist_csv(rows), end="")
    else:
        listing.print_worklist(out, rows, asked)
        if not_proven := report.read_not_proven(warehouse, firm):
            out.print(safe.for_terminal(report.unproven_note(not_proven)))


@commands.command(epilog=examples("explain harbor-law 2006", "explain harbor-law 0123456789ab"))
def explain(
    firm: FirmArgument,
    what: Annotated[str, typer.Argument(help="A bill's number or id, or the id of any exception.")],
    config: ConfigOption = None,
) -> None:
    """One bill and its invoice side by side, or what is around an exception: what differs, and what to do.

    Closed exceptions too: how long they were open, and how they ended.
    """
    from flows.reading import explain as explaining

    page = explaining.explain(firm_of_books(config, firm).warehouse, firm, what)
    explaining.print_explanation(out, page)


@commands.command(
    name="workbook",
    epilog=examples("workbook harbor-law", "workbook harbor-law --out ~/Documents/harbor-law.xlsx"),
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

    written = workbook.write(firm_of_books(config, firm), file)
    say(f"{written}: written. Decide on its sheet decisions, then `tieout decide {firm} {written}`.")
