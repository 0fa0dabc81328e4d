"""Workers look for garbage once for each order, when it is done: what a night leaves does not stay through the next.
A build of everything, whose garbage is a hundred megabytes, is looked through meanwhile."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from typing import Any
from unittest.mock import Mock

import pytest

from flows.night import build, builder, child
from flows.night.build import BuildResult
from flows.night.order import Order
from flows.night.verdict import NightResult

Record = dict[str, Any]


class Leavings:
    """What holds itself, so that only a look for garbage ends it."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def nothing_looks() -> Iterator[None]:
    """As in a worker (`flows.night.worker.at_work`)."""
    gc.disable()
    yield
    gc.unfreeze()
    gc.enable()


@pytest.mark.usefixtures("nothing_looks")
def test_what_a_night_left_is_gone_when_the_next_begins(monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[weakref.ref[Leavings]] = []
    there: list[bool] = []

    def night_of(*_: Any) -> NightResult:
        there.extend(one() is not None for one in left)
        left.append(weakref.ref(Leavings()))
        return NightResult("harbor-law", "", "reconciled", ())

    orders = [Order("harbor-law", "tieout.toml").as_json()] * 3
    told: list[Record] = []
    monkeypatch.setattr(child, "at_work", lambda: (iter(orders), told.append))
    monkeypatch.setattr(child, "Builder", lambda: None)
    monkeypatch.setattr("flows.night.steps.night_of", night_of)
    child.main()
    assert [event["result"]["verdict"] for event in told if "result" in event] == ["reconciled"] * 3
    assert there == [False, False, False]


@pytest.mark.usefixtures("nothing_looks")
def test_only_a_build_of_everything_is_looked_through_meanwhile(monkeypatch: pytest.MonkeyPatch) -> None:
    is_looked: list[bool] = []

    def built(*_: Any, **__: Any) -> BuildResult:
        is_looked.append(gc.isenabled())
        return BuildResult(1, 0, 0.1, (), ())

    whole = {"work_file": "warehouse.duckdb", "target": "dbt", "is_ready": True, "as_before": []}
    rest = whole | {"as_before": ["xero.invoices"]}
    told: list[Record] = []
    orders = [rest, whole, rest]
    monkeypatch.setattr(builder, "at_work", lambda: (iter(orders), told.append))
    for for_good in ("without_pandas", "Templates"):  # and this process is not the builder's
        monkeypatch.setattr(builder, for_good, Mock())
    monkeypatch.setattr(build, "prepare", lambda: None)
    monkeypatch.setattr(build, "parse", lambda *_: "the project")
    monkeypatch.setattr(build, "build", built)
    builder.main()
    assert len(told) == 3 and all("built" in event for event in told)
    assert is_looked == [False, True, False]
    assert not gc.isenabled()
