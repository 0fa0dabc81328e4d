"""The month-end pack over the nights: what it states, who signs it, and what makes a signature fall."""

from __future__ import annotations

import io
import json
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from pypdf import PdfReader
from typer.testing import CliRunner

from flows import alerts
from flows.alerts import month_ends as month_ends_told
from flows.alerts import outbox
from flows.alerts.told import Told
from flows.commands.cli import app
from flows.days import today_of
from flows.night.verdict import NightResult
from flows.pack import duties, figures, making, signing, store, typeset
from flows.pack.blocks import say
from flows.pack.document import Document
from flows.pack.month import Month, ended_month, last_ended, read_month
from flows.pack.signing import Role, Standing
from flows.pack.store import Pack
from flows.reading.report import read_rows
from flows.status import standing_of as status_of
from pipelines.errors import GiveUp, UsageError
from pipelines.firm import decisions
from pipelines.firm.jurisdictions import DUTIES, Deadline
from pipelines.firm.published import open_published
from pipelines.firm.settings import load_settings
from tests.support.pack_world import FIRM, HOSTILE, World, world

pytestmark = pytest.mark.timeout(900)


@dataclass
class Story:
    """What was seen, in the order in which it happened."""

    of: World
    first: Pack
    text: str
    refusals: dict[str, str]
    signed: Standing
    notes_before: tuple[str, ...]
    fallen: Standing
    notes_after: tuple[str, ...]
    messages: list[outbox.Note]
    second: Pack
    files_of_first: dict[str, bytes]
    at_last: Standing
    kept_night: Path
    duties_told: list[outbox.Note]
    said: list[str] = field(default_factory=list)


def text_of(pack: Pack) -> str:
    """All its pages as text; typst may break a line anywhere between words."""
    pages = PdfReader(pack.file("pdf")).pages
    return " ".join(" ".join(page.extract_text() for page in pages).replace("\u200b", "").split())


def refusal(attempt: Any) -> str:
    with pytest.raises(UsageError) as refused:
        attempt()
    return str(refused.value)


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    with world(tmp_path_factory.mktemp("pack")) as one, pytest.MonkeyPatch.context() as patch:
        posted: list[outbox.Note] = []
        patch.setattr(outbox, "post", lambda firm, channels, note, kind: posted.append(note))
        one.config.write_text(one.config.read_text().replace("jurisdiction =", 'alerts = ["practice"]\njurisdiction ='))
        refusals = {"no night": refusal(one.pack)}
        one.statement(Decimal("2600.00"))
        one.night_of_the_last_day()
        result = one.night()
        refusals["no pack"] = refusal(lambda: signing.sign(one.firm, one.month, Role.preparer, "Ada Keeper"))
        first = one.pack()
        said = making.describe(first)
        signing.sign(one.firm, one.month, Role.preparer, "Ada  Keeper")
        refusals["same person"] = refusal(lambda: signing.sign(one.firm, one.month, Role.reviewer, "ada keeper"))
        refusals["role taken"] = refusal(lambda: signing.sign(one.firm, one.month, Role.preparer, "Cy Wren"))
        said.append(signing.sign(one.firm, one.month, Role.reviewer, "B. Partner"))
        signed, notes_before = standing(one), month_ends(one)
        tell(one, result)
        duties_told = [note for note in posted if note.name.endswith("-duty")]
        posted.clear()
        files = {ending: first.file(ending).read_bytes() for ending in ("pdf", "xlsx", "json")}

        change_the_past(one)
        result = one.night()
        fallen, notes_after = standing(one), month_ends(one)
        tell(one, result)
        tell(one, result)
        messages = [note for note in posted if note.name.endswith("-fallen")]
        refusals["moved"] = refusal(lambda: signing.sign(one.firm, one.month, Role.reviewer, "D. Other"))
        second = one.pack()
        signing.sign(one.firm, one.month, Role.preparer, "Ada Keeper")
        [night] = [
            path for path in (one.firm.folder / "nights").iterdir() if path.stem.startswith(f"{one.month.last:%Y%m%d}")
        ]
        yield Story(
            one,
            first,
            text_of(first),
            refusals,
            signed,
            notes_before,
            fallen,
            notes_after,
            messages,
            second,
            files,
            standing(one),
            night,
            duties_told,
            said,
        )


