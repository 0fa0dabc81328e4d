"""How a person lets us read a firm's Clio or Xero: the authorization code flow, without the browser.

``begin`` makes the address to open, ``read_answer`` takes what came back from it, ``exchange`` makes a token set of the
code. State and, where the provider knows it (Xero), PKCE bind the three together, so that a code from elsewhere is
never taken. We ask for the least: read scopes of the lists that a night reads. Which scopes Clio gives is chosen on
the app's page there.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from pydantic import SecretStr

from pipelines.api.http import Api, Bearer, NoReply, Reply, Transport
from pipelines.api.reply import OddBody, Response, parse_json
from pipelines.api.tokens import (
    OAUTH_ERRORS,
    XERO_SCOPES,
    DeadGrant,
    Grant,
    TokenFile,
    TokenSet,
    account_of,
    error_word,
    grant_of,
    seed_of,
    token_set_of,
)
from pipelines.clio import lists as clio
from pipelines.errors import GiveUp, TryAgain
from pipelines.firm.secrets import Credentials, read_credentials
from pipelines.firm.secrets import secret as known
from pipelines.firm.settings import Firm


@dataclass(frozen=True)
class Consent:
    """One question to a person, and what its answer must match."""

    system: str
    url: str
    redirect: str
    state: str
    verifier: SecretStr | None


@dataclass(frozen=True)
class Organisation:
    """A Xero organisation, or a Clio account, that a token reaches."""

    tenant_id: str
    name: str


def begin(firm: Firm, system: str, credentials: Credentials, redirect: str) -> Consent:
    """The address on which the person is asked. A fresh state and verifier each time."""
    state = secrets.token_urlsafe(24)
    asked = {
        "response_type": "code",
        "client_id": credentials.client_id.get_secret_value(),
        "redirect_uri": redirect,
        "state": state,
    }
    if system == "clio":
        asked["redirect_on_decline"] = "true"
        return Consent(system, f"{firm.clio.authorize}?{urlencode(asked)}", redirect, state, None)
    verifier = secrets.token_urlsafe(64)
    digest = hashlib.sha256(verifier.encode()).digest()
    asked["scope"] = f"offline_access {XERO_SCOPES}"
    asked["code_challenge"] = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    asked["code_challenge_method"] = "S256"
    return Consent(system, f"{firm.xero.authorize}?{urlencode(asked)}", redirect, state, SecretStr(verifier))


def read_answer(firm: Firm, consent: Consent, answer: Mapping[str, str]) -> SecretStr:
    """The code out of what the provider sent back. Raises GiveUp with what to do when it is a no, or not an answer to
    this question."""
    where = f"{firm.id}: {consent.system}"
    if not secrets.compare_digest(answer.get("state", ""), consent.state):
        raise GiveUp(
            f"{where}: the answer belongs to another question (its state differs). Nothing was connected. Close other "
            f"windows of it and run `tieout connect {firm.id} {consent.system}` again."
        )
    word = answer.get("error")
    if word == "access_denied":
        raise GiveUp(
            f"{where}: it was declined. Nothing was connected. Run the command again and choose Allow, as a user who "
            "may see every bill and account."
        )
    if word or not answer.get("code"):
        found = f"the error {word}" if word in OAUTH_ERRORS else "an error of another kind" if word else "none"
        limit = " Xero takes two uncertified apps per organisation: remove one there, or use a custom connection."
        raise GiveUp(
            f"{where}: a code was expected, found {found}. Nothing was connected. Compare the app's redirect address "
            f"with {consent.redirect}." + (limit if consent.system == "xero" else "")
        )
    return known(answer["code"])


def exchange(firm: Firm, consent: Consent, code: SecretStr, credentials: Credentials, transport: Transport) -> TokenSet:
    """The token set that a code is good for, once. Raises GiveUp when it is refused, TryAgain when nobody answers."""
    client_id, secret = credentials.client_id.get_secret_value(), credentials.client_secret.get_secret_value()
    form = {
        "grant_type": "authorization_code",
        "code": code.get_secret_value(),
        "redirect_uri": consent.redirect,
    }
    try:
        if consent.system == "clio":
            form |= {"client_id": client_id, "client_secret": secret}
            response = transport.send("POST", firm.clio.tokens, form=form)
        else:
            form |= {"code_verifier": consent.verifier.get_secret_value() if consent.verifier else ""}
            response = transport.send("POST", firm.xero.tokens, form=form, auth=(client_id, secret))
        reply = parse_json(response) if response.status_code == 200 else {}
    except (NoReply, OddBody) as found:
        raise TryAgain(
            f"{firm.id}: {consent.system}: a token was expected, found {found}. Nothing was connected. Run the command "
            "again."
        ) from None
    if response.status_code != 200 or not reply.get("refresh_token"):
        raise GiveUp(_not_exchanged(firm, consent, response.status_code, error_word(response)))
    try:
        return token_set_of(reply, None, seed_of(credentials), None)
    except ValueError as expected:
        raise TryAgain(
            f"{firm.id}: {consent.system}: {expected} was expected, found something else. Nothing was connected. Run "
            "the command again."
        ) from None


def _not_exchanged(firm: Firm, consent: Consent, status: int, word: str) -> str:
    where = f"{firm.id}: {consent.system}: the code was not taken (status {status}, {word or 'no refresh token'})"
    if word == "invalid_client":
        region = f" Is region {firm.clio.region!r} the firm's?" if consent.system == "clio" else ""
        return f"{where}. Compare client_id and client_secret with the app's page.{region}"
    return f"{where}. It is good once and for some minutes: run the command again."


def organisations(firm: Firm, tokens: TokenSet, transport: Transport) -> list[Organisation]:
    """The Xero organisations of this consent; all that the token reaches where Xero does not say which."""
    reply = _connections(firm, tokens.access_token.get_secret_value(), transport)
    reached = reply.rows("items")
    found = [one for one in reached if one.get("tenantType", "ORGANISATION") == "ORGANISATION"]
    event = _claims(tokens.access_token).get("authentication_event_id")
    of_this_consent = [one for one in found if event and one.get("authEventId") == event]
    return [
        Organisation(_text(reply, one, "tenantId").lower(), _text(reply, one, "tenantName"))
        for one in of_this_consent or found
    ]


def prove(
    firm: Firm, system: str, tokens: TokenSet | Grant, tenant_id: str | None, transport: Transport
) -> Organisation:
    """One read of what matters with a token set (Clio: bills, Xero: the organisation); the name and id of what is
    connected, as the system gives them. Raises Refused when the user or the app may not read it."""
    holder = tokens if isinstance(tokens, Grant) else _Fixed(tokens.access_token.get_secret_value())
    if system == "clio":
        api = Api(firm.id, "clio", firm.clio.api, holder, transport)
        api.get(clio.BILLS.path, {"fields": "id", "limit": "1"})
        me = api.get("users/who_am_i", {"fields": "id,account{id,name}"})
        account = _part(me, me.data.get("data"), "account")
        return Organisation(_text(me, account, "id"), _text(me, account, "name"))
    api = Api(firm.id, "xero", firm.xero.api, holder, transport)
    reply = api.get("Organisation", headers={"xero-tenant-id": tenant_id} if tenant_id else None)
    [*own] = reply.rows("Organisations")
    if len(own) != 1:
        raise reply.odd("one organisation", f"{len(own)}")
    return Organisation(tenant_id or _text(reply, own[0], "OrganisationID").lower(), _text(reply, own[0], "Name"))


def _part(reply: Reply, whole: Any, name: str) -> dict[str, Any]:
    found = whole.get(name) if isinstance(whole, dict) else None
    if not isinstance(found, dict):
        raise reply.odd(f"an object named {name}", "none")
    return found


def _text(reply: Reply, record: Mapping[str, Any], name: str) -> str:
    """An id or a name, which must be there: an id that we made up would be taken for the firm's."""
    found = record.get(name)
    if isinstance(found, bool) or not isinstance(found, str | int) or found == "":
        raise reply.odd(f"text named {name}", "none")
    return str(found)


