"""The workbook, opened by another library: every cell is what the night published, nothing in it runs."""

import io
import stat
import zipfile
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest
from typer.testing import CliRunner

from flows import workbook
from flows.commands.cli import app
from flows.reading import ageing
from flows.workbook import given_back, sheets
from pipelines.errors import UsageError
from pipelines.firm import decisions
from pipelines.firm.settings import Firm, load_settings
from tests.people.test_decisions import SETTINGS
from tests.people.test_hostile_texts import TEXTS
from tests.support.published import FIRM, publish
from tests.support.rows import exception_row

AS_OF = date(2026, 10, 31)
CLIO = "https://app.clio.com/nc/#/bills/1"
XERO = "https://go.xero.com/app/!1e733/invoicing/view/414f0207-3314-5f8a-92f2-e0d2ed87aed5"
STATEMENT = {
    "run_id": "20261031T020000Z-abcdef",
    "started_at": datetime(2026, 10, 31, 2),
    "as_of_date": AS_OF,
    "verdict": "exceptions",
    "clio_receivables_amount": Decimal("1500.00"),
    "xero_receivables_amount": Decimal("1410.10"),
    "unexplained_amount": Decimal("0.00"),
    "open_count": 2,
    "in_flight_count": 0,
    "accepted_count": 1,
    "assumptions_broken": "",
    "version": "1",
}
TOMORROW = date.today() + timedelta(days=2)


def bill(key: str, client: str, **more: Any) -> dict[str, Any]:
    row = {"bill_key": f"clio:{key}", "clio_bill_id": key, "clio_bill_number": f"20{key}", "clio_client_name": client}
    return {**row, "xero_contact_name": client, "clio_url": CLIO, "xero_url": XERO, "finding": "agrees", **more}


def owed(clio: str, due: int | None, xero: str, xero_due: int | None) -> dict[str, Any]:
    """What is owed in each system, and for how many days it has been overdue."""
    days = {"clio_due_date": due, "xero_due_date": xero_due}
    dates = {name: None if late is None else AS_OF - timedelta(days=late) for name, late in days.items()}
    issued = {"clio_issued_date": AS_OF - timedelta(days=100), "xero_date": AS_OF - timedelta(days=100)}
    return {"clio_ar_amount": Decimal(clio), "xero_ar_amount": Decimal(xero), **dates, **issued}


