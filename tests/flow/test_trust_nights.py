"""Client money over the nights of one firm: a statement that a person imports, and a past day rebuilt.

The client's money was below zero for two days forty days ago, and one deposit was never booked in Xero. Nothing of a
night that looks back may stay in the memory of the nights.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from rich.console import Console

from flows import bank_statement
from flows.night.order import Order
from flows.night.verdict import NightResult
from flows.reading.report import print_bridge, read_bridge, rebuilt_note
from flows.service.nightly import nightly
from flows.status import Standing, status
from pipelines.firm.published import open_published
from pipelines.firm.settings import load_settings
from sandbox.engine import Firm
from sandbox.serving.server import Sandbox
from tests.flow.world import FIRM, World, small_firm

TODAY = datetime.now(UTC).date()
OVERDRAWN = TODAY - timedelta(days=40)  # a statement counts for 45 days
FORGOTTEN = TODAY - timedelta(days=20)


@dataclass
class Nights:
    """An ordinary night, one that looked back, and an ordinary night again."""

    results: list[NightResult]
    tie_outs: list[dict[str, object]]
    exceptions: list[dict[str, tuple[date, int]]]
    outstanding: list[tuple[object, ...]]
    shown: str
    is_untouched: bool = False
    month_ends: list[str] = field(default_factory=list)


def standing_of(world: World) -> Standing:
    """How `tieout status` shows the firm."""
    [standing] = [one for one in status(load_settings(world.config), datetime.now(UTC)) if one.firm_id == FIRM]
    return standing


def firm_with_trust() -> Firm:
    firm = small_firm(FIRM)
    client = firm.person("Eleanor", "Voss")
    matter = firm.matter(client, "Voss v. Hartley")
    firm.at(datetime.now(UTC) - timedelta(days=70))
    firm.deposit(client, "1000.00", matter, OVERDRAWN - timedelta(days=5))
    firm.disburse(client, "1200.00", matter, OVERDRAWN)
    firm.deposit(client, "500.00", matter, OVERDRAWN + timedelta(days=2))
    firm.deposit(client, "350.00", matter, FORGOTTEN, mirror=False)
    firm.at(datetime.now(UTC))
    return firm


def look(world: World, nights: Nights, result: NightResult) -> None:
    assert result.warehouse, result.reasons
    nights.results.append(result)
    names = "as_of_date, clio_account_amount, clio_ledger_amount, client_ledgers_amount, xero_bank_amount,"
    names += " xero_liability_amount, statement_date, statement_amount, verdict"
    with open_published(Path(str(result.warehouse))) as judged:
        [row] = judged.execute(f"select {names} from recon.trust_tie_out").fetchall()
        rows = judged.execute("select code, first_seen_at, nights_seen from recon.exceptions").fetchall()
    nights.tie_outs.append(dict(zip(names.split(", "), row, strict=True)))
    nights.exceptions.append({code: (seen, count) for code, seen, count in rows})


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nights]:
    story = Nights([], [], [], [], "")
    with pytest.MonkeyPatch.context() as patch, Sandbox({FIRM: firm_with_trust()}) as sandbox:
        world = World.around(sandbox, tmp_path_factory.mktemp("trust"), patch)
        look(world, story, world.night())
        statement = world.config.parent / "statement.csv"
        statement.write_text(
            "date,amount,description,reference,balance\n"
            f"{OVERDRAWN - timedelta(days=5)},1000.00,Deposit,,1000.00\n"
            f"{OVERDRAWN + timedelta(days=2)},500.00,Deposit,,1500.00\n"
        )
        bank_statement.record(world.firm, "IOLTA", statement, None, None)
        before = (world.firm.warehouse.read_bytes(), standing_of(world))
        for _ in range(2):  # the second replaces the first
            [result] = nightly([Order(FIRM, str(world.config), as_of=OVERDRAWN + timedelta(days=3))])
        story.is_untouched = (world.firm.warehouse.read_bytes(), standing_of(world)) == before
        story.month_ends = [path.name for path in world.firm.folder.glob("month-ends/*")]
        look(world, story, result)
        look(world, story, world.night())
        names = "item_kind, entry_date, amount, age_days, is_old"
        story.outstanding = world.published(f"select {names} from recon.trust_outstanding_items")
        terminal = Console(file=io.StringIO(), width=160)
        print_bridge(terminal, read_bridge(world.firm.warehouse, FIRM))
        story.shown = terminal.file.getvalue()  # type: ignore[attr-defined]
    yield story


def test_tonight_has_no_statement_and_ties_nothing(nights: Nights) -> None:
    tie_out = nights.tie_outs[0]
    assert (tie_out["verdict"], tie_out["statement_amount"]) == ("differs", None)
    assert (tie_out["clio_ledger_amount"], tie_out["xero_bank_amount"]) == (Decimal("650.00"), Decimal("300.00"))


def test_a_past_day_is_rebuilt_from_dated_entries(nights: Nights) -> None:
    tie_out = nights.tie_outs[1]
    figures = [value for name, value in tie_out.items() if name.endswith("_amount")]
    assert figures == [Decimal("300.00")] * 6
    assert (tie_out["as_of_date"], tie_out["verdict"]) == (OVERDRAWN + timedelta(days=3), "ties")


def test_a_past_day_stands_beside_the_warehouse_which_stays_as_it_was(nights: Nights) -> None:
    assert nights.is_untouched
    assert nights.month_ends == [f"{OVERDRAWN + timedelta(days=3)}.duckdb"]


def test_the_run_says_that_it_looked_back(nights: Nights) -> None:
    day = (OVERDRAWN + timedelta(days=3)).isoformat()
    assert [result.rebuilt_as_of for result in nights.results] == [None, day, None]
    assert "dated entries" in rebuilt_note(day)


def test_what_was_not_yet_missing_then_is_no_row_then(nights: Nights) -> None:
    assert "trust_entry_missing_in_xero" in nights.exceptions[0]
    assert "trust_entry_missing_in_xero" not in nights.exceptions[1]
    assert "client_ledger_negative" in nights.exceptions[1]


def test_a_night_that_looked_back_is_not_remembered(nights: Nights) -> None:
    first, _, last = nights.exceptions
    for code in ("trust_entry_missing_in_xero", "client_ledger_negative", "trust_clio_differs_from_xero"):
        assert (last[code][0], last[code][1]) == (first[code][0], 2)


def test_the_statement_stays_in_force(nights: Nights) -> None:
    tie_out = nights.tie_outs[2]
    assert (tie_out["statement_date"], tie_out["statement_amount"]) == (
        OVERDRAWN + timedelta(days=2),
        Decimal("300.00"),
    )


def test_what_had_not_cleared_is_listed_and_not_netted(nights: Nights) -> None:
    assert nights.outstanding == [("outstanding withdrawal", OVERDRAWN, Decimal("1200.00"), 2, False)]
    assert "Not cleared on the statement's day" in nights.shown
    assert "1,200.00" in nights.shown
