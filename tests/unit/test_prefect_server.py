"""Prefect's own server: nobody who takes its port gets its key."""

import pytest

from flows.service.prefect_server import PROOF_PATH, LocalServer, proof_of
from pipelines.errors import TryAgain
from tests.support.little_server import Answer, LittleServer


class Ended:
    """A child that lives until it is ended."""

    stdin = None

    def poll(self) -> None:
        return None

    def wait(self, timeout: float | None = None) -> int:
        return 0


def server_at(url: str, key: str) -> LocalServer:
    """What the parent knows once its child has said a port, on which something else listens."""
    server = LocalServer.__new__(LocalServer)
    server.key, server.port = key, url.rpartition(":")[2]
    server.url = f"{url}/api"
    server._child = Ended()  # type: ignore[assignment]
    return server


def test_who_took_the_port_is_never_told_the_key() -> None:
    with LittleServer(lambda asked: Answer({"status": "healthy"})) as impostor:
        with pytest.raises(TryAgain, match="is not it"):
            server_at(impostor.url, "tieout:key").wait_until_healthy()
        assert all("key" not in str(asked.headers) + asked.path for asked in impostor.asked)
        assert [asked.path.startswith(PROOF_PATH) for asked in impostor.asked] == [True]


def test_an_answer_to_an_earlier_question_proves_nothing() -> None:
    assert proof_of("tieout:key", "one") != proof_of("tieout:key", "two")
    assert proof_of("tieout:key", "one") != proof_of("tieout:other", "one")


def test_the_child_takes_its_port_itself_and_proves_that_it_holds_the_key() -> None:
    server = LocalServer()
    try:
        assert 0 < int(server.port) < 65536
        server.wait_until_healthy()
    finally:
        server.stop()
