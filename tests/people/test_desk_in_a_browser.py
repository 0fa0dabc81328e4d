"""A bookkeeper at the desk, in a real Chromium: from the practice to a stuck draft, its lines, an acceptance, the next
night, its withdrawal; and each page as axe-core sees it, in the light and in the dark, narrow and wide."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

import pytest

from flows.desk.server import Server
from flows.reading.report import read_rows
from tests.support.browser import CHROMIUM, DRIVER, Browser, browser
from tests.support.desk_world import FIRM, OTHER, Practice, practice

pytestmark = [
    pytest.mark.timeout(900),
    pytest.mark.skipif(not (DRIVER and CHROMIUM), reason="needs chromium and chromedriver"),
]
AXE = files("axe_core_python").joinpath("axe.min.js").read_text(encoding="utf-8")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
LOOKS = [(1280, False), (1280, True), (390, False), (1920, False)]


@dataclass
class Desk:
    """The firms, the desk that serves them, and a browser that signed in."""

    firms: Practice
    url: str
    window: Browser

    def open(self, path: str) -> None:
        self.window.open(f"{self.url}{path}")

    def press(self, text: str) -> None:
        """Follow the link of that text."""
        found = self.window.run(
            "const a = [...document.querySelectorAll('a')].find(a => a.innerText.trim() === arguments[0]);"
            "if (a) a.dataset.wanted = 'yes'; return !!a",
            text,
        )
        assert found, (text, self.window.text)
        self.window.click("[data-wanted]")


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with practice(tmp_path_factory.mktemp("walk")) as firms:
        server = Server(firms.settings, 0)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        try:
            with browser() as window:
                yield Desk(firms, server.address, window)
        finally:
            server.stop()
            thread.join(10)


def sign_in(desk: Desk) -> None:
    desk.open("/")
    if "Sign in" in desk.window.text:
        desk.window.write("#key", next(desk.firms.settings.data_dir.glob("desk.key")).read_text().strip())
        desk.window.click("#sign-in")
    assert "All firms" in desk.window.text


def test_from_the_practice_to_an_acceptance_and_back(desk: Desk) -> None:
    window = desk.window
    desk.open(f"/firms/{FIRM}/worklist")
    assert "Sign in" in window.text and "Brook" not in window.text
    sign_in(desk)
    name = desk.firms.firm.name
    desk.press(name)
    assert "From Clio to Xero" in window.text
    window.click(".over a[href$='/steps/missing_in_xero']")  # a bar of the waterfall
    assert window.address.endswith(f"/firms/{FIRM}/steps/missing_in_xero") and "Brook" in window.text
    desk.press("Worklist")
    window.write("body", "j")
    assert window.run("return document.activeElement.closest('.item') !== null")  # keys step through it
    desk.press("Stuck in draft, to be edited first")
    assert "amount differs" in window.text and "3 × 350.00" in window.text
    item = window.address.removeprefix(desk.url)

    window.write("input[name=reason]", "the client agreed")
    window.run("document.querySelector('input[name=until]').value = '2099-12-31'")
    window.write("input[name=by]", "A. Keeper")
    window.click("#accept")
    assert "Accepted until 2099-12-31. It counts from the next night." in window.text
    desk.firms.night()
    desk.open(item)
    assert "accepted" in window.text and "counts from the next night" not in window.text.split("Each decision")[1][40:]
    desk.open(f"/firms/{FIRM}/changes")
    assert "status was open, is accepted" in window.text
    desk.open(f"{item}/history")
    assert "changed: status was open, is accepted" in window.text
    desk.open(f"/firms/{FIRM}/worklist?status=accepted")
    desk.press("Stuck in draft, to be edited first")
    window.click("#take-back")
    assert "The acceptance is taken back. It counts from the next night." in window.text


def test_no_page_has_a_fault_that_axe_core_can_see(desk: Desk) -> None:
    sign_in(desk)
    trust = read_rows(desk.firms.firm.warehouse, "select * from recon.trust_tie_out where firm_id = ?", [FIRM])
    sql = "select exception_id, code from recon.exceptions where firm_id = ?"
    found = {row["code"]: row["exception_id"] for row in read_rows(desk.firms.firm.warehouse, sql, [FIRM])}
    codes = ("stuck_in_draft_edited", "client_ledger_negative", "missing_in_xero", "xero_only")
    pages = ["/", "/nowhere", f"/firms/{FIRM}", f"/firms/{FIRM}/worklist", f"/firms/{FIRM}/worklist?group=age"]
    pages += [f"/firms/{FIRM}/items/{found[code]}" for code in codes]
    pages += [f"/firms/{FIRM}/items/{found['xero_only']}/history"]
    pages += [f"/firms/{FIRM}/steps/clio_receivables", f"/firms/{FIRM}/trust/{trust[0]['clio_bank_account_id']}"]
    pages += [f"/firms/{FIRM}/changes", f"/firms/{FIRM}/statements", f"/firms/{OTHER}/worklist"]
    pages += [f"/firms/{FIRM}/month-ends"]
    faults = []
    for width, is_dark in LOOKS:
        desk.window.looks(width, is_dark=is_dark)
        for path in pages:
            desk.open(path)
            if width <= 1280:  # above, what axe-core looks at is the same
                faults += [
                    f"{path} at {width}{' dark' if is_dark else ''}: {fault}" for fault in seen_by_axe(desk.window)
                ]
            wider = desk.window.run("const d = document.documentElement; return d.scrollWidth - d.clientWidth")
            if wider > 0:
                faults.append(f"{path} at {width}: {wider} pixels wider than the window")
    assert faults == []


def test_the_page_to_sign_in_has_none_either(desk: Desk) -> None:
    with browser() as stranger:
        stranger.open(f"{desk.url}/firms/{FIRM}")
        assert seen_by_axe(stranger) == []


def test_nothing_ran_and_nothing_was_fetched_from_elsewhere(desk: Desk) -> None:
    sign_in(desk)
    for path in (f"/firms/{FIRM}/worklist", f"/firms/{FIRM}", f"/firms/{FIRM}/steps/clio_receivables"):
        desk.open(path)
        assert "<script>alert(1)</script>" in desk.window.text or path == f"/firms/{FIRM}"
        entries = desk.window.run("return performance.getEntriesByType('resource').map(e => e.name)")
        assert entries and all(entry.startswith(desk.url + "/") for entry in entries)


def test_a_printed_page_has_its_figures_and_no_forms(desk: Desk) -> None:
    sign_in(desk)
    desk.open(f"/firms/{FIRM}/worklist")
    desk.window.devtools("Emulation.setEmulatedMedia", media="print")
    try:
        shown = desk.window.text
        assert "Missing in Xero" in shown and not re.search(r"Sign out|Group by", shown)
        # On a sheet of A4, upright but for the table of all firms, tables stay tables and none is cut off.
        trust = read_rows(desk.firms.firm.warehouse, "select * from recon.trust_tie_out where firm_id = ?", [FIRM])
        items = read_rows(desk.firms.firm.warehouse, "select * from recon.exceptions where firm_id = ?", [FIRM])
        pages = ["/", f"/firms/{FIRM}", f"/firms/{FIRM}/trust/{trust[0]['clio_bank_account_id']}"]
        pages += [f"/firms/{FIRM}/items/{row['exception_id']}" for row in items]
        for path in pages:
            desk.window.looks(1040 if path == "/" else 720)
            desk.open(path)
            desk.window.devtools("Emulation.setEmulatedMedia", media="print")
            wider = desk.window.run("const d = document.documentElement; return d.scrollWidth - d.clientWidth")
            heads = desk.window.run(
                "return [...document.querySelectorAll('thead')].map(head => getComputedStyle(head).display)"
            )
            assert wider <= 0 and set(heads) <= {"table-header-group"}, (path, wider, heads)
    finally:
        desk.window.devtools("Emulation.setEmulatedMedia", media="")


def seen_by_axe(window: Browser) -> list[str]:
    """What axe-core finds wrong on the page that is open."""
    script = f"{AXE}; axe.run({{runOnly: {json.dumps(RULES)}}}).then(r => JSON.stringify(r.violations))"
    answer = window.devtools("Runtime.evaluate", expression=script, awaitPromise=True)
    violations = json.loads(answer["result"]["value"])
    return [f"{one['id']}: {one['nodes'][0]['html'][:200]}" for one in violations]
