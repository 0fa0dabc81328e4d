"""Xero's Accounting API 2.0 over HTTP, as much of it as the product reads.

Read-only. Lists, single records, the organisation and the trial balance, behind tokens, tenants, scopes and
limits that refuse what the real ones refuse.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.routing import BaseRoute, Route

from sandbox.serving.alike import by_the_gateway, consent, in_oauth_words
from sandbox.serving.web import (
    JSON,
    TEXT,
    Played,
    Reply,
    Stage,
    bearer_of,
    form_of,
    json_reply,
)
from sandbox.shared.faults import Fault
from sandbox.shared.limits import Verdict, XeroLimiter
from sandbox.shared.oauth import AccessToken
from sandbox.shared.served import Knobs, ServedFirm
from sandbox.xero.lists import KINDS, HighVolume, Kind, TooManyIds, select
from sandbox.xero.oauth import XeroOAuth
from sandbox.xero.reports import trial_balance
from sandbox.xero.shapes import Books, View, books_of
from sandbox.xero.where import WhereError
from sandbox.xero.wire import envelope, to_json, to_xml

XML = "text/xml; charset=utf-8"
NOT_FOUND = "The resource you're looking for cannot be found"
HIGH_VOLUME = (
    "The request does not filter efficiently enough for this organisation. Please page, or use optimised filters."
)


class Refusal(Exception):
    """A reply other than 200."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(str(reply.status))
        self.reply = reply


def problem(status: int, title: str, detail: str, headers: dict[str, str] | None = None) -> Reply:
    body: dict[str, Any] = {
        "Type": None,
        "Title": title,
        "Status": status,
        "Detail": detail,
        "Instance": str(uuid.uuid4()),
        "Extensions": {},
    }
    return json_reply(body, status, headers)


def invalid(message: str, number: int = 10, kind: str = "ValidationException") -> Reply:
    element = {"ValidationErrors": [{"Message": message}]}
    return json_reply({"ErrorNumber": number, "Type": kind, "Message": message, "Elements": [element]}, 400)


def forbidden() -> Reply:
    return problem(403, "Forbidden", "The user does not have permission to access this resource")


def refusal_for(fault: Fault) -> Reply:
    """How Xero words the faults that answer in its place."""
    if fault.kind in ("429", "429_day"):
        day = fault.kind == "429_day"
        wait = fault.retry_after or (6 * 3600 if day else 60)
        limit = "day" if day else "minute"
        return Reply(429, media=TEXT, headers={"X-Rate-Limit-Problem": limit, "Retry-After": str(wait)})
    if fault.kind == "403":
        return forbidden()
    return by_the_gateway(fault) or problem(
        500, "Internal Server Error", "An error occurred in Xero. Check the API Status page."
    )


