"""A client called `=cmd|...` or with an escape sequence in its name must only ever be read."""

import csv
import io

import pytest
from rich.console import Console

from flows import escape
from flows.reading import report
from tests.support.rows import exception_row


@pytest.mark.parametrize("start", ["=1+1", "+1+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_formula_in_a_cell_is_disarmed(start: str) -> None:
    assert escape.for_spreadsheet(start).startswith("'")


@pytest.mark.parametrize("text", ["-12.50", "1", "Smith & Co.", "a=b"])
def test_numbers_and_plain_text_stay_as_they_are_in_a_cell(text: str) -> None:
    assert escape.for_spreadsheet(text) == text


def test_no_escape_sequence_or_direction_override_reaches_the_terminal() -> None:
    hostile = "Evil\x1b[2J\x9b31m \u202egnp.exe\nsecond line"
    assert escape.plain(hostile) == "Evil [2J 31m gnp.exe second line"


def test_rich_markup_in_a_name_is_shown_and_not_obeyed() -> None:
    console = Console(record=True, width=200, file=io.StringIO())
    console.print(escape.for_terminal("[red]Alarm[/red]"))
    assert "[red]Alarm[/red]" in console.export_text()


def test_markdown_keeps_links_images_tags_and_cells_inert() -> None:
    hostile = "a|b [x](http://e) ![i](y) <script> `c`"
    shown = escape.for_markdown(hostile)
    assert "<" not in shown and ">" not in shown
    for special in "|[]()!`":
        assert f"\\{special}" in shown
        assert shown.count(special) == shown.count(f"\\{special}")


def test_the_worklist_csv_is_safe_to_open_and_the_client_still_readable() -> None:
    rows = list(csv.DictReader(io.StringIO(report.worklist_csv([exception_row(client_name="=HYPERLINK(1)")]))))
    assert rows[0]["client_name"] == "'=HYPERLINK(1)"
    assert rows[0]["ar_effect"] == "-120.00"
