"""The grid of firms: the worst stands first, and a good verdict that is old never looks good."""

import io
import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from pydantic import SecretStr
from rich.console import Console

from flows.alerts import outbox
from flows.alerts.outbox import Kind, Note
from flows.night import journal
from flows.night.verdict import NightResult
from flows.status import Standing, as_json, exit_code, print_status, status
from pipelines.api.tokens import TokenFile, TokenSet
from pipelines.firm.settings import Firm, Settings, load_settings
from tests.support.published import prove
from tests.unit.test_settings import GOOD, write

DUE = datetime(2026, 11, 3, 8, 30, tzinfo=UTC)
NOW = DUE + timedelta(hours=6)
BLOCK = GOOD.split("\n\n", 1)[1]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    names = ("calm", "clean", "dusty", "failed", "fresh", "late", "open")
    blocks = [BLOCK.replace("harbor-law", name) for name in names]
    return load_settings(write(tmp_path, 'data_dir = "data"\n\n' + "\n".join(blocks)))


def publish(firm: Firm, verdict: str, at: datetime, difference: str = "0.00", trust: str = "ties") -> None:
    firm.folder.mkdir(parents=True)
    with duckdb.connect(str(firm.warehouse)) as connection:
        connection.execute("create schema recon")
        connection.execute(
            "create table recon.run_statements (firm_id text, run_id text, started_at timestamp, finished_at timestamp,"
            " verdict text, clio_receivables_amount decimal(18,2), xero_receivables_amount decimal(18,2))"
        )
        connection.execute("create table recon.trust_tie_out (firm_id text, verdict text)")
        connection.execute(
            "create table recon.exceptions (firm_id text, severity text, status text, first_seen_at timestamp)"
        )
        naive = at.replace(tzinfo=None)
        connection.execute(
            "insert into recon.run_statements values (?, ?, ?, ?, ?, 0, ?)",
            [firm.id, f"run-{at}", naive, naive, verdict, Decimal(difference)],
        )
        connection.execute("insert into recon.trust_tie_out values (?, 'ties'), (?, ?)", [firm.id, firm.id, trust])
        if verdict == "exceptions":
            for severity, days in (("high", 3), ("critical", 1), ("high", 9)):
                seen = naive - timedelta(days=days)
                connection.execute("insert into recon.exceptions values (?, ?, 'open', ?)", [firm.id, severity, seen])
    prove(firm.warehouse, f"run-{at}")
    journal.record(firm, NightResult(firm.id, f"run-{at}", verdict), at)


@pytest.fixture
def practice(settings: Settings) -> Settings:
    """Seven firms: each stands differently."""
    publish(settings.firm("clean"), "reconciled", DUE)
    publish(settings.firm("calm"), "pending", DUE)
    publish(settings.firm("open"), "exceptions", DUE, "-700.00", "missing_figure")
    publish(settings.firm("late"), "reconciled", DUE - timedelta(days=3))
    publish(settings.firm("failed"), "reconciled", DUE - timedelta(days=1))
    reasons = ("xero: the list invoices could not be proven whole.",)
    journal.record(settings.firm("failed"), NightResult("failed", None, "incomplete", reasons), DUE)
    settings.firm("dusty").folder.mkdir(parents=True)
    settings.firm("dusty").warehouse.write_bytes(b"not a warehouse")
    return settings


def page_of(settings: Settings, standings: list[Standing]) -> str:
    """What the terminal shows."""
    terminal = Console(file=io.StringIO(), width=200)
    print_status(terminal, settings, standings, NOW)
    return terminal.file.getvalue()  # type: ignore[attr-defined, no-any-return]


def test_the_worst_stands_first_and_what_is_old_is_not_good(practice: Settings) -> None:
    assert [(one.firm_id, one.state) for one in status(practice, NOW)] == [
        ("dusty", "unreadable"),
        ("failed", "incomplete"),
        ("late", "overdue"),
        ("fresh", "never run"),
        ("open", "exceptions"),
        ("calm", "pending"),
        ("clean", "reconciled"),
    ]


def test_what_a_firm_has_open(practice: Settings) -> None:
    [one] = [one for one in status(practice, NOW) if one.firm_id == "open"]
    assert one.open_by_severity == {"critical": 1, "high": 2}
    assert list(one.open_by_severity) == ["critical", "high"]
    assert (one.difference_amount, one.trust) == (Decimal("-700.00"), "missing_figure")
    assert one.oldest_open == (DUE - timedelta(days=9)).date()


def test_our_fault_is_shown_as_ours_with_the_last_good_books(practice: Settings) -> None:
    standings = status(practice, NOW)
    [failed] = [one for one in standings if one.firm_id == "failed"]
    assert failed.last_good_at == DUE - timedelta(days=1)
    page = page_of(practice, standings)
    assert "failed: incomplete, not the books' fault: xero: the list invoices could not be proven whole." in page
    assert "late: overdue, not the books' fault: a night was due at 2026-11-03 03:30" in page


