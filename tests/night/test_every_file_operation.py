"""Killed or refused at every single file operation: what was decided, published or connected is whole, old or new.

Nine pieces of work (`tests.support.works`), each killed dead at its first, second, third ... operation, and each with a
disk that is full for that operation alone. Afterwards the firm must be usable: the next night, the next decision, the
next renewal go on, without a person.
"""

from __future__ import annotations

import shutil
import stat
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.night import journal
from flows.pack import store
from pipelines.bank.statements import StatementStore
from pipelines.errors import TieoutError
from pipelines.firm import decisions
from pipelines.firm.published import open_published
from tests.support import works
from tests.support.os_operations import killed_at_each, refused_at
from tests.unit.test_settings import GOOD, write

Look = Callable[[Path, list[str]], None]


@pytest.fixture
def world(tmp_path: Path) -> Path:
    """A firm with two nights, a link, a journal line and a token set behind it."""
    folder = tmp_path / "world"
    folder.mkdir()
    write(folder, GOOD)
    works.night(folder, 1)
    works.night(folder, 2)
    decisions.matches(works.firm_in(folder).folder).append({**works.DECISION, "clio_bill_id": "1", "reason": "first"})
    decisions.signatures(works.firm_in(folder).folder).append(
        {**works.SIGNATURE, "role": "preparer", "signed_by": "Ada"}
    )
    works.keep_pack(folder)
    works.record(folder)
    assert works.grant(folder).access_token() == "a-1"
    return folder


def published(folder: Path) -> list[str]:
    with open_published(works.firm_in(folder).warehouse) as connection:
        rows = connection.execute("select run_id from evidence.nights order by started_at").fetchall()
    return [run_id for (run_id,) in rows]


def looks_published(folder: Path, before: list[str]) -> None:
    """Last night's file or tonight's; and the next night goes on from it, with nothing to tell."""
    found = published(folder)
    assert found[:2] == before and len(found) in (2, 3)
    with works.open_night(works.firm_in(folder), datetime(2026, 11, 23, 9, tzinfo=UTC)) as after:
        works.fill(after)
        after.publish()
    assert after.notes == []
    assert published(folder)[:-1] == found
    assert not (works.firm_in(folder).folder / "set-aside").exists()


def looks_rebuilt(folder: Path, before: list[str]) -> None:
    """The warehouse as it was, and a month-end that is proven or not there yet."""
    assert published(folder) == before
    month_end = works.firm_in(folder).folder / "month-ends" / "2026-10-31.duckdb"
    if month_end.exists():
        with open_published(month_end) as connection:
            assert connection.execute("select count(*) from evidence.nights").fetchall() == [(3,)]
    works.month_end(folder)


def looks_decided(folder: Path, before: list[str]) -> None:
    """Both decisions or the first alone, and a third can be added."""
    file = decisions.matches(works.firm_in(folder).folder)
    assert [row["clio_bill_id"] for row in file.rows()] in (["1"], ["1", "2"])
    assert file.mend() is None
    file.append({**works.DECISION, "clio_bill_id": "3"})
    assert file.rows()[-1]["clio_bill_id"] == "3" and file.rows()[0]["reason"] == "first"


def looks_signed(folder: Path, before: list[str]) -> None:
    """Both signatures or the first alone, and a third can be given."""
    file = decisions.signatures(works.firm_in(folder).folder)
    assert [row["signed_by"] for row in file.rows()] in (["Ada"], ["Ada", "Ben"])
    assert file.mend() is None
    file.append({**works.SIGNATURE, "version": "2"})
    assert file.rows()[-1]["version"] == "2" and file.rows()[0]["role"] == "preparer"


def looks_kept(folder: Path, before: list[str]) -> None:
    """The pack of before as it was, the next one whole or counting for none; and there is room for one more."""
    firm = works.firm_in(folder)
    for pack in store.versions(firm, "2026-10"):
        assert pack.is_as_written and pack.stated["version"] == pack.version
    assert [pack.version for pack in store.versions(firm, "2026-10")] in ([1], [1, 2])
    works.keep_pack(folder)
    kept = store.versions(firm, "2026-10")
    assert kept[-1].is_as_written and kept[-1].version in (2, 3) and kept[0].is_as_written
    assert not list(store.folder_of(firm, "2026-10").glob(f".*-v{kept[-1].version}.*"))


def looks_recorded(folder: Path, before: list[str]) -> None:
    """Every line of before, and room for the next."""
    works.record(folder)
    assert len(journal.attempts(works.firm_in(folder))) in (2, 3)


def looks_imported(folder: Path, before: list[str]) -> None:
    """The statement whole or not at all; importing it again makes it whole."""
    store = StatementStore(works.firm_in(folder).folder)
    assert [len(one.lines) for one in store.kept()] in ([], [2])
    works.import_statement(folder)
    assert [len(one.lines) for one in store.kept()] == [2]


def looks_typed(folder: Path, before: list[str]) -> None:
    """The balance once, whether it was there or not."""
    works.type_balance(folder)
    assert len(StatementStore(works.firm_in(folder).folder).kept()) == 1


def looks_connected(folder: Path, before: list[str]) -> None:
    """The old set or the new one, nothing of it left elsewhere once somebody holds the lock again."""
    firm = works.firm_in(folder)
    file = works.TokenFile(firm.folder)
    tokens = file.read("xero")
    assert tokens is not None and tokens.access_token.get_secret_value() in ("a-1", "a-2")
    with file.locked():
        assert list(firm.folder.glob(".tokens.json.*")) == []


WORKS: dict[str, Look] = {
    "night": looks_published,
    "month_end": looks_rebuilt,
    "decide": looks_decided,
    "sign": looks_signed,
    "keep_pack": looks_kept,
    "record": looks_recorded,
    "import_statement": looks_imported,
    "type_balance": looks_typed,
    "renew": looks_connected,
}


@pytest.mark.parametrize("work", WORKS)
def test_killed_at_any_operation_the_next_one_finds_old_or_new(
    world: Path, tmp_path: Path, work: str, record_property: Callable[[str, object], None]
) -> None:
    before = published(world)
    copies = killed_at_each(work, world, tmp_path / "copies")
    assert len(copies) >= 4, "too few operations were counted for this to be the work"
    for copy in copies:
        WORKS[work](copy, before)
        assert all(not stat.S_IMODE(path.stat().st_mode) & 0o077 for path in (copy / "data").rglob("*")), copy
        shutil.rmtree(copy)
    record_property("kills", len(copies))
    print(f"{work}: killed {len(copies)} times")


@pytest.mark.parametrize("work", WORKS)
def test_a_disk_full_at_any_operation_is_one_sentence_and_loses_nothing(world: Path, tmp_path: Path, work: str) -> None:
    before = published(world)
    for nth in range(1, 400):
        copy = tmp_path / "full" / str(nth)
        shutil.copytree(world, copy)
        with refused_at(nth) as operations:
            try:
                getattr(works, work)(copy)
                stopped = None
            except TieoutError as error:
                stopped = error
        if not operations.reached:
            assert nth > 4
            print(f"{work}: refused {nth - 1} times")
            return
        if stopped is not None:
            assert "the disk is full" in str(stopped) and "\n" not in str(stopped)
            assert "data/harbor-law" in str(stopped) or copy.name in str(stopped)
        WORKS[work](copy, before)
        shutil.rmtree(copy)
    raise AssertionError("the operations have no end")
