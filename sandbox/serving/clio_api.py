"""Clio Manage v4 over HTTP, as much of it as the product reads.

Read-only. Lists and single records with the `fields` grammar, both ways of paging, ETags on single records,
rate limit headers on every reply, and refusals in Clio's words.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any

from starlette.requests import Request
from starlette.routing import BaseRoute, Route

from sandbox.clio.fields import FieldsError, parse_fields
from sandbox.clio.filters import ArgumentError
from sandbox.clio.lists import LISTS, ListKind
from sandbox.clio.oauth import ClioOAuth
from sandbox.clio.paging import OffsetCapError, neighbour_url, read_page, read_query
from sandbox.clio.wire import etag_of, row_writer, to_json
from sandbox.serving.alike import by_the_gateway, consent, in_oauth_words
from sandbox.serving.web import (
    JSON,
    Played,
    Reply,
    Stage,
    bearer_of,
    form_of,
    json_reply,
)
from sandbox.shared.faults import Fault
from sandbox.shared.limits import ClioLimiter
from sandbox.shared.served import Knobs, ServedFirm

VERSIONS = tuple(f"4.0.{minor}" for minor in range(9, 14))
DEFAULT_VERSION = "4.0.13"
_PATH = re.compile(r"/api/v4/(.+?)(?:\.json)?")


class Refusal(Exception):
    """An error reply in Clio's form."""

    def __init__(self, status: int, kind: str, message: str) -> None:
        super().__init__(message)
        self.reply = error(status, kind, message)


def error(status: int, kind: str, message: str) -> Reply:
    return json_reply({"error": {"type": kind, "message": message}}, status)


def refusal_for(fault: Fault) -> Reply:
    """How Clio words the faults that answer in its place."""
    if fault.kind in ("429", "429_day"):
        wait = fault.retry_after or (60 if fault.kind == "429" else 4 * 3600)
        reply = error(429, "RateLimited", f"Rate limit exceeded. Retry in {wait} seconds.")
        reply.headers["Retry-After"] = str(wait)
        return reply
    if fault.kind == "403":
        return error(403, "ForbiddenError", "User is forbidden from taking that action")
    return by_the_gateway(fault) or error(500, "InternalServerError", "Something went wrong")


