"""Several nights in a row in one process, which `tieout serve` lends, and no night without whoever waits for it."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest

from flows.night.order import Order
from flows.night.process import NightEndedError, NightProcess
from flows.service import lending
from flows.service.lending import borrowed
from pipelines.errors import TryAgain
from pipelines.night.warehouse import open_night
from sandbox.shared.faults import Fault
from tests.flow.world import FIRM, World
from tests.support.night_children import night_children


@pytest.fixture
def lender() -> Iterator[None]:
    with lending.lending():
        yield


def soon(happened: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + 20
    while not happened() and time.monotonic() < deadline:
        time.sleep(0.05)
    return happened()


def is_free(world: World) -> bool:
    """Whether nobody holds the firm: a process that is killed is gone from the list before it lets go of its lock."""
    with suppress(TryAgain), open_night(world.firm):
        return True
    return False


def verdict_of_night(world: World) -> str:
    with NightProcess(start=borrowed) as night:
        night.begin(Order(FIRM, str(world.config)))
        return night.finish().verdict


def test_one_process_does_one_night_after_another(calm: World, lender: None) -> None:
    assert verdict_of_night(calm) == "exceptions"
    [first] = night_children()
    assert verdict_of_night(calm) == "exceptions"
    assert night_children() == [first]


def test_two_nights_at_once_are_done_by_two(calm: World, lender: None) -> None:
    with NightProcess(start=borrowed) as one, NightProcess(start=borrowed) as other:
        for night in (one, other):
            night.begin(Order(FIRM, str(calm.config)))
            night.until("start")
        assert len(night_children()) == 2


def test_a_night_ends_with_whoever_waits_for_it_and_its_process_is_not_lent_again(calm: World, lender: None) -> None:
    calm.sandbox.faults.add(Fault("slow", system="clio", path="bills", times=None, seconds=30.0))
    with NightProcess(start=borrowed) as night:
        night.begin(Order(FIRM, str(calm.config)))
        night.until("start")
        assert len(night_children()) == 1
    assert soon(lambda: not night_children())
    assert soon(lambda: is_free(calm))


def test_a_lent_process_that_is_killed_by_the_machine_says_how(calm: World, lender: None) -> None:
    with NightProcess(start=borrowed) as night:
        night.begin(Order(FIRM, str(calm.config)))
        night.until("start")
        night_children()[0].kill()
        assert "signal 9" in night.finish().reasons[0]
    assert verdict_of_night(calm) == "exceptions"


def test_a_night_whose_lender_is_gone_is_incomplete(calm: World, monkeypatch: pytest.MonkeyPatch) -> None:
    with lending.lending(), NightProcess(start=borrowed) as night:
        night.begin(Order(FIRM, str(calm.config)))
        night.until("start")
        monkeypatch.setattr(lending, "_event", _gone)
        with pytest.raises(NightEndedError):
            night.until("publish")
        assert night.result is not None
        assert (night.result.verdict, night.result.reasons) == (
            "incomplete",
            ("The night's process ended before it was done (`tieout serve` ended).",),
        )


def _gone(*_: object) -> None:
    raise EOFError


def test_nobody_borrows_without_the_key(calm: World, lender: None, monkeypatch: pytest.MonkeyPatch) -> None:
    address, _, _ = os.environ[lending.WHERE].rpartition(" ")
    with monkeypatch.context() as stranger:
        stranger.setenv(lending.WHERE, f"{address} {'00' * 32}")
        child = borrowed()
        assert isinstance(child, lending.Child)  # one of its own
        child.end()
    assert verdict_of_night(calm) == "exceptions"


def test_where_nobody_lends_a_night_has_a_process_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(lending.WHERE, f"/nowhere/listener {'00' * 32}")
    for _ in range(2):
        child = borrowed()
        assert isinstance(child, lending.Child)
        child.end()
        monkeypatch.delenv(lending.WHERE, raising=False)


def test_a_process_that_nobody_wants_goes(calm: World, lender: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lending, "IDLE_SECONDS", 0.2)
    assert verdict_of_night(calm) == "exceptions"
    assert soon(lambda: not night_children())
    assert verdict_of_night(calm) == "exceptions"
