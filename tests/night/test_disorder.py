"""Files in disorder: half written, empty, in Excel's encodings, of bytes that are no text, unreadable, on a full disk.

Each ends in a right answer or in one sentence that names the file; none stops the nights for good, none is a traceback,
and one firm's disorder is no other firm's.
"""

from __future__ import annotations

import codecs
import logging
import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.alerts import outbox
from flows.commands.cli import app
from flows.night import journal
from flows.night.verdict import NightResult
from flows.service.watch import Watch
from flows.status import status
from pipelines.api.tokens import TokenFile
from pipelines.bank.statements import StatementStore
from pipelines.errors import GiveUp, TieoutError, UsageError
from pipelines.evidence import decided
from pipelines.firm import decisions, published
from pipelines.firm.files import full_disk, make_private, write_private
from pipelines.firm.locks import Held, locked
from pipelines.firm.published import JOURNAL
from pipelines.firm.settings import Firm, load_settings
from pipelines.night.warehouse import mend_decisions, open_night
from tests.support import works
from tests.unit.test_settings import GOOD, write

ACCEPTANCE = dict.fromkeys(decisions.ACCEPTANCE_COLUMNS, "") | {
    "exception_id": "abc",
    "code": "missing_in_xero",
    "ar_effect": "-120.00",
    "accepted_by": "Zoë Müller",
    "accepted_at": "2026-11-23T09:00:00Z",
    "expires_on": "2026-12-31",
    "reason": "agreed; see the letter, page 2",
}
WITHDRAWN = ACCEPTANCE | {"withdrawn_at": "2026-11-24T09:00:00Z"}


@pytest.fixture
def firm(tmp_path: Path) -> Firm:
    return load_settings(write(tmp_path, GOOD)).firm("harbor-law")


@pytest.fixture
def accepted(firm: Firm) -> bytes:
    """An acceptance and its withdrawal, as the file holds them."""
    file = decisions.acceptances(firm.folder)
    file.append(ACCEPTANCE)
    file.append(WITHDRAWN)
    return file.path.read_bytes()


# Half a line


def test_a_file_of_acceptances_cut_off_at_any_byte_never_stops_a_night(firm: Firm, accepted: bytes) -> None:
    file = decisions.acceptances(firm.folder)
    whole = decided.read_acceptances(firm)
    for length in range(len(accepted)):
        file.path.write_bytes(accepted[:length])
        told = mend_decisions(firm)
        found = decided.read_acceptances(firm)
        assert [(row[:-2], row[-2] is None) for row in found] == [
            (row[:-2], row[-2] is None) for row in whole[: len(found)]
        ], length
        assert bool(told) or len(found) == max(accepted[:length].count(b"\n") - 1, 0) or len(found) == 2, length
        assert mend_decisions(firm) == [], "told once"
    torn = file.path.with_name("acceptances.csv.torn").read_bytes()
    assert accepted.removesuffix(b"4T09:00:00Z\n").splitlines()[-1] in torn


def test_matches_and_statements_cut_off_at_any_byte_never_stop_a_night(firm: Firm) -> None:
    works.decide(firm.folder.parents[1])
    works.import_statement(firm.folder.parents[1])
    for file, read in (
        (decisions.matches(firm.folder), lambda: decided.read_matches(firm)),
        (StatementStore(firm.folder).index, lambda: StatementStore(firm.folder).kept()),
    ):
        content = file.path.read_bytes()
        for length in range(len(content)):
            file.path.write_bytes(content[:length])
            mend_decisions(firm)
            assert len(read()) in (0, 1)


def test_half_a_withdrawal_is_no_acceptance(firm: Firm, accepted: bytes) -> None:
    """Cut before its last value, the withdrawal would read as the acceptance given again."""
    file = decisions.acceptances(firm.folder)
    file.path.write_bytes(accepted[: accepted.rindex(b"2026-11-24T09:00:00Z")])
    assert len(file.rows()) == 1
    assert len(mend_decisions(firm)) == 1


def test_zeros_that_a_power_cut_left_are_set_aside(firm: Firm, accepted: bytes) -> None:
    file = decisions.acceptances(firm.folder)
    file.path.write_bytes(accepted + bytes(300))
    assert len(file.rows()) == 2 and len(mend_decisions(firm)) == 1
    assert file.path.read_bytes() == accepted


