"""What nobody foresaw, said in one sentence: a full disk, a file that may not be read, a fault of our own.

A traceback helps no bookkeeper, and its text may quote a client's record. What goes to the terminal names the kind of
trouble and, for a file, which one and what the machine said of it.
"""

import errno
from contextlib import suppress

from rich.console import Console

from flows import escape as safe
from flows.night.verdict import EXIT_CODES, EXIT_USAGE, INCOMPLETE
from pipelines.errors import TieoutError, UsageError

console = Console(stderr=True, highlight=False, emoji=False)


def say(error: Exception) -> int:
    """Say it on standard error, and return the exit status that goes with it. This is the door through which every
    error reaches a terminal: it escapes what may have come from outside."""
    sentence = str(error) if isinstance(error, TieoutError) else sentence_about(error)
    with suppress(OSError, ValueError):  # a full disk behind standard error hides no exit status
        # Never broken into lines by us: a path that is cut in two is no path to copy, or to search a log for.
        console.print(f"[red]{safe.for_terminal_lines(sentence)}[/]", soft_wrap=True)
    return EXIT_USAGE if isinstance(error, UsageError) else EXIT_CODES[INCOMPLETE]


def sentence_about(error: BaseException) -> str:
    """One sentence about an error that is none of ours, without the text of an exception that may quote a record."""
    if isinstance(error, OSError) and error.errno is not None:
        where = f" ({error.filename})" if error.filename else ""
        said = errno.errorcode.get(error.errno, str(error.errno))
        return f"{_MEANS.get(error.errno, 'The machine refused')}{where}: {said}."
    if isinstance(error, MemoryError):
        return "The machine has no memory left."
    place = _place_of(error)
    return f"Unexpected {type(error).__name__} at {place}; this is a fault of ours."


_MEANS = {
    errno.ENOSPC: "The disk is full",
    errno.EDQUOT: "The disk quota is used up",
    errno.EACCES: "A file or folder may not be read or written",
    errno.EPERM: "A file or folder may not be read or written",
    errno.EROFS: "The disk is read-only",
    errno.ENOENT: "A file or folder is missing",
    errno.EIO: "The disk could not be read or written",
    errno.EMFILE: "Too many files are open",
    errno.ENFILE: "Too many files are open",
}


def _place_of(error: BaseException) -> str:
    """Where in the program it happened, for who will mend it."""
    frame = error.__traceback__
    while frame is not None and frame.tb_next is not None:
        frame = frame.tb_next
    if frame is None:
        return "an unknown place"
    return f"{frame.tb_frame.f_globals.get('__name__', '?')}:{frame.tb_lineno}"