def standing(one: World) -> Standing:
    found = signing.standing_of(one.firm, str(one.month))
    assert found is not None
    return found


def month_ends(one: World) -> tuple[str, ...]:
    return status_of(load_settings(one.config), one.firm, datetime.now(UTC)).month_ends


def tell(one: World, result: NightResult) -> None:
    alerts.after_night(load_settings(one.config), result, datetime.now(UTC))


def change_the_past(one: World) -> None:
    """A deposit of 125.00 dated in the month, and a bill of 900.00 of that month voided in both systems."""
    one.books.deposit(one.client, "125.00", one.books.matter_of(one.client), one.month.first + timedelta(days=10))
    one.books.void(one.bill)


# What the pack states


def test_a_pack_of_a_kept_night_states_what_that_night_found(story: Story) -> None:
    firm, text = story.of.firm, story.text
    assert not story.first.stated["receivables_source"]["is_reconstructed"]
    assert not story.first.stated["trust_source"]["is_reconstructed"] and "econstructed" not in text
    for row in read_rows(story.kept_night, "select * from recon.ar_tie_out where firm_id = ?", [firm.id]):
        assert f"{row['amount']:,.2f}" in text, row
    [account] = read_rows(story.kept_night, "select * from recon.trust_tie_out where firm_id = ?", [firm.id])
    assert account["verdict"] == "ties" and "proven three ways" in text
    for name in ("clio_ledger_amount", "statement_amount", "xero_bank_amount", "xero_liability_amount"):
        assert account[name] == Decimal("2600.00")
    assert text.count("2,600.00") >= 8
    for row in read_rows(story.kept_night, "select * from recon.worklist where firm_id = ?", [firm.id]):
        assert row["title"] in text and f"{row['amount']:,.2f}" in text
    assert str(story.of.month.last) in text and str(datetime.now(UTC).date()) not in text.split("Signatures")[0]


def test_the_ledgers_add_up_to_the_book_and_the_journal_walks_to_it(story: Story) -> None:
    [account] = story.first.stated["trust"]
    ledgers = [Decimal(row["balance_amount"]) for row in account["ledgers"]]
    assert sum(ledgers) == Decimal(account["book_amount"]) == Decimal("2600.00") and len(ledgers) == 6
    moved = sum(Decimal(row["funds_in_amount"]) - Decimal(row["funds_out_amount"]) for row in account["journal"])
    assert Decimal(account["opening_amount"]) + moved == Decimal("2600.00") and len(account["journal"]) == 2
    [below] = account["negative"]
    assert Decimal(below["balance_amount"]) == Decimal("-200.00") and "-200.00" in story.text
    assert "Client ledgers below zero in the month: 1 time" in story.text


def test_the_workbook_holds_the_same_figures(story: Story) -> None:
    book = openpyxl.load_workbook(story.first.file("xlsx"))
    rows = list(book["client ledgers"].iter_rows(values_only=True))
    assert sum(row[-1] for row in rows[1:]) == 2600
    assert not [cell for sheet in book for line in sheet.iter_rows() for cell in line if cell.data_type == "f"]
    about = dict(book["about"].iter_rows(values_only=True, max_col=2))
    assert about["SHA-256 of the figures"] == story.first.figures_digest


def test_what_could_not_be_proven_stands_on_the_first_page(story: Story) -> None:
    first_page = " ".join(PdfReader(story.second.file("pdf")).pages[0].extract_text().split())
    assert story.second.stated["not_proven"]
    for sentence in story.second.stated["not_proven"]:
        assert sentence[1:50] in first_page
    assert "2,725.00" in first_page and "differs" in first_page
    assert (
        "What has changed since the night of that day" in first_page and "900.00 was outstanding in Clio" in first_page
    )


def test_the_file_is_for_an_archive(story: Story) -> None:
    for pack in (story.first, story.second):
        assert_is_for_an_archive(PdfReader(pack.file("pdf")))


