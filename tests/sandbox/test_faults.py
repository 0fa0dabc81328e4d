"""Every fault that can be switched on, seen from a client; and the sandbox as a program."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import requests

from sandbox import demo
from sandbox.serving.server import Sandbox
from sandbox.shared.faults import KINDS, SPOILING, Fault
from tests.support.sandbox_http import Clio, Xero, rich_firm

BILLS = {"fields": "id,number,total,issued_at,updated_at,state,client{id,name}"}


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with Sandbox([rich_firm()], control=True) as started:
        yield started


@pytest.fixture
def sandbox(running: Sandbox) -> Iterator[Sandbox]:
    yield running
    running.faults.clear()
    running.forget_calls()


@pytest.fixture
def clio(sandbox: Sandbox) -> Clio:
    return Clio(sandbox, sandbox.firms[0])


@pytest.fixture
def xero(sandbox: Sandbox) -> Xero:
    return Xero(sandbox, sandbox.firms[0])


def first(reply: requests.Response, key: str = "data") -> dict[str, Any]:
    row: dict[str, Any] = json.loads(reply.content, parse_float=Decimal)[key][0]
    return row


@pytest.mark.parametrize(
    ("kind", "status", "media"),
    [
        ("429", 429, "application/json"),
        ("500", 500, "application/json"),
        ("502", 502, "text/html"),
        ("503", 503, "text/plain"),
        ("403", 403, "application/json"),
    ],
)
def test_faults_that_answer_in_clios_place(sandbox: Sandbox, clio: Clio, kind: str, status: int, media: str) -> None:
    fault = sandbox.faults.add(Fault(kind, system="clio", path="bills", retry_after=7))
    reply = clio.get("bills")
    assert reply.status_code == status
    assert reply.headers["Content-Type"].startswith(media)
    assert ("Retry-After" in reply.headers) == (status == 429)
    assert clio.get("bills").status_code == 200
    assert fault.struck == 1
    assert [call.status for call in sandbox.calls if call.path.endswith("bills")] == [status, 200]


def test_faults_that_answer_in_xeros_place(sandbox: Sandbox, xero: Xero) -> None:
    sandbox.faults.add(Fault("429", system="xero", retry_after=3))
    reply = xero.get("Accounts")
    assert (reply.status_code, reply.headers["X-Rate-Limit-Problem"]) == (429, "minute")
    assert reply.headers["Retry-After"] == "3"
    sandbox.faults.add(Fault("429_day", system="xero"))
    reply = xero.get("Accounts")
    assert (reply.status_code, reply.headers["X-Rate-Limit-Problem"]) == (429, "day")
    assert int(reply.headers["Retry-After"]) >= 3600
    for kind, status in (("500", 500), ("502", 502), ("503", 503), ("403", 403)):
        sandbox.faults.add(Fault(kind, system="xero", path="Accounts"))
        assert xero.get("Accounts").status_code == status
    assert xero.get("Accounts").status_code == 200


@pytest.mark.parametrize("kind", ["reset", "truncated"])
def test_broken_connections(sandbox: Sandbox, clio: Clio, kind: str) -> None:
    sandbox.faults.add(Fault(kind, path="bills"))
    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        clio.get("bills")
    assert clio.get("bills").status_code == 200


def test_cut_json_is_valid_http(sandbox: Sandbox, xero: Xero) -> None:
    sandbox.faults.add(Fault("cut_json", path="Accounts"))
    reply = xero.get("Accounts")
    assert reply.status_code == 200
    with pytest.raises(ValueError):
        reply.json()


def test_tokens_expire_in_the_middle_of_a_crawl(sandbox: Sandbox, clio: Clio, xero: Xero) -> None:
    sandbox.faults.add(Fault("expired_token", path="page_token"))
    onward = clio.get("bills", limit=2).json()["meta"]["paging"]["next"]
    assert clio.session.get(onward, timeout=10).status_code == 401
    sandbox.faults.add(Fault("expired_token", path="page=2"))
    assert xero.get("Invoices", page=1).status_code == 200
    reply = xero.get("Invoices", page=2)
    assert (reply.status_code, reply.json()["Detail"][:12]) == (401, "TokenExpired")


def test_which_calls_are_struck(sandbox: Sandbox, clio: Clio, xero: Xero) -> None:
    sandbox.faults.add(Fault("500", system="clio", path="bills", nth=2, times=2))
    assert xero.get("Accounts").status_code == 200
    assert clio.get("users").status_code == 200
    assert [clio.get("bills").status_code for _ in range(4)] == [200, 500, 500, 200]
    sandbox.faults.add(Fault("500", times=None))
    assert [clio.get("bills").status_code for _ in range(3)] == [500, 500, 500]
    sandbox.faults.clear()
    assert clio.get("bills").status_code == 200


def test_a_fault_of_one_firm_leaves_the_other_alone() -> None:
    firms = {"first": rich_firm("First Firm"), "second": rich_firm("Second Firm")}
    with Sandbox(firms) as sandbox:
        sandbox.faults.add(Fault("500", firm="first", times=None))
        assert requests.post(sandbox.xero_token_url, timeout=10).status_code == 400
        second = Clio(sandbox, firms["second"])
        assert second.get("bills").status_code == 200
        assert {call.firm for call in sandbox.calls} == {None, "second"}
        with pytest.raises(AssertionError, match="Something went wrong"):
            Clio(sandbox, firms["first"])


def test_pages_that_lie(sandbox: Sandbox, clio: Clio, xero: Xero) -> None:
    ids = [row["id"] for row in clio.rows("bills", limit=4)]
    for kind, seen in (
        ("short_page", ids[:4] + ids[4:6] + ids[8:]),
        ("empty_page", ids[:4] + ids[8:]),
        ("repeated_page", ids[:4] + ids[:4] + ids[8:]),
    ):
        sandbox.faults.add(Fault(kind, system="clio", path="bills", nth=2))
        assert [row["id"] for row in clio.rows("bills", limit=4)] == seen, kind
    sandbox.faults.add(Fault("empty_page", system="xero", path="Invoices"))
    reply = xero.get("Invoices", page=1).json()
    assert reply["Invoices"] == []
    assert reply["pagination"]["itemCount"] > 0


def test_pages_that_are_odd_and_lose_nothing(sandbox: Sandbox, clio: Clio) -> None:
    ids = [row["id"] for row in clio.rows("bills", limit=4)]
    for kind in ("early_page", "blank_page"):
        for nth in (1, 2, -(-len(ids) // 4)):
            fault = sandbox.faults.add(Fault(kind, system="clio", path="bills", nth=nth))
            assert [row["id"] for row in clio.rows("bills", limit=4)] == ids, (kind, nth)
            assert fault.struck == 1


def test_the_books_move_under_the_crawl(sandbox: Sandbox, clio: Clio) -> None:
    def draft(firm: Any) -> None:
        client = next(iter(firm.clio.tables["contacts"].values()))
        firm.draft_bill(client, [])

    before = len(clio.rows("bills"))
    sandbox.faults.add(Fault("change", path="page_token", action=draft))
    assert len(clio.rows("bills", limit=4)) == before + 1


def test_slow_replies(sandbox: Sandbox, clio: Clio) -> None:
    sandbox.faults.add(Fault("slow", path="bills", seconds=0.3))
    assert clio.get("bills").elapsed.total_seconds() >= 0.3


def test_values_in_other_forms(sandbox: Sandbox, clio: Clio) -> None:
    plain = first(clio.get("bills", **BILLS))

    def spoilt(kind: str) -> dict[str, Any]:
        sandbox.faults.add(Fault(kind, path="bills"))
        return first(clio.get("bills", **BILLS))

    assert spoilt("money_strings")["total"] == str(plain["total"])
    assert spoilt("timestamps_z")["updated_at"] == plain["updated_at"]
    assert re.search(r"-05:00$", spoilt("timestamps_offset")["updated_at"])
    assert re.search(r"\.\d{7}Z$", spoilt("timestamps_seven")["updated_at"])
    noisy = spoilt("float_noise")["total"]
    assert noisy != plain["total"]
    assert abs(noisy - plain["total"]) < Decimal("0.000001")
    assert "flux_capacitor" in spoilt("extra_field")
    assert spoilt("redacted")["client"] == {"id": None, "name": None, "redacted": True}


def test_values_that_cannot_be_read(sandbox: Sandbox, clio: Clio, xero: Xero) -> None:
    sandbox.faults.add(Fault("bad_amount", path="bills", field="total"))
    assert first(clio.get("bills", **BILLS))["total"] == "twelve dollars"
    sandbox.faults.add(Fault("bad_date", path="bills", field="issued_at", value="2026-02-31"))
    assert first(clio.get("bills", **BILLS))["issued_at"] == "2026-02-31"
    sandbox.faults.add(Fault("unknown_enum", path="Invoices", field="Status"))
    assert first(xero.get("Invoices", page=1), "Invoices")["Status"] == "QUANTUM"
    sandbox.faults.add(Fault("bad_date", path="Invoices", field="Date"))
    row = first(xero.get("Invoices", page=1), "Invoices")
    assert (row["Date"], "DateString" in row) == ("the ides of March", False)


def test_xero_dates_with_an_offset_mean_the_same_days(sandbox: Sandbox, xero: Xero) -> None:
    plain = first(xero.get("Invoices", page=1), "Invoices")
    sandbox.faults.add(Fault("timestamps_offset", path="Invoices"))
    row = first(xero.get("Invoices", page=1), "Invoices")

    def parts(text: str) -> tuple[int, str]:
        match = re.fullmatch(r"/Date\((-?\d+)([+-]\d{4})\)/", text)
        assert match is not None
        return int(match.group(1)), match.group(2)

    day, told = parts(plain["Date"]), parts(row["Date"])
    assert told == (day[0] - 13 * 3_600_000, "+1300")
    assert parts(row["UpdatedDateUTC"]) == (parts(plain["UpdatedDateUTC"])[0], "+1300")
    assert row["DateString"] == plain["DateString"]


def test_the_oddities_of_xero(sandbox: Sandbox, xero: Xero) -> None:
    sandbox.faults.add(Fault("304", path="Invoices"))
    reply = xero.get("Invoices", page=1)
    assert (reply.status_code, reply.content) == (304, b"")
    sandbox.faults.add(Fault("503", path="Invoices", value="The organisation is offline."))
    assert xero.get("Invoices").text == "The organisation is offline."
    sandbox.faults.add(Fault("zero_dates", path="Invoices"))
    voided = xero.rows("Invoices", Statuses="VOIDED")
    assert {row["DueDate"] for row in voided} == {"/Date(0+0000)/"}
    assert not any("DueDateString" in row for row in voided)


def test_a_fault_must_make_sense() -> None:
    with pytest.raises(ValueError, match="no fault is called"):
        Fault("gremlins")
    with pytest.raises(ValueError, match="clio or xero"):
        Fault("500", system="quickbooks")
    with pytest.raises(ValueError, match="needs an action"):
        Fault("change")
    with pytest.raises(ValueError, match="system clio"):
        Fault("early_page")
    with pytest.raises(ValueError, match="needs the field"):
        Fault("bad_date")


def test_faults_over_http(sandbox: Sandbox, clio: Clio) -> None:
    where = f"{sandbox.clio_origin}/_sandbox/faults"
    reply = requests.post(where, json={"kind": "500", "system": "clio", "path": "bills"}, timeout=10)
    assert reply.json()[0]["kind"] == "500"
    assert clio.get("bills").status_code == 500
    assert requests.get(where, timeout=10).json()[0]["struck"] == 1
    for wrong in ({"kind": "gremlins"}, {"colour": "red"}, {"kind": "change"}, [], {"kind": "500", "nth": "x"}):
        assert requests.post(where, json=wrong, timeout=10).status_code == 400, wrong
    assert requests.delete(where, timeout=10).json() == []
    calls = requests.get(f"{sandbox.clio_origin}/_sandbox/calls", timeout=10).json()
    assert calls[-1]["status"] == 500
    assert "clio-access" not in json.dumps(calls)


def test_without_control_nobody_can_switch_faults_on() -> None:
    with Sandbox([rich_firm()]) as sandbox:
        assert requests.get(f"{sandbox.clio_origin}/_sandbox/faults", timeout=10).status_code == 404


# As a program


def test_the_configuration_names_every_address() -> None:
    firms = {"harbor-law": rich_firm("Harbor Law"), "second": rich_firm("Second Firm")}
    sandbox = Sandbox(firms)
    sandbox.roster.by_key["second"].settings["grace_hours"] = 0  # type: ignore[index]
    read = tomllib.loads(sandbox.config_toml("some/data"))
    sandbox.stop()
    assert read["data_dir"] == "some/data"
    assert read["firms"]["second"]["grace_hours"] == 0
    firm = read["firms"]["harbor-law"]
    assert firm["name"] == "Harbor Law"
    assert firm["clio"] == {
        "base_url": sandbox.clio_url,
        "token_url": sandbox.clio_token_url,
        "authorize_url": f"{sandbox.clio_origin}/oauth/authorize",
        "revoke_url": f"{sandbox.clio_origin}/oauth/deauthorize",
    }
    assert firm["xero"]["connections_url"] == sandbox.xero_connections_url
    assert firm["trust_accounts"][0]["clio_bank_account"] == "IOLTA"
    names = set(sandbox.environment())
    assert {"FIRMS__HARBOR_LAW__CLIO__REFRESH_TOKEN", "FIRMS__SECOND__XERO__CLIENT_SECRET"} <= names


def test_the_program_serves_until_it_is_told_to_stop() -> None:
    command = [sys.executable, "-m", "sandbox", "--firm", "link-settles-twins", "--no-limits"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if line.startswith("Interrupt"):
                break
        text = "".join(lines)
        assert re.search(r"tieout link link-settles-twins \d+ [0-9a-f-]{36} --by 'Priya Nair'", text)
        block = text[text.index("data_dir") : text.index("# the environment")]
        config = tomllib.loads(block)["firms"]["link-settles-twins"]
        assert requests.get(config["clio"]["base_url"] + "/bills", timeout=10).status_code == 401
        process.terminate()
        assert process.wait(10) == 0
    wrong = subprocess.run(
        [sys.executable, "-m", "sandbox", "--firm", "nobody"], capture_output=True, text=True, check=False
    )
    assert wrong.returncode == 2
    assert "--list" in wrong.stderr


def test_private_files_are_private(tmp_path: Path) -> None:
    demo.write_private(tmp_path / "new" / "tieout.toml", "data_dir = 'x'\n")
    mode = (tmp_path / "new" / "tieout.toml").stat().st_mode & 0o777
    assert mode == 0o600


@pytest.mark.parametrize(("night", "ends"), [(0, 0), (1, 0), (3, 3)])
def test_the_demo_takes_findings_for_success_and_failures_for_failures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], night: int, ends: int
) -> None:
    seen: list[list[str]] = []

    def tieout(words: list[str], environment: dict[str, str]) -> int:
        seen.append(words)
        assert environment["FIRMS__DEMO_FIRM__CLIO__REFRESH_TOKEN"]
        config = tomllib.loads(Path(words[3]).read_text())["firms"]["demo-firm"]
        assert requests.get(config["clio"]["base_url"] + "/bills", timeout=10).status_code == 401
        return night if words[0] == "run" else 0

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(demo, "tieout", tieout)
    assert demo.main() == ends
    assert [words[0] for words in seen] == (["run", "worklist"] if ends == 0 else ["run"])
    assert ("warehouse.duckdb" in capsys.readouterr().out) == (ends == 0)


def test_every_fault_is_documented() -> None:
    readme = (Path(demo.__file__).parent / "README.md").read_text()
    assert [kind for kind in KINDS if f"`{kind}`" not in readme] == []
    assert SPOILING
