"""Tokens are renewed once, stored before they are used, and never shown."""

from __future__ import annotations

import json
import multiprocessing
import os
import stat
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr

from pipelines.api.http import Patience, Transport
from pipelines.api.tokens import DamagedTokens, Grant, TokenFile, TokenSet, grant_of
from pipelines.connect.authorize import keep
from pipelines.connect.connection import connection
from pipelines.errors import GiveUp, TryAgain, UsageError
from pipelines.firm.secrets import Credentials, read_credentials
from pipelines.firm.settings import Firm, load_settings
from tests.support.little_server import Answer, Asked, LittleServer

SEED = "seed-refresh"


class TokenServer:
    """Clio's and Xero's habits: Xero rotates, Clio does not. ``dead`` refresh tokens are refused."""

    def __init__(self) -> None:
        self.given = 0
        self.dead: set[str] = set()
        self.delay = 0.0
        self.refusal: Answer | None = None

    def __call__(self, asked: Asked) -> Answer:
        time.sleep(self.delay)
        if self.refusal is not None:
            return self.refusal
        refresh = asked.form.get("refresh_token", [""])[0]
        if refresh in self.dead:
            return Answer({"error": "invalid_grant"}, 400)
        self.given += 1
        reply: dict[str, Any] = {"access_token": f"access-{self.given}", "expires_in": 1800}
        if asked.path.startswith("/xero") and refresh:
            self.dead.add(refresh)
            reply["refresh_token"] = f"rotated-{self.given}"
        return Answer(reply)


def a_firm(folder: Path, url: str, grant: str = "authorization_code") -> Firm:
    (folder / "tieout.toml").write_text(f"""
        data_dir = "data"
        [firms.harbor-law]
        name = "Harbor Law"
        timezone = "America/New_York"
        start_date = 2025-01-01
        [firms.harbor-law.clio]
        base_url = "{url}/api/v4"
        token_url = "{url}/clio/token"
        [firms.harbor-law.xero]
        grant = "{grant}"
        tenant_id = "t-1"
        base_url = "{url}/api.xro/2.0"
        token_url = "{url}/xero/token"
        connections_url = "{url}/connections"
    """)
    return load_settings(folder / "tieout.toml").firm("harbor-law")


def a_grant(firm: Firm, system: str = "xero", seed: str | None = SEED) -> Grant:
    credentials = Credentials(SecretStr("the-id"), SecretStr("the-secret"), SecretStr(seed) if seed else None)
    return Grant(firm, system, credentials, Transport(Patience(attempts=2, first_wait=0.01)))


def stored(firm: Firm, system: str = "xero") -> dict[str, Any]:
    found: dict[str, Any] = json.loads((firm.folder / "tokens.json").read_text())[system]
    return found


def test_a_rotated_token_is_stored_for_its_owner_alone_and_wins_over_the_seed(tmp_path: Path) -> None:
    answers = TokenServer()
    with LittleServer(answers) as server:
        firm = a_firm(tmp_path, server.url)
        assert a_grant(firm).access_token() == "access-1"
        assert stored(firm)["refresh_token"] == "rotated-1"
        assert stat.S_IMODE((firm.folder / "tokens.json").stat().st_mode) == 0o600
        assert stat.S_IMODE(firm.folder.stat().st_mode) == 0o700
        assert a_grant(firm).access_token("access-1") == "access-2"
    assert [asked.form["refresh_token"][0] for asked in server.asked] == [SEED, "rotated-1"]


def test_a_token_that_is_fresh_is_used_by_the_next_run(tmp_path: Path) -> None:
    with LittleServer(TokenServer()) as server:
        firm = a_firm(tmp_path, server.url)
        assert a_grant(firm).access_token() == a_grant(firm).access_token() == "access-1"
    assert len(server.asked) == 1


def test_clio_keeps_the_refresh_token_that_is_not_in_the_reply(tmp_path: Path) -> None:
    with LittleServer(TokenServer()) as server:
        firm = a_firm(tmp_path, server.url)
        a_grant(firm, "clio").access_token()
        assert stored(firm, "clio")["refresh_token"] == SEED
        assert server.asked[0].form["client_secret"] == ["the-secret"]
        a_grant(firm).access_token()
    assert set(json.loads((firm.folder / "tokens.json").read_text())) == {"clio", "xero"}


