"""The same news as a mail: HTML that wraps on a telephone, since the plain text reads badly there.

Texts of the systems are cleaned as for chat and escaped by the template; links are https and ours; styles are inlined,
since mail programs read them nowhere else. Nothing is fetched from anywhere. The plain text beside the HTML is made of
it, addresses included.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import css_inline
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template


@dataclass(frozen=True)
class Item:
    """One finding in words: how bad, what, about which document, how much, what it was before, where to look: its page
    on the desk first, then its records. `client` is empty where no name may be said."""

    severity: str
    title: str
    about: str
    amount: str
    page: str
    records: tuple[tuple[str, str], ...] = ()
    was: str = ""
    client: str = ""


@dataclass(frozen=True)
class Section:
    """What became of some findings; `rest` says how many are not listed."""

    heading: str
    items: Sequence[Item]
    rest: str = ""

    @property
    def by_client(self) -> dict[str, list[Item]]:
        """The items under their clients' names, each client where its first item stands; all together where no name may
        be said."""
        found: dict[str, list[Item]] = {}
        for item in self.items:
            found.setdefault(item.client, []).append(item)
        return found


@dataclass(frozen=True)
class Letter:
    """The whole of it: how the books stand, what became of what, how much is open, and the page to open (what its
    button says, and its address)."""

    title: str
    button: tuple[str, str]
    standing: Sequence[str]
    sections: Sequence[Section] = field(default=())
    closing: Sequence[str] = field(default=())


@cache
def _template() -> Template:
    place = FileSystemLoader(Path(__file__).parent)
    return Environment(loader=place, autoescape=True, undefined=StrictUndefined).get_template("mail.html.j2")


def as_html(letter: Letter) -> str:
    """The mail, whole, with its styles where they are used."""
    # White space between elements would be blank lines in the plain text.
    page = re.sub(r">\s+<", "><", _template().render(vars(letter)))
    inliner = css_inline.CSSInliner(load_remote_stylesheets=False, keep_style_tags=False)
    return str(inliner.inline(page))
