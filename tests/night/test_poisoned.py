"""Nobody's hand in the books: whatever a person does to a published file, no night and no reader takes it for ours.

The analyst opens `warehouse.duckdb` for writing, which is the default of the DuckDB command line and of DBeaver, sets
every finding to closed, and leaves it open, is killed, or closes it in good order. As root the mode of the file stops
nobody, so these tests do to it what nobody else could.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from flows import alerts, decide
from flows.alerts import books
from flows.commands.cli import app
from flows.night import journal
from flows.night.verdict import NightResult
from flows.reading import explain, report
from flows.status import status
from pipelines.errors import GiveUp, TieoutError, TryAgain, UsageError
from pipelines.firm import published
from pipelines.firm.published import JOURNAL, open_published, stray_logs
from pipelines.firm.settings import Firm, load_settings
from pipelines.night.warehouse import open_night
from tests.support import works
from tests.unit.test_settings import GOOD, write

ANALYST = """
import duckdb, os, signal, sys, time
connection = duckdb.connect(sys.argv[1])
if sys.argv[2] == "looks":
    print("open", flush=True)
    time.sleep(60)
connection.execute("update recon.exceptions set status = 'accepted'")
if sys.argv[2] == "killed":
    os.kill(os.getpid(), signal.SIGKILL)
if sys.argv[2] == "leaves it open":
    print("open", flush=True)
    time.sleep(60)
connection.close()
"""
RECON = """
create schema if not exists recon;
create or replace table recon.exceptions as
    select 'harbor-law' as firm_id, 'abc' as exception_id, 'missing_in_xero' as code, 'high' as severity,
        'open' as status, 'clio:1' as subject_key, cast(-700.00 as decimal(18,2)) as ar_effect, '700.00' as clio_value,
        cast(null as varchar) as xero_value, timestamp '2026-11-01' as first_seen_at;
create or replace table recon.run_statements as
    select 'harbor-law' as firm_id, '1' as run_id, timestamp '2026-11-23' as started_at,
        timestamp '2026-11-23' as finished_at, 'exceptions' as verdict, date '2026-11-23' as as_of_date,
        cast(700.00 as decimal(18,2)) as clio_receivables_amount, cast(0 as decimal(18,2)) as xero_receivables_amount;
