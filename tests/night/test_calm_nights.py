"""What happens to firms in step between two nights: where something was taken away the second must not be calm, and
where the world is merely odd it must.

Every sequence is a firm of its own. All are loaded and judged side by side, first as they are and all reconciled, then
after what happened to each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows.night.build import build
from pipelines.firm.settings import load_settings
from pipelines.load import load_firms
from sandbox.scenarios.stage import Stage
from sandbox.serving import xero_api
from sandbox.serving.server import Sandbox

pytestmark = pytest.mark.timeout(900)
Report = dict[str, Any]
Spoiler = Callable[[Any, str | None], Report]
AGO = timedelta(days=5)
SAID = """
select statements.verdict, coalesce(statements.not_proven, ''),
    coalesce((select string_agg(code, ' ' order by code) from recon.exceptions as found
        where found.firm_id = statements.firm_id and status = 'open'), '')
from recon.run_statements as statements where firm_id = ? order by started_at desc limit 1
"""


class Sequence:
    """A firm's story: its stage before the first night, what happens before the second, and what the night says then:
    a verdict, words of what could not be proven, and the codes that are open."""

    def __init__(self, name: str, tonight: datetime) -> None:
        self.stage = Stage(name, tonight)
        self.firm = self.stage.firm
        self.happens: Callable[[], None] = lambda: None
        self.spoiler: Spoiler | None = None
        self.unmapped: list[str] = []
        self.says: tuple[str, str, str] = ("reconciled", "", "")
        STORIES[name](self)


STORIES: dict[str, Callable[[Sequence], None]] = {}


def story(tell: Callable[[Sequence], None]) -> Callable[[Sequence], None]:
    STORIES[tell.__name__.replace("_", "-")] = tell
    return tell


def cells_of(report: Report) -> Iterator[dict[str, Any]]:
    for section in report["Reports"][0]["Rows"]:
        for row in section.get("Rows", []):
            yield from row["Cells"]


@story
def an_old_trial_balance(one: Sequence) -> None:
    """Xero answers with a report of five days ago, and since then 500.00 left the bank account of client money."""
    books = one.firm.xero

    def old(firm: Any, _: str | None) -> Report:
        return trial_balance(firm, (firm.now - AGO).date().isoformat())

    def journal() -> None:
        out, into = books.account("1010")["AccountID"], books.account("970")["AccountID"]
        books.journals.append((one.firm.today, into, out, Decimal("500.00")))
        one.spoiler = old

    one.happens = journal
    one.says = ("pending", "the trial balance that Xero gave says that it is of", "")


@story
def a_trial_balance_without_accounts(one: Sequence) -> None:
    """The report names accounts in words alone: no account stands at zero because of that."""

    def nameless(firm: Any, day: str | None) -> Report:
        report = trial_balance(firm, day)
        for cell in cells_of(report):
            cell.pop("Attributes", None)
        return report

    def spoil() -> None:
        one.spoiler = nameless

    one.happens = spoil
    one.says = ("pending", "the trial balance that Xero gave names no account by its id", "")


@story
def a_trial_balance_in_another_language(one: Sequence) -> None:
    """Headings that we cannot read say nothing against the report."""

    def french(firm: Any, day: str | None) -> Report:
        report = trial_balance(firm, day)
        report["Reports"][0]["ReportTitles"] = ["Balance", "Cabinet 1 June 2001", "Au 3 juin 2026"]
        return report

    def spoil() -> None:
        one.firm.xero.organisation["Name"] = "Cabinet 1 June 2001"
        one.spoiler = french

    one.happens = spoil


@story
def no_account_of_receivables(one: Sequence) -> None:
    """Xero marks no account as that of receivables any more: the total is missing, not zero."""
    one.stage.bill()
    account = one.firm.xero.system_account("DEBTORS")

    def unmarked(firm: Any, day: str | None) -> Report:
        account["SystemAccount"] = "DEBTORS"
        report = trial_balance(firm, day)
        account["SystemAccount"] = ""
        return report

    def spoil() -> None:
        account["SystemAccount"] = ""
        one.spoiler = unmarked

    one.happens = spoil
    one.says = ("pending", "Xero marks no account as that of receivables", "")


@story
def a_trust_account_that_is_hidden(one: Sequence) -> None:
    """The connected user loses the right to an account with 900.00 of clients, and its mapping goes with it."""
    account = one.firm.trust_account("Second IOLTA", "1020", "2120")
    entry = one.firm.trust_entry("900.00", one.stage.client, one.stage.matter, one.stage.day(3), account=account)

    def lose() -> None:
        pocket = next(p for p in one.stage.matter["account_balances"] if p["name"] == "Second IOLTA")
        one.stage.matter["account_balances"].remove(pocket)
        del one.firm.clio.tables["bank_transactions"][entry["id"]]
        del one.firm.clio.tables["bank_accounts"][account["id"]]
        one.unmapped.append("Second IOLTA")

    one.happens = lose
    one.says = ("pending", "trust account Second IOLTA with 900.00: Clio does not show it any more", "")


@story
def a_trust_account_that_was_emptied_and_closed(one: Sequence) -> None:
    account = one.firm.trust_account("Second IOLTA", "1020", "2120")

    def close() -> None:
        del one.firm.clio.tables["bank_accounts"][account["id"]]
        one.unmapped.append("Second IOLTA")

    one.happens = close


@story
def a_bill_dated_next_week(one: Sequence) -> None:
    """Dated ahead on both sides: not yet in the trial balance of today, and no difference."""

    def issue() -> None:
        one.firm.at(one.stage.tonight - timedelta(days=2))
        one.stage.bill(issued=one.firm.today + timedelta(days=12))

    one.happens = issue


@story
def a_payment_dated_next_week(one: Sequence) -> None:
    bill = one.stage.bill()

    def receive() -> None:
        one.firm.at(one.stage.tonight - timedelta(days=2))
        one.firm.pay(bill, "100.00", one.firm.today + timedelta(days=12))

    one.happens = receive


@story
def a_payment_dated_next_week_beside_a_journal(one: Sequence) -> None:
    """What is dated later explains no more than itself."""
    bill = one.stage.bill()

    def receive() -> None:
        one.firm.at(one.stage.tonight - timedelta(days=3))
        one.firm.pay(bill, "100.00", one.firm.today + timedelta(days=12))
        debtors, equity = one.firm.xero.system_account("DEBTORS"), one.firm.xero.account("970")
        day: date = one.firm.today
        one.firm.xero.journals.append((day, debtors["AccountID"], equity["AccountID"], Decimal("40.00")))

    one.happens = receive
    one.says = ("exceptions", "", "subledger_differs_from_control")


trial_balance = xero_api.trial_balance


def without_mapping(config: Path, name: str, account: str) -> None:
    """Take a trust account out of a firm's settings."""
    head = f"[[firms.{name}.trust_accounts]]"
    first, *blocks = config.read_text().split(head)
    kept = [block for block in blocks if f'"{account}"' not in block.split("[", 1)[0]]
    after = ["[" + block.split("[", 1)[1] for block in blocks if block not in kept and "[" in block]
    config.write_text(first + "".join(head + block for block in kept) + "".join(after))


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[dict[str, tuple[str, str, str]]]]:
    """What each of the two nights says of each firm."""
    folder = tmp_path_factory.mktemp("calm")
    first = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    stories = {name: Sequence(name, first) for name in STORIES}
    by_firm = {one.firm.name: one for one in stories.values()}

    def served(firm: Any, day: str | None) -> Report:
        spoiler = by_firm[firm.name].spoiler
        return spoiler(firm, day) if spoiler else trial_balance(firm, day)

    warehouse, config = folder / "work" / "warehouse.duckdb", folder / "tieout.toml"
    warehouse.parent.mkdir()
    found: list[dict[str, tuple[str, str, str]]] = []
    with (
        pytest.MonkeyPatch.context() as patch,
        Sandbox({name: one.firm for name, one in stories.items()}) as sandbox,
    ):
        patch.setattr(xero_api, "trial_balance", served)
        for name, value in sandbox.environment().items():
            patch.setenv(name, value)
        config.write_text(sandbox.config_toml(folder / "data"))
        for started in (first, first + timedelta(hours=26)):
            if found:
                for name, one in stories.items():
                    one.firm.at(first)
                    one.happens()
                    for account in one.unmapped:
                        without_mapping(config, name, account)
                sandbox.touch()
            firms = list(load_settings(config).firms.values())
            run_id = f"{started:%Y%m%dT%H%M%SZ}-0000ff"
            load_firms(firms, warehouse, run_id=run_id, started_at=started.replace(tzinfo=None))
            assert build(warehouse, warehouse.parent / "target").faults == ()
            with duckdb.connect(str(warehouse), read_only=True) as connection:
                rows = {name: connection.execute(SAID, [name]).fetchone() for name in stories}
            found.append({name: (row[0], row[1], row[2]) for name, row in rows.items() if row})
    yield found


@pytest.mark.parametrize("name", STORIES)
def test_the_second_night_says_what_happened(said: list[dict[str, tuple[str, str, str]]], name: str) -> None:
    tonight = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    verdict, words, codes = Sequence(name, tonight).says
    assert said[0][name][0] == "reconciled", said[0][name]
    assert (said[1][name][0], said[1][name][2]) == (verdict, codes), said[1][name]
    assert words in said[1][name][1]
    if not words:
        assert "trial balance" not in said[1][name][1] and "any more" not in said[1][name][1]
