"""Pieces of a document: headings, sentences, lists and tables of text, each a plain value that `pack.typ` sets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flows.pack import trust
from flows.pack.receivables import MISSING
from flows.reading.words import status_in_words

Block = dict[str, Any]
Row = dict[str, Any]
COLOURS = {trust.DIFFERS: "bad", trust.NOT_PROVEN: "doubtful", trust.PROVEN: "good"}


@dataclass(frozen=True)
class Column:
    """A heading, and how wide: a share of what is left, or as wide as its text where it is a figure or a day."""

    heading: str
    share: int = 0
    is_figure: bool = False


def money(heading: str) -> Column:
    """A column of figures."""
    return Column(heading, is_figure=True)


def heading(text: str, level: int = 2) -> Block:
    """A heading; those of level 1 begin a part."""
    return {"kind": "heading", "text": text, "level": level}


def say(text: str) -> Block:
    """A paragraph."""
    return {"kind": "say", "text": text}


def bullets(texts: Iterable[str]) -> Block:
    """A list of sentences."""
    return {"kind": "bullets", "texts": [text[:1].upper() + text[1:] for text in texts]}


def table(
    columns: Sequence[Column],
    lines: list[list[str]],
    otherwise: str = "",
    *,
    has_total: bool = False,
    marks: Sequence[str] = (),
) -> Block:
    """A table of texts; without a line, the sentence that says so. `marks` colours a line by its word."""
    if not lines and otherwise:
        return say(otherwise)
    assert all(len(line) == len(columns) for line in lines)
    return {
        "kind": "table",
        "columns": [asdict(column) for column in columns],
        "lines": lines,
        "has_total": has_total,
        "marks": [COLOURS.get(word, "") for word in marks],
        "is_tall": False,
    }


def name(value: str | None) -> str:
    """A name or number, as `figures` cleaned and cut it, or nothing."""
    return value or ""


def figure(amount: Decimal | None) -> str:
    """An amount, or the word for one that could not be had."""
    return MISSING if amount is None else f"{amount:,.2f}"


def day_of(day: date | None) -> str:
    """A day, or nothing."""
    return "" if day is None else day.isoformat()


def findings(found: Iterable[Row], otherwise: str) -> Block:
    """What was found, each with its reason."""
    return table(
        (Column("What, and why", 7), Column("About", 3), Column("Client", 3), Column("Since"), money("Amount")),
        [
            [
                f"{row['title']}{_status(row)}. {row['explanation']}",
                name(row["subject_label"]),
                name(row["client_name"]),
                day_of(row["since_date"]),
                figure(row["amount"]),
            ]
            for row in found
        ],
        otherwise,
    )


def _status(row: Row) -> str:
    words = [row["severity"]] if row["severity"] else []
    words += [status_in_words(row["status"])] if row["status"] != "open" else []
    return f" ({', '.join(words)})" if words else ""


def difference(one: Row) -> str:
    """Two figures that should be equal and are not."""
    return f"{one['second']} minus {one['first']} is {figure(one['amount'])}"
