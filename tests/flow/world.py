"""A firm behind the sandbox, and what a test does to it: run a night, look at what was published."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows.night.order import Order
from flows.night.verdict import NightResult
from flows.service.nightly import nightly
from pipelines.firm.settings import Firm as FirmSettings
from pipelines.firm.settings import load_settings
from sandbox.engine import Firm, expense, time
from sandbox.serving.server import Sandbox

FIRM = "harbor-law"
OTHER = "pier-legal"


def small_firm(name: str, now: datetime | None = None) -> Firm:
    """Three clients, five bills in step, and one bill of 700.00 that never arrived in Xero."""
    now = now or datetime.now(UTC)
    firm = Firm(name, now - timedelta(days=200))
    firm.settings["start_date"] = (now - timedelta(days=300)).date()
    alder = firm.company("Alder & Sons, Inc.")
    brook = firm.person("Miriam", "Brook")
    carver = firm.person("Ian", "Carver")
    for client in (alder, brook, carver):
        firm.matter(client, "General counsel")
    firm.on((now - timedelta(days=90)).date())
    firm.bill(alder, [time("Board minutes", "2.00"), expense("Courier", "35.50")], issued=firm.today)
    paid = firm.bill(brook, [time("Drafting of will", "3.40", "300.00")], issued=firm.today)
    firm.bill(carver, [time("Contract review", "4.00", "310.00")], issued=firm.today)
    firm.draft_bill(alder, [time("Annual filing", "1.00")], issued=firm.today)
    firm.bill(brook, [time("Letter to bank", "0.40", "300.00")], issued=firm.today)
    firm.bill(carver, [time("Advice on lease", "2.00", "350.00")], issued=firm.today, in_xero=False)
    firm.on((now - timedelta(days=60)).date())
    firm.pay(paid, day=firm.today)
    firm.at(now)
    return firm


@dataclass
class World:
    """Books, a sandbox that serves them, and a configuration that points there."""

    sandbox: Sandbox
    config: Path

    @classmethod
    def around(cls, sandbox: Sandbox, folder: Path, monkeypatch: pytest.MonkeyPatch) -> "World":
        """Write the configuration beside an empty data folder and put the secrets into the environment."""
        config = folder / "tieout.toml"
        config.write_text(sandbox.config_toml("data"))
        for name, value in sandbox.environment().items():
            monkeypatch.setenv(name, value)
        return cls(sandbox, config)

    @property
    def books(self) -> Firm:
        """The firm's books, to change between nights."""
        firm = self.sandbox.roster.by_key[FIRM]
        assert isinstance(firm, Firm)
        return firm

    @property
    def firm(self) -> FirmSettings:
        """The firm as the product knows it."""
        return load_settings(self.config).firm(FIRM)

    def nights(self, *firms: str, full: bool = False) -> list[NightResult]:
        """Run the nightly flow for these firms."""
        return nightly([Order(firm, str(self.config), full) for firm in firms])

    def night(self, full: bool = False) -> NightResult:
        """Run the nightly flow for the firm."""
        [result] = self.nights(FIRM, full=full)
        return result

    def published(self, sql: str) -> list[tuple[Any, ...]]:
        """Rows of the published warehouse."""
        with duckdb.connect(str(self.firm.warehouse), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def open_codes(self) -> list[tuple[str, str]]:
        """Code and subject of what is open, sorted."""
        return [
            (code, key)
            for code, key in self.published(
                "select code, subject_key from recon.exceptions where status = 'open' order by all"
            )
        ]
