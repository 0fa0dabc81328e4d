"""Bank statements are read exactly, kept whole and owner-only, never twice; those of another account are refused."""

import stat
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from flows import bank_statement
from flows.commands.cli import app
from pipelines.bank.lines import BankLine, read_money
from pipelines.bank.statement_csv import read_csv
from pipelines.bank.statements import Imported, StatementStore, TrustAccountRef, new_lines
from pipelines.errors import UsageError
from pipelines.evidence.statement_evidence import replace_statements
from pipelines.firm.settings import Firm, load_settings
from pipelines.night.schema import create_tables

SETTINGS = """
data_dir = "data"
[firms.harbor-law]
name = "Harbor Law LLP"
timezone = "America/New_York"
start_date = 2025-01-01
clio = { region = "us" }
xero = { grant = "client_credentials" }
[[firms.harbor-law.trust_accounts]]
clio_bank_account = "IOLTA"
xero_bank_account = "1010"
xero_liability_account = "2100"
[[firms.harbor-law.trust_accounts]]
clio_bank_account = "Escrow"
xero_bank_account = "1020"
xero_liability_account = "2110"
[firms.harbor-law.statement_layouts.first-harbor]
date = "Posting Date"
money_in = "Deposits"
money_out = "Withdrawals"
description = "Details"
balance = "Ledger Balance"
date_format = "%m/%d/%Y"
delimiter = ";"
skip_lines = 2
"""
CSV = """date,amount,description,reference,balance
2026-01-05,"1,500.00","Deposit, Voss",D-1,1500.00
2026-01-09,-250.25,Check 1001,1001,1249.75
2026-01-09,-250.25,Check 1001,1001,999.50
"""
OFX_HEAD = """OFXHEADER:100
DATA:OFXSGML
VERSION:102
SECURITY:NONE
ENCODING:USASCII
CHARSET:1252
COMPRESSION:NONE
OLDFILEUID:NONE
NEWFILEUID:NONE

"""


def transaction(day: str, amount: str, fitid: str, name: str = "Deposit", more: str = "") -> str:
    return (
        f"<STMTTRN><TRNTYPE>OTHER<DTPOSTED>{day}120000[-5:EST]<TRNAMT>{amount}"
        f"<FITID>{fitid}<NAME>{name}{more}</STMTTRN>"
    )


def ofx(
    *rows: str,
    balance: str = "999.50",
    as_of: str = "20260131",
    account: str = "000123456",
    currency: str = "USD",
    end: str = "20260131",
    header: str = OFX_HEAD,
) -> str:
    return (
        f"{header}<OFX><SIGNONMSGSRSV1><SONRS><STATUS><CODE>0<SEVERITY>INFO</STATUS><DTSERVER>20260201<LANGUAGE>ENG"
        "<INTU.BID>3000</SONRS></SIGNONMSGSRSV1>"
        f"<BANKMSGSRSV1>{one_account(rows, balance, as_of, account, currency, end)}</BANKMSGSRSV1></OFX>"
    )


def one_account(rows: tuple[str, ...], balance: str, as_of: str, account: str, currency: str, end: str) -> str:
    return (
        "<STMTTRNRS><TRNUID>1<STATUS><CODE>0<SEVERITY>INFO</STATUS>"
        f"<STMTRS><CURDEF>{currency}<BANKACCTFROM><BANKID>021000021<ACCTID>{account}<ACCTTYPE>CHECKING</BANKACCTFROM>"
        f"<BANKTRANLIST><DTSTART>20260101<DTEND>{end}{''.join(rows)}</BANKTRANLIST>"
        f"<LEDGERBAL><BALAMT>{balance}<DTASOF>{as_of}235959</LEDGERBAL></STMTRS></STMTTRNRS>"
    )


JANUARY = (
    transaction("20260105", "1500.00", "F1", "Deposit Voss &amp; Co"),
    transaction("20260109", "-250.25", "F2", "Check", "<CHECKNUM>1001"),
    transaction("20260109", "-250.25", "F3", "Check", "<CHECKNUM>1001"),
)


