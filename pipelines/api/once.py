"""Work that several threads need and one of them does."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

T = TypeVar("T")


def once(method: Callable[..., T]) -> Callable[..., T]:
    """Worked out by whoever asks first, per arguments, and kept for the rest of the night; the others wait.

    The object has a re-entrant ``_lock`` and a dict ``_kept``.
    """

    @wraps(method)
    def kept(self: Any, *arguments: Any) -> T:
        with self._lock:
            place = (method.__name__, *arguments)
            if place not in self._kept:
                self._kept[place] = method(self, *arguments)
            found: T = self._kept[place]
            return found

    return kept
