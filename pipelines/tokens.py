"""Access tokens, renewed once and never lost.

A refresh token that rotates is spent by its use: losing the reply loses the connection. So a new token set is on
disk (written aside, synced, renamed, folder synced; readable by its owner alone) before the first call is made with
it, and a lock on the firm's folder lets one process at a time renew: the others find the new set when they get the
lock.

``<data_dir>/<firm>/tokens.json`` wins over the seeded refresh token, until a person seeds another one: the set
remembers (as a hash) which seed it grew from. Clio answers a refresh without a new refresh token, Xero with one, a
custom connection has none: what is not in the reply stays as it was.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import json
import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import requests
from pydantic import SecretStr

from pipelines.errors import GiveUp, TryAgain
from pipelines.files import make_private, write_private
from pipelines.http import Transport, parse_json
from pipelines.secrets import Credentials, read_credentials
from pipelines.settings import Firm

XERO_SCOPES = (
    "accounting.invoices.read accounting.payments.read accounting.banktransactions.read accounting.contacts.read "
    "accounting.settings.read accounting.manualjournals.read accounting.reports.trialbalance.read"
)
MARGIN_SECONDS = 120


class DeadGrant(GiveUp):
    """``invalid_grant``: this refresh token opens nothing any more."""


@dataclass(frozen=True)
class TokenSet:
    """What a grant gave us, and when; of which organisation of Xero's or account of Clio's, if a person connected it;
    and whether the provider said that it opens nothing any more. Its repr shows no token."""

    access_token: SecretStr
    refresh_token: SecretStr | None
    expires_at: float
    seed: str
    renewed_at: float
    tenant_id: str | None = None
    has_ended: bool = False

    @property
    def is_fresh(self) -> bool:
        """Good for a call that starts now."""
        return time.time() < self.expires_at - MARGIN_SECONDS


class TokenFile:
    """A firm's token sets, by system."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / "tokens.json"

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """One process at a time; the lock dies with its process."""
        make_private(self._folder)
        descriptor = os.open(self._folder / "tokens.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def read(self, system: str) -> TokenSet | None:
        """The stored set, or None if there is none that can be read."""
        try:
            raw = json.loads(self._path.read_text(encoding="utf-8"))[system]
            refresh = raw["refresh_token"]
            return TokenSet(
                SecretStr(raw["access_token"]),
                SecretStr(refresh) if refresh else None,
                float(raw["expires_at"]),
                str(raw["seed"]),
                float(raw["renewed_at"]),
                raw["tenant_id"],
                bool(raw.get("has_ended")),
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, system: str, tokens: TokenSet) -> None:
        """Store a set beside the other system's. Call it under the lock."""
        try:
            everything = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            everything = None
        if not isinstance(everything, dict):
            everything = {}
        refresh = tokens.refresh_token
        everything[system] = {
            "access_token": tokens.access_token.get_secret_value(),
            "refresh_token": refresh.get_secret_value() if refresh else None,
            "expires_at": tokens.expires_at,
            "seed": tokens.seed,
            "renewed_at": tokens.renewed_at,
            "tenant_id": tokens.tenant_id,
            "has_ended": tokens.has_ended,
        }
        write_private(self._path, json.dumps(everything, indent=1))

    def remove(self, system: str) -> None:
        """Forget a set; the other system's stays. Call it under the lock."""
        try:
            everything = json.loads(self._path.read_text(encoding="utf-8"))
            del everything[system]
        except (OSError, ValueError, KeyError):
            return
        write_private(self._path, json.dumps(everything, indent=1))


def seed_of(credentials: Credentials) -> str:
    """What a token set grew from, as a hash: a person who seeds another refresh token means that one."""
    seed = credentials.refresh_token or credentials.client_id
    return hashlib.sha256(seed.get_secret_value().encode()).hexdigest()


def account_of(firm: Firm, system: str) -> str | None:
    """The firm's organisation in Xero (that of tieout.toml first) or account in Clio, as it was when connected."""
    stored = TokenFile(firm.folder).read(system)
    connected = stored.tenant_id if stored else None
    return (firm.xero.tenant_id or connected) if system == "xero" else connected


class Grant:
    """How one firm gets tokens from one system; ``access_token`` is what clients call."""

    def __init__(self, firm: Firm, system: str, credentials: Credentials, transport: Transport) -> None:
        self._firm_id = firm.id
        self._system = system
        self._is_custom_connection = system == "xero" and firm.xero.grant == "client_credentials"
        self._url = firm.clio.tokens if system == "clio" else firm.xero.tokens
        self._credentials = credentials
        self._transport = transport
        self._file = TokenFile(firm.folder)
        self._lock = threading.Lock()
        self._held: TokenSet | None = None
        self._seed = seed_of(credentials)

    def access_token(self, rejected: str | None = None) -> str:
        """A fresh access token; a renewed one if the other side has just rejected this one."""
        with self._lock:
            if self._usable(self._held, rejected):
                return self._show(self._held)
            with self._file.locked():
                stored = self._file.read(self._system)
                if stored is not None and stored.seed != self._seed:
                    stored = None
                if not self._usable(stored, rejected):
                    stored = self._renewed(stored)
                    self._file.write(self._system, stored)
            self._held = stored
            return self._show(stored)

    @staticmethod
    def _usable(tokens: TokenSet | None, rejected: str | None) -> bool:
        return tokens is not None and tokens.is_fresh and tokens.access_token.get_secret_value() != rejected

    @staticmethod
    def _show(tokens: TokenSet | None) -> str:
        assert tokens is not None
        return tokens.access_token.get_secret_value()

    def _renewed(self, stored: TokenSet | None) -> TokenSet:
        """A new set. That the grant has ended is remembered, so that everybody who asks can be told."""
        try:
            return self._renew(stored)
        except DeadGrant:
            if stored is not None:
                self._file.write(self._system, replace(stored, has_ended=True))
            raise

    def _renew(self, stored: TokenSet | None) -> TokenSet:
        """A new set from the stored refresh token; from the seeded one if the stored is dead, as after a restore."""
        seeded = self._credentials.refresh_token
        refresh = (stored and stored.refresh_token) or seeded
        if refresh is None and not self._is_custom_connection:
            raise DeadGrant(
                f"{self._where}: the app (client_id) is another than the one that was connected. Allow it: "
                f"tieout connect {self._firm_id} {self._system}."
            )
        try:
            reply = self._ask(refresh)
        except DeadGrant:
            if seeded is None or refresh == seeded:
                raise
            refresh = seeded
            reply = self._ask(refresh)
        try:
            new = reply.get("refresh_token")
            return TokenSet(
                SecretStr(reply["access_token"]),
                SecretStr(new) if new else refresh,
                time.time() + float(reply["expires_in"]),
                self._seed,
                time.time(),
                stored.tenant_id if stored else None,
            )
        except (KeyError, TypeError, ValueError):
            raise TryAgain(
                f"{self._where}: a token and its lifetime were expected, found a reply without. Run again later."
            ) from None

    def _ask(self, refresh: SecretStr | None) -> dict[str, Any]:
        """The token endpoint's reply, asked again through outages: a lost reply costs nothing within Xero's grace."""
        waits = self._transport.waits()
        while True:
            try:
                response = self._post(refresh)
                trouble = f"status {response.status_code}"
                if response.status_code == 200:
                    return parse_json(response)
                if response.status_code < 500 and response.status_code != 429:
                    raise self._refusal(response)
            except requests.RequestException as error:
                trouble = f"no whole reply ({type(error).__name__})"
            except (ValueError, UnicodeDecodeError):
                trouble = "a body that is not JSON"
            wait = next(waits, None)
            if wait is None:
                raise TryAgain(f"{self._where}: {trouble}. Nothing was published. Run again later.")
            self._transport.sleep(wait)

    def _post(self, refresh: SecretStr | None) -> requests.Response:
        client_id = self._credentials.client_id.get_secret_value()
        secret = self._credentials.client_secret.get_secret_value()
        if refresh is None:
            form = {"grant_type": "client_credentials", "scope": XERO_SCOPES}
        else:
            form = {"grant_type": "refresh_token", "refresh_token": refresh.get_secret_value()}
        if self._system == "clio":
            return self._transport.send(
                "POST", self._url, form={**form, "client_id": client_id, "client_secret": secret}
            )
        return self._transport.send("POST", self._url, form=form, auth=(client_id, secret))

    @property
    def _where(self) -> str:
        return f"{self._firm_id}: {self._system} token"

    def _refusal(self, response: requests.Response) -> GiveUp:
        try:
            word = parse_json(response).get("error", "")
        except (ValueError, UnicodeDecodeError):
            word = ""
        known = {
            "invalid_grant": "the refresh token is no longer good. Allow the app again: "
            f"tieout connect {self._firm_id} {self._system}",
            "invalid_client": "client_id or client_secret is not accepted. Compare them with the app's page",
            "unauthorized_client": "the app may not use this grant. Compare xero.grant with the kind of app",
            "invalid_scope": "the app was not given every scope we read with. Add the missing ones on the app's page",
        }
        advice = known.get(str(word), "check the credentials and token_url")
        kind = DeadGrant if word == "invalid_grant" else GiveUp
        return kind(f"{self._where}: refused (status {response.status_code}): {advice}.")


def grant_of(firm: Firm, system: str, transport: Transport) -> Grant:
    """How a firm gets tokens from a system: from the set it holds, else from its secrets."""
    is_connected = TokenFile(firm.folder).read(system) is not None
    return Grant(firm, system, read_credentials(firm, system, is_connected=is_connected), transport)
