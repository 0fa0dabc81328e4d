"""Access tokens, renewed once and never lost.

A refresh token that rotates is spent by its use: losing the reply loses the connection. So room for the new set is
taken on the disk before the old one is spent, and the new set is on disk (written aside, synced, renamed, folder
synced; readable by its owner alone) before the first call is made with it. A lock on the firm's folder lets one process
at a time renew: the others find the new set when they get the lock. What a killed write left is removed under it.

``<data_dir>/<firm>/tokens.json`` wins over the seeded refresh token, until a person seeds another one: the set
remembers (as a hash) which seed it grew from. Clio answers a refresh without a new refresh token, Xero with one, a
custom connection has none: what is not in the reply stays as it was.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import math
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from pipelines.api.http import PASSING, NoReply, Transport
from pipelines.api.reply import OddBody, Response, parse_json
from pipelines.errors import GiveUp, TryAgain
from pipelines.firm.files import in_a_sentence, room_for, sweep, write_private
from pipelines.firm.locks import locked
from pipelines.firm.secrets import Credentials, read_credentials, secret
from pipelines.firm.settings import Firm

XERO_SCOPES = (
    "accounting.invoices.read accounting.payments.read accounting.banktransactions.read accounting.contacts.read "
    "accounting.settings.read accounting.manualjournals.read accounting.reports.trialbalance.read"
)
MARGIN_SECONDS = 120
LONGEST_LIFE = 366 * 86_400.0
_TOKEN = re.compile(r"[\x21-\x7e]{1,16384}")


OAUTH_ERRORS = (
    "access_denied",
    "invalid_client",
    "invalid_grant",
    "invalid_request",
    "invalid_scope",
    "server_error",
    "temporarily_unavailable",
    "unauthorized_client",
    "unsupported_grant_type",
    "unsupported_response_type",
)


class DeadGrant(GiveUp):
    """``invalid_grant``: this refresh token opens nothing any more."""


class DamagedTokens(GiveUp):
    """A firm's token sets are there and cannot be read, which is not the same as none."""

    def __init__(self, path: Path, expected: str) -> None:
        firm_id = path.parent.name
        super().__init__(
            f"{path}: {expected} was expected, and is not there: the file is damaged, and with it what was connected. "
            f"Connect again, each system by itself: tieout connect {firm_id} clio, tieout connect {firm_id} xero."
        )


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
        with locked(self._folder / "tokens.lock"):
            sweep(self._path)
            yield

    @contextlib.contextmanager
    def room(self, system: str) -> Iterator[Callable[[TokenSet], None]]:
        """Room on the disk for a set that is about to be asked for; the function stores it. Call it under the lock."""
        with room_for(self._path) as fill:
            yield lambda tokens: fill(self._with(system, tokens))

    def read(self, system: str) -> TokenSet | None:
        """The stored set, or None if the file is not there or holds none. Raises DamagedTokens where it holds something
        else, GiveUp where this user may not read it: to ask with the seeded token would spend that for nothing."""
        everything = self._content()
        if everything is None:
            raise DamagedTokens(self._path, "JSON with the token sets of both systems")
        if system not in everything:
            return None
        try:
            raw = everything[system]
            refresh = raw["refresh_token"]
            return TokenSet(
                token_of(raw["access_token"]),
                token_of(refresh) if refresh else None,
                float(raw["expires_at"]),
                str(raw["seed"]),
                float(raw["renewed_at"]),
                raw["tenant_id"],
                bool(raw.get("has_ended")),
            )
        except (KeyError, TypeError, ValueError):
            raise DamagedTokens(self._path, f"the token set of {system}") from None

    def _content(self) -> dict[str, Any] | None:
        """The sets by system, none where the file is not there; None where it holds something else."""
        with in_a_sentence(self._path):
            try:
                found = json.loads(self._path.read_text(encoding="utf-8"))
            except FileNotFoundError:
                return {}
            except (ValueError, RecursionError):
                return None
        return found if isinstance(found, dict) else None

    def write(self, system: str, tokens: TokenSet) -> None:
        """Store a set beside the other system's. Call it under the lock."""
        write_private(self._path, self._with(system, tokens))

    def _with(self, system: str, tokens: TokenSet) -> str:
        """The whole file with this set in it."""
        everything = self._content() or {}
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
        return json.dumps(everything, indent=1)

    def remove(self, system: str) -> None:
        """Forget a set; the other system's stays. Call it under the lock."""
        everything = self._content() or {}
        if everything.pop(system, None) is not None:
            write_private(self._path, json.dumps(everything, indent=1))


def token_of(value: Any) -> SecretStr:
    """A token that can stand in a header: letters, digits and marks, no blank, no line break. Raises ValueError."""
    if not isinstance(value, str) or not _TOKEN.fullmatch(value):
        raise ValueError("a token of plain characters")
    return secret(value)


