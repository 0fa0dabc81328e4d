"""The document as a PDF that an archive keeps: PDF/A-2a, tagged, with its fonts in it, and nothing that runs.

Typst gets the pack as data and never as markup: no name can be a command. The same document gives the same bytes.

PDF/A refuses a text that no font can show, and so would one client's name refuse the whole pack. A character that none
of the fonts holds is therefore written as its number, `[U+1F4A9]`, and the pack says that this was done.
"""

from __future__ import annotations

import importlib.util
import json
import re
import unicodedata
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from functools import cache, partial
from pathlib import Path
from typing import Any, Literal

import typst

from flows.pack.blocks import say
from flows.pack.document import Document
from pipelines.errors import GiveUp

TEMPLATE = Path(__file__).with_name("pack.typ")
STANDARD: Literal["a-2a"] = "a-2a"
FONT_PACKAGES = ("manimgx_fonts", "manimgx_fonts_cjk")  # Noto, for nearly every script; without them typst's own
REFUSED = re.compile(r'the text `"(.+?)"`', re.DOTALL)
LONG_WORD = re.compile(r"\S{25,}")
PART = re.compile(r"\S{10}(?=[0-9A-Za-z])")
PROBED_AT_ONCE = 200  # characters
MOST_TRIES = 50
WRITTEN_OUT = "Characters that no font here holds are written as their Unicode numbers, as in [U+0041] for A."


def pdf(document: Document) -> bytes:
    """The PDF, in which every text can be shown."""
    data = asdict(document) | {"made_for": [document.made_for.year, document.made_for.month, document.made_for.day]}
    data["blocks"] = [
        block | {part: _each_text(block[part], _broken) for part in ("lines", "texts") if part in block}
        for block in data["blocks"]
    ]
    unknown = _unknown(sorted({one for one in json.dumps(data, ensure_ascii=False) if not one.isascii()}))
    for _ in range(MOST_TRIES):
        made, refused = _tried(partial(_compiled, _with_numbers(data, unknown), document))
        if made is not None:
            return made
        if not refused - unknown:
            break
        # In its place a character may be refused that was shown alone: a mark on a letter of another script.
        unknown |= refused
    raise GiveUp("The pack could not be typeset: its texts hold characters that no font shows.")


@cache
def _fonts() -> typst.Fonts:
    folders = []
    for name in FONT_PACKAGES:
        found = importlib.util.find_spec(name)
        folders += list(found.submodule_search_locations or ()) if found else []
    return typst.Fonts(include_system_fonts=False, font_paths=folders)


def _compiled(data: dict[str, Any], document: Document) -> bytes:
    made_for = datetime(document.made_for.year, document.made_for.month, document.made_for.day, tzinfo=UTC)
    return typst.compile(
        TEMPLATE.read_bytes(),
        font_paths=_fonts(),
        sys_inputs={"pack": json.dumps(data)},
        timestamp=int(made_for.timestamp()),
        format="pdf",
        pdf_standards=STANDARD,
    )


def _broken(text: str) -> str:
    """The text with places to break in its long words (an address, a name without a blank), which must not leave the
    page; not inside a character that is made up of several."""
    return LONG_WORD.sub(lambda word: PART.sub("\\g<0>\u200b", word[0]), text)


def _with_numbers(data: dict[str, Any], unknown: set[str]) -> dict[str, Any]:
    if not unknown:
        return data
    numbers = {ord(character): f"[U+{ord(character):04X}]" for character in unknown}
    written: dict[str, Any] = _each_text(data, lambda text: text.translate(numbers))
    return written | {"blocks": [*written["blocks"], say(WRITTEN_OUT)]}


def _each_text(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return {key: _each_text(one, change) for key, one in value.items()}
    if isinstance(value, list):
        return [_each_text(one, change) for one in value]
    return change(value) if isinstance(value, str) else value


def _unknown(characters: list[str]) -> set[str]:
    """Those that no font shows, and those that no archive takes: of private use, or none at all."""
    unknown = {one for one in characters if unicodedata.category(one) in ("Co", "Cn", "Cs")}
    known = [one for one in characters if one not in unknown]
    for start in range(0, len(known), PROBED_AT_ONCE):
        left = known[start : start + PROBED_AT_ONCE]
        while refused := _tried(partial(_probe, left))[1] & set(left):
            unknown |= refused
            left = [one for one in left if one not in refused]
    return unknown


def _probe(characters: list[str]) -> bytes:
    source = (
        '#set document(date: datetime(year: 2000, month: 1, day: 1), title: "probe")\n'
        "#for one in json(bytes(sys.inputs.pack)) [#one #parbreak()]"
    )
    data = json.dumps([one if unicodedata.category(one)[0] != "M" else f"\u25cc{one}" for one in characters])
    return typst.compile(
        source.encode(), font_paths=_fonts(), sys_inputs={"pack": data}, format="pdf", pdf_standards=STANDARD
    )


def _tried(attempt: Callable[[], bytes]) -> tuple[bytes | None, set[str]]:
    """The PDF; or None, and the characters beyond ASCII of the text that typst could not show."""
    try:
        return attempt(), set()
    except typst.TypstError as error:
        found = REFUSED.search(error.message)
        refused = {one for one in found[1] if not one.isascii()} if found else set()
        if not refused:
            raise GiveUp(f"The pack could not be typeset, which is a fault of ours ({type(error).__name__}).") from None
        return None, refused
