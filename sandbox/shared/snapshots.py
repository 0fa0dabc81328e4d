"""Ordered results of a list, kept while somebody pages through them.

Working out which rows a list holds, and their order, costs time in proportion to the books; a page costs
time in proportion to the page. A result is worked out when its first page is asked for, and again when the
books have moved since: that is what lets pages drift under a crawl as they do in the real systems.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from typing import Any, TypeVar

from sandbox.shared.served import ServedFirm

Mark = tuple[Hashable, ...]
T = TypeVar("T")


class Snapshots:
    """The most recent results, at most `size` of them."""

    def __init__(self, size: int = 64) -> None:
        self._size = size
        self._epoch = 0
        self._kept: OrderedDict[Hashable, tuple[Mark, Any]] = OrderedDict()

    def touch(self) -> None:
        """Records were changed by hand: nothing kept is good any more."""
        self._epoch += 1

    def mark(self, firm: ServedFirm, table: Mapping[Any, Any]) -> Mark:
        """Something that differs once the table has moved: its size, its last row, the firm's clock."""
        last = next(reversed(table), None) if isinstance(table, dict) else None
        return (self._epoch, len(table), last, firm.now)

    def get(self, key: Hashable, mark: Mark, make: Callable[[], T], fresh: bool = False) -> T:
        """The kept result, or a new one when there is none, it is stale, or `fresh` is asked for."""
        kept = self._kept.get(key)
        if kept is not None and kept[0] == mark and not fresh:
            self._kept.move_to_end(key)
            value: T = kept[1]
            return value
        value = make()
        self._kept[key] = (mark, value)
        self._kept.move_to_end(key)
        while len(self._kept) > self._size:
            self._kept.popitem(last=False)
        return value
