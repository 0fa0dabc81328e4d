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
    told = subprocess.run(
        [sys.executable, "-c", f"import sys, {module}; print(*sys.modules)"], capture_output=True, text=True, check=True
    ).stdout
    assert HEAVY & set(told.split()) == needed
