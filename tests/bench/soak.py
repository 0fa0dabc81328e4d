"""A soak, not a test of the suite: `make soak` runs three nights of many firms and asserts every one of them.

`tieout serve` runs each night at its time, for N small firms behind one sandbox that keeps the limits of both systems.
The last three are in trouble: one whose Clio fails, one that is told to slow down, one whose token was revoked.
Between the nights faults are planted in a third of the others and mended in another third. Each night every firm that
can be judged must have exactly its own findings, its people must hear what changed and nothing else, and the firms in
trouble stop no other. `tieout serve` is ended and begun again for each night, as on a machine that restarts.
"""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb

from flows.night import journal
from pipelines.firm.settings import load_settings
from sandbox.engine import Firm
from sandbox.engine import time as hours
from sandbox.serving.server import Sandbox
from sandbox.shared.faults import Fault
from sandbox.shared.limits import Limits
from tests.flow.world import small_firm
from tests.support.little_server import Answer, LittleServer
from tests.support.no_secrets import secrets_in

FIRMS = 50
NIGHTS = 3
ZONE = "America/New_York"
UNTIL_DUE = timedelta(minutes=2)  # for `serve` to make its deployments
A_NIGHT_MAY_TAKE = 3600.0
PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass
class Office:
    """One firm, and the bills that must be found missing in Xero."""

    key: str
    firm: Firm
    missing: set[str]
    planted: dict[str, Any] = field(default_factory=dict)

    def before_night(self, night: int, group: int) -> None:
        """Group 0 gets a new fault for the second night and is mended for the third; group 1 is mended for good."""
        self.firm.at(datetime.now(UTC))
        bills = self.firm.clio.tables["bills"]
        if night == 2 and group == 0:
            client = next(iter(self.firm.clio.tables["contacts"].values()))
            planted = self.firm.bill(client, [hours("Late advice", "1.00")], issued=self.firm.today, in_xero=False)
            self.planted = planted
            self.missing.add(planted["number"])
        if night == 3 and group == 0:
            self.firm.push(self.planted)
            self.missing.discard(self.planted["number"])
        if night == 2 and group == 1:
            [lost] = [bill for bill in bills.values() if bill["number"] in self.missing]
            self.firm.push(lost)
            self.missing.clear()


def offices(count: int) -> list[Office]:
    """Firms with the same numbers and ids, each with one bill that never arrived."""
    found = []
    for number in range(count):
        key = f"firm-{number:02}"
        firm = small_firm(key)
        firm.settings["grace_hours"] = 0
        numbers = {str(invoice["InvoiceNumber"]) for invoice in firm.xero.tables["Invoices"].values()}
        bills = [bill for bill in firm.clio.tables["bills"].values() if bill["state"] == "awaiting_payment"]
        found.append(Office(key, firm, {bill["number"] for bill in bills if bill["number"] not in numbers}))
    return found


class Peak:
    """The most memory that a process and all its children held together, sampled."""

    def __init__(self, pid: int) -> None:
        self.most = 0
        self._pid = pid
        self._thread = threading.Thread(target=self._sample, daemon=True)
        self._thread.start()

    def _sample(self) -> None:
        while Path(f"/proc/{self._pid}").exists():
            self.most = max(self.most, sum(map(_resident, _tree(self._pid))))
            time.sleep(0.5)


def _tree(root: int) -> list[int]:
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
    found = [root]
    for pid in found:
        found += [child for child, parent in parents.items() if parent == pid]
    return found