def test_a_custom_connection_has_no_refresh_token(tmp_path: Path) -> None:
    with LittleServer(TokenServer()) as server:
        firm = a_firm(tmp_path, server.url, "client_credentials")
        a_grant(firm, seed=None).access_token()
    form = server.asked[0].form
    assert form["grant_type"] == ["client_credentials"] and "accounting.invoices.read" in form["scope"][0]
    assert server.asked[0].headers["Authorization"].startswith("Basic ")


def test_a_newly_seeded_token_wins_over_the_stored_one(tmp_path: Path) -> None:
    answers = TokenServer()
    with LittleServer(answers) as server:
        firm = a_firm(tmp_path, server.url)
        a_grant(firm).access_token()
        a_grant(firm, seed="another-consent").access_token()
    assert server.asked[-1].form["refresh_token"] == ["another-consent"]


def test_a_dead_stored_token_gives_way_to_the_seed(tmp_path: Path) -> None:
    answers = TokenServer()
    with LittleServer(answers) as server:
        firm = a_firm(tmp_path, server.url)
        a_grant(firm).access_token()
        answers.dead = {"rotated-1"}
        assert a_grant(firm).access_token("access-1") == "access-2"


@pytest.mark.parametrize(
    ("word", "advice"),
    [
        ("invalid_grant", "tieout connect harbor-law"),
        ("invalid_client", "client_id or client_secret"),
        ("invalid_scope", "scope"),
        ("something", "check the credentials"),
    ],
)
def test_a_refusal_says_what_to_do_and_no_secret(tmp_path: Path, word: str, advice: str) -> None:
    answers = TokenServer()
    answers.refusal = Answer({"error": word}, 400)
    with LittleServer(answers) as server:
        firm = a_firm(tmp_path, server.url)
        with pytest.raises(GiveUp, match=advice) as caught:
            a_grant(firm).access_token()
    assert SEED not in str(caught.value) and "the-secret" not in str(caught.value)
    assert not (firm.folder / "tokens.json").exists()


def test_an_outage_of_the_token_server_is_passing(tmp_path: Path) -> None:
    answers = TokenServer()
    answers.refusal = Answer("offline", 503)
    with LittleServer(answers) as server:
        firm = a_firm(tmp_path, server.url)
        with pytest.raises(TryAgain, match="status 503"):
            a_grant(firm).access_token()
    assert len(server.asked) == 2


