"""Files of one firm: its owner alone reads them, and a file is either the old one or the new one, never half of
each.

Whatever the machine refuses (a full disk, a folder that may not be written, a file that may not be read) leaves here
as one sentence that names the file and the way on; what it refuses late, after something outside was already changed,
can be asked for early with `room_for`.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

from pipelines.errors import GiveUp, TieoutError

FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
ROOM_TO_SPARE = 64 * 2**10
NEARLY_NOTHING = 4 * 2**20
OTHERS = stat.S_IRWXG | stat.S_IRWXO


@contextlib.contextmanager
def in_a_sentence(path: Path) -> Iterator[None]:
    """What the machine refuses inside the block, as a `GiveUp` about this path."""
    try:
        yield
    except OSError as error:
        raise refusal(error, path) from error


def refusal(error: OSError, path: Path) -> GiveUp:
    """The sentence for what the machine refused: what was found, where, and the way on."""
    if error.errno in FULL:
        return GiveUp(f"{path}: the disk is full ({_free(path)}). Make room on it, then run the same command again.")
    if error.errno == errno.EROFS:
        return GiveUp(f"{path}: the disk may only be read. Mount it for writing, then run the same command again.")
    if isinstance(error, PermissionError):
        return GiveUp(
            f"{path}: this user may not use it ({error.strerror}). Run as the owner of the data folder, or give it "
            f"back to this user (chown)."
        )
    if isinstance(error, FileNotFoundError):
        return GiveUp(f"{path}: the file or its folder is not there. Put it back, from a backup if need be.")
    if isinstance(error, (NotADirectoryError, IsADirectoryError, FileExistsError)):
        return GiveUp(
            f"{path}: a file stands where a folder belongs, or a folder where a file does. Move it out of the way."
        )
    return GiveUp(
        f"{path}: the machine refused it ({error.strerror or type(error).__name__}). Look after the disk, then run "
        "the same command again."
    )


def full_disk(error: BaseException, folder: Path) -> GiveUp | None:
    """The sentence about a full disk where that is what stopped something: somewhere in the chain of errors, or
    because there is no room now, whatever broke of it."""
    link: BaseException | None = error
    while link is not None:
        is_refused = isinstance(link, OSError) and link.errno in FULL
        if is_refused or (not isinstance(link, TieoutError) and "No space left on device" in str(link)):
            return refusal(OSError(errno.ENOSPC, ""), folder)
        link = link.__cause__ or link.__context__
    return refusal(OSError(errno.ENOSPC, ""), folder) if free_bytes(folder) < NEARLY_NOTHING else None


def free_bytes(path: Path) -> int:
    """Room on the disk on which this path is, or will be."""
    place = next(folder for folder in (path, *path.absolute().parents) if folder.exists())
    return shutil.disk_usage(place).free


def _free(path: Path) -> str:
    with contextlib.suppress(OSError, StopIteration):
        return f"{free_bytes(path) / 2**20:.0f} MiB free"
    return "no room"


def make_private(folder: Path) -> Path:
    """A folder that only its owner can enter, made with its parents if need be; one that stands open is closed."""
    with in_a_sentence(folder):
        if not folder.parent.exists():
            make_private(folder.parent)
        folder.mkdir(mode=0o700, exist_ok=True)
        close_to_others(folder)
    return folder


def close_to_others(path: Path) -> None:
    """Take group's and others' rights from a file or folder that has them."""
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & OTHERS:
        path.chmod(mode & ~OTHERS)


def close_all_to_others(folder: Path) -> None:
    """The same for everything in a folder; links are not followed, and what goes away meanwhile is let go."""
    with in_a_sentence(folder):
        for place, folders, files in os.walk(folder):
            for name in (*folders, *files):
                path = Path(place, name)
                with contextlib.suppress(FileNotFoundError):
                    if not path.is_symlink():
                        close_to_others(path)


def sync_folder(folder: Path) -> None:
    """Make a rename in this folder survive a power cut."""
    sync_file(folder)


def sync_file(path: Path) -> None:
    """Make the content of a file survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_private(path: Path, content: str | bytes) -> None:
    """Replace a file whole: written aside (mode 0600), synced, renamed, folder synced."""
    with room_for(path, 0) as fill:
        fill(content)


def write_out(path: Path, content: bytes) -> None:
    """Write a file into a folder that is a person's own, whole and owner-only; the folder stays as open as it is."""
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with in_a_sentence(path):
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        _fill(descriptor, aside, path, content)
    finally:
        os.close(descriptor)
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)


@contextlib.contextmanager
def room_for(path: Path, size: int = ROOM_TO_SPARE) -> Iterator[Callable[[str | bytes], None]]:
    """Room on the disk for the next content of a file, taken and synced before the block begins; the function that it
    gives replaces the file whole. For what cannot be asked for twice: when it has come, there is room for it."""
    make_private(path.parent)
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    with in_a_sentence(path):
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with in_a_sentence(path):
            if size:
                _write_all(descriptor, secrets.token_bytes(size))  # a disk that compresses must not count it as none
                os.fsync(descriptor)
        yield lambda content: _fill(descriptor, aside, path, content)
    finally:
        os.close(descriptor)
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)


def _fill(descriptor: int, aside: Path, path: Path, content: str | bytes) -> None:
    data = content.encode("utf-8") if isinstance(content, str) else content
    with in_a_sentence(path):
        os.lseek(descriptor, 0, os.SEEK_SET)
        _write_all(descriptor, data)
        os.ftruncate(descriptor, len(data))
        os.fsync(descriptor)
        aside.replace(path)
        sync_folder(path.parent)


def _write_all(descriptor: int, data: bytes) -> None:
    while data:
        data = data[os.write(descriptor, data) :]


def sweep(path: Path) -> None:
    """Remove what killed writes of this file left beside it. Call it under the file's lock."""
    for left in path.parent.glob(f".{path.name}.*"):
        with in_a_sentence(left):
            left.unlink(missing_ok=True)


def append_line(path: Path, line: str) -> None:
    """Add a line to a file that only grows; whole or, if the machine dies, as a piece that spoils no other line."""
    make_private(path.parent)
    with in_a_sentence(path):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            # One write, led by its own line break, so that a line cut off by a dead machine spoils no other.
            data = f"\n{line}\n".encode()
            before = os.fstat(descriptor).st_size
            try:
                if os.write(descriptor, data) < len(data):
                    raise OSError(errno.ENOSPC, "No space left on device")
                os.fsync(descriptor)
            except OSError:
                os.ftruncate(descriptor, before)  # whoever tries again must not leave it twice
                raise
        finally:
            os.close(descriptor)


def read_lines(path: Path) -> list[str]:
    """The lines of such a file; none where it is not there yet. A byte that is no text spoils its own line alone."""
    if not path.exists():
        return []
    with in_a_sentence(path):
        return path.read_bytes().decode("utf-8", errors="replace").split("\n")


def set_aside(path: Path, folder: Path, stamp: str) -> Path:
    """Move a file that is not ours into `set-aside/` of the firm's folder, unread and under a name of its own."""
    place = make_private(folder / "set-aside")
    with in_a_sentence(path):
        aside = place / f"{stamp}-{path.name}"
        path.rename(aside)
        return aside
