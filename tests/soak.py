"""A soak, not a test of the suite: `make soak` runs three nights of many firms and asserts every one of them.

Of N small firms behind one sandbox the last three are in trouble: one whose Clio fails, one that is told to slow down,
one whose token was revoked. Between the nights faults are planted in a third of the others and mended in another third.
Each night every firm that can be judged must have exactly its own findings, and the firms in trouble stop no other.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb

from sandbox.engine import Firm
from sandbox.engine import time as hours
from sandbox.faults import Fault
from sandbox.server import Sandbox
from tests.flow.world import small_firm

FIRMS = 50
NIGHTS = 3
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


def run_night(config: Path, environment: dict[str, str]) -> tuple[list[dict[str, object]], float, int]:
    """All firms through the command; the results, the seconds, the peak of memory."""
    started = time.monotonic()
    command = [sys.executable, "-m", "flows", "run", "--config", str(config), "--format", "json"]
    process = subprocess.Popen(command, env={**os.environ, **environment}, stdout=subprocess.PIPE)
    peak = Peak(process.pid)
    assert process.stdout is not None
    results = json.loads(process.stdout.read())
    assert process.wait() == 3  # the firms in trouble are incomplete
    return results, time.monotonic() - started, peak.most


def open_findings(warehouse: str) -> list[tuple[str, str]]:
    with duckdb.connect(warehouse, read_only=True) as connection:
        return connection.execute(
            "select code, clio_bill_number from recon.exceptions where status = 'open' order by all"
        ).fetchall()


def verify(office: Office, result: dict[str, object]) -> None:
    """Exactly the firm's own findings, and nobody else's."""
    assert result["warehouse"], (office.key, result["reasons"])
    found = open_findings(str(result["warehouse"]))
    assert found == sorted(("missing_in_xero", number) for number in office.missing), (office.key, found)


def main(count: int) -> None:
    """Run the nights, assert them, print what they cost."""
    everyone = offices(count)
    failing, limited, revoked = everyone[-3:]
    print(f"{count} firms, measured on {date.today()}, {os.cpu_count()} cores", flush=True)
    with tempfile.TemporaryDirectory() as name, Sandbox({one.key: one.firm for one in everyone}) as sandbox:
        folder = Path(name)
        config = folder / "tieout.toml"
        config.write_text(sandbox.config_toml("data"))
        environment = sandbox.environment()
        head = f"FIRMS__{revoked.key.upper().replace('-', '_')}__CLIO__"
        environment[f"{head}REFRESH_TOKEN"] = "revoked"
        sandbox.faults.add(Fault("500", system="clio", path="bills.json", firm=failing.key, times=None))
        for night in range(1, NIGHTS + 1):
            sandbox.faults.add(Fault("429", system="xero", firm=limited.key, times=5, retry_after=2))
            for number, one in enumerate(everyone):
                one.before_night(night, number % 3)
            sandbox.forget_calls()
            results, seconds, peak = run_night(config, environment)
            by_firm = {str(result["firm_id"]): result for result in results}
            assert [result["firm_id"] for result in results] == [one.key for one in everyone]
            incomplete = {key for key, result in by_firm.items() if result["verdict"] == "incomplete"}
            assert incomplete == {failing.key, revoked.key}, incomplete
            for one in everyone:
                if one.key not in incomplete:
                    verify(one, by_firm[one.key])
            calls = Counter(call.system for call in sandbox.calls)
            disk = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
            print(
                f"night {night}: {seconds / 60:.1f} min, {count - len(incomplete)} right, {len(incomplete)} "
                f"incomplete, {calls['clio']:,} Clio calls, {calls['xero']:,} Xero calls, "
                f"peak {peak / 2**20:,.0f} MiB, disk {disk / 2**20:,.0f} MiB",
                flush=True,
            )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else FIRMS)