create or replace table recon.trust_tie_out as select 'harbor-law' as firm_id, 'ties' as verdict;
"""


def a_night(firm: Firm, hour: int) -> tuple[str, list[str]]:
    """A night that publishes one open exception; its run id and what it had to tell. It looks at what it began with."""
    with open_night(firm, datetime(2026, 11, 23, hour, tzinfo=UTC)) as night:
        if night.work_file.exists():
            with duckdb.connect(str(night.work_file), read_only=True) as begun:
                assert begun.execute("select status from recon.exceptions").fetchall() == [("open",)]
        works.fill(night)
        with duckdb.connect(str(night.work_file)) as connection:
            connection.execute(RECON)
        night.publish()
    return night.run_id, night.notes


@pytest.fixture
def firm(tmp_path: Path) -> Firm:
    firm = load_settings(write(tmp_path, GOOD)).firm("harbor-law")
    a_night(firm, 1)
    a_night(firm, 2)
    return firm


@pytest.fixture
def open_for_writing(firm: Firm) -> Iterator[Callable[[str], None]]:
    """What the analyst does, in a process of her own, to be ended after the test."""
    begun: list[subprocess.Popen[bytes]] = []

    def do(what: str) -> None:
        process = subprocess.Popen([sys.executable, "-c", ANALYST, str(firm.warehouse), what], stdout=subprocess.PIPE)
        begun.append(process)
        if what in ("leaves it open", "looks"):
            assert process.stdout is not None and process.stdout.readline() == b"open\n"
        else:
            process.wait(30)

    yield do
    for process in begun:
        process.kill()
        process.wait()


READERS: dict[str, Callable[[Firm], object]] = {
    "worklist": lambda firm: report.read_worklist(firm.warehouse, firm.id),
    "explain": lambda firm: explain.explain(firm.warehouse, firm.id, "1"),
    "alerts": books.read,
    "accept": lambda firm: decide.accept(firm, "abc", "agreed", "Ada", date(2099, 12, 31)),
    "link": lambda firm: decide.link(firm, "1", "inv-1", "Ada", "same work"),
}


@pytest.mark.parametrize("what", ["killed", "leaves it open", "closes it"])
@pytest.mark.parametrize("reader", READERS)
def test_no_reader_believes_what_somebody_changed(
    firm: Firm, open_for_writing: Callable[[str], None], reader: str, what: str
) -> None:
    open_for_writing(what)
    assert bool(stray_logs(firm.warehouse)) == (what != "closes it")
    with pytest.raises((GiveUp, TryAgain), match=r"warehouse\.duckdb") as caught:
        READERS[reader](firm)
    assert not isinstance(caught.value, UsageError)
    assert "\n" not in str(caught.value)
    assert not (firm.folder / "acceptances.csv").exists() and not (firm.folder / "matches.csv").exists()


@pytest.mark.parametrize("what", ["killed", "leaves it open", "closes it"])
def test_the_status_is_not_calm_and_the_command_ends_with_3(
    firm: Firm, open_for_writing: Callable[[str], None], what: str
) -> None:
    open_for_writing(what)
    config = firm.folder.parents[1] / "tieout.toml"
    [standing] = status(load_settings(config), datetime.now(UTC))
    assert standing.state == "unreadable" and str(firm.warehouse) in str(standing.trouble)
    assert CliRunner().invoke(app, ["worklist", firm.id, "--config", str(config)]).exception is not None


@pytest.mark.parametrize("what", ["killed", "leaves it open", "closes it"])
def test_the_next_nights_go_on_without_it_and_say_so_once(
    firm: Firm, open_for_writing: Callable[[str], None], what: str
) -> None:
    open_for_writing(what)
    _, told = a_night(firm, 3)
    assert any("warehouse.duckdb" in sentence and "set-aside" in sentence for sentence in told)
    assert list((firm.folder / "set-aside").iterdir())
    assert stray_logs(firm.warehouse) == []
    with open_published(firm.warehouse) as connection:
        assert connection.execute("select status from recon.exceptions").fetchall() == [("open",)]
    _, told = a_night(firm, 4)
    assert told == []
    for kept in (firm.folder / "nights").glob("*.duckdb"):
        with open_published(kept) as connection:
            assert connection.execute("select status from recon.exceptions").fetchall() == [("open",)]


def test_who_holds_the_file_is_named(firm: Firm, open_for_writing: Callable[[str], None]) -> None:
    open_for_writing("looks")
    with pytest.raises(TryAgain, match=r"python\S* \(process \d+\) has it open for writing"):
        report.read_worklist(firm.warehouse, firm.id)


def test_changes_laid_beside_it_after_the_night_began_are_not_published(firm: Firm) -> None:
    with open_night(firm, datetime(2026, 11, 23, 3, tzinfo=UTC)) as night:
        works.fill(night)
        firm.warehouse.with_name("warehouse.duckdb.wal").write_bytes(b"x")
        firm.warehouse.with_name("warehouse.duckdb.wal.checkpoint").write_bytes(b"x")
        night.publish()
    assert stray_logs(firm.warehouse) == [] and len(night.notes) == 2


def test_a_file_changed_while_the_night_runs_is_no_kept_night(
    firm: Firm, open_for_writing: Callable[[str], None]
) -> None:
    with open_night(firm, datetime(2026, 11, 23, 3, tzinfo=UTC)) as night:
        works.fill(night)
        open_for_writing("closes it")
        night.publish()
    assert [path.name for path in (firm.folder / "set-aside").iterdir()] == [f"{night.run_id}-warehouse.duckdb"]
    assert len(list((firm.folder / "nights").iterdir())) == 1


def damaged(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0x01
    file.chmod(0o600)
    file.write_bytes(content)


def cut(file: Path) -> None:
    content = file.read_bytes()
    file.chmod(0o600)
    file.write_bytes(content[: len(content) // 3])


@pytest.mark.parametrize("what", [damaged, cut, Path.unlink])
def test_a_damaged_cut_or_lost_file_is_gone_on_from_the_night_before(firm: Firm, what: Callable[[Path], None]) -> None:
    what(firm.warehouse)
    with pytest.raises(TieoutError, match=r"warehouse\.duckdb"):
        report.read_worklist(firm.warehouse, firm.id)
    _, [told] = a_night(firm, 3)
    assert "went on from" in told
    report.read_rows(firm.warehouse, "select 1 as one where ? = ?", ["a", "a"])


def test_with_nothing_left_to_go_on_from_the_night_stops_and_touches_nothing(firm: Firm) -> None:
    for file in (firm.warehouse, *(firm.folder / "nights").iterdir()):
        damaged(file)
    before = {path: path.read_bytes() for path in firm.folder.rglob("*.duckdb")}
    with pytest.raises(GiveUp, match="no earlier night is there to go on from"), open_night(firm):
        pass
    assert {path: path.read_bytes() for path in firm.folder.rglob("*.duckdb")} == before
    firm.warehouse.unlink()
    for file in (firm.folder / "nights").iterdir():
        file.unlink()
    a_night(firm, 3)


def put_an_earlier_night_back(firm: Firm) -> None:
    """As the runbook says; the journal has both nights."""
    [kept] = (firm.folder / "nights").iterdir()
    for hour, run_id in ((1, kept.stem), (2, published.night_of(firm.warehouse))):
        night = NightResult(firm.id, run_id, "exceptions")
        journal.record(firm, night, datetime(2026, 11, 23, hour, tzinfo=UTC))
    firm.warehouse.unlink()
    firm.warehouse.write_bytes(kept.read_bytes())


def test_a_night_put_back_by_hand_is_ours(firm: Firm) -> None:
    put_an_earlier_night_back(firm)
    assert report.read_rows(firm.warehouse, "select status from recon.exceptions where firm_id = ?", [firm.id])
    assert a_night(firm, 3)[1] == []


@pytest.mark.parametrize(
    "words",
    [
        ("worklist", "harbor-law", "--format", "json"),
        ("worklist", "harbor-law", "--format", "csv"),
        ("explain", "harbor-law", "abc"),
        ("accept", "harbor-law", "abc", "--by", "Ada", "--reason", "agreed", "--until", "2099-12-31"),
        ("link", "harbor-law", "1", "inv-1", "--by", "Ada", "--reason", "same work"),
        ("workbook", "harbor-law"),
        ("status",),
    ],
    ids=lambda words: " ".join(words[:3:2]),
)
def test_whoever_reads_is_told_that_an_earlier_night_was_put_back(firm: Firm, words: tuple[str, ...]) -> None:
    """Its file is what a night published, so it may be read; it is not the last night's."""

    def told() -> str:
        done = CliRunner().invoke(app, [*words, "--config", str(firm.folder.parents[1] / "tieout.toml")])
        return " ".join((done.output if words == ("status",) else done.stderr).split())

    sentence = "harbor-law: the published books are those of the night of 2026-11-22 20:00; the night of 2026-11-22 21"
    last = firm.warehouse.read_bytes()
    put_an_earlier_night_back(firm)
    said = told()
    assert ("the published books are those of" if words == ("status",) else sentence) in said
    assert "an earlier night was put back. Run the night again (tieout run harbor-law)" in said
    firm.warehouse.unlink()
    firm.warehouse.write_bytes(last)
    assert "put back" not in told()


