"""Hostile texts through every output: the terminal at several widths, CSV, JSON, Markdown, mail and chat."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from rich.console import Console

from flows import command, escape, trouble
from flows.alerts import wording
from flows.alerts.books import Books, Changes
from flows.alerts.told import Finding
from flows.commands import cli
from flows.night.verdict import NightResult
from flows.reading import explain, report, worklist
from flows.reading.around import View
from pipelines.errors import GiveUp
from pipelines.firm.settings import load_settings
from tests.support.rows import exception_row
from tests.unit.test_settings import GOOD, write

DESK = "http://localhost:8913"
SIGNS = ("=", "+", "-", "@", "\uff1d", "\uff0b", "\uff0d", "\uff20", "\u207a", "\ufe62", "\u2212")
FRONTS = {
    "nothing": "",
    "a blank": " ",
    "blanks": "   ",
    "a tab": "\t",
    "a return": "\r",
    "a line feed": "\n",
    "a null": "\0",
    "an escape": "\x1b",
    "a C1 control": "\x9b",
    "a zero-width space": "\u200b",
    "a joiner": "\u200d",
    "a byte order mark": "\ufeff",
    "a soft hyphen": "\xad",
    "a bidi override": "\u202e",
    "a bidi isolate": "\u2066",
    "a no-break space": "\xa0",
    "an ideographic space": "\u3000",
    "a line separator": "\u2028",
    "a Hangul filler": "\u3164",
    "a Braille blank": "\u2800",
    "a grapheme joiner": "\u034f",
    "a variation selector": "\ufe0f",
    "a tag": "\U000e0041",
    "an apostrophe": "'",
    "a quote": '"',
    "a curly quote": "\u201c",
    "a quote and a blank": "' ",
    "a word joiner": "\u2060",
    "a Mongolian separator": "\u180e",
    "several": " \u200b\t\u202e\0 ",
}
TEXTS = {
    "markup": "[red]Alarm[/red] [link=https://e.example]x[/link]",
    "broken markup": "[/] [/bold] [bold",
    "a backslash": "ends with \\",
    "backslashes": "ends with \\\\\\",
    "an ANSI sequence": "\x1b[2J\x1b[31mred",
    "an OSC sequence": "\x1b]8;;https://e.example\x07x\x1b]8;;\x07",
    "C1": "\x9b31m\x9d0;title\x9c",
    "bidi": "\u202egnp.exe \u2066x\u2069",
    "zero width": "a\u200bb\ufeffc",
    "a formula": '=HYPERLINK("https://e.example","x")',
    "HTML": "<script>alert(1)</script><img src=x onerror=y>",
    "Markdown": "![x](https://e.example/i.png) [a](b) | `c` **d** https://e.example www.e.example a@b.example",
    "nulls": "a\0b\0",
    "half a pair": "a\ud800b\udfff",
    "lines": "a\r\nb\u2028c\x85d",
    "emoji codes": ":warning: :skull:",
    "a megabyte": "A" * 2**20,
    "a megabyte of nothing": "\u200b" * 2**20,
    "a megabyte of formula": "=1+" * 2**18,
    "a megabyte of markup": "[/]" * 2**18,
}
FORBIDDEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


@pytest.mark.parametrize("sign", SIGNS)
@pytest.mark.parametrize("front", FRONTS.values(), ids=FRONTS)
def test_no_formula_passes_whatever_stands_before_it(front: str, sign: str) -> None:
    cell = escape.for_spreadsheet(f"{front}{sign}cmd|' /C calc'!A0")
    assert cell.startswith("'")
    assert not FORBIDDEN.search(cell)


@pytest.mark.parametrize(
    "text", ["-12.50", "0", "120.00", "Smith & Co.", "a=b", "O'Neill", '"Ada" Quill', "2026-05-01", ""]
)
def test_numbers_days_and_names_stay_as_they_are(text: str) -> None:
    assert escape.for_spreadsheet(text) == text


def hostile_row(text: str) -> dict[str, object]:
    """Every text of a worklist's row."""
    names = ("clio_bill_number", "client_name", "matter_number", "trust_account", "explanation", "suggested_action")
    more = ("subject_label", "responsible_attorney", "clio_value", "xero_value", "candidate", "clio_url")
    return exception_row(**dict.fromkeys((*names, *more), text))


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
@pytest.mark.parametrize("width", [40, 80, 200])
def test_the_terminal(text: str, width: int) -> None:
    file = io.StringIO()
    console = Console(file=file, width=width, force_terminal=True, color_system=None, emoji=False, highlight=False)
    worklist.print_worklist(console, [hostile_row(text)] * 3)
    life = {"exception_id": text, "code": text, "closed_as": text, "nights_seen": 2, "times_reopened": 1}
    life |= {"first_seen_at": datetime(2026, 11, 1), "closed_at": datetime(2026, 11, 2)}
    around = [View("The client ledger", [{"description": text, "amount": Decimal(1), "marked": True}])]
    page = explain.Explanation(None, [], [], [hostile_row(text)], around, {text: life})
    explain.print_explanation(console, page)
    report.print_nights(console, [NightResult("harbor-law", None, "incomplete", (text,))])
    shown = file.getvalue()
    assert not FORBIDDEN.search(re.sub(r"\x1b\[\d*m", "", shown))
    assert len(shown) < 150_000
    shown.encode()


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_files(text: str) -> None:
    table = report.worklist_csv([hostile_row(text)] * 3)
    [first, *_] = csv.DictReader(io.StringIO(table))
    assert not FORBIDDEN.search(table.replace("\r\n", "\n")) and len(table) < 200_000
    assert not any(value.startswith(escape._FORMULA_STARTS) for value in first.values() if value != first["ar_effect"])
    shown = report.worklist_json([hostile_row(text)] * 3)
    assert shown.isascii() and len(shown) < 500_000 and len(json.loads(shown)) == 3
    shown.encode()


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_the_artifact(text: str) -> None:
    night = NightResult("harbor-law", "r", "exceptions", (text,), statement={"verdict": text})
    shown = report.markdown_report(night, [hostile_row(text)] * 5000)
    assert len(shown) < 250_000
    assert not FORBIDDEN.search(shown.replace("\n", ""))
    assert not re.search(r"(?<!\\)[<>\[\]`]|https?://|www\.|[a-z]@[a-z]", shown)
    assert all(len(re.findall(r"(?<!\\)\|", line)) in (0, 3, 7) for line in shown.splitlines())


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_mail_and_chat(text: str, tmp_path: Path) -> None:
    firm = load_settings(write(tmp_path, GOOD.replace("grace_hours", "name_clients = true\ngrace_hours"))).firm(
        "harbor-law"
    )
    money = Decimal("1.00")
    finding = Finding(
        code="missing_in_xero",
        severity="high",
        status="open",
        amount=money,
        number=text,
        client=text,
        first_seen=date(2026, 1, 1),
        times_reopened=0,
        url=f"https://{text}",
    )
    books = Books(date(2026, 1, 2), {"1": finding}, 0, 0, [(text, "ties")], {})
    statement = {"clio_receivables_amount": money, "xero_receivables_amount": money}
    night = NightResult("harbor-law", "r", "exceptions", (text,), statement=statement)
    news = Changes([finding], [], [(finding, finding)], [], [finding], [], [])
    changed = wording.changed(firm, night, books, news, is_first=False, desk=DESK)
    ours = wording.changed(
        firm.model_copy(update={"name_clients": False}), night, books, Changes(*[[]] * 7), is_first=True, desk=DESK
    )
    assert changed.html is not None and ours.html is not None
    assert set(re.findall(r"</?[a-z0-9]+", changed.html)) - set(re.findall(r"</?[a-z0-9]+", ours.html)) <= {
        "<div",
        "</div",
        "<h2",
        "</h2",
        "<h3",
        "</h3",
        "<strong",
        "</strong",
        "<a",
        "</a",
    }
    assert not FORBIDDEN.search(changed.html.replace("\n", "")) and "javascript" not in changed.html
    failed = wording.incomplete(firm, night, None, datetime(2026, 1, 2, tzinfo=UTC))
    for note in (changed, failed):
        assert len(note.body) < 5_000 and not FORBIDDEN.search(note.body.replace("\n", ""))
        assert not re.search(r"[<>@\[\]]|://|www\.", note.body.replace(DESK, ""))


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_an_error_of_ours_goes_through_one_door(
    text: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fails() -> None:
        raise GiveUp(f"harbor-law: the error {text}\nand a second line")

    monkeypatch.setattr(cli, "app", fails)
    file = io.StringIO()
    terminal = Console(file=file, width=100, force_terminal=True, color_system=None, emoji=False)
    monkeypatch.setattr(trouble, "console", terminal)
    with pytest.raises(SystemExit):
        command.main()
    shown = file.getvalue()
    assert "and a second line" in " ".join(shown.split())
    assert not FORBIDDEN.search(re.sub(r"\x1b\[\d*m", "", shown)) and len(shown) < 5_000
    assert "https://e.example\x07" not in shown


def test_what_is_cut_says_so() -> None:
    assert escape.plain("A" * 2000, 10) == "AAAAAAAAAA\u2026 (cut, 2,000 characters)"
    assert escape.plain("\u200b" * 2000, 10) == "\u2026 (cut, 2,000 characters)"
    assert escape.plain("A" * 10, 10) == "A" * 10
    assert all(unicodedata.category(c) != "Cf" for c in escape.plain("a\u200b\u202eb"))


def test_only_plain_addresses_are_links() -> None:
    assert escape.web_address("https://app.clio.com/nc/#/bills/1") == "https://app.clio.com/nc/#/bills/1"
    for odd in (
        "http://x.example",
        "https://a b",
        "https://x.example/\n",
        "https://x\x1b",
        "https://" + "a" * 600,
        "https://a@b",
        None,
    ):
        assert escape.web_address(odd) is None, odd


@pytest.mark.parametrize("take_apart", ["wwwww..evil.example", "w<w>w.evil.example", "https:/<>/evil.example"])
def test_nothing_becomes_a_link_by_what_is_taken_away(take_apart: str) -> None:
    assert not re.search(r"://|www\.", escape.for_chat(take_apart))
