"""What the firm's jurisdiction asks of the month that ended last, and how far it is: a reminder, not advice."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flows.pack import signing
from flows.pack.month import Month, last_ended
from flows.pack.signing import Standing
from pipelines.firm.jurisdictions import DUTIES, Duty
from pipelines.firm.settings import Firm

SOON_DAYS = 7


@dataclass(frozen=True)
class Reminder:
    """The last month that ended: until when it is to be done, and how its pack stands."""

    duty: Duty
    month: Month
    due: date | None
    standing: Standing | None
    today: date

    @property
    def is_done(self) -> bool:
        """Whether two people have signed what stands."""
        return self.standing is not None and self.standing.is_signed

    @property
    def days_left(self) -> int | None:
        """Until the last day on which it is in time; below zero when that is past; None where no day is named."""
        return None if self.due is None else (self.due - self.today).days

    @property
    def stage(self) -> str | None:
        """Which reminder it is time for: soon, or overdue; None where there is nothing to remind of."""
        if self.is_done or self.days_left is None:
            return None
        return "overdue" if self.days_left < 0 else "soon" if self.days_left <= SOON_DAYS else None

    @property
    def words(self) -> str:
        """In a sentence."""
        pack = "there is no pack" if self.standing is None else self.standing.words
        return f"{self.duty.place}, {self.month.words}: {self._when()}; {pack}"

    @property
    def without_names(self) -> str:
        """The same for a message, which names no people."""
        how = "there is no pack" if self.standing is None else "the pack is not signed by two people"
        how = "the signature has fallen" if self.standing and self.standing.is_fallen else how
        return f"{self.duty.place}, {self.month.words}: {self._when()}; {'signed' if self.is_done else how}"

    def _when(self) -> str:
        if self.days_left is None:
            return f"to be reconciled {self.duty.reconcile}; no last day was found to be named"
        if self.is_done:
            return f"due on {self.due}"
        if self.days_left < 0:
            return f"was due on {self.due}, {_days(-self.days_left)} ago"
        return f"due on {self.due}, {_days(self.days_left)} left"


def _days(count: int) -> str:
    return f"{count} day" if count == 1 else f"{count} days"


def reminder(firm: Firm, today: date) -> Reminder | None:
    """Of the month that ended last; None where tieout.toml names no jurisdiction, or it
    was before the firm's start."""
    if firm.jurisdiction is None:
        return None
    duty, month = DUTIES[firm.jurisdiction], last_ended(today)
    if firm.start_date > month.last:
        return None
    due = duty.deadline.after(month.last) if duty.deadline else None
    return Reminder(duty, month, due, signing.standing_of(firm, str(month)), today)
