"""The control address of a sandbox that runs by itself: faults over HTTP, and the log of calls.

    POST   /_sandbox/faults   {"kind": "429", "system": "clio", "path": "bills", "nth": 2}
    GET    /_sandbox/faults   what is switched on, and how often each has struck
    DELETE /_sandbox/faults   all off
    GET    /_sandbox/calls    the requests so far

It listens where the emulators listen, on loopback only.
"""

from __future__ import annotations

import json
from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import BaseRoute, Route

from sandbox.serving.web import CallLog
from sandbox.shared.faults import Fault, Faults, from_request


def control_routes(faults: Faults, calls: CallLog) -> list[BaseRoute]:
    """The routes to add to each server."""

    async def on_faults(request: Request) -> JSONResponse:
        if request.method == "DELETE":
            faults.clear()
        elif request.method == "POST":
            try:
                faults.add(from_request(json.loads(await request.body())))
            except (ValueError, TypeError, AttributeError) as problem:
                return JSONResponse({"error": str(problem)}, 400)
        return JSONResponse([_shown(fault) for fault in faults.listed()])

    async def on_calls(request: Request) -> JSONResponse:
        return JSONResponse([asdict(call) for call in calls.all()])

    return [
        Route("/_sandbox/faults", on_faults, methods=["GET", "POST", "DELETE"]),
        Route("/_sandbox/calls", on_calls, methods=["GET"]),
    ]


def _shown(fault: Fault) -> dict[str, object]:
    return {name: value for name, value in vars(fault).items() if name != "action"}