@pytest.fixture
def firm(tmp_path: Path) -> Firm:
    (tmp_path / "tieout.toml").write_text(SETTINGS)
    return load_settings(tmp_path / "tieout.toml").firm("harbor-law")


def given_file(firm: Firm, text: str, name: str = "january.csv") -> Path:
    path = firm.folder.parent / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def keep(firm: Firm, text: str, name: str = "january.csv", account: str = "IOLTA", **typed: str | date) -> Imported:
    day, balance = typed.get("day"), typed.get("balance")
    return bank_statement.record(firm, account, given_file(firm, text, name), day, balance)  # type: ignore[arg-type]


def lines(firm: Firm) -> list[BankLine]:
    return [line for kept in StatementStore(firm.folder).kept() for line in kept.lines]


def refused(firm: Firm, text: str, words: str, **more: str) -> None:
    before = sorted(firm.folder.rglob("*"))
    with pytest.raises(UsageError, match=words):
        keep(firm, text, **more)
    assert sorted(firm.folder.rglob("*")) == before, "something was kept"


# Reading


def test_a_csv_statement_is_read_exactly(firm: Firm) -> None:
    imported = keep(firm, CSV)
    assert (imported.day, imported.closing, imported.new_lines) == (date(2026, 1, 9), Decimal("999.50"), 3)
    assert lines(firm)[0] == BankLine(date(2026, 1, 5), Decimal("1500.00"), "Deposit, Voss", "D-1")
    [kept] = StatementStore(firm.folder).kept()
    assert (kept.entry["opening_balance"], kept.entry["first_line_date"]) == ("0.00", "2026-01-05")


def test_the_first_generation_of_ofx_is_read_exactly(firm: Firm) -> None:
    imported = keep(firm, ofx(*JANUARY), "january.qfx")
    assert (imported.day, imported.closing, imported.new_lines) == (date(2026, 1, 31), Decimal("999.50"), 3)
    assert lines(firm)[0] == BankLine(date(2026, 1, 5), Decimal("1500.00"), "Deposit Voss & Co", "", "F1")
    assert lines(firm)[1].reference == "1001"


def test_the_second_generation_of_ofx_is_read_exactly(firm: Firm) -> None:
    row = (
        "<STMTTRN><TRNTYPE>CREDIT</TRNTYPE><DTPOSTED>20260105</DTPOSTED><TRNAMT>12.34</TRNAMT>"
        "<FITID>X</FITID><NAME>In</NAME></STMTTRN>"
    )
    body = (
        "<OFX><BANKMSGSRSV1><STMTTRNRS><TRNUID>1</TRNUID><STMTRS><CURDEF>USD</CURDEF><BANKACCTFROM><ACCTID>77</ACCTID>"
        f"</BANKACCTFROM><BANKTRANLIST><DTSTART>20260101</DTSTART><DTEND>20260131</DTEND>{row}</BANKTRANLIST><LEDGERBAL>"
        "<BALAMT>12.34</BALAMT><DTASOF>20260131</DTASOF></LEDGERBAL></STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>"
    )
    header = (
        '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n<?OFX OFXHEADER="200" VERSION="211" SECURITY="NONE"'
    )
    imported = keep(firm, f'{header} OLDFILEUID="NONE" NEWFILEUID="NONE"?>\n{body}', "january.ofx")
    assert (imported.closing, lines(firm)[0].amount) == (Decimal("12.34"), Decimal("12.34"))


def test_a_declared_layout_is_recognised_by_its_header(firm: Firm) -> None:
    text = (
        "First Harbor Bank\nAccount activity\nPosting Date;Details;Deposits;Withdrawals;Ledger Balance\n"
        "01/09/2026;Check;;250.25;1,249.75\n01/05/2026;Deposit;1,500.00;;1,500.00\n"
    )
    imported = keep(firm, text)
    assert (imported.day, imported.closing) == (date(2026, 1, 9), Decimal("1249.75"))
    assert [line.amount for line in lines(firm)] == [Decimal("1500.00"), Decimal("-250.25")], "newest first is turned"


