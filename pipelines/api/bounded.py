"""What one call may take of our time and memory, whatever the other side sends.

The timeouts that an HTTP client knows begin anew with each byte, so a reply of one byte every two seconds never ends,
and its limits know nothing of a body that goes on for ever or that swells when it is unpacked. Here every read from
the socket passes through ``_Guarded``, which counts bytes and seconds of the whole call: headers and body, plain or
TLS, direct or through a proxy. A call can also be cut from another thread, so that a night that is to end does not
wait for a reply.
"""

from __future__ import annotations

import contextlib
import http.client
import io
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

MEGABYTE = 2**20
PIECE = 2**16
_now = threading.local()


@dataclass(frozen=True)
class Bounds:
    """Seconds and bytes. ``silence`` is the longest pause within a reply; a reply that has been coming for
    ``slow_after`` seconds must have brought ``slowest`` bytes a second; ``most_bytes`` is for what travels, and again
    for what comes of it when it is unpacked."""

    seconds: float = 240.0
    silence: float = 30.0
    slow_after: float = 20.0
    slowest: float = 1000.0
    most_bytes: int = 100 * MEGABYTE


@dataclass(eq=False)
class Call:
    """One call under way. ``ended`` says which bound ended it, in words fit for an error."""

    bounds: Bounds
    first_byte_within: float
    seconds: float
    ended: str = ""
    began: float = field(default_factory=time.monotonic)
    _first_byte: float | None = None
    _bytes: int = 0
    _socket: socket.socket | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def lasted(self) -> float:
        """Seconds since it began."""
        return time.monotonic() - self.began

    def over(self, what: str) -> TimeoutError:
        """The error that ends it."""
        self.ended = self.ended or what
        return TimeoutError(what)

    def cut(self) -> None:
        """End it from another thread: whoever reads from its socket wakes up."""
        with self._lock:
            self.ended = self.ended or "a call that was ended from here"
            if self._socket is not None:
                with contextlib.suppress(OSError):
                    socket.socket.shutdown(self._socket, socket.SHUT_RDWR)

    def reads_from(self, own: socket.socket | None) -> None:
        """Where its reply comes from."""
        with self._lock:
            self._socket = own
            if self.ended:
                raise self.over(self.ended)

    def may_wait(self) -> float:
        """Seconds that the next byte may take. Raises when the call has had its time."""
        if self.ended:
            raise self.over(self.ended)
        left = self.seconds - self.lasted
        if left <= 0:
            raise self.over(f"a reply that was not whole after {self.seconds:.0f} seconds")
        return min(left, self.first_byte_within if self._first_byte is None else self.bounds.silence)

    def heard(self, count: int) -> None:
        """Count bytes off the wire. Raises when they are too many, or too few for the time."""
        now = time.monotonic()
        self._first_byte = now if self._first_byte is None else self._first_byte
        self._bytes += count
        self.take(self._bytes)
        coming = now - self._first_byte
        if coming > self.bounds.slow_after and self._bytes < self.bounds.slowest * coming:
            raise self.over(f"a reply slower than {self.bounds.slowest:g} bytes a second")

    def take(self, size: int) -> None:
        """Raise when a reply of this many bytes is too large."""
        if size > self.bounds.most_bytes:
            raise self.over(f"a reply of more than {self.bounds.most_bytes / MEGABYTE:g} MB")


@contextlib.contextmanager
def under(call: Call) -> Iterator[None]:
    """What this thread reads in the block is counted for this call."""
    _now.call = call
    try:
        yield
    finally:
        _now.call = None
        with contextlib.suppress(TimeoutError):
            call.reads_from(None)


def read_body(response: requests.Response, call: Call) -> bytes:
    """The whole body, unpacked piece by piece. Raises requests' errors, and TimeoutError at a bound."""
    pieces: list[bytes] = []
    size = 0
    try:
        for piece in response.iter_content(PIECE):
            size += len(piece)
            call.take(size)
            pieces.append(piece)
    except BaseException:
        response.close()  # what is left of it must not be taken for the next reply
        raise
    return b"".join(pieces)


class _Guarded(io.RawIOBase):
    """A socket's bytes, counted for the call of the thread that reads them."""

    def __init__(self, raw: io.RawIOBase, own: socket.socket, call: Call) -> None:
        self._raw = raw
        self._own = own
        self._call = call

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._own.settimeout(self._call.may_wait())
        try:
            count = int(self._raw.readinto(buffer) or 0)
        except TimeoutError:
            self._call.may_wait()  # the whole call's time, if that is what was up
            raise self._call.over("a reply that stood still") from None
        if self._call.ended:
            raise self._call.over(self._call.ended)
        if count:
            self._call.heard(count)
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Reply(http.client.HTTPResponse):
    """A reply whose every byte, that of its headers too, is read under the bounds of its call."""

    def __init__(self, sock: socket.socket, *args: Any, **more: Any) -> None:
        super().__init__(sock, *args, **more)
        call: Call = _now.call
        call.reads_from(sock)
        self.fp: Any = io.BufferedReader(_Guarded(self.fp.detach(), sock, call), PIECE)


class _Connection(HTTPConnection):
    response_class = _Reply


class _TlsConnection(HTTPSConnection):
    response_class = _Reply


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _TlsConnection


_POOLS = {"http": _Pool, "https": _TlsPool}


class BoundedAdapter(HTTPAdapter):
    """requests' adapter over connections that keep to the bounds."""

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        super().init_poolmanager(*args, **more)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    def proxy_manager_for(self, *args: Any, **more: Any) -> Any:
        manager = super().proxy_manager_for(*args, **more)
        manager.pool_classes_by_scheme = _POOLS
        return manager


class BoundedSession(requests.Session):
    """A session that follows no redirect, nor reads one's body to see where it would lead."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        return None
