"""The grid of firms: how each stands, worst first.

Reads published warehouses, journals and outboxes, and calls nobody. A verdict counts only while it is fresh: a firm
whose night is overdue or failed stands above one with exceptions, however good its last books looked. What cannot be
read shows as such and hides no other firm.
"""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from rich import box
from rich.console import Console
from rich.table import Table

from flows import escape as safe
from flows import schedule
from flows.alerts import outbox
from flows.night import journal
from flows.night.put_back import put_back
from flows.night.verdict import EXIT_CODES, INCOMPLETE
from flows.pack import telling
from flows.reading.report import read_rows, unproven_note
from flows.reading.words import SEVERITIES
from flows.trouble import sentence_about as trouble_about
from pipelines.connect.connection import LOST, SYSTEMS, connection
from pipelines.errors import TieoutError
from pipelines.firm.published import open_published
from pipelines.firm.settings import Firm, Settings

RANKS = ("unreadable", INCOMPLETE, "overdue", "never run", "exceptions", "pending", "reconciled")
ZERO = Decimal("0.00")
STATEMENT_SQL = """
select *, xero_receivables_amount - clio_receivables_amount as difference_amount
from recon.run_statements where firm_id = ? order by started_at desc, run_id desc limit 1
"""
TRUST_SQL = "select verdict from recon.trust_tie_out where firm_id = ?"
OPEN_SQL = """
select severity, count(*) as findings, cast(min(first_seen_at) as date) as oldest
from recon.exceptions where firm_id = ? and status = 'open' group by severity
"""
CONNECTIONS = {**LOST, "none": "by its secrets alone", "ends_soon": "ends soon"}
TRUST_WORST = ("differs", "missing_figure", "ties")


@dataclass(frozen=True)
class Standing:
    """One firm. `state` is the verdict of its last good night, or what is worse than any verdict; times are UTC."""

    firm_id: str
    state: str
    last_good_at: datetime | None
    difference_amount: Decimal | None
    trust: str | None
    open_by_severity: dict[str, int]
    oldest_open: date | None
    connections: dict[str, str]
    undelivered: int
    undelivered_why: str | None
    trouble: str | None
    not_proven: str | None = None
    month_ends: tuple[str, ...] = ()

    @property
    def unwell_connections(self) -> dict[str, str]:
        """By system, in words, each connection that is not simply there; one never made by us may still serve."""
        states = self.connections.items()
        return {system: f"{system.title()} {CONNECTIONS[state]}" for system, state in states if state != "connected"}


def status(settings: Settings, now: datetime) -> list[Standing]:
    """Every firm, worst first."""
    found = [standing_of(settings, firm, now) for firm in settings.firms.values()]
    return sorted(found, key=lambda one: (RANKS.index(one.state), -abs(one.difference_amount or ZERO), one.firm_id))


def standing_of(settings: Settings, firm: Firm, now: datetime) -> Standing:
    """One firm. A firm of which a file cannot be read (its journal, its tokens, its outbox) hides no other, whatever is
    wrong with that file."""
    try:
        return _standing(settings, firm, now)
    except Exception as error:
        said = str(error) if isinstance(error, TieoutError) else trouble_about(error)
        return Standing(firm.id, "unreadable", None, None, None, {}, None, {}, 0, None, said, None)


def _standing(settings: Settings, firm: Firm, now: datetime) -> Standing:
    attempts = [attempt for attempt in journal.attempts(firm) if attempt.rebuilt_as_of is None]
    last = attempts[-1] if attempts else None
    state, trouble = "never run", None
    statement: dict[str, Any] = {}
    trust: list[str] = []
    found: list[dict[str, Any]] = []
    try:
        if firm.warehouse.exists():
            with open_published(firm.warehouse):  # once for all three: it is the opening that takes time
                [statement] = read_rows(firm.warehouse, STATEMENT_SQL, [firm.id])
                trust = [row["verdict"] for row in read_rows(firm.warehouse, TRUST_SQL, [firm.id])]
                found = read_rows(firm.warehouse, OPEN_SQL, [firm.id])
            state = statement["verdict"]
    except TieoutError as error:
        state, trouble = "unreadable", str(error)
    except ValueError as error:
        state, trouble = "unreadable", f"{firm.warehouse} cannot be read ({type(error).__name__})"
    if state != "unreadable" and last is not None:
        trouble = "; ".join(last.reasons) or None
        if last.verdict == INCOMPLETE:
            state = INCOMPLETE
        elif said := put_back(firm):
            state, trouble = INCOMPLETE, said
    if state not in ("unreadable", INCOMPLETE) and (last is not None or statement):
        # A journal that was lost must not make books of last month look fresh: they say themselves when they began.
        begun = last.started_at if last is not None else statement["started_at"].replace(tzinfo=UTC)
        if due := schedule.overdue(firm, now, begun):
            state, trouble = "overdue", f"a night was due at {_local(firm, due)}"
    moments = [statement["finished_at"].replace(tzinfo=UTC)] if statement else []
    moments += [last.started_at] if last is not None else []
    to_come = [moment for moment in moments if not schedule.has_come(moment, now)]
    if to_come and state != "unreadable":
        state, trouble = INCOMPLETE, _from_the_future(firm, max(to_come), now)
    waiting = outbox.undelivered(settings, firm.id)
    return Standing(
        firm.id,
        state,
        statement["finished_at"].replace(tzinfo=UTC) if statement else None,
        statement.get("difference_amount"),
        next((verdict for verdict in TRUST_WORST if verdict in trust), None),
        {row["severity"]: row["findings"] for row in sorted(found, key=lambda row: SEVERITIES.index(row["severity"]))},
        min((row["oldest"] for row in found), default=None),
        {system: connection(firm, system, now).state for system in SYSTEMS},
        len(waiting),
        f"{waiting[0].channel}: {waiting[0].trouble or 'not tried yet'}" if waiting else None,
        trouble,
        statement.get("not_proven"),
        tuple(telling.notes(firm, now.astimezone(ZoneInfo(firm.timezone)).date())),
    )


