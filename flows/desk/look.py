"""How a value becomes text on a page.

Everything that a template shows goes through `shown`, whether its author thought of it or not: money with two digits
and commas, days as ISO days, and text from the two systems on one line, without control or direction-changing
characters, cut where nobody reads on. After that Jinja escapes it for HTML.
"""

from datetime import date, datetime
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from flows import escape as safe
from flows.desk.signing_in import Session
from flows.reading.words import SEVERITIES, STATUSES, counted, entry_in_words, spaced, status_in_words

STATES = {
    "unreadable": "cannot be read",
    "incomplete": "night incomplete",
    "overdue": "night overdue",
    "never run": "no night yet",
    "exceptions": "exceptions",
    "pending": "pending",
    "reconciled": "reconciled",
}
# The colour of a trust account's verdict, which is that of the state or severity named.
TIES = {"ties": "reconciled", "missing_figure": "medium", "differs": "critical"}
MOST_WORDS = 400


def shown(value: Any) -> Any:
    """The value as a page shows it; escaping for HTML comes after."""
    if value is None:
        return ""
    if isinstance(value, Markup) or callable(value):
        return value
    if isinstance(value, Decimal):
        return f"{value:,.2f}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, str):
        return _text(value, safe.CELL if isinstance(value, Long) else safe.SENTENCE)
    return value


def name(value: str | None) -> str:
    """A name or number, which is short, or is cut."""
    return _text(value or "", safe.NAME)


def _text(value: str, most: int) -> str:
    """`safe.plain`, which looks at each character, only for what is not plain already."""
    return value if len(value) <= most and value.isascii() and value.isprintable() else safe.plain(value, most)


class Long(str):
    """A text that is read whole, such as the list of edits of a draft."""


def long(value: str | None) -> Long:
    """The text as one that is read whole."""
    return Long(value or "")


def figure(value: Decimal | None) -> str:
    """An amount, or the word for one that could not be had: missing is not agreed."""
    return "missing" if value is None else f"{value:,.2f}"


def money(value: str) -> str:
    """An amount that was kept as text."""
    return f"{Decimal(value):,.2f}"


def number(value: Decimal | None) -> str:
    """A quantity or rate without digits that say nothing."""
    return "" if value is None else f"{value.normalize():f}"


def rate(value: Decimal | None) -> str:
    """A price of one: two digits, and more where there are more."""
    if value is None:
        return ""
    return f"{value:,.2f}" if value == round(value, 2) else f"{value.normalize():,f}"


def words(value: str | None) -> str:
    """One of our own words, as in `missing_figure`; the systems are names."""
    said = spaced(value or "")
    return said.replace("xero", "Xero").replace("clio", "Clio")


def days(since: date | datetime | None, today: date | None) -> int | None:
    """Days from then to the night's day."""
    if since is None or today is None:
        return None
    return max((today - (since.date() if isinstance(since, datetime) else since)).days, 0)


def compared(before: str | None, after: str | None) -> tuple[list[tuple[bool, str]], list[tuple[bool, str]]]:
    """Two wordings as runs of words, each run marked where the other wording has something else."""
    left, right = (safe.plain(text or "").split()[:MOST_WORDS] for text in (before, after))
    first: list[tuple[bool, str]] = []
    second: list[tuple[bool, str]] = []
    for kind, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        differs = kind != "equal"
        if a < b:
            first.append((differs, " ".join(left[a:b])))
        if c < d:
            second.append((differs, " ".join(right[c:d])))
    return first, second


def address(*parts: str, **query: str | None) -> str:
    """A path of ours, each part escaped, with what is asked for."""
    asked = {key: value for key, value in query.items() if value}
    return "/" + "/".join(quote(part, safe=":") for part in parts) + (f"?{urlencode(asked)}" if asked else "")


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("flows.desk"),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=shown,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {
        "name": name,
        "long": long,
        "figure": figure,
        "money": money,
        "number": number,
        "rate": rate,
        "words": words,
        "status": status_in_words,
        "entry": entry_in_words,
        "web": safe.web_address,
        "counted": counted,
    }
    environment.globals |= {
        "address": address,
        "compared": compared,
        "days": days,
        "SEVERITIES": SEVERITIES,
        "STATUSES": STATUSES,
        "STATES": STATES,
        "TIES": TIES,
    }
    return environment


ENVIRONMENT = _environment()


def page(template: str, session: Session | None, **values: Any) -> str:
    """A page's HTML; what the session has to tell is told once."""
    said = ""
    if session is not None:
        said, session.said = session.said, ""
    around: dict[str, Any] = {"firm": None, "tab": "", "night": None, "old": None}
    return ENVIRONMENT.get_template(template).render({**around, **values, "session": session, "said": said})
