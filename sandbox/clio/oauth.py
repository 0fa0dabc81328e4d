"""Clio's token server: codes of ten minutes, access tokens of thirty days, refresh tokens that stay.

A refresh answers with a new access token and no refresh token: the old one goes on working, any number of
times. A client that insists on a new one, or stores "none" over the old, breaks here as it would there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sandbox.shared.oauth import (
    AccessToken,
    Code,
    OAuthError,
    firm_of_client,
    new_secret,
    redirect_with,
)
from sandbox.shared.served import Clock, Knobs, ServedFirm

CODE_SECONDS = 600


class ClioOAuth:
    """Tokens of all firms served."""

    def __init__(self, firms: Sequence[ServedFirm], clock: Clock, knobs: Knobs) -> None:
        self._firms = firms
        self._clock = clock
        self._knobs = knobs
        self._codes: dict[str, Code] = {}
        self._access: dict[str, AccessToken] = {}
        self._refresh = {firm.credentials.clio_refresh_token: firm for firm in firms}

    def authorize(self, query: Mapping[str, str]) -> str:
        """Approve at once and send the browser back, as if the user had clicked."""
        firm = firm_of_client(self._firms, query.get("client_id", ""), lambda firm: firm.credentials.clio_client_id)
        uri = query.get("redirect_uri", "")
        if query.get("response_type") != "code" or not uri:
            raise OAuthError("invalid_request")
        if query.get("decision") == "decline":
            return redirect_with(uri, error="access_denied", state=query.get("state"))
        code = new_secret("clio-code")
        expires = self._clock.time() + CODE_SECONDS
        self._codes[code] = Code(firm, firm.credentials.clio_client_id, uri, expires)
        return redirect_with(uri, code=code, state=query.get("state"))

    def token(self, form: Mapping[str, str]) -> dict[str, Any]:
        firm = firm_of_client(self._firms, form.get("client_id", ""), lambda firm: firm.credentials.clio_client_id)
        if form.get("client_secret") != firm.credentials.clio_client_secret:
            raise OAuthError("invalid_client", 401)
        if form.get("grant_type") == "authorization_code":
            self._spend_code(firm, form)
            refresh = new_secret("clio-refresh")
            self._refresh[refresh] = firm
            return {**self._new_access(firm), "refresh_token": refresh}
        if form.get("grant_type") == "refresh_token":
            if self._refresh.get(form.get("refresh_token", "")) is not firm:
                raise OAuthError("invalid_grant", 400)
            return self._new_access(firm)
        raise OAuthError("unsupported_grant_type")

    def _spend_code(self, firm: ServedFirm, form: Mapping[str, str]) -> None:
        code = self._codes.pop(form.get("code", ""), None)
        if (
            code is None
            or code.firm is not firm
            or code.expires_at < self._clock.time()
            or code.redirect_uri != form.get("redirect_uri")
        ):
            raise OAuthError("invalid_grant")

    def _new_access(self, firm: ServedFirm) -> dict[str, Any]:
        token = new_secret("clio-access")
        lives = self._knobs.clio_access_seconds
        self._access[token] = AccessToken((firm,), self._clock.time() + lives)
        return {"token_type": "bearer", "access_token": token, "expires_in": lives}

    def deauthorize(self, bearer: str, token: str) -> None:
        """End a grant: its access token and every refresh token of the firm."""
        access = self._access.pop(bearer, None)
        if access is None:
            raise OAuthError("invalid_token", 401)
        self._access.pop(token, None)
        self._refresh = {key: firm for key, firm in self._refresh.items() if firm is not access.firms[0]}

    def firm_named(self, form: Mapping[str, str]) -> ServedFirm | None:
        """The firm a token request is about."""
        wanted = form.get("client_id")
        return next((firm for firm in self._firms if firm.credentials.clio_client_id == wanted), None)

    def find(self, token: str) -> AccessToken | None:
        """What a token stands for, expired or not."""
        return self._access.get(token)

    def expired(self, access: AccessToken) -> bool:
        return access.expires_at <= self._clock.time()

    def expire_all(self) -> None:
        """Every access token given out so far is over."""
        for access in self._access.values():
            access.expires_at = 0.0
