"""CSV statements: ``date, amount, description, reference, balance``, or a layout that the firm declared.

The layout is recognised by the header line. A running balance, where the file has one, must follow from line to line:
a file that does not add up has lost a line, and is refused. Files that run from the newest line to the oldest are
turned around.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from pipelines.bank.lines import ZERO, BankLine, BankStatement, chosen_end, read_money
from pipelines.errors import UsageError


@dataclass(frozen=True)
class Layout:
    """Which column of a file holds what; an empty name is a column that the file does not have."""

    name: str = "standard"
    date: str = "date"
    amount: str = "amount"
    money_in: str = ""
    money_out: str = ""
    description: str = "description"
    reference: str = "reference"
    balance: str = "balance"
    bank_id: str = ""
    account: str = ""
    currency: str = ""
    date_format: str = "%Y-%m-%d"
    delimiter: str = ","
    decimal: str = "."
    skip_lines: int = 0

    @property
    def columns(self) -> list[str]:
        """Every column that it names."""
        named = (self.date, self.amount, self.money_in, self.money_out, self.description, self.reference)
        return [name for name in (*named, self.balance, self.bank_id, self.account, self.currency) if name]


STANDARD = Layout()
STANDARD_NEEDS = ("date", "amount")


@dataclass(frozen=True)
class _Row:
    line: BankLine
    balance: Decimal | None
    number: int


def read_csv(
    content: bytes,
    where: str,
    layouts: Mapping[str, Layout],
    day: date | None = None,
    balance: Decimal | None = None,
) -> BankStatement:
    """The statement in a CSV file; ``day`` and ``balance`` are what the person typed beside it."""
    text = _decoded(content, where)
    try:
        layout = _layout_of(text, where, layouts)
        cells = list(_cells(text, layout, where))
    except csv.Error:
        raise UsageError(
            f"{where}: lines of values were expected; found something that is none, such as a lone carriage return "
            "or a value without an end. Nothing was imported. Download the statement again."
        ) from None
    as_written = [_row(record, number, layout, where) for number, record in cells]
    if not text.endswith(("\n", "\r")):
        _require_proven_end(as_written, where)
    rows, stated = _in_order(as_written, where)
    last = rows[-1].line.day if rows else None
    end, closing = chosen_end(last, day, stated, balance, where)
    return BankStatement(
        day=end,
        closing=closing,
        lines=tuple(row.line for row in rows),
        first_day=rows[0].line.day if rows else None,
        account=_only(cells, layout.account, where),
        currency=_only(cells, layout.currency, where).upper(),
    )


def _require_proven_end(rows: list[_Row], where: str) -> None:
    """A last line without its line break may be cut off inside a number. It is whole where its balance follows from
    another line's, which `_in_order` sees to."""
    if rows and not (len(rows) > 1 and rows[-1].balance is not None and rows[-2].balance is not None):
        raise UsageError(
            f"{where}, line {rows[-1].number}: a line break was expected after the last line; without it, that line "
            "may have been cut off inside a number. Nothing was imported. Download the statement again; if the file is "
            "whole, save it with an empty line at its end."
        )


def _decoded(content: bytes, where: str) -> str:
    """UTF-8, else the Windows encoding that many banks still write."""
    if b"\x00" in content:
        raise UsageError(f"{where}: OFX, QFX or CSV text was expected; this is another kind of file.")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _reader(text: str, layout: Layout) -> csv.DictReader[str]:
    lines = text.splitlines(keepends=True)[layout.skip_lines :]
    reader = csv.DictReader(io.StringIO("".join(lines)), delimiter=layout.delimiter, skipinitialspace=True)
    reader.fieldnames = [(name or "").strip() for name in reader.fieldnames or []]
    return reader


def _layout_of(text: str, where: str, layouts: Mapping[str, Layout]) -> Layout:
    """The declared layout whose columns are all there; else the standard one, if a day and an amount are there."""

    def fits(layout: Layout, needed: Iterable[str]) -> bool:
        header = {name.casefold() for name in _reader(text, layout).fieldnames or []}
        return header.issuperset(name.casefold() for name in needed)

    fitting = [layout for layout in layouts.values() if fits(layout, layout.columns)]
    if len(fitting) > 1:
        names = " and ".join(layout.name for layout in fitting)
        raise UsageError(f"{where}: one layout was expected to fit; {names} do. Declare one of them more closely.")
    if fitting:
        return fitting[0]
    if fits(STANDARD, STANDARD_NEEDS):
        return STANDARD
    found = ", ".join(_reader(text, STANDARD).fieldnames or []) or "nothing"
    raise UsageError(
        f"{where}: the first line was expected to be '{', '.join(STANDARD.columns)}', or that of a layout declared in "
        f"tieout.toml under statement_layouts ({', '.join(layouts) or 'none is'}); found '{found[:200]}'."
    )