def _from_the_future(firm: Firm, moment: datetime, now: datetime) -> str:
    return (
        f"the last night says {_local(firm, moment)}, and it is {_local(firm, now)}: this machine's clock was wrong "
        "then or is wrong now. Set it; where that night was published, put the one before it back from nights/; then "
        "run the night again"
    )


def exit_code(standings: list[Standing]) -> int:
    """The exit status of the worst firm, as `tieout run` would end; what is no verdict is our own trouble."""
    return max((EXIT_CODES.get(one.state, EXIT_CODES[INCOMPLETE]) for one in standings), default=0)


def as_json(standings: list[Standing]) -> str:
    """Plain values only: money as text, moments and days as ISO text."""
    return json.dumps([asdict(one) for one in standings], indent=2, default=_plain)


def _plain(value: Any) -> str:
    return f"{value:.2f}" if isinstance(value, Decimal) else str(value.isoformat())


STYLES = {"exceptions": "yellow", "pending": "cyan", "reconciled": "green"}


def print_status(console: Console, settings: Settings, standings: list[Standing], now: datetime) -> None:
    """The grid, and below it what is wrong with the runs themselves."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for heading in ("Firm", "State", "Last good night", "Age"):
        table.add_column(heading)
    table.add_column("Xero minus Clio", justify="right")
    for heading in ("Client money", "Open", "Oldest", "Connections", "Unsent"):
        table.add_column(heading)
    for one in standings:
        style = STYLES.get(one.state, "bold red")
        firm = settings.firm(one.firm_id)
        table.add_row(
            one.firm_id,
            f"[{style}]{one.state}[/]",
            _local(firm, one.last_good_at) if one.last_good_at else "-",
            _age(now, one.last_good_at) if one.last_good_at else "-",
            "-" if one.difference_amount is None else f"{one.difference_amount:,.2f}",
            (one.trust or "-").replace("_", " "),
            ", ".join(f"{count} {severity}" for severity, count in one.open_by_severity.items()) or "-",
            str(one.oldest_open or "-"),
            ", ".join(one.unwell_connections.values()) or "ok",
            str(one.undelivered or "-"),
        )
    console.print(table)
    for one in standings:
        if one.trouble:
            is_ours = one.state not in STYLES
            what = f"{one.state}, not the books' fault" if is_ours else "the night went on, but"
            console.print(f"{one.firm_id}: {what}: {safe.for_terminal(one.trouble)}", soft_wrap=True)
        if one.not_proven:
            console.print(f"{one.firm_id}: {safe.for_terminal(unproven_note(one.not_proven))}", soft_wrap=True)
        for told in one.month_ends:
            console.print(f"{one.firm_id}: {safe.for_terminal(told)}", soft_wrap=True)
        for system, state in one.connections.items():
            if state in LOST:
                console.print(
                    f"{one.firm_id}: the connection to {system.capitalize()} {LOST[state]}. Connect again: "
                    f"tieout connect {one.firm_id} {system}",
                    soft_wrap=True,
                )
        if one.undelivered_why:
            console.print(
                f"{one.firm_id}: a message waits for {safe.for_terminal(one.undelivered_why)}", soft_wrap=True
            )


def _local(firm: Firm, moment: datetime) -> str:
    return f"{moment.astimezone(ZoneInfo(firm.timezone)):%Y-%m-%d %H:%M}"


def _age(now: datetime, then: datetime) -> str:
    hours = int((now - then).total_seconds() // 3600)
    return f"{hours} h" if hours < 48 else f"{hours // 24} days"
