"""What does not fit in memory: every DuckDB of a night has a bound, spills into the night's own folder and nowhere
else, and dbt goes on after it has spilled."""

from __future__ import annotations

import contextlib
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest
import yaml
from dbt.adapters.duckdb.credentials import DuckDBCredentials
from dbt.adapters.duckdb.environments.local import LocalEnvironment

from flows.night.project import PROJECT
from pipelines.firm.settings import Firm, load_settings
from pipelines.night.warehouse import Night, open_night
from pipelines.tables.duck import MEMORY, connect
from tests.unit.test_settings import GOOD, write

HALF_A_GB = "476.8 MiB"  # as DuckDB says it
MORE_THAN_FITS = "create temp table sorted as select random() as r, i from range(4_000_000) as t(i) order by r"


@pytest.fixture
def firm(tmp_path: Path) -> Firm:
    return load_settings(write(tmp_path, GOOD)).firm("harbor-law")


@contextlib.contextmanager
def as_dbt_opens_it(night: Night) -> Iterator[LocalEnvironment]:
    """The work file by the profile's own words, from where dbt runs in a night."""
    profile = yaml.safe_load((PROJECT / "profiles.yml").read_text())["tieout"]["outputs"]["night"]
    with contextlib.chdir(night.folder):
        opened = LocalEnvironment(DuckDBCredentials.from_dict({**profile, "path": night.work_file.name}))
        try:
            yield opened
        finally:
            opened.close()


def settings_of(cursor: duckdb.DuckDBPyConnection) -> tuple[str, str]:
    sql = "select current_setting('memory_limit'), current_setting('temp_directory')"
    [(memory, spill)] = cursor.execute(sql).fetchall()
    return str(memory), str(spill)


def test_each_connection_of_a_night_is_bounded_and_spills_into_its_folder(firm: Firm) -> None:
    with open_night(firm, datetime(2026, 11, 23, 1, tzinfo=UTC)) as night:
        with connect(night.work_file) as ours:
            memory, spill = settings_of(ours)
            assert (memory, Path(spill)) == (HALF_A_GB, night.folder / "spill") and MEMORY == "500MB"
        with as_dbt_opens_it(night) as dbt:
            for _ in range(2):
                memory, spill = settings_of(dbt.handle().cursor())
                assert (memory, Path(spill).absolute()) == (HALF_A_GB, night.folder / "spill")


def test_dbt_goes_on_after_it_has_spilled_and_nothing_of_it_is_left(firm: Firm) -> None:
    """dbt opens a connection for each model; DuckDB refuses to be told of another folder once it has spilled."""
    with open_night(firm, datetime(2026, 11, 23, 1, tzinfo=UTC)) as night:
        with as_dbt_opens_it(night) as dbt:
            first = dbt.handle().cursor()
            first.execute("set memory_limit = '60MB'")
            first.execute(MORE_THAN_FITS)
            spilled = list((night.folder / "spill").iterdir())
            assert spilled
            for folder in (firm.folder, night.folder.parent, night.folder):
                assert stat.S_IMODE(folder.stat().st_mode) == 0o700
            assert dbt.handle().cursor().execute("select 1").fetchall() == [(1,)]
        assert not any(file.exists() for file in spilled)


def test_what_a_killed_night_had_spilled_is_swept_by_the_next(firm: Firm) -> None:
    with open_night(firm, datetime(2026, 11, 23, 1, tzinfo=UTC)) as night:
        connect(night.work_file).close()
        (night.folder / "spill").mkdir()
        left = night.folder / "spill" / "duckdb_temp_storage_DEFAULT-0.tmp"
        left.write_bytes(b"bills")
    assert left.exists(), "a night that did not publish leaves its folder"
    with open_night(firm, datetime(2026, 11, 24, 1, tzinfo=UTC)) as night:
        assert not left.exists()
