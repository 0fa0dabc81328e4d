"""A published file that is replaced while somebody reads it: who asks next gets the new one, who reads goes on."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from pipelines.errors import GiveUp
from pipelines.firm import published
from pipelines.firm.published import digest_of, kept_open, note, open_published


def publish(folder: Path, night: int) -> Path:
    """What a night does, with a table that says which night it was."""
    work, live = folder / "work.duckdb", folder / "warehouse.duckdb"
    with duckdb.connect(str(work)) as connection:
        connection.execute(f"create schema recon; create table recon.night as select {night} as night")
    note(folder, f"night-{night}", digest_of(work))
    work.chmod(0o400)
    work.replace(live)
    return live


def night_in(connection: duckdb.DuckDBPyConnection) -> int:
    [(night,)] = connection.execute("from recon.night").fetchall()
    return int(night)


@pytest.fixture
def server() -> Iterator[None]:
    """A process that keeps open what it opened."""
    with kept_open():
        yield


@pytest.mark.parametrize("keeps", [False, True])
def test_who_opens_gets_the_file_that_is_there(keeps: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(published, "_are_kept_open", keeps)
    live = publish(tmp_path, 1)
    with open_published(live) as first:
        publish(tmp_path, 2)
        with open_published(live) as second:
            assert (night_in(first), night_in(second)) == (1, 2)
        assert night_in(first) == 1


def test_a_file_is_opened_once_as_long_as_it_stays_the_same(
    server: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []
    real = published.connect_to_read

    def open_it(file: Path) -> duckdb.DuckDBPyConnection:
        opened.append(file)
        return real(file)

    monkeypatch.setattr(published, "connect_to_read", open_it)
    live = publish(tmp_path, 1)
    for _ in range(3):
        with open_published(live) as connection:
            assert night_in(connection) == 1
    publish(tmp_path, 2)
    with open_published(live) as connection:
        assert night_in(connection) == 2
    assert len(opened) == 2


def test_who_opens_again_while_reading_opens_nothing_anew_and_at_the_end_nothing_stays_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(published, "_are_kept_open", False)
    live = publish(tmp_path, 1)
    with open_published(live) as outer:
        monkeypatch.setattr(published, "connect_to_read", None)
        with open_published(live) as inner:
            assert night_in(inner) == 1
        assert night_in(outer) == 1
    assert live not in published._opened


def test_what_somebody_changed_is_refused_though_it_was_open(server: None, tmp_path: Path) -> None:
    live = publish(tmp_path, 1)
    with open_published(live) as connection:
        night_in(connection)
    other = tmp_path / "other.duckdb"
    with duckdb.connect(str(other)) as connection:
        connection.execute("create schema recon; create table recon.night as select 9 as night")
    other.replace(live)
    with pytest.raises(GiveUp, match="not what the night published"), open_published(live):
        pass
    live.with_name("warehouse.duckdb.wal").write_bytes(b"")
    with pytest.raises(GiveUp, match="left changes beside it"), open_published(live):
        pass


def test_no_more_files_stay_open_than_a_process_should_hold(
    server: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(published, "MOST_KEPT", 2)
    for name in "abc":
        (tmp_path / name).mkdir()
        with open_published(publish(tmp_path / name, 1)) as connection:
            assert night_in(connection) == 1
    assert [file.parent.name for file in published._opened] == ["b", "c"]


def test_nothing_stays_open_when_the_server_has_ended(tmp_path: Path) -> None:
    live = publish(tmp_path, 1)
    with kept_open(), open_published(live):
        pass
    assert live not in published._opened
    with duckdb.connect(str(publish(tmp_path, 2)), read_only=True), open_published(live) as reader:
        assert night_in(reader) == 2
