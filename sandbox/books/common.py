"""What both sets of books share: the record type and the refusal."""

from typing import Any

Record = dict[str, Any]


class BookError(ValueError):
    """An event that the real system would refuse."""
