"""What people see of a published warehouse: the worklist as CSV, JSON or Markdown, the statement as a table.

Reads the published warehouse only, read-only, and escapes every text for the place where it is shown. In which order
rows are worked is said by the warehouse (`work_rank`); nothing is sorted here.
"""

import csv
import io
import json
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from flows import escape as safe
from flows.night.verdict import NightResult
from flows.reading.narrow import WHOLE, Narrowed
from flows.reading.words import TRUST_FIGURES, spaced, titled
from pipelines.firm.published import open_published

# The order of work is the warehouse's; what is not open stands behind what is, in the same order.
WORKLIST_SQL = "select * from recon.worklist where firm_id = ? and {condition} order by work_rank"
EVERY_STATUS_SQL = """
select ordered.work_rank, ordered.client_rank, ordered.title, exceptions.*
from (select * from recon.exceptions where firm_id = ? and {condition}) as exceptions
inner join intermediate.int_exceptions_in_order as ordered
    on exceptions.firm_id = ordered.firm_id and exceptions.exception_id = ordered.exception_id
order by ordered.work_rank
"""

STEPS_SQL = "select * from recon.ar_tie_out where firm_id = ? order by step_number"
ACCOUNTS_SQL = "select * from recon.trust_tie_out where firm_id = ? order by all"
OUTSTANDING_SQL = """
select * from recon.trust_outstanding_items where firm_id = ? order by entry_date, clio_bank_transaction_id
"""


def read_rows(warehouse: Path, sql: str, values: list[str] | dict[str, str]) -> list[dict[str, Any]]:
    """Rows of a published warehouse, each a dict by column. Raises UsageError when no night was published yet, GiveUp
    or TryAgain where the file is not what the night published, or cannot be read."""
    with open_published(warehouse) as connection:
        cursor = connection.execute(sql, values)
        names = [column[0] for column in cursor.description or []]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def read_worklist(warehouse: Path, firm_id: str, asked: Narrowed = WHOLE) -> list[dict[str, Any]]:
    """The rows of `recon.worklist` that are asked for, in the order of work; of other statuses the rows of
    `recon.exceptions`, with the same columns in the same order. Raises UsageError where no night left a worklist."""
    sql, values = worklist_query(asked)
    return read_rows(warehouse, sql, [firm_id, *values])


def worklist_query(asked: Narrowed = WHOLE) -> tuple[str, list[str]]:
    """The question for these rows, and the values that follow the firm's id."""
    condition, values = asked.condition()
    sql = WORKLIST_SQL if tuple(asked.statuses) == ("open",) else EVERY_STATUS_SQL
    return sql.format(condition=condition), values


def _text(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.2f}" if isinstance(value, Decimal) else str(value)


def _bounded(text: str) -> str:
    return text if len(text) <= safe.CELL else safe.plain(text, safe.CELL)


def worklist_json(rows: list[dict[str, Any]]) -> str:
    """Money as text with its two digits, days and times as ISO text, text as it came (JSON escapes it), cut where it is
    longer than any document's."""
    plain = [{k: v if v is None or isinstance(v, int) else _bounded(_text(v)) for k, v in row.items()} for row in rows]
    return json.dumps(plain, indent=2, ensure_ascii=True)


def worklist_csv(rows: list[dict[str, Any]]) -> str:
    """One line per row, safe to open in a spreadsheet."""
    out = io.StringIO()
    writer = csv.writer(out)
    if rows:
        writer.writerow([safe.for_spreadsheet(name) for name in rows[0]])
    writer.writerows([safe.for_spreadsheet(_text(value)) for value in row.values()] for row in rows)
    return out.getvalue()


def read_not_proven(warehouse: Path, firm_id: str) -> str | None:
    """What the last night could not show; None where there is nothing."""
    sql = "select * from recon.run_statements where firm_id = ? order by started_at desc, run_id desc limit 1"
    statements = read_rows(warehouse, sql, [firm_id])
    return (statements[0].get("not_proven") or None) if statements else None


