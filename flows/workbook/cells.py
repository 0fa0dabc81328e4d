"""A workbook whose cells hold what the systems said and nothing that runs: no formula, and no link but our own.

Every text is written as a text into a cell formatted as text, so that Excel does not take it for a formula when a
person opens it for editing either. Money and days are numbers and dates, to be added up and sorted.
"""

import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from flows import escape as safe

Kind = Literal[
    "text", "words", "money", "figure", "quantity", "count", "date", "moment", "link", "severity", "free day", "free"
]
Row = dict[str, Any]

MOST_LINKS = 65_000  # of one sheet; Excel takes 65,530
SEVERITY_COLOURS = {
    "critical": ("#FFFFFF", "#9C0006"),
    "high": ("#9C0006", "#FFC7CE"),
    "medium": ("#7F6000", "#FFEB9C"),
    "low": ("#1F4E79", "#DDEBF7"),
    "info": ("#595959", "#EDEDED"),
}
MISSING = "missing"
WIDTHS = {
    "money": 13,
    "figure": 13,
    "quantity": 9,
    "count": 8,
    "date": 11,
    "moment": 17,
    "link": 7,
    "severity": 9,
    "free day": 13,
}
NUMBER_FORMATS = {
    "money": "#,##0.00;[Red]-#,##0.00",
    "figure": "#,##0.00;[Red]-#,##0.00",
    "quantity": "#,##0.####",
    "count": "#,##0",
    "date": "yyyy-mm-dd",
    "moment": "yyyy-mm-dd hh:mm",
    "free day": "yyyy-mm-dd",
}


@dataclass(frozen=True)
class Column:
    """A heading, where its values come from, and what they are. `words` are long texts, which wrap; a `figure` is money
    that reads *missing* where nobody gives it; `free` cells are for a person to fill in. `said` puts a code into
    words."""

    heading: str
    key: str
    kind: Kind = "text"
    width: int = 16
    is_hidden: bool = False
    said: Callable[[str], str] | None = None


class Book:
    """A workbook in memory: client-confidential, so no piece of it lies in a folder for temporary files."""

    def __init__(self) -> None:
        self._file = io.BytesIO()
        never = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
        self._book = xlsxwriter.Workbook(self._file, {"in_memory": True, **never})
        self._formats: dict[tuple[str, bool], Format] = {}

    def content(self) -> bytes:
        """The finished file."""
        self._book.close()
        return self._file.getvalue()

    def sheet(
        self, name: str, columns: Sequence[Column], rows: Iterable[Row], *, frozen: int = 0, last_is_total: bool = False
    ) -> Worksheet:
        """A sheet with a head that stays, filters, and a row for each row given."""
        sheet = self._book.add_worksheet(name)
        for position, column in enumerate(columns):
            width = WIDTHS.get(column.kind, column.width)
            sheet.set_column(position, position, width, None, {"hidden": column.is_hidden})
        kept = list(rows)
        for line, row in enumerate(kept, 1):
            is_total = last_is_total and line == len(kept)
            for position, column in enumerate(columns):
                value = row.get(column.key)
                if column.said and value is not None:
                    value = column.said(value)
                self._cell(sheet, line, position, column, value, is_total)
        self._head(sheet, columns, len(kept) - last_is_total)
        sheet.freeze_panes(1, frozen)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
        return sheet

    def figures(self, name: str, figures: dict[str, Any], kinds: dict[str, Kind]) -> None:
        """A sheet of two columns: what a figure is, and the figure; a decimal is money, a whole number a count."""
        sheet = self._book.add_worksheet(name)
        sheet.set_column(0, 0, 24)
        sheet.set_column(1, 1, 80)
        for line, (what, value) in enumerate(figures.items()):
            kind: Kind = "money" if isinstance(value, Decimal) else "count" if isinstance(value, int) else "words"
            self._cell(sheet, line, 0, Column("", "", "text"), what, True)
            self._cell(sheet, line, 1, Column("", "", kinds.get(what, kind)), value, False)

    def _head(self, sheet: Worksheet, columns: Sequence[Column], count: int) -> None:
        if count < 1:  # a table has a row at least
            for position, column in enumerate(columns):
                sheet.write_string(0, position, column.heading, self._format("head"))
            return
        headings = [{"header": column.heading, "header_format": self._format("head")} for column in columns]
        sheet.add_table(0, 0, count, len(columns) - 1, {"columns": headings, "style": "Table Style Light 1"})

    def _cell(self, sheet: Worksheet, line: int, position: int, column: Column, value: Any, is_total: bool) -> None:
        shape = self._format(column.kind, is_total)
        if value is None and column.kind == "figure":
            sheet.write_string(line, position, MISSING, shape)
        elif value is None:
            if column.kind.startswith("free"):
                sheet.write_blank(line, position, None, shape)
        elif column.kind == "severity":
            sheet.write_string(line, position, str(value), self._format(str(value)))
        elif isinstance(value, (Decimal, int)) and _is_exact(value):
            sheet.write_number(line, position, float(value), shape)
        elif isinstance(value, date) and value.year >= 1900:
            sheet.write_datetime(line, position, value, shape)
        elif column.kind == "link" and line <= MOST_LINKS and (address := safe.web_address(str(value))):
            sheet.write_url(line, position, address, shape, column.heading.removesuffix(" link"))
        else:
            sheet.write_string(line, position, safe.plain(_text(value), safe.CELL), self._format("text", is_total))

    def _format(self, kind: str, is_bold: bool = False) -> Format:
        if (kind, is_bold) not in self._formats:
            shape: dict[str, Any] = {"valign": "top", "bold": is_bold}
            if kind in SEVERITY_COLOURS:
                shape |= dict(zip(("font_color", "bg_color"), SEVERITY_COLOURS[kind], strict=True))
            elif kind == "link":
                shape |= {"font_color": "#0563C1", "underline": 1}
            elif kind == "head":
                shape |= {"bold": True, "text_wrap": True, "bg_color": "#D9E2EC"}
            if kind in ("free", "free day"):
                shape |= {"bg_color": "#FFF9DB", "border": 1, "border_color": "#D9C97C"}
            shape |= {"num_format": NUMBER_FORMATS.get(kind, "@"), "text_wrap": kind in ("words", "free", "head")}
            self._formats[kind, is_bold] = self._book.add_format(shape)
        return self._formats[kind, is_bold]


def _is_exact(value: Decimal | int) -> bool:
    """Whether Excel's numbers, of fifteen digits, hold it."""
    return len(Decimal(value).normalize().as_tuple().digits) <= 15


def _text(value: Any) -> str:
    return value.isoformat() if isinstance(value, (date, datetime)) else str(value)
