"""kill -9 at any moment: last night's file is untouched, and the next run starts clean."""

import os
import signal
import subprocess
import sys
import time as clock
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.shared.faults import Fault
from tests.flow.world import FIRM, World

Night = subprocess.Popen[bytes]


def start_night(world: World) -> Night:
    """The command, as people start it."""
    return subprocess.Popen(
        [sys.executable, "-m", "flows", "run", FIRM, "--config", str(world.config)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def wait_for(moment: Callable[[], bool], night: Night, seconds: float = 120) -> None:
    """Wait for a moment while the night lives."""
    deadline = clock.monotonic() + seconds
    while not moment():
        assert night.poll() is None, f"the night ended with {night.returncode} before the moment to kill it"
        assert clock.monotonic() < deadline, "the moment to kill it never came"
        clock.sleep(0.02)


def kill(night: Night) -> None:
    os.kill(night.pid, signal.SIGKILL)
    night.wait()


def asks_for_lines(world: World) -> bool:
    return any("line_items" in call.path for call in world.sandbox.calls)


def builds(world: World) -> bool:
    return "OK created" in (world.firm.folder / "dbt" / "build.txt").read_text()


def published_at(world: World) -> bytes:
    return world.firm.warehouse.read_bytes()


@pytest.fixture(scope="module")
def after_a_good_night(world: World) -> World:
    assert world.night().verdict == "exceptions"
    return world


def test_killed_while_it_loads_and_no_second_night_beside_it(after_a_good_night: World, calm: World) -> None:
    before = published_at(calm)
    calm.sandbox.forget_calls()
    calm.sandbox.faults.add(Fault("slow", system="clio", path="line_items", seconds=30))
    night = start_night(calm)
    try:
        wait_for(lambda: asks_for_lines(calm), night)
        beside = calm.night()
        assert beside.verdict == "incomplete"
        assert "another night" in " ".join(beside.reasons)
    finally:
        kill(night)
    assert published_at(calm) == before


def test_killed_while_it_builds_and_the_next_night_is_clean(after_a_good_night: World, calm: World) -> None:
    before = published_at(calm)
    (calm.firm.folder / "dbt" / "build.txt").write_text("")
    night = start_night(calm)
    try:
        wait_for(lambda: builds(calm), night)
    finally:
        kill(night)
    assert published_at(calm) == before
    assert list(calm.firm.folder.glob("work/*/warehouse.duckdb"))
    assert calm.night().verdict == "exceptions"
    assert calm.published("select count(*) from recon.run_statements") == [(2,)]
    assert list(calm.firm.folder.glob("work/*")) == []


KILLED_AT_THE_RENAME = """
import os, signal, sys
from pathlib import Path
from pipelines.firm.settings import load_settings
from pipelines.night.warehouse import open_night
import duckdb

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

if sys.argv[2] == "before":
    Path.replace = die
else:
    import pipelines.night.warehouse
    pipelines.night.warehouse.sync_folder = die
with open_night(load_settings(Path(sys.argv[1])).firm("harbor-law")) as night:
    with duckdb.connect(str(night.work_file)) as connection:
        connection.execute("insert into evidence.nights (firm_id, run_id, started_at) values (?, ?, ?)",
                           ["harbor-law", night.run_id, night.started_at])
    night.publish()
"""


@pytest.mark.parametrize(("moment", "nights"), [("before", 2), ("after", 3)])
def test_killed_while_it_publishes_people_see_the_old_file_or_the_new_one(
    after_a_good_night: World, tmp_path: Path, moment: str, nights: int
) -> None:
    script = tmp_path / "killed.py"
    script.write_text(KILLED_AT_THE_RENAME)
    ended = subprocess.run([sys.executable, str(script), str(after_a_good_night.config), moment], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert after_a_good_night.published("select count(*) from evidence.nights") == [(nights,)]
