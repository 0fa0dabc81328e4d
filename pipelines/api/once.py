"""Work that several threads need and one of them does."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

T = TypeVar("T")


class Keeps:
    """Keeps what its methods marked `once` worked out."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._kept: dict[tuple[Any, ...], Any] = {}

    def _keep(self, name: str, found: T) -> T:
        """Put this in place of what the method of that name, which takes no arguments, worked out."""
        with self._lock:
            self._kept[(name,)] = found
        return found


def once(method: Callable[..., T]) -> Callable[..., T]:
    """Worked out by whoever asks first, per arguments, and kept for the rest of the night; the others wait."""

    @wraps(method)
    def kept(self: Any, *arguments: Any) -> T:
        with self._lock:
            place = (method.__name__, *arguments)
            if place not in self._kept:
                self._kept[place] = method(self, *arguments)
            found: T = self._kept[place]
            return found

    return kept