def test_alerts_tell_nothing_of_an_earlier_nights_books(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    posted: list[tuple[tuple[str, ...], str]] = []
    monkeypatch.setattr(alerts.outbox, "post", lambda firm, to, note, kind: posted.append((to, note.body)))
    settings = load_settings(firm.folder.parents[1] / "tieout.toml")
    mine = settings.firm(firm.id).model_copy(update={"alerts": ("practice",)})
    operator = settings.alerts.model_copy(update={"operator": ("ops",)})
    settings = settings.model_copy(update={"firms": {firm.id: mine}, "alerts": operator})
    put_an_earlier_night_back(firm)
    alerts.tell(settings, NightResult(firm.id, "run-2", "exceptions"))
    [(channels, body)] = posted
    assert channels == ("ops",) and "an earlier night was put back" in body


def without_digests(firm: Firm) -> None:
    """A journal as the version before wrote it."""
    journal.record(firm, NightResult(firm.id, "run-1", "exceptions"), datetime(2026, 11, 23, tzinfo=UTC))
    lines = (firm.folder / JOURNAL).read_text().splitlines()
    (firm.folder / JOURNAL).write_text("\n".join(line for line in lines if '"digest"' not in line))


@pytest.mark.parametrize("lost", [without_digests, lambda firm: (firm.folder / JOURNAL).unlink()])
@pytest.mark.parametrize("reader", READERS)
def test_no_reader_believes_a_file_that_nothing_proves(firm: Firm, reader: str, lost: Callable[[Firm], None]) -> None:
    """Of an earlier version, or changed while the journal was away: nobody can tell the one from the other."""
    lost(firm)
    firm.warehouse.chmod(0o600)
    with duckdb.connect(str(firm.warehouse)) as connection:
        connection.execute("update recon.exceptions set status = 'accepted'")
    for file in (firm.warehouse, *(firm.folder / "nights").iterdir()):
        with pytest.raises(GiveUp, match=r"nothing proves that a night published this.*tieout run harbor-law"):
            report.read_rows(file, "select status from recon.exceptions where firm_id = ?", [firm.id])
    with pytest.raises(GiveUp, match="nothing proves"):
        READERS[reader](firm)
    [standing] = status(load_settings(firm.folder.parents[1] / "tieout.toml"), datetime.now(UTC))
    assert standing.state == "unreadable" and "nothing proves" in str(standing.trouble)


def test_a_firm_of_before_this_version_is_read_anew_and_proven_from_then_on(firm: Firm) -> None:
    """No digest in its journal, files that their owner may write."""
    without_digests(firm)
    firm.warehouse.chmod(0o644)
    with open_night(firm, datetime(2026, 11, 23, 3, tzinfo=UTC)) as night:
        assert (
            night.begins.proof == "unproven"
            and "nothing proves" in night.notes[0]
            and "every list whole" in night.notes[0]
        )
        works.fill(night)
        night.publish()
    assert report.read_rows(firm.warehouse, "select status from recon.exceptions where firm_id = ?", [firm.id])
    assert firm.warehouse.stat().st_mode & 0o777 == 0o400
    with open_night(firm, datetime(2026, 11, 23, 4, tzinfo=UTC)) as night:
        assert night.begins.proof == "proven" and night.notes == []
    damaged(firm.warehouse)
    with open_night(firm, datetime(2026, 11, 23, 5, tzinfo=UTC)) as night:
        [told] = night.notes
        assert night.begins.proof == "unproven" and "went on from" in told and "nothing proves that file" in told


def test_a_file_is_read_for_its_digest_once_and_not_at_each_question(
    firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    proven: list[Path] = []
    digest_of = published.digest_of

    def counted(file: Path) -> str:
        proven.append(file)
        return digest_of(file)

    monkeypatch.setattr(published, "digest_of", counted)
    for _ in range(3):
        report.read_rows(firm.warehouse, "select 1 as one where ? = ?", ["a", "a"])
    assert proven == [firm.warehouse]
    damaged(firm.warehouse)
    with pytest.raises(GiveUp, match="not what the night published"):
        report.read_rows(firm.warehouse, "select 1 as one where ? = ?", ["a", "a"])


def test_another_files_digest_proves_nothing(firm: Firm) -> None:
    works.month_end(firm.folder.parents[1])
    [rebuilt] = (firm.folder / "month-ends").iterdir()
    with open_published(rebuilt):
        pass
    firm.warehouse.unlink()
    firm.warehouse.write_bytes(rebuilt.read_bytes())
    with pytest.raises(GiveUp, match="not what the night published"), open_published(firm.warehouse):
        pass


def test_a_reader_leaves_nothing_beside_a_published_file(firm: Firm) -> None:
    before = sorted(firm.folder.rglob("*"))
    report.read_rows(firm.warehouse, "select status from recon.exceptions where firm_id = ?", [firm.id])
    assert sorted(firm.folder.rglob("*")) == before