def books(text: str = "Ada Quill") -> dict[str, list[dict[str, Any]]]:
    """A small night; `text` stands wherever the systems may put one."""
    entry = {"clio_bank_account_id": "12", "client_name": text, "matter_number": "M-1", "description": text}
    texts = dict.fromkeys(("client_name", "explanation", "suggested_action", "clio_value", "subject_label"), text)
    return {
        "run_statements": [STATEMENT],
        "exceptions": [
            exception_row(exception_id="a", clio_url=CLIO, xero_url=XERO, **texts),
            exception_row(exception_id="b", work_rank=2, severity="critical", since_date=None, clio_url=text),
            exception_row(exception_id="c", work_rank=3, status="accepted"),
        ],
        "matched_bills": [
            bill("1", text, finding="stuck_in_draft_edited", **owed("1000.00", 0, "910.10", 1)),
            bill("2", "Zoe Ash", **owed("500.00", 30, "500.00", 31)),
            bill("3", "Zoe Ash", **owed("10.00", 60, "20.00", 61)),
            bill("4", "Zoe Ash", **owed("30.00", 90, "40.00", 91)),
            bill("5", "Zoe Ash", **owed("7.00", None, "0.00", None)),
        ],
        "line_diffs": [
            {"bill_key": "clio:1", "line_status": "text_changed", "clio_description": text, "xero_description": "b"}
            | {"clio_quantity": Decimal("1.5000"), "clio_rate": Decimal("300.0000"), "clio_net_amount": Decimal(450)},
            {"bill_key": "clio:2", "line_status": "identical", "clio_description": "another bill's"},
        ],
        "matched_payments": [
            {"bill_key": "clio:2", "payment_status": "matched", "clio_allocation_ids": "1", "xero_payment_ids": "x"},
            {"bill_key": "clio:1", "payment_status": "paid_in_clio_open_in_xero", "clio_allocation_ids": "2"}
            | {"clio_amount": Decimal("12.34"), "clio_date": AS_OF, "kind": "payment", "clio_source": text},
        ],
        "ar_tie_out": [
            {"step_number": 1, "step": "clio_receivables", "amount": Decimal("1500.00"), "item_count": 2},
            {"step_number": 10, "step": "missing_in_xero", "amount": Decimal("-89.90"), "item_count": 1},
            {"step_number": 92, "step": "xero_control_account", "amount": None, "item_count": 0},
        ],
        "ar_tie_out_by_client": [
            {"client_name": text, "step_number": 1, "step": "clio_receivables", "amount": Decimal("1000.00")},
            {"client_name": text, "step_number": 10, "step": "missing_in_xero", "amount": Decimal("-89.90")},
            {"client_name": "Zoe Ash", "step_number": 1, "step": "clio_receivables", "amount": Decimal("547.00")},
            {"client_name": "Zoe Ash", "step_number": 37, "step": "unapplied_credit", "amount": Decimal("-85.00")},
        ],
        "trust_tie_out": [
            {"clio_bank_account_id": "12", "trust_account": text, "clio_account_amount": Decimal("41.10")}
            | {"verdict": "missing_figure", "as_of_date": AS_OF}
        ],
        "trust_ledger": [
            {**entry, "clio_bank_transaction_id": "9", "entry_date": AS_OF, "funds_in_amount": Decimal("41.10")}
            | {"funds_out_amount": Decimal(0), "running_balance_amount": Decimal("41.10"), "match_status": "matched"},
            {**entry, "clio_bank_transaction_id": "10", "entry_date": AS_OF, "funds_in_amount": Decimal(0)}
            | {"funds_out_amount": Decimal("50.00"), "running_balance_amount": Decimal("-8.90")}
            | {"match_status": "missing_in_xero"},
        ],
        "trust_outstanding_items": [{"trust_account": text, "amount": Decimal("5.00"), "client_name": text}],
    }


@pytest.fixture
def firm(tmp_path: Path) -> Firm:
    (tmp_path / "tieout.toml").write_text(SETTINGS)
    firm = load_settings(tmp_path / "tieout.toml").firm(FIRM)
    publish(firm.warehouse, **books())
    return firm


def opened(firm: Firm, name: str = "out.xlsx") -> openpyxl.Workbook:
    return openpyxl.load_workbook(workbook.write(firm, firm.folder.parent.parent / name))


def table(book: openpyxl.Workbook, name: str) -> list[dict[str, Any]]:
    """A sheet's rows by heading."""
    [head, *rows] = book[name].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in rows]


