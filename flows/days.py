"""Days as a firm counts them: in its own zone, and none that is still to come."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from pipelines.errors import UsageError
from pipelines.firm.settings import Firm


def today_of(firm: Firm) -> date:
    """The calendar day it is where the firm is."""
    return datetime.now(ZoneInfo(firm.timezone)).date()


def require_past(firm: Firm, day: date | None, option: str) -> None:
    """Refuse a day that has not come yet."""
    today = today_of(firm)
    if day is not None and day > today:
        raise UsageError(f"{option} was expected to be {today} or earlier; found {day}, which is still to come.")
