"""The worklist: its order, its formats, and what it says when there is nothing to show."""

import io
import json
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from rich.console import Console

from flows import report
from flows.verdict import NightResult
from pipelines.errors import UsageError
from tests.rows import exception_row


def write_exceptions(path: Path, rows: list[dict[str, object]]) -> Path:
    """A warehouse that holds nothing but these exceptions."""
    columns = ", ".join(
        f"{name} {'decimal(18,2)' if isinstance(value, Decimal) else 'text'}" for name, value in exception_row().items()
    )
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema recon")
        connection.execute(f"create table recon.exceptions ({columns})")
        marks = ", ".join("?" for _ in exception_row())
        connection.executemany(f"insert into recon.exceptions values ({marks})", [list(row.values()) for row in rows])
    return path


def test_the_order_of_work_is_contact_lines_approve_payments_within_a_bill(tmp_path: Path) -> None:
    codes = ["paid_in_clio_open_in_xero", "stuck_in_draft_edited", "date_differs", "wrong_contact"]
    rows = [exception_row(code=code, exception_id=code, amount=Decimal(10)) for code in codes]
    warehouse = write_exceptions(tmp_path / "warehouse.duckdb", rows)
    assert [row["code"] for row in report.read_worklist(warehouse, "harbor-law")] == codes[::-1]


def test_the_client_with_the_worst_finding_comes_first_then_the_one_with_the_most_money(tmp_path: Path) -> None:
    rows = [
        exception_row(client_name="small", subject_key="clio:1", amount=Decimal(5)),
        exception_row(client_name="large", subject_key="clio:2", amount=Decimal(900)),
        exception_row(client_name="grave", subject_key="clio:3", severity="critical", amount=Decimal(1)),
    ]
    warehouse = write_exceptions(tmp_path / "warehouse.duckdb", rows)
    assert [r["client_name"] for r in report.read_worklist(warehouse, "harbor-law")] == ["grave", "large", "small"]


def test_rows_in_flight_accepted_or_of_another_firm_are_not_work(tmp_path: Path) -> None:
    rows = [
        exception_row(status="in_flight"),
        exception_row(status="accepted"),
        exception_row(firm_id="other-firm"),
        exception_row(exception_id="mine"),
    ]
    warehouse = write_exceptions(tmp_path / "warehouse.duckdb", rows)
    assert [row["exception_id"] for row in report.read_worklist(warehouse, "harbor-law")] == ["mine"]


def test_a_firm_without_a_night_is_told_to_run_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="tieout run harbor-law"):
        report.read_worklist(tmp_path / "harbor-law" / "warehouse.duckdb", "harbor-law")


def test_json_keeps_the_digits_of_money_and_says_null_for_nothing() -> None:
    [row] = json.loads(report.worklist_json([exception_row(amount=Decimal("12345678901234.50"))]))
    assert row["amount"] == "12345678901234.50"
    assert row["xero_value"] is None
    assert row["nights_seen"] == 2


def test_an_empty_worklist_says_so() -> None:
    console = Console(file=io.StringIO(), record=True)
    report.print_worklist(console, [])
    assert console.export_text().strip() == "Nothing open."


def test_the_artifact_tells_why_a_night_is_incomplete() -> None:
    result = NightResult("harbor-law", None, "incomplete", ("Clio refused /bills.",))
    assert "harbor\\-law: incomplete" in report.markdown_report(result, [])
    assert "Clio refused /bills\\." in report.markdown_report(result, [])


def test_the_artifact_names_each_open_row() -> None:
    statement = {"clio_receivables_amount": Decimal("10.00"), "open_count": 1}
    shown = report.markdown_report(NightResult("harbor-law", "r", "exceptions", statement=statement), [exception_row()])
    assert "| clio receivables amount | 10\\.00 |" in shown
    assert "| Ada Quill | 101 | missing\\_in\\_xero | high | 120.00 |" in shown