def assert_is_for_an_archive(reader: PdfReader) -> None:
    """PDF/A-2a as far as it can be seen without a validator."""
    root: Any = reader.trailer["/Root"]
    assert root["/OutputIntents"][0].get_object()["/S"] == "/GTS_PDFA1"
    about = root["/Metadata"].get_object().get_data().decode()
    assert re.search(r"<pdfaid:part>2</pdfaid:part>", about) and "<pdfaid:conformance>A<" in about
    assert root["/MarkInfo"]["/Marked"] and root["/Lang"] and "/StructTreeRoot" in root
    assert not {"/OpenAction", "/AA", "/AcroForm", "/Names"} & set(root) and "/Encrypt" not in reader.trailer
    fonts = 0
    for page in reader.pages:
        assert "/Annots" not in page and "/AA" not in page
        resources: Any = page["/Resources"]
        for font in resources["/Font"].values():
            [below] = font.get_object()["/DescendantFonts"]
            described = below.get_object()["/FontDescriptor"].get_object()
            assert {"/FontFile2", "/FontFile3"} & set(described)
            fonts += 1
    assert fonts


def test_no_name_is_markup_and_none_is_endless(story: Story) -> None:
    assert HOSTILE in story.text
    assert "\u202e" not in story.text and "\x1b" not in story.text and "\x00" not in story.text
    assert "Zoe evil Ames" in story.text and "[U+131D1]" in story.text and "[U+E000]" in story.text
    assert typeset.WRITTEN_OUT in story.text
    assert re.search(r"\(cut, 1,0\d\d characters\)", story.text) and len(story.text) < 50_000


def test_the_same_figures_give_the_same_file() -> None:
    pages = Document("T", "F", "2026-10-31", "v1", date(2026, 10, 31), [say("One."), say("*Two* #three")])
    assert typeset.pdf(pages) == typeset.pdf(pages)
    assert "*Two* #three" in PdfReader(io.BytesIO(typeset.pdf(pages))).pages[0].extract_text()


# Who signs


def test_two_different_people_sign_what_is_there(story: Story) -> None:
    refusals = story.refusals
    assert "there is none yet" in refusals["no night"] and "A pack of" in refusals["no pack"]
    assert "Two different people" in refusals["same person"] and "already" in refusals["role taken"]
    assert story.signed.is_signed and not story.signed.moves
    assert story.signed.words == "signed by Ada Keeper (preparer) and B. Partner (reviewer)"
    rows = decisions.signatures(story.of.firm.folder).rows()
    assert [(row["role"], row["signed_by"], row["version"]) for row in rows] == [
        ("preparer", "Ada Keeper", "1"),
        ("reviewer", "B. Partner", "1"),
        ("preparer", "Ada Keeper", "2"),
    ]
    assert not [note for note in story.notes_before if "fallen" in note]


def test_a_later_night_that_says_otherwise_makes_the_signature_fall(story: Story) -> None:
    moves = " | ".join(move.words for move in story.fallen.moves)
    assert story.fallen.is_fallen and story.fallen.words.startswith("signature fallen: Ada Keeper")
    day = story.of.month.first + timedelta(days=10)
    assert f"125.00 dated {day} came since" in moves
    assert "900.00 was outstanding in Clio" in moves and "now 0.00 (void)" in moves
    assert "900.00 was outstanding in Xero" in moves and "(voided)" in moves
    [note] = [note for note in story.notes_after if note.startswith("month-end")]
    assert "What moved:" in note and "125.00" in note
    assert "Figures that stand were expected" in story.refusals["moved"]


def test_the_firm_hears_once_what_moved_and_no_name(story: Story) -> None:
    [message] = story.messages
    assert f"the signed month-end {story.of.month} no longer stands" in message.title
    assert "125.00" in message.body and message.html and "125.00" in message.html
    assert "Keeper" not in message.body and "#set" not in message.body and "tieout pack" in message.body


def test_the_next_version_stands_beside_the_old_one_and_says_reconstructed(story: Story) -> None:
    assert (story.first.version, story.second.version) == (1, 2)
    for ending, content in story.files_of_first.items():
        file = story.first.file(ending)
        assert file.read_bytes() == content and stat.S_IMODE(file.stat().st_mode) == 0o400
        assert stat.S_IMODE(story.second.file(ending).stat().st_mode) == 0o400
    text = text_of(story.second)
    assert "reconstructed" in text and "2,725.00" in text
    assert not story.second.stated["receivables_source"]["is_reconstructed"]
    assert story.at_last.pack.version == 2 and not story.at_last.moves
    assert (list(story.at_last.signed), story.at_last.signed_before) == (["preparer"], 2)
    assert story.at_last.words == "signed by Ada Keeper (preparer), not yet by a reviewer"


