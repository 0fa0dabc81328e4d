"""Where two texts part, told in one step whatever their length: people read a draft's edit from there."""

import time

import duckdb
import pytest

from flows.night.dbt_functions import Plugin


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    opened = duckdb.connect()
    Plugin("tieout", {}).configure_connection(opened)
    return opened


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [("", "", 0), ("abc", "abd", 2), ("abc", "abc", 3), ("abc", "ab", 2), ("é😀x", "é😀y", 2), (None, "a", None)],
)
def test_characters_are_counted_as_people_do(
    connection: duckdb.DuckDBPyConnection, one: str | None, other: str, shared: int | None
) -> None:
    assert connection.execute("select shared_beginning(?, ?)", [one, other]).fetchall() == [(shared,)]


def test_texts_of_any_length_are_soon_compared(connection: duckdb.DuckDBPyConnection) -> None:
    """Cutting both at each length took 20 seconds for these two."""
    began = time.process_time()
    sql = "select shared_beginning(repeat('9', 200000), repeat('9', 199990) || '8')"
    assert connection.execute(sql).fetchall() == [(199_990,)]
    assert time.process_time() - began < 5
