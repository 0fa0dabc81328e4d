"""A benchmark, not a test: how long each page of the desk takes for a firm of 40,000 bills and 2,000 items.

`make bench-desk` builds such a firm behind the sandbox (one bill in twenty has a fault), lets one night of it be
published, opens each page five times over HTTP, and prints the median: until the first bytes came, and until the last.
`python -m tests.bench.desk FOLDER` measures the first firm of the `tieout.toml` there, as it was published.
"""

import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import requests
from rich.console import Console
from rich.table import Table

from flows.desk.server import Server
from flows.night.builder import Builder
from flows.night.order import Order
from flows.night.steps import night_of
from flows.reading.report import read_rows
from pipelines.firm.settings import Firm, Settings, load_settings
from sandbox.firms import faulty as faulty_firm
from sandbox.serving.server import Sandbox

BILLS = 40_000
FIRM = "bench-firm"
TIMES = 5
LIMIT = 300  # milliseconds
# Some item of each kind: a draft with its lines, a payment, a bill and an invoice alone, client money, an account.
KINDS = {
    "stuck_in_draft_edited": "item, an edited draft",
    "paid_in_clio_open_in_xero": "item, a payment",
    "missing_in_xero": "item, a bill without an invoice",
    "xero_only": "item, an invoice without a bill",
    "client_ledger_negative": "item, a client below zero",
    "trust_entry_missing_in_xero": "item, a trust entry",
    "trust_clio_differs_from_xero": "item, a trust account",
}


def main(folder: Path | None, bills: int = BILLS) -> None:
    """Measure every page and print one table."""
    with tempfile.TemporaryDirectory() as name:
        settings = load_settings((folder or _published(Path(name), bills)) / "tieout.toml")
        firm = next(iter(settings.firms.values()))
        load = os.getloadavg()[0]
        table = Table(
            title=f"The desk, measured on {datetime.now(UTC):%Y-%m-%d}, {os.cpu_count()} cores, load {load:.1f}"
        )
        for heading in ("Page", "First byte ms", "Whole ms", "KiB", ""):
            table.add_column(heading, justify="left" if heading == "Page" else "right")
        with _signed_in(settings) as (session, address):
            for page, path in _pages(firm).items():
                first, whole, size = _measured(session, address + path)
                table.add_row(
                    page, f"{first:.0f}", f"{whole:.0f}", f"{size / 1024:,.0f}", "" if whole <= LIMIT else "slow"
                )
        Console(width=110).print(table)


def _published(folder: Path, bills: int) -> Path:
    """The folder of a firm of so many bills after one night."""
    with Sandbox({FIRM: faulty_firm.build(datetime.now(UTC), bills=bills)}) as sandbox:
        os.environ.update(sandbox.environment())
        (folder / "tieout.toml").write_text(sandbox.config_toml("data"))
        with Builder() as builder:
            result = night_of(Order(FIRM, str(folder / "tieout.toml")), lambda step, told: None, builder)
    if result.verdict != "exceptions":
        raise SystemExit(f"A night with exceptions was expected; it is {result}")
    return folder


@contextmanager
def _signed_in(settings: Settings) -> Iterator[tuple[requests.Session, str]]:
    server = Server(settings, 0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    session = requests.Session()
    try:
        while True:
            try:
                session.post(f"{server.address}/sign-in", data={"key": server.key_file.read_text().strip()}, timeout=60)
                break
            except requests.ConnectionError:
                time.sleep(0.1)
        yield session, server.address
    finally:
        server.stop()
        thread.join(10)


def _pages(firm: Firm) -> dict[str, str]:
    def first(sql: str) -> list[str]:
        return [str(value) for row in read_rows(firm.warehouse, sql, [firm.id])[:1] for value in row.values()]

    here = f"/firms/{firm.id}"
    pages = {
        "practice": "/",
        "firm": here,
        "worklist": f"{here}/worklist",
        "worklist, by age, every status": f"{here}/worklist?group=age&status=all",
        "worklist, one client": f"{here}/worklist?client=a",
    }
    for code, kind in KINDS.items():
        for found in first(
            f"select exception_id from recon.exceptions where firm_id = ? and code = '{code}' order by 1"
        ):
            pages[kind] = f"{here}/items/{found}"
            pages[f"{kind}: history"] = f"{here}/items/{found}/history"
    for step in ("clio_receivables", "missing_in_xero", "xero_receivables"):
        pages[f"step, {step}"] = f"{here}/steps/{step}"
    for name in ("bridge", "ageing", "difference", "small-open"):
        pages[f"picture, {name}"] = f"{here}/pictures/{name}"
    for found in first("select bill_key from recon.matched_bills where firm_id = ? and pairing = 'paired' order by 1"):
        pages["bill"] = f"{here}/bills/{found}"
    for found in first("select clio_bank_account_id from recon.trust_tie_out where firm_id = ? order by 1"):
        pages["trust account"] = f"{here}/trust/{found}"
    return pages | {"what changed": f"{here}/changes", "statements": f"{here}/statements"}


def _measured(session: requests.Session, url: str) -> tuple[float, float, int]:
    """Milliseconds until the first bytes and until the last, each the median; and how many bytes there were."""
    firsts, wholes, size = [], [], 0
    for _ in range(TIMES):
        started = time.perf_counter()
        with session.get(url, stream=True, timeout=120) as answer:
            if not answer.ok:
                raise SystemExit(f"{url}: {answer.status_code} {answer.text[:300]}")
            body = answer.iter_content(2**20)
            size = len(next(body))
            firsts.append(time.perf_counter() - started)
            size += sum(map(len, body))
            wholes.append(time.perf_counter() - started)
    return statistics.median(firsts) * 1000, statistics.median(wholes) * 1000, size


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
