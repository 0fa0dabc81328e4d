"""The sandbox as one object: two HTTP servers on loopback, in threads, for any number of firms.

    with Sandbox([firm]) as sandbox:
        sandbox.faults.add(Fault("500", system="clio", path="line_items"))
        ...
        sandbox.calls

A token names the Clio firm; a token and the tenant header name the Xero one.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp

from sandbox.clio.oauth import ClioOAuth
from sandbox.serving import clio_api, configuration, xero_api
from sandbox.serving.control import control_routes
from sandbox.serving.web import Call, CallLog, Stage, WithTransport
from sandbox.shared.faults import Fault, Faults
from sandbox.shared.limits import ClioLimiter, Limits, XeroLimiter
from sandbox.shared.served import Clock, Knobs, Roster, ServedFirm
from sandbox.shared.snapshots import Snapshots
from sandbox.xero.oauth import XeroOAuth

HOST = "127.0.0.1"
START_SECONDS = 15


class _Server:
    """One uvicorn server in a thread of its own."""

    def __init__(self, app: ASGIApp, port: int) -> None:
        # Without the protocol named, asyncio leaves Nagle's algorithm on: 40 ms for every short reply.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind((HOST, port))
        self.port: int = self._socket.getsockname()[1]
        config = uvicorn.Config(
            WithTransport(app),
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            proxy_headers=False,
            timeout_keep_alive=60,
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        asyncio.run(self._server.serve(sockets=[self._socket]))

    def start(self) -> None:
        self._thread.start()
        waited = threading.Event()
        for _ in range(START_SECONDS * 100):
            if self._server.started:
                return
            waited.wait(0.01)
        raise RuntimeError(f"the sandbox did not start on port {self.port} within {START_SECONDS} seconds")

    def ask_to_stop(self) -> None:
        self._server.should_exit = True

    def stop(self) -> None:
        self.ask_to_stop()
        if self._thread.is_alive():
            self._thread.join(10)
        self._socket.close()


class Sandbox:
    """Both APIs for these firms. Start it, or use it as a context manager.

    Firms come with the keys that they have in tieout.toml, or get keys made from their names. Rate limits are
    off unless given; `control` opens the address that takes faults over HTTP.
    """

    def __init__(
        self,
        firms: Sequence[ServedFirm] | Mapping[str, ServedFirm],
        *,
        port_clio: int = 0,
        port_xero: int = 0,
        limits: Limits | None = None,
        knobs: Knobs | None = None,
        control: bool = False,
    ) -> None:
        self.roster = Roster(firms)
        self.firms = self.roster.firms
        self.faults = Faults()
        self.clock = Clock()
        self.knobs = knobs or Knobs()
        self.limits = limits or Limits.off()
        self._log = CallLog()
        self._kept = {"clio": Snapshots(), "xero": Snapshots()}
        self.clio_oauth = ClioOAuth(self.firms, self.clock, self.knobs)
        self.xero_oauth = XeroOAuth(self.firms, self.clock, self.knobs)
        self._control_routes = control_routes(self.faults, self._log) if control else []
        self._clio = _Server(self._clio_app(), port_clio)
        self._xero = _Server(self._xero_app(), port_xero)

    def _clio_app(self) -> ASGIApp:
        stage = Stage(
            "clio",
            self.roster,
            self.faults,
            self._log,
            self._kept["clio"],
            clio_api.refusal_for,
            self.clio_oauth.expire_all,
        )
        limiter = ClioLimiter(self.limits, self.clock)
        api = clio_api.ClioApi(self.clio_oauth, stage, limiter, self.knobs)
        return Starlette(routes=api.routes() + self._control_routes)

    def _xero_app(self) -> ASGIApp:
        stage = Stage(
            "xero",
            self.roster,
            self.faults,
            self._log,
            self._kept["xero"],
            xero_api.refusal_for,
            self.xero_oauth.expire_all,
        )
        limiter = XeroLimiter(self.limits, self.clock)
        api = xero_api.XeroApi(self.xero_oauth, stage, limiter, self.knobs)
        return Starlette(routes=api.routes() + self._control_routes)

    # Life

    def start(self) -> Sandbox:
        self._clio.start()
        self._xero.start()
        return self

    def stop(self) -> None:
        self._xero.ask_to_stop()
        self._clio.stop()
        self._xero.stop()

    def __enter__(self) -> Sandbox:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    # Where it listens

    @property
    def clio_origin(self) -> str:
        return f"http://{HOST}:{self._clio.port}"

    @property
    def xero_origin(self) -> str:
        return f"http://{HOST}:{self._xero.port}"

    @property
    def clio_url(self) -> str:
        return f"{self.clio_origin}/api/v4"

    @property
    def clio_token_url(self) -> str:
        return f"{self.clio_origin}/oauth/token"

    @property
    def xero_url(self) -> str:
        return f"{self.xero_origin}/api.xro/2.0"

    @property
    def xero_token_url(self) -> str:
        return f"{self.xero_origin}/connect/token"

    @property
    def xero_connections_url(self) -> str:
        return f"{self.xero_origin}/connections"

    # What it saw, and how to reach it

    @property
    def calls(self) -> list[Call]:
        """The requests served so far, oldest first."""
        return self._log.all()

    def forget_calls(self) -> None:
        self._log.clear()

    def touch(self) -> None:
        """Say that records were changed by hand, without the engine."""
        for kept in self._kept.values():
            kept.touch()

    def config_toml(self, data_dir: Path | str) -> str:
        """A tieout.toml that points at this sandbox."""
        addresses = {
            "clio": self.clio_url,
            "clio_token": self.clio_token_url,
            "clio_authorize": f"{self.clio_origin}/oauth/authorize",
            "clio_revoke": f"{self.clio_origin}/oauth/deauthorize",
            "xero": self.xero_url,
            "xero_token": self.xero_token_url,
            "xero_connections": self.xero_connections_url,
            "xero_authorize": f"{self.xero_origin}/identity/connect/authorize",
            "xero_revoke": f"{self.xero_origin}/connect/revocation",
        }
        return configuration.config_toml(self.roster.by_key, data_dir, addresses)

    def environment(self) -> dict[str, str]:
        """The secrets that go with it."""
        return configuration.environment(self.roster.by_key)


__all__ = ["Fault", "Knobs", "Limits", "Sandbox"]
