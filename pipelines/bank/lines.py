"""What a bank statement says, whatever file it came in: its lines, its closing balance, and whose account it is.

Money in is positive. Amounts are exact: text that is not a whole number of cents is refused, never rounded.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pipelines.errors import UsageError

ZERO = Decimal("0.00")
CENT = Decimal("0.01")
DIGITS = 16  # before the point, as the columns of amounts have it
PLAIN = re.compile(r"[+-]?(\d+|\d{1,3}(,\d{3})+)?(\.\d*)?")


@dataclass(frozen=True)
class BankLine:
    """One movement on the bank's own statement; ``bank_id`` is the bank's id for it, where it gives one."""

    day: date
    amount: Decimal
    description: str = ""
    reference: str = ""
    bank_id: str = ""


@dataclass(frozen=True)
class BankStatement:
    """One statement: lines oldest first, the balance at the end of ``day``, and the first day that it speaks of.

    ``first_day`` is the day of the first line. A statement without lines has the first day of its period, where the
    bank states one: nothing cleared in it.
    """

    day: date
    closing: Decimal
    lines: tuple[BankLine, ...] = ()
    first_day: date | None = None
    account: str = ""
    currency: str = ""

    @property
    def opening(self) -> Decimal | None:
        """The balance before the first line; not known of a balance alone."""
        if self.first_day is None:
            return None
        return self.closing - sum((line.amount for line in self.lines if line.day <= self.day), ZERO)


def read_money(text: str, decimal: str = ".") -> Decimal:
    """Money as banks write it: ``1,234.56``, ``-12``, ``(12.00)``, ``12.00-``, ``$5``. Raises ValueError(expected)."""
    plain = text.strip().replace("\u2212", "-").replace("\u00a0", "").replace(" ", "")
    negative = False
    if plain.startswith("(") and plain.endswith(")"):
        plain, negative = plain[1:-1], True
    elif plain.endswith("-"):
        plain, negative = plain[:-1], True
    plain = re.sub(r"[$\u20ac\u00a3]", "", plain, count=1)
    if decimal == ",":
        plain = plain.translate(str.maketrans(",.", ".,"))
    if not any(sign.isdigit() for sign in plain) or not PLAIN.fullmatch(plain):
        raise ValueError("an amount such as -1234.56")
    number = Decimal(plain.replace(",", ""))
    if number.adjusted() >= DIGITS:
        raise ValueError(f"an amount of at most {DIGITS} digits before the point")
    if negative and plain[:1] in "+-":
        raise ValueError("an amount with one sign")
    if number != number.quantize(CENT):
        raise ValueError("an amount in whole cents")
    return (-number if negative else number).quantize(CENT)


def chosen_end(
    last_line: date | None, day: date | None, stated: Decimal | None, typed: Decimal | None, where: str
) -> tuple[date, Decimal]:
    """The closing day and balance of a file: its own, completed and never contradicted by what was typed beside it."""
    end = day or last_line
    if end is None:
        raise UsageError(f"{where}: lines were expected; there are none. Name the day with --date.")
    if last_line is not None and end < last_line:
        raise UsageError(
            f"--date was expected to be the closing day of {where}, {last_line} or later; found {end}. "
            "Leave it out to take the last line's day."
        )
    balance = stated if typed is None else typed
    if balance is None:
        raise UsageError(f"{where}: a balance on the last line was expected; there is none. Give it with --balance.")
    if stated is not None and balance != stated:
        raise UsageError(
            f"--balance was expected to be the closing balance that stands in {where}; it is another. "
            "Leave it out to take the file's, or type the balance without the file."
        )
    return end, balance
