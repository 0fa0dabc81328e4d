"""The one door to what a night published, and the proof that it is that and nothing else.

Before a file is published its digest goes into the firm's journal (``nights.jsonl``). Every reader of ours comes
through `open_published`: it refuses a file that lies beside a log of changes (somebody opened it for writing; DuckDB
would lay that log over the file, unseen), a file whose digest no night has written down, and one that somebody holds;
each in a sentence with the way on. Where the journal holds no digest that could prove or refute a file (it was lost, or
an earlier version published the file), nothing is read from it either: the next night goes on from it, but reads every
list whole, so that nothing of it is believed.

``nights/<run_id>.duckdb`` and ``month-ends/<day>.duckdb`` are proven in the same way.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import duckdb

from pipelines.errors import GiveUp, TryAgain, UsageError
from pipelines.firm.files import append_line, in_a_sentence, read_lines
from pipelines.firm.locks import holder
from pipelines.tables.duck import another_reader, connect_to_read

JOURNAL = "nights.jsonl"
LIVE = "warehouse.duckdb"
WAY_ON = 'The next night goes on from the night before (RUNBOOK, "The warehouse cannot be used").'
HELD_BY = re.compile(r"held in (.+?) \(PID (\d+)\)")
Stamp = tuple[int, ...]
Proof = Literal["proven", "unproven", "changed"]
_digests: dict[Path, tuple[Stamp, str]] = {}
MOST_KEPT = 16


@dataclass
class _Opened:
    """A published file that is open: as it was then, and how many read it."""

    stamp: Stamp
    connection: duckdb.DuckDBPyConnection
    readers: int = 0


_opening = threading.Lock()
_are_kept_open = False  # files that nobody reads at the moment
_opened: OrderedDict[Path, _Opened] = OrderedDict()


@dataclass(frozen=True)
class Noted:
    """A file that a night was about to publish: of which night, as of which past day if it was rebuilt for one."""

    run_id: str
    digest: str
    month_end: str | None


def digest_of(file: Path) -> str:
    """SHA-256 of the file: of 60 MiB in a twentieth of a second."""
    with in_a_sentence(file), file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def note(folder: Path, run_id: str, digest: str, month_end: str | None = None) -> None:
    """Write into the firm's journal, for good, what is about to be published."""
    line = {"published": run_id, "digest": digest, "month_end": month_end, "at": datetime.now(UTC).isoformat()}
    append_line(folder / JOURNAL, json.dumps(line))


def noted(folder: Path) -> list[Noted]:
    """Everything that was noted in a firm's folder, oldest first."""
    found = []
    for line in read_lines(folder / JOURNAL):
        with contextlib.suppress(ValueError, KeyError, TypeError, RecursionError):
            raw = json.loads(line)
            found.append(Noted(str(raw["published"]), str(raw["digest"]), raw["month_end"]))
    return found


def stray_logs(file: Path) -> list[Path]:
    """Logs of changes beside a file that is never written to: nobody of ours made them."""
    return sorted(file.parent.glob(f"{file.name}.wal*"))


def folder_of(file: Path) -> Path:
    """The firm's folder that a published file belongs to."""
    return file.parent if file.name == LIVE else file.parent.parent


def proof_of(file: Path, digest: str) -> Proof:
    """Whether a file with this digest is what a night wrote down for this place; *unproven* where no night wrote down
    anything that could tell."""
    everything = noted(folder_of(file))
    nights = [one for one in everything if one.month_end is None]
    if file.parent.name == "month-ends":
        own = [one.digest for one in everything if one.month_end == file.stem]
        could_tell = bool(own)
    elif file.name == LIVE:
        own = [one.digest for one in nights]
        could_tell = bool(nights)
    else:
        own = [one.digest for one in nights if one.run_id == file.stem]
        could_tell = bool(own) or any(one.run_id < file.stem for one in nights)
    if digest in own:
        return "proven"
    return "changed" if could_tell else "unproven"


def night_of(file: Path) -> str | None:
    """The run id of the night that published this file, by what it holds and not by its name; None where nothing
    proves that one did."""
    digest = _digest_now(file)
    own = [one.run_id for one in noted(folder_of(file)) if one.digest == digest and one.month_end is None]
    return own[-1] if own else None


