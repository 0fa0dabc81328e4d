"""Values as the two systems write them, read exactly or not at all.

Each reader takes a value that is neither None nor "" and raises ``ValueError(expected)`` where it cannot be exact.
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

LONGEST = 65_536  # characters of a text; the longest that either system documents is a sixteenth of it
KEPT = 1_000  # characters of one that is longer


def read_text(value: Any) -> str:
    """Ids and text: numbers become text, nothing is trimmed."""
    if isinstance(value, str):
        if len(value) > LONGEST:
            raise ValueError(f"text of at most {LONGEST} characters")
        return value
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise ValueError("text")
    return str(value)


def mend_text(value: str) -> str:
    """Text in which half a character, which no file can hold, is replaced by the sign for one that is unknown."""
    return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def shorten(text: str) -> str:
    """The beginning of a text that is too long, and what tells it from every other text with that beginning."""
    mark = f"\u2026 ({len(text)} characters, {hashlib.sha256(text.encode()).hexdigest()[:32]})"
    return text[:KEPT] + mark


def read_decimal(value: Any) -> Decimal:
    """A number, or a number written as text."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise ValueError("a number")
    if isinstance(value, str) and ("_" in value or not value.isascii()):
        raise ValueError("a number")
    try:
        number = Decimal(value.strip() if isinstance(value, str) else value)
    except InvalidOperation:
        raise ValueError("a number") from None
    if not number.is_finite():
        raise ValueError("a number")
    return number


def read_flag(value: Any) -> bool:
    """true, false, or the same words as text."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    raise ValueError("true or false")


def read_int(value: Any) -> int:
    """A whole number."""
    number = read_decimal(value)
    if number != number.to_integral_value():
        raise ValueError("a whole number")
    return int(number)


MS_DATE = re.compile(r"^/Date\((-?\d+)([+-]\d{4})?\)/$")
EPOCH = datetime(1970, 1, 1)


def _ms_date(text: str) -> tuple[datetime, timedelta] | None:
    """``/Date(1539993600000+1300)/`` as a moment and its offset; None where it says 0, which stands for nothing."""
    match = MS_DATE.match(text)
    if match is None:
        raise ValueError("a date")
    if int(match[1]) == 0:
        return None
    offset = timedelta()
    if match[2]:
        size = timedelta(hours=int(match[2][1:3]), minutes=int(match[2][3:5]))
        offset = -size if match[2][0] == "-" else size
    return EPOCH + timedelta(milliseconds=int(match[1])), offset


def read_date(value: Any) -> date | None:
    """A calendar day, as its sender wrote it: no zone is applied but the one that stands in the value."""
    if not isinstance(value, str):
        raise ValueError("a date")
    try:
        if value.startswith("/"):
            moment = _ms_date(value)
            return moment and (moment[0] + moment[1]).date()
        return date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value).date()
    except (ValueError, OverflowError):
        raise ValueError("a date") from None


def read_moment(value: Any) -> datetime | None:
    """A moment in UTC. ISO with Z, with an offset, with none (UTC), with up to seven digits; or ``/Date(ms)/``."""
    if not isinstance(value, str):
        raise ValueError("a date and time")
    try:
        if value.startswith("/"):
            moment = _ms_date(value)
            return moment and moment[0]
        found = datetime.fromisoformat(value)
        if found.tzinfo is not None and found.tzinfo is not UTC:
            found = found.astimezone(UTC)
        return found.replace(tzinfo=None)
    except (ValueError, OverflowError):
        raise ValueError("a date and time") from None
