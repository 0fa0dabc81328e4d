"""One firm's folder: locked, private, published by rename, cleaned of what a dead night left."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from pipelines.errors import GiveUp, TryAgain
from pipelines.firm.settings import Firm, load_settings
from pipelines.night.kept import kept_nights
from pipelines.night.warehouse import Night, open_night
from tests.support.empty_warehouse import create_empty
from tests.unit.test_settings import GOOD, write


@pytest.fixture
def firm(tmp_path: Path) -> Firm:
    return load_settings(write(tmp_path, GOOD)).firm("harbor-law")


def fill(night: Night, firm_id: str = "harbor-law") -> None:
    """As little as a night needs to be publishable."""
    if not night.work_file.exists():
        create_empty(night.work_file)
    with duckdb.connect(str(night.work_file)) as connection:
        connection.execute(
            "insert into evidence.nights (firm_id, run_id, started_at) values (?, ?, ?)",
            [firm_id, night.run_id, night.started_at],
        )


def run_night(firm: Firm, hour: int = 2) -> str:
    with open_night(firm, datetime(2026, 11, 23, hour, tzinfo=UTC)) as night:
        fill(night)
        night.publish()
    return night.run_id


def nights(firm: Firm) -> list[str]:
    with duckdb.connect(str(firm.warehouse), read_only=True) as connection:
        return [
            row[0] for row in connection.execute("select run_id from evidence.nights order by started_at").fetchall()
        ]


def test_nights_follow_each_other_and_the_earlier_stay(firm: Firm) -> None:
    first, second = run_night(firm, 2), run_night(firm, 3)
    assert nights(firm) == [first, second]
    assert [file.stem for file in (firm.folder / "nights").iterdir()] == [first]
    assert not (firm.folder / "work").exists()


def test_everything_is_for_its_owner_alone(firm: Firm) -> None:
    run_night(firm, 2)
    run_night(firm, 3)
    for path in [firm.folder.parent, firm.folder, *firm.folder.rglob("*")]:
        expected = 0o700 if path.is_dir() else 0o400 if path.suffix == ".duckdb" else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == expected, path


def test_a_run_id_begins_with_its_start(firm: Firm) -> None:
    assert run_night(firm, 4).startswith("20261123T040000Z-")


def test_a_night_that_fails_leaves_last_nights_file_and_the_next_is_clean(firm: Firm) -> None:
    first = run_night(firm, 2)
    before = firm.warehouse.read_bytes()
    with pytest.raises(RuntimeError), open_night(firm) as night:
        fill(night)
        (night.folder / "dlt").mkdir()
        raise RuntimeError("something broke")
    assert firm.warehouse.read_bytes() == before
    assert night.folder.exists()
    with open_night(firm) as later:
        assert not night.folder.exists() and not (later.folder / "dlt").exists()
    assert nights(firm) == [first]


def test_a_second_night_of_the_firm_is_refused(firm: Firm) -> None:
    with open_night(firm), pytest.raises(TryAgain, match="another night is under way"), open_night(firm):
        pass


def test_the_lock_dies_with_its_process(firm: Firm, tmp_path: Path) -> None:
    program = (
        "import os, signal, sys; from pathlib import Path\n"
        "from pipelines.firm.settings import load_settings; from pipelines.night.warehouse import open_night\n"
        "firm = load_settings(Path(sys.argv[1])).firm('harbor-law')\n"
        "with open_night(firm) as night:\n"
        "    night.work_file.write_bytes(b'half')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    killed = subprocess.run([sys.executable, "-c", program, str(tmp_path / "tieout.toml")], timeout=60, check=False)
    assert killed.returncode == -9
    assert len(list((firm.folder / "work").iterdir())) == 1
    run_night(firm)
    assert not (firm.folder / "work").exists()


def test_a_reader_keeps_what_it_opened_and_stops_nobody(firm: Firm) -> None:
    first = run_night(firm, 2)
    with duckdb.connect(str(firm.warehouse), read_only=True) as reader:
        second = run_night(firm, 3)
        assert reader.execute("select count(*) from evidence.nights").fetchall() == [(1,)]
    assert nights(firm) == [first, second]


def test_another_firms_rows_are_never_published(firm: Firm) -> None:
    with pytest.raises(GiveUp, match=r"found others in clio\.bills"), open_night(firm) as night:
        fill(night)
        with duckdb.connect(str(night.work_file)) as connection:
            connection.execute("insert into clio.bills (firm_id, id) values ('other-law', '1')")
        night.publish()
    assert not firm.warehouse.exists()


def test_a_file_that_is_not_closed_is_never_published(firm: Firm) -> None:
    with pytest.raises(GiveUp, match="changes not yet in it"), open_night(firm) as night:
        fill(night)
        night.work_file.with_name("warehouse.duckdb.wal").write_bytes(b"x")
        night.publish()
    assert not firm.warehouse.exists()


def test_a_file_without_tonight_is_never_published(firm: Firm) -> None:
    with pytest.raises(GiveUp, match="expected to be the last"), open_night(firm) as night:
        create_empty(night.work_file)
        night.publish()


def test_a_file_that_is_no_database_is_never_published(firm: Firm) -> None:
    with pytest.raises(GiveUp, match="cannot be read"), open_night(firm) as night:
        night.work_file.write_bytes(b"not a database" * 100)
        night.publish()


def test_the_last_35_nights_and_each_months_last_are_kept() -> None:
    days = [f"2026{month:02}{day:02}T020000Z-aaaaaa" for month in (8, 9, 10, 11) for day in range(1, 29)]
    kept = kept_nights(days)
    assert len(kept) == 35 + 2
    assert set(days[-35:]) <= kept
    assert "20260828T020000Z-aaaaaa" in kept and "20260928T020000Z-aaaaaa" in kept


def test_nights_past_their_time_are_removed(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.night.kept.KEPT_NIGHTS", 2)
    ids = [run_night(firm, hour) for hour in (1, 2, 3, 4, 5)]
    assert {file.stem for file in (firm.folder / "nights").iterdir()} == set(ids[2:4])


def test_a_copy_stands_in_where_links_are_not_possible(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*paths: object) -> None:
        raise OSError("no links here")

    first = run_night(firm, 2)
    monkeypatch.setattr(os, "link", refuse)
    second = run_night(firm, 3)
    assert nights(firm) == [first, second]
    assert [file.stem for file in (firm.folder / "nights").iterdir()] == [first]


def of_an_earlier_version(night: Night) -> None:
    """A file as it was written before files were packed: in DuckDB's usual blocks."""
    duckdb.connect(str(night.work_file), config={"default_block_size": 2**18}).close()
    with duckdb.connect(str(night.work_file)) as connection:
        connection.execute("create schema evidence")
        connection.execute("create table evidence.nights (firm_id text, run_id text, started_at timestamp)")
    fill(night)


