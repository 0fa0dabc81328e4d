"""kill -9 at any moment: last night's file is untouched, and the next run starts clean."""

import os
import signal
import subprocess
import sys
import time as clock
from pathlib import Path

import pytest

from sandbox.faults import Fault
from tests.flow.world import World

TIEOUT = [sys.executable, "-m", "flows"]


def start_night(world: World) -> "subprocess.Popen[bytes]":
    """The command, as a process group of its own."""
    return subprocess.Popen(
        [*TIEOUT, "run", world.firm.id, "--config", str(world.config)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def wait_for(found: "object", process: "subprocess.Popen[bytes]", seconds: float = 90) -> None:
    """Wait until `found()` is true, while the process lives."""
    assert callable(found)
    deadline = clock.monotonic() + seconds
    while not found():
        assert process.poll() is None, f"the night ended with {process.returncode} before the moment to kill it"
        assert clock.monotonic() < deadline, "the moment to kill it never came"
        clock.sleep(0.02)


def kill(process: "subprocess.Popen[bytes]") -> None:
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


def work_files(folder: Path) -> list[Path]:
    return list(folder.glob("work/*/warehouse.duckdb"))


MOMENTS = {
    "load": lambda world: any("line_items" in call.path for call in world.sandbox.calls),
    "build": lambda world: "OK created" in (world.firm.folder / "dbt" / "output.txt").read_text(),
}


@pytest.mark.parametrize("moment", MOMENTS)
def test_a_killed_night_leaves_last_nights_file_and_a_clean_start(world: World, moment: str) -> None:
    assert world.night().verdict == "exceptions"
    before = world.firm.warehouse.read_bytes()
    (world.firm.folder / "dbt" / "output.txt").write_text("")
    world.sandbox.forget_calls()
    if moment == "load":
        world.sandbox.faults.add(Fault("slow", system="clio", path="line_items", seconds=3))
    process = start_night(world)
    try:
        wait_for(lambda: MOMENTS[moment](world), process)
    finally:
        kill(process)
    assert world.firm.warehouse.read_bytes() == before
    world.sandbox.faults.clear()
    assert world.night().verdict == "exceptions"
    assert world.published("select count(*) from recon.run_statements") == [(2,)]
    assert work_files(world.firm.folder) == []


def test_a_second_night_of_the_same_firm_is_refused_while_one_runs(world: World) -> None:
    world.sandbox.faults.add(Fault("slow", system="clio", path="line_items", seconds=20))
    process = start_night(world)
    try:
        wait_for(lambda: any("line_items" in call.path for call in world.sandbox.calls), process)
        result = world.night()
        assert result.verdict == "incomplete"
        assert "another" in " ".join(result.reasons).lower() or "lock" in " ".join(result.reasons).lower()
    finally:
        kill(process)


def test_files_are_readable_by_their_owner_alone(world: World) -> None:
    world.night()
    for path in [world.firm.folder, *world.firm.folder.rglob("*")]:
        assert path.stat().st_mode & 0o077 == 0, path
