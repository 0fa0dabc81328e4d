"""The demo firm through the installed command: each planted fault is found, no other, and every cent is explained."""

import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest
from rich.console import Console

from flows.reading import explain, report
from sandbox.firms import demo as demo_firm
from sandbox.scenarios import Expected
from sandbox.serving.server import Sandbox
from tests.support.scenario_nights import COLUMNS, Found, mismatches

FIRM = "demo-firm"
pytestmark = pytest.mark.timeout(900)


@dataclass
class Demo:
    """What one night of the demo firm left behind."""

    folder: Path
    environment: dict[str, str]
    planted: list[Expected]
    run: "subprocess.CompletedProcess[str]"

    @property
    def warehouse(self) -> Path:
        return self.folder / "data" / FIRM / "warehouse.duckdb"

    def tieout(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """The command, as a user types it."""
        return tieout(self.folder, self.environment, *words)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            return connection.execute(sql).fetchall()


def tieout(folder: Path, environment: dict[str, str], *words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "flows", *words, "--config", str(folder / "tieout.toml")]
    return subprocess.run(command, env={**os.environ, **environment}, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("demo")
    firm = demo_firm.build(datetime.now(UTC))
    with Sandbox({FIRM: firm}) as sandbox:
        (folder / "tieout.toml").write_text(sandbox.config_toml("data"))
        environment = sandbox.environment()
        run = tieout(folder, {**environment, "PREFECT_API_URL": ""}, "run", FIRM, "--format", "json")
        yield Demo(folder, environment, demo_firm.planted(firm), run)


def test_the_run_prints_json_and_nothing_else_and_exits_with_its_verdict(demo: Demo) -> None:
    [result] = json.loads(demo.run.stdout)
    assert (result["firm_id"], result["verdict"], demo.run.returncode) == (FIRM, "exceptions", 1)
    assert Path(result["warehouse"]) == demo.warehouse
    assert result["statement"]["unexplained_amount"] == "0.00"
    assert result["statement"]["assumptions_broken"] == ""


def test_each_planted_fault_is_found_and_no_other(demo: Demo) -> None:
    found = [Found(*row) for row in demo.rows(f"select {COLUMNS} from recon.exceptions")]
    assert mismatches(demo.planted, found) == []


def test_the_bridge_closes(demo: Demo) -> None:
    steps = dict(demo.rows("select step, amount from recon.ar_tie_out where step <> 'xero_control_account'"))
    xero = steps.pop("xero_receivables")
    assert steps["unexplained"] == 0
    assert sum(steps.values()) == xero


def test_the_worklist_says_the_same_in_each_format(demo: Demo) -> None:
    rows = json.loads(demo.tieout("worklist", FIRM, "--format", "json").stdout)
    lines = list(csv.DictReader(io.StringIO(demo.tieout("worklist", FIRM, "--format", "csv").stdout)))
    ids = [row["exception_id"] for row in rows]
    assert ids == [line["exception_id"] for line in lines]
    assert set(ids) == {row[0] for row in demo.rows("select exception_id from recon.exceptions where status = 'open'")}
    assert not any(value.startswith("=") for line in lines for value in line.values())
    table = demo.tieout("worklist", FIRM).stdout
    assert [exception_id for exception_id in ids if exception_id not in table] == []


@pytest.mark.parametrize("width", [80, 120, 200])
def test_the_worklist_fits_the_terminal_one_line_an_item(width: int, demo: Demo) -> None:
    wide = {**demo.environment, "COLUMNS": str(width)}
    lines = tieout(demo.folder, wide, "worklist", FIRM).stdout.splitlines()
    assert len(lines) < 80 and max(map(len, lines)) <= width
    for (exception_id,) in demo.rows("select exception_id from recon.worklist"):
        assert len([line for line in lines if exception_id in line]) == 1


def test_an_exception_of_each_code_is_explained_by_its_id(demo: Demo) -> None:
    found = demo.rows(
        "select exception_id, explanation, suggested_action from recon.exceptions "
        "qualify row_number() over (partition by code order by exception_id) = 1"
    )
    assert len(found) > 25
    for exception_id, explanation, action in found:
        console = Console(record=True, width=200, file=io.StringIO())
        explain.print_explanation(console, explain.explain(demo.warehouse, FIRM, exception_id))
        page = " ".join(console.export_text().split())
        assert exception_id in page
        assert " ".join(explanation.split())[:60] in page and " ".join(action.split())[:60] in page


def test_the_worklist_is_narrowed_by_each_option_and_keeps_its_order(demo: Demo) -> None:
    def worklist(*options: str) -> list[dict[str, Any]]:
        shown = demo.tieout("worklist", FIRM, "--format", "json", *options)
        assert shown.returncode == 0, shown.stderr
        rows: list[dict[str, Any]] = json.loads(shown.stdout)
        return rows

    whole = worklist()
    assert [row["work_rank"] for row in whole] == list(range(1, len(whole) + 1))
    for option, column in (
        ("--client", "client_name"),
        ("--attorney", "responsible_attorney"),
        ("--code", "code"),
        ("--severity", "severity"),
    ):
        value = next(row[column] for row in whole if row[column])
        assert worklist(option, value) == [row for row in whole if value in (row[column] or "")]
    matter = next(row["matter_number"] for row in whole if row["matter_number"])
    assert worklist("--matter", matter) == [row for row in whole if matter in (row["matter_number"] or "").split(", ")]
    others = {row["status"] for row in worklist("--status", "in_flight", "--status", "accepted")}
    assert others <= {"in_flight", "accepted"}
    assert demo.tieout("worklist", FIRM, "--code", "no_such_code").returncode == 2
    nothing = demo.tieout("worklist", FIRM, "--client", "nobody by this name", "--format", "csv")
    assert (nothing.stdout, nothing.returncode) == ("", 0) and "Nothing matches" in nothing.stderr


def test_every_stuck_bill_says_whether_it_is_ready_or_what_to_edit(demo: Demo) -> None:
    stuck = demo.rows(
        "select code, clio_bill_number, explanation from recon.exceptions where code like 'stuck_in_draft%'"
    )
    assert {code for code, *_ in stuck} == {"stuck_in_draft_ready", "stuck_in_draft_edited"}
    for code, number, explanation in stuck:
        console = Console(record=True, width=200, file=io.StringIO())
        explain.print_explanation(console, explain.explain(demo.warehouse, FIRM, number))
        page = console.export_text()
        assert code in page and " ".join(explanation.split())[:60] in " ".join(page.split())
        assert ("every line agree" in explanation) == (code == "stuck_in_draft_ready")


def test_a_bill_that_is_not_there_is_a_usage_error(demo: Demo) -> None:
    asked = demo.tieout("explain", FIRM, "no-such-bill")
    assert (asked.returncode, asked.stdout) == (2, "")
    assert "no-such-bill" in asked.stderr


def test_the_money_of_clients_stands_beside_the_bridge(demo: Demo) -> None:
    console = Console(record=True, width=160, file=io.StringIO())
    report.print_bridge(console, report.read_bridge(demo.warehouse, FIRM))
    page = console.export_text()
    assert "Unexplained" in page and "IOLTA" in page and "missing" in page


def test_no_secret_is_in_any_file_or_output(demo: Demo) -> None:
    secrets = [value.encode() for name, value in demo.environment.items() if not name.endswith("CLIENT_ID")]
    assert len(secrets) == 4
    places = {path: path.read_bytes() for path in demo.folder.rglob("*") if path.is_file()}
    places[Path("output")] = (demo.run.stdout + demo.run.stderr).encode()
    allowed = demo.folder / "data" / FIRM / "tokens.json"
    assert [path for path, content in places.items() if path != allowed and any(s in content for s in secrets)] == []


def test_money_is_nowhere_a_binary_float(demo: Demo) -> None:
    floats = "data_type in ('DOUBLE', 'FLOAT')"
    assert demo.rows(f"select table_name, column_name from information_schema.columns where {floats}") == []
