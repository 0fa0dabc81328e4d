"""Month-end: bank statements of trust accounts, the pack, and who signs it."""

from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from flows import escape as safe
from flows.commands.nights import nights
from flows.commands.shared import ConfigOption, FirmArgument, examples, out, private_files, say
from pipelines.firm.settings import load_settings

commands = typer.Typer()


class SignRole(StrEnum):
    """Who signs a month-end pack."""

    preparer = "preparer"
    reviewer = "reviewer"


MonthOption = Annotated[str, typer.Option("--month", help="A month that has ended, such as 2026-10.")]


@commands.command(
    epilog=examples(
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
    say(bank_statement.describe(imported))


@commands.command(
    epilog=examples(
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
        for described in bank_statement.describe_all(one) or ["No statement was imported."]:
            out.print(safe.for_terminal(described), soft_wrap=True)  # an id stays whole, to be copied
        return
    bank_statement.withdraw(one, withdraw, by, reason)
    say(f"Statement {withdraw}: taken back. It counts from the next night on (`tieout run {one.id}` makes one now).")


@commands.command(name="pack", epilog=examples("pack harbor-law --month 2026-10"))
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
    private_files()
    made = making.make(one, settings.path, asked, lambda order: nights([order])[0])
    say("\n".join(making.describe(made)))


@commands.command(
    epilog=examples(
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

    private_files()
    say(signing.sign(one, ended_month(one, month), signing.Role(role.value), by))
