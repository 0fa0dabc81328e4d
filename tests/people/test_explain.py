"""What `tieout explain` finds by a number, an id or an exception, and what it says of what is gone."""

import io
import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest
from rich.console import Console

from flows.night.project import PROJECT
from flows.reading import explain
from flows.reading.explain import DOCUMENT_FIELDS
from flows.reading.words import ENTRIES, state_in_words
from pipelines.errors import UsageError
from tests.people.test_report import publish
from tests.support.published import prove
from tests.support.rows import exception_row

FIRM = "harbor-law"
DOCUMENT_COLUMNS = sorted(
    {"bill_key", "clio_bill_id", "xero_invoice_id", "xero_interest_invoice_id", "clio_interest_amount", "pairing"}
    | {"match_rule", "finding", "clio_url", "xero_url"}
    | {name for _, *names in DOCUMENT_FIELDS for name in names}
)
LEDGER = """
create table recon.trust_ledger as select
    'harbor-law' as firm_id, '12' as clio_bank_account_id, n::text as clio_bank_transaction_id, 'Ada' as client_name,
    'M-' || (n % 2) as matter_number, date '2026-10-01' + n::int as entry_date, 'entry ' || n as description,
    10.00::decimal(18,2) as funds_in_amount, 0.00::decimal(18,2) as funds_out_amount,
    (10 * n)::decimal(18,2) as running_balance_amount, 'missing_in_xero' as match_status
from range(1, 41) as numbers(n);
create table intermediate.int_trust_entries as select
    firm_id, clio_bank_account_id as bank_account_id, 'IOLTA' as account_name, 'x-bank' as xero_bank_account_id,
    clio_bank_transaction_id as bank_transaction_id, clio_bank_transaction_id::bigint as entry_number, entry_date,
    funds_in_amount as signed_amount, 'matter:' || matter_number as pocket_key
from recon.trust_ledger;
create table intermediate.int_xero_trust_entries as select
    firm_id, 'x-bank' as xero_bank_account_id, 'x' || n as entry_id, 'x' || n as entry_key,
    'money received' as entry_kind, entry_date,
    (10 + (clio_bank_transaction_id::int > 2)::int)::decimal(18,2) as signed_amount, 'Ada' as contact_name,
    'in Xero ' || n as description
from (select *, clio_bank_transaction_id as n from recon.trust_ledger);
create table recon.trust_tie_out as select
    'harbor-law' as firm_id, '12' as clio_bank_account_id, 'IOLTA' as trust_account, 5.00::decimal(18,2) as
    clio_account_amount, 5.00::decimal(18,2) as clio_ledger_amount, 5.00::decimal(18,2) as client_ledgers_amount,
    4.00::decimal(18,2) as xero_bank_amount, null::decimal(18,2) as xero_liability_amount, null::date as statement_date,
    null::decimal(18,2) as statement_amount;
create table recon.trust_outstanding_items (
    firm_id text, clio_bank_account_id text, clio_bank_transaction_id text, entry_date date, item_kind text,
    client_name text, matter_number text, amount decimal(18,2), age_days int, is_old boolean);
create table recon.ar_tie_out as select
    'harbor-law' as firm_id, 1 as step_number, 'unexplained' as step, 3.00::decimal(18,2) as amount, 1 as item_count;
"""


@pytest.fixture
def warehouse(tmp_path: Path) -> Path:
    """One exception of each kind of subject, bills 1 and 2, and one exception that is gone."""
    keys = ("clio:1", "clio-entry:20", "xero-entry:x20", "clio-account:12", "matter:M-1", "firm", "xero-credit:c")
    path = publish(
        tmp_path / "warehouse.duckdb",
        [
            exception_row(work_rank=n, exception_id=f"id-{n}", subject_key=key, explanation=f"About {key}.")
            for n, key in enumerate(keys, 1)
        ],
    )
    with duckdb.connect(str(path)) as connection:
        columns = ", ".join(f"null::text as {name}" for name in DOCUMENT_COLUMNS if name not in BILL)
        own = ", ".join(f"{value} as {name}" for name, value in BILL.items())
        connection.execute(
            f"create table recon.matched_bills as select '{FIRM}' as firm_id, {own}, {columns}"
            " from (values ('1', '101', 'approved'), ('2', '102', 'void'), ('3', '102', 'void')) t(id, number, state)"
        )
        connection.execute(
            "create table recon.line_diffs (firm_id text, bill_key text, clio_date date, clio_line_item_id text,"
            " xero_line_item_id text);"
            "create table recon.matched_payments (firm_id text, bill_key text, clio_date date, xero_date date,"
            " kind text, clio_allocation_ids text, xero_payment_ids text)"
        )
        connection.execute(
            "create table recon.exception_history as select firm_id, exception_id, code, severity, subject_key,"
            " first_seen_at, last_seen_at, null::timestamp as closed_at, nights_seen, 1 as times_reopened"
            " from recon.exceptions"
        )
        gone = [FIRM, "id-gone", "tax_differs", "high", "clio:1", *[datetime(2026, 9, d) for d in (1, 2, 3)], 2, 0]
        connection.execute("insert into recon.exception_history values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", gone)
        connection.execute(LEDGER)
    return prove(path)


BILL = {"bill_key": "'clio:' || id", "clio_bill_id": "id", "clio_bill_number": "number", "clio_state": "state"}


