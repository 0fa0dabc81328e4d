"""The worklist: its order, its formats, and what it says when there is nothing to show."""

import json
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows.night.verdict import NightResult
from flows.reading import report
from flows.reading.narrow import EVERY_STATUS, Narrowed
from flows.reading.words import STATUSES
from pipelines.errors import UsageError
from pipelines.firm.files import make_private
from tests.support.published import prove
from tests.support.rows import exception_row

ORDER = ("work_rank", "client_rank", "title")


def publish(path: Path, rows: list[dict[str, object]]) -> Path:
    """A warehouse that holds nothing but these exceptions, stored the other way round."""
    types = {int: "integer", Decimal: "decimal(18,2)", date: "date", datetime: "timestamp"}
    columns = ", ".join(f"{name} {types.get(type(value), 'text')}" for name, value in exception_row().items())
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema recon; create schema intermediate")
        connection.execute(f"create table intermediate.int_exceptions_in_order ({columns})")
        marks = ", ".join("?" for _ in exception_row())
        connection.executemany(
            f"insert into intermediate.int_exceptions_in_order values ({marks})",
            [list(row.values()) for row in reversed(rows)],
        )
        source = "from intermediate.int_exceptions_in_order"
        connection.execute(f"create table recon.worklist as select * {source} where status = 'open'")
        connection.execute(f"create table recon.exceptions as select * exclude ({', '.join(ORDER)}) {source}")
    return prove(path)


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    """Seven rows of several clients, matters and statuses, and one of another firm."""
    changes: list[dict[str, object]] = [
        {"client_name": "Ada Quill", "matter_number": "00012-Quill", "severity": "critical"},
        {"client_name": "Quill & Sons", "matter_number": "00007-Sons, 00012-Quill", "code": "xero_only"},
        {"client_name": "Miriam Brook", "matter_number": "12", "responsible_attorney": "Ruth Hartley"},
        {"client_name": None, "responsible_attorney": None, "matter_number": None, "severity": "low"},
        {"firm_id": "other-firm"},
        {"status": "in_flight", "severity": "low"},
        {"status": "accepted", "code": "xero_only"},
    ]
    rows = [exception_row(work_rank=n, exception_id=str(n), **change) for n, change in enumerate(changes, 1)]
    return publish(tmp_path / "warehouse.duckdb", rows)


def ids(warehouse: Path, **asked: Any) -> list[str]:
    """Which rows are read, in their order."""
    return [row["exception_id"] for row in report.read_worklist(warehouse, "harbor-law", Narrowed(**asked))]


def test_the_worklist_is_read_in_the_order_the_warehouse_gives_it(warehouse: Path) -> None:
    assert ids(warehouse) == ["1", "2", "3", "4"]
    assert list(report.read_worklist(warehouse, "harbor-law")[0]) == list(exception_row())


def test_rows_of_every_status_have_the_same_columns_in_the_same_order(warehouse: Path) -> None:
    assert ids(warehouse, statuses=tuple(STATUSES)) == ["1", "2", "3", "4", "6", "7"]
    [row] = report.read_worklist(warehouse, "harbor-law", Narrowed(statuses=("accepted",)))
    assert list(row) == list(exception_row())
    assert (row["exception_id"], row["title"]) == ("7", "Invoice without a bill")


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"client": "quill"}, ["1", "2"]),
        ({"client": "Ada Quill"}, ["1"]),
        ({"client": "%"}, []),
        ({"matter": "00012-quill"}, ["1", "2"]),
        ({"matter": "00007-Sons, 00012-Quill"}, ["2"]),
        ({"matter": "12"}, ["3"]),
        ({"attorney": "hart"}, ["1", "2", "3"]),
        ({"attorney": "hartley"}, ["3"]),
        ({"codes": ["xero_only"]}, ["2"]),
        ({"codes": ["xero_only"], "statuses": ["open", "accepted"]}, ["2", "7"]),
        ({"severities": ["critical", "low"]}, ["1", "4"]),
        ({"statuses": ["in_flight"]}, ["6"]),
        ({"client": "quill", "severities": ["critical"]}, ["1"]),
    ],
)
def test_the_worklist_is_narrowed_and_keeps_its_order(asked: dict[str, Any], found: list[str], warehouse: Path) -> None:
    assert ids(warehouse, **asked) == found


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({"codes": ["missing_in_xer"]}, "--code.*missing_in_xero"),
        ({"severities": ["hihg"]}, "--severity.*high"),
        ({"statuses": ["in flight"]}, "--status.*in_flight"),
        ({"client": " "}, "--client"),
    ],
)
def test_a_word_that_can_match_nothing_is_refused(asked: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        Narrowed(**asked)


def test_a_warehouse_of_an_earlier_version_says_what_to_run(tmp_path: Path) -> None:
    path = make_private(tmp_path / "harbor-law") / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema recon; create table recon.exceptions (firm_id text)")
    prove(path)
    for asked in (Narrowed(), EVERY_STATUS):
        with pytest.raises(UsageError, match="tieout run harbor-law"):
            report.read_worklist(path, "harbor-law", asked)


def test_a_firm_without_a_night_is_told_to_run_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="tieout run harbor-law"):
        report.read_worklist(tmp_path / "harbor-law" / "warehouse.duckdb", "harbor-law")


def test_json_keeps_the_digits_of_money_and_says_null_for_nothing() -> None:
    [row] = json.loads(report.worklist_json([exception_row(amount=Decimal("12345678901234.50"))]))
    assert row["amount"] == "12345678901234.50"
    assert row["xero_value"] is None
    assert row["nights_seen"] == 2


def test_the_artifact_tells_why_a_night_is_incomplete() -> None:
    result = NightResult("harbor-law", None, "incomplete", ("Clio refused /bills.",))
    assert "harbor\\-law: incomplete" in report.markdown_report(result, [])
    assert "Clio refused /bills\\." in report.markdown_report(result, [])


def test_the_artifact_names_each_open_row() -> None:
    statement = {"clio_receivables_amount": Decimal("10.00"), "open_count": 1}
    shown = report.markdown_report(NightResult("harbor-law", "r", "exceptions", statement=statement), [exception_row()])
    assert "| clio receivables amount | 10\\.00 |" in shown
    assert "| Ada Quill | 101 | Missing in Xero | high | 120.00 |" in shown
