"""`tieout check`: each thing that would keep a night from happening is one line that says what to do."""

import itertools
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.commands import check as checking
from flows.commands.check import check, exit_code
from pipelines.connect import probe as probing
from pipelines.connect.probe import Line, probe
from pipelines.errors import TryAgain
from pipelines.firm.settings import Settings, load_settings
from sandbox.engine import Firm
from sandbox.serving.server import Sandbox
from sandbox.shared.faults import Fault
from tests.flow.world import FIRM, OTHER, World, small_firm


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A firm of its own for each test: what is broken here stays here."""
    with Sandbox({FIRM: small_firm(FIRM)}) as sandbox:
        yield World.around(sandbox, tmp_path, monkeypatch)


def lines_of(world: World, *states: str) -> dict[str, str]:
    """What was found, by what was looked at, of the lines in these states."""
    settings = load_settings(world.config)
    return {line.what: line.found for line in probe(settings, settings.firm(FIRM)) if line.state in states}


def edit(world: World, old: str, new: str) -> None:
    text = world.config.read_text()
    assert re.search(old, text)
    world.config.write_text(re.sub(old, new, text, count=1))


def test_a_firm_that_is_well_has_nothing_to_mend_and_its_beliefs_hold(desk: World) -> None:
    settings: Settings = load_settings(desk.config)
    lines = list(check(settings, settings.firm(FIRM)))
    nobody, where = "no channel is named: nobody is told", "in tieout.toml."
    assert [line for line in lines if line.state != "ok"] == [
        Line("alerts", "unknown", f"{nobody} what changes. Set alerts {where}"),
        Line("alerts: operator", "unknown", f"{nobody} when a night fails. Set operator under [alerts] {where}"),
    ]
    said = {line.what for line in lines}
    assert {"disk", "clio: clock", "xero: calls left", "xero: organisation", "clio: bills", "xero: invoices"} <= said
    assert {"accounts", "load", "lines_add_up_to_bill", "bank_transactions_add_up_to_account"} <= said
    assert exit_code(lines) == 0
    assert not desk.firm.warehouse.exists()
    left = {path.name for path in desk.firm.folder.iterdir()}
    assert not {"nights.jsonl", "nights"} & left
    assert list(desk.firm.folder.rglob("*.duckdb")) == []


def test_a_belief_that_does_not_hold_is_named_with_an_example_and_no_client(desk: World) -> None:
    firm = desk.sandbox.firms[0]
    assert isinstance(firm, Firm)
    firm.clio.tables["bills"][1001]["paid"] += 1
    desk.sandbox.touch()
    settings = load_settings(desk.config)
    broken = {line.what: line.found for line in check(settings, settings.firm(FIRM)) if line.state == "unknown"}
    assert "1 do not, such as clio:1001" in broken["payments_add_up_to_paid"]
    assert not any(name in " ".join(broken.values()) for name in ("Alder", "Brook", "Carver"))


def test_missing_secrets_are_named_and_nothing_further_is_asked(desk: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FIRMS__HARBOR_LAW__CLIO__CLIENT_SECRET")
    wrong = lines_of(desk, "wrong")
    assert set(wrong) == {"clio: secrets"}
    assert "FIRMS__HARBOR_LAW__CLIO__CLIENT_SECRET" in wrong["clio: secrets"]


def test_two_firms_on_one_refresh_token_of_xero_are_said(desk: World, monkeypatch: pytest.MonkeyPatch) -> None:
    text = desk.config.read_text().replace('"client_credentials"', '"authorization_code"')
    blocks = text.partition(f"[firms.{FIRM}]")[2]
    desk.config.write_text(text + f"\n[firms.{OTHER}]{blocks.replace(f'firms.{FIRM}', f'firms.{OTHER}')}")
    for system, name in itertools.product(("CLIO", "XERO"), ("CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN")):
        monkeypatch.setenv(f"FIRMS__PIER_LEGAL__{system}__{name}", os.environ[f"FIRMS__HARBOR_LAW__{system}__{name}"])
    wrong = lines_of(desk, "wrong")
    assert set(wrong) == {"xero: secrets"}
    assert wrong["xero: secrets"].startswith("firm pier-legal has the same refresh token.")


def test_a_revoked_token_says_how_to_connect_again(desk: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRMS__HARBOR_LAW__CLIO__REFRESH_TOKEN", "revoked")
    assert f"tieout connect {FIRM} clio" in lines_of(desk, "wrong")["clio: token"]


def test_a_scope_that_is_missing_is_named_by_its_list(desk: World) -> None:
    desk.sandbox.knobs.refused_scopes.add("accounting.payments.read")
    wrong = lines_of(desk, "wrong")
    assert {"xero: payments", "xero: batch_payments", "xero: overpayments", "xero: prepayments"} == set(wrong)
    assert all("lacks the scope" in found for found in wrong.values())


def test_a_right_that_clio_refuses_is_named_by_its_list(desk: World) -> None:
    desk.sandbox.faults.add(Fault("403", system="clio", path="bank_transactions.json"))
    wrong = lines_of(desk, "wrong")
    assert set(wrong) == {"clio: bank_transactions"}
    assert "refused (403)" in wrong["clio: bank_transactions"]


def test_a_refused_trial_balance_keeps_no_night_from_happening(desk: World) -> None:
    desk.sandbox.knobs.xero_trial_balance_refused = True
    assert lines_of(desk, "wrong", "unreachable") == {}
    assert "will read missing" in lines_of(desk, "unknown")["xero: trial_balance"]


def test_another_organisation_is_wrong(desk: World) -> None:
    edit(desk, r'tenant_id = ".*"', 'tenant_id = "00000000-0000-0000-0000-000000000000"')
    assert set(lines_of(desk, "wrong")) >= {"xero: first read"}


def test_an_account_that_does_not_exist_lists_those_that_do(desk: World) -> None:
    edit(desk, r'xero_bank_account = "1010"', 'xero_bank_account = "9999"')
    assert "'9999': no such Xero account. There is:" in lines_of(desk, "wrong")["accounts"]


def test_a_trust_account_that_nobody_mapped_is_said(desk: World) -> None:
    text = desk.config.read_text()
    head, _, rest = text.partition(f"[[firms.{FIRM}.trust_accounts]]")
    desk.config.write_text(head + "[[" + rest.partition("[[")[2])
    assert "IOLTA is not compared with Xero" in lines_of(desk, "unknown")["trust account"]


def test_a_system_that_is_not_well_is_no_fault_of_the_settings(desk: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probing, "Transport", impatient)
    desk.sandbox.faults.add(Fault("500", system="xero", path="Organisation", times=99))
    settings = load_settings(desk.config)
    lines = list(check(settings, settings.firm(FIRM)))
    assert [line.what for line in lines if line.state == "unreachable"] == ["xero: first read"]
    assert lines[-1].found.startswith("not looked at, because a load would fail")
    assert exit_code(lines) == 3


def impatient() -> probing.Transport:
    from pipelines.api.http import Patience, Transport

    return Transport(Patience(attempts=2, first_wait=0.01), lambda seconds: None)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"X-DayLimit-Remaining": "99"}, Line("xero: calls left", "unreachable", "99 today, a night needs more. ")),
        ({"X-DayLimit-Remaining": "4000"}, Line("xero: calls left", "ok", "4000 today")),
        ({}, Line("xero: calls left", "unknown", "it does not say")),
    ],
)
def test_calls_that_are_left(headers: dict[str, str], expected: Line) -> None:
    [line] = list(probing._heard("xero", headers))
    assert (line.what, line.state) == (expected.what, expected.state)
    assert line.found.startswith(expected.found)


@pytest.mark.parametrize(("seconds", "state"), [(60, "ok"), (150, "wrong"), (-150, "wrong")])
def test_a_clock_that_is_off(seconds: int, state: str) -> None:
    there = datetime.now(UTC) + timedelta(seconds=seconds)
    line = next(iter(probing._heard("clio", {"Date": f"{there:%a, %d %b %Y %H:%M:%S} GMT"})))
    assert (line.what, line.state) == ("clio: clock", state)


def test_files_that_others_can_read_are_said(desk: World) -> None:
    desk.firm.folder.mkdir(parents=True)
    exposed = desk.firm.folder / "matches.csv"
    exposed.touch(mode=0o600)
    exposed.chmod(0o644)
    assert "1 are open to others" in lines_of(desk, "wrong")["files"]


def test_a_channel_without_an_address_is_said(desk: World) -> None:
    edit(desk, rf"\[firms\.{FIRM}\]", f'[firms.{FIRM}]\nalerts = ["practice"]')
    assert "ALERTS__PRACTICE__URL" in lines_of(desk, "wrong")["alerts: practice"]


def test_a_disk_that_is_full_is_said(desk: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probing, "SPARE_BYTES", 2**60)
    assert lines_of(desk, "wrong")["disk"].endswith("Make room.")


def test_a_night_under_way_is_said(desk: World, monkeypatch: pytest.MonkeyPatch) -> None:
    def taken(firm: object) -> None:
        raise TryAgain("Firm harbor-law: another night is under way.")

    monkeypatch.setattr(checking, "open_night", taken)
    settings = load_settings(desk.config)
    assert list(check(settings, settings.firm(FIRM)))[-1] == Line(
        "load", "unreachable", "Firm harbor-law: another night is under way."
    )
