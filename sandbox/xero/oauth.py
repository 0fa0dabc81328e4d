"""Xero's token server and its list of connections.

Access tokens last 30 minutes. A refresh hands out a new refresh token; the one before it goes on working for
30 minutes, for replies that got lost, and is dead for good after that. A custom connection (client
credentials) has no refresh token and reaches exactly one organisation.
"""

from __future__ import annotations

import base64
import hashlib
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sandbox.shared.oauth import (
    AccessToken,
    Code,
    OAuthError,
    basic_credentials,
    firm_of_client,
    new_secret,
    redirect_with,
)
from sandbox.shared.served import Clock, Knobs, ServedFirm

CODE_SECONDS = 300
_AREAS = ("invoices", "payments", "banktransactions", "manualjournals", "contacts", "settings")
_REPORTS = ("aged", "balancesheet", "banksummary", "executivesummary", "profitandloss", "trialbalance")
READ_SCOPES = frozenset(
    [f"accounting.{area}.read" for area in _AREAS] + [f"accounting.reports.{report}.read" for report in _REPORTS]
)
KNOWN_SCOPES = (
    READ_SCOPES
    | {f"accounting.{area}" for area in _AREAS}
    | {"offline_access", "openid", "profile", "email", "accounting.journals.read"}
)


@dataclass
class RefreshToken:
    """One link of a chain: superseded by the next, it lives on for the grace period."""

    client_id: str
    firms: tuple[ServedFirm, ...]
    scopes: frozenset[str]
    dies_at: float | None = None


