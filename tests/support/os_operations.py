"""Count what a piece of work asks of the machine's files, and refuse or die at the n-th of it.

`refused_at` raises a full disk at the n-th operation; `killed_at_each` runs the work again and again, each time in a
child of a process without threads, and kills it dead (SIGKILL) at the first, second, third ... operation, until one run
gets through. A write is asked for and half done before the child dies: half a line is what a power cut leaves.

    python -m tests.support.os_operations WORK FOLDER    the children's parent; WORK is a name in `tests.support.works`
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

OPERATIONS = ("open", "write", "fsync", "ftruncate", "rename", "replace", "link", "unlink", "mkdir", "chmod", "rmdir")
MOST = 400


class Counter:
    """Lets operations pass until the n-th, at which `fail` is asked what happens instead."""

    def __init__(self, nth: int, fail: Callable[[str, Callable[..., Any], tuple[Any, ...]], None]) -> None:
        self.left = nth
        self.reached = False
        self._fail = fail
        self._real = {name: getattr(os, name) for name in OPERATIONS}

    def _wrapped(self, name: str) -> Callable[..., Any]:
        real = self._real[name]

        def operation(*args: Any, **more: Any) -> Any:
            self.left -= 1
            if self.left == 0:
                self.reached = True
                self._fail(name, real, args)
            return real(*args, **more)

        return operation

    @contextlib.contextmanager
    def counting(self) -> Iterator[Counter]:
        """Inside the block every operation is counted."""
        for name in OPERATIONS:
            setattr(os, name, self._wrapped(name))
        try:
            yield self
        finally:
            for name, real in self._real.items():
                setattr(os, name, real)


def _is_full(name: str, real: Callable[..., Any], args: tuple[Any, ...]) -> None:
    if name == "write":
        real(args[0], args[1][: len(args[1]) // 2])
    if name != "unlink":  # giving room back is never refused for want of room
        raise OSError(errno.ENOSPC, "No space left on device")


def _die(name: str, real: Callable[..., Any], args: tuple[Any, ...]) -> None:
    if name == "write":
        real(args[0], args[1][: len(args[1]) // 2])
    os.kill(os.getpid(), signal.SIGKILL)


def refused_at(nth: int) -> contextlib.AbstractContextManager[Counter]:
    """A disk that is full for the n-th operation of the block."""
    return Counter(nth, _is_full).counting()


def killed_at_each(work: str, world: Path, copies: Path) -> list[Path]:
    """A copy of the folder `world` for each operation at which the work was killed in it."""
    copies.mkdir()
    subprocess.run(
        [sys.executable, "-m", "tests.support.os_operations", work, str(world), str(copies)], check=True, timeout=280
    )
    return sorted((path for path in copies.iterdir() if path.is_dir()), key=lambda path: int(path.name))


def _kill_at_each(work: Callable[[Path], None], world: Path, copies: Path) -> None:
    for nth in range(1, MOST):
        copy = copies / str(nth)
        shutil.copytree(world, copy)
        child = os.fork()
        if child == 0:
            with Counter(nth, _die).counting():
                work(copy)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            assert os.WEXITSTATUS(status) == 0, f"the work itself failed (operation {nth})"
            shutil.rmtree(copy)
            return
    raise AssertionError(f"more than {MOST} operations")


if __name__ == "__main__":
    from tests.support import works

    _kill_at_each(getattr(works, sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
