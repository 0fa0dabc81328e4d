"""One bill and its invoice side by side, or whatever else an exception is about, from the published warehouse alone.

What differs is marked, what agrees is left quiet, and below stands what to do, in the order in which to do it, and how
long it has been so. An entry, a client ledger or an account is shown with what stands around it
(`flows.reading.around`).
"""

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from flows import escape as safe
from flows.reading.around import View, views
from flows.reading.narrow import EVERY_STATUS
from flows.reading.report import read_rows, worklist_query
from flows.reading.words import (
    PAIRINGS,
    STATUSES,
    counted,
    in_words,
    line_in_words,
    state_in_words,
    titled,
)
from flows.reading.worklist import SEVERITY_STYLES
from pipelines.errors import UsageError
from pipelines.firm.published import open_published

Row = dict[str, Any]

# What stands side by side: label, Clio's column, Xero's column. States speak two languages and are never "different".
DOCUMENT_FIELDS = (
    ("Number", "clio_bill_number", "xero_invoice_number"),
    ("State", "clio_state", "xero_status"),
    ("Client", "clio_client_name", "xero_contact_name"),
    ("Issued", "clio_issued_date", "xero_date"),
    ("Due", "clio_due_date", "xero_due_date"),
    ("Total", "clio_total_amount", "xero_total_amount"),
    ("Tax", "clio_tax_amount", "xero_tax_amount"),
    ("Paid", "clio_paid_amount", "xero_paid_amount"),
    ("Credited", "clio_credited_amount", "xero_credited_amount"),
    ("Open", "clio_balance_amount", "xero_due_amount"),
    ("In receivables", "clio_ar_amount", "xero_ar_amount"),
)
SIDE_BY_SIDE = 120  # columns that the lines of both systems need beside each other
NEVER_MARKED = {"State", "Client"}
# What a row says beside its sentences; what stands on the document's own page is not said twice.
FACTS = (
    ("Client", "client_name"),
    ("Matter", "matter_number"),
    ("Attorney", "responsible_attorney"),
    ("Trust account", "trust_account"),
    ("Since", "since_date"),
    ("Clio says", "clio_value"),
    ("Xero says", "xero_value"),
    ("May be", "candidate"),
)
ON_THE_DOCUMENT = {"client_name", "clio_value", "xero_value"}
QUIET_LINES = {"identical"}
QUIET_PAYMENTS = {"matched", "grouped"}


@dataclass(frozen=True)
class Explanation:
    """Everything the warehouse knows of one subject: its document if it is one, else what stands around it; each
    exception about it, whatever its status; and what became of each on the nights, by exception id."""

    document: Row | None
    lines: list[Row]
    payments: list[Row]
    exceptions: list[Row]
    around: list[View]
    lives: dict[str, Row]


def explain(warehouse: Path, firm_id: str, what: str) -> Explanation:
    """The bill with this number, else with this id, else the subject of the exception with this id, which may be gone
    by now. Raises UsageError when there is none, or more than one."""
    with open_published(warehouse):  # once for all that is asked: it is the opening that takes time
        document = _document(warehouse, firm_id, what)
        if document is not None:
            return of_document(warehouse, firm_id, document)
        key = _subject_of(warehouse, firm_id, what)
        same = _documents_where(warehouse, firm_id, "bill_key = ?", key)
        return _of_subject(warehouse, firm_id, key, next(iter(same), None))


def of_document(warehouse: Path, firm_id: str, document: Row) -> Explanation:
    """What stands behind a row of `recon.matched_bills`: its lines, its payments, and its findings in the order of
    work."""
    return _of_subject(warehouse, firm_id, document["bill_key"], document)


def _of_subject(warehouse: Path, firm_id: str, key: str, document: Row | None) -> Explanation:
    return Explanation(
        document,
        read_rows(
            warehouse,
            "select * from recon.line_diffs where firm_id = ? and bill_key = ?"
            " order by clio_date nulls last, clio_line_item_id nulls last, xero_line_item_id",
            [firm_id, key],
        ),
        read_rows(
            warehouse,
            "select * from recon.matched_payments where firm_id = ? and bill_key = ?"
            " order by coalesce(clio_date, xero_date), kind, clio_allocation_ids, xero_payment_ids",
            [firm_id, key],
        ),
        read_rows(warehouse, *_findings_about(firm_id, key)),
        [] if document else views(warehouse, firm_id, key),
        {
            row["exception_id"]: row
            for row in read_rows(
                warehouse,
                "select * from recon.exception_history where firm_id = ? and subject_key = ?"
                " order by first_seen_at, exception_id",
                [firm_id, key],
            )
        },
    )


def _findings_about(firm_id: str, key: str) -> tuple[str, list[str]]:
    sql, values = worklist_query(EVERY_STATUS)
    return f"select * from ({sql}) where subject_key = ? order by work_rank", [firm_id, *values, key]


