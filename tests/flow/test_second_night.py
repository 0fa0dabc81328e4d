"""Night two: what was edited, deleted, voided, renumbered or fixed since is seen, with few calls."""

from datetime import timedelta
from math import ceil

import pytest

from sandbox.engine import time
from tests.flow.world import World


@pytest.fixture
def second(world: World) -> World:
    """A world whose first night is behind it, with the clock three days on."""
    first = world.night()
    assert (first.verdict, world.open_codes()) == ("exceptions", [("missing_in_xero", "clio:" + missing_id(world))])
    return world


def missing_id(world: World) -> str:
    """The id of the bill that never arrived."""
    return str(max(world.books.clio.tables["bills"]))


def three_days_ago(world: World) -> None:
    """What happens next happened well outside the grace, after the first night's books were made."""
    world.books.at(world.books.now - timedelta(days=3))


def bill_numbered(world: World, position: int) -> dict[str, object]:
    """The firm's bill at a position, oldest first."""
    tables = world.books.clio.tables["bills"]
    return tables[sorted(tables)[position]]


def test_a_quiet_night_costs_few_calls_and_changes_nothing(second: World) -> None:
    second.sandbox.forget_calls()
    result = second.night()
    assert second.open_codes() == [("missing_in_xero", "clio:" + missing_id(second))]
    assert len([call for call in second.sandbox.calls if call.system == "clio"]) < 30
    assert len([call for call in second.sandbox.calls if call.system == "xero"]) < 30
    assert result.statement is not None
    assert result.statement["api_calls_clio"] + result.statement["api_calls_xero"] == len(
        [c for c in second.sandbox.calls if "token" not in c.path]
    )


def test_a_finding_keeps_its_id_and_first_day_and_counts_its_nights(second: World) -> None:
    [before] = second.published("select exception_id, first_seen_at, nights_seen from recon.exceptions")
    second.night()
    [after] = second.published("select exception_id, first_seen_at, nights_seen from recon.exceptions")
    assert before[:2] == after[:2]
    assert (before[2], after[2]) == (1, 2)


def test_a_fixed_bill_closes_by_itself_and_one_that_breaks_again_keeps_its_id(second: World) -> None:
    bill = second.books.clio.tables["bills"][int(missing_id(second))]
    [(first_id,)] = second.published("select exception_id from recon.exceptions")
    invoice = second.books.push(bill)
    second.books.xero.set_status(invoice, "AUTHORISED")
    assert second.night().verdict == "reconciled"
    [(closed_at,)] = second.published("select closed_at from recon.exception_history")
    assert closed_at is not None
    second.books.xero.set_status(invoice, "VOIDED")
    three_days_ago(second)
    second.night()
    history = "select exception_id, code, times_reopened, closed_at from recon.exception_history order by code"
    assert [row[1] for row in second.published(history)] == ["missing_in_xero", "void_in_xero_live_in_clio"]
    assert first_id in [row[0] for row in second.published(history)]


def test_a_line_that_was_taken_off_a_bill_is_gone_here_too(second: World) -> None:
    bill = bill_numbered(second, 0)
    second.books.remove_line(bill, 1)
    second.night()
    assert second.published(f"select count(*) from clio.line_items where bill_id = '{bill['id']}'") == [(1,)]


def test_a_draft_deleted_in_clio_is_gone_and_its_invoice_stands_alone(second: World) -> None:
    draft = second.books.draft_bill(
        second.books.clio.tables["contacts"][min(second.books.clio.tables["contacts"])],
        [time("Filing", "1.00")],
        issued=second.books.today - timedelta(days=10),
        reaches_xero=True,
    )
    second.night()
    second.books.at(second.books.now - timedelta(days=2))
    second.books.delete_draft(draft, vanish=True, in_xero=False)
    second.night(full=True)
    vanished = f"select vanished_at is not null from clio.bills where id = '{draft['id']}'"
    assert second.published(vanished) == [(True,)]
    assert ("void_in_clio_live_in_xero", f"clio:{draft['id']}") in second.published(
        "select code, subject_key from recon.exceptions"
    )


def test_a_payment_deleted_in_xero_reopens_its_invoice(second: World) -> None:
    paid = bill_numbered(second, 1)
    [payment] = second.books.clio.tables["allocations"].values()
    second.books.void_payment(payment, in_clio=True, in_xero=True)
    second.night()
    row = second.published(
        "select clio_ar_amount, xero_ar_amount, ar_difference_amount from recon.matched_bills"
        f" where clio_bill_id = '{paid['id']}'"
    )
    assert [tuple(str(v) for v in r) for r in row] == [("1020.00", "1020.00", "0.00")]


def test_a_voided_bill_whose_number_is_used_again_pairs_living_with_living(second: World) -> None:
    old = bill_numbered(second, 4)
    second.books.void(old)
    client = second.books.clio.tables["contacts"][old["client"]["id"]]  # type: ignore[index]
    new = second.books.bill(
        client, [time("Letter to bank", "0.40", "300.00")], issued=second.books.today, number=old["number"]
    )
    second.night()
    pairs = dict(second.published("select clio_bill_id, xero_status from recon.matched_bills where pairing = 'paired'"))
    assert (pairs[str(old["id"])], pairs[str(new["id"])]) == ("VOIDED", "AUTHORISED")


def test_history_survives_a_rebuild_of_every_model(second: World) -> None:
    [(seen,)] = second.published("select first_seen_at from recon.exceptions")
    second.night(full=True)
    assert second.published("select first_seen_at, nights_seen from recon.exceptions") == [(seen, 2)]
    assert second.published("select count(*) from recon.run_statements") == [(2,)]


def test_earlier_nights_stay_beside_the_warehouse_and_can_be_read(second: World) -> None:
    [(first_run,)] = second.published("select run_id from recon.run_statements")
    second.night()
    kept = second.firm.folder / "nights" / f"{first_run}.duckdb"
    assert kept.exists()


def test_many_changed_bills_cost_no_more_than_a_sweep(second: World) -> None:
    for bill in list(second.books.clio.tables["bills"].values()):
        second.books.edit_bill(bill, subject="Seen")
    second.sandbox.forget_calls()
    second.night()
    lines = [call for call in second.sandbox.calls if "line_items" in call.path]
    assert len(lines) <= 1 + ceil(len(second.books.clio.tables["line_items"]) / 200)