def blocks_and_storage(file: Path) -> tuple[int, str]:
    with duckdb.connect(str(file), read_only=True) as connection:
        [(size,)] = connection.execute("select block_size from pragma_database_size()").fetchall()
        sql = "select tags['storage_version'] from duckdb_databases() where database_name = current_database()"
        [(storage,)] = connection.execute(sql).fetchall()
    return size, storage


def test_a_firms_file_is_begun_small(firm: Firm) -> None:
    run_night(firm)
    assert blocks_and_storage(firm.warehouse) == (2**14, "v1.5.0+")


def test_a_file_of_an_earlier_version_is_packed_once_and_says_the_same(firm: Firm) -> None:
    with open_night(firm, datetime(2026, 11, 22, 2, tzinfo=UTC)) as night:
        of_an_earlier_version(night)
        night.publish()
    assert blocks_and_storage(firm.warehouse)[0] == 2**18
    size_before = firm.warehouse.stat().st_size
    tonight = run_night(firm)
    assert nights(firm) == [night.run_id, tonight]
    assert blocks_and_storage(firm.warehouse) == (2**14, "v1.5.0+")
    assert firm.warehouse.stat().st_size < size_before / 4


def test_a_file_that_cannot_be_packed_goes_on_as_it_is(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    with open_night(firm, datetime(2026, 11, 22, 2, tzinfo=UTC)) as night:
        of_an_earlier_version(night)
        night.publish()

    def full_disk(path: Path) -> duckdb.DuckDBPyConnection:
        raise duckdb.IOException(f"{path}: No space left on device")

    monkeypatch.setattr("pipelines.tables.duck.connect", full_disk)
    with open_night(firm, datetime(2026, 11, 23, 2, tzinfo=UTC)) as tonight:
        assert blocks_and_storage(tonight.work_file)[0] == 2**18
        assert [file.name for file in tonight.folder.iterdir()] == ["warehouse.duckdb"]
