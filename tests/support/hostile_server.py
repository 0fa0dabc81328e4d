"""A server that writes what it is told to, byte by byte, and need not keep to HTTP."""

from __future__ import annotations

import contextlib
import gzip
import socket
import threading
import time
from collections.abc import Callable
from types import TracebackType

Write = Callable[[socket.socket], None]


class HostileServer:
    """Every request gets the same words."""

    def __init__(self, write: Write) -> None:
        self._write = write
        self._ended = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.asked = 0

    def __enter__(self) -> HostileServer:
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._listener.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while not self._ended.is_set():
                caller, _ = self._listener.accept()
                threading.Thread(target=self._answer, args=(caller,), daemon=True).start()

    def _answer(self, caller: socket.socket) -> None:
        with caller, contextlib.suppress(OSError):
            asked = b""
            while b"\r\n\r\n" not in asked:
                asked += caller.recv(65536) or b"\r\n\r\n"
            self.asked += 1
            self._write(caller)


def head(body: bytes, *headers: str, status: str = "200 OK", media: str = "application/json") -> bytes:
    """A reply whose headers fit its body."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {media}", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join([*lines, "Connection: close", "", ""]).encode("latin-1") + body


def says(content: bytes) -> Write:
    """All at once, and then the end."""
    return lambda caller: caller.sendall(content)


def body(text: str | bytes, *headers: str, status: str = "200 OK", media: str = "application/json") -> Write:
    """A whole reply with this body."""
    return says(head(text.encode() if isinstance(text, str) else text, *headers, status=status, media=media))


def for_ever(start: bytes, more: bytes, pause: float = 0.0) -> Write:
    """A start, and then the same again until the other side hangs up."""

    def write(caller: socket.socket) -> None:
        caller.sendall(start)
        while True:
            caller.sendall(more)
            time.sleep(pause)

    return write


def silent_after(start: bytes, seconds: float = 5.0) -> Write:
    """A start, and then nothing."""

    def write(caller: socket.socket) -> None:
        caller.sendall(start)
        time.sleep(seconds)

    return write


def bomb(megabytes: int) -> bytes:
    """An object that swells to so many megabytes when it is unpacked."""
    return gzip.compress(b'{"data": "' + b"a" * (megabytes * 2**20) + b'"}')