def print_nights(console: Console, results: list[NightResult]) -> None:
    """One line per firm with its verdict and figures; below, why one is incomplete or what else there is to know."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("Firm")
    table.add_column("Verdict")
    for heading in (
        "Clio receivables",
        "Xero receivables",
        "Unexplained",
        "Open",
        "In flight",
        "Accepted",
        "Seconds",
    ):
        table.add_column(heading, justify="right")
    for result in results:
        figures = result.statement or {}
        money = ("clio_receivables_amount", "xero_receivables_amount", "unexplained_amount")
        counts = ("open_count", "in_flight_count", "accepted_count")
        table.add_row(
            safe.for_terminal(result.firm_id),
            result.verdict,
            *(f"{figures[name]:,.2f}" if figures else "-" for name in money),
            *(str(figures[name]) if figures else "-" for name in counts),
            f"{result.seconds:.1f}",
        )
    console.print(table)
    for result in results:
        for reason in result.reasons:
            console.print(f"{safe.for_terminal(result.firm_id)}: {safe.for_terminal(reason)}", soft_wrap=True)
        if unproven := (result.statement or {}).get("not_proven"):
            console.print(
                f"{safe.for_terminal(result.firm_id)}: {safe.for_terminal(unproven_note(unproven))}", soft_wrap=True
            )
        if result.rebuilt_as_of and result.warehouse:
            console.print(f"{safe.for_terminal(result.firm_id)}: {rebuilt_note(result.rebuilt_as_of)}")


def unproven_note(not_proven: str) -> str:
    """What could not be shown tonight: silence about it would read as agreement."""
    return f"not proven tonight: {not_proven}."


def where_the_time_went(results: list[NightResult], seconds: float) -> str:
    """What the whole command took, as its user waited for it; of one firm alone, step by step."""
    [*steps] = results[0].steps.items() if len(results) == 1 else ()
    parts = [f"{name} {taken:.1f}" for name, taken in steps]
    rest = seconds - sum(taken for _, taken in steps)
    return f"{seconds:.1f} s in all" + (f": {', '.join([*parts, f'the rest {rest:.1f}'])}" if steps else "")


def rebuilt_note(day: str) -> str:
    """What a night that was judged as of a past day is, and what it is not."""
    return (
        f"rebuilt as of {day}: client money stands as its dated entries say for that day; bills, invoices and "
        "receivables are those of today. It stands in month-ends/; the warehouse and the worklist are as they were."
    )


@dataclass(frozen=True)
class Bridge:
    """The walk from Clio's receivables to Xero's, a row per reason, and beside it the trust accounts with what had not
    cleared: rows of `recon`."""

    firm_id: str
    steps: list[dict[str, Any]]
    accounts: list[dict[str, Any]]
    outstanding: list[dict[str, Any]]


def read_bridge(warehouse: Path, firm_id: str) -> Bridge:
    """What a published night says of the firm's receivables and of its clients' money."""
    return Bridge(
        firm_id, *(read_rows(warehouse, sql, [firm_id]) for sql in (STEPS_SQL, ACCOUNTS_SQL, OUTSTANDING_SQL))
    )


def print_bridge(console: Console, bridge: Bridge) -> None:
    """One table for the receivables, and one each for client money where there is any."""
    title = f"{bridge.firm_id}: from Clio to Xero"
    table = Table(title=title, box=box.SIMPLE_HEAD, title_justify="left", pad_edge=False)
    table.add_column("Step")
    for heading in ("Amount", "Items"):
        table.add_column(heading, justify="right")
    for row in bridge.steps:
        table.add_row(
            titled(row["step"]), _figure(row["amount"]), "" if row["item_count"] is None else str(row["item_count"])
        )
    console.print(table)
    if bridge.accounts:
        console.print(_trust_table(bridge.accounts))
    if bridge.outstanding:
        console.print(_outstanding_table(bridge.outstanding))


def _trust_table(accounts: list[dict[str, Any]]) -> Table:
    table = Table(title="Client money", box=box.SIMPLE_HEAD, title_justify="left", pad_edge=False)
    table.add_column("Trust account")
    for heading in TRUST_FIGURES.values():
        table.add_column(heading, justify="right")
    table.add_column("")
    for row in accounts:
        figures = [_figure(row[name]) for name in TRUST_FIGURES]
        if row["statement_amount"] is None and row["statement_date"] is not None:
            figures[-1] += f" (last {row['statement_date']})"
        table.add_row(safe.for_terminal(_text(row["trust_account"]), safe.NAME), *figures, spaced(row["verdict"]))
    return table


def _outstanding_table(items: list[dict[str, Any]]) -> Table:
    table = Table(title="Not cleared on the statement's day", box=box.SIMPLE_HEAD, title_justify="left", pad_edge=False)
    for heading in ("Trust account", "Statement", "Item", "Day", "Client", "Matter"):
        table.add_column(heading)
    table.add_column("Amount", justify="right")
    table.add_column("")
    for row in items:
        texts = (row[name] for name in ("trust_account", "statement_date", "item_kind", "entry_date"))
        whose = (row["client_name"], row["matter_number"])
        cells = (safe.for_terminal(_text(value), safe.NAME) for value in (*texts, *whose))
        table.add_row(
            *cells, f"{row['amount']:,.2f}", f"[yellow]old: {row['age_days']} days[/]" if row["is_old"] else ""
        )
    return table


def _figure(amount: Decimal | None) -> str:
    """An amount, or the word for one that could not be had: missing is not agreed."""
    return "missing" if amount is None else f"{amount:,.2f}"


MOST_MARKDOWN = 200_000  # characters of an artifact, which Prefect keeps in its database and a browser has to show


def markdown_report(result: NightResult, rows: list[dict[str, Any]], most: int = 100) -> str:
    """The night as the Prefect UI shows it: verdict, figures, the first rows of the worklist, `most` or as many as an
    artifact holds."""
    lines = [f"# {safe.for_markdown(result.firm_id)}: {result.verdict}", ""]
    lines += [f"- {safe.for_markdown(reason)}" for reason in result.reasons]
    if result.rebuilt_as_of and result.warehouse:
        lines += [f"- {rebuilt_note(result.rebuilt_as_of)}", ""]
    if unproven := (result.statement or {}).get("not_proven"):
        lines += [f"- {safe.for_markdown(unproven_note(unproven))}", ""]
    if result.statement:
        lines += ["| figure | value |", "| --- | ---: |"]
        lines += [
            f"| {name.replace('_', ' ')} | {safe.for_markdown(_text(v))} |"
            for name, v in result.statement.items()
            if name != "not_proven"
        ]
    if rows:
        lines += [
            "",
            f"{len(rows)} open",
            "",
            "| client | about | finding | severity | amount | explanation |",
        ]
        lines += ["| --- | --- | --- | --- | ---: | --- |"]
        size = sum(map(len, lines))
        for row in rows[:most]:
            cells = (
                row["client_name"],
                row["subject_label"],
                row["title"],
                row["severity"],
            )
            text = " | ".join(safe.for_markdown(_text(cell), safe.NAME) for cell in cells)
            line = f"| {text} | {row['amount']:,.2f} | {safe.for_markdown(_text(row['explanation']))} |"
            size += len(line)
            if size > MOST_MARKDOWN:
                break
            lines.append(line)
    return "\n".join(lines)