@contextlib.contextmanager
def open_published(file: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A published file, to be read: proven to be what the night published. Raises UsageError where there is none yet,
    GiveUp and TryAgain with the way on where it must not or cannot be read."""
    if not file.exists():
        raise UsageError(
            f"A published warehouse was expected at {file}; there is none yet. "
            f"Run `tieout run {folder_of(file).name}` first."
        )
    with _opening:
        opened = _shared(file)
        reader = another_reader(opened.connection)
        opened.readers += 1
    try:
        yield reader
    except duckdb.Error as error:
        raise _unreadable(file, error) from None
    finally:
        reader.close()
        with _opening:
            opened.readers -= 1
            if not opened.readers and not _are_kept_open and _opened.get(file) is opened:
                del _opened[file]


@contextlib.contextmanager
def kept_open() -> Iterator[None]:
    """Meanwhile this process keeps open what it opened, for as long as the file stays what it is: a server of pages is
    asked again and again."""
    global _are_kept_open
    _are_kept_open = True
    try:
        yield
    finally:
        with _opening:
            _are_kept_open = False
            for file in [file for file, opened in _opened.items() if not opened.readers]:
                del _opened[file]


def _shared(file: Path) -> _Opened:
    """The file as it is now, opened once for all who read it: to open a large one takes a tenth of a second. Who still
    reads what was replaced goes on reading it."""
    opened = _opened.pop(file, None)
    if opened is not None and (opened.stamp != _stamp(file) or stray_logs(file)):
        opened = None
    if opened is None:
        opened = _Opened(*_open(file))
    else:
        _require_proof(file)
    _opened[file] = opened
    while len(_opened) > MOST_KEPT:
        _opened.popitem(last=False)
    return opened


def _open(file: Path) -> tuple[Stamp, duckdb.DuckDBPyConnection]:
    """Prove, open, and look whether the file is still the same: a night may have published meanwhile."""
    while True:
        if logs := stray_logs(file):
            who = holder(file)
            held = f" {who} has it open: close that first." if who else ""
            raise GiveUp(
                f"{file}: somebody opened it for writing and left changes beside it ({logs[0].name}), not the "
                f"night's.{held} The next night sets them aside; or move that file away. Open the warehouse read-only."
            )
        before = _stamp(file)
        _require_proof(file)
        try:
            connection = connect_to_read(file)
        except duckdb.Error as error:
            raise _unreadable(file, error) from None
        if _stamp(file) == before and not stray_logs(file):
            return before, connection
        connection.close()


def _require_proof(file: Path) -> None:
    proof = proof_of(file, _digest_now(file))
    if proof == "changed":
        raise GiveUp(f"{file}: it is not what the night published: somebody changed it. {WAY_ON}")
    if proof == "unproven":
        firm = folder_of(file).name
        raise GiveUp(
            f"{file}: nothing proves that a night published this: {JOURNAL} beside it has no line about it. An earlier "
            f"version published it, or that journal was lost. Put the journal back if you have it; else run "
            f"`tieout run {firm}`, which reads everything anew."
        )


def _digest_now(file: Path) -> str:
    """The digest of a file, read from it once as long as it stays the same."""
    stamp = _stamp(file)
    known = _digests.get(file)
    if known is None or known[0] != stamp:
        _digests[file] = known = (stamp, digest_of(file))
    return known[1]


def _stamp(file: Path) -> Stamp:
    with in_a_sentence(file):
        about = file.stat()
    return about.st_dev, about.st_ino, about.st_size, about.st_mtime_ns, about.st_ctime_ns


def _unreadable(file: Path, error: duckdb.Error) -> GiveUp | TryAgain:
    """What DuckDB says may quote a record; of it only who holds the file, and the kind, come through."""
    text = str(error)
    if "lock" in text.casefold():
        found = HELD_BY.search(text)
        who = f"{Path(found[1]).name} (process {found[2]})" if found else holder(file) or "another program"
        return TryAgain(f"{file}: {who} has it open for writing. Close it there, or open it read-only, and try again.")
    if isinstance(error, (duckdb.CatalogException, duckdb.BinderException)):
        return UsageError(
            f"{file}: what this version looks up is not in it ({type(error).__name__}): an earlier version published "
            f"it. Run `tieout run {folder_of(file).name}` first."
        )
    return GiveUp(f"{file}: it cannot be read ({type(error).__name__}), so it is damaged. {WAY_ON}")