def test_messages_that_wait_are_counted(practice: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "WAITS", (0.0,))
    outbox.post(practice.firm("clean"), ("practice",), Note(name="n", title="t", body="b"), Kind.INFO)
    standings = status(practice, NOW)
    assert {one.firm_id: one.undelivered for one in standings}["clean"] == 1
    assert "clean: a message waits for practice: Alert channel practice: its address is missing" in page_of(
        practice, standings
    )


def test_a_connection_that_was_ended_is_said(practice: Settings) -> None:
    tokens = TokenFile(practice.firm("clean").folder)
    held = TokenSet(SecretStr("a"), SecretStr("r"), 0.0, "seed", NOW.timestamp(), has_ended=True)
    tokens.write("clio", held)
    standings = status(practice, NOW)
    assert {one.firm_id: one.connections["clio"] for one in standings}["clean"] == "ended"
    assert re.search(r"clean .* Clio has ended", page_of(practice, standings))


def test_a_damaged_token_file_is_said_and_is_not_none(practice: Settings) -> None:
    (practice.firm("clean").folder / "tokens.json").write_text('{"clio": {"access_token": "a", "refr')
    standings = status(practice, NOW)
    assert {one.firm_id: one.connections for one in standings}["clean"]["clio"] == "damaged"
    assert {one.firm_id: one.connections for one in standings}["calm"]["clio"] == "none"
    page = page_of(practice, standings)
    assert (
        "clean: the connection to Clio is lost: tokens.json is damaged. Connect again: tieout connect clean clio"
        in page
    )


def test_a_night_that_waits_for_its_turn_is_not_overdue_yet(practice: Settings) -> None:
    def state_at(now: datetime) -> str:
        return {one.firm_id: one.state for one in status(practice, now)}["clean"]

    tomorrow = DUE + timedelta(days=1)
    assert state_at(tomorrow + timedelta(minutes=119)) == "reconciled"
    assert state_at(tomorrow + timedelta(minutes=120)) == "overdue"


def test_a_night_that_is_still_to_come_is_named_and_not_obeyed(practice: Settings) -> None:
    """The machine's clock was a year ahead for one night: nothing would be overdue for a year."""
    ahead = NOW + timedelta(days=365)
    publish_again = NightResult("clean", "run-ahead", "reconciled")
    journal.record(practice.firm("clean"), publish_again, ahead)
    publish(practice.firm("fresh"), "reconciled", ahead)
    standings = {one.firm_id: one for one in status(practice, NOW)}
    for name in ("clean", "fresh"):
        assert standings[name].state == "incomplete", name
        assert "the last night says 2027-11-03" in (standings[name].trouble or ""), name
    with duckdb.connect(str(practice.firm("clean").warehouse)) as connection:
        connection.execute("update recon.run_statements set run_id = 'run-after'")
    prove(practice.firm("clean").warehouse, "run-after")
    journal.record(practice.firm("clean"), NightResult("clean", "run-after", "reconciled"), NOW)
    assert {one.firm_id: one.state for one in status(practice, NOW)}["clean"] == "reconciled"


def test_books_without_a_journal_are_not_shown_as_good(practice: Settings) -> None:
    """Nothing proves them any more, and nothing says whether their night is the last one."""
    for firm in practice.firms.values():
        (firm.folder / journal.FILE).unlink(missing_ok=True)
    for now in (NOW, NOW + timedelta(days=30)):
        standings = {one.firm_id: one for one in status(practice, now)}
        for name in ("clean", "calm", "open", "late", "failed"):
            assert standings[name].state == "unreadable" and "nothing proves" in (standings[name].trouble or "")
        assert standings["fresh"].state == "never run"


def test_an_earlier_night_that_was_put_back_is_not_the_last_one(practice: Settings) -> None:
    """Its file is what a night published, so it may be read; its verdict is not that of the last night."""
    journal.record(practice.firm("clean"), NightResult("clean", "run-later", "exceptions"), DUE + timedelta(hours=1))
    [one] = [one for one in status(practice, NOW) if one.firm_id == "clean"]
    assert one.state == "incomplete"
    assert "published books are those of the night of 2026-11-03 03:30; the night of 2026-11-03 04:30" in (
        one.trouble or ""
    )


def test_it_ends_as_a_run_of_the_worst_firm_would(practice: Settings) -> None:
    standings = status(practice, NOW)
    assert {one.state: exit_code([one]) for one in standings} == {
        "unreadable": 3,
        "incomplete": 3,
        "overdue": 3,
        "never run": 3,
        "exceptions": 1,
        "pending": 0,
        "reconciled": 0,
    }
    assert exit_code(standings) == 3
    assert exit_code([one for one in standings if one.state in ("exceptions", "pending")]) == 1


def test_as_json_it_is_plain(practice: Settings) -> None:
    rows = {row["firm_id"]: row for row in json.loads(as_json(status(practice, NOW)))}
    assert rows["open"]["difference_amount"] == "-700.00"
    assert rows["fresh"]["last_good_at"] is None
