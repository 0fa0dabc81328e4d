"""Each fault switched on while the nightly flow runs: it gets through, or it is `incomplete` and publishes nothing."""

import re
from collections.abc import Callable

import pytest

from flows.verdict import NightResult
from sandbox.engine import time
from sandbox.faults import Fault
from tests.flow.world import World

# What a second try, a pause or careful reading gets over: the same books, the same finding.
OVERCOME = {
    "too many requests": Fault("429", system="clio", path="line_items", retry_after=1),
    "too many requests in Xero": Fault("429", system="xero", path="Invoices", retry_after=1),
    "server error": Fault("500", system="clio", path="bills", times=2),
    "gateway page": Fault("502", system="xero", path="Payments"),
    "maintenance": Fault("503", system="xero", path="Contacts"),
    "reset": Fault("reset", system="clio", path="allocations"),
    "truncated body": Fault("truncated", system="clio", path="matters"),
    "broken JSON": Fault("cut_json", system="xero", path="Accounts"),
    "token expired": Fault("expired_token", system="xero", path="Payments"),
    "token expired in Clio": Fault("expired_token", system="clio", path="line_items"),
    "unknown field": Fault("extra_field", times=None),
    "seven digits": Fault("timestamps_seven", times=None),
    "offsets": Fault("timestamps_offset", times=None),
    "money as text": Fault("money_strings", times=None),
    "report refused": Fault("403", system="xero", path="TrialBalance", times=None),
}

# What must never be read as the state of the books.
INCOMPLETE = {
    "list refused": (Fault("403", system="clio", path="bills", times=None), "bills"),
    "list refused in Xero": (Fault("403", system="xero", path="Payments", times=None), "Payments|payments"),
    "day limit": (Fault("429_day", system="xero", path="Invoices", times=None, retry_after=40_000), "limit|hours|day"),
    "down all night": (Fault("500", system="clio", path="bills", times=None), "bills|Clio"),
    "unknown state": (Fault("unknown_enum", "clio", "bills", field="state", value="archived", times=None), "state"),
    "unknown status": (
        Fault("unknown_enum", "xero", "Invoices", field="Status", value="X", times=None),
        "Status|status",
    ),
    "unparsable amount": (Fault("bad_amount", "clio", "bills", field="due", value="12,50", times=None), "due"),
    "unparsable date": (Fault("bad_date", "xero", "Invoices", field="Date", value="soon", times=None), "Date|date"),
}


def rerun_after(world: World, fault: Fault) -> NightResult:
    """Run a night under a fault, and see that the fault really struck."""
    added = world.sandbox.faults.add(fault)
    result = world.night()
    assert added.struck > 0, "the fault never happened, so nothing is shown"
    return result


@pytest.mark.parametrize("name", OVERCOME)
def test_a_bad_moment_changes_nothing(world: World, name: str) -> None:
    result = rerun_after(world, OVERCOME[name])
    assert (result.verdict, result.reasons) == ("exceptions", ())
    assert [code for code, _ in world.open_codes()] == ["missing_in_xero"]


@pytest.mark.parametrize("name", INCOMPLETE)
def test_a_list_that_cannot_be_proven_publishes_nothing(world: World, name: str) -> None:
    fault, named = INCOMPLETE[name]
    result = rerun_after(world, fault)
    assert result.verdict == "incomplete"
    assert re.search(named, " ".join(result.reasons)), result.reasons
    assert not world.firm.warehouse.exists()


SHRUNK: dict[str, Callable[[], Fault]] = {
    "short page": lambda: Fault("short_page", system="clio", path="bills", times=None),
    "empty page": lambda: Fault("empty_page", system="clio", path="line_items", times=None),
    "empty page in Xero": lambda: Fault("empty_page", system="xero", path="Invoices", times=None),
    "short page in Xero": lambda: Fault("short_page", system="xero", path="Payments", times=None),
}


@pytest.mark.parametrize("name", SHRUNK)
def test_a_list_that_shrank_for_no_reason_leaves_last_nights_books(world: World, name: str) -> None:
    world.night()
    before = world.firm.warehouse.read_bytes()
    added = world.sandbox.faults.add(SHRUNK[name]())
    result = world.night(full=True)
    assert added.struck > 0
    assert result.verdict == "incomplete", result
    assert world.firm.warehouse.read_bytes() == before


def test_a_change_while_the_crawl_is_under_way_is_no_exception(world: World) -> None:
    alder = world.books.clio.tables["contacts"][min(world.books.clio.tables["contacts"])]

    def bill_now(_: object) -> None:
        world.books.bill(alder, [time("Urgent injunction", "1.00")], issued=world.books.today)

    result = rerun_after(world, Fault("change", system="xero", path="Invoices", action=bill_now))
    assert result.verdict == "exceptions"
    assert [code for code, _ in world.open_codes()] == ["missing_in_xero"]
    assert world.published("select unexplained_amount from recon.run_statements")[0][0] == 0


def test_a_firm_that_fails_stops_no_other(world: World) -> None:
    world.sandbox.faults.add(Fault("403", system="clio", path="bills", times=None))
    assert world.night().verdict == "incomplete"
    world.sandbox.faults.clear()
    assert world.night().verdict == "exceptions"
