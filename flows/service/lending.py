"""Processes that outlive a night: under `tieout serve` several firms' nights in a row import what they need once.

Prefect runs each night's flow in a process of its own. The night itself works in a child of `tieout serve`, which the
flow borrows over a local socket that only this user can reach, and only with a key that `serve` hands to what it
starts. A flow that is ended takes its night along; a child that nobody has wanted for some minutes goes.
Where nobody lends (a worker of Prefect's, a night by hand) the night works in a child of the flow's own.
"""

import json
import logging
import os
import queue
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Connection, Listener
from typing import Any

from flows.night.child import Child
from flows.night.process import DoesNights

logger = logging.getLogger(__name__)

WHERE = "TIEOUT_NIGHTS"
IDLE_SECONDS = 600.0
LOOK_SECONDS = 0.5


@contextmanager
def lending() -> Iterator[None]:
    """Lend children to all that this process starts meanwhile."""
    key = secrets.token_bytes(32)
    try:
        listener = Listener(authkey=key)
    except OSError as error:  # a folder for temporary files whose path is too long for a socket, say
        logger.warning("Each night starts a process of its own: none could be lent (%s).", error)
        yield
        return
    children = _Children()
    # What Prefect starts for a night gets this environment and nothing else of ours.
    os.environ[WHERE] = f"{listener.address} {key.hex()}"
    threading.Thread(target=_accept, args=(listener, children), daemon=True).start()
    try:
        yield
    finally:
        del os.environ[WHERE]
        children.end()


def borrowed() -> DoesNights:
    """A child that is lent for one night; one of our own where nobody lends."""
    address, _, key = os.environ.get(WHERE, "").rpartition(" ")
    if address:
        with suppress(OSError, EOFError, AuthenticationError):
            return _Borrowed(Client(address, authkey=bytes.fromhex(key)))
    return Child()


class _Borrowed:
    """The borrower's side."""

    can_go_on = False  # for one night only

    def __init__(self, connection: "Connection[Any, Any]") -> None:
        self._connection = connection

    def order(self, order: dict[str, Any]) -> None:
        with suppress(OSError):  # the lender is gone: so says the first event
            self._connection.send_bytes(json.dumps(order).encode())

    def event(self, seconds: float) -> dict[str, Any]:
        try:
            if not self._connection.poll(seconds):
                raise queue.Empty
            event: dict[str, Any] = json.loads(self._connection.recv_bytes())
        except (EOFError, OSError):
            return {"ended": "`tieout serve` ended"}
        return event

    def end(self) -> None:
        self._connection.close()


class _Children:
    """Those that wait for a night, and those that do one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._idle: dict[Child, threading.Timer] = {}
        self._all: set[Child] = set()

    def take(self) -> Child:
        with self._lock:
            while self._idle:
                child, timer = self._idle.popitem()
                timer.cancel()
                if child.can_go_on:
                    return child
                self._all.discard(child)
                child.end()  # it is gone; its pipe is not
            child = Child()
            self._all.add(child)
            return child

    def give_back(self, child: Child) -> None:
        timer = threading.Timer(IDLE_SECONDS, self._retire, [child])
        timer.daemon = True
        with self._lock:
            self._idle[child] = timer
        timer.start()

    def drop(self, child: Child) -> None:
        with self._lock:
            self._all.discard(child)
        child.end()

    def end(self) -> None:
        for child in list(self._all):
            self.drop(child)

    def _retire(self, child: Child) -> None:
        with self._lock:
            is_idle = self._idle.pop(child, None) is not None
        if is_idle:
            self.drop(child)


def _accept(listener: Listener, children: _Children) -> None:
    with listener:  # once nobody accepts, a flow must hear it, and start a child of its own
        while True:
            try:
                connection = listener.accept()
            except (AuthenticationError, ConnectionError, EOFError):
                continue
            except OSError:
                return
            threading.Thread(target=_lend, args=(connection, children), daemon=True).start()


def _lend(connection: "Connection[Any, Any]", children: _Children) -> None:
    """One night of one child, which is kept for the next; one whose borrower goes is ended."""
    child, is_done = children.take(), False
    try:
        child.order(json.loads(connection.recv_bytes()))
        event: dict[str, Any] = {}
        while not event.keys() & {"result", "ended"}:
            event = _event(child, connection)
            connection.send_bytes(json.dumps(event).encode())
        is_done = "result" in event
    except (EOFError, OSError):
        logger.warning("A night is ended, for what waited for it is gone.")
    finally:
        connection.close()
        if is_done:
            children.give_back(child)
        else:
            children.drop(child)


def _event(child: Child, connection: "Connection[Any, Any]") -> dict[str, Any]:
    """The child's next event. Raises EOFError when the borrower, who has nothing more to say, is gone."""
    while True:
        with suppress(queue.Empty):
            return child.event(LOOK_SECONDS)
        if connection.poll():
            raise EOFError
