"""A benchmark, not a test: `make bench` prints what a night costs, and what is found in one.

For each size a clean firm with eight lines a bill is served by the sandbox from a process of its own, without rate
limits. Nights run through the installed command: one in full, five with nothing changed (the median is shown), one
with 100 changed bills. Each quiet night is held against a floor measured right after it (`tests.bench.floor`), so that
what else the machine does weighs on both; the load in full against the time that DuckDB alone takes to read the same
records as JSON from disk. What is found of planted faults, and what a spreadsheet finds, comes last
(`tests.bench.precision`). `make bench-large` does 40,000 bills, `make bench-million` 125,000, which are a million
lines; one quiet night of each.
"""

import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import duckdb
import psutil
from rich.console import Console
from rich.table import Table

from tests.bench import precision as bench_precision

SIZES = (400, 4_000)
LARGE = 40_000
MEDIAN_OF = 5
CHANGED = 100
FIRM = "bench-firm"
LOOK_SECONDS = 0.1


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
    from sandbox.firms import bench as bench_firm
    from sandbox.serving.server import Sandbox

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
    """One night: what the command said of itself, how long it took, and the most memory its processes had at once."""

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
    peak = 0
    with ThreadPoolExecutor(1) as reader:
        output = reader.submit(process.communicate)
        while not wait([output], LOOK_SECONDS).done:
            peak = max(peak, _memory(process.pid))
    [result] = json.loads(output.result()[0])
    if result["verdict"] != "reconciled":
        raise SystemExit(f"The clean firm was expected to be reconciled; it is {result}")
    return Measured(result, time.monotonic() - started, peak)


def _memory(pid: int) -> int:
    """Bytes that a process and all that it started hold now; what two of them share counts twice."""
    held = 0
    with suppress(psutil.NoSuchProcess):
        for process in (psutil.Process(pid), *psutil.Process(pid).children(recursive=True)):
            with suppress(psutil.NoSuchProcess):
                held += process.memory_info().rss
    return held


def duckdb_alone(folder: Path) -> float:
    """Seconds that DuckDB takes to read the dumped records into tables of its own."""
    started = time.monotonic()
    with duckdb.connect(str(folder / "alone.duckdb")) as connection:
        for file in sorted(folder.glob("*.json")):
            if file.stat().st_size:
                connection.execute(f"create table {file.stem} as select * from read_json(?)", [str(file)])
    return time.monotonic() - started


def floor(served: Served) -> tuple[float, float]:
    """What no night can do without (`tests.bench.floor`): seconds of the load and of the SQL."""
    said = subprocess.run(
        [sys.executable, "-m", "tests.bench.floor", str(served.config), FIRM],
        env={**os.environ, **served.environment},
        stdout=subprocess.PIPE,
        check=True,
    ).stdout
    seconds = json.loads(said)
    return seconds["load"], seconds["sql"]


def measure(bills: int, console: Console) -> None:
    """The nights of one size, and what they are held against; printed at once."""
    table = Table(title=f"{bills:,} bills, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}", width=110)
    for heading in ("Night", "Rows", "Clio", "Xero", "Load s", "dbt s", "Total s", "Peak MiB", "File MiB"):
        table.add_column(heading, justify="left" if heading == "Night" else "right")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with serving(bills, folder) as served:
            full = night(served)
            table.add_row("in full", *figures(full))
            pairs = [(night(served), floor(served)) for _ in range(MEDIAN_OF if bills < LARGE else 1)]
            quiet = sorted((one for one, _ in pairs), key=lambda one: one.seconds)[len(pairs) // 2]
            table.add_row("nothing changed", *figures(quiet))
            served.change(CHANGED)
            table.add_row(f"{CHANGED} bills changed", *figures(night(served)))
            dumped = folder / "json"
            dumped.mkdir()
            served.dump(dumped)
        bare = duckdb_alone(dumped)
    load, sql = (statistics.median(column) for column in zip(*(one for _, one in pairs), strict=True))
    console.print(table)
    steps, quiet_steps = full.result["steps"], quiet.result["steps"]
    console.print(
        f"Quiet night {quiet.seconds:.1f} s against its floor of {load + sql:.1f} s (load {load:.1f}, SQL {sql:.1f}): "
        f"{quiet.seconds / (load + sql):.1f} x. dbt against its own SQL: {quiet_steps['build'] / sql:.1f} x. "
        f"Load in full against DuckDB alone on the same JSON ({bare:.1f} s): {steps['load'] / bare:.1f} x.\n"
    )


def figures(measured: Measured) -> list[str]:
    """One night's figures."""
    statement, steps = measured.result["statement"], measured.result["steps"]
    return [
        f"{statement['rows_loaded']:,}",
        str(statement["api_calls_clio"]),
        str(statement["api_calls_xero"]),
        f"{steps['load']:.1f}",
        f"{steps['build']:.1f}",
        f"{measured.seconds:.1f}",
        f"{measured.peak_bytes / 2**20:,.0f}",
        f"{Path(measured.result['warehouse']).stat().st_size / 2**20:.1f}",
    ]


def main(sizes: list[int]) -> None:
    """Measure each size, and what is found."""
    console = Console(width=120)
    for bills in sizes or SIZES:
        measure(bills, console)
    if not sizes:
        bench_precision.main()
        console.print(
            "Measured by targets of their own, for they take longer: 40,000 bills (`make bench-large`), a million "
            "lines (`make bench-million`), five weeks of nights (`make bench-growth`), lopsided books "
            "(`make bench-skew`), the desk (`make bench-desk`), fifty firms under `tieout serve` (`make soak`)."
        )


if __name__ == "__main__":
    main([int(word) for word in sys.argv[1:]])