def _documents_where(warehouse: Path, firm_id: str, condition: str, value: str) -> list[Row]:
    sql = f"select * from recon.matched_bills where firm_id = ? and {condition}"
    return read_rows(warehouse, sql, [firm_id, value])


def _document(warehouse: Path, firm_id: str, bill: str) -> Row | None:
    """By number the living bill is meant, where there is just one; else by id."""
    for condition in (
        "clio_bill_number = ? and clio_state not in ('void', 'deleted')",
        "clio_bill_number = ?",
        "coalesce(clio_bill_id, xero_invoice_id) = ?",
        "xero_invoice_number = ?",
    ):
        found = _documents_where(warehouse, firm_id, condition, bill)
        if len(found) == 1:
            return found[0]
        if found:
            ids = ", ".join(str(row["clio_bill_id"] or row["xero_invoice_id"]) for row in found)
            raise UsageError(f"One bill was expected; {len(found)} have the number {bill}. Name one by its id: {ids}.")
    return None


def _subject_of(warehouse: Path, firm_id: str, exception_id: str) -> str:
    """What an exception is about, or was when it was last seen."""
    sql = "select subject_key from recon.{} where firm_id = ? and exception_id = ?"
    for table in ("exceptions", "exception_history"):
        for row in read_rows(warehouse, sql.format(table), [firm_id, exception_id]):
            return str(row["subject_key"])
    raise UsageError(
        f"The number or id of a bill of {firm_id}, or the id of an exception, was expected; found {exception_id}, "
        f"which last night did not have. `tieout worklist {firm_id}` lists the open ones."
    )


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:,.2f}"
    return safe.for_terminal(str(value))


def _named(value: Any) -> str:
    """A name, number, id or figure, which has a column of its own."""
    return _shown(value) if isinstance(value, Decimal) or value is None else safe.for_terminal(str(value), safe.NAME)


def _number(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():f}"


def print_explanation(console: Console, explanation: Explanation) -> None:
    """The whole page: the document or what stands around the subject, the findings, what became of them, links."""
    if explanation.document:
        console.print(_documents(explanation.document))
    if explanation.lines:
        console.print((_lines if console.width >= SIDE_BY_SIDE else _lines_below)(explanation.lines))
    if explanation.payments:
        console.print(_payments(explanation.payments))
    for view in explanation.around:
        console.print(_around(view))
    _print_findings(console, explanation)
    _print_gone(console, explanation)
    _print_links(console, explanation)


def _around(view: View) -> Table:
    """A view as a table, whatever its columns are; a figure that nobody gives reads *missing*."""
    table = Table(title=view.title, box=box.SIMPLE_HEAD, title_justify="left")
    names = [name for name in view.rows[0] if name != "marked"]
    figures = view.figures
    for name in names:
        table.add_column(name.replace("_", " "), justify="right" if name in figures else "left", overflow="fold")
    for row in view.rows:
        cells = ("missing" if name in figures and row[name] is None else _named(view.said(row, name)) for name in names)
        table.add_row(*cells, style="bold yellow" if row["marked"] else "")
    return table


def _documents(document: Row) -> Table:
    rule, pairing = document["match_rule"], document["pairing"]
    how = f"{pairing} by {rule}".replace("_", " ") if rule else PAIRINGS.get(pairing, pairing)
    what = in_words(document["finding"]) if document["finding"] else "Bill and invoice"
    table = Table(title=f"{what} ({how})", box=box.SIMPLE_HEAD, title_justify="left")
    table.add_column("")
    table.add_column("Clio")
    table.add_column("Xero")
    both = document["pairing"] == "paired"
    for label, clio, xero in DOCUMENT_FIELDS:
        sides = (document[clio], document[xero])
        differs = both and label not in NEVER_MARKED and sides[0] != sides[1]
        if label == "State":
            sides = (state_in_words(sides[0]), state_in_words(sides[1]))
        table.add_row(label, *map(_named, sides), style="bold yellow" if differs else "")
    if document["xero_interest_invoice_id"]:
        table.add_row(
            "Interest invoice", _shown(document["clio_interest_amount"]), _named(document["xero_interest_invoice_id"])
        )
    return table


def _lines_below(lines: list[Row]) -> Table:
    """Where there is no room side by side: a line that differs is two rows, one that is the same is one."""
    table = Table(title="Lines", box=box.SIMPLE_HEAD, title_justify="left")
    table.add_column("Date", no_wrap=True)
    table.add_column("In", no_wrap=True)
    table.add_column("What", ratio=1, overflow="fold")
    table.add_column("Hours x rate", justify="right", no_wrap=True)
    table.add_column("Net", justify="right", no_wrap=True)
    for line in lines:
        quiet = line["line_status"] in QUIET_LINES
        style = "dim" if quiet else "bold yellow"
        said = "" if quiet else f" [{line_in_words(line['line_status'])}]"
        for system, has, cells in (
            ("both" if quiet else "Clio", line["clio_net_amount"] is not None, ("clio_quantity", "clio_rate")),
            ("Xero", line["xero_net_amount"] is not None and not quiet, ("xero_quantity", "xero_unit_amount")),
        ):
            if has:
                side = "xero" if system == "Xero" else "clio"
                text = f"{_shown(line[f'{side}_description'])}{escape(said)}"
                times = _times(*(line[cell] for cell in cells))
                table.add_row(
                    _shown(line["clio_date"]), system, text, times, _shown(line[f"{side}_net_amount"]), style=style
                )
    return table


