"""What was not to be had never reads as agreement: nights of a firm in step, each lacking one thing."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from pipelines.firm.published import JOURNAL
from sandbox.engine import Firm
from sandbox.serving.server import Sandbox
from sandbox.shared.faults import Fault
from tests.flow.world import FIRM, World, small_firm

pytestmark = pytest.mark.timeout(600)


def in_step() -> Firm:
    """The small firm once its missing bill has arrived, with 300.00 of a client in trust."""
    firm = small_firm("Harbor Law LLP")
    bills = firm.clio.tables["bills"]
    firm.at(firm.now.replace(day=1))
    firm.push(bills[max(bills)])
    client = firm.person("Ida", "Marsh")
    firm.deposit(client, "300.00", firm.matter(client, "Marsh estate"), firm.today)
    return firm


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A firm in step, and its first good night."""
    folder: Path = tmp_path_factory.mktemp("in_step")
    with pytest.MonkeyPatch.context() as environment:
        firm = in_step()
        with Sandbox({FIRM: firm}) as sandbox:
            yield World.around(sandbox, folder, environment)


def verdict_and_proof(world: World) -> tuple[str, str | None]:
    [row] = world.published("select verdict, not_proven from recon.run_statements order by started_at desc limit 1")
    return row[0], row[1]


def test_the_nights(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.night()
    first = verdict_and_proof(world)
    # That an account never had a statement is said, and changes nothing.
    assert first[0] == "reconciled" and "no bank statement was ever imported" in str(first[1])

    as_the_version_before(world.firm.warehouse)
    world.sandbox.faults.add(Fault("403", system="xero", path="Reports", times=None))
    assert world.night().statement["not_proven"]  # type: ignore[index]
    refused = verdict_and_proof(world)
    assert refused[0] == "pending" and "Xero refused the trial balance" in str(refused[1])

    world.sandbox.faults.clear()
    world.night()
    assert verdict_and_proof(world) == first
    world.sandbox.faults.add(Fault("403", system="xero", path="Reports", times=None))
    world.night()
    gone = verdict_and_proof(world)
    assert gone[0] == "pending" and "liability account in Xero had a figure before" in str(gone[1])
    world.sandbox.faults.clear()

    books = world.books
    bill = books.clio.tables["bills"][min(books.clio.tables["bills"])]
    for line in list(books.clio.lines_of(bill)):
        del books.clio.tables["line_items"][line["id"]]
    books.add_clio_account("Second IOLTA", "Trust")["balance"] = Decimal("900.00")
    monkeypatch.setattr(books.xero, "trial_balance", lambda as_of: [])
    world.night(full=True)
    last = verdict_and_proof(world)
    assert "the trial balance that Xero gave has no line" in str(last[1])
    assert "The lines of a bill add up to it" in str(last[1])
    assert "Second IOLTA with 900.00: no mapping" in str(last[1])
    rows = world.published(f"select explanation from recon.exceptions where subject_key = 'clio:{bill['id']}'")
    assert rows and all(text.endswith("(lines_add_up_to_bill).") for (text,) in rows)


def as_the_version_before(warehouse: Path) -> None:
    """The warehouse as the version before published it, which wrote no digest of it down."""
    journal = warehouse.with_name(JOURNAL)
    lines = journal.read_text().splitlines(keepends=True)
    journal.write_text("".join(line for line in lines if '"digest"' not in line))
    warehouse.chmod(0o600)
    with duckdb.connect(str(warehouse)) as connection:
        for table, column in (
            ("recon.run_statements", "not_proven"),
            ("evidence.acceptances", "fingerprint"),
            ("intermediate.exceptions_remembered", "fingerprint"),
            ("intermediate.exceptions_remembered", "is_just_changed"),
        ):
            connection.execute(f"alter table {table} drop column {column}")
        for table in ("causes_remembered", "trust_figures_remembered", "int_exceptions_closed"):
            connection.execute(f"drop table intermediate.{table}")


def test_what_was_changed_while_the_journal_was_away_is_not_believed(world: World) -> None:
    """Nothing proves that file: the night goes on from it, and every list is read whole."""
    world.sandbox.faults.clear()
    world.night(full=True)
    held = "select 'clio', id, balance, total from clio.bills union all select 'xero', invoice_id, amount_due, total"
    held += " from xero.invoices order by all"
    before, warehouse = world.published(held), world.firm.warehouse
    warehouse.with_name(JOURNAL).unlink()
    warehouse.chmod(0o600)
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("update clio.bills set balance = balance + 500 where state = 'awaiting_payment'")
        connection.execute("delete from xero.invoices where invoice_id = (select min(invoice_id) from xero.invoices)")
    assert world.published(held) != before
    result = world.night()
    assert any("nothing proves that a night published this" in reason for reason in result.reasons)
    assert result.mode == "full" and world.published(held) == before
    assert world.night().reasons == ()