def test_a_statement_without_lines_speaks_of_its_period(firm: Firm) -> None:
    keep(firm, ofx(balance="0.00"), "quiet.ofx")
    assert StatementStore(firm.folder).kept()[0].entry["first_line_date"] == "2026-01-01"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12", "12.00"),
        ("1,234.5", "1234.50"),
        ("(12.00)", "-12.00"),
        ("12.00-", "-12.00"),
        ("-$1,000", "-1000.00"),
        ("\u22125.10", "-5.10"),
        (".5", "0.50"),
        ("9999999999999999.99", "9999999999999999.99"),
    ],
)
def test_money_is_read_as_banks_write_it(text: str, expected: str) -> None:
    assert str(read_money(text)) == expected


@pytest.mark.parametrize("text", ["", "abc", "1.234", "1,23.00", "--1", "1e3", "NaN", "10000000000000000", "(-1)"])
def test_what_is_not_exact_money_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="amount"):
        read_money(text)


@given(st.integers(-(10**17), 10**17))
def test_no_cent_is_lost(cents: int) -> None:
    amount = Decimal(cents).scaleb(-2)
    assert read_money(f"{amount:,}") == amount


# Keeping


def test_the_file_is_kept_as_it_came_and_for_its_owner_alone(firm: Firm) -> None:
    keep(firm, CSV)
    folder = firm.folder / "statements"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    assert CSV.encode() in [path.read_bytes() for path in folder.iterdir()]


def test_the_same_file_again_changes_nothing(firm: Firm) -> None:
    keep(firm, CSV)
    before = {path: path.read_bytes() for path in (firm.folder / "statements").iterdir()}
    assert not keep(firm, CSV, "renamed.csv").is_new
    assert {path: path.read_bytes() for path in (firm.folder / "statements").iterdir()} == before


def test_lines_that_overlap_are_kept_once(firm: Firm) -> None:
    keep(firm, CSV)
    more = CSV.split("\n", 1)[0] + "\n" + "\n".join(CSV.splitlines()[2:]) + "\n2026-02-02,100.00,Deposit,,1099.50\n"
    imported = keep(firm, more, "february.csv")
    assert (imported.new_lines, imported.known_lines, len(lines(firm))) == (1, 2, 4)


def test_a_download_with_another_time_stamp_says_nothing_new(firm: Firm) -> None:
    keep(firm, ofx(*JANUARY), "january.ofx")
    assert not keep(firm, ofx(*JANUARY).replace("<DTSERVER>20260201", "<DTSERVER>20260202"), "again.ofx").is_new


def test_lines_that_came_as_csv_are_known_when_they_come_as_ofx(firm: Firm) -> None:
    keep(firm, CSV)
    imported = keep(firm, ofx(*JANUARY), "january.ofx")
    assert (imported.is_new, imported.new_lines, len(lines(firm))) == (True, 0, 3)


def test_equal_lines_are_counted() -> None:
    line = BankLine(date(2026, 1, 5), Decimal("5.00"), "Fee")
    assert new_lines([line], [line, line]) == [line]
    with_ids = [BankLine(line.day, line.amount, "Fee", "", bank_id) for bank_id in ("A", "B")]
    assert new_lines(with_ids, [line]) == []
    assert new_lines(with_ids, [line, line, line]) == [line]
    assert new_lines(with_ids[:1], with_ids) == with_ids[1:]


