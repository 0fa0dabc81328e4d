"""Prefect's server for as long as `tieout serve` runs, where none is configured that lasts longer.

It is a child that lives as long as its standard input is open, so it ends with the command however the command ends.
Prefect would start one itself, but only after importing all of it into the command as well, one after the other; here
the two import side by side.

Its pages show worklists, and a loopback port is open to every user of the machine and to every page in a browser: so
it answers only who has the key, a new one each time, which travels in the environment and stands in no log. Nor may
anybody else get that key by taking the port first: the child takes a free port itself and says which over its pipe,
and before the key is ever sent it proves, with an answer that only the key's holder can give, that it is the one who
listens there.
"""

import atexit
import hashlib
import hmac
import os
import secrets
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from pipelines.errors import TryAgain, UsageError

START_SECONDS = 120
STOP_SECONDS = 4
PROOF_PATH = "/tieout-proof/"
INSTALLED = Path(__file__).resolve().parents[2]
OUR_PACKAGES = ("flows", "pipelines")
KEY_NAME = "PREFECT_SERVER_API_AUTH_STRING"


def proof_of(key: str, question: str) -> str:
    """What only who holds the key can answer to a question."""
    return hmac.new(key.encode(), question.encode(), hashlib.sha256).hexdigest()


class LocalServer:
    """A child process that serves Prefect's API, scheduler and pages on a free loopback port of its own choice."""

    def __init__(self) -> None:
        self.key = f"tieout:{secrets.token_urlsafe(24)}"
        self._child = subprocess.Popen(
            [sys.executable, "-P", "-m", "flows.service.prefect_server"],
            env={**os.environ, KEY_NAME: self.key},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            start_new_session=True,  # Ctrl-C is for the parent, which ends the child in order
        )
        assert self._child.stdout is not None
        # It says its port before it imports Prefect, or nothing and ends.
        self.port = self._child.stdout.readline().strip()
        self.url = f"http://127.0.0.1:{self.port}/api"

    @property
    def environment(self) -> dict[str, str]:
        """How Prefect finds it and is let in."""
        return {"PREFECT_API_URL": self.url, "PREFECT_API_AUTH_STRING": self.key}

    def wait_until_healthy(self) -> None:
        """Return when the server answers and has proven that it holds the key. Raises TryAgain when it does not."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._child.poll() is None:
            try:
                if self._has_proven_itself():
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        self.stop()
        raise TryAgain(
            f"Prefect's server was expected to answer at {self.url} within {START_SECONDS} s; it did not. "
            "Start one with `prefect server start` and name it in PREFECT_API_URL to see what it says."
        )

    def _has_proven_itself(self) -> bool:
        question = secrets.token_urlsafe(24)
        address = f"http://127.0.0.1:{self.port}{PROOF_PATH}{question}"
        with urllib.request.urlopen(address, timeout=5) as reply:
            answer = reply.read(1000).decode("ascii", "replace")
        if not hmac.compare_digest(answer, proof_of(self.key, question)):
            self.stop()
            raise TryAgain(f"Port {self.port} of this machine answers for Prefect's server and is not it.")
        return True

    def stop(self) -> None:
        """End the child and wait for it."""
        if self._child.stdin:
            self._child.stdin.close()
        try:
            self._child.wait(timeout=STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()


def require_our_packages(here: Path) -> None:
    """Prefect looks for a night's module in the working directory before it looks where we are installed. Raises
    UsageError where it would find something else of our packages' names."""
    for name in OUR_PACKAGES:
        for found in (here / name / "__init__.py", here / f"{name}.py"):
            if found.exists() and INSTALLED not in found.resolve().parents:
                raise UsageError(
                    f"{here} holds something else that is called {name}, which Prefect would run in place of ours. "
                    "Start it in another folder, and name tieout.toml with --config."
                )


def start_unless_configured() -> LocalServer | None:
    """Start a server and point Prefect at it; None where PREFECT_API_URL names one. Call before importing Prefect."""
    if os.environ.get("PREFECT_API_URL"):
        return None
    server = LocalServer()
    # Prefect reads where its server is when it is imported, in each thread and in each process that it starts.
    os.environ.update(server.environment)
    # Registered before Prefect registers its own last acts, so that it runs after them.
    atexit.register(server.stop)
    return server


def proving(app: Any, key: str) -> Any:
    """An ASGI application that answers a question of who asks for proof, and hands on everything else."""

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(PROOF_PATH):
            await app(scope, receive, send)
            return
        body = proof_of(key, scope["path"].removeprefix(PROOF_PATH)).encode()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/plain")]})
        await send({"type": "http.response.body", "body": body})

    return answer


def serve() -> None:
    """The child: take a port, say which, and serve until standard input closes."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    print(port, flush=True)
    # Prefect reads it when it is imported; without it, its pages ask port 4200.
    os.environ["PREFECT_SERVER_UI_API_URL"] = f"http://127.0.0.1:{port}/api"

    import uvicorn
    from prefect.server.api.server import create_app

    app = proving(create_app(ephemeral=False, final=True), os.environ[KEY_NAME])
    server = uvicorn.Server(uvicorn.Config(app, log_level="error", timeout_graceful_shutdown=2))

    def stop_with_the_command() -> None:
        sys.stdin.read()
        server.should_exit = True

    threading.Thread(target=stop_with_the_command, daemon=True).start()
    server.run(sockets=[listener])


if __name__ == "__main__":
    serve()
