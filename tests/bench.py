"""A benchmark, not a test: `make bench` prints what a night costs for 400, 4,000 and 40,000 bills.

For each size a clean firm with eight lines a bill is served by the sandbox from a process of its own, without rate
limits. Three nights run through the installed command: the first in full, one with nothing changed, and one with
100 changed bills. Beside them stands the time DuckDB alone takes to read the same records as JSON from disk. What is
found of planted faults, and what a spreadsheet finds, comes last (`tests.bench_precision`).
"""

import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console
from rich.table import Table

from tests import bench_precision

SIZES = (400, 4_000, 40_000)
CHANGED = 100
FIRM = "bench-firm"


@dataclass
class Served:
    """The firm behind the sandbox in its own process: how to reach it, and how to change bills in it."""

    config: Path
    environment: dict[str, str]
    pipe: Connection

    def change(self, bills: int) -> None:
        """Edit the newest bills in Clio, lines and all."""
        self.pipe.send(("change", bills))
        self.pipe.recv()

    def dump(self, folder: Path) -> None:
        """Write every record of both systems as JSON, one file per list."""
        self.pipe.send(("dump", folder))
        self.pipe.recv()


def _serve(pipe: Connection, bills: int) -> None:
    """The child: build the firm, serve it, and obey."""
    from sandbox import bench_firm
    from sandbox.server import Sandbox

    firm = bench_firm.build(datetime.now(UTC), bills=bills)
    with Sandbox({FIRM: firm}) as sandbox:
        pipe.send((sandbox.config_toml("data"), sandbox.environment()))
        while True:
            word, value = pipe.recv()
            if word == "stop":
                return
            if word == "change":
                for bill_id in sorted(firm.clio.tables["bills"])[-value:]:
                    firm.edit_bill(firm.clio.tables["bills"][bill_id], subject="Reviewed")
            else:
                _dump(firm, value)
            pipe.send("done")


def _dump(firm: Any, folder: Path) -> None:
    def plain(value: object) -> object:
        return float(value) if isinstance(value, Decimal) else str(value)

    for system in ("clio", "xero"):
        for name, rows in getattr(firm, system).tables.items():
            with (folder / f"{system}_{name}.json").open("w") as file:
                file.writelines(json.dumps(row, default=plain) + "\n" for row in rows.values())


@contextmanager
def serving(bills: int, folder: Path) -> Iterator[Served]:
    """Serve a firm of so many bills until the block ends."""
    context = multiprocessing.get_context("spawn")
    pipe, childs_end = context.Pipe()
    child = context.Process(target=_serve, args=(childs_end, bills), daemon=True)
    child.start()
    toml, environment = pipe.recv()
    config = folder / "tieout.toml"
    config.write_text(toml)
    try:
        yield Served(config, environment, pipe)
    finally:
        pipe.send(("stop", None))
        child.join(30)


@dataclass
class Measured:
    """One night: what the command said of itself, how long it took, and the most memory one of its processes had."""

    result: dict[str, Any]
    seconds: float
    peak_bytes: int


def night(served: Served) -> Measured:
    """Run the installed command once."""
    started = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "flows", "run", FIRM, "--config", str(served.config), "--format", "json"],
        env={**os.environ, **served.environment},
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    output = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    [result] = json.loads(output)
    if result["verdict"] != "reconciled":
        raise SystemExit(f"The clean firm was expected to be reconciled; it is {result}")
    return Measured(result, time.monotonic() - started, usage.ru_maxrss * 1024)


def duckdb_alone(folder: Path) -> float:
    """Seconds that DuckDB takes to read the dumped records into tables of its own."""
    started = time.monotonic()
    with duckdb.connect(str(folder / "alone.duckdb")) as connection:
        for file in sorted(folder.glob("*.json")):
            if file.stat().st_size:
                connection.execute(f"create table {file.stem} as select * from read_json(?)", [str(file)])
    return time.monotonic() - started


def measure(bills: int, table: Table) -> None:
    """The three nights of one size, a row each, and DuckDB alone."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with serving(bills, folder) as served:
            kinds = {"full": 0, "nothing changed": 0, f"{CHANGED} bills changed": CHANGED}
            for kind, changed in kinds.items():
                if changed:
                    served.change(changed)
                add_row(table, bills, kind, night(served))
            dumped = folder / "json"
            dumped.mkdir()
            served.dump(dumped)
        table.add_row(f"{bills:,}", "DuckDB alone, same JSON", "", "", "", f"{duckdb_alone(dumped):.1f}")


def add_row(table: Table, bills: int, kind: str, measured: Measured) -> None:
    """One night's figures."""
    result = measured.result
    statement, steps = result["statement"], result["steps"]
    calls = statement["api_calls_clio"] + statement["api_calls_xero"]
    table.add_row(
        f"{bills:,}",
        kind,
        f"{statement['rows_loaded']:,}",
        f"{statement['rows_loaded'] / steps['load']:,.0f}",
        f"{steps['load']:.1f}",
        f"{measured.seconds:.1f}",
        f"{steps['build']:.1f}",
        f"{measured.peak_bytes / 2**20:,.0f}",
        f"{calls:,}",
        f"{result['calls_floor']:,}",
    )


def main(sizes: list[int]) -> None:
    """Measure each size and print one table."""
    table = Table(title=f"A night, measured on {date.today()}, {os.cpu_count()} cores")
    headings = ("Bills", "Night", "Rows", "Rows/s", "Load s", "Total s", "dbt s", "Peak MiB", "Calls", "Floor")
    for heading in headings:
        table.add_column(heading, justify="left" if heading == "Night" else "right")
    for bills in sizes:
        measure(bills, table)
    Console(width=120).print(table)
    bench_precision.main()


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]] or list(SIZES))
