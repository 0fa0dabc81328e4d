"""Processes for Prefect that need not import Prefect: each night's flow begins as a copy of a warm process.

Prefect gives each flow run a process of its own, and a new one spends three seconds of a core on importing Prefect and
us, for a flow that otherwise waits. Where the system can copy a process (Windows cannot), one is kept that has imported
all of it and done nothing, and each flow run's is a copy of that: Python's own `forkserver` in the place of `spawn`.
"""

import multiprocessing
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace

from prefect import flow_engine

# The flow, and what it would import on its way: dlt for secrets, pandas with DuckDB's first question, fastapi for
# Prefect's parameters.
PRELOADED = ["flows.service.scheduled", "pipelines.quiet_dlt", "pandas", "fastapi"]


@contextmanager
def warm_processes() -> Iterator[None]:
    """Flow runs that this process starts meanwhile begin warm, where the system can."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        yield
        return
    warm = multiprocessing.get_context("forkserver")
    warm.set_forkserver_preload(PRELOADED)
    # Prefect asks this name for its `spawn`, and has no setting for it.
    engine = vars(flow_engine)
    theirs = engine["multiprocessing"]
    engine["multiprocessing"] = SimpleNamespace(get_context=lambda method: warm, context=theirs.context)
    try:
        yield
    finally:
        engine["multiprocessing"] = theirs
