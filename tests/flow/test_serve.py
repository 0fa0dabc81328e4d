"""Nights that begin by themselves: `tieout serve` on one machine, and a worker of a practice with many."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest
import requests
from prefect.client.orchestration import get_client
from prefect.states import Running

from flows.alerts import outbox
from flows.alerts.outbox import Kind, Note
from flows.night import journal
from flows.night.verdict import NightResult
from flows.service.prefect_server import LocalServer
from flows.service.scheduled import close_dead_runs, scheduled_night
from pipelines.firm.settings import load_settings
from sandbox.serving.server import Sandbox
from sandbox.shared.faults import Fault
from tests.flow.world import FIRM, OTHER, World, small_firm
from tests.support.little_server import Answer, LittleServer

pytestmark = [pytest.mark.timeout(600), pytest.mark.alone]
PREFECT = [sys.executable, "-m", "prefect", "--no-prompt"]
ROOT = Path(__file__).resolve().parents[2]


def wait_until(happened: Callable[[], bool], process: subprocess.Popen[bytes], seconds: float = 240) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert process.poll() is None, f"it ended with {process.returncode} too early"
        assert time.monotonic() < deadline, "it never happened"
        time.sleep(0.2)


@contextmanager
def running(
    words: list[str], environment: dict[str, str], printed: Path = Path(os.devnull)
) -> Iterator[subprocess.Popen[bytes]]:
    """A command that goes on until it is ended, politely first."""
    with printed.open("wb") as output:
        process = subprocess.Popen(
            words, env=environment, cwd=ROOT, stdout=output, stderr=subprocess.DEVNULL, start_new_session=True
        )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def environment(**more: str) -> dict[str, str]:
    """The test's own environment without the session's Prefect."""
    return {**{name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}, **more}


def attempts_of(world: World, firm_id: str) -> list[journal.Attempt]:
    return journal.attempts(load_settings(world.config).firm(firm_id))


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A firm that never had a night."""
    with Sandbox({FIRM: small_firm(FIRM)}) as sandbox:
        yield World.around(sandbox, tmp_path, monkeypatch)


