"""A Prefect server for the length of one command, where none is configured that lasts longer.

Prefect would start one itself, but only after importing all of it into the command as well, one after the other.
Here the server starts first, as a child, while the command imports what it needs: several seconds less each night.
The child lives as long as its standard input is open, so it ends with the command however the command ends.

Its pages show worklists, and a loopback port is open to every user of the machine and to every page in a browser: so
it answers only who has the key, a new one each time, which travels in the environment and stands in no log.
"""

import atexit
import os
import secrets
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

from pipelines.errors import TryAgain

START_SECONDS = 120


class TemporaryServer:
    """A child process that serves Prefect's API on a free loopback port; with `schedules`, its scheduler and UI too."""

    def __init__(self, schedules: bool = False) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}/api"
        self.key = f"tieout:{secrets.token_urlsafe(24)}"
        self._child = subprocess.Popen(
            [sys.executable, "-m", "flows.prefect_server", str(port), *(["schedules"] if schedules else [])],
            env={
                **os.environ,
                "PREFECT_SERVER_API_AUTH_STRING": self.key,
                "PREFECT_SERVER_UI_API_URL": self.url,  # else its pages ask port 4200
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    @property
    def environment(self) -> dict[str, str]:
        """How Prefect finds it and is let in."""
        return {"PREFECT_API_URL": self.url, "PREFECT_API_AUTH_STRING": self.key}

    def wait_until_healthy(self) -> None:
        """Return when the server answers. Raises TryAgain when it ends or takes too long."""
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._child.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/health", timeout=5):  # noqa: S310
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        raise TryAgain(
            f"Prefect's server was expected to answer at {self.url} within {START_SECONDS} s; it did not. "
            "Start one with `prefect server start` and name it in PREFECT_API_URL to see what it says."
        )

    def stop(self) -> None:
        """End the child and wait for it."""
        if self._child.stdin:
            self._child.stdin.close()
        try:
            self._child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()


def start_unless_configured(schedules: bool = False) -> TemporaryServer | None:
    """Start a server and point Prefect at it; None where PREFECT_API_URL names one. Call before importing Prefect."""
    if os.environ.get("PREFECT_API_URL"):
        return None
    server = TemporaryServer(schedules)
    os.environ.update(server.environment)
    # Registered before Prefect registers its own last acts, so that it runs after them.
    atexit.register(server.stop)
    return server


def serve(port: int, schedules: bool) -> None:
    """Serve until standard input closes."""
    import uvicorn
    from prefect.server.api.server import create_app

    server = uvicorn.Server(
        uvicorn.Config(create_app(ephemeral=not schedules, final=True), host="127.0.0.1", port=port, log_level="error")
    )

    def stop_with_the_command() -> None:
        sys.stdin.read()
        server.should_exit = True

    threading.Thread(target=stop_with_the_command, daemon=True).start()
    server.run()


if __name__ == "__main__":
    serve(int(sys.argv[1]), schedules="schedules" in sys.argv[2:])
