"""The program `tieout` from its first moment to its exit status; the commands themselves are in `flows.cli`.

Whatever goes wrong is one sentence: exit status 2 where the user can put it right in the words or the configuration, 3
where the trouble is ours or the machine's, and the usual one where somebody ended it. Importing the commands takes half
a second, and Ctrl-C may come in it, so nothing is imported before that can be answered.
"""

import os
import signal
import sys
from contextlib import suppress

INTERRUPTED = 128 + signal.SIGINT


def main() -> None:
    """Entry point."""
    signal.signal(signal.SIGTERM, _end)
    try:
        from flows import cli

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


def _end(number: int, frame: object) -> None:
    """Ended from outside: unwind as for Ctrl-C, so that what was started is ended too."""
    sys.exit(128 + number)