def test_a_typed_balance_is_kept_once_and_a_correction_wins(firm: Firm) -> None:
    day = date(2026, 1, 31)
    assert bank_statement.record(firm, "IOLTA", None, day, "1,000.00").is_new
    assert not bank_statement.record(firm, "iolta", None, day, "1000").is_new
    assert bank_statement.record(firm, "IOLTA", None, day, "999.50").is_new
    kept = StatementStore(firm.folder).kept()
    assert [(one.entry["kind"], one.closing) for one in kept] == [
        ("typed", Decimal("1000.00")),
        ("typed", Decimal("999.50")),
    ]


def test_a_file_without_balances_takes_the_typed_one(firm: Firm) -> None:
    text = "date,amount,description,reference,balance\n2026-01-05,10.00,Deposit,,\n"
    refused(firm, text, "--balance")
    assert keep(firm, text, day=date(2026, 1, 31), balance="10.00").day == date(2026, 1, 31)


# Refusing


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (CSV.replace("1249.75", "1249.76"), "line 3.*does not add up"),
        (CSV.replace("-250.25", "-250.255"), "line 3.*whole cents"),
        (CSV.replace("2026-01-05", "05/01/2026"), "line 2.*a day"),
        (CSV.replace("date,amount", "day,sum"), "first line was expected"),
        (CSV.replace(",D-1,1500.00", ",D-1,1500.00,extra"), "line 2.*more"),
        (CSV.replace("2026-01-05", "2026-01-12").replace("999.50", ""), "mixed|does not add up"),
        ("date,amount,description,reference,balance\n", "none"),
        ("\x00\x01binary", "another kind of file"),
        ("OFXHEADER:100\nnonsense", "cannot be read"),
    ],
)
def test_a_file_that_cannot_be_right_is_refused(firm: Firm, text: str, words: str) -> None:
    refused(firm, text, words)


def test_no_message_quotes_an_amount_or_a_narrative(firm: Firm) -> None:
    with pytest.raises(UsageError) as caught:
        keep(firm, CSV.replace("-250.25", "-250.255"))
    assert "250" not in str(caught.value)


def test_another_bank_account_is_refused(firm: Firm) -> None:
    keep(firm, ofx(*JANUARY), "january.ofx")
    refused(firm, ofx(*JANUARY, account="000999999"), r"\.\.\.3456.*\.\.\.9999", name="wrong.ofx")
    refused(firm, ofx(*JANUARY), "another than IOLTA's", name="january.ofx", account="Escrow")
    keep(firm, ofx(*JANUARY, account="000999999"), "escrow.ofx", account="Escrow")


def test_one_file_is_not_two_accounts_statement(firm: Firm) -> None:
    keep(firm, CSV)
    refused(firm, CSV, "imported for IOLTA", account="Escrow")


def test_another_currency_is_refused(firm: Firm) -> None:
    keep(firm, ofx(*JANUARY), "january.ofx")
    refused(firm, ofx(*JANUARY, currency="CAD"), "USD.*CAD", name="wrong.ofx")


def test_an_account_that_is_no_trust_account_is_refused(firm: Firm) -> None:
    refused(firm, CSV, "IOLTA, Escrow", account="Operating")


def test_of_several_accounts_in_a_file_the_known_one_is_taken(firm: Firm) -> None:
    def both() -> str:
        whole = ofx(*JANUARY)
        second = one_account((), "5.00", "20260131", "000777777", "USD", "20260131")
        return whole.replace("</BANKMSGSRSV1></OFX>", second + "</BANKMSGSRSV1></OFX>")

    refused(firm, both(), r"\.\.\.3456, \.\.\.7777", name="both.ofx")
    keep(firm, ofx(*JANUARY), "january.ofx")
    assert not keep(firm, both(), "both.ofx").is_new


def test_a_balance_of_the_download_day_is_not_taken_for_the_closing_one(firm: Firm) -> None:
    text = ofx(*JANUARY, as_of="20260203")
    refused(firm, text, "--date 2026-01-31", name="january.ofx")
    assert keep(firm, text, "january.ofx", day=date(2026, 1, 31), balance="999.50").closing == Decimal("999.50")


