"""What people decide is checked against the published night, appended, and never rewritten."""

import csv
import stat
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from flows import decide
from pipelines.errors import UsageError
from pipelines.firm import decisions
from pipelines.firm.settings import Firm, load_settings
from tests.support.published import prove

SETTINGS = """
data_dir = "data"
[firms.harbor-law]
name = "Harbor Law LLP"
timezone = "America/New_York"
start_date = 2025-01-01
clio = { region = "us" }
xero = { grant = "client_credentials" }
"""
TOMORROW = date.today() + timedelta(days=2)


@pytest.fixture
def firm(tmp_path: Path) -> Firm:
    """A firm whose last night found one exception, about bill 1 and invoice inv-1; bill 2 and inv-2 agree."""
    (tmp_path / "tieout.toml").write_text(SETTINGS)
    firm = load_settings(tmp_path / "tieout.toml").firm("harbor-law")
    firm.folder.mkdir(parents=True)
    with duckdb.connect(str(firm.warehouse)) as connection:
        connection.execute("create schema recon")
        connection.execute(
            "create table recon.exceptions as select 'harbor-law' as firm_id, 'abc' as exception_id,"
            " 'amounts_differ' as code, 'clio:1' as subject_key, (-1.50)::decimal(18,2) as ar_effect,"
            " '10.00, net' as clio_value, null::text as xero_value, 'f00d' as fingerprint"
        )
        connection.execute(
            "create table recon.matched_bills as select 'harbor-law' as firm_id, b as clio_bill_id,"
            " i as xero_invoice_id, bn as clio_bill_number, n as xero_invoice_number,"
            " 'Ada Quill' as clio_client_name, 'A. Quill' as xero_contact_name,"
            " 120.00::decimal(18,2) as clio_total_amount, null::decimal(18,2) as xero_total_amount from (values"
            " ('1', '101', 'inv-1', 'H-1'), ('2', '102', 'inv-2', 'H-2'), ('3', '103', null, null),"
            " ('4', '103', null, null), ('5', '2', 'inv-5', 'H-2')) as t(b, bn, i, n)"
        )
    prove(firm.warehouse)
    return firm