def test_threads_renew_once(tmp_path: Path) -> None:
    answers = TokenServer()
    answers.delay = 0.05
    with LittleServer(answers) as server:
        grant = a_grant(a_firm(tmp_path, server.url))
        found: list[str] = []
        threads = [threading.Thread(target=lambda: found.append(grant.access_token())) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == ["access-1"] * 8 and len(server.asked) == 1


def _in_another_process(folder: str, url: str, start: Any, found: Any) -> None:
    grant = a_grant(load_settings(Path(folder) / "tieout.toml").firm("harbor-law"))
    start.wait(10)
    found.put(grant.access_token())


def test_processes_renew_once(tmp_path: Path) -> None:
    """A refresh token is spent by its use: two runs that both used it would lose the connection."""
    answers = TokenServer()
    answers.delay = 0.1
    context = multiprocessing.get_context("fork")
    with LittleServer(answers) as server:
        a_firm(tmp_path, server.url)
        start, found = context.Event(), context.Queue()
        workers = [
            context.Process(target=_in_another_process, args=(str(tmp_path), server.url, start, found))
            for _ in range(3)
        ]
        for worker in workers:
            worker.start()
        start.set()
        tokens = {found.get(timeout=20) for _ in workers}
        for worker in workers:
            worker.join(10)
    assert tokens == {"access-1"} and len(server.asked) == 1


def test_tokens_are_not_shown(tmp_path: Path) -> None:
    with LittleServer(TokenServer()) as server:
        firm = a_firm(tmp_path, server.url)
        a_grant(firm).access_token()
    tokens = TokenFile(firm.folder).read("xero")
    assert tokens is not None and "access-1" not in repr(tokens) and "rotated-1" not in repr(tokens)


DAMAGED = {
    "empty": b"",
    "torn": b'{"xero": {"access_token": "secret-1", "refr',
    "another kind of JSON": b"[]",
    "no set": b'{"xero": 7}',
    "half a set": b'{"xero": {"access_token": "secret-1"}}',
    "not UTF-8": b'{"xero": "\xff\xfe"}',
    "nested without end": b"[" * 200_000,
}


def damaged(folder: Path, url: str, what: str, grant: str = "authorization_code") -> Firm:
    firm = a_firm(folder, url, grant)
    firm.folder.mkdir(parents=True)
    (firm.folder / "tokens.json").write_bytes(DAMAGED[what])
    return firm


@pytest.mark.parametrize("what", DAMAGED)
def test_a_damaged_token_file_is_no_end_where_the_seed_still_serves(tmp_path: Path, what: str) -> None:
    with LittleServer(TokenServer()) as server:
        firm = damaged(tmp_path, server.url, what)
        assert a_grant(firm).access_token() == "access-1"
    assert TokenFile(firm.folder).read("xero") is not None


@pytest.mark.parametrize("what", DAMAGED)
def test_a_damaged_token_file_is_told_with_how_to_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    for key in ("CLIENT_ID", "CLIENT_SECRET"):
        monkeypatch.setenv(f"FIRMS__HARBOR_LAW__XERO__{key}", "x")
    monkeypatch.delenv("FIRMS__HARBOR_LAW__XERO__REFRESH_TOKEN", raising=False)
    firm = damaged(tmp_path, "http://127.0.0.1:1", what)
    with pytest.raises(DamagedTokens) as caught:
        grant_of(firm, "xero", Transport()).access_token()
    said = str(caught.value)
    assert "tokens.json" in said and "tieout connect harbor-law xero" in said
    assert "secret-1" not in said and "\n" not in said
    assert connection(firm, "xero", datetime.now(UTC)).state == "damaged"


def test_a_custom_connection_loses_nothing_with_the_file(tmp_path: Path) -> None:
    with LittleServer(TokenServer()) as server:
        firm = damaged(tmp_path, server.url, "torn", "client_credentials")
        grant = Grant(firm, "xero", Credentials(SecretStr("id"), SecretStr("secret"), None), Transport())
        assert grant.access_token() == "access-1"


def test_connecting_again_mends_a_damaged_file(tmp_path: Path) -> None:
    firm = damaged(tmp_path, "http://127.0.0.1:1", "torn")
    keep(firm, "clio", TokenSet(SecretStr("a"), SecretStr("r"), 0.0, "seed", 0.0))
    assert TokenFile(firm.folder).read("clio") is not None and TokenFile(firm.folder).read("xero") is None


def test_missing_secrets_are_all_named_with_where_to_put_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FIRMS__HARBOR_LAW__CLIO__CLIENT_ID", "abc")
    monkeypatch.setenv("FIRMS__HARBOR_LAW__CLIO__CLIENT_SECRET", "  ")
    monkeypatch.delenv("FIRMS__HARBOR_LAW__CLIO__REFRESH_TOKEN", raising=False)
    firm = a_firm(tmp_path, "http://127.0.0.1:1")
    with pytest.raises(UsageError) as caught:
        read_credentials(firm, "clio")
    text = str(caught.value)
    assert "client_secret, refresh_token" in text and "FIRMS__HARBOR_LAW__CLIO__REFRESH_TOKEN" in text
    assert ".dlt/secrets.toml" in text and "abc" not in text


def test_secrets_come_from_the_environment_and_are_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for key in ("CLIENT_ID", "CLIENT_SECRET", "REFRESH_TOKEN"):
        monkeypatch.setenv(f"FIRMS__HARBOR_LAW__XERO__{key}", f"value-{key}")
    found = read_credentials(a_firm(tmp_path, "http://127.0.0.1:1"), "xero")
    assert found.client_secret.get_secret_value() == "value-CLIENT_SECRET"
    assert "value-" not in repr(found) and "value-" not in str(found)


def test_a_custom_connection_needs_no_refresh_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for key in ("CLIENT_ID", "CLIENT_SECRET"):
        monkeypatch.setenv(f"FIRMS__HARBOR_LAW__XERO__{key}", "x")
    monkeypatch.delenv("FIRMS__HARBOR_LAW__XERO__REFRESH_TOKEN", raising=False)
    firm = a_firm(tmp_path, "http://127.0.0.1:1", "client_credentials")
    assert read_credentials(firm, "xero").refresh_token is None
    assert os.environ.get("FIRMS__HARBOR_LAW__XERO__REFRESH_TOKEN") is None
