"""What both systems answer alike: the way to consent, the errors of a token server, and the gateway in front."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from sandbox.serving.web import GATEWAY_PAGE, HTML, OFFLINE, TEXT, Reply, json_reply
from sandbox.shared.faults import Fault
from sandbox.shared.oauth import OAuthError, consent_page


class Authorizes(Protocol):
    """A token server that sends a browser back with a code."""

    def authorize(self, query: Mapping[str, str]) -> str:
        """Where the browser goes next. Raises OAuthError."""


def in_oauth_words(answer: Callable[[], Reply]) -> Reply:
    """The answer, or the refusal that RFC 6749 words."""
    try:
        return answer()
    except OAuthError as refused:
        return json_reply(refused.body(), refused.status)


def consent(system: str, oauth: Authorizes, query: Mapping[str, str], *, asks_a_person: bool) -> Reply:
    """The page on which a person decides, or the way back with her decision."""
    if asks_a_person and "decision" not in query:
        return Reply(200, consent_page(system, query), HTML)
    return in_oauth_words(lambda: Reply(302, headers={"Location": oauth.authorize(query)}))


def by_the_gateway(fault: Fault) -> Reply | None:
    """The reply of a fault that neither system words by itself."""
    if fault.kind == "502":
        return Reply(502, GATEWAY_PAGE.encode(), HTML)
    if fault.kind == "503":
        return Reply(503, (fault.value or OFFLINE).encode(), TEXT)
    return Reply(304) if fault.kind == "304" else None