def published(firm: Firm, sql: str) -> list[tuple[Any, ...]]:
    with duckdb.connect(str(firm.warehouse), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def same(cell: Any, value: Any) -> bool:
    """Whether a cell is the published value: money and days are numbers and days, nothing is an empty cell."""
    if isinstance(value, Decimal):
        return isinstance(cell, (int, float)) and Decimal(str(cell)) == value
    if isinstance(cell, datetime) and not isinstance(value, datetime):
        return cell == datetime.combine(value, datetime.min.time())
    return bool(cell == value)


SAME_IN_RECON = {
    "worklist": (
        "worklist order by work_rank",
        {"Order": "work_rank", "Severity": "severity", "Finding": "title", "Client": "client_name"}
        | {"About": "subject_label", "Amount": "amount", "Document total": "document_amount", "Since": "since_date"}
        | {"Matter": "matter_number", "Attorney": "responsible_attorney", "What was found": "explanation"}
        | {"What to do": "suggested_action", "After": "blocked_by", "Xero minus Clio": "ar_effect"}
        | {"Clio says": "clio_value", "Xero says": "xero_value", "May be": "candidate", "Nights": "nights_seen"}
        | {"Trust account": "trust_account", "Code": "code", "Exception id": "exception_id"}
        | {"First seen": "first_seen_at"},
    ),
    "bridge": ("ar_tie_out where amount is not null order by step_number", {"Amount": "amount", "Items": "item_count"}),
    "ledger entries": (
        "trust_ledger order by entry_date, funds_in_amount = 0",
        {"Day": "entry_date", "Description": "description", "Money in": "funds_in_amount", "Client": "client_name"}
        | {"Money out": "funds_out_amount", "Balance": "running_balance_amount", "Matter": "matter_number"},
    ),
    "lines": (
        "line_diffs where bill_key = 'clio:1'",
        {"Clio wording": "clio_description", "Clio quantity": "clio_quantity"}
        | {"Clio rate": "clio_rate", "Clio net": "clio_net_amount", "Xero wording": "xero_description"},
    ),
    "payments without partner": (
        "matched_payments where xero_payment_ids is null",
        {"Clio amount": "clio_amount", "Clio day": "clio_date", "Xero amount": "xero_amount", "From": "clio_source"},
    ),
}


@pytest.mark.parametrize("name", SAME_IN_RECON)
def test_each_cell_is_what_recon_holds(name: str, firm: Firm) -> None:
    source, columns = SAME_IN_RECON[name]
    rows = published(firm, f"select {', '.join(columns.values())} from recon.{source}")
    cells = [[row[heading] for heading in columns] for row in table(opened(firm), name)][: len(rows)]
    assert rows and len(cells) == len(rows)
    wrong = [
        (cell, value)
        for line, row in zip(cells, rows, strict=True)
        for cell, value in zip(line, row, strict=True)
        if not same(cell, value)
    ]
    assert wrong == []


def test_the_worklist_is_a_table_with_filters_a_frozen_head_and_links_to_both_records(firm: Firm) -> None:
    sheet = opened(firm)["worklist"]
    assert sheet.freeze_panes == "F2"
    assert [part.autoFilter is not None for part in sheet.tables.values()] == [True]
    links = {cell.coordinate: cell.hyperlink for row in sheet.iter_rows() for cell in row if cell.hyperlink}
    assert [f"{link.target}#{link.location}" if link.location else link.target for link in links.values()] == [
        CLIO,
        XERO,
    ]
    head = [cell.value for cell in sheet[1]]
    assert sheet.cell(2, head.index("Amount") + 1).number_format.startswith("#,##0.00")
    assert sheet.cell(2, head.index("Since") + 1).is_date
    assert sheet.cell(2, 2).fill.fgColor.rgb != sheet.cell(3, 2).fill.fgColor.rgb  # high and critical
    assert [row["Days"] for row in table(opened(firm), "worklist")] == [3, None]


def test_receivables_age_by_due_date_side_by_side_and_add_up(firm: Firm) -> None:
    quill, ash, total = table(opened(firm), "ageing")
    figures = {heading: value for heading, value in ash.items() if value}
    assert {k: v for k, v in quill.items() if v} == {
        **{"Client": "Ada Quill", "Clio current": 1000, "Xero 1-30": 910.1},
        **{"Clio total": 1000, "Xero total": 910.1},
    }
    assert figures == {
        **{"Client": "Zoe Ash", "Clio 1-30": 500, "Clio 31-60": 10, "Clio 61-90": 30, "Clio over 90": 7},
        **{"Xero 31-60": 500, "Xero 61-90": 20, "Xero over 90": 40, "Xero credit not applied": -85},
        **{"Clio total": 547, "Xero total": 475},
    }
    assert (total["Client"], total["Clio total"], total["Xero total"]) == ("All clients", 1547, 1385.1)
    assert {ageing.key(system, bucket) for system in ageing.SYSTEMS for bucket in ageing.BUCKETS} <= {
        column.key for column in sheets.AGEING.columns
    }


def test_a_code_is_said_in_words(firm: Firm) -> None:
    book = opened(firm)
    assert [row["Line"] for row in table(book, "lines")] == ["wording differs"]
    assert [row["Finding"] for row in table(book, "payments without partner")] == ["Paid in Clio, open in Xero"]
    assert [row["In Xero"] for row in table(book, "ledger entries")] == ["matched", "missing in Xero"]


def test_a_missing_figure_reads_missing_and_never_nothing(firm: Firm) -> None:
    book = opened(firm)
    [account] = table(book, "trust accounts")
    assert (account["Clio account"], account["Xero bank"], account["Verdict"]) == (41.1, "missing", "missing figure")
    assert table(book, "bridge")[-1]["Amount"] == "missing"


def test_each_client_has_a_row_and_each_step_a_column(firm: Firm) -> None:
    assert table(opened(firm), "by client") == [
        {"Client": "Ada Quill", "Receivables in Clio": 1000, "Missing in Xero": -89.9, "Credit not applied": None},
        {"Client": "Zoe Ash", "Receivables in Clio": 547, "Missing in Xero": None, "Credit not applied": -85},
    ]


def test_a_client_ledger_says_its_balance_and_its_lowest(firm: Firm) -> None:
    [ledger] = table(opened(firm), "client ledgers")
    assert (ledger["Client"], ledger["Balance"], ledger["Lowest"], ledger["Entries"]) == ("Ada Quill", -8.9, -8.9, 2)


def test_the_last_sheet_says_of_which_night_it_is(firm: Firm) -> None:
    about = dict(opened(firm)["about"].iter_rows(values_only=True))
    assert (about["Firm"], about["Verdict"], about["Open"]) == ("Harbor Law LLP", "exceptions", 2)
    assert about["As of"] == datetime(2026, 10, 31) and about["Receivables in Xero"] == 1410.1


# Half a pair is no text of a database.
STORED = {name: text for name, text in TEXTS.items() if text.encode("utf-8", "replace").decode() == text}


@pytest.mark.parametrize("text", STORED.values(), ids=STORED)
def test_no_text_of_the_systems_runs_or_leads_anywhere(text: str, firm: Firm) -> None:
    publish(firm.warehouse, **books(text))
    book = opened(firm)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
    links = [cell.hyperlink.target for cell in cells if cell.hyperlink]
    assert all(link.startswith(("https://app.clio.com/", "https://go.xero.com/")) for link in links)
    # Formatted as text, so that Excel leaves it a text also when somebody edits the cell.
    assert {cell.number_format for cell in cells if cell.data_type == "s" and cell.row > 1 and not cell.hyperlink} <= {
        *{"@", "#,##0.00;[Red]-#,##0.00"}
    }
    assert max((len(cell.value) for cell in cells if isinstance(cell.value, str)), default=0) < 6_000


def test_a_file_of_its_owner_alone_in_a_folder_left_as_it_was(firm: Firm, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    path = workbook.write(firm, tmp_path / "out.xlsx")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755
    assert [one.name for one in tmp_path.glob(".out*")] == []


def decided(firm: Firm, *rows: dict[str, Any], name: str = "out.xlsx") -> Path:
    """A workbook on which a person wrote these rows, by exception id."""
    path = firm.folder.parent.parent / name
    if not path.exists():
        workbook.write(firm, path)
    book = openpyxl.load_workbook(path)
    sheet = book["decisions"]
    head = [cell.value for cell in sheet[1]]
    for written in rows:
        for line in range(2, sheet.max_row + 1):
            if sheet.cell(line, head.index("Exception id") + 1).value == written["Exception id"]:
                for heading, value in written.items():
                    sheet.cell(line, head.index(heading) + 1).value = value
    book.save(path)
    return path


def filled(exception_id: str = "a", **changes: Any) -> dict[str, Any]:
    row = {"Exception id": exception_id, "Accept until": TOMORROW, "Reason": "agreed", "By": "Grace"}
    return {**row, **{name.replace("_", " "): value for name, value in changes.items()}}


def tieout(firm: Firm, *words: str, answer: str = "") -> Any:
    config = str(firm.folder.parent.parent / "tieout.toml")
    return CliRunner().invoke(app, [*words, "--config", config], input=answer)


def test_decisions_come_back_as_if_they_had_been_given_by_command(firm: Firm) -> None:
    path = decided(firm, filled("a"), filled("b", Accept_until=TOMORROW.isoformat(), Reason="by\nmail"))
    done = tieout(firm, "decide", FIRM, str(path), "--yes")
    assert (done.exit_code, done.exception) == (
        0,
        None,
    ) and "2 written. It counts from the next night on" in done.output
    rows = decisions.acceptances(firm.folder).rows()
    assert [(row["exception_id"], row["accepted_by"], row["expires_on"]) for row in rows] == [
        ("a", "Grace", TOMORROW.isoformat()),
        ("b", "Grace", TOMORROW.isoformat()),
    ]
    assert (rows[0]["code"], rows[0]["ar_effect"], rows[1]["reason"]) == ("missing_in_xero", "-120.00", "by mail")
    again = tieout(firm, "decide", FIRM, str(path), "--yes")
    assert again.exit_code == 0 and "2 given before" in again.output
    assert decisions.acceptances(firm.folder).rows() == rows
    accepted = table(opened(firm, "next.xlsx"), "accepted")
    assert [(row["Exception id"], row["Why"], row["Tonight"]) for row in accepted] == [
        ("a", "agreed", "open"),
        ("b", "by mail", "open"),
    ]


@pytest.mark.parametrize(("answer", "written"), [("y\n", 1), ("n\n", 0), ("\n", 0)])
def test_it_says_what_it_would_do_and_asks(answer: str, written: int, firm: Firm) -> None:
    path = decided(firm, filled())
    done = tieout(firm, "decide", FIRM, str(path), answer=answer)
    assert done.exit_code == 0 and f"accepted until {TOMORROW}" in done.output
    assert len(decisions.acceptances(firm.folder).rows()) == written


def test_a_workbook_without_decisions_does_nothing(firm: Firm) -> None:
    done = tieout(firm, "decide", FIRM, str(workbook.write(firm, firm.folder.parent.parent / "out.xlsx")))
    assert done.exit_code == 0 and "nothing to write" in done.output


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no longer there": (filled("b", Exception_id="b"), "the last night has none"),
    "changed since": (filled("a"), "has changed since"),
    "a day that is past": (filled("d", Accept_until=date(2020, 1, 1)), "or later"),
    "no day": (filled("d", Accept_until="soon"), "a date was expected"),
    "no reason": (filled("d", Reason=None), "under Reason"),
    "an endless reason": (filled("d", Reason="x" * 5000), "under Reason"),
    "nobody": (filled("d", By=" "), "under By"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_row_that_does_not_hold_is_refused_and_the_others_are_written(case: str, firm: Firm) -> None:
    written, says = REFUSED[case]
    night = books()
    night["exceptions"] += [exception_row(exception_id=key, work_rank=n) for n, key in enumerate("de", 4)]
    publish(firm.warehouse, **night)
    path = decided(firm, written, filled("e"))
    night["exceptions"][0] |= {"amount": Decimal("120.01"), "fingerprint": "another"}
    del night["exceptions"][1]
    publish(firm.warehouse, **night)
    done = tieout(firm, "decide", FIRM, str(path), "--yes")
    assert done.exit_code == 2 and says in " ".join(done.output.split())
    assert [row["exception_id"] for row in decisions.acceptances(firm.folder).rows()] == ["e"]


def test_a_fingerprint_of_the_night_is_what_a_row_is_known_by() -> None:
    row = exception_row(fingerprint="f")
    assert workbook.stamp(row) == workbook.stamp({**row, "amount": Decimal(1)}) == "f"
    bare = exception_row(fingerprint=None)
    assert workbook.stamp(bare) != workbook.stamp({**bare, "xero_value": "1.00"})


def test_the_workbook_of_another_firm_is_refused(firm: Firm) -> None:
    path = decided(firm, filled())
    book = openpyxl.load_workbook(path)
    book["about"]["B2"] = "pier-legal"
    book.save(path)
    with pytest.raises(UsageError, match="of harbor-law was expected; it is of pier-legal"):
        given_back.plan(firm, path)


def test_a_workbook_that_holds_decisions_or_another_file_is_not_written_over(firm: Firm, tmp_path: Path) -> None:
    path = workbook.write(firm, tmp_path / "out.xlsx")
    workbook.write(firm, path)
    decided(firm, filled())
    before = path.read_bytes()
    with pytest.raises(UsageError, match="holds decisions"):
        workbook.write(firm, path)
    (tmp_path / "letter.xlsx").write_text("Dear")
    with pytest.raises(UsageError, match="another file is there"):
        workbook.write(firm, tmp_path / "letter.xlsx")
    with pytest.raises(UsageError, match="Make the folder"):
        workbook.write(firm, tmp_path / "nowhere" / "out.xlsx")
    assert path.read_bytes() == before and (tmp_path / "letter.xlsx").read_text() == "Dear"


def _with_part(content: bytes, name: str, part: bytes) -> bytes:
    """The workbook with one part in place of its own."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as after:
        assert name in before.namelist()
        for one in before.namelist():
            after.writestr(one, part if one == name else before.read(one))
    return made.getvalue()


LAUGHS = b"<!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'>]><x>&b;</x>"
REACHES = '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
ODD: dict[str, Callable[[bytes], bytes]] = {
    "nothing": lambda content: b"",
    "a text": lambda content: b"date,amount\n",
    "an old workbook": lambda content: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000),
    "half of it": lambda content: content[: len(content) // 2],
    "a byte changed": lambda content: content[:3000] + b"XXXX" + content[3004:],
    "entities that swell": lambda content: _with_part(content, "xl/styles.xml", LAUGHS),
    "an entity that reaches out": lambda content: _with_part(content, "xl/workbook.xml", REACHES.encode("utf-16")),
    "no XML": lambda content: _with_part(content, "xl/workbook.xml", b"workbook"),
    "a bomb": lambda content: _with_part(content, "xl/theme/theme1.xml", bytes(401 * 2**20)),
}


@pytest.mark.parametrize("odd", ODD)
def test_a_file_that_is_no_workbook_of_ours_is_refused_in_a_sentence(odd: str, firm: Firm, tmp_path: Path) -> None:
    path = decided(firm, filled())
    path.write_bytes(ODD[odd](path.read_bytes()))
    done = tieout(firm, "decide", FIRM, str(path), "--yes")
    assert isinstance(done.exception, UsageError), done.output
    assert str(path) in str(done.exception) and "\n" not in str(done.exception)
    assert not (firm.folder / "acceptances.csv").exists()


def test_a_workbook_of_another_hand_names_what_it_lacks(firm: Firm, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.create_sheet("about")
    book.create_sheet("decisions").append(["Exception id"])
    book.save(tmp_path / "other.xlsx")
    with pytest.raises(UsageError, match="column 'Accept until'"):
        given_back.read(tmp_path / "other.xlsx")
    with pytest.raises(UsageError, match="no such file"):
        given_back.read(tmp_path / "none.xlsx")
