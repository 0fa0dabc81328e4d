"""One firm's folder, and one night in it: a copy of the last good file, filled aside, published by rename.

``<data_dir>/<firm>/``

=========================  =========================================================================================
``warehouse.duckdb``       what people read; it is only ever replaced whole, and written by nobody (mode 0400)
``nights/<run_id>.duckdb`` earlier nights: the last 35, and the last of each month
``month-ends/<day>.duckdb`` past days, rebuilt when somebody asked for one
``nights.jsonl``           the journal: every night attempted, and the digest of every file before it was published
``set-aside/``             what lay there and was not ours: a published file that somebody changed, changes that
                           somebody left beside one. Nothing reads it; a person may look, and remove it
``night.lock``             one night at a time; the lock dies with its process, whatever kills it
``work/<run_id>/``         tonight's copy, always called ``warehouse.duckdb`` so that the catalog is ``warehouse``,
                           and the working folders of dlt and dbt
=========================  =========================================================================================

A night that is killed leaves its work folder and nothing else; the next one removes it unread, so no pending
package of a dead run is ever loaded. Readers are never blocked: who has the old file open keeps reading it.
Everything is for its owner alone: folders 0700, files 0600 or 0400.

A night goes on only from what an earlier night published, byte for byte (`pipelines.firm.published`): from last night's
file, or, where somebody changed that or it is damaged, from the newest kept night that is whole, and says so. From a
file that nothing proves (its journal was lost, or an earlier version published it) it takes the history of the findings
and nothing of the books: every list is read whole.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

from pipelines.bank.statements import StatementStore
from pipelines.errors import GiveUp, TryAgain
from pipelines.firm import decisions
from pipelines.firm.files import (
    close_all_to_others,
    free_bytes,
    in_a_sentence,
    make_private,
    set_aside,
    sync_file,
    sync_folder,
    write_private,
)
from pipelines.firm.locks import Held, holder, locked
from pipelines.firm.published import digest_of, note, noted, proof_of
from pipelines.firm.settings import Firm
from pipelines.night.beginning import Beginning, begin
from pipelines.night.kept import retire
from pipelines.night.publishable import check_publishable

__all__ = ["Night", "new_run_id", "open_night", "write_private"]

ROOM_FOR_A_NIGHT = 64 * 2**20  # beside the copy of last night's file


def new_run_id(started_at: datetime) -> str:
    """``20261123T020000Z-1a2b3c``: sorts by time, and two nights of one second differ."""
    return f"{started_at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(3)}"


@dataclass(frozen=True)
class Night:
    """A night under way. `notes` says what a person should know of how it began, `begins` what it goes on from: where
    nothing proves that, every list must be read whole."""

    firm: Firm
    run_id: str
    started_at: datetime
    notes: list[str] = field(default_factory=list)
    begins: Beginning = field(default_factory=Beginning)

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
        with in_a_sentence(published):
            note(self.firm.folder, self.run_id, self._sealed())
            self.notes.extend(_set_logs_aside(self.firm.folder, self.run_id))
            if published.exists():
                self._keep(published, before)
            self.work_file.replace(published)
        # The new file is there: what is left to do can wait for the next night.
        with contextlib.suppress(OSError):
            sync_folder(self.firm.folder)
            retire(self.firm.folder / "nights")
        return published

    def publish_month_end(self, day: date) -> Path:
        """Put the work file, judged as of a past day, beside the warehouse, in place of an earlier one of that day."""
        check_publishable(self.work_file, self.firm.id, self.run_id)
        published = make_private(self.firm.folder / "month-ends") / f"{day.isoformat()}.duckdb"
        with in_a_sentence(published):
            note(self.firm.folder, self.run_id, self._sealed(), published.stem)
            self.notes.extend(_set_logs_aside(self.firm.folder, self.run_id))
            if published.exists() and proof_of(published, digest_of(published)) != "proven":
                self._set_aside_beside(published)
            self.work_file.replace(published)
        with contextlib.suppress(OSError):
            sync_folder(published.parent)
        return published

    def _sealed(self) -> str:
        """Written by nobody from here on, safe on the disk; its digest."""
        self.work_file.chmod(0o400)
        sync_file(self.work_file)
        return digest_of(self.work_file)

    def _keep(self, published: Path, before: str | None) -> None:
        """Give last night's file its place among the nights; one that is not what the night published goes aside."""
        digest = digest_of(published)
        if proof_of(published, digest) == "changed":
            self._set_aside_beside(published)
            return
        own = [one.run_id for one in noted(self.firm.folder) if one.digest == digest]
        name = own[-1] if own else before or f"{self.run_id}-before"
        _second_name(published, make_private(self.firm.folder / "nights") / f"{name}.duckdb")

    def _set_aside_beside(self, published: Path) -> None:
        _second_name(published, make_private(self.firm.folder / "set-aside") / f"{self.run_id}-{published.name}")