def token_set_of(reply: Mapping[str, Any], refresh: SecretStr | None, seed: str, tenant_id: str | None) -> TokenSet:
    """A token endpoint's reply; what it leaves out of the refresh token stays as it was. Raises ValueError, which
    quotes nothing."""
    new, lasts = reply.get("refresh_token"), reply.get("expires_in")
    if isinstance(lasts, bool) or not isinstance(lasts, int | Decimal | str):
        raise ValueError("a lifetime in seconds")
    seconds = float(lasts)
    if not math.isfinite(seconds) or not 0 < seconds <= LONGEST_LIFE:
        raise ValueError("a lifetime in seconds")
    now = time.time()
    return TokenSet(
        token_of(reply.get("access_token")), token_of(new) if new else refresh, now + seconds, seed, now, tenant_id
    )


def seed_of(credentials: Credentials) -> str:
    """What a token set grew from, as a hash: a person who seeds another refresh token means that one."""
    seed = credentials.refresh_token or credentials.client_id
    return hashlib.sha256(seed.get_secret_value().encode()).hexdigest()


def account_of(firm: Firm, system: str) -> str | None:
    """The firm's organisation in Xero (that of tieout.toml first) or account in Clio, as it was when connected; None
    where nothing that can be read says it."""
    connected = None
    with contextlib.suppress(DamagedTokens):  # who asks for a token is told
        stored = TokenFile(firm.folder).read(system)
        connected = stored.tenant_id if stored else None
    return (firm.xero.tenant_id or connected) if system == "xero" else connected


def error_word(response: Response) -> str:
    """The error as the OAuth standards name it; nothing where the reply has another word, which is not to be shown."""
    try:
        word = parse_json(response).get("error")
    except OddBody:
        return ""
    return word if isinstance(word, str) and word in OAUTH_ERRORS else ""


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
                stored = self._stored()
                if not self._usable(stored, rejected):
                    with self._file.room(self._system) as keep:  # a refresh token is spent by asking
                        stored = self._renewed(stored)
                        keep(stored)
            self._held = stored
            return self._show(stored)

    def _stored(self) -> TokenSet | None:
        """The stored set that grew from this seed. A file that is damaged is none for whoever can ask without it."""
        try:
            stored = self._file.read(self._system)
        except DamagedTokens:
            if self._credentials.refresh_token is None and not self._is_custom_connection:
                raise
            return None
        return stored if stored is not None and stored.seed == self._seed else None

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
            return token_set_of(reply, refresh, self._seed, stored.tenant_id if stored else None)
        except ValueError:
            raise TryAgain(
                f"{self._where}: a token and its lifetime were expected, found a reply without. Nothing was published. "
                "Run again later."
            ) from None

    def _ask(self, refresh: SecretStr | None) -> dict[str, Any]:
        """The token endpoint's reply, asked again through outages: a lost reply costs nothing within Xero's grace."""
        waits = self._transport.waits()
        costly = 0
        while True:
            try:
                response = self._post(refresh)
                trouble = f"status {response.status_code}"
                if response.status_code == 200:
                    return parse_json(response)
                if 400 <= response.status_code < 500 and response.status_code not in (429, *PASSING):
                    raise self._refusal(response)
            except NoReply as error:
                trouble = str(error)
                costly += error.costly
            except OddBody as found:
                trouble = f"status 200 with {found}"
            wait = next(waits, None)
            if wait is None or costly >= self._transport.patience.costly_attempts:
                raise TryAgain(
                    f"{self._where}: a token was expected, found {trouble}. Nothing was published. Run again later."
                )
            self._transport.pause(wait)

    def _post(self, refresh: SecretStr | None) -> Response:
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

    def _refusal(self, response: Response) -> GiveUp:
        word = error_word(response)
        known = {
            "invalid_grant": "the refresh token is no longer good. Allow the app again: "
            f"tieout connect {self._firm_id} {self._system}",
            "invalid_client": "client_id or client_secret is not accepted. Compare them with the app's page",
            "unauthorized_client": "the app may not use this grant. Compare xero.grant with the kind of app",
            "invalid_scope": "the app was not given every scope we read with. Add the missing ones on the app's page",
        }
        advice = known.get(word, "check the credentials and token_url")
        kind = DeadGrant if word == "invalid_grant" else GiveUp
        return kind(f"{self._where}: refused (status {response.status_code}): {advice}.")


def grant_of(firm: Firm, system: str, transport: Transport) -> Grant:
    """How a firm gets tokens from a system: from the set it holds, else from its secrets."""
    try:
        is_connected = TokenFile(firm.folder).read(system) is not None
    except DamagedTokens:
        is_connected = True  # it was, and the grant says what became of it
    return Grant(firm, system, read_credentials(firm, system, is_connected=is_connected), transport)
