"""A command answers at once: what takes long to import is imported where it is used."""

import subprocess
import sys

import pytest

HEAVY = {"dbt", "dlt", "ofxtools", "pandas", "prefect", "pyarrow"}


@pytest.mark.parametrize(
    ("module", "needed"),
    [("flows.commands.cli", set()), ("flows.night.steps", {"pyarrow"}), ("flows.night.builder", set())],
)
def test_nothing_heavy_is_imported_before_its_time(module: str, needed: set[str]) -> None:
    assert HEAVY & _imported_by(f"import {module}") == needed


BUILDS = """
import duckdb
from flows.night.dbt_functions import add_functions
connection = duckdb.connect()
add_functions(connection)
assert connection.execute("select choose_partners([1], [1], [[0]])").fetchall() == [([1],)]
"""


def test_what_builds_has_no_use_for_pandas() -> None:
    """Arrow imports it, if it finds it, with the first array of a process."""
    from_there = "from flows.night.builder import without_pandas; without_pandas()"
    assert "pandas" not in _imported_by(from_there + BUILDS)
    assert "pandas" in _imported_by(BUILDS)


def test_who_wants_pandas_afterwards_has_it() -> None:
    there = "from flows.night.builder import without_pandas; without_pandas()\nimport pandas"
    assert "pandas" in _imported_by(there)


def _imported_by(code: str) -> set[str]:
    told = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules)"], capture_output=True, text=True, check=True
    ).stdout
    return set(told.split())