def test_what_is_typed_beside_a_file_may_not_contradict_it(firm: Firm) -> None:
    refused(firm, CSV, "another", balance="999.51")
    refused(firm, CSV, "2026-01-09 or later", day=date(2026, 1, 8))  # type: ignore[arg-type]


def test_a_day_to_come_and_half_a_balance_are_refused(firm: Firm) -> None:
    with pytest.raises(UsageError, match="or earlier"):
        bank_statement.record(firm, "IOLTA", None, date.today() + timedelta(days=3), "1.00")
    with pytest.raises(UsageError, match="only one"):
        bank_statement.record(firm, "IOLTA", None, None, "1.00")


def test_the_command_says_what_it_did(firm: Firm, monkeypatch: pytest.MonkeyPatch) -> None:
    from typer.testing import CliRunner

    monkeypatch.setenv("TIEOUT_CONFIG", str(firm.folder.parent.parent / "tieout.toml"))
    result = CliRunner().invoke(app, ["statement", "harbor-law", "IOLTA", str(given_file(firm, CSV))])
    assert (result.exit_code, "999.50" in result.output, "3 lines" in result.output) == (0, True, True)
    result = CliRunner().invoke(app, ["statement", "harbor-law", "IOLTA", "--date", "2026-01-31", "--balance", "-5.00"])
    assert result.exit_code == 0, result.output


# Into the warehouse


def test_a_night_finds_statements_by_account_and_replaces_them(firm: Firm) -> None:
    keep(firm, CSV)
    bank_statement.record(firm, "Escrow", None, date(2026, 1, 31), "7.00")
    with duckdb.connect() as connection:
        create_tables(connection)
        connection.execute(
            "insert into evidence.trust_accounts (firm_id, clio_bank_account, clio_bank_account_id) values"
            " ('harbor-law', 'IOLTA', '12'), ('other', 'Escrow', '13')"
        )
        for _ in range(2):
            assert replace_statements(connection, firm.id, firm.folder) == 4
        [statement] = connection.execute(
            "select * exclude (statement_id, imported_at) from evidence.statements"
        ).fetchall()
        amounts = connection.execute("select amount from evidence.statement_lines order by position").fetchall()
    day, start = date(2026, 1, 9), date(2026, 1, 5)
    assert statement == (
        *("harbor-law", 0, "file", "12", "IOLTA", day, Decimal("0.00"), Decimal("999.50"), start, None),
    )
    assert [amount for (amount,) in amounts] == [Decimal("1500.00"), Decimal("-250.25"), Decimal("-250.25")]


# Taken back, cut off, from the future


def test_a_statement_taken_back_is_gone_with_its_lines_and_comes_back_when_it_is_imported_again(firm: Firm) -> None:
    january = keep(firm, CSV)
    more = CSV.split("\n", 1)[0] + "\n" + "\n".join(CSV.splitlines()[2:]) + "\n2026-02-02,100.00,Deposit,,1099.50\n"
    keep(firm, more, "february.csv")
    before = (firm.folder / "statements" / "imported.csv").read_text()
    bank_statement.withdraw(firm, january.statement_id, "Ada", "of another month")
    assert (firm.folder / "statements" / "imported.csv").read_text().startswith(before)
    [left] = StatementStore(firm.folder).kept()
    assert (left.day, len(left.lines)) == (date(2026, 2, 2), 3), "lines that both had are the other's now"
    with pytest.raises(UsageError, match="taken back before"):
        bank_statement.withdraw(firm, january.statement_id, "Ada", "again")
    assert keep(firm, CSV).is_new
    assert (len(StatementStore(firm.folder).kept()), len(lines(firm))) == (2, 4)


@pytest.mark.parametrize(("by", "reason"), [("", "r"), ("Ada", " ")])
def test_a_statement_is_taken_back_by_somebody_for_a_reason(firm: Firm, by: str, reason: str) -> None:
    imported = keep(firm, CSV)
    with pytest.raises(UsageError, match="expected to say something"):
        bank_statement.withdraw(firm, imported.statement_id, by, reason)
    assert len(StatementStore(firm.folder).kept()) == 1