@dataclass
class Pages:
    """Prefect's server as `tieout serve` says where it is and who is let in."""

    url: str
    key: tuple[str, str]

    @classmethod
    def said_by(cls, printed: Path, world: World) -> "Pages":
        [url] = re.findall(r"http://127\.0\.0\.1:\d+", printed.read_text())
        user, _, password = (world.config.parent / "data" / "prefect" / "pages.key").read_text().partition(":")
        return cls(url, (user, password))

    def ask(self, path: str, body: dict[str, Any]) -> Any:
        reply = requests.post(f"{self.url}/api/{path}", json=body, auth=self.key, timeout=10)
        assert reply.ok, reply.text
        return reply.json()

    def further_tries(self) -> list[dict[str, Any]]:
        runs = self.ask("flow_runs/filter", {"flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}}})
        return [run for run in runs if run["parameters"].get("failed_tries")]

    def start_now(self, run: dict[str, Any]) -> None:
        now = datetime.now(UTC).isoformat()
        state = {"type": "SCHEDULED", "name": "Scheduled", "state_details": {"scheduled_time": now}}
        self.ask(f"flow_runs/{run['id']}/set_state", {"state": state, "force": True})


def test_a_missed_night_is_caught_up_tried_again_and_told_once(world: World, tmp_path: Path) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=3)
    journal.record(world.firm, NightResult(FIRM, "before", "reconciled"), long_ago)
    text = world.config.read_text().replace(f"[firms.{FIRM}]", f'[firms.{FIRM}]\nalerts = ["practice"]', 1)
    world.config.write_text(text)
    world.sandbox.faults.add(Fault("429_day", system="xero", path="Invoices"))
    with LittleServer(lambda asked: Answer({})) as channel:
        address = channel.url.replace("http://", "json://")
        command = [sys.executable, "-m", "flows", "serve", "--config", str(world.config)]
        printed = tmp_path / "serve.txt"
        with running(command, environment(ALERTS__PRACTICE__URL=address), printed) as serving:
            wait_until(lambda: len(attempts_of(world, FIRM)) > 1, serving)
            pages = Pages.said_by(printed, world)
            wait_until(lambda: len(pages.further_tries()) > 0, serving)
            [run] = pages.further_tries()
            due = datetime.fromisoformat(run["expected_start_time"]) - attempts_of(world, FIRM)[-1].ended_at
            assert timedelta(minutes=5) <= due < timedelta(minutes=6)
            assert channel.asked == []
            pages.start_now(run)
            wait_until(lambda: len(channel.asked) > 0, serving)
            unknown = requests.post(f"{pages.url}/api/artifacts/filter", json={}, timeout=10)
            assert unknown.status_code == 401
            second = subprocess.run(command, env=environment(), cwd=ROOT, capture_output=True, text=True, check=False)
            assert (second.returncode, "served already" in " ".join(second.stderr.split())) == (2, True)
        assert serving.returncode == 0
        told = json.loads(channel.asked[0].body)
    assert told["title"] == f"{FIRM}: first night; 1 open"
    assert "- high: missing_in_xero 2006, 700.00" in told["message"]
    assert [attempt.verdict for attempt in attempts_of(world, FIRM)] == ["reconciled", "incomplete", "exceptions"]
    assert attempts_of(world, OTHER) == []  # it never had a night, so it missed none
    assert world.open_codes() == [("missing_in_xero", "clio:1006")]


def test_a_first_night_that_was_cut_short_is_caught_up_by_the_next_start(
    desk: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = [sys.executable, "-m", "flows", "serve", "--config", str(desk.config)]
    hurry = desk.config.read_text().replace(f"[firms.{FIRM}]", f'[firms.{FIRM}]\nschedule = "* * * * *"', 1)
    desk.config.write_text(hurry)
    with running(command, environment()) as serving:
        wait_until(lambda: any(desk.firm.folder.glob("work/*/warehouse.duckdb")), serving)
        os.killpg(serving.pid, signal.SIGKILL)
    desk.config.write_text(hurry.replace("* * * * *", "0 0 29 2 *"))
    assert attempts_of(desk, FIRM) == []
    with running(command, environment()) as serving:
        wait_until(lambda: len(attempts_of(desk, FIRM)) > 0, serving)
    assert [attempt.verdict for attempt in attempts_of(desk, FIRM)] == ["exceptions"]


def test_what_a_killed_machine_left_running_is_closed_and_only_that(world: World) -> None:
    settings = load_settings(world.config)
    with get_client(sync_client=True) as client:
        left = [
            client.create_flow_run(scheduled_night, parameters={"firm_id": firm_id, "config": ""}, state=Running())
            for firm_id in (FIRM, "firm-of-another-machine")
        ]
        before, after = (datetime.now(UTC) + timedelta(hours=hours) for hours in (-1, 1))
        assert close_dead_runs(client, settings, before) == {}  # it may still run
        assert close_dead_runs(client, settings, after) == {FIRM: {"firm_id": FIRM, "config": ""}}
        states = [client.read_flow_run(run.id).state_name for run in left]
    assert states == ["Crashed", "Running"]


def test_a_worker_runs_the_nights_and_the_watch_of_prefect_yaml(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "WAITS", (0.0,))
    outbox.post(load_settings(world.config).firm(OTHER), ("practice",), Note(name="n", title="t", body="b"), Kind.INFO)
    text = (ROOT / "prefect.yaml").read_text().replace("30 3 * * *", "* * * * *").replace(FIRM, OTHER)
    (tmp_path / "prefect.yaml").write_text(text.replace("interval: 600", "interval: 30"))
    home = tmp_path / "prefect"
    home.mkdir(mode=0o700)
    settings = {"TIEOUT_CONFIG": str(world.config), "PREFECT_HOME": str(home)}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PREFECT_HOME", str(home))
        patch.delenv("PREFECT_API_DATABASE_CONNECTION_URL", raising=False)
        server = LocalServer()
    try:
        server.wait_until_healthy()
        with LittleServer(lambda asked: Answer({})) as channel:
            address = channel.url.replace("http://", "json://")
            asked = environment(**settings, **server.environment, ALERTS__PRACTICE__URL=address)
            deploy = ["deploy", "--all", "--prefect-file", str(tmp_path / "prefect.yaml")]
            for words in (["work-pool", "create", "tieout", "--type", "process"], deploy):
                done = subprocess.run(
                    [*PREFECT, *words], env=asked, cwd=ROOT, capture_output=True, text=True, check=False
                )
                assert done.returncode == 0, done.stdout + done.stderr
            with running([*PREFECT, "worker", "start", "--pool", "tieout"], asked) as worker:
                wait_until(lambda: len(attempts_of(world, OTHER)) > 0, worker)
                wait_until(lambda: len(channel.asked) > 0, worker)
    finally:
        server.stop()
    assert attempts_of(world, OTHER)[0].verdict == "exceptions"
    assert [json.loads(one.body)["title"] for one in channel.asked] == ["t"]


def test_it_ends_within_ten_seconds_in_the_middle_of_a_night_and_says_nothing_odd(desk: World, tmp_path: Path) -> None:
    journal.record(desk.firm, NightResult(FIRM, "before", "reconciled"), datetime.now(UTC) - timedelta(days=3))
    said = tmp_path / "said.txt"
    with said.open("wb") as errors:
        command = [sys.executable, "-m", "flows", "serve", "--config", str(desk.config)]
        serving = subprocess.Popen(command, env=environment(), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=errors)
        wait_until(lambda: any(desk.firm.folder.glob("work/*/warehouse.duckdb")), serving)
        family = psutil.Process(serving.pid).children(recursive=True)
        serving.send_signal(signal.SIGTERM)
        assert serving.wait(10) == 0
    assert psutil.wait_procs(family, timeout=5)[1] == []
    assert said.read_text() == ""


def test_it_does_not_start_where_prefect_would_find_another_flows(world: World, tmp_path: Path) -> None:
    """Its nights would run what stands there, or not at all, and nobody would see why."""
    (tmp_path / "flows").mkdir()
    (tmp_path / "flows" / "__init__.py").touch()
    command = [sys.executable, "-P", "-m", "flows", "serve", "--config", str(world.config)]
    done = subprocess.run(command, env=environment(), cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert f"{tmp_path} holds something else that is called flows" in " ".join(done.stderr.split())
