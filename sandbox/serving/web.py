"""One request from end to end: faults, the emulator's answer, the log, and the wire.

Both emulators hand their answer over as a `Reply`; everything that can go wrong on the way to the client
happens here, in one place.
"""

from __future__ import annotations

import asyncio
import json
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.serving import spoil
from sandbox.shared.faults import ANSWERING, SPOILING, Fault, Faults
from sandbox.shared.served import Roster, ServedFirm
from sandbox.shared.snapshots import Snapshots

JSON = "application/json; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
HTML = "text/html; charset=utf-8"
GATEWAY_PAGE = (
    "<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head>\n"
    "<body><center><h1>502 Bad Gateway</h1></center><hr></body></html>\n"
)
OFFLINE = "The API is currently offline for maintenance."


@dataclass
class Reply:
    """What goes back to the client."""

    status: int
    body: bytes = b""
    media: str = JSON
    headers: dict[str, str] = field(default_factory=dict)


def json_reply(document: Any, status: int = 200, headers: dict[str, str] | None = None) -> Reply:
    return Reply(status, json.dumps(document).encode(), JSON, headers or {})


@dataclass(frozen=True)
class Call:
    """One request as the log keeps it. Headers, and so tokens, are not kept."""

    system: str
    method: str
    path: str
    query: str
    status: int
    firm: str | None


class CallLog:
    """The requests served so far, oldest first."""

    def __init__(self) -> None:
        self._calls: list[Call] = []
        self._lock = threading.Lock()

    def append(self, call: Call) -> None:
        with self._lock:
            self._calls.append(call)

    def all(self) -> list[Call]:
        with self._lock:
            return list(self._calls)

    def clear(self) -> None:
        with self._lock:
            self._calls.clear()


class Stage:
    """What one system's app needs to serve a request."""

    def __init__(
        self,
        system: str,
        roster: Roster,
        faults: Faults,
        calls: CallLog,
        kept: Snapshots,
        refuse: Callable[[Fault], Reply],
        expire_tokens: Callable[[], None],
    ) -> None:
        self.system = system
        self._roster = roster
        self.faults = faults
        self.calls = calls
        self.kept = kept
        self._refuse = refuse
        self._expire_tokens = expire_tokens
        self._last_pages: dict[tuple[str | None, str], bytes] = {}

    async def serve(self, request: Request, firm: ServedFirm | None, answer: Callable[[], Reply]) -> Played:
        """The reply to a request, with whatever faults strike it."""
        query, path, key = request.url.query, request.url.path, self._roster.key(firm)
        hits = self.faults.strike(self.system, key, path + (f"?{query}" if query else ""))
        await self._act(hits, firm)
        answering = next((fault for fault in hits if fault.kind in ANSWERING), None)
        reply = self._refuse(answering) if answering is not None else answer()
        if reply.status == 200 and answering is None:
            reply = self._spoil(hits, reply, (key, path), str(request.url))
        status = 0 if answering is not None and answering.kind == "reset" else reply.status
        self.calls.append(Call(self.system, request.method, path, query, status, key))
        ahead = sum(fault.seconds for fault in hits if fault.kind == "other_time")
        return Played(reply, {fault.kind for fault in hits}, ahead)

    async def _act(self, hits: list[Fault], firm: ServedFirm | None) -> None:
        for fault in hits:
            if fault.kind == "slow":
                await asyncio.sleep(fault.seconds)
            elif fault.kind == "expired_token":
                self._expire_tokens()
            elif fault.kind == "change" and fault.action is not None:
                fault.action(firm)
                self.kept.touch()

    def _spoil(self, hits: list[Fault], reply: Reply, page: tuple[str | None, str], here: str) -> Reply:
        before = self._last_pages.get(page, reply.body)
        if any(fault.kind == "repeated_page" for fault in self.faults.listed()):
            self._last_pages[page] = reply.body
        for fault in hits:
            if fault.kind in SPOILING and fault.kind not in ("truncated", "cut_json"):
                document = spoil.spoil(fault, spoil.read(reply.body), spoil.read(before), here)
                reply.body = spoil.write(document)
        if any(fault.kind == "cut_json" for fault in hits):
            reply.body = reply.body[: len(reply.body) * 2 // 3]
        return reply


@dataclass
class Played:
    """A reply on its way out; an ASGI app that sends it, whole or not."""

    reply: Reply
    kinds: set[str]
    seconds_ahead: float = 0.0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if "reset" in self.kinds:
            _reset(scope)
            await _until_gone(receive)
            return
        body = self.reply.body
        headers = {
            "Date": formatdate(time.time() + self.seconds_ahead, usegmt=True),
            "Content-Type": self.reply.media,
            "Content-Length": str(len(body)),
            **self.reply.headers,
        }
        if self.reply.status in (204, 304):
            del headers["Content-Type"], headers["Content-Length"]
        pairs = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        await send({"type": "http.response.start", "status": self.reply.status, "headers": pairs})
        if "truncated" in self.kinds:
            await send({"type": "http.response.body", "body": body[: len(body) // 2], "more_body": True})
            _transport(scope).close()
            await _until_gone(receive)
            return
        await send({"type": "http.response.body", "body": body})


class WithTransport:
    """Lets a reply reach its own connection, to break it. Wraps the whole app."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        cycle = getattr(send, "__self__", None)
        scope["sandbox.transport"] = getattr(cycle, "transport", None)
        await self._app(scope, receive, send)


def _transport(scope: Scope) -> asyncio.Transport:
    transport = scope["sandbox.transport"]
    assert isinstance(transport, asyncio.Transport)
    return transport


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _reset(scope: Scope) -> None:
    """Close with a reset: the client sees no reply and no polite end."""
    transport = _transport(scope)
    connection = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


def bearer_of(request: Request) -> str:
    """The bearer token of a request, or an empty text."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if kind.lower() == "bearer" else ""


async def form_of(request: Request) -> dict[str, str]:
    """A form body as plain text fields."""
    return dict(parse_qsl((await request.body()).decode(), keep_blank_values=True))