def keep(firm: Firm, system: str, tokens: TokenSet) -> None:
    """Store a token set, whatever stood there."""
    file = TokenFile(firm.folder)
    with file.locked():
        file.write(system, tokens)


def end(firm: Firm, system: str, transport: Transport) -> bool:
    """End the firm's connection at the provider and forget its token set; False where there was none.

    Raises TryAgain, and keeps the set, where the provider does not confirm it.
    """
    file = TokenFile(firm.folder)
    stored = file.read(system)
    if stored is None:
        return False
    try:
        access = grant_of(firm, system, transport).access_token()
        if system == "clio":
            _deauthorize(firm, access, transport)
        else:
            _remove_connection(firm, access, transport)
    except DeadGrant:
        pass  # it has ended before
    except NoReply as found:
        raise TryAgain(f"{firm.id}: {system}: an answer was expected, found {found}. Run it again.") from None
    with file.locked():
        file.remove(system)
    return True


def _deauthorize(firm: Firm, access: str, transport: Transport) -> None:
    response = transport.send("POST", firm.clio.revoke, form={"token": access}, auth=Bearer(access))
    _confirmed(firm, "clio", response, (200,))


def _remove_connection(firm: Firm, access: str, transport: Transport) -> None:
    """Only this firm's organisation: a revoked refresh token would take along every organisation that the same user
    connected, those of other firms too. The last one's is revoked, so that nothing is left behind."""
    reply = _connections(firm, access, transport)
    reached = reply.rows("items")
    wanted = (account_of(firm, "xero") or "").lower()
    own = [one for one in reached if not wanted or _text(reply, one, "tenantId").lower() == wanted]
    if len(own) > 1:
        raise GiveUp(
            f"{firm.id}: xero: {len(own)} organisations can be reached, and which one is the firm's is not known. "
            "Write it as xero.tenant_id in tieout.toml; nothing was ended."
        )
    for one in own:
        address = f"{firm.xero.connections}/{quote(_text(reply, one, 'id'), safe='')}"
        response = transport.send("DELETE", address, auth=Bearer(access))
        _confirmed(firm, "xero", response, (200, 204, 404))
    stored = TokenFile(firm.folder).read("xero")
    if len(own) == len(reached) and stored is not None and stored.refresh_token is not None:
        known = read_credentials(firm, "xero", is_connected=True)
        form = {"token": stored.refresh_token.get_secret_value()}
        app = (known.client_id.get_secret_value(), known.client_secret.get_secret_value())
        _confirmed(firm, "xero", transport.send("POST", firm.xero.revoke, form=form, auth=app), (200,))


def _connections(firm: Firm, access: str, transport: Transport) -> Reply:
    """Every organisation that a token of Xero's reaches (GET /connections), as ``items``."""
    return Api(firm.id, "xero", firm.xero.connections, _Fixed(access), transport).get("")


def _confirmed(firm: Firm, system: str, response: Response, good: tuple[int, ...]) -> None:
    if response.status_code not in good:
        raise TryAgain(
            f"{firm.id}: {system}: the end of the connection was expected to be confirmed, found status "
            f"{response.status_code}. Run it again, or remove the app on {system.capitalize()}'s own page."
        )


class _Fixed:
    """An access token that was given a moment ago, for the reads that need no other."""

    def __init__(self, access: str) -> None:
        self._access = access

    def access_token(self, rejected: str | None = None) -> str:
        return self._access


def _claims(token: SecretStr) -> dict[str, Any]:
    """What a JWT says of itself; nothing where it is none."""
    try:
        payload = token.get_secret_value().split(".")[1]
        found = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
