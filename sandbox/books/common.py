"""What both sets of books share: the record type and the refusal."""

from typing import Any

Record = dict[str, Any]


class BookError(ValueError):
    """An event that the real system would refuse."""


def lines_with_money(document: Record) -> list[Record]:
    """The lines of a document that book something; one of words alone has no account."""
    return [line for line in document["LineItems"] if "AccountCode" in line]
