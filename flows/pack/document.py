"""The pack as an examiner reads it, page by page: headings, sentences and tables of text, which `typeset` sets.

The first page says how things stand and what could not be proven; nothing on it is drawn from evidence that is missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flows.pack import page_first, pages_receivables, pages_trust
from flows.pack.blocks import Block, name
from flows.pack.figures import Figures
from flows.pack.month import Month


@dataclass(frozen=True)
class Document:
    """What is set: the words of every page's head and foot, and the blocks in their order."""

    title: str
    firm: str
    as_of: str
    foot: str
    made_for: date
    blocks: list[Block]


def compose(read: Figures, version: int) -> Document:
    """The whole pack."""
    stated = read.stated
    month = Month.of(stated["as_of_date"])
    blocks = [
        *page_first.pages(read, version),
        {"kind": "new page"},
        *pages_receivables.pages(stated["receivables"], stated["receivables_source"], stated["as_of_date"]),
        *pages_trust.pages(stated, month),
    ]
    foot = f"Version {version}. Figures {read.digest[:16]}"
    title = f"Month-end pack, {month.words}"
    return Document(title, name(stated["firm_name"]), str(stated["as_of_date"]), foot, stated["as_of_date"], blocks)
