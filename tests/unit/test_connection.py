"""How long a connection lasts, and that an idle one is renewed before it dies."""

import contextlib
import hashlib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import SecretStr

from pipelines.api.http import Transport
from pipelines.api.tokens import DeadGrant, TokenFile, TokenSet, grant_of
from pipelines.connect.connection import Connection, System, connection, keep_alive
from pipelines.firm.settings import Firm
from tests.support.little_server import LittleServer
from tests.unit.test_tokens import TokenServer, a_firm

MADE = datetime(2026, 9, 1, tzinfo=UTC)


def store(firm: Firm, system: str, seed: str = "seed") -> None:
    known = TokenSet(SecretStr("access"), SecretStr("refresh"), MADE.timestamp() + 1800, seed, MADE.timestamp())
    tokens = TokenFile(firm.folder)
    with tokens.locked():
        tokens.write(system, known)


@pytest.mark.parametrize(
    ("days", "state"),
    [(0, "connected"), (45, "connected"), (46, "ends_soon"), (59, "ends_soon"), (60, "ended")],
)
def test_xeros_token_dies_when_it_was_not_used_for_60_days(tmp_path: Path, days: int, state: str) -> None:
    firm = a_firm(tmp_path, "http://127.0.0.1:1")
    store(firm, "xero")
    assert connection(firm, "xero", MADE + timedelta(days=days)) == Connection("xero", state, date(2026, 10, 31))  # type: ignore[arg-type]


def test_clios_lasts_and_a_custom_connection_has_none_to_lose(tmp_path: Path) -> None:
    firm = a_firm(tmp_path, "http://127.0.0.1:1", "client_credentials")
    store(firm, "clio")
    later = MADE + timedelta(days=900)
    assert connection(firm, "clio", later) == Connection("clio", "connected")
    assert connection(firm, "xero", later) == Connection("xero", "connected")


def test_what_we_never_held_is_none(tmp_path: Path) -> None:
    assert connection(a_firm(tmp_path, "http://127.0.0.1:1"), "xero", MADE).state == "none"


@pytest.mark.parametrize(("days", "asked"), [(6, 0), (7, 1)])
def test_what_was_not_used_for_a_week_is_renewed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int, asked: int
) -> None:
    for name in ("CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN"):
        monkeypatch.setenv(f"FIRMS__HARBOR_LAW__XERO__{name}", "sandbox-value")
    with LittleServer(TokenServer()) as server:
        firm = a_firm(tmp_path, server.url)
        store(firm, "xero")
        keep_alive(firm, "xero", MADE + timedelta(days=days))
        assert len(server.asked) == asked
    renewed = connection(firm, "xero", datetime.now(UTC))
    assert (renewed.state == "connected") == bool(asked)


@pytest.mark.parametrize("system", ["clio", "xero"])
def test_a_grant_that_the_provider_ended_is_remembered_and_not_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, system: System
) -> None:
    for name in ("CLIENT_ID", "CLIENT_SECRET"):
        monkeypatch.setenv(f"FIRMS__HARBOR_LAW__{system.upper()}__{name}", "sandbox-value")
    answers = TokenServer()
    answers.dead.add("refresh")
    with LittleServer(answers) as server:
        firm = a_firm(tmp_path, server.url)
        store(firm, system, seed=hashlib.sha256(b"sandbox-value").hexdigest())
        for _ in range(2):
            with contextlib.suppress(DeadGrant):
                keep_alive(firm, system, MADE + timedelta(days=8))
        assert len(server.asked) == 1
    assert connection(firm, system, MADE + timedelta(days=8)) == Connection(system, "ended")


def test_another_app_than_the_connected_one_must_be_allowed_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CLIENT_ID", "CLIENT_SECRET"):
        monkeypatch.setenv(f"FIRMS__HARBOR_LAW__CLIO__{name}", "of another app")
    with LittleServer(TokenServer()) as server:
        firm = a_firm(tmp_path, server.url)
        store(firm, "clio")
        with pytest.raises(DeadGrant, match=r"client_id.* another .* tieout connect harbor-law clio"):
            grant_of(firm, "clio", Transport()).access_token()
        assert server.asked == []
