"""The worklist in a terminal: one line an item, grouped by client, in the order of work.

It is for finding an item; `tieout explain` is for understanding it. A client with several items has a heading, one with
a single item stands on its line, so that the list of a day fits on a page. What a narrow terminal has no room for, a
wider one shows. What is only for information stands apart, behind the work.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.text import Text

from flows import escape as safe
from flows.reading.narrow import WHOLE, Narrowed
from flows.reading.words import STATUSES

Row = dict[str, Any]

# An answer that is empty because of what was asked for must not read as if nothing were wrong.
NOTHING_MATCHES = "Nothing matches what was asked for; there may be other rows."
SEVERITY_STYLES = {"critical": "bold red", "high": "red", "medium": "yellow", "low": "cyan", "info": "dim"}
FOR_INFORMATION = "info"
NO_CLIENT = "The firm as a whole"
INDENT = "  "
ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"


@dataclass(frozen=True)
class Column:
    """One text or figure of an item. One with a `share` takes that part of what room is left, at least `least` and no
    more than its longest text; one without is as wide as that. It is shown from `from_width` on."""

    heading: str
    cell: Callable[[Row], str]
    from_width: int = 0
    share: int = 0
    least: int = 0
    is_figure: bool = False
    is_quiet: bool = False


def _words(name: str, most: int = safe.NAME) -> Callable[[Row], str]:
    return lambda row: "" if row[name] is None else safe.plain(str(row[name]), most)


def _money(name: str) -> Callable[[Row], str]:
    return lambda row: "" if row[name] is None else f"{row[name]:,.2f}"


def _title(row: Row) -> str:
    """The finding; of one that is no work now, why."""
    return row["title"] if row["status"] == "open" else f"{STATUSES[row['status']]}: {row['title']}"


# Beside the first column, which says whose and which document, and takes the room that is left.
COLUMNS = (
    Column("severity", _words("severity")),
    Column("finding", _title, share=4, least=18),
    Column("since", _words("since_date"), from_width=96),
    Column("amount", _money("amount"), is_figure=True),
    Column("document", _money("document_amount"), from_width=110, is_figure=True, is_quiet=True),
    Column("id", _words("exception_id")),
    Column("attorney", _words("responsible_attorney", 20), from_width=140),
    Column("what was found", _words("explanation"), from_width=170, share=8, least=20, is_quiet=True),
)
FIRST_SHARE, FIRST_LEAST = 3, 20


def print_worklist(console: Console, rows: list[Row], asked: Narrowed = WHOLE) -> None:
    """What there is to work, then what is only for information, then how much it is."""
    if not rows:
        console.print("Nothing open." if asked.is_whole else NOTHING_MATCHES)
        return
    layout = _Layout(console.width, rows)
    work = [row for row in rows if row["severity"] != FOR_INFORMATION]
    information = [row for row in rows if row["severity"] == FOR_INFORMATION]
    lines = [layout.heading(), *_lines(work, layout)]
    if information:
        lines += [Text("For information, no work:", style="bold"), *_lines(information, layout)]
    lines.append(Text(_summary(work, information, asked)))
    for line in lines:
        console.print(line, no_wrap=True, overflow="ignore", crop=False)
    console.print(f"`tieout explain {safe.for_terminal(rows[0]['firm_id'])} ID` shows one, and what to do about it.")


class _Layout:
    """Which columns there is room for in a terminal of this width, and how wide each is."""

    def __init__(self, width: int, rows: list[Row]) -> None:
        self.gap = " " if width < 96 else "  "
        self.columns = [column for column in COLUMNS if width >= column.from_width]
        longest = [max(map(cell_len, [c.heading, *(c.cell(row) for row in rows)])) for c in self.columns]
        fixed = sum(most for column, most in zip(self.columns, longest, strict=True) if not column.share)
        spare = width - fixed - len(self.columns) * len(self.gap)
        shares = FIRST_SHARE + sum(column.share for column in self.columns)
        self.widths = longest
        for position, column in enumerate(self.columns):
            if column.share:
                part = min(longest[position], max(column.least, spare * column.share // shares))
                self.widths[position] = part
                spare, shares = spare - part, shares - column.share
        self.first = max(FIRST_LEAST, spare)

    def line(self, first: str, cells: list[str], styles: list[str]) -> Text:
        """One line of exactly as much of each text as there is room for."""
        line = Text(_fitted(first, self.first))
        for column, width, cell, style in zip(self.columns, self.widths, cells, styles, strict=True):
            line.append(self.gap)
            line.append(cell.rjust(width) if column.is_figure else _fitted(cell, width), style)
        line.rstrip()
        return line

    def heading(self) -> Text:
        """What each column says."""
        cells = [column.heading for column in self.columns]
        return self.line("client, document", cells, ["dim"] * len(cells))

    def item(self, first: str, row: Row) -> Text:
        """One item."""
        severity = SEVERITY_STYLES.get(row["severity"], "")
        styles = ["dim" if column.is_quiet else severity for column in self.columns]
        return self.line(first, [column.cell(row) for column in self.columns], styles)


def _lines(rows: list[Row], layout: _Layout) -> Iterator[Text]:
    for client, items in groupby(rows, key=lambda row: row["client_name"]):
        group = list(items)
        name = safe.plain(client, safe.CHAT) if client else NO_CLIENT
        if len(group) > 1:
            yield Text.assemble((name, "bold"), (f": {len(group)} items, {_sum(group)}", "dim"))
        for row in group:
            label = _words("subject_label")(row)
            first = f"{INDENT}{label}" if len(group) > 1 else _beside(name, label, layout.first)
            yield layout.item(first, row)


def _beside(client: str, label: str, width: int) -> str:
    """A client with one item and its document: of both enough to be known by."""
    room = max(width - cell_len(label) - 2, width // 2)
    return f"{_fitted(client, room).rstrip()}, {label}" if label else client


def _fitted(text: str, width: int) -> str:
    """Exactly so wide; what is cut ends with a mark."""
    return set_cell_size(text, width) if cell_len(text) <= width else set_cell_size(text, width - 1) + ELLIPSIS


def _summary(work: list[Row], information: list[Row], asked: Narrowed) -> str:
    words = " or ".join(STATUSES[status] for status in asked.statuses)
    said = f"{len(work)} {words}, {_sum(work)} in all"
    return f"{said}; {len(information)} for information." if information else f"{said}."


def _sum(rows: list[Row]) -> str:
    return f"{sum((row['amount'] for row in rows), Decimal(0)):,.2f}"