def lines(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_an_acceptance_holds_the_values_it_was_given_on(firm: Firm) -> None:
    decide.accept(firm, "abc", 'agreed, "in writing"', "Ada", TOMORROW)
    [row] = lines(firm.folder / "acceptances.csv")
    assert (row["code"], row["subject_key"], Decimal(row["ar_effect"])) == (
        "amounts_differ",
        "clio:1",
        Decimal("-1.50"),
    )
    assert (row["clio_value"], row["xero_value"]) == ("10.00, net", "")
    assert (row["reason"], row["accepted_by"], row["expires_on"]) == (
        'agreed, "in writing"',
        "Ada",
        TOMORROW.isoformat(),
    )
    assert row["withdrawn_at"] == ""


def test_taking_an_acceptance_back_adds_a_line_and_changes_none(firm: Firm) -> None:
    decide.accept(firm, "abc", "agreed", "Ada", TOMORROW)
    before = (firm.folder / "acceptances.csv").read_text()
    decide.unaccept(firm, "abc", "Grace")
    assert (firm.folder / "acceptances.csv").read_text().startswith(before)
    given, withdrawn = lines(firm.folder / "acceptances.csv")
    assert withdrawn["withdrawn_at"] and withdrawn["exception_id"] == given["exception_id"]
    with pytest.raises(UsageError, match="is not accepted"):
        decide.unaccept(firm, "abc", "Grace")


def test_a_link_taken_back_can_be_given_to_another_invoice(firm: Firm) -> None:
    decide.link(firm, "1", "inv-2", "Ada", "same work")
    assert decisions.current_links(firm.folder) == {"1": "inv-2"}
    decide.unlink(firm, "1", "inv-2", "Ada", "a mistake")
    assert decisions.current_links(firm.folder) == {}
    decide.link(firm, "1", "inv-1", "Ada", "this one")
    assert decisions.current_links(firm.folder) == {"1": "inv-1"}
    assert len(lines(firm.folder / "matches.csv")) == 3


def test_a_decision_says_what_it_did_and_from_when_it_counts(firm: Firm) -> None:
    said = [
        decide.accept(firm, "abc", "agreed", "Ada", TOMORROW),
        decide.unaccept(firm, "abc", "Ada"),
        decide.link(firm, "101", "H-1", "Ada", "same work"),
        decide.unlink(firm, "101", "H-1", "Ada", "a mistake"),
    ]
    for sentence, what in zip(
        said, (f"accepted until {TOMORROW}", "no longer acc", "linked", "no longer l"), strict=True
    ):
        assert what in sentence and "from the next night on (`tieout run harbor-law`" in sentence
    assert "Amounts differ" in said[0] and "abc" in said[0] and "Amounts differ" in said[1]
    assert "Clio bill 101, Ada Quill, 120.00, is Xero invoice H-1, A. Quill: linked." in said[2]


@pytest.mark.parametrize(("bill", "invoice"), [("101", "H-1"), ("1", "H-1"), ("101", "inv-1"), ("1", "inv-1")])
def test_a_number_that_one_document_bears_is_as_good_as_its_id(bill: str, invoice: str, firm: Firm) -> None:
    decide.link(firm, bill, invoice, "Ada", "same work")
    assert decisions.current_links(firm.folder) == {"1": "inv-1"}
    decide.unlink(firm, bill, invoice, "Ada", "a mistake")
    assert decisions.current_links(firm.folder) == {}


def test_what_last_night_no_longer_had_can_be_unlinked_by_its_ids(firm: Firm) -> None:
    decisions.matches(firm.folder).append({"clio_bill_id": "77", "xero_invoice_id": "gone", "decided_at": "2026-01-01"})
    decide.unlink(firm, "77", "gone", "Ada", "both are gone")
    assert decisions.current_links(firm.folder) == {}


REFUSED: list[tuple[Callable[[Firm], None], str]] = [
    (lambda firm: decide.accept(firm, "nope", "r", "Ada", TOMORROW), "not one"),
    (lambda firm: decide.accept(firm, "abc", "r", "Ada", date(2020, 1, 1)), "or later"),
    (lambda firm: decide.accept(firm, "abc", " ", "Ada", TOMORROW), "--reason"),
    (lambda firm: decide.accept(firm, "abc", "r", "", TOMORROW), "--by"),
    (lambda firm: decide.unaccept(firm, "abc", "Ada"), "is not accepted"),
    (lambda firm: decide.link(firm, "9", "inv-1", "Ada", "r"), "clio_bill_id"),
    (lambda firm: decide.link(firm, "1", "inv-9", "Ada", "r"), "xero_invoice_id"),
    (lambda firm: decide.link(firm, "103", "inv-1", "Ada", "r"), "103 names 2.*3 .103, Ada Quill.*4 .103"),
    (lambda firm: decide.link(firm, "1", "H-2", "Ada", "r"), "H-2 names 2"),
    (lambda firm: decide.link(firm, "2", "inv-1", "Ada", "r"), "2 names 2"),  # one's id, another's number
    (lambda firm: decide.link(firm, "101", "H-9", "Ada", "r"), "H-9, which last night did not have"),
    (lambda firm: decide.unlink(firm, "1", "inv-1", "Ada", "r"), "not linked"),
    (lambda firm: decide.unlink(firm, "101", "H-1", "Ada", "r"), "not linked"),
]


@pytest.mark.parametrize(("decision", "says"), REFUSED)
def test_a_decision_about_nothing_known_is_refused_and_nothing_written(
    firm: Firm, decision: Callable[[Firm], None], says: str
) -> None:
    with pytest.raises(UsageError, match=says):
        decision(firm)
    assert sorted(path.name for path in firm.folder.iterdir()) == ["nights.jsonl", "warehouse.duckdb"]


@pytest.mark.parametrize(("bill", "invoice"), [("1", "inv-2"), ("3", "inv-1")])
def test_a_document_that_is_linked_already_is_refused(firm: Firm, bill: str, invoice: str) -> None:
    decide.link(firm, "1", "inv-1", "Ada", "same work")
    with pytest.raises(UsageError, match="unlink"):
        decide.link(firm, bill, invoice, "Ada", "same work")


def test_the_files_are_readable_by_their_owner_alone(firm: Firm) -> None:
    decide.accept(firm, "abc", "agreed", "Ada", TOMORROW)
    assert stat.S_IMODE((firm.folder / "acceptances.csv").stat().st_mode) == 0o600


def test_a_hand_written_last_line_without_an_end_is_not_joined_to_the_next(firm: Firm) -> None:
    path = firm.folder / "matches.csv"
    path.write_text("clio_bill_id,xero_invoice_id,decided_by,decided_at,reason\n2,inv-2,Ada,2026-01-01T00:00:00Z,seen")
    decide.link(firm, "1", "inv-1", "Ada", "same work")
    assert decisions.current_links(firm.folder) == {"2": "inv-2", "1": "inv-1"}


@pytest.mark.parametrize(
    "text", ["bill,invoice\n1,2\n", "clio_bill_id,xero_invoice_id,decided_by,decided_at,reason\n1,2\n"]
)
def test_a_file_of_another_shape_is_refused_by_line(firm: Firm, text: str) -> None:
    (firm.folder / "matches.csv").write_text(text)
    with pytest.raises(UsageError, match=r"matches\.csv"):
        decisions.current_links(firm.folder)


def test_an_acceptance_keeps_all_that_the_row_said_and_those_of_the_version_before_go_on(firm: Firm) -> None:
    file = decisions.acceptances(firm.folder)
    before = dict.fromkeys(file.columns[:-1], "") | {
        "exception_id": "old",
        "reason": "known",
        "expires_on": "2026-12-31",
    }
    file.path.write_text(f"{','.join(before)}\n{','.join(before.values())}\n")
    assert file.rows() == [before | {"fingerprint": ""}]
    decide.accept(firm, "abc", "rounded by hand", "Ruth", TOMORROW)
    assert [(row["exception_id"], row["fingerprint"]) for row in lines(file.path)] == [("old", ""), ("abc", "f00d")]


@pytest.mark.parametrize("nothing", ["", " ", "\u200b", "\u2060 \u3164", "\x1b"])
def test_what_shows_nothing_is_nobodys_name_and_no_reason(firm: Firm, nothing: str) -> None:
    for reason, by in (("agreed", nothing), (nothing, "Ada")):
        with pytest.raises(UsageError, match="expected to say something"):
            decide.accept(firm, "abc", reason, by, TOMORROW)
        with pytest.raises(UsageError, match="expected to say something"):
            decide.link(firm, "1", "inv-1", by, reason)
    assert not (firm.folder / "acceptances.csv").exists() and not (firm.folder / "matches.csv").exists()
