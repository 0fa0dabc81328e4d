"""Text from Clio and Xero is hostile until escaped: a client's name may be a formula, a link or a control code.

One function per place where text is shown. Each takes whatever the systems sent and gives back text that can
only ever be read, never run, in that place, and that is no longer than a person reads: a name of a megabyte must not
become a table of forty. What was left out is said.
"""

import re
import unicodedata

from rich.markup import escape as escape_markup

NAME = 120  # characters of a name or number in a table
SENTENCE = 1_000  # of a sentence or narrative in a table, a message, an error
CELL = 5_000  # of a cell in a file that goes on to a spreadsheet or a program
CHAT = 60  # of a name in a message

_FORMULA_STARTS = ("=", "+", "-", "@", "\N{MINUS SIGN}")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")
_QUOTES = "\"'`\u2018\u2019\u201c\u201d"
# Characters that show nothing, although Unicode counts them among letters, marks or symbols.
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_SELECTORS = re.compile(r"[\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_CHAT_SPECIALS = re.compile(r"[<>@*_~`|\\\[\]]|(?<=:)//|www\.", re.IGNORECASE)
_MARKDOWN_SPECIALS = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~@]|:(?=//))")
_WEB_ADDRESS = re.compile(r"https://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~:/?#@!$&()*+,;=%-]*)?")


def plain(text: str, most: int = SENTENCE) -> str:
    """The text on one line, without control, format or direction-changing characters, cut to so many characters."""
    if len(text) <= most and text.isascii() and text.isprintable():
        return " ".join(text.split())
    head = text[: 4 * most]
    shown = " ".join("".join(map(_visible, _SELECTORS.sub("", head))).split())
    if len(shown) <= most and len(head) == len(text):
        return shown
    return f"{shown[:most].rstrip()}\N{HORIZONTAL ELLIPSIS} (cut, {len(text):,} characters)"


def _visible(character: str) -> str:
    category = unicodedata.category(character)
    if character in _BLANK or category in ("Cc", "Zl", "Zp"):
        return " "
    if category == "Cs":
        return "\N{REPLACEMENT CHARACTER}"  # half of a pair, which no file and no terminal can take
    return "" if category == "Cf" else character


def for_terminal(text: str, most: int = SENTENCE) -> str:
    """Safe inside rich markup: no escape sequences, no styles."""
    shown = plain(text, most)
    # A backslash at the end would take the meaning from the tag that may follow.
    return escape_markup(f"{shown} " if shown.endswith("\\") else shown)


def for_terminal_lines(text: str) -> str:
    """The same for a text of several lines, such as an error that lists one fault per line."""
    return "\n".join(for_terminal(line) for line in text.split("\n")[:200])


def for_markdown(text: str, most: int = SENTENCE) -> str:
    """Safe in a Markdown table cell and in the HTML it becomes: no links, images, tags or cell breaks."""
    return _MARKDOWN_SPECIALS.sub(r"\\\1", plain(text, most)).replace("\\<", "&lt;").replace("\\>", "&gt;")


def for_spreadsheet(text: str) -> str:
    """Safe in a CSV cell: what a spreadsheet would run as a formula gets a leading apostrophe; numbers stay numbers.

    The text is cleaned first: what stood before the sign, seen or unseen, no longer does when the sign is looked for. A
    sign in full width counts, as some programs make a plain one of it.
    """
    shown = plain(text, CELL)
    first = unicodedata.normalize("NFKC", shown.lstrip(_QUOTES + " ")[:1])[:1]
    return "'" + shown if first in _FORMULA_STARTS and not _NUMBER.fullmatch(shown) else shown


def for_chat(text: str, most: int = CHAT) -> str:
    """Safe in a chat message or a mail: nobody is pinged, nothing becomes a link or a style; not longer than a name."""
    shown = plain(text, most)
    while (less := _CHAT_SPECIALS.sub("", shown)) != shown:  # taking one away may bring another together
        shown = less
    return shown


def web_address(text: str | None) -> str | None:
    """An address that may be shown as a link: https, of this machine's letters alone, not endless."""
    return text if text and len(text) <= 500 and _WEB_ADDRESS.fullmatch(text) else None
