"""The process of a flow run begins as a copy of one that has imported everything."""

import multiprocessing
import sys
from multiprocessing.connection import Connection
from typing import Any

import pytest
from prefect import flow_engine

from flows.service.warm import PRELOADED, warm_processes


def tell_what_is_imported(to: "Connection[Any, Any]") -> None:
    to.send([name for name in PRELOADED if name in sys.modules])


def imported_by_a_new_process() -> Any:
    """What a process that Prefect's engine starts has imported before it does anything."""
    theirs = vars(flow_engine)["multiprocessing"].get_context("spawn")
    here, there = multiprocessing.Pipe()
    process = theirs.Process(target=tell_what_is_imported, args=(there,))
    process.start()
    assert here.poll(60)
    told = here.recv()
    process.join()
    return told


@pytest.mark.skipif("forkserver" not in multiprocessing.get_all_start_methods(), reason="this system copies no process")
def test_a_flow_run_begins_with_everything_imported_while_it_is_served_and_only_then() -> None:
    with warm_processes():
        assert imported_by_a_new_process() == PRELOADED
    assert vars(flow_engine)["multiprocessing"] is multiprocessing


def test_where_no_process_can_be_copied_prefect_starts_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(multiprocessing, "get_all_start_methods", lambda: ["spawn"])
    with warm_processes():
        assert vars(flow_engine)["multiprocessing"] is multiprocessing
