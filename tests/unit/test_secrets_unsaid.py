"""No secret is quoted: not one that cannot be sent, nor one that an error of another's text repeats."""

from __future__ import annotations

import base64
from pathlib import Path
from urllib.parse import quote

import pytest
from pydantic import SecretStr

from flows.night import steps as night
from pipelines.api.http import NoReply, Patience, Transport
from pipelines.api.tokens import DamagedTokens, Grant, TokenFile
from pipelines.errors import TryAgain
from pipelines.firm.secrets import Credentials, scrubbed, secret
from pipelines.firm.settings import load_settings
from tests.support.little_server import Answer, LittleServer, in_turn
from tests.unit.test_settings import GOOD, write

NASTY = (
    "plain-secret-1234",
    "line one secret\r\nline two secret",
    'quote\'s "secret"',
    "back\\slash secret",
    "per%cent & plus+ secret",
    "secret with \u2019 and \u202e",
    "regex.*[secret",
    "null\0secret",
    "half\ud800secret",
)


@pytest.mark.parametrize("value", NASTY, ids=ascii)
def test_a_secret_is_taken_out_of_a_text_in_every_spelling(value: str) -> None:
    held = secret(value)
    kept = value.encode("utf-8", "replace")
    for form in (value, repr(value), repr(kept), quote(kept, safe=""), base64.b64encode(kept).decode(), repr([value])):
        shown = scrubbed(f"Invalid header value {form} in call")
        assert "secret" not in shown and base64.b64encode(kept).decode() not in shown
        assert shown.startswith("Invalid header value ") and shown.endswith(" in call")
    assert "secret" not in repr(held)


@pytest.mark.parametrize("value", NASTY, ids=ascii)
def test_no_secret_reaches_the_failure_log(value: str, tmp_path: Path) -> None:
    firm = load_settings(write(tmp_path, GOOD)).firm("harbor-law")
    held = secret(value).get_secret_value()
    try:
        try:
            raise ValueError(f"Invalid header value {('Bearer ' + held).encode('utf-8', 'replace')!r}")
        except ValueError as error:
            raise KeyError(held) from error
    except KeyError as error:
        result = night.incomplete(firm, error)
    said = (firm.folder / "failure.log").read_text(encoding="utf-8").splitlines()
    assert "Traceback (most recent call last):" in said
    quoted = [line for line in said if line.startswith(("ValueError", "KeyError"))]
    assert len(quoted) == 2 and not any("secret" in line for line in quoted)
    assert "secret" not in " ".join(result.reasons).replace(str(tmp_path), "")


def grant(tmp_path: Path, url: str) -> Grant:
    addresses = f'base_url = "{url}"\ntoken_url = "{url}"'
    firm = load_settings(write(tmp_path, GOOD.replace('region = "us"', addresses))).firm("harbor-law")
    credentials = Credentials(SecretStr("id"), SecretStr("word"), SecretStr("seed"))
    return Grant(firm, "clio", credentials, Transport(Patience(attempts=2, first_wait=0.001)))


ODD_TOKENS = (
    {"access_token": "abc\r\nX-Evil: 1"},
    {"access_token": "abc def"},
    {"access_token": "abc\u2019"},
    {"access_token": "a" * 100_000},
    {"access_token": ""},
    {"access_token": 7},
    {"access_token": ["abc"]},
    {"access_token": None},
    {"refresh_token": "abc\n"},
    {"refresh_token": ["abc"]},
    {"expires_in": "soon"},
    {"expires_in": -5},
    {"expires_in": 0},
    {"expires_in": 10**30},
    {"expires_in": None},
    {"expires_in": True},
    {"expires_in": [3600]},
)


@pytest.mark.parametrize("odd", ODD_TOKENS, ids=lambda odd: ascii(odd)[:40])
def test_a_token_that_cannot_be_one_is_neither_kept_nor_sent_nor_quoted(tmp_path: Path, odd: dict[str, object]) -> None:
    good = {"access_token": "abc", "refresh_token": "def", "expires_in": 3600}
    with LittleServer(in_turn(Answer({**good, **odd}))) as server, pytest.raises(TryAgain) as caught:
        grant(tmp_path, server.url).access_token()
    assert "a token and its lifetime were expected" in str(caught.value) and "abc" not in str(caught.value)
    assert not (tmp_path / "data" / "harbor-law" / "tokens.json").exists()


def test_a_token_set_that_was_tampered_with_is_damaged_and_not_sent(tmp_path: Path) -> None:
    (tmp_path / "tokens.json").write_text(
        '{"clio": {"access_token": "abc\\nX: 1", "refresh_token": "d", "expires_at": 1e12, "seed": "s", '
        '"renewed_at": 1.0, "tenant_id": null}}'
    )
    with pytest.raises(DamagedTokens) as caught:
        TokenFile(tmp_path).read("clio")
    assert "abc" not in str(caught.value)


@pytest.mark.parametrize("value", ["t-1\r\nX-Evil: secret", "\u2019secret"], ids=ascii)
def test_a_header_that_cannot_be_sent_is_not_quoted(value: str) -> None:
    with LittleServer(in_turn(Answer())) as server, pytest.raises(NoReply) as caught:
        Transport().send("GET", server.url, headers={"xero-tenant-id": value})
    assert "secret" not in str(caught.value) and caught.value.__cause__ is None
    assert server.asked == []
