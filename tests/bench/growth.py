"""A benchmark, not a test: `make bench-growth` does five weeks of nights of one small firm, and prints what they leave.

Each night a few bills have changed, so that the file is written anew in other places: what it held before must be
room for what it holds now. Seconds and sizes are those of the installed command.
"""

import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from tests.bench.nights import night, serving

BILLS = 400
NIGHTS = 36  # one more than are kept
CHANGED = 10
SHOWN_EVERY = 5


def main() -> None:
    """Do the nights; print every fifth."""
    table = Table(title=f"{BILLS} bills, {CHANGED} of them changed before each night")
    for heading in ("Night", "Total s", "Peak MiB", "File MiB", "Folder MiB"):
        table.add_column(heading, justify="right")
    with tempfile.TemporaryDirectory() as name, serving(BILLS, Path(name)) as served:
        for number in range(1, NIGHTS + 1):
            measured = night(served)
            if number % SHOWN_EVERY == 1:
                warehouse = Path(measured.result["warehouse"])
                files = [path for path in warehouse.parent.rglob("*") if path.is_file()]
                table.add_row(
                    str(number),
                    f"{measured.seconds:.1f}",
                    f"{measured.peak_bytes / 2**20:,.0f}",
                    *(f"{sum(path.stat().st_size for path in of) / 2**20:.1f}" for of in ([warehouse], files)),
                )
            served.change(CHANGED)
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
