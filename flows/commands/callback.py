"""The page on this machine to which the provider sends the browser back, listening for one answer.

Anybody on this machine, and any page in the browser, can ask it something: so only an answer that carries our state
ends the wait, only a request addressed to this machine is looked at, and both loopbacks are ours, or the other one
could be somebody else's and receive the code.
"""

import html
import queue
import secrets
import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from pipelines.errors import UsageError

PATH = "/callback"
PAGE = "<!doctype html><title>Tieout</title><p>{}</p>"
RECEIVED = "The answer was received; the terminal says the rest. You can close this window."
NOTHING = "Nothing is here."
ANOTHERS = "This answers another question than the one that is open. Use the window that was opened last."
MOST_ANSWER = 8_000  # characters of a query
Answer = Mapping[str, str]


class Callback:
    """Waits for the answer to one question."""

    def __init__(self, state: str, port: int) -> None:
        self._state = state
        self._hosts = {f"{name}:{port}" for name in ("localhost", "127.0.0.1", "[::1]")}
        self._answers: queue.Queue[Answer] = queue.Queue()

    def wait(self, seconds: float) -> Answer | None:
        """The answer, or None when none came in time."""
        try:
            return self._answers.get(timeout=seconds)
        except queue.Empty:
            return None

    def hear(self, path: str, hosts: list[str]) -> tuple[int, str]:
        """Status and text for a request; our own answer ends the wait."""
        if len(hosts) != 1 or hosts[0].lower() not in self._hosts:
            return 421, NOTHING
        parts = urlsplit(path)
        if parts.path != PATH or len(parts.query) > MOST_ANSWER:
            return 404, NOTHING
        answer = dict(parse_qsl(parts.query))
        if not secrets.compare_digest(answer.get("state", "").encode("utf-8", "replace"), self._state.encode()):
            return 400, ANOTHERS
        self._answers.put(answer)
        return 200, RECEIVED


@contextmanager
def listening(state: str, port: int) -> Iterator[Callback]:
    """A page on both loopbacks for as long as the block lasts. Raises UsageError where the port is taken on one."""
    callback = Callback(state, port)
    with ExitStack() as servers:
        for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
            if family == socket.AF_INET or _has_ipv6():
                server = servers.enter_context(_server(callback, family, address, port))
                threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
                servers.callback(server.shutdown)
        yield callback


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


def _server(callback: Callback, family: int, address: str, port: int) -> ThreadingHTTPServer:
    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_GET(self) -> None:
            try:
                status, text = callback.hear(self.path, self.headers.get_all("Host") or [])
            except ValueError:  # an address that is none
                status, text = 404, NOTHING
            page = PAGE.format(html.escape(text)).encode()
            self.send_response(status)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(page)))
            self.send_header("Referrer-Policy", "no-referrer")
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, format: str, *args: object) -> None:
            """The line would hold the code."""

    class Server(ThreadingHTTPServer):
        address_family = family
        daemon_threads = True
        block_on_close = False
        allow_reuse_address = True

        def server_bind(self) -> None:
            if family == socket.AF_INET6:
                self.socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            super().server_bind()

        def handle_error(self, request: object, client_address: object) -> None:
            """A caller that hangs up is no trouble of ours, and its words are not for the terminal."""

    try:
        return Server((address, port), Handler)
    except OSError:
        raise UsageError(
            f"Port {port} of this machine was expected to be free; it is not. End what listens there, or set another "
            "connect_port in tieout.toml and on the app's page."
        ) from None
