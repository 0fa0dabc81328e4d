"""One firm's folder, and one night in it: a copy of the last good file, filled aside, published by rename.

``<data_dir>/<firm>/``

=========================  =========================================================================================
``warehouse.duckdb``       what people read; it is only ever replaced whole
``nights/<run_id>.duckdb`` earlier nights: the last 35, and the last of each month
``night.lock``             one night at a time; the lock dies with its process, whatever kills it
``work/<run_id>/``         tonight's copy, always called ``warehouse.duckdb`` so that the catalog is ``warehouse``,
                           and the working folders of dlt and dbt
=========================  =========================================================================================

A night that is killed leaves its work folder and nothing else; the next one removes it unread, so no pending
package of a dead run is ever loaded. Readers are never blocked: who has the old file open keeps reading it.
Everything is for its owner alone: folders 0700, files 0600.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from pipelines.errors import GiveUp, TryAgain
from pipelines.files import make_private, sync_file, sync_folder, write_private
from pipelines.settings import Firm

__all__ = ["Night", "kept_nights", "new_run_id", "open_night", "write_private"]

KEPT_NIGHTS = 35


def new_run_id(started_at: datetime) -> str:
    """``20261123T020000Z-1a2b3c``: sorts by time, and two nights of one second differ."""
    return f"{started_at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


@dataclass(frozen=True)
class Night:
    """A night under way."""

    firm: Firm
    run_id: str
    started_at: datetime

    @property
    def folder(self) -> Path:
        """Everything this night writes before it is published."""
        return self.firm.folder / "work" / self.run_id

    @property
    def work_file(self) -> Path:
        """The copy that is loaded and built."""
        return self.folder / "warehouse.duckdb"

    def publish(self) -> Path:
        """Make the work file the firm's warehouse, in one step. It must be closed, whole, and of this firm alone."""
        before = check_publishable(self.work_file, self.firm.id, self.run_id)
        published = self.firm.warehouse
        self.work_file.chmod(0o600)
        sync_file(self.work_file)
        if published.exists():
            _keep(published, self.firm.folder / "nights", before or f"{self.run_id}-before")
        self.work_file.replace(published)
        sync_folder(self.firm.folder)
        _retire(self.firm.folder / "nights")
        return published


@contextlib.contextmanager
def open_night(firm: Firm, started_at: datetime | None = None) -> Iterator[Night]:
    """Tonight's work file, a copy of the last good one, while the firm is locked.

    The work folder is removed when the night was published, and kept until the next night if it was not.
    """
    os.umask(0o077)
    make_private(firm.folder)
    with _locked(firm):
        start = (started_at or datetime.now(UTC)).astimezone(UTC).replace(tzinfo=None)
        night = Night(firm, new_run_id(start), start)
        shutil.rmtree(firm.folder / "work", ignore_errors=True)
        make_private(firm.folder / "work")
        make_private(night.folder)
        if firm.warehouse.exists():
            shutil.copyfile(firm.warehouse, night.work_file)
            night.work_file.chmod(0o600)
        yield night
        if not night.work_file.exists():
            shutil.rmtree(firm.folder / "work", ignore_errors=True)


def sweep(firm: Firm) -> None:
    """Remove what a night that was ended left, unless another one is under way by now."""
    with contextlib.suppress(TryAgain, OSError), _locked(firm):
        shutil.rmtree(firm.folder / "work", ignore_errors=True)


@contextlib.contextmanager
def _locked(firm: Firm) -> Iterator[None]:
    descriptor = os.open(firm.folder / "night.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take(descriptor, firm)
        yield
    finally:
        os.close(descriptor)


def _take(descriptor: int, firm: Firm) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise TryAgain(
            f"Firm {firm.id}: another night is under way (it holds {firm.folder / 'night.lock'}). Wait until it has "
            "ended; the lock goes with its process, so there is nothing to remove."
        ) from None


def check_publishable(file: Path, firm_id: str, run_id: str) -> str | None:
    """Refuse a file that is open, half written, of another night or of more than one firm. Returns the night
    before."""
    wal = file.with_name(file.name + ".wal")
    if wal.exists():
        raise GiveUp(
            f"{file}: a closed file was expected, found changes not yet in it ({wal.name}). Nothing was published."
        )
    try:
        with duckdb.connect(str(file), read_only=True) as connection:
            strangers = _tables_with_strangers(connection, firm_id)
            nights = connection.execute("select run_id from evidence.nights order by started_at").fetchall()
    except duckdb.Error as error:
        raise GiveUp(f"{file}: cannot be read ({type(error).__name__}). Nothing was published.") from None
    if strangers:
        raise GiveUp(
            f"{file}: rows of {firm_id} alone were expected, found others in {', '.join(strangers)}. Not published."
        )
    if not nights or nights[-1][0] != run_id:
        raise GiveUp(f"{file}: night {run_id} was expected to be the last in it, and is not. Nothing was published.")
    return str(nights[-2][0]) if len(nights) > 1 else None


def _tables_with_strangers(connection: duckdb.DuckDBPyConnection, firm_id: str) -> list[str]:
    tables = connection.execute(
        "select table_schema || '.' || table_name from information_schema.columns"
        " where column_name = 'firm_id' order by 1"
    ).fetchall()
    found = []
    for (table,) in tables:
        sql = f"select 1 from {table} where firm_id is distinct from ? limit 1"  # noqa: S608  (names from the catalog)
        if connection.execute(sql, [firm_id]).fetchall():
            found.append(str(table))
    return found


def _keep(published: Path, nights: Path, run_id: str) -> None:
    """Give the published file its second name; it goes on being the published one until the rename."""
    make_private(nights)
    kept = nights / f"{run_id}.duckdb"
    if kept.exists():
        return
    try:
        os.link(published, kept)
    except OSError:
        shutil.copyfile(published, kept)
        kept.chmod(0o600)
    sync_folder(nights)


def kept_nights(run_ids: list[str]) -> set[str]:
    """Which nights stay: the last 35, and the last of each month. Run ids begin with their day."""
    ordered = sorted(run_ids)
    last_of_month = {run_id[:6]: run_id for run_id in ordered}
    return {*ordered[-KEPT_NIGHTS:], *last_of_month.values()}


def _retire(nights: Path) -> None:
    if nights.exists():
        files = {file.stem: file for file in nights.glob("*.duckdb")}
        for run_id in files.keys() - kept_nights(list(files)):
            files[run_id].unlink()