def test_a_file_that_somebody_changed_makes_the_signature_fall(story: Story) -> None:
    file = story.second.file("pdf")
    before = file.read_bytes()
    file.chmod(0o600)
    try:
        file.write_bytes(before + b"%")
        assert "not what was written" in standing(story.of).moves[0].words
        file.unlink()
        assert standing(story.of).is_fallen
    finally:
        file.write_bytes(before)
        file.chmod(0o400)
    assert not standing(story.of).moves


def test_figures_that_cannot_be_read_hide_nothing_else(story: Story) -> None:
    file = story.second.file("json")
    before = file.read_bytes()
    file.chmod(0o600)
    try:
        file.write_bytes(before[:100])
        with pytest.raises(GiveUp, match="figures of a pack"):
            standing(story.of)
        found = status_of(load_settings(story.of.config), story.of.firm, datetime.now(UTC))
        assert "cannot be read" in found.month_ends[0] and found.state != "unreadable"
    finally:
        file.write_bytes(before)
        file.chmod(0o400)


def test_without_a_night_of_that_day_everything_is_reconstructed(story: Story) -> None:
    aside = story.kept_night.with_suffix(".aside")
    story.kept_night.rename(aside)
    try:
        pack = story.of.pack()
    finally:
        aside.rename(story.kept_night)
    owed = pack.stated["receivables"]
    first_page = " ".join(PdfReader(pack.file("pdf")).pages[0].extract_text().split())
    assert pack.stated["receivables_source"]["is_reconstructed"] and "Receivables are reconstructed" in first_page
    # 700.00 in both, 400.00 in Clio alone; the bill of 900.00 is void by now.
    assert (owed["clio_amount"], owed["xero_amount"]) == ("1100.00", "700.00")
    assert [(row["title"], row["amount"]) for row in owed["open"]] == [
        ("Outstanding in Clio alone on that day", "400.00")
    ]
    amounts = [Decimal(row["amount"]) for row in owed["bridge"]]
    assert amounts == [Decimal(text) for text in ("1100.00", "-400.00", "700.00", "0.00", "700.00")]
    assert sum(Decimal(row["clio"]) for row in owed["ages"]) == Decimal("1100.00")


# Months and duties


def test_a_month_must_have_ended(story: Story) -> None:
    firm, today = story.of.firm, datetime.now(UTC).date()
    for text in (f"{today:%Y-%m}", "2999-01"):
        with pytest.raises(UsageError, match="that has ended"):
            ended_month(firm, text)
    for text in ("2026-13", "2026-1", "october", "", "2026-10-01", "٢٠٢٦-10"):
        with pytest.raises(UsageError, match="such as 2026-10"):
            read_month(text)
    assert str(last_ended(date(2026, 3, 31))) == "2026-02" and Month.of(date(2024, 2, 3)).last.day == 29


def test_nobody_is_no_signature(story: Story) -> None:
    for name in ("", "  ", "x" * 500):
        with pytest.raises(UsageError, match="--by"):
            signing.sign(story.of.firm, story.of.month, Role.reviewer, name)


@pytest.mark.parametrize(
    ("deadline", "due"),
    [
        (Deadline("day of the next month", 25), date(2026, 11, 25)),
        (Deadline("days", 30), date(2026, 11, 30)),
        (Deadline("working days", 15), date(2026, 11, 20)),
    ],
)
def test_when_a_month_is_to_be_done(deadline: Deadline, due: date) -> None:
    assert deadline.after(date(2026, 10, 31)) == due


def test_every_jurisdiction_says_where_it_comes_from() -> None:
    assert len(DUTIES) == 10
    for duty in DUTIES.values():
        assert duty.place and duty.reconcile and duty.keep and duty.source and duty.how_sure


