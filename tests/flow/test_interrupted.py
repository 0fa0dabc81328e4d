"""A command that is ended, at any moment and in any way, ends at once and leaves no process and no half-made file."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from flows.night import journal
from flows.night.order import Order
from flows.night.process import NightProcess
from pipelines.firm.settings import load_settings
from pipelines.night.warehouse import open_night
from sandbox.shared.faults import Fault
from tests.flow.test_serve import environment
from tests.flow.world import FIRM, OTHER, World
from tests.support.night_children import night_children

TIEOUT = [sys.executable, "-m", "flows"]
SOON = 3.0  # seconds

pytestmark = pytest.mark.alone


@pytest.fixture(autouse=True)
def ctrl_c_is_heard() -> Iterator[None]:
    """A suite that was started in the background ignores Ctrl-C, and so would whatever it starts."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def moment_in(world: World, firm: str, name: str) -> Callable[[], bool]:
    """Whether a night of the firm is at that point."""
    folder = world.config.parent / "data" / firm
    there = {
        "starting": lambda: True,
        "loading": lambda: any(folder.glob("work/*")),
        "building": lambda: any(folder.glob("work/*")) and (folder / "dbt" / "build.txt").exists(),
    }
    return there[name]


def wait_for(moment: Callable[[], bool], process: subprocess.Popen[bytes], seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not moment():
        assert process.poll() is None, f"it ended with {process.returncode} before the moment came"
        assert time.monotonic() < deadline, "the moment never came"
        time.sleep(0.02)


def started(*words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen([*TIEOUT, *words], env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def is_over(processes: list[psutil.Process], seconds: float) -> bool:
    _, alive = psutil.wait_procs(processes, timeout=seconds)
    return not [one for one in alive if one.status() != psutil.STATUS_ZOMBIE]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("name", ["starting", "loading", "building"])
def test_a_run_that_is_ended_ends_at_once_with_all_it_started(world: World, name: str, number: signal.Signals) -> None:
    with suppress(FileNotFoundError):
        (world.config.parent / "data" / OTHER / "dbt" / "build.txt").unlink()
    process = started("run", OTHER, "--config", str(world.config))
    if name == "starting":
        time.sleep(0.8)
    wait_for(moment_in(world, OTHER, name), process)
    family = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(number)
    began = time.monotonic()
    try:
        _, said = process.communicate(timeout=SOON + 5)
    finally:
        process.kill()  # or it would hold the firm in the tests that follow
    assert time.monotonic() - began < SOON
    assert is_over(family, 1.0)
    # On a busy machine Python itself may still be starting, before any of ours ran: it ends by the signal, or with 1.
    ended_by_python = (-number, 1) if name == "starting" and b"Interrupted." not in said else ()
    assert process.returncode in (128 + number, *ended_by_python)
    assert b"Traceback" not in said or process.returncode in ended_by_python
    assert not list((world.config.parent / "data" / OTHER).glob("work/*"))


def test_a_parent_that_is_killed_takes_its_night_along(world: World) -> None:
    process = started("run", OTHER, "--config", str(world.config))
    wait_for(moment_in(world, OTHER, "loading"), process)
    family = psutil.Process(process.pid).children(recursive=True)
    assert family
    process.kill()
    process.communicate()
    assert is_over(family, SOON)


def test_a_night_that_takes_too_long_is_ended_with_its_lock(calm: World) -> None:
    calm.sandbox.faults.add(Fault("slow", system="clio", path="bills", times=None, seconds=30.0))
    with NightProcess(limit_seconds=4.0) as night:
        night.begin(Order(FIRM, str(calm.config)))
        result = night.finish()
    assert (result.verdict, result.can_try_again) == ("incomplete", True)
    assert "expected to end within" in result.reasons[0]
    with open_night(calm.firm):  # the lock is free
        pass


def test_a_night_that_is_killed_by_the_machine_is_incomplete_and_says_how(calm: World) -> None:
    with NightProcess() as night:
        night.begin(Order(FIRM, str(calm.config)))
        night.until("start")
        [child] = night_children()
        child.kill()
        result = night.finish()
    assert result.verdict == "incomplete"
    assert "signal 9" in result.reasons[0]


def test_an_interrupted_night_stands_in_the_journal(world: World) -> None:
    process = started("run", OTHER, "--config", str(world.config))
    wait_for(moment_in(world, OTHER, "loading"), process)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=10)
    last = journal.attempts(load_settings(world.config).firm(OTHER))[-1]
    assert (last.verdict, last.reasons) == ("incomplete", ("The night was interrupted; nothing was published.",))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_sandbox_ends_with_its_command(tmp_path: Path, number: signal.Signals) -> None:
    printed = tmp_path / "sandbox.txt"
    with printed.open("wb") as output:
        process = subprocess.Popen(
            [*TIEOUT, "sandbox", "--firm", "clean"], env=environment(), stdout=output, stderr=subprocess.STDOUT
        )
        wait_for(lambda: "Interrupt (Ctrl-C)" in printed.read_text(), process)
        family = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(number)
        process.wait(5)
    assert is_over(family, 1.0)
    said = printed.read_text()
    printed.unlink()  # it holds the secrets of an invented firm
    assert "Traceback" not in said


def test_a_reader_that_has_seen_enough_is_no_trouble(world: World) -> None:
    read, write = os.pipe()
    os.close(read)
    process = subprocess.Popen([*TIEOUT, "--help"], env=environment(), stdout=write, stderr=subprocess.PIPE)
    os.close(write)
    _, said = process.communicate(timeout=30)
    assert b"Traceback" not in said and b"Error" not in said
