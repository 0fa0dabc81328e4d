"""A table holds what it held, to the last cell, or what stands on it is built again."""

import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from pipelines.night.as_before import tables_as_before
from pipelines.tables.duck import connect
from tests.support.empty_warehouse import create_empty

FIRST, SECOND = datetime(2026, 11, 21, 2), datetime(2026, 11, 22, 2)
LINE = """
    insert into clio.line_items (firm_id, id, bill_id, description, total, updated_at, loaded_at)
    values ('f', '{id}', '7', {words}, 5, {updated}, '2026-11-21 02:00:00')
"""


def line(number: str, words: str = "'Letter'", updated: str = "'2026-11-01'") -> str:
    return LINE.format(id=number, words=words, updated=updated)


@pytest.fixture
def before(tmp_path: Path) -> Path:
    """A published file with a bank line that stands there twice, and two lines of a bill."""
    file = tmp_path / "before.duckdb"
    create_empty(file)
    with connect(file) as connection:
        connection.execute(
            "insert into evidence.nights (firm_id, run_id, started_at, built_by) values ('f','1',?,'p')".replace(
                "?", f"'{FIRST}'"
            )
        )
        connection.execute(line("1") + ";" + line("2", "null"))
        connection.execute("insert into evidence.firms (firm_id, grace_hours) values ('f', 24)")
        for _ in range(2):
            connection.execute("insert into evidence.not_from_clio values ('f', 'contact', 'Rent')")
    return file


def as_before(before: Path, change: str, built_by: str = "p") -> frozenset[str]:
    """What is as before in tonight's file, a copy of the earlier one with a change."""
    tonight = before.with_name("warehouse.duckdb")
    tonight.write_bytes(before.read_bytes())
    with connect(tonight) as connection:
        connection.execute(f"update clio.line_items set loaded_at = '{SECOND}'")
        connection.execute(change)
        return tables_as_before(connection, before, built_by)


def test_a_night_in_which_nothing_changed_leaves_every_table_as_it_was(before: Path) -> None:
    everything = as_before(before, "select 1")
    assert {"clio.line_items", "clio.bills", "xero.invoices", "evidence.firms", "evidence.not_from_clio"} <= everything


@pytest.mark.parametrize(
    "change",
    [
        "update clio.line_items set description = 'letter' where id = '1'",
        "update clio.line_items set description = '' where id = '2'",
        "update clio.line_items set description = null where id = '1'",
        "update clio.line_items set total = 5.01 where id = '2'",
        "update clio.line_items set updated_at = updated_at + interval 1 second where id = '1'",
        "update clio.line_items set firm_id = 'g' where id = '1'",
        "delete from clio.line_items where id = '2'",
        line("3"),
        "delete from clio.line_items where id = '1'; " + line("3"),
    ],
)
def test_a_table_of_which_anything_changed_is_another_and_no_other_is(before: Path, change: str) -> None:
    assert as_before(before, "select 1") - as_before(before, change) == {"clio.line_items"}


def test_a_row_that_stood_there_twice_and_stands_there_once_beside_another_is_seen(before: Path) -> None:
    change = """
        delete from evidence.not_from_clio;
        insert into evidence.not_from_clio values ('f', 'contact', 'Rent'), ('f', 'contact', 'Fees')
    """
    assert "evidence.not_from_clio" not in as_before(before, change)


def test_one_more_night_is_one_more_night(before: Path) -> None:
    change = f"insert into evidence.nights (firm_id, run_id, started_at) values ('f', '2', '{SECOND}')"
    assert "evidence.nights" not in as_before(before, change)


@pytest.mark.parametrize(("later", "is_as_before"), [(timedelta(0), True), (timedelta(seconds=1), False)])
def test_a_stamp_from_after_its_reading_may_be_believed_tonight(
    before: Path, later: timedelta, is_as_before: bool
) -> None:
    with duckdb.connect(str(before)) as connection:
        connection.execute("update clio.line_items set updated_at = loaded_at + ? where id = '1'", [later])
    assert ("clio.line_items" in as_before(before, "select 1")) == is_as_before


def test_a_file_that_somebody_has_open_for_writing_is_built_again(before: Path) -> None:
    holds_it = f"import duckdb; c = duckdb.connect({str(before)!r}); print('open', flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", holds_it], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None and holder.stdout.readline() == b"open\n"
        assert as_before(before, "select 1") == frozenset()
        holder.communicate(b"\n")
    assert as_before(before, "select 1") != frozenset()


@pytest.mark.parametrize("other", ["q", ""])
def test_what_another_project_built_is_built_again(before: Path, other: str) -> None:
    assert as_before(before, "select 1", other) == frozenset()


def test_a_file_that_does_not_say_what_built_it_is_built_again(before: Path) -> None:
    with duckdb.connect(str(before)) as connection:
        connection.execute("update evidence.nights set built_by = null")
    assert as_before(before, "select 1") == frozenset()


@pytest.mark.parametrize(
    ("earlier", "others"),
    [
        ("alter table evidence.nights drop built_by", None),
        ("alter table clio.line_items drop description", {"clio.line_items"}),
        ("drop table evidence.firms", {"evidence.firms"}),
    ],
)
def test_a_file_of_an_earlier_version_is_read_as_far_as_it_goes(
    before: Path, earlier: str, others: set[str] | None
) -> None:
    everything = as_before(before, "select 1")
    tonight = before.with_name("warehouse.duckdb")
    with duckdb.connect(str(before)) as connection:
        connection.execute(earlier)
    with connect(tonight) as connection:
        assert everything - tables_as_before(connection, before, "p") == (others or everything)