def test_the_command_lists_what_was_imported_and_what_was_taken_back(firm: Firm) -> None:
    imported = keep(firm, CSV)
    command = ["statements", firm.id, "--config", str(firm.folder.parents[1] / "tieout.toml")]
    shown = CliRunner().invoke(app, command).output
    assert imported.statement_id in shown and "999.50" in shown and "IOLTA" in shown
    done = CliRunner().invoke(app, [*command, "--withdraw", imported.statement_id, "--by", "Ada", "--reason", "wrong"])
    assert done.exit_code == 0 and "taken back" in done.output
    assert "Ada" in CliRunner().invoke(app, command).output


def test_a_store_of_an_earlier_version_is_read_and_taken_back_from(firm: Firm) -> None:
    imported = keep(firm, CSV)
    path = firm.folder / "statements" / "imported.csv"
    path.write_text("\n".join(",".join(line.split(",")[:-3]) for line in path.read_text().splitlines()) + "\n")
    assert [one.entry["statement_id"] for one in StatementStore(firm.folder).kept()] == [imported.statement_id]
    bank_statement.withdraw(firm, imported.statement_id, "Ada", "wrong")
    assert StatementStore(firm.folder).kept() == []


def test_an_ofx_file_cut_off_anywhere_is_refused(firm: Firm) -> None:
    whole = ofx(*JANUARY, balance="413950.00")
    for length in range(len(OFX_HEAD), len(whole)):
        with pytest.raises(UsageError):
            StatementStore(firm.folder).import_file(
                TrustAccountRef("IOLTA"), given_file(firm, whole[:length], "january.qfx"), {}
            )
    assert not (firm.folder / "statements").exists()


def test_a_csv_file_cut_off_in_its_last_line_is_refused(firm: Firm) -> None:
    whole = CSV.rstrip("\n")
    start = whole.rindex("\n") + 1
    for length in range(start + 1, len(whole)):
        try:
            found = keep(firm, whole[:length])
        except UsageError:
            continue
        assert whole[:length].endswith((",", "999.5")), "only what was cut off without loss is taken"
        assert found.closing == Decimal("999.50")


def test_a_statement_from_the_future_is_refused(firm: Firm) -> None:
    refused(firm, CSV.replace("2026-01-", "2099-01-"), "still to come")
    refused(firm, ofx(*JANUARY, as_of="20990131", end="20990131"), "still to come", name="january.ofx")


@pytest.mark.parametrize(
    "text",
    [
        CSV.replace("\n", "\r"),
        CSV.replace("Check 1001", "Check\r1001"),
        CSV.replace("Check 1001", "x" * 200_000),
        CSV.replace("date,", "date" + "x" * 200_000 + ","),
    ],
)
def test_a_lone_carriage_return_and_a_value_without_end_are_refused(firm: Firm, text: str) -> None:
    refused(firm, text, r"january\.csv(?!.*(newline mode|field limit))")


@pytest.mark.parametrize(
    "text",
    [
        "date,amount,description,reference,balance\n2026-10-30,100.00,Deposit,,4139",
        "date,amount\n2026-10-29,5.00\n2026-10-30,413",
        "date,amount,description,reference,balance\n2026-10-29,5.00,a,,\n2026-10-30,100.00,Deposit,,4139",
    ],
)
def test_a_last_line_that_may_be_cut_inside_a_number_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="cut off inside a number"):
        read_csv(text.encode(), "october.csv", {}, date(2026, 10, 31), Decimal("4139.00"))


def test_a_last_line_whose_balance_follows_needs_no_line_break() -> None:
    text = "date,amount,description,reference,balance\n2026-10-29,5.00,a,,5.00\n2026-10-30,100.00,b,,105.00"
    read = read_csv(text.encode(), "october.csv", {})
    assert read.closing == Decimal("105.00")