class XeroApi:
    """The Xero app: token server, connections and API of all firms served."""

    def __init__(self, oauth: XeroOAuth, stage: Stage, limiter: XeroLimiter, knobs: Knobs) -> None:
        self._oauth = oauth
        self._stage = stage
        self._limiter = limiter
        self._knobs = knobs

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/identity/connect/authorize", self.authorize),
            Route("/connect/token", self.token, methods=["POST"]),
            Route("/connect/revocation", self.revoke, methods=["POST"]),
            Route("/connections", self.connections, methods=["GET"]),
            Route("/connections/{id}", self.disconnect, methods=["DELETE"]),
            Route("/api.xro/2.0/{path:path}", self.api, methods=["GET", "POST", "PUT", "DELETE"]),
        ]

    # Tokens and connections

    async def authorize(self, request: Request) -> Played:
        def answer() -> Reply:
            query = dict(request.query_params)
            return consent("Xero", self._oauth, query, asks_a_person=self._knobs.consent_page)

        return await self._stage.serve(request, None, answer)

    async def token(self, request: Request) -> Played:
        form = await form_of(request)
        authorization = request.headers.get("authorization", "")

        def answer() -> Reply:
            return in_oauth_words(lambda: json_reply(self._oauth.token(authorization, form)))

        return await self._stage.serve(request, self._oauth.firm_named(authorization, form), answer)

    async def revoke(self, request: Request) -> Played:
        form = await form_of(request)

        def answer() -> Reply:
            self._oauth.revoke(form.get("token", ""))
            return Reply(200)

        return await self._stage.serve(request, None, answer)

    async def connections(self, request: Request) -> Played:
        def answer() -> Reply:
            access = self._access(request)
            verdict = self._limiter.app_only()
            if verdict.refused:
                return _over_limit(verdict)
            return json_reply(self._oauth.connections(access), headers=verdict.headers)

        access = self._oauth.find(bearer_of(request))
        firm = access.firms[0] if access else None
        return await self._stage.serve(request, firm, lambda: _caught(answer))

    async def disconnect(self, request: Request) -> Played:
        def answer() -> Reply:
            known = self._oauth.disconnect(self._access(request), request.path_params["id"])
            return Reply(204 if known else 404)

        return await self._stage.serve(request, None, lambda: _caught(answer))

    # The Accounting API

    async def api(self, request: Request) -> Played:
        access = self._oauth.find(bearer_of(request))
        firm = self._oauth.tenant(access, request.headers.get("xero-tenant-id")) if access else None
        tenant = firm.credentials.tenant_id if firm else ""
        entered = self._limiter.enter(tenant)
        try:
            return await self._stage.serve(request, firm, lambda: _caught(lambda: self._guarded(request, entered)))
        finally:
            if entered:
                self._limiter.leave(tenant)

    def _access(self, request: Request) -> AccessToken:
        access = self._oauth.find(bearer_of(request))
        if access is None:
            raise Refusal(problem(401, "Unauthorized", "TokenInvalidSignature"))
        if self._oauth.expired(access):
            ended = datetime.fromtimestamp(access.expires_at, UTC)
            raise Refusal(problem(401, "Unauthorized", f"TokenExpired: token expired at {ended:%m/%d/%Y %H:%M:%S}"))
        return access

    def _guarded(self, request: Request, entered: bool) -> Reply:
        """Token, tenant and limits, then the answer."""
        access = self._access(request)
        firm = self._oauth.tenant(access, request.headers.get("xero-tenant-id"))
        if firm is None:
            return problem(403, "Forbidden", "AuthenticationUnsuccessful")
        if not entered:
            return Reply(429, media=TEXT, headers={"X-Rate-Limit-Problem": "concurrent"})
        verdict = self._limiter.take(firm.credentials.tenant_id)
        if verdict.refused:
            return _over_limit(verdict)
        reply = _caught(lambda: self._answer(request, firm, access))
        reply.headers.update({**verdict.headers, "Xero-Correlation-Id": str(uuid.uuid4())})
        return reply

    def _answer(self, request: Request, firm: ServedFirm, access: AccessToken) -> Reply:
        if request.method != "GET":
            return Reply(501, b"The sandbox takes no writes", TEXT)
        parts = request.path_params["path"].strip("/").split("/")
        if parts == ["Organisation"]:
            _need(access, "accounting.settings")
            return self._reply(request, firm, {"Organisations": [_shown(firm.xero.organisation)]})
        if parts == ["Reports", "TrialBalance"]:
            if self._knobs.xero_trial_balance_refused:
                return forbidden()
            _need(access, "accounting.reports.trialbalance")
            return self._reply(request, firm, trial_balance(firm, request.query_params.get("date")))
        kind = KINDS.get(parts[0])
        if kind is None or len(parts) > 2:
            return Reply(404, NOT_FOUND.encode(), TEXT)
        if kind.resource == "ManualJournals" and self._knobs.xero_trial_balance_refused:
            return forbidden()
        _need(access, kind.scope)
        if len(parts) == 2:
            return self._single(request, firm, kind, parts[1])
        return self._list(request, firm, kind)

    def _list(self, request: Request, firm: ServedFirm, kind: Kind) -> Reply:
        query = dict(request.query_params)
        try:
            selection = select(
                kind, query, request.headers.get("if-modified-since"), firm, self._knobs, self._stage.kept
            )
        except WhereError as refused:
            return invalid(str(refused))
        except TooManyIds:
            return Reply(404, NOT_FOUND.encode(), TEXT)
        except HighVolume:
            return invalid(HIGH_VOLUME, 51, "HighVolumeException")
        paged = selection.page is not None
        summary = query.get("summaryOnly", "").lower() == "true"
        view = View(lines=paged and not summary, summary=summary, four_decimals=query.get("unitdp") == "4")
        table, books = firm.xero.tables[kind.resource], self._books(firm)
        rows = [kind.view(table[key], view, books) for key in selection.on_page() if key in table]
        content: dict[str, Any] = {}
        if paged:
            content["pagination"] = {
                "page": selection.page,
                "pageSize": selection.page_size,
                "pageCount": selection.page_count,
                "itemCount": len(selection.keys),
            }
        return self._reply(request, firm, {**content, kind.resource: rows})

    def _single(self, request: Request, firm: ServedFirm, kind: Kind, text: str) -> Reply:
        table = firm.xero.tables[kind.resource]
        record = table.get(text.lower())
        if record is None and kind.number is not None:
            record = next((row for row in table.values() if row.get(kind.number) == text), None)
        if record is None:
            return Reply(404, NOT_FOUND.encode(), TEXT)
        view = View(lines=True, single=True, four_decimals=request.query_params.get("unitdp") == "4")
        return self._reply(request, firm, {kind.resource: [kind.view(record, view, self._books(firm))]})

    def _books(self, firm: ServedFirm) -> Books:
        tables = firm.xero.tables
        names = ("Payments", "CreditNotes", "Overpayments", "Prepayments")
        marks = tuple(self._stage.kept.mark(firm, tables.get(name, {})) for name in names)
        return self._stage.kept.get(("books", firm.name), marks, lambda: books_of(tables))

    def _reply(self, request: Request, firm: ServedFirm, content: Mapping[str, Any]) -> Reply:
        """The time in the envelope is the books' own, so that it agrees with the stamps of the records."""
        document = envelope(firm.now, content)
        if "application/json" not in request.headers.get("accept", ""):
            return Reply(200, to_xml(document).encode(), XML)
        return Reply(200, to_json(document).encode(), JSON)


def _shown(record: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in record.items() if value is not None}


def _need(access: AccessToken, scope: str) -> None:
    """A granular scope covers reading with or without `.read`."""
    if not {scope, f"{scope}.read"} & access.scopes:
        challenge = 'Bearer error="insufficient_scope"'
        raise Refusal(problem(401, "Unauthorized", "AuthorizationUnsuccessful", {"WWW-Authenticate": challenge}))


def _over_limit(verdict: Verdict) -> Reply:
    reply = Reply(429, media=TEXT, headers=dict(verdict.headers))
    if verdict.retry_after is not None:
        reply.headers["Retry-After"] = str(verdict.retry_after)
    return reply


def _caught(answer: Callable[[], Reply]) -> Reply:
    try:
        return answer()
    except Refusal as refused:
        return refused.reply
