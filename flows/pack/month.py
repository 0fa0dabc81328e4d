"""A month that has ended, as a firm counts its days."""

from __future__ import annotations

import re
from calendar import month_name, monthrange
from dataclasses import dataclass
from datetime import date

from flows.days import today_of
from pipelines.errors import UsageError
from pipelines.firm.settings import Firm

SHAPE = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")


@dataclass(frozen=True, order=True)
class Month:
    """A month by its first and its last day."""

    first: date
    last: date

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}"

    @property
    def words(self) -> str:
        """As a heading says it."""
        return f"{month_name[self.first.month]} {self.first.year}"

    @classmethod
    def of(cls, day: date) -> Month:
        """The month that a day lies in."""
        return cls(day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1]))


def read_month(text: str) -> Month:
    """A month written as 2026-10. Raises UsageError for anything else."""
    if not SHAPE.fullmatch(text) or text.startswith("0000"):
        raise UsageError(f"--month was expected to be a month such as 2026-10; found {text!r}.")
    return Month.of(date.fromisoformat(f"{text}-01"))


def ended_month(firm: Firm, text: str) -> Month:
    """The same of a month that is over where the firm is, and that its books reach back to."""
    month, today = read_month(text), today_of(firm)
    if month.last >= today:
        raise UsageError(
            f"--month was expected to be a month that has ended; {month} ends on {month.last}, and it is {today}."
        )
    return month


def last_ended(today: date) -> Month:
    """The month before today's."""
    return Month.of(date.fromordinal(today.replace(day=1).toordinal() - 1))
