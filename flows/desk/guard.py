"""What a browser may ask the desk, and what it is told to refuse on our behalf.

A loopback port is open to every user of the machine and to every page in the browser. So: a request must be addressed
to this machine by name (a page elsewhere may point its own name at us), must come from a browser that signed in, and
what it changes must come from a form of ours. The answer forbids the browser to run or fetch anything that is not ours,
to show us inside another page, and to keep what it saw.
"""

from http.cookies import CookieError, SimpleCookie
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from flows.desk.look import page
from flows.desk.signing_in import Door

SIGN_IN = "/sign-in"
OPEN_TO_ALL = (SIGN_IN, "/static/")
MOST_QUERY = 500
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def cookie_name(port: int) -> str:
    """Cookies do not know ports: two desks on one machine must not take each other's."""
    return f"tieout_desk_{port}"


class Guard:
    """Stands before the pages; `scope["state"]` holds the session of who gets through."""

    def __init__(self, app: ASGIApp, door: Door, port: int) -> None:
        self._app, self._door, self._cookie = app, door, cookie_name(port)
        self._hosts = {f"{name}:{port}" for name in ("localhost", "127.0.0.1", "[::1]")}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or hand on to the pages."""
        if scope["type"] != "http":
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        refusal = self._refusal(scope)
        await (refusal or self._app)(scope, receive, send_guarded)

    def _refusal(self, scope: Scope) -> ASGIApp | None:
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            return PlainTextResponse("Nothing is here.", 421)
        is_foreign = headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")
        if scope["method"] not in ("GET", "HEAD") and (is_foreign or self._is_anothers(headers.get("origin"))):
            return PlainTextResponse("This form is not ours.", 403)
        if scope["path"].startswith(OPEN_TO_ALL):
            return None
        word = _cookie(headers, self._cookie)
        session = self._door.session(word)
        if session is not None:
            scope.setdefault("state", {}).update(session=session, word=word)
            return None
        if scope["method"] not in ("GET", "HEAD"):
            return PlainTextResponse("Sign in first.", 401)
        wanted = _own_address(scope)
        # A link in a mail comes without our cookie, which never travels from elsewhere: the page asks again by itself.
        if is_foreign and word == "" and headers.get("sec-fetch-mode") == "navigate":
            return HTMLResponse(page("again.html", None, wanted=wanted), 401)
        return HTMLResponse(page("sign_in.html", None, wanted=wanted), 401)

    def _is_anothers(self, origin: str | None) -> bool:
        """Under `no-referrer` a browser says "null" of its own page; then the form's token alone decides."""
        return origin not in (None, "null") and str(origin).removeprefix("http://").lower() not in self._hosts


def _own_address(scope: Scope) -> str:
    """What was asked for, to come back to. Two slashes before it would name another machine."""
    asked = scope["query_string"].decode("latin-1")[:MOST_QUERY]
    return "/" + quote(scope["path"].lstrip("/\\"), safe="/:") + (f"?{asked}" if asked else "")


def _cookie(headers: Headers, name: str) -> str:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        return ""
    return found.value if found else ""
