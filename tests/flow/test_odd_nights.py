"""Odd fields and lost lists through the whole night: published with a note, or incomplete with a sentence."""

from __future__ import annotations

import pytest
from typer.testing import CliRunner

from flows.commands.cli import app
from sandbox.shared.faults import Fault
from tests.flow.world import FIRM, World

NOTE = "select assumptions_broken from recon.run_statements order by started_at desc limit 1"


def test_a_field_that_nobody_sums_is_left_empty_and_named_until_it_can_be_read(calm: World) -> None:
    calm.sandbox.faults.add(Fault("bad_amount", "clio", "bills.json", field="sub_total", value="27.826", times=None))
    for _ in range(2):
        result = calm.night()
        assert result.verdict in ("exceptions", "pending", "reconciled"), result.reasons
        [(told,)] = calm.published(NOTE)
        assert "every_field_can_be_read" in told
    [(example, count)] = calm.published(
        "select example_key, broken_count from intermediate.assumptions where assumption = 'every_field_can_be_read'"
    )
    assert count == 1 and example.endswith(" sub_total") and example.startswith("clio:")
    calm.sandbox.faults.clear()
    calm.night(full=True)
    assert calm.published(NOTE) == [("",)]


def test_a_field_that_a_sum_needs_ends_the_first_night_and_the_second(calm: World) -> None:
    fault = Fault("bad_amount", "xero", "Invoices", field="AmountDue", value="27.826", times=None)
    calm.sandbox.faults.add(fault)
    assert calm.night().verdict == "incomplete"
    calm.sandbox.faults.clear()
    assert calm.night().verdict != "incomplete"
    calm.sandbox.faults.add(Fault("bad_amount", "xero", "Invoices", field="AmountDue", value="27.826", times=None))
    result = calm.night()
    assert result.verdict == "incomplete" and "field AmountDue should be an amount" in result.reasons[0]


def test_a_person_names_the_list_that_lost_records(calm: World, monkeypatch: pytest.MonkeyPatch) -> None:
    books = calm.books
    client = next(iter(books.clio.tables["contacts"].values()))
    for number in range(12):
        books.matter(client, f"Matter {number}")
    calm.sandbox.touch()
    assert calm.night().verdict != "incomplete"
    matters = books.clio.tables["matters"]
    used = {line["matter"]["id"] for line in books.clio.tables["line_items"].values() if line["matter"]}
    for number in [number for number in matters if number not in used]:
        del matters[number]
    calm.sandbox.touch()

    def run(*words: str) -> int:
        words = ("run", FIRM, "--no-alerts", "--config", str(calm.config), *words)
        return CliRunner().invoke(app, list(words)).exit_code

    assert run("--full") == 3
    assert run("--accept-shrunk", "matters") != 0
    assert run("--accept-shrunk", "clio.bills") == 3
    assert run("--accept-shrunk", "clio.matters") in (0, 1)
    assert calm.published("select accepted_list from staging.stg_evidence__accepted_losses") == [("clio.matters",)]
    [(not_proven,)] = calm.published("select not_proven from recon.run_statements order by started_at desc limit 1")
    assert "clio.matters lost 12 of " in not_proven and "which a person named" in not_proven


def test_no_word_makes_an_empty_list_believed(calm: World) -> None:
    assert calm.night().verdict != "incomplete"
    before = calm.firm.warehouse.read_bytes()
    calm.sandbox.faults.add(Fault("empty_page", system="clio", path="bills", times=None))
    result = CliRunner().invoke(
        app, ["run", FIRM, "--no-alerts", "--config", str(calm.config), "--full", "--accept-shrunk", "clio.bills"]
    )
    assert result.exit_code == 3
    assert calm.firm.warehouse.read_bytes() == before
