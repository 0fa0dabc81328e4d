"""One process at a time: locks that die with their process, whatever kills it, so that nobody ever removes one.

The lock is the system's own (`flock`), through the library `filelock`; where a disk knows no locks it fails rather than
pretend. Who holds a file is read from the system's table of locks, where it has one.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from pipelines.firm.files import in_a_sentence, make_private


class Held(Exception):
    """Somebody else holds the lock; the text says who, as far as it is known."""


@contextlib.contextmanager
def locked(path: Path, *, wait: bool = True) -> Iterator[None]:
    """Hold this lock file for the block: wait for it, or raise `Held` at once."""
    make_private(path.parent)
    lock = FileLock(path, mode=0o600, thread_local=False, fallback_to_soft=False)
    with in_a_sentence(path):
        try:
            lock.acquire(timeout=-1 if wait else 0, poll_interval=0.02)
        except Timeout:
            raise Held(holder(path) or "another process") from None
    try:
        yield
    finally:
        lock.release()


def holder(path: Path) -> str | None:
    """``python3.11 (process 4711)``: who holds a lock on this file, or None where that cannot be known."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        inode = str(path.stat().st_ino)
        for line in Path("/proc/locks").read_text(encoding="ascii").splitlines():
            words = line.split()
            if "->" not in words and words[5].rpartition(":")[2] == inode and int(words[4]) > 0:
                return f"{_program(words[4])} (process {words[4]})"
    return None


def _program(pid: str) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8", errors="replace").strip()
    return "a program"
