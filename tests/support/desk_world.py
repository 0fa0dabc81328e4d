"""Two firms behind the desk, one of whose clients, lines and invoices try to be a program."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from flows.desk.app import desk
from flows.desk.signing_in import Door
from flows.night import journal
from flows.night.builder import Builder
from flows.night.order import Order
from flows.night.steps import night_of
from pipelines.firm.settings import Firm as FirmSettings
from pipelines.firm.settings import Settings, load_settings
from sandbox.engine import Firm, expense, time
from sandbox.serving.server import Sandbox

FIRM, OTHER = "harbor-law", "pier-legal"
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
KEY, PORT = "the-key", 8913
URL = f"http://127.0.0.1:{PORT}"


def books(name: str, now: datetime) -> Firm:
    """A draft that was edited since, a bill that never arrived, an invoice of nobody, trust money below zero once, and
    a deposit that stands in Xero three weeks later."""
    firm = Firm(name, now - timedelta(days=200))
    firm.settings["start_date"] = (now - timedelta(days=300)).date()
    odd = firm.person(HOSTILE, "O'Brien")
    brook = firm.person("Miriam", "Brook")
    firm.matter(odd, "Lease <b>of</b> Quay Street")
    firm.matter(brook, "Estate")
    firm.on((now - timedelta(days=90)).date())
    paid = firm.bill(brook, [time("Drafting of will", "3.40", "300.00")], issued=firm.today)
    firm.bill(brook, [time("Letter to bank", "0.40", "300.00")], issued=firm.today)
    lines = [
        time(f"Review {HOSTILE} of lease", "2.00"),
        expense("Filing fee", "35.50"),
        time("Call with client", "1.00"),
    ]
    draft = firm.draft_bill(odd, lines, issued=firm.today, reaches_xero=True)
    firm.edit_line(draft, 0, quantity=Decimal("3.00"))
    firm.approve(draft, in_xero=False)
    firm.bill(brook, [time("Advice on lease", "2.00", "350.00")], issued=firm.today, in_xero=False)
    stray = firm.xero.line("Advice on lease", Decimal(1), Decimal("700.00"), "200")
    firm.invoice(firm.xero.add_contact(HOSTILE), f"H-{HOSTILE}", [stray], firm.today)
    matter = firm.matter_of(odd)
    firm.deposit(odd, "500.00", matter, firm.today)
    firm.on((now - timedelta(days=80)).date())
    firm.disburse(odd, "900.00", matter, firm.today)
    firm.on((now - timedelta(days=70)).date())
    firm.deposit(odd, "600.00", matter, firm.today)
    firm.deposit(brook, "320.00", firm.matter_of(brook), firm.today, xero_day=firm.today + timedelta(days=20))
    firm.on((now - timedelta(days=60)).date())
    firm.pay(paid, day=firm.today)
    firm.at(now)
    return firm


@dataclass
class Practice:
    """The firms, their configuration, and what a test does with them."""

    sandbox: Sandbox
    settings: Settings

    @property
    def firm(self) -> FirmSettings:
        """The first firm."""
        return self.settings.firm(FIRM)

    def night(self, firm: str = FIRM) -> None:
        """One night of a firm, as it is run anywhere."""
        started_at = datetime.now(UTC)
        with Builder() as builder:
            result = night_of(Order(firm, str(self.settings.path)), lambda step, told: None, builder)
        assert result.verdict == "exceptions", result.reasons
        journal.record(self.settings.firm(firm), result, started_at)

    def client(self, *, is_signed_in: bool = True) -> TestClient:
        """A browser without a window, before these pages."""
        client = TestClient(desk(self.settings, Door(KEY), PORT), base_url=URL)
        if is_signed_in:
            assert client.post("/sign-in", data={"key": KEY}).status_code == 200
        return client


@contextmanager
def practice(folder: Path) -> Iterator[Practice]:
    """Both firms after one night each."""
    now = datetime.now(UTC)
    with pytest.MonkeyPatch.context() as patch, Sandbox({name: books(name, now) for name in (FIRM, OTHER)}) as sandbox:
        (folder / "tieout.toml").write_text(sandbox.config_toml("data"))
        for name, value in sandbox.environment().items():
            patch.setenv(name, value)
        found = Practice(sandbox, load_settings(folder / "tieout.toml"))
        for firm in (FIRM, OTHER):
            found.night(firm)
        yield found