def test_a_decision_beside_half_a_line_is_kept_and_told(
    firm: Firm, accepted: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    file = decisions.acceptances(firm.folder)
    file.path.write_bytes(accepted[:-40])
    file.append(ACCEPTANCE | {"exception_id": "next"})
    assert [row["exception_id"] for row in file.rows()] == ["abc", "next"]
    assert "its last line was cut off" in caplog.text


def test_a_kept_file_of_lines_that_was_cut_off_is_refused(firm: Firm) -> None:
    works.import_statement(firm.folder.parents[1])
    [lines] = (firm.folder / "statements").glob("*.lines.csv")
    lines.write_bytes(lines.read_bytes()[:-4])
    with pytest.raises(UsageError, match="cut off"):
        StatementStore(firm.folder).kept()


# What Excel makes of it


@pytest.mark.parametrize(
    "saved",
    [
        lambda text: text.encode("utf-8-sig"),
        lambda text: text.encode("cp1252"),
        lambda text: text.replace("\n", "\r\n").encode("cp1252"),
        lambda text: codecs.BOM_UTF16_LE + text.replace(",", "\t").encode("utf-16-le"),
        lambda text: codecs.BOM_UTF16_BE + text.replace(",", "\t").encode("utf-16-be"),
        lambda text: text.replace(",", ";").encode("utf-8-sig"),
    ],
)
def test_what_excel_saved_is_read_and_put_right_by_the_next_line(
    firm: Firm, accepted: bytes, saved: Callable[[str], bytes]
) -> None:
    file = decisions.acceptances(firm.folder)
    plain = accepted.decode().replace('"agreed; see the letter, page 2"', "agreed")
    file.path.write_bytes(saved(plain))
    rows = file.rows()
    assert [row["accepted_by"] for row in rows] == ["Zoë Müller"] * 2
    assert rows[1]["withdrawn_at"] == WITHDRAWN["withdrawn_at"]
    file.append(ACCEPTANCE)
    assert file.rows()[:2] == rows and len(file.rows()) == 3
    assert file.path.read_bytes().startswith(",".join(decisions.ACCEPTANCE_COLUMNS).encode())


@pytest.mark.parametrize(
    "content",
    [
        b"\x81\x8d\x8f\n",
        b"<html>\n",
        b"a,b\n1,2\n",
        "x".encode("utf-16"),
        b"exception_id;code\n",
        b'"' + b"x" * 200_000,
    ],
)
def test_what_is_no_such_file_is_one_sentence_that_names_it(firm: Firm, content: bytes) -> None:
    file = decisions.acceptances(firm.folder)
    make_private(firm.folder)
    file.path.write_bytes(content)
    with pytest.raises(UsageError, match=r"harbor-law/acceptances\.csv") as caught:
        file.rows()
    assert "\n" not in str(caught.value)
    assert mend_decisions(firm) == [] and file.path.read_bytes() == content


@pytest.mark.parametrize("odd", [b"x" * 200_000, b"a\rb"])
def test_a_value_without_end_is_one_sentence_in_our_words(firm: Firm, accepted: bytes, odd: bytes) -> None:
    file = decisions.acceptances(firm.folder)
    file.path.write_bytes(accepted + odd + b"\n")
    with pytest.raises(UsageError, match=r"acceptances\.csv(?!.*(newline mode|field limit))"):
        file.rows()


@pytest.mark.parametrize("amount", ["7" * 17, "7" * 30, "1e50", "0.005", "a lot"])
def test_an_amount_that_no_ledger_holds_is_one_sentence_that_names_its_line(firm: Firm, amount: str) -> None:
    decisions.acceptances(firm.folder).append(ACCEPTANCE | {"ar_effect": amount})
    with pytest.raises(UsageError, match=r"acceptances\.csv, line 2: ar_effect should be an amount such as -120\.00"):
        decided.read_acceptances(firm)


# A journal in disorder


@pytest.fixture
def two_firms(tmp_path: Path) -> Path:
    block = GOOD.split("\n\n", 1)[1]
    return write(tmp_path, 'data_dir = "data"\n\n' + block + block.replace("harbor-law", "pier-legal"))


def test_a_byte_that_is_no_text_spoils_its_own_line_alone(two_firms: Path) -> None:
    settings = load_settings(two_firms)
    for firm in settings.firms.values():
        journal.record(firm, NightResult(firm.id, "run-1", "pending"), datetime(2026, 11, 2, tzinfo=UTC))
    broken = settings.firm("harbor-law").folder / JOURNAL
    broken.write_bytes(b'\n{"run_id": "\xff\xfe"\n' + broken.read_bytes())
    assert [attempt.run_id for attempt in journal.attempts(settings.firm("harbor-law"))] == ["run-1"]
    assert len(status(settings, datetime.now(UTC))) == 2


def test_brackets_without_end_spoil_their_own_line_alone(two_firms: Path) -> None:
    settings = load_settings(two_firms)
    for firm in settings.firms.values():
        journal.record(firm, NightResult(firm.id, "run-1", "pending"), datetime(2026, 11, 2, tzinfo=UTC))
    firm = settings.firm("harbor-law")
    with (firm.folder / JOURNAL).open("a") as file:
        file.write("[" * 200_000 + "\n")
    assert [attempt.run_id for attempt in journal.attempts(firm)] == ["run-1"]
    assert published.noted(firm.folder) == []
    assert {one.state for one in status(settings, datetime.now(UTC))} == {"overdue"}


def test_whatever_is_wrong_with_one_firms_files_hides_no_other(
    two_firms: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder where a message belongs, and what nobody foresaw."""
    settings = load_settings(two_firms)
    (settings.firm("harbor-law").folder / "outbox" / "odd.json").mkdir(parents=True)
    assert {one.state for one in status(settings, datetime.now(UTC))} == {"never run"}
    outbox.retry(settings)

    def fails(firm: Firm) -> list[journal.Attempt]:
        if firm.id == "harbor-law":
            raise RecursionError("a client's name")
        return []

    monkeypatch.setattr(journal, "attempts", fails)
    states = {one.firm_id: one for one in status(settings, datetime.now(UTC))}
    assert states["pier-legal"].state == "never run" and states["harbor-law"].state == "unreadable"
    assert "RecursionError" in str(states["harbor-law"].trouble)
    assert "client" not in str(states["harbor-law"].trouble)


def test_a_journal_that_cannot_be_read_silences_no_other_firms_watch(
    two_firms: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = load_settings(two_firms)
    (settings.firm("harbor-law").folder / JOURNAL).mkdir(parents=True)
    journal.record(
        settings.firm("pier-legal"), NightResult("pier-legal", "run-1", "pending"), datetime(2026, 11, 2, tzinfo=UTC)
    )
    states = {one.firm_id: one for one in status(settings, datetime.now(UTC))}
    assert states["harbor-law"].state == "unreadable" and JOURNAL in str(states["harbor-law"].trouble)
    assert states["pier-legal"].state == "overdue"
    caplog.set_level(logging.WARNING)
    Watch(two_firms).look(datetime.now(UTC))
    assert "harbor-law" in caplog.text
    assert "missing_night" in (settings.firm("pier-legal").folder / "alerts" / "told.json").read_text()


# Whose files they are


def test_folders_and_files_that_stood_open_are_closed_whatever_the_umask(firm: Firm) -> None:
    before = os.umask(0)
    try:
        (firm.folder / "statements").mkdir(parents=True)
        (firm.folder / "failure.log").write_text("x")
        for path in (firm.folder.parent, firm.folder, firm.folder / "statements"):
            path.chmod(0o777)
        works.night(firm.folder.parents[1])
    finally:
        os.umask(before)
    for path in (firm.folder.parent, firm.folder, *firm.folder.rglob("*")):
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path


def test_live_tokens_of_a_killed_write_are_swept_under_the_lock(firm: Firm) -> None:
    make_private(firm.folder)
    for name in (".tokens.json.abc123", ".tokens.json.x"):
        (firm.folder / name).write_text('{"xero": {"refresh_token": "live"}}')
    with TokenFile(firm.folder).locked():
        assert list(firm.folder.glob(".tokens.json.*")) == []


def test_a_lock_says_who_holds_it(tmp_path: Path) -> None:
    lock, ours = tmp_path / "x.lock", rf"\(process {os.getpid()}\)"
    with locked(lock), pytest.raises(Held, match=ours), locked(lock, wait=False):
        pass


AS_NOBODY = """
import os, sys
from pathlib import Path
from pipelines.errors import TieoutError
from pipelines.firm.files import write_private
from pipelines.firm.decisions import matches
os.setgid(65534); os.setuid(65534)
for work in (lambda: write_private(Path(sys.argv[1]) / "x.json", "x"), lambda: matches(Path(sys.argv[2])).rows()):
    try:
        work()
        print("done")
    except TieoutError as error:
        print(error)
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_folder_of_another_user_is_a_sentence(tmp_path: Path, firm: Firm) -> None:
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o755)
    theirs, unreadable = tmp_path / "theirs", tmp_path / "unreadable"
    theirs.mkdir(mode=0o555)
    unreadable.mkdir(mode=0o755)
    (unreadable / "matches.csv").touch(mode=0o600)
    said = subprocess.run(
        [sys.executable, "-c", AS_NOBODY, str(theirs), str(unreadable)], capture_output=True, text=True, check=False
    )
    lines = said.stdout.splitlines()
    assert len(lines) == 2 and all("this user may not use it" in line for line in lines), said


@pytest.mark.parametrize("place", ["data", "data/harbor-law"])
def test_a_file_where_the_folder_belongs_is_a_sentence(firm: Firm, tmp_path: Path, place: str) -> None:
    (tmp_path / place).parent.mkdir(exist_ok=True)
    (tmp_path / place).write_text("not a folder")
    with pytest.raises(TieoutError, match="Move it out of the way"), open_night(firm):
        pass


# A full disk


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 1 MiB where this user may mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m,mode=0700", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("this user may not mount a disk")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=False)


def fill_up(disk: Path) -> None:
    """To the last byte, those at the end of the journal's own last block among them."""
    for path in (disk / "filler", disk / "data" / "harbor-law" / JOURNAL):
        with path.open("ab", buffering=0) as filler:
            for size in (4096, 1):
                try:
                    while True:
                        filler.write(b"\n" * size)
                except OSError:
                    continue


@pytest.fixture
def full(small_disk: Path) -> Firm:
    """A firm with a night, a decision and a token set, and no byte left on its disk."""
    text = GOOD.replace('data_dir = "data"', f'data_dir = "{small_disk}/data"')
    (small_disk.parent / "tieout.toml").write_text(text)
    firm = load_settings(small_disk.parent / "tieout.toml").firm("harbor-law")
    journal.record(firm, NightResult(firm.id, "run-1", "pending"), datetime(2026, 11, 2, tzinfo=UTC))
    decisions.matches(firm.folder).append(works.DECISION)
    fill_up(small_disk)
    return firm


def test_a_night_on_a_full_disk_is_told_and_stands_in_the_journal(full: Firm) -> None:
    config = full.folder.parents[2] / "tieout.toml"
    done = CliRunner().invoke(app, ["run", "--config", str(config)])
    assert done.exit_code == 3 and "disk is full" in " ".join(done.output.split())
    assert journal.attempts(full)[-1].verdict == "incomplete"
    [standing] = status(load_settings(config), datetime.now(UTC))
    assert standing.state == "incomplete" and "disk is full" in str(standing.trouble)
    with pytest.raises(GiveUp, match="disk is full"), open_night(full):
        pass


def test_when_even_the_journal_finds_no_room_the_night_says_so(full: Firm) -> None:
    (full.folder / journal.RESERVE).unlink()
    fill_up(full.folder.parents[1])
    lost = NightResult(full.id, None, "incomplete", ("The disk is full.",))
    result = journal.kept(full, lost, datetime.now(UTC))
    assert "The journal could not be written" in result.reasons[-1]


def test_no_refresh_token_is_spent_on_a_full_disk(full: Firm) -> None:
    asked: list[object] = []
    grant = works.grant(full.folder.parents[2])
    grant._transport.send = lambda *_, **more: asked.append(more)  # type: ignore[method-assign, assignment, return-value]
    with pytest.raises(GiveUp, match="disk is full"):
        grant.access_token()
    assert asked == []


def test_a_decision_on_a_full_disk_is_refused_and_the_file_as_it_was(full: Firm) -> None:
    file = decisions.matches(full.folder)
    before = file.path.read_bytes()
    with pytest.raises(GiveUp, match=r"matches\.csv.*disk is full"):
        file.append(works.DECISION)
    assert file.path.read_bytes() == before


def test_what_broke_of_a_full_disk_is_told_as_that(tmp_path: Path) -> None:
    class Broke(Exception):
        pass

    try:
        try:
            raise OSError(28, "No space left on device")
        except OSError as error:
            raise Broke("a library's own word") from error
    except Broke as error:
        assert "disk is full" in str(full_disk(error, tmp_path))
    assert full_disk(Broke("something else"), tmp_path) is None


def test_write_private_leaves_nothing_aside(tmp_path: Path) -> None:
    write_private(tmp_path / "a.json", "x")
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]
