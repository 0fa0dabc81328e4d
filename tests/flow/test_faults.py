"""Faults switched on while the nightly flow runs: it gets through, or it is `incomplete` and publishes nothing.

Every fault on every list is tried on the load alone in `test_reading.py`; here the whole flow meets them.
"""

import re

import pytest

from sandbox.engine import time
from sandbox.shared.faults import Fault
from tests.flow.world import FIRM, OTHER, World

# What a second try, a pause or careful reading gets over. All in one night, and the books are the same.
OVERCOME = (
    Fault("429", system="clio", path="line_items", retry_after=1),
    Fault("429", system="xero", path="Invoices", retry_after=1),
    Fault("500", system="clio", path="bills", times=2),
    Fault("502", system="xero", path="/Payments"),
    Fault("503", system="xero", path="Contacts"),
    Fault("reset", system="clio", path="allocations"),
    Fault("truncated", system="clio", path="matters"),
    Fault("cut_json", system="xero", path="Accounts"),
    Fault("expired_token", system="xero", path="CreditNotes"),
    Fault("expired_token", system="clio", path="contacts"),
    Fault("extra_field", times=None),
    Fault("timestamps_seven", system="xero", times=None),
    Fault("timestamps_offset", system="clio", times=None),
    Fault("money_strings", times=None),
    Fault("403", system="xero", path="TrialBalance", times=None),
)

# What must never be read as the state of the books, and what the reason names.
INCOMPLETE = {
    "list refused": (Fault("403", system="clio", path="bills", times=None), "bills"),
    "list refused in Xero": (Fault("403", system="xero", path="/Payments", times=None), "Payments"),
    "day limit": (Fault("429_day", system="xero", path="Invoices", times=None, retry_after=40_000), "daily"),
    "unknown state": (Fault("unknown_enum", "clio", "bills", field="state", value="archived", times=None), "state"),
    "unknown status": (Fault("unknown_enum", "xero", "Invoices", field="Status", value="X", times=None), "Status"),
    "unparsable amount": (Fault("bad_amount", "clio", "bills", field="due", value="12,50", times=None), "due"),
    "unparsable date": (Fault("bad_date", "xero", "Invoices", field="DueDateString", value="soon", times=None), "Due"),
}

# A list that shrank for no reason, after a good night.
SHRUNK = {
    "short page": Fault("short_page", system="clio", path="bills", times=None),
    "empty page": Fault("empty_page", system="clio", path="line_items", times=None),
    "empty page in Xero": Fault("empty_page", system="xero", path="Invoices", times=None),
}


@pytest.mark.parametrize("name", INCOMPLETE)
def test_a_list_that_cannot_be_proven_publishes_nothing(calm: World, name: str) -> None:
    fault, named = INCOMPLETE[name]
    added = calm.sandbox.faults.add(fault)
    result = calm.night()
    assert added.struck > 0, "the fault never happened, so nothing is shown"
    assert result.verdict == "incomplete"
    assert re.search(named, " ".join(result.reasons)), result.reasons
    assert not calm.firm.warehouse.exists()


def test_bad_moments_change_nothing_and_one_firms_trouble_stops_no_other(calm: World) -> None:
    added = [calm.sandbox.faults.add(fault) for fault in OVERCOME]
    calm.sandbox.faults.add(Fault("403", system="clio", path="bills", firm=OTHER, times=None))
    other, result = calm.nights(OTHER, FIRM)
    assert [fault.kind for fault in added if fault.struck == 0] == []
    assert (other.verdict, result.verdict, result.reasons) == ("incomplete", "exceptions", ())
    assert [code for code, _ in calm.open_codes()] == ["missing_in_xero"]


@pytest.mark.parametrize("name", SHRUNK)
def test_a_list_that_shrank_for_no_reason_leaves_last_nights_books(calm: World, name: str) -> None:
    before = calm.firm.warehouse.read_bytes()
    added = calm.sandbox.faults.add(SHRUNK[name])
    result = calm.night(full=True)
    assert added.struck > 0
    assert result.verdict == "incomplete", result
    assert calm.firm.warehouse.read_bytes() == before


def test_a_change_while_the_crawl_is_under_way_is_no_exception(calm: World) -> None:
    alder = calm.books.clio.tables["contacts"][min(calm.books.clio.tables["contacts"])]

    def bill_now(_: object) -> None:
        calm.books.bill(alder, [time("Urgent injunction", "1.00")], issued=calm.books.today)

    added = calm.sandbox.faults.add(Fault("change", system="xero", path="Invoices", firm=FIRM, action=bill_now))
    result = calm.night()
    assert added.struck == 1
    assert result.verdict == "exceptions"
    assert [code for code, _ in calm.open_codes()] == ["missing_in_xero"]
