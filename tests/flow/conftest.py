"""Prefect's API for the session, and a firm whose nights can be run."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from prefect.testing.utilities import prefect_test_harness

from sandbox.server import Sandbox
from tests.flow.world import World, small_firm


@pytest.fixture(scope="session", autouse=True)
def prefect_api() -> Iterator[None]:
    """One Prefect API for all nights of the session."""
    with prefect_test_harness(server_startup_timeout=120):
        yield


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A small firm behind the sandbox, its configuration, and the command to run its night."""
    with Sandbox([small_firm("harbor-law")]) as sandbox:
        yield World.around(sandbox, tmp_path, monkeypatch)
