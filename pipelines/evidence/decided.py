"""What people decided, as rows of evidence: the firm's files ``matches.csv`` and ``acceptances.csv``."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from pipelines.bank.lines import CENT, DIGITS
from pipelines.errors import UsageError
from pipelines.evidence.tables import Row
from pipelines.firm import decisions
from pipelines.firm.decisions import DecisionFile
from pipelines.firm.settings import Firm
from pipelines.tables.values import read_decimal, read_moment


class Line:
    """One line of a file of decisions; reads its cells and names file, line and column when one is wrong."""

    def __init__(self, path: Path, number: int, cells: Mapping[str, str]) -> None:
        self._where = f"{path}, line {number}"
        self._cells = cells

    def text(self, column: str) -> str | None:
        """A cell, or None if it is empty."""
        return self._cells[column].strip() or None

    def required(self, column: str) -> str:
        """A cell that must not be empty."""
        found = self.text(column)
        if found is None:
            raise UsageError(f"{self._where}: {column} is empty. Write a value, or remove the line.")
        return found

    def read(self, column: str, reader: Callable[[str], Any], expected: str) -> Any:
        """A cell of a certain kind, or None if it is empty."""
        found = self.text(column)
        if found is None:
            return None
        try:
            return reader(found)
        except ValueError:
            raise UsageError(f"{self._where}: {column} should be {expected}, found {found[:40]!r}.") from None

    def moment(self, column: str) -> datetime | None:
        """A moment in UTC."""
        found: datetime | None = self.read(column, read_moment, "a date and time such as 2026-11-23T09:00:00Z")
        return found


def _lines(file: DecisionFile) -> Iterator[Line]:
    for number, cells in enumerate(file.rows(), start=2):
        yield Line(file.path, number, cells)


def read_matches(firm: Firm) -> list[Row]:
    """``matches.csv``: the links that stand. Of several lines about a bill the last holds, and may say: no invoice."""
    standing: dict[str, Row] = {}
    for position, line in enumerate(_lines(decisions.matches(firm.folder))):
        bill, invoice = line.required("clio_bill_id"), line.text("xero_invoice_id")
        row = (
            firm.id,
            bill,
            invoice,
            line.text("decided_by"),
            line.moment("decided_at"),
            line.text("reason"),
            position,
        )
        standing.pop(bill, None)
        if invoice is not None:
            standing[bill] = row
    return list(standing.values())


def read_acceptances(firm: Firm) -> list[Row]:
    """``acceptances.csv``, every line of it: which one holds is decided where the exceptions are."""
    return [
        (
            firm.id,
            line.required("exception_id"),
            line.text("code"),
            line.text("subject_key"),
            line.read("ar_effect", read_cents, "an amount such as -120.00"),
            line.text("clio_value"),
            line.text("xero_value"),
            line.text("accepted_by"),
            line.moment("accepted_at"),
            line.read("expires_on", date.fromisoformat, "a day such as 2026-12-31"),
            line.text("reason"),
            line.moment("withdrawn_at"),
            position,
            line.text("fingerprint"),
        )
        for position, line in enumerate(_lines(decisions.acceptances(firm.folder)))
    ]


def read_cents(text: str) -> Decimal:
    """An amount with no more than two decimals, and of no more digits than a ledger can hold."""
    amount = read_decimal(text)
    if amount.adjusted() >= DIGITS or amount != amount.quantize(CENT):
        raise ValueError("an amount with two decimals")
    return amount