def _cells(text: str, layout: Layout, where: str) -> Iterator[tuple[int, dict[str, str]]]:
    """Lines of the file by lower-cased column name, empty lines left out."""
    reader = _reader(text, layout)
    is_ended = text.endswith(("\n", "\r"))
    for record in reader:
        if None in record.values() and not is_ended and reader.line_num == text.count("\n") + 1 - layout.skip_lines:
            raise UsageError(
                f"{where}, line {reader.line_num + layout.skip_lines}: {len(reader.fieldnames or [])} values were "
                "expected; the file stops before, so it was cut off. Nothing was imported. Download it again."
            )
        number = reader.line_num + layout.skip_lines
        if None in record:
            raise UsageError(
                f"{where}, line {number}: {len(reader.fieldnames or [])} values were expected; there are more. "
                "Quote a value that has the separator in it."
            )
        cells = {str(name).casefold(): (value or "").strip() for name, value in record.items()}
        if any(cells.values()):
            yield number, cells


def _row(record: dict[str, str], number: int, layout: Layout, where: str) -> _Row:
    place = f"{where}, line {number}"

    def cell(column: str) -> str:
        return record.get(column.casefold(), "") if column else ""

    def money(column: str) -> Decimal | None:
        text = cell(column)
        try:
            return read_money(text, layout.decimal) if text else None
        except ValueError as error:
            raise UsageError(f"{place}: {error} was expected in the column {column}; found {_kind(text)}.") from None

    amount = money(layout.amount) if layout.amount else _two_columns(money(layout.money_in), money(layout.money_out))
    if amount is None:
        raise UsageError(f"{place}: an amount was expected; the line has none.")
    line = BankLine(
        day=_day(cell(layout.date), layout, place),
        amount=amount,
        description=" ".join(cell(layout.description).split()),
        reference=" ".join(cell(layout.reference).split()),
        bank_id=cell(layout.bank_id),
    )
    return _Row(line, money(layout.balance), number)


def _two_columns(money_in: Decimal | None, money_out: Decimal | None) -> Decimal | None:
    """Money in minus money out; banks write money out with a minus or without."""
    if money_in is None and money_out is None:
        return None
    return (money_in or ZERO) - abs(money_out or ZERO)


def _day(text: str, layout: Layout, place: str) -> date:
    try:
        return datetime.strptime(text, layout.date_format).date()
    except ValueError:
        raise UsageError(
            f"{place}: a day written as {layout.date_format} was expected in the column {layout.date}; "
            f"found {_kind(text)}."
        ) from None


def _kind(text: str) -> str:
    return f"text of {len(text)} characters" if text else "nothing"


def _in_order(rows: list[_Row], where: str) -> tuple[list[_Row], Decimal | None]:
    """Oldest first, and the balance at the end; where there are running balances they decide, and must add up."""
    days = [row.line.day for row in rows]
    orders = [order for order in (rows, rows[::-1]) if [row.line.day for row in order] == sorted(days)]
    if not orders:
        raise UsageError(
            f"{where}: lines in the order of their days were expected; they are mixed. Sort the file by day."
        )
    followed = [_follow(order) for order in orders]
    for order, (fault, balance) in zip(orders, followed, strict=True):
        if fault is None:
            return order, balance
    raise UsageError(
        f"{where}, line {followed[0][0]}: a balance that follows from the line before it was expected; it does not add "
        "up, so a line is missing or was changed. Download the statement again."
    )


def _follow(rows: list[_Row]) -> tuple[int | None, Decimal | None]:
    """The first line whose balance does not follow from those before it, and the balance at the end."""
    running: Decimal | None = None
    for row in rows:
        if running is not None:
            running += row.line.amount
        if row.balance is not None:
            if running is not None and running != row.balance:
                return row.number, None
            running = row.balance
    return None, running


def _only(cells: list[tuple[int, dict[str, str]]], column: str, where: str) -> str:
    """The one value of a column; a file about several accounts or currencies is refused."""
    if not column:
        return ""
    values = {record.get(column.casefold(), "") for _, record in cells} - {""}
    if len(values) > 1:
        raise UsageError(f"{where}: one value in the column {column} was expected; found {len(values)} different ones.")
    return "".join(values)
