"""The processes in which this one has nights done."""

from contextlib import suppress

import psutil


def night_children() -> list[psutil.Process]:
    """Those that are alive; one that has just ended, and is not yet waited for, has no command line to read."""
    found = []
    for child in psutil.Process().children():
        with suppress(psutil.NoSuchProcess):
            if "flows.night.child" in child.cmdline():
                found.append(child)
    return found