def test_a_duty_reminds_in_time_and_of_what_is_not_signed(story: Story) -> None:
    firm, month = story.of.firm, story.of.month
    due = DUTIES["au-qld"].deadline
    assert due is not None
    last = due.after(month.last)

    def stage(day: date) -> str | None:
        found = duties.reminder(firm, day)
        assert found is not None
        return found.stage

    if last.month == (month.last + timedelta(days=1)).month:
        assert stage(last - timedelta(days=8)) is None and stage(last - timedelta(days=7)) == "soon"
        assert stage(last) == "soon" and stage(last + timedelta(days=1)) == "overdue"
    reminder = duties.reminder(firm, last)
    assert reminder and "0 days left" in reminder.words and "Keeper" not in reminder.without_names
    assert duties.reminder(firm.model_copy(update={"jurisdiction": None}), last) is None


def test_the_firm_hears_once_of_a_duty_that_is_near_or_past(story: Story) -> None:
    assert story.duties_told == []  # both had signed before anybody was told
    reminder = duties.reminder(story.of.firm, today_of(story.of.firm))
    assert reminder is not None
    told = Told()
    unsigned = replace(reminder, standing=None, today=reminder.month.last + timedelta(days=60))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(duties, "reminder", lambda firm, today: unsigned)
        due = [
            list(month_ends_told.news(story.of.firm, told, unsigned.today, "http://localhost:8913")) for _ in range(2)
        ]
    [note] = [note for note in due[0] if note.name.endswith("-duty")]
    assert "overdue" in note.title and "not advice" in note.body and "there is no pack" in note.body
    assert due[1] == []


def test_an_unknown_jurisdiction_is_refused_with_those_there_are(story: Story, tmp_path: Path) -> None:
    (tmp_path / "tieout.toml").write_text(story.of.config.read_text().replace('"au-qld"', '"us-xx"'))
    with pytest.raises(UsageError, match=r'jurisdiction: should be one of "us-ca" \(California\).*found .us-xx.'):
        load_settings(tmp_path / "tieout.toml")


def test_an_unfinished_version_counts_for_none_and_is_not_overwritten(story: Story, tmp_path: Path) -> None:
    config = tmp_path / "tieout.toml"
    config.write_text(story.of.config.read_text())
    firm, month = load_settings(config).firm(FIRM), story.of.month
    folder = store.folder_of(firm, str(month))
    folder.mkdir(parents=True)
    (folder / f"{FIRM}-{month}-v1.pdf").write_bytes(b"half")
    assert store.latest(firm, str(month)) is None and store.months(firm) == []
    assert store.next_version(firm, month) == 2
    assert json.loads(story.first.file("json").read_text())["stated"]["month"] == str(month)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("pack", "nobody", "--month", "2026-10"), "no firm 'nobody'"),
        (("pack", FIRM, "--month", "2999-01"), "that has ended"),
        (("sign", FIRM, "--month", "2999-01", "--role", "preparer", "--by", "Ada"), "that has ended"),
        (("sign", FIRM, "--month", "2001-01", "--role", "preparer", "--by", "Ada"), "there is none"),
    ],
)
def test_what_cannot_be_meant_is_a_usage_error(story: Story, words: tuple[str, ...], said: str) -> None:
    result = CliRunner().invoke(app, [*words, "--config", str(story.of.config)])
    assert isinstance(result.exception, UsageError) and said in str(result.exception)
    assert (
        not store.folder_of(story.of.firm, "2999-01").exists()
        and not store.folder_of(story.of.firm, "2001-01").exists()
    )


def has_statement_news(story: Story) -> bool:
    firm = story.of.firm
    with open_published(firm.warehouse) as living:
        return figures.has_statement_news(firm, living, story.of.month.last)


def test_the_commands_make_and_sign(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.commands.month_end.nights", lambda orders: [story.of.night(order) for order in orders])
    assert not has_statement_news(story)
    story.of.statement(Decimal("2725.00"))  # it counts for the pack before any night has read it
    assert has_statement_news(story)
    config = ["--config", str(story.of.config)]
    made = CliRunner().invoke(app, ["pack", FIRM, "--month", str(story.of.month), *config])
    assert made.exit_code == 0 and ".pdf: written" in made.output and "Not proven: client money is" in made.output
    assert "Trust account IOLTA: proven three ways." in made.output
    signed = CliRunner().invoke(
        app, ["sign", FIRM, "--month", str(story.of.month), "--role", "reviewer", "--by", "C. Ellis", *config]
    )
    assert signed.exit_code == 0 and "signed by C. Ellis as reviewer" in signed.output
