"""The program `tieout` from its first moment to its exit status; the commands themselves are in `flows.commands.cli`.

Whatever goes wrong is one sentence: exit status 2 where the user can put it right in the words or the configuration, 3
where the trouble is ours or the machine's, and the usual one where somebody ended it. Importing the commands takes half
a second, and Ctrl-C may come in it, so nothing is imported before that can be answered.
"""

import io
import os
import signal
import sys
from contextlib import suppress

INTERRUPTED = 128 + signal.SIGINT
USAGE = 2


def main() -> None:
    """Entry point."""
    signal.signal(signal.SIGTERM, _end)
    _open_standard_streams()
    if any(_is_no_text(word) for word in sys.argv):
        print(
            "A word of the command is no text in UTF-8. Type it again, or copy it from the worklist.", file=sys.stderr
        )
        sys.exit(USAGE)
    try:
        from flows.commands import cli

        cli.app()
    except KeyboardInterrupt:
        with suppress(OSError):
            print("Interrupted.", file=sys.stderr)
        sys.exit(INTERRUPTED)
    except BrokenPipeError:  # who reads us has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        from flows import trouble

        sys.exit(trouble.say(error))


def _open_standard_streams() -> None:
    """Standard streams that can be written to, whatever we were started with. One that was closed goes nowhere: else
    the next file opened, a warehouse, would stand in its place and take what is printed. A terminal or log of another
    encoding shows a client's name as far as it can, and nothing fails for the rest."""
    for descriptor in range(3):
        with suppress(OSError):
            os.fstat(descriptor)
            continue
        os.open(os.devnull, os.O_RDWR)
    for name, descriptor in (("stdout", 1), ("stderr", 2)):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(descriptor, "w", encoding="utf-8", closefd=False))  # noqa: SIM115  (to the end)
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _is_no_text(word: str) -> bool:
    """Bytes that are no UTF-8 reach us as halves of characters, which no file and no database takes."""
    return any("\ud800" <= character <= "\udfff" for character in word)


def _end(number: int, frame: object) -> None:
    """Ended from outside: unwind as for Ctrl-C, so that what was started is ended too."""
    sys.exit(128 + number)
