"""What people decide: accept a difference, link two documents, take either back; one by one or in a workbook."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from flows import escape as safe
from flows.commands.shared import (
    ByOption,
    ConfigOption,
    FirmArgument,
    ReasonOption,
    ask,
    err,
    examples,
    firm_of_books,
    say,
)

commands = typer.Typer()

ExceptionArgument = Annotated[str, typer.Argument(help="The id of the exception, as the worklist shows it.")]
LinkedBill = Annotated[str, typer.Argument(help="The bill in Clio: its number if only one has it, else its id.")]
LinkedInvoice = Annotated[str, typer.Argument(help="The invoice in Xero: its number if only one has it, else its id.")]


@commands.command(
    epilog=examples(
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

    say(decide.accept(firm_of_books(config, firm), exception_id, reason, by, until.date()))


@commands.command(epilog=examples('unaccept harbor-law 0123456789ab --by "A. Keeper"'))
def unaccept(
    firm: FirmArgument,
    exception_id: ExceptionArgument,
    by: ByOption,
    config: ConfigOption = None,
) -> None:
    """Take an acceptance back: the difference is work again."""
    from flows import decide

    say(decide.unaccept(firm_of_books(config, firm), exception_id, by))


@commands.command(epilog=examples('link harbor-law 1006 INV-0117 --by "A. Keeper" --reason "renumbered by hand"'))
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

    say(decide.link(firm_of_books(config, firm), bill, invoice, by, reason))


@commands.command(epilog=examples('unlink harbor-law 1006 INV-0117 --by "A. Keeper" --reason "a mistake"'))
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

    say(decide.unlink(firm_of_books(config, firm), bill, invoice, by, reason))


@commands.command(
    name="decide", epilog=examples("decide harbor-law harbor-law-2026-10-31.xlsx", "decide harbor-law FILE.xlsx --yes")
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

    one = firm_of_books(config, firm)
    plan = given_back.plan(one, file)
    for acceptance in plan.acceptances:
        say(acceptance.words)
    for refused in plan.refused:
        err.print(safe.for_terminal_lines(f"Refused. {refused}"), soft_wrap=True)
    if plan.known:
        say(f"{plan.known} given before, nothing to do.")
    if not plan.acceptances:
        say("There is nothing to write.")
    elif yes or ask(f"Write these {len(plan.acceptances)}? [y/N] ").strip().casefold() in ("y", "yes"):
        for acceptance in plan.acceptances:
            decide.give(one, acceptance)
        say(f"{len(plan.acceptances)} written. {decide.from_when(one)}")
    else:
        say("Nothing was written.")
    raise typer.Exit(2 if plan.refused else 0)
