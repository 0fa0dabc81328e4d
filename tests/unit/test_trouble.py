"""Whatever goes wrong in a command is one sentence and an exit status, and quotes nothing of a client's."""

import errno
import io
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from flows import alerts, command, trouble
from flows.commands import cli, nights
from flows.night.verdict import NightResult
from flows.reading import report
from pipelines.errors import GiveUp, TryAgain, UsageError
from tests.support.published import publish
from tests.unit.test_settings import GOOD, write

SECRET = "Eleanor Voss, settlement authority 50,000"


def said_of(
    error: BaseException, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> tuple[int, str]:
    def fails() -> None:
        raise error

    monkeypatch.setattr(cli, "app", fails)
    said = io.StringIO()
    monkeypatch.setattr(trouble, "console", Console(file=said, width=100))
    with pytest.raises(SystemExit) as ended:
        command.main()
    printed = capsys.readouterr()
    assert printed.out == ""
    return int(ended.value.code or 0), " ".join((printed.err + said.getvalue()).split())


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (UsageError("Write it so."), 2, "Write it so."),
        (GiveUp("It is broken."), 3, "It is broken."),
        (TryAgain("It is down."), 3, "It is down."),
        (
            OSError(errno.ENOSPC, "No space left on device", "nights.jsonl"),
            3,
            "The disk is full (nights.jsonl): ENOSPC",
        ),
        (PermissionError(errno.EACCES, "Permission denied", "data"), 3, "may not be read or written (data): EACCES"),
        (OSError(errno.EROFS, "Read-only file system", "data"), 3, "The disk is read-only (data)"),
        (FileNotFoundError(errno.ENOENT, "No such file", "gone"), 3, "is missing (gone)"),
        (MemoryError(), 3, "no memory left"),
        (ValueError(SECRET), 3, "Unexpected ValueError at tests.unit.test_trouble:"),
        (KeyError(SECRET), 3, "Unexpected KeyError"),
        (KeyboardInterrupt(), 130, "Interrupted."),
    ],
)
def test_one_sentence_and_a_status(
    error: BaseException, status: int, words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, printed = said_of(error, monkeypatch, capsys)
    assert code == status
    assert words in printed
    assert SECRET not in printed and "Traceback" not in printed


def test_what_is_said_cannot_write_to_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    _, printed = said_of(GiveUp("A [red]name[/red] of \x1b]0;owned\x07 and \u202ereversed"), monkeypatch, capsys)
    assert "[red]name[/red]" in printed
    assert not set(printed) & {"\x1b", "\x07", "\u202e"}


def test_a_path_is_never_cut_in_two(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe is taken to be 80 characters wide, and a path is often longer."""
    path, said = "/" + "/".join(["a-folder-of-a-firm"] * 8), io.StringIO()
    monkeypatch.setattr(trouble, "console", Console(file=said, width=80))
    trouble.say(GiveUp(f"{path}: it cannot be read."))
    assert f"{path}: it cannot be read." in said.getvalue()


def test_a_full_standard_error_hides_no_status(monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        encoding = "utf-8"

        def write(self, text: str) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

        def flush(self) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        def isatty(self) -> bool:
            return False

    def fails() -> None:
        raise GiveUp("It is broken.")

    monkeypatch.setattr(cli, "app", fails)
    monkeypatch.setattr(trouble, "console", Console(file=Full()))  # type: ignore[arg-type]
    with pytest.raises(SystemExit) as ended:
        command.main()
    assert ended.value.code == 3


def test_people_are_told_of_a_night_whose_page_could_not_be_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`tieout run >> log` on a full disk, or into a program that is gone."""
    told: list[str] = []

    def full(*page: Any) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(nights, "nights", lambda orders: [NightResult("harbor-law", "r", "exceptions")])
    monkeypatch.setattr(alerts, "after_night", lambda settings, result, now: told.append(result.firm_id))
    monkeypatch.setattr(report, "print_nights", full)
    with pytest.raises(OSError, match="No space"):
        nights.run(config=write(tmp_path, GOOD))
    assert told == ["harbor-law"]


def test_a_reader_who_is_gone_changes_no_exit_status(tmp_path: Path) -> None:
    """`tieout status | head`: 1 would mean exceptions, and this firm never had a night."""
    read, wrote = os.pipe()
    os.close(read)
    command_line = [sys.executable, "-P", "-m", "flows", "status", "--config", str(write(tmp_path, GOOD))]
    ended = subprocess.run(command_line, stdout=wrote, stderr=subprocess.PIPE, text=True, check=False)
    os.close(wrote)
    assert (ended.returncode, ended.stderr) == (3, "")


@pytest.fixture
def published(tmp_path: Path) -> Path:
    """A firm with one finding, of a client whose name is in no encoding but Unicode; its configuration."""
    config = write(tmp_path, GOOD)
    finding = {
        "exception_id": "abc123abc123",
        "code": "missing_in_xero",
        "severity": "high",
        "status": "open",
        "subject_key": "clio:1",
        "client_name": "Zo\u00eb \u674e",
        "amount": 700,
        "explanation": "It is not there.",
        "title": "Missing in Xero",
        "work_rank": 1,
    }
    publish(tmp_path / "data" / "harbor-law" / "warehouse.duckdb", exceptions=[finding])
    return config


def tieout(config: Path, words: str, **more: Any) -> "subprocess.CompletedProcess[bytes]":
    """A command of ours as a shell starts it."""
    program = f"{shlex.quote(sys.executable)} -m flows {words} --config {shlex.quote(str(config))}"
    return subprocess.run(
        ["/bin/sh", "-c", program + more.pop("streams", "")], capture_output=True, check=False, **more
    )


@pytest.mark.parametrize("words", ["worklist harbor-law", "worklist harbor-law --format csv"])
@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_a_terminal_of_another_encoding_shows_a_name_as_far_as_it_can(
    published: Path, words: str, encoding: str
) -> None:
    done = tieout(published, words, env={**os.environ, "PYTHONIOENCODING": encoding})
    assert done.returncode == 0, done.stderr
    assert b"?" in done.stdout and b"abc123abc123" in done.stdout


@pytest.mark.parametrize("streams", [" <&-", " >&-", " 2>&-", " <&- >&- 2>&-"])
def test_streams_that_were_closed_change_nothing(published: Path, streams: str) -> None:
    """Nothing that is printed gets into a file that was opened in their place."""
    warehouse = published.parent / "data" / "harbor-law" / "warehouse.duckdb"
    before = warehouse.read_bytes()
    done = tieout(published, "worklist harbor-law", streams=streams)
    assert done.returncode == 0, done.stderr
    assert warehouse.read_bytes() == before


def test_a_word_that_is_no_text_is_a_mistake_in_usage() -> None:
    done = subprocess.run([sys.executable, "-m", "flows", "explain", b"\xff\xfe"], capture_output=True, check=False)
    assert done.returncode == 2 and b"no text in UTF-8" in done.stderr and b"Traceback" not in done.stderr