class XeroOAuth:
    """Tokens and connections of all firms served."""

    def __init__(self, firms: Sequence[ServedFirm], clock: Clock, knobs: Knobs) -> None:
        self._firms = tuple(firms)
        self._clock = clock
        self._knobs = knobs
        self._codes: dict[str, Code] = {}
        self._access: dict[str, AccessToken] = {}
        self._refresh: dict[str, RefreshToken] = {}
        self._disconnected: set[str] = set()
        for firm in firms:
            self._refresh[firm.credentials.xero_refresh_token] = RefreshToken(
                firm.credentials.xero_client_id, (firm,), READ_SCOPES
            )

    def authorize(self, query: Mapping[str, str]) -> str:
        """Approve at once and send the browser back."""
        firm = self._client(query.get("client_id", ""))
        uri = query.get("redirect_uri", "")
        if query.get("response_type") != "code" or not uri:
            raise OAuthError("invalid_request")
        if query.get("code_challenge") and query.get("code_challenge_method") != "S256":
            raise OAuthError("invalid_request")
        if query.get("decision") == "decline":
            return redirect_with(uri, error="access_denied", state=query.get("state"))
        if self._knobs.xero_two_apps_already:
            return redirect_with(uri, error="server_error", state=query.get("state"))
        code = new_secret("xero-code")
        self._codes[code] = Code(
            firm,
            query["client_id"],
            uri,
            self._clock.time() + CODE_SECONDS,
            self._scopes(query.get("scope", "")),
            query.get("code_challenge"),
        )
        return redirect_with(uri, code=code, state=query.get("state"))

    def token(self, authorization: str, form: Mapping[str, str]) -> dict[str, Any]:
        client_id, secret = basic_credentials(authorization) or (
            form.get("client_id", ""),
            form.get("client_secret"),
        )
        firm = self._client(client_id)
        if secret is not None and secret != firm.credentials.xero_client_secret:
            raise OAuthError("invalid_client")
        grant = form.get("grant_type")
        if grant == "client_credentials" and secret is not None:
            return self._custom_connection(firm, form)
        if grant == "authorization_code":
            return self._exchange(client_id, secret, form)
        if grant == "refresh_token":
            return self._rotate(client_id, form)
        raise OAuthError("unauthorized_client" if grant == "client_credentials" else "unsupported_grant_type")

    def _client(self, client_id: str) -> ServedFirm:
        return firm_of_client(self._firms, client_id, lambda firm: firm.credentials.xero_client_id)

    def _scopes(self, text: str) -> frozenset[str]:
        asked = frozenset(text.split()) or READ_SCOPES
        if not asked <= KNOWN_SCOPES:
            raise OAuthError("invalid_scope")
        return asked

    def _custom_connection(self, firm: ServedFirm, form: Mapping[str, str]) -> dict[str, Any]:
        return self._new_access((firm,), self._scopes(form.get("scope", "")), needs_tenant=False)

    def _exchange(self, client_id: str, secret: str | None, form: Mapping[str, str]) -> dict[str, Any]:
        code = self._codes.pop(form.get("code", ""), None)
        if (
            code is None
            or code.client_id != client_id
            or code.expires_at < self._clock.time()
            or code.redirect_uri != form.get("redirect_uri")
        ):
            raise OAuthError("invalid_grant")
        if code.challenge is not None and _challenge(form.get("code_verifier", "")) != code.challenge:
            raise OAuthError("invalid_grant")
        if code.challenge is None and secret is None:
            raise OAuthError("invalid_client")
        return self._token_set(client_id, self._consent(code.firm), code.scopes)

    def _consent(self, firm: ServedFirm) -> tuple[ServedFirm, ...]:
        return self._firms if self._knobs.xero_one_consent else (firm,)

    def _rotate(self, client_id: str, form: Mapping[str, str]) -> dict[str, Any]:
        known = self._refresh.get(form.get("refresh_token", ""))
        now = self._clock.time()
        if known is None or known.client_id != client_id or (known.dies_at is not None and known.dies_at < now):
            raise OAuthError("invalid_grant")
        if known.dies_at is None:
            known.dies_at = now + self._knobs.xero_grace_seconds
        firms = self._consent(known.firms[0])
        return self._token_set(client_id, firms, known.scopes | {"offline_access"})

    def _token_set(self, client_id: str, firms: tuple[ServedFirm, ...], scopes: frozenset[str]) -> dict[str, Any]:
        reply = self._new_access(firms, scopes, needs_tenant=True)
        if "offline_access" in scopes:
            refresh = new_secret("xero-refresh")
            self._refresh[refresh] = RefreshToken(client_id, firms, scopes)
            reply["refresh_token"] = refresh
        return reply

    def _new_access(self, firms: tuple[ServedFirm, ...], scopes: frozenset[str], needs_tenant: bool) -> dict[str, Any]:
        lives = self._knobs.xero_access_seconds
        expires = self._clock.time() + lives
        scopes = scopes - self._knobs.refused_scopes
        token = _jwt({"exp": int(expires), "scope": sorted(scopes), "jti": uuid.uuid4().hex})
        self._access[token] = AccessToken(firms, expires, scopes, needs_tenant)
        return {
            "access_token": token,
            "expires_in": lives,
            "token_type": "Bearer",
            "scope": " ".join(sorted(scopes)),
        }

    def revoke(self, token: str) -> None:
        """The user's connections to the app end with the refresh token."""
        known = self._refresh.pop(token, None)
        if known is not None:
            for firm in known.firms:
                self._disconnected.add(firm.credentials.tenant_id)

    def firm_named(self, authorization: str, form: Mapping[str, str]) -> ServedFirm | None:
        """The firm a token request is about."""
        wanted = (basic_credentials(authorization) or (form.get("client_id"), ""))[0]
        return next((firm for firm in self._firms if firm.credentials.xero_client_id == wanted), None)

    def find(self, token: str) -> AccessToken | None:
        return self._access.get(token)

    def expired(self, access: AccessToken) -> bool:
        return access.expires_at <= self._clock.time()

    def expire_all(self) -> None:
        """Every access token given out so far is over."""
        for access in self._access.values():
            access.expires_at = 0.0

    def tenant(self, access: AccessToken, header: str | None) -> ServedFirm | None:
        """The organisation a call is about; none when the header is missing, wrong or disconnected."""
        if header is None:
            firm = access.firms[0] if not access.needs_tenant else None
        else:
            firm = next((firm for firm in access.firms if firm.credentials.tenant_id == header), None)
        if firm is None or firm.credentials.tenant_id in self._disconnected:
            return None
        return firm

    def connections(self, access: AccessToken) -> list[dict[str, Any]]:
        stamp = datetime.fromtimestamp(0, UTC).strftime("%Y-%m-%dT%H:%M:%S.0000000")
        return [
            {
                "id": _connection_id(firm),
                "authEventId": str(uuid.uuid5(uuid.NAMESPACE_URL, firm.credentials.tenant_id + "#consent")),
                "tenantId": firm.credentials.tenant_id,
                "tenantType": "ORGANISATION",
                "tenantName": firm.xero.organisation.get("Name", firm.name),
                "createdDateUtc": stamp,
                "updatedDateUtc": stamp,
            }
            for firm in access.firms
            if firm.credentials.tenant_id not in self._disconnected
        ]

    def disconnect(self, access: AccessToken, connection: str) -> bool:
        for firm in access.firms:
            if _connection_id(firm) == connection:
                self._disconnected.add(firm.credentials.tenant_id)
                return True
        return False


def _connection_id(firm: ServedFirm) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, firm.credentials.tenant_id))


def _challenge(verifier: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def _jwt(claims: Mapping[str, Any]) -> str:
    """A token of a JWT's form; nobody checks its signature."""
    parts = [{"alg": "RS256", "typ": "JWT"}, claims]
    texts = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*texts, new_secret("sig")])
