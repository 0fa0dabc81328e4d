"""The search for secrets finds one wherever it stands, but for the file where token sets belong."""

import os
from datetime import UTC, datetime
from pathlib import Path

import requests

from sandbox.engine import Firm
from sandbox.serving.server import Sandbox
from tests.support.no_secrets import holds_secret, secrets_in


def test_each_secret_of_a_firm_and_each_token_is_known_as_one() -> None:
    firm = Firm("harbor-law", datetime.now(UTC))
    with Sandbox({"harbor-law": firm}) as sandbox:
        environment = sandbox.environment()
        secrets = [value for name, value in environment.items() if not name.endswith("CLIENT_ID")]
        for system in ("CLIO", "XERO"):
            known = {key: environment[f"FIRMS__HARBOR_LAW__{system}__{key}"] for key in ("CLIENT_ID", "CLIENT_SECRET")}
            address = sandbox.clio_token_url if system == "CLIO" else sandbox.xero_token_url
            form = {
                "grant_type": "refresh_token",
                "refresh_token": environment[f"FIRMS__HARBOR_LAW__{system}__REFRESH_TOKEN"],
                "client_id": known["CLIENT_ID"],
                "client_secret": known["CLIENT_SECRET"],
            }
            reply = requests.post(address, data=form, timeout=10).json()
            secrets += [reply[name] for name in ("access_token", "refresh_token") if name in reply]
    assert len(secrets) == 7
    assert [secret for secret in secrets if not holds_secret(secret.encode())] == []


def test_one_in_a_log_is_found_and_one_in_the_vault_is_not(tmp_path: Path) -> None:
    token = b"clio-access-" + b"x" * 32
    planted = (tmp_path / "deep" / "run.log", tmp_path / "tokens.json", tmp_path / "quiet.log")
    planted[0].parent.mkdir()
    try:
        planted[0].write_bytes(os.urandom(64) + token + b"\n")
        planted[1].write_bytes(token)
        planted[2].write_text("clio-access-granted")
        assert secrets_in(tmp_path) == ["deep/run.log"]
    finally:
        planted[0].unlink()  # or the search after the last test would find it too
