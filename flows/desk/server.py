"""Where the desk listens and who is told its key.

On this machine alone, on one port, which a link in a mail can name. The key is a new one with each start and stands in
a file that only its owner can read; it is never printed. The port is taken before the key is written, and on both
loopbacks, or the other one could be somebody else's and be told the key.
"""

import secrets
import socket
import threading
from pathlib import Path

import uvicorn

from flows.desk import charts
from flows.desk.app import desk
from flows.desk.signing_in import Door
from pipelines.errors import UsageError
from pipelines.firm.files import make_private, write_private
from pipelines.firm.published import kept_open
from pipelines.firm.settings import Settings

KEY_FILE = "desk.key"
MOST_AT_ONCE = 64
STOP_SECONDS = 2


class Server:
    """A desk that has its port and its key; `run` serves it."""

    def __init__(self, settings: Settings, port: int | None = None) -> None:
        """Take the port: the one asked for, else that of the settings. Raises UsageError where it is not free."""
        wanted = settings.desk_port if port is None else port
        try:
            self._listeners = _both_loopbacks(wanted)
        except OSError:
            raise UsageError(
                f"Port {wanted} of this machine was expected to be free for the desk; it is not. If `tieout serve` or "
                "another `tieout desk` runs, its desk is there already; else name another with --port, or as desk_port "
                "in tieout.toml."
            ) from None
        self.port: int = self._listeners[0].getsockname()[1]
        self.key_file: Path = make_private(settings.path.parent / settings.data_dir) / KEY_FILE
        key = secrets.token_urlsafe(24)
        write_private(self.key_file, key + "\n")
        app = desk(settings, Door(key), self.port)
        self._server = uvicorn.Server(
            uvicorn.Config(
                app,
                log_level="critical",  # an error below that may quote a client
                access_log=False,
                server_header=False,
                proxy_headers=False,
                lifespan="off",
                ws="none",
                limit_concurrency=MOST_AT_ONCE,
                timeout_graceful_shutdown=STOP_SECONDS,
            )
        )

    @property
    def address(self) -> str:
        """What to open in the browser."""
        return f"http://localhost:{self.port}"

    @property
    def where(self) -> str:
        """A sentence for who started it."""
        return f"The desk: {self.address}, open to anyone with the key in {self.key_file}"

    def run(self) -> None:
        """Serve until interrupted, or until `stop` is called from another thread."""
        threading.Thread(target=charts.warm, daemon=True).start()
        with kept_open():
            self._server.run(sockets=self._listeners)

    def stop(self) -> None:
        """End what `run` began."""
        self._server.should_exit = True


def _both_loopbacks(port: int) -> list[socket.socket]:
    """The port on each loopback that the machine has. Raises OSError where it is taken on one."""
    found: list[socket.socket] = []
    try:
        for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
            if family == socket.AF_INET6 and not _has_ipv6():
                continue
            one = socket.socket(family)
            found.append(one)
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if family == socket.AF_INET6:
                one.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
            one.bind((host, found[0].getsockname()[1] or port))
            one.listen()
    except OSError:
        for one in found:
            one.close()
        raise
    return found


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True
