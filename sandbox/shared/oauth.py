"""What both token servers share: grants, and the errors of RFC 6749."""

from __future__ import annotations

import base64
import binascii
import html
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from sandbox.shared.served import ServedFirm


class OAuthError(Exception):
    """A refusal of the token server: an error code and a status."""

    def __init__(self, code: str, status: int = 400, description: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.status = status
        self.description = description

    def body(self) -> dict[str, Any]:
        return {"error": self.code, **({"error_description": self.description} if self.description else {})}


@dataclass
class Code:
    """An authorization code: good once, for a while."""

    firm: ServedFirm
    client_id: str
    redirect_uri: str
    expires_at: float
    scopes: frozenset[str] = frozenset()
    challenge: str | None = None


@dataclass
class AccessToken:
    """What a bearer token stands for."""

    firms: tuple[ServedFirm, ...]
    expires_at: float
    scopes: frozenset[str] = frozenset()
    needs_tenant: bool = True


def consent_page(provider: str, query: Mapping[str, str]) -> bytes:
    """What a person sees before she allows: the question comes back with her answer as `decision`."""
    hidden = "".join(
        f'<input type="hidden" name="{html.escape(name)}" value="{html.escape(value)}">'
        for name, value in query.items()
    )
    buttons = "".join(
        f'<button id="{word}" name="decision" value="{word}">{word.capitalize()}</button>'
        for word in ("allow", "decline")
    )
    title = f"{provider} (sandbox)"
    return f"<!doctype html><title>{title}</title><h1>{title}</h1><form>{hidden}{buttons}</form>".encode()


def new_secret(prefix: str) -> str:
    return f"{prefix}-{secrets.token_urlsafe(24)}"


def firm_of_client(firms: Sequence[ServedFirm], client_id: str, key: Callable[[ServedFirm], str]) -> ServedFirm:
    """The firm whose app has this client id."""
    for firm in firms:
        if key(firm) == client_id:
            return firm
    raise OAuthError("invalid_client", 400)


def basic_credentials(header: str) -> tuple[str, str] | None:
    """Client id and secret of a Basic header."""
    kind, _, value = header.partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        client_id, _, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return client_id, secret


def redirect_with(uri: str, **parameters: str | None) -> str:
    """The redirect address with the parameters that are there."""
    given = {name: value for name, value in parameters.items() if value is not None}
    return f"{uri}{'&' if '?' in uri else '?'}{urlencode(given)}"
