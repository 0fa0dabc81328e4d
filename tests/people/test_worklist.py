"""The worklist in a terminal: one line an item, never wider than the terminal, in the order of work."""

import io
from decimal import Decimal
from typing import Any

import pytest
from rich.cells import cell_len
from rich.console import Console

from flows.reading import worklist
from flows.reading.narrow import Narrowed
from flows.reading.words import FINDINGS
from tests.support.rows import exception_row


def shown(rows: list[dict[str, Any]], width: int = 80, asked: Narrowed | None = None) -> list[str]:
    """The lines that a terminal of this width shows."""
    console = Console(file=io.StringIO(), record=True, width=width)
    worklist.print_worklist(console, rows, *([asked] if asked else []))
    return console.export_text().splitlines()


def many() -> list[dict[str, Any]]:
    """59 items of 44 clients, with every code, long and wide names among them."""
    names = [f"Client {n} & Partners" for n in range(42)] + ["D'Angelo " * 12, "\u5f8b\u5e2b\u4e8b\u52d9\u6240" * 9]
    codes = list(FINDINGS)
    return [
        exception_row(
            work_rank=n + 1,
            exception_id=f"{n:012x}",
            code=codes[n % len(codes)],
            client_name=names[n * len(names) // 59],
            subject_label=f"deposit of 2026-10-{n:02}" if n % 9 == 0 else str(2000 + n),
            severity="critical" if n == 0 else "high",
        )
        for n in range(59)
    ]


@pytest.mark.parametrize("width", [80, 120, 200])
def test_an_item_is_one_line_no_wider_than_the_terminal(width: int) -> None:
    rows = many()
    lines = shown(rows, width)
    assert len(lines) < 80
    assert max(map(cell_len, lines)) <= width
    for row in rows:
        [line] = [line for line in lines if row["exception_id"] in line]
        assert "120.00" in line and row["severity"] in line and row["title"][:15] in line


def test_items_stand_in_the_order_they_are_given_in_under_their_client() -> None:
    rows = [
        exception_row(exception_id="1", client_name="Zoe Ash", subject_label="101"),
        exception_row(exception_id="2", client_name="Zoe Ash", subject_label="102", amount=Decimal("30.50")),
        exception_row(exception_id="3", client_name="Ada Quill", subject_label="103"),
        exception_row(exception_id="4", client_name=None, subject_label="IOLTA"),
    ]
    heading, client, first, second, other, firm, summary, way_on = shown(rows)
    assert heading.split() == ["client,", "document", "severity", "finding", "amount", "id"]
    assert client == "Zoe Ash: 2 items, 150.50"
    assert first.startswith("  101 ") and second.startswith("  102 ") and second.endswith("30.50 2")
    assert other.startswith("Ada Quill, 103 ") and firm.startswith("The firm as a wh")
    assert "IOLTA" in firm and summary == "4 open, 390.50 in all."
    assert "`tieout explain harbor-law ID`" in way_on


def test_a_wider_terminal_shows_more() -> None:
    row = exception_row()
    narrow, wide, widest = ("\n".join(shown([row], width)) for width in (80, 120, 200))
    assert "2026-10-28" not in narrow
    assert "2026-10-28" in wide and "document" in wide and "Lena Hart" not in wide
    assert "Lena Hart" in widest and "Bill 101 is approved in Clio" in widest


def test_what_is_only_for_information_stands_apart_and_is_not_counted_as_work() -> None:
    rows = [
        exception_row(exception_id="1", severity="info", code="rounding", amount=Decimal("0.01")),
        exception_row(exception_id="2"),
    ]
    lines = shown(rows)
    assert [line.split()[-1] for line in lines[1:4:2]] == ["2", "1"]
    assert lines[2] == "For information, no work:"
    assert lines[4] == "1 open, 120.00 in all; 1 for information."


def test_a_figure_is_never_cut() -> None:
    row = exception_row(amount=Decimal("123456789012.34"), document_amount=Decimal("123456789012.35"))
    for width in (60, 80, 120):
        assert "123,456,789,012.34" in "\n".join(shown([row], width))


def test_what_is_no_work_now_says_why() -> None:
    asked = Narrowed(statuses=("in_flight", "accepted"))
    lines = shown([exception_row(status="accepted"), exception_row(status="in_flight")], asked=asked)
    assert "accepted: Missing in Xero" in lines[2] and "in flight: Missing in Xero" in lines[3]
    assert lines[4] == "2 in flight or accepted, 240.00 in all."


def test_an_empty_answer_to_a_question_does_not_read_as_all_fine() -> None:
    assert shown([], asked=Narrowed(client="Quil")) == [worklist.NOTHING_MATCHES]
    assert shown([]) == ["Nothing open."]