class ClioApi:
    """The Clio app: token server and API of all firms served."""

    def __init__(self, oauth: ClioOAuth, stage: Stage, limiter: ClioLimiter, knobs: Knobs) -> None:
        self._oauth = oauth
        self._stage = stage
        self._limiter = limiter
        self._knobs = knobs

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/oauth/authorize", self.authorize),
            Route("/oauth/token", self.token, methods=["POST"]),
            Route("/oauth/deauthorize", self.deauthorize, methods=["POST"]),
            Route("/api/v4/{path:path}", self.api, methods=["GET"]),
        ]

    async def authorize(self, request: Request) -> Played:
        def answer() -> Reply:
            query = dict(request.query_params)
            return consent("Clio", self._oauth, query, asks_a_person=self._knobs.consent_page)

        return await self._stage.serve(request, None, answer)

    async def token(self, request: Request) -> Played:
        form = await form_of(request)

        def answer() -> Reply:
            return in_oauth_words(lambda: json_reply(self._oauth.token(form)))

        return await self._stage.serve(request, self._oauth.firm_named(form), answer)

    async def deauthorize(self, request: Request) -> Played:
        form = await form_of(request)

        def answer() -> Reply:
            self._oauth.deauthorize(bearer_of(request), form.get("token", ""))
            return Reply(200, b"")

        return await self._stage.serve(request, None, lambda: in_oauth_words(answer))

    async def api(self, request: Request) -> Played:
        access = self._oauth.find(bearer_of(request))
        firm = access.firms[0] if access else None
        return await self._stage.serve(request, firm, lambda: self._guarded(request))

    def _guarded(self, request: Request) -> Reply:
        """Bearer check, API version and rate limit, then the answer."""
        token = bearer_of(request)
        access = self._oauth.find(token)
        if access is None or self._oauth.expired(access):
            return self._unauthorized()
        verdict = self._limiter.take(token)
        version = request.headers.get("x-api-version", DEFAULT_VERSION)
        headers = {**verdict.headers, "X-API-VERSION": version}
        if verdict.refused:
            reply = error(429, "RateLimited", f"Rate limit exceeded. Retry in {verdict.retry_after} seconds.")
            headers["Retry-After"] = str(verdict.retry_after)
        elif version not in VERSIONS:
            reply = error(410, "GoneError", f"API version {version} is not supported")
        else:
            reply = self._answer(request, access.firms[0])
        reply.headers.update(headers)
        return reply

    def _unauthorized(self) -> Reply:
        if self._knobs.clio_401_shape == "error":
            return error(401, "UnauthorizedError", "User must be authenticated to access this resource")
        body = {"error": "invalid_token", "error_description": "The access token expired"}
        return json_reply(body, 401)

    def _answer(self, request: Request, firm: ServedFirm) -> Reply:
        match = _PATH.fullmatch(request.url.path)
        try:
            return self._route(request, firm, match.group(1).split("/") if match else [""])
        except Refusal as refusal:
            return refusal.reply
        except (FieldsError, ArgumentError) as problem:
            return error(400, "ArgumentError", str(problem))
        except OffsetCapError as problem:
            return error(422, "ArgumentError", str(problem))

    def _route(self, request: Request, firm: ServedFirm, parts: list[str]) -> Reply:
        if parts == ["users", "who_am_i"]:
            return self._who_am_i(request, firm)
        if len(parts) == 3 and parts[0] == "matters" and parts[2] == "client":
            return self._client_of(request, firm, parts[1])
        kind = LISTS.get(parts[0])
        if kind is None or len(parts) > 2 or (len(parts) == 2 and not kind.single):
            raise Refusal(404, "NotFoundError", f"The sandbox does not serve {'/'.join(parts)}")
        if len(parts) == 2:
            return self._single(request, firm, kind.shape, self._record(firm, kind.table, parts[1]))
        return self._list(request, firm, kind)

    def _list(self, request: Request, firm: ServedFirm, kind: ListKind) -> Reply:
        items = request.query_params.multi_items()
        query = read_query(kind, items)
        columns = parse_fields(request.query_params.get("fields"), kind.shape)
        page = read_page(kind, query, firm, self._knobs, self._stage.kept)
        write = row_writer(columns, firm.clio.tables)
        base = str(request.url.replace(query=""))
        paging = {}
        if page.previous_parameters is not None:
            paging["previous"] = neighbour_url(base, items, page.previous_parameters)
        if page.next_parameters is not None:
            paging["next"] = neighbour_url(base, items, page.next_parameters)
        rows = ",".join(map(write, page.rows))
        body = f'{{"data":[{rows}],"meta":{{"paging":{to_json(paging)}}}}}'
        return Reply(200, body.encode(), JSON)

    def _record(self, firm: ServedFirm, table: str, text: str) -> Mapping[str, Any]:
        record = firm.clio.tables.get(table, {}).get(int(text)) if text.isdecimal() else None
        if record is None:
            raise Refusal(404, "NotFoundError", f"No record of {table} has the id {text}")
        return record

    def _single(self, request: Request, firm: ServedFirm, shape: str, record: Mapping[str, Any]) -> Reply:
        for name in request.query_params:
            if name != "fields":
                raise ArgumentError(f"{name} is not a parameter of a single record")
        columns = parse_fields(request.query_params.get("fields"), shape)
        etag, changed = etag_of(record), record["updated_at"].astimezone(UTC).replace(microsecond=0)
        headers = {"ETag": etag, "Last-Modified": format_datetime(changed, usegmt=True)}
        if _not_modified(request, etag, changed):
            return Reply(304, headers=headers)
        body = f'{{"data":{row_writer(columns, firm.clio.tables)(record)}}}'
        return Reply(200, body.encode(), JSON, headers)

    def _who_am_i(self, request: Request, firm: ServedFirm) -> Reply:
        users = firm.clio.tables["users"]
        owner = next((user for user in users.values() if user.get("account_owner")), None)
        owner = owner or next(iter(users.values()), None)
        if owner is None:
            raise Refusal(404, "NotFoundError", "This account has no users")
        account = {
            "id": zlib.crc32(firm.name.encode()),
            "name": firm.settings.get("name", firm.name),
            "state": "active",
        }
        return self._single(request, firm, "user", {"account": account, **owner})

    def _client_of(self, request: Request, firm: ServedFirm, matter_id: str) -> Reply:
        matter = self._record(firm, "matters", matter_id)
        client = self._record(firm, "contacts", str((matter.get("client") or {}).get("id", "")))
        return self._single(request, firm, "client", {**client, "is_matter_client": True})


def _not_modified(request: Request, etag: str, changed: datetime) -> bool:
    given = request.headers.get("if-none-match")
    if given is not None:
        return etag in given
    since = request.headers.get("if-modified-since")
    if since is None:
        return False
    try:
        return changed <= parsedate_to_datetime(since)
    except (TypeError, ValueError):
        return False
