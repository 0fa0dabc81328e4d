"""Text from Clio and Xero is hostile until escaped: a client's name may be a formula, a link or a control code.

One function per place where text is shown. Each takes whatever the systems sent and gives back text that can
only ever be read, never run, in that place.
"""

import re
import unicodedata

from rich.markup import escape as escape_markup

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_CHAT_SPECIALS = re.compile(r"[<>@*_~`|\\\[\]]|(?<=:)//|www\.", re.IGNORECASE)
_MARKDOWN_SPECIALS = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~])")


def plain(text: str) -> str:
    """The text on one line, without control, format or direction-changing characters."""
    visible = (" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    return " ".join("".join(c for c in visible if unicodedata.category(c) != "Cf").split())


def for_terminal(text: str) -> str:
    """Safe inside rich markup: no escape sequences, no styles."""
    return escape_markup(plain(text))


def for_markdown(text: str) -> str:
    """Safe in a Markdown table cell and in the HTML it becomes: no links, images, tags or cell breaks."""
    return _MARKDOWN_SPECIALS.sub(r"\\\1", plain(text)).replace("\\<", "&lt;").replace("\\>", "&gt;")


def for_spreadsheet(text: str) -> str:
    """Safe in a CSV cell: what a spreadsheet would run as a formula gets a leading apostrophe; numbers stay numbers."""
    if text.startswith(_FORMULA_STARTS) and not _NUMBER.fullmatch(text):
        return "'" + plain(text)
    return plain(text)


def for_chat(text: str, most: int = 60) -> str:
    """Safe in a chat message or a mail: nobody is pinged, nothing becomes a link or a style; not longer than a name."""
    return _CHAT_SPECIALS.sub("", plain(text))[:most]