def _lines(lines: list[Row]) -> Table:
    table = Table(title="Lines", box=box.SIMPLE_HEAD, title_justify="left")
    for heading in ("Date", "Clio", "Hours x rate", "Net"):
        table.add_column(heading, justify="right" if heading == "Net" else "left", overflow="fold")
    for heading in ("Xero", "Hours x rate", "Net", ""):
        table.add_column(heading, justify="right" if heading == "Net" else "left", overflow="fold")
    for line in lines:
        quiet = line["line_status"] in QUIET_LINES
        table.add_row(
            _shown(line["clio_date"]),
            _shown(line["clio_description"]),
            _times(line["clio_quantity"], line["clio_rate"]),
            _shown(line["clio_net_amount"]),
            line_in_words("identical") if quiet else _shown(line["xero_description"]),
            _times(line["xero_quantity"], line["xero_unit_amount"]),
            _shown(line["xero_net_amount"]),
            "" if quiet else line_in_words(line["line_status"]),
            style="dim" if quiet else "bold yellow",
        )
    return table


def _times(quantity: Decimal | None, rate: Decimal | None) -> str:
    return "" if quantity is None or rate is None else f"{_number(quantity)} x {_number(rate)}"


def _payments(payments: list[Row]) -> Table:
    table = Table(title="Payments and credits", box=box.SIMPLE_HEAD, title_justify="left")
    for heading in ("Kind", "Clio day", "Clio", "From", "Xero day", "Xero", "Account", ""):
        table.add_column(heading, justify="right" if heading in ("Clio", "Xero") else "left")
    for payment in payments:
        quiet = payment["payment_status"] in QUIET_PAYMENTS
        columns = ("kind", "clio_date", "clio_amount", "clio_source", "xero_date", "xero_amount", "xero_account_code")
        table.add_row(
            *(_named(payment[column]) for column in columns),
            "" if quiet else titled(payment["payment_status"]),
            style="dim" if quiet else "bold yellow",
        )
    return table


def _print_findings(console: Console, explanation: Explanation) -> None:
    if not explanation.exceptions:
        console.print("Nothing to do.")
    for position, row in enumerate(explanation.exceptions, 1):
        style = SEVERITY_STYLES.get(row["severity"], "")
        status = "" if row["status"] == "open" else f" ({STATUSES[row['status']]})"
        blocked = f" After {_named(row['blocked_by'])}." if row["blocked_by"] else ""
        console.print(
            f"{position}. [{style}]{row['title']}, {row['severity']}[/]{status} {row['amount']:,.2f}"
            f"  [dim]{row['code']} {_named(row['exception_id'])}[/]",
            highlight=False,
        )
        _print_below(console, _shown(row["explanation"]))
        _print_below(console, f"[bold]{_shown(row['suggested_action'])}[/]{blocked}")
        for label, column in FACTS:
            if row[column] is not None and not (explanation.document and column in ON_THE_DOCUMENT):
                _print_below(console, f"{label}: {_shown(row[column])}")
        if life := explanation.lives.get(row["exception_id"]):
            _print_below(console, f"[dim]{_life(life)}[/]")


def _print_below(console: Console, text: str) -> None:
    """Under its number, each line of it."""
    console.print(Padding(Text.from_markup(text, emoji=False), (0, 0, 0, 3)))


def _life(life: Row) -> str:
    """How long it has stood, and whether it had been gone."""
    nights = f"on {counted(life['nights_seen'], 'night')}"
    times = {0: "", 1: "; came back once"}
    back = times.get(life["times_reopened"], f"; came back {life['times_reopened']} times")
    return f"Seen {nights} since {life['first_seen_at']:%Y-%m-%d}{back}."


def _print_gone(console: Console, explanation: Explanation) -> None:
    """What was found about this before, and is no longer."""
    for life in explanation.lives.values():
        if life["closed_at"] is not None:
            title = titled(life["code"])
            ended = f", {life['closed_as']}" if life.get("closed_as") else ""
            console.print(
                f"Before: {_shown(title)} [dim]{_shown(life['code'])} {_named(life['exception_id'])}[/]. {_life(life)}"
                f" Gone since {life['closed_at']:%Y-%m-%d}{_shown(ended)}.",
                highlight=False,
            )


def _print_links(console: Console, explanation: Explanation) -> None:
    links = explanation.document or (explanation.exceptions[0] if explanation.exceptions else {})
    for system, column in (("Clio", "clio_url"), ("Xero", "xero_url")):
        if address := safe.web_address(links.get(column)):
            console.print(f"{system}: {_shown(address)}", soft_wrap=True, highlight=False)
