"""The README's commands for dbt by hand, typed as they stand there against a copy of a firm's warehouse."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from flows.night.project import PROJECT
from tests.docs.test_docs import README
from tests.flow.world import FIRM, World

pytestmark = pytest.mark.timeout(600)
SECTION = README.split("\n### By hand, with dbt\n", 1)[1].split("\n#", 1)[0]
LINES = [line.removeprefix("$ ") for line in re.findall(r"^\$ .+", SECTION, re.MULTILINE)]


@dataclass
class Desk:
    """A folder as a checkout's root is, with one firm's published night in it."""

    folder: Path

    @property
    def copy(self) -> Path:
        return self.folder / "copy.duckdb"

    def type(self, *lines: str) -> "subprocess.CompletedProcess[str]":
        """Lines in one shell, which ends at the first that fails; unit tests, which need no warehouse, left out."""
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        asked = {**os.environ, "PATH": path, "DBT_EXCLUDE_RESOURCE_TYPES": "unit_test", "DBT_USE_COLORS": "false"}
        words = ["bash", "-ec", "\n".join(lines)]
        return subprocess.run(words, cwd=self.folder, env=asked, capture_output=True, text=True, check=False)

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        with duckdb.connect(str(self.copy), read_only=True) as connection:
            return connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def desk(world: World, tmp_path_factory: pytest.TempPathFactory) -> Desk:
    assert world.night().verdict == "exceptions"
    folder = tmp_path_factory.mktemp("desk")
    (folder / "data" / "harbor-law").mkdir(parents=True)
    shutil.copy(world.firm.warehouse, folder / "data" / "harbor-law")
    shutil.copytree(PROJECT, folder / "dbt_project", ignore=shutil.ignore_patterns("target", "logs", "spill"))
    return Desk(folder)


def test_the_commands_of_the_readme_build_test_and_describe(desk: Desk) -> None:
    assert FIRM == "harbor-law" and len(LINES) == 7
    done = desk.type(*LINES)
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr
    assert (desk.folder / "dbt_project" / "target" / "catalog.json").exists()
    with duckdb.connect(str(desk.folder / "data" / FIRM / "warehouse.duckdb"), read_only=True) as published:
        asked = "select exception_id, status, nights_seen from recon.exceptions order by all"
        assert desk.rows(asked) == published.execute(asked).fetchall() != []


def test_what_a_tie_out_found_is_a_warning_and_its_rows_are_kept(desk: Desk) -> None:
    done = desk.type(*LINES[2:-1])
    assert done.returncode == 0
    assert re.search(r"WARN 1 tie_every_approved_bill_is_live_in_xero", done.stdout)
    assert re.search(r"WARN=[1-9]\d* ERROR=0", done.stdout)
    assert desk.rows("select code, clio_bill_number from dbt_test__audit.tie_every_approved_bill_is_live_in_xero") == [
        ("missing_in_xero", "2006")
    ]


def test_a_check_of_our_own_that_does_not_hold_is_an_error(desk: Desk) -> None:
    with duckdb.connect(str(desk.copy)) as connection:
        connection.execute("update recon.ar_tie_out set amount = amount + 1 where step = 'clio_receivables'")
    done = desk.type(*LINES[2:4], "dbt test --select tag:integrity")
    assert done.returncode == 1
    assert re.search(r"FAIL 1 assert_bridge_adds_up", done.stdout), done.stdout[-3000:]