def page(warehouse: Path, what: str) -> str:
    console = Console(file=io.StringIO(), record=True, width=120)
    explain.print_explanation(console, explain.explain(warehouse, FIRM, what))
    return console.export_text()


@pytest.mark.parametrize("what", ["101", "1", "id-1"])
def test_a_document_is_found_by_number_id_and_exception(what: str, warehouse: Path) -> None:
    shown = page(warehouse, what)
    assert "101" in shown and "About clio:1." in shown and "Missing in Xero" in shown and "id-1" in shown
    assert "Seen on 2 nights since 2026-11-01; came back once." in shown


@pytest.mark.parametrize("what", ["id-gone", "101"])
def test_what_is_gone_is_said_with_how_long_it_stood(what: str, warehouse: Path) -> None:
    assert "Before: Tax differs tax_differs id-gone. Seen on 2 nights since 2026-09-01. Gone since 2026-09-03." in page(
        warehouse, what
    )


@pytest.mark.parametrize(
    ("what", "titles"),
    [
        ("id-2", ["The client ledger around it", "Of the same amount in Xero"]),
        ("id-3", ["The account in Xero around it"]),
        ("id-4", ["The account's figures", "Entries in Clio without a partner in Xero"]),
        ("id-5", ["The client ledger"]),
        ("id-6", ["From Clio to Xero"]),
        ("id-7", []),
    ],
)
def test_what_is_no_document_is_shown_with_what_stands_around_it(what: str, titles: list[str], warehouse: Path) -> None:
    found = explain.explain(warehouse, FIRM, what)
    assert [view.title for view in found.around] == titles
    assert [row["exception_id"] for row in found.exceptions] == [what]
    assert f"About {found.exceptions[0]['subject_key']}." in page(warehouse, what)


def test_an_entry_stands_among_those_of_its_own_ledger(warehouse: Path) -> None:
    ledger, alike = explain.explain(warehouse, FIRM, "id-2").around
    assert [row["description"] for row in ledger.rows] == [f"entry {n}" for n in range(10, 31, 2)]
    assert [row["description"] for row in ledger.rows if row["marked"]] == ["entry 20"]
    assert [row["description"] for row in alike.rows] == ["in Xero 2", "in Xero 1"]  # 10.00 each, the nearer first


def test_a_figure_that_nobody_gives_reads_missing(warehouse: Path) -> None:
    shown = page(warehouse, "id-4")
    [line] = [line for line in shown.splitlines() if "Xero liability" in line]
    assert line.split() == ["Xero", "liability", "missing"]


@pytest.mark.parametrize(("what", "says"), [("nope", "lists the open ones"), ("102", "2, 3")])
def test_what_is_unknown_or_borne_by_several_is_refused(what: str, says: str, warehouse: Path) -> None:
    with pytest.raises(UsageError, match=says):
        explain.explain(warehouse, FIRM, what)


def test_a_state_is_called_what_the_systems_pages_call_it() -> None:
    said = {
        state: state_in_words(state) for state in ("AUTHORISED", "awaiting_payment", "SUBMITTED", "PAID", "void", None)
    }
    assert said == {
        "AUTHORISED": "approved (awaiting payment)",
        "awaiting_payment": "approved (awaiting payment)",
        "SUBMITTED": "awaiting approval",
        "PAID": "paid",
        "void": "void",
        None: "",
    }


def test_each_way_in_which_an_entry_stands_in_xero_has_words() -> None:
    """Those that the mart's own description names."""
    marts = PROJECT / "models" / "marts" / "_trust_marts.yml"
    described = re.findall(r"- name: match_status\n\s+(?:data_type: \w+\n\s+)?description: (.*)", marts.read_text())
    assert len(described) == 1
    codes = {code for code in re.findall(r"\w+", described[0].replace("(one against several)", "")) if code in ENTRIES}
    assert codes == set(ENTRIES)
    assert {code for code in re.findall(r"\w+", described[0]) if "_" in code} <= codes


def test_a_narrow_terminal_cuts_no_day_and_no_figure() -> None:
    line = {"clio_date": date(2026, 10, 5), "line_status": "identical", "clio_description": "Review of lease " * 9}
    line |= {"clio_quantity": Decimal("4.00"), "clio_rate": Decimal("310.00"), "clio_net_amount": Decimal("1240.00")}
    line |= {"xero_description": "Draft [sheet]", "xero_quantity": Decimal("1.00"), "xero_unit_amount": Decimal("310")}
    line |= {"xero_net_amount": Decimal("310.00")}
    differs = line | {"line_status": "amount_and_text_changed"}
    alone = {name: None if name.startswith("xero") else value for name, value in line.items()}
    console = Console(file=io.StringIO(), record=True, width=80)
    explanation = explain.Explanation(None, [line, differs, alone | {"line_status": "missing_in_xero"}], [], [], [], {})
    explain.print_explanation(console, explanation)
    text = console.export_text()
    rows = [row.split()[:2] + row.split()[-1:] for row in text.splitlines() if row.strip().startswith("2026")]
    assert rows == [
        ["2026-10-05", "both", "1,240.00"],
        ["2026-10-05", "Clio", "1,240.00"],
        ["2026-10-05", "Xero", "310.00"],
        ["2026-10-05", "Clio", "1,240.00"],
    ]
    assert "Draft [sheet] [amount and" in text and "[missing in Xero]" in text