def _resident(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
    except OSError:
        return 0


class Channels:
    """What the firms' channel and the operator's took, by night."""

    def __init__(self, server: LittleServer) -> None:
        self.server = server

    @property
    def environment(self) -> dict[str, str]:
        address = self.server.url.replace("http://", "json://")
        return {"ALERTS__PRACTICE__URL": f"{address}/practice", "ALERTS__OPS__URL": f"{address}/ops"}

    def titles(self, channel: str) -> list[str]:
        return sorted(json.loads(one.body)["title"] for one in self.server.asked if one.path == f"/{channel}")

    def forget(self) -> None:
        self.server.asked.clear()


@contextmanager
def serving(config: Path, environment: dict[str, str]) -> Iterator[Peak]:
    """`tieout serve`, ended politely when the block ends."""
    command = [sys.executable, "-m", "flows", "serve", "--config", str(config)]
    process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL)
    try:
        yield Peak(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(120) == 0


def wait_until(happened: Callable[[], bool], seconds: float) -> None:
    """Until then; what did not happen in time is found by the assertions after it."""
    deadline = time.monotonic() + seconds
    while not happened() and time.monotonic() < deadline:
        time.sleep(1)


def schedule_at(config: Path, due: datetime) -> None:
    """Every firm's night at this moment by its own clock."""
    wall = due.astimezone(ZoneInfo(ZONE))
    text = re.sub(
        r"^schedule = .*$", f'schedule = "{wall.minute} {wall.hour} * * *"', config.read_text(), flags=re.MULTILINE
    )
    config.write_text(text)


def configured(sandbox: Sandbox) -> str:
    """A configuration in which every firm has its channel, and the operator one."""
    text = sandbox.config_toml("data").replace('"data"', '"data"\n[alerts]\noperator = ["ops"]', 1)
    block = '\\g<0>\nschedule = "0 0 * * *"\nalerts = ["practice"]'
    return re.sub(r"^\[firms\.[a-z0-9-]+\]$", block, text, flags=re.MULTILINE)


def open_findings(warehouse: Path) -> list[tuple[str, str]]:
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        return connection.execute(
            "select code, clio_bill_number from recon.exceptions where status = 'open' order by all"
        ).fetchall()


@dataclass
class Soak:
    """Everything that lasts over the nights."""

    everyone: list[Office]
    sandbox: Sandbox
    channels: Channels
    config: Path

    def __post_init__(self) -> None:
        self.failing, self.limited, self.revoked = self.everyone[-3:]
        self.good = [one for one in self.everyone if one not in (self.failing, self.revoked)]
        self.environment = {**self.sandbox.environment(), **self.channels.environment}
        self.environment[f"FIRMS__{self.revoked.key.upper().replace('-', '_')}__CLIO__REFRESH_TOKEN"] = "revoked"
        self.sandbox.faults.add(Fault("500", system="clio", path="bills.json", firm=self.failing.key, times=None))

    def news(self, night: int) -> list[str]:
        """Titles of the messages to the firms' people: what changed, once; a sign of life on the first night."""
        by_group = {2: {0: "1 new; 2 open", 1: "1 fixed; 0 open"}, 3: {0: "1 fixed; 1 open"}}
        told = [f"{self.revoked.firm.name}: Tieout is alive, but no night was good"] if night == 1 else []
        for number, one in enumerate(self.everyone):
            if one not in self.good:
                continue
            if night == 1:
                told += [f"{one.firm.name}: first night; 1 open", f"{one.firm.name}: Tieout is alive"]
            elif changed := by_group[night].get(number % 3):
                told.append(f"{one.firm.name}: {changed}")
        return sorted(told)

    def first_tries(self, due: datetime) -> dict[str, journal.Attempt]:
        """The first try of the night that was due then, by firm."""
        found = {}
        for key, firm in load_settings(self.config).firms.items():
            of_tonight = [one for one in journal.attempts(firm) if one.started_at > due - timedelta(minutes=1)]
            if of_tonight:
                found[key] = of_tonight[0]
        return found

    def night(self, night: int) -> None:
        """One night: change the books, let it run, assert it, print what it cost."""
        for number, one in enumerate(self.everyone):
            one.before_night(night, number % 3)
        slowed = self.sandbox.faults.add(Fault("429", system="xero", firm=self.limited.key, times=5, retry_after=2))
        self.sandbox.forget_calls()
        self.channels.forget()
        due = (datetime.now(UTC) + UNTIL_DUE).replace(second=0, microsecond=0)
        schedule_at(self.config, due)
        news = self.news(night)
        with serving(self.config, self.environment) as peak:
            wait_until(lambda: len(self.first_tries(due)) == len(self.everyone), A_NIGHT_MAY_TAKE)
            wait_until(lambda: len(self.channels.titles("practice")) >= len(news), 60)
        tries = self.first_tries(due)
        self.verify(tries, news)
        refused = [call.firm for call in self.sandbox.calls if call.status == 429]
        assert refused == [self.limited.key] * slowed.struck == [self.limited.key] * 5, Counter(refused)
        print(
            f"night {night}: {self.cost(due, tries)}; {len(news)} messages, peak {peak.most / 2**20:,.0f} MiB",
            flush=True,
        )

    def verify(self, tries: dict[str, journal.Attempt], news: list[str]) -> None:
        """Each firm has exactly its own findings, its people heard what changed, and nothing secret was left behind."""
        incomplete = {key for key, one in tries.items() if one.verdict == "incomplete"}
        assert incomplete == {self.failing.key, self.revoked.key}, incomplete
        settings = load_settings(self.config)
        for one in self.good:
            found = open_findings(settings.firm(one.key).warehouse)
            assert found == sorted(("missing_in_xero", number) for number in one.missing), (one.key, found)
        told = self.channels.titles("practice")
        assert told == news, Counter(told) - Counter(news) | Counter(news) - Counter(told)
        assert f"Tieout, {self.revoked.key}: the night is incomplete" in self.channels.titles("ops")
        assert secrets_in(self.config.parent) == []

    def cost(self, due: datetime, tries: dict[str, journal.Attempt]) -> str:
        """Times and calls of a night in words."""
        lasted = (max(one.ended_at for one in tries.values()) - due).total_seconds() / 60
        seconds = sorted(one.seconds for one in tries.values())
        calls = Counter((call.system, call.firm) for call in self.sandbox.calls if call.firm != self.failing.key)
        disk = sum(path.stat().st_size for path in self.config.parent.rglob("*") if path.is_file())
        words = [f"{lasted:.1f} min until the last firm's end, {seconds[len(seconds) // 2]:.0f} s a firm (median)"]
        for system in ("clio", "xero"):
            of_system = [number for (name, _), number in calls.items() if name == system]
            words.append(f"{sum(of_system):,} calls to {system}, at most {max(of_system)} a firm")
        return ", ".join([*words, f"disk {disk / 2**20:,.0f} MiB"])


def main(count: int) -> None:
    """Run the nights of so many firms."""
    everyone = offices(count)
    print(f"{count} firms, measured on {date.today()}, {os.cpu_count()} cores", flush=True)
    firms = {one.key: one.firm for one in everyone}
    with (
        tempfile.TemporaryDirectory() as folder,
        Sandbox(firms, limits=Limits()) as sandbox,
        LittleServer(lambda asked: Answer({})) as server,
    ):
        config = Path(folder) / "tieout.toml"
        config.write_text(configured(sandbox))
        soak = Soak(everyone, sandbox, Channels(server), config)
        for night in range(1, NIGHTS + 1):
            soak.night(night)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else FIRMS)