@contextlib.contextmanager
def open_night(firm: Firm, started_at: datetime | None = None) -> Iterator[Night]:
    """Tonight's work file, a copy of the last good one, while the firm is locked.

    The work folder is removed when the night was published, and kept until the next night if it was not. Raises
    TryAgain while another night is under way, GiveUp where the disk is full or nothing is left to
    go on from.
    """
    os.umask(0o077)
    make_private(firm.folder.parent)
    make_private(firm.folder)
    with _alone(firm):
        start = (started_at or datetime.now(UTC)).astimezone(UTC).replace(tzinfo=None)
        night = Night(firm, new_run_id(start), start)
        shutil.rmtree(firm.folder / "work", ignore_errors=True)
        close_all_to_others(firm.folder)
        _require_room(firm)
        make_private(night.folder)
        night.notes.extend(_set_logs_aside(firm.folder, night.run_id))
        night.notes.extend(mend_decisions(firm))
        night = replace(night, begins=begin(night.firm, night.run_id, night.work_file, night.notes))
        yield night
        if not night.work_file.exists():
            shutil.rmtree(firm.folder / "work", ignore_errors=True)


def sweep(firm: Firm) -> None:
    """Remove what a night that was ended left, unless another one is under way by now."""
    with contextlib.suppress(TryAgain, OSError), _alone(firm):
        shutil.rmtree(firm.folder / "work", ignore_errors=True)


@contextlib.contextmanager
def _alone(firm: Firm) -> Iterator[None]:
    lock = firm.folder / "night.lock"
    with contextlib.ExitStack() as held:
        try:
            held.enter_context(locked(lock, wait=False))
        except Held as who:
            raise TryAgain(
                f"Firm {firm.id}: another night is under way ({who} holds {lock}). Wait until it has ended; the lock "
                "goes with its process, so there is nothing to remove."
            ) from None
        yield


def _require_room(firm: Firm) -> None:
    size = firm.warehouse.stat().st_size if firm.warehouse.exists() else 0
    needed, free = size + ROOM_FOR_A_NIGHT, free_bytes(firm.folder)
    if free < needed:
        raise GiveUp(
            f"Firm {firm.id}: {needed / 2**20:.0f} MiB free on the disk of {firm.folder} were expected for a night, "
            f"found {free / 2**20:.0f}: the disk is full. Make room on it, then run the night again."
        )


def mend_decisions(firm: Firm) -> list[str]:
    """Set the half lines of dead machines aside in every file of decisions; one sentence for each."""
    written = (decisions.matches(firm.folder), decisions.acceptances(firm.folder), decisions.signatures(firm.folder))
    files = (*written, StatementStore(firm.folder).index)
    return [told for file in files if (told := file.mend())]


def _set_logs_aside(folder: Path, run_id: str) -> list[str]:
    """Take away what somebody left beside published files, so that nothing is ever laid over them."""
    told = []
    for place in (folder, folder / "nights", folder / "month-ends"):
        for file in place.glob("*.duckdb.wal*"):
            aside = set_aside(file, folder, run_id)
            told.append(
                f"{file}: somebody opened the published file for writing; what they changed there was not used, and is "
                f"kept as {aside}. Open it read-only."
            )
    return told


def _second_name(file: Path, name: Path) -> None:
    """Let a file stay under another name when its own is taken over; until then it has both. One that somebody has open
    is copied: what is one file under two names, they could still change."""
    if name.exists():
        return
    try:
        if holder(file):
            raise OSError(f"{file} is held")
        os.link(file, name)
    except OSError:
        aside = name.with_name(f".{name.name}.part")
        shutil.copyfile(file, aside)
        sync_file(aside)
        aside.replace(name)
    name.chmod(0o400)
    sync_folder(name.parent)
