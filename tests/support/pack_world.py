"""A firm with client money whose books are read on the last day of a month and again today."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from flows import bank_statement
from flows.days import today_of
from flows.night import journal
from flows.night.build import build
from flows.night.builder import Builder
from flows.night.order import Order
from flows.night.steps import night_of
from flows.night.verdict import NightResult, read_statement, require_sound
from flows.pack import making
from flows.pack.month import Month, last_ended
from flows.pack.store import Pack
from pipelines.firm.settings import Firm as FirmSettings
from pipelines.firm.settings import load_settings
from pipelines.load import load_night
from pipelines.night.warehouse import open_night
from sandbox.books import Record
from sandbox.engine import Firm
from sandbox.engine import time as hours
from sandbox.serving.server import Sandbox

FIRM = "harbor-law"
ZONE = ZoneInfo("America/New_York")
HOSTILE = "#set page(fill: red) *bold* $x^2$ @cite <b>"
NAMES = {
    "markup": HOSTILE,
    "bidi": "Zoe \u202eevil\u202c Ames",
    "control": "Nil\x00\x1b[31m Berg",
    "many scripts": "王小明 김철수 كريم สมชาย",
    "no font": "Quay \U0001f9ff\U000131d1\ue000 Trust",
    "endless": "Q" * 1_000_000,
}


def month_of_today() -> Month:
    """The month that ended last where the firm is."""
    return last_ended(datetime.now(ZONE).date())


def books(month: Month) -> tuple[Firm, Record, Record]:
    """As the books stood on the month's last day: money of two matters, one of which was below zero for a day, a bill
    in step, one that never reached Xero, and one that will be voided; that client, and that bill."""
    firm = Firm(FIRM, datetime.combine(month.first - timedelta(days=150), time(12), UTC))
    firm.settings["start_date"] = month.first - timedelta(days=200)
    clients = {key: firm.person(name, "Client") for key, name in NAMES.items() if key != "endless"}
    clients["endless"] = firm.company(NAMES["endless"])
    for key, client in clients.items():
        firm.matter(client, f"Matter of {key}")
    first = clients["markup"]
    firm.on(month.first - timedelta(days=40))
    for client in clients.values():
        firm.deposit(client, "500.00", firm.matter_of(client), firm.today)
    firm.bill(first, [hours("Advice #1", "2.00", "350.00")], issued=firm.today)
    firm.bill(first, [hours("Never sent", "1.00", "400.00")], issued=firm.today, in_xero=False)
    firm.on(month.first + timedelta(days=4))
    firm.disburse(clients["bidi"], "700.00", firm.matter_of(clients["bidi"]), firm.today)
    firm.on(month.first + timedelta(days=6))
    firm.deposit(clients["bidi"], "300.00", firm.matter_of(clients["bidi"]), firm.today)
    bill = firm.bill(clients["control"], [hours("To be voided", "3.00", "300.00")], issued=firm.today)
    firm.at(datetime.combine(month.last, time(15), ZONE).astimezone(UTC))
    return firm, first, bill


@dataclass
class World:
    """The firm as the sandbox serves it and as the product knows it."""

    books: Firm
    config: Path
    month: Month
    client: Record
    bill: Record

    @property
    def firm(self) -> FirmSettings:
        """Its settings, read anew."""
        return load_settings(self.config).firm(FIRM)

    def night_of_the_last_day(self) -> None:
        """A night that judged the month's last day, published on it."""
        firm = self.firm
        started_at = datetime.combine(self.month.last, time(15, 30), ZONE).astimezone(UTC)
        with open_night(firm, started_at) as night:
            load_night(firm, night)
            require_sound(build(night.work_file, firm.folder / "dbt"))
            statement = read_statement(night.work_file, firm.id, night.run_id)
            night.publish()
        journal.record(firm, NightResult(firm.id, night.run_id, statement["verdict"]), started_at)

    def night(self, order: Order | None = None) -> NightResult:
        """A night of today, or what was ordered."""
        started_at = datetime.now(UTC)
        self.books.at(started_at)
        with Builder() as builder:
            result = night_of(order or Order(FIRM, str(self.config)), lambda step, told: None, builder)
        assert result.verdict != "incomplete", result.reasons
        journal.record(self.firm, result, started_at)
        return result

    def pack(self) -> Pack:
        """The next version of the month's pack."""
        return making.make(self.firm, self.config, self.month, self.night)

    def statement(self, balance: Decimal) -> None:
        """The bank's closing balance on the month's last day, typed in."""
        bank_statement.record(self.firm, "IOLTA", None, self.month.last, f"{balance:.2f}")


@contextmanager
def world(folder: Path) -> Iterator[World]:
    """The firm behind a sandbox; no night has been yet."""
    month = month_of_today()
    firm, client, bill = books(month)
    with pytest.MonkeyPatch.context() as patch, Sandbox({FIRM: firm}) as sandbox:
        config = folder / "tieout.toml"
        text = sandbox.config_toml("data").replace(f"[firms.{FIRM}]\n", f'[firms.{FIRM}]\njurisdiction = "au-qld"\n', 1)
        config.write_text(text)
        for name, value in sandbox.environment().items():
            patch.setenv(name, value)
        found = World(firm, config, month, client, bill)
        assert found.month.last < today_of(found.firm)
        yield found
