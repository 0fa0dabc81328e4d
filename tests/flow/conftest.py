"""Prefect's API for the session, and a firm whose nights can be run."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from prefect.settings import PREFECT_API_DATABASE_CONNECTION_URL
from prefect.testing.utilities import prefect_test_harness

from sandbox.serving.server import Sandbox
from tests.flow.world import FIRM, OTHER, World, small_firm
from tests.support.no_secrets import secrets_in


@pytest.fixture(scope="session", autouse=True)
def prefect_api() -> Iterator[None]:
    """One Prefect API for all nights of the session; its states, logs and artifacts are searched for secrets last."""
    with prefect_test_harness(server_startup_timeout=120):
        yield
        database = Path(str(PREFECT_API_DATABASE_CONNECTION_URL.value()).partition(":///")[2])
        assert database.exists()
        assert secrets_in(database.parent) == []


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A small firm behind the sandbox, its configuration, and the command to run its nights; one for each module."""
    with pytest.MonkeyPatch.context() as patch, Sandbox({FIRM: small_firm(FIRM), OTHER: small_firm(OTHER)}) as sandbox:
        yield World.around(sandbox, tmp_path_factory.mktemp("world"), patch)


@pytest.fixture
def calm(world: World) -> Iterator[World]:
    """The world with its faults switched off before and after."""
    world.sandbox.faults.clear()
    yield world
    world.sandbox.faults.clear()
