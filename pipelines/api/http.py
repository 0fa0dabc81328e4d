"""Calls to the two systems: patient, paced, exact, and silent about secrets.

* JSON is read with ``parse_float=Decimal``: no number becomes a binary float between the wire and the warehouse.
* Outages (5xx, resets) and replies that are odd (cut off, endless, slow, too large, not JSON, a redirect) are tried
  again with growing waits, then end as ``TryAgain``.
* Limits are kept by reading the headers: we wait before a limit is hit. A 429 is obeyed to the second, unless it
  asks for more than a few minutes: a day's limit ends the run with the hour at which it may go on.
* A 401 renews the token once. A 403 is ``Refused``: the caller knows whether it can do without.
* Every call has an end, whatever the other side does (``pipelines.api.bounded``), and all calls of a night together
  have one too. Errors name the firm, the system and the path, never the query, a header's value or the reply.
"""

from __future__ import annotations

import contextlib
import http.client
import math
import os
import random
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.cookiejar import DefaultCookiePolicy
from typing import Any, Protocol

import requests
from requests.auth import AuthBase
from urllib3.exceptions import HTTPError

from pipelines.api.bounded import BoundedAdapter, BoundedSession, Bounds, Call, read_body, under
from pipelines.api.reply import OddBody, Response, objects, parse_json
from pipelines.errors import GiveUp, NotFound, Refused, TryAgain

Params = Mapping[str, str | int | Sequence[str]]


@dataclass(frozen=True)
class Patience:
    """How long to wait, and how often; ``timeout`` is for the connection and for the first byte. A try that took
    long is repeated less often. All calls together have so many ``hours``. Tests are less patient than nights."""

    attempts: int = 6
    first_wait: float = 0.5
    longest_wait: float = 300.0
    limit_waits: int = 30
    timeout: tuple[float, float] = (10.0, 120.0)
    bounds: Bounds = field(default_factory=Bounds)
    costly_attempts: int = 2
    hours: float = 3.0


PATIENT = Patience()
PASSING = (408, 425)  # timeouts on the other side
LONGEST_ASKED = 7 * 86_400.0
_PLAIN_PATH = re.compile(r"[A-Za-z0-9_./-]{0,80}")


class Bearer(AuthBase):
    """Sets the token, and keeps requests from looking for another one in ``.netrc``."""

    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


class NoReply(Exception):
    """No whole reply came of a call: in words that quote neither address nor header. ``costly`` where it took long."""

    def __init__(self, found: str, costly: bool) -> None:
        super().__init__(found)
        self.costly = costly


class Transport:
    """Connections, one set per thread, shared by all firms of a run: no cookies, no redirects, nothing remembered."""

    class Stopped(TryAgain):
        """This run ended elsewhere; what another thread had found is the story."""

    def __init__(self, patience: Patience = PATIENT, sleep: Callable[[float], object] | None = None) -> None:
        self.patience = patience
        self._stopped = threading.Event()
        self._sleep = sleep or self._stopped.wait
        self._local = threading.local()
        self._ends_at = time.monotonic() + patience.hours * 3600
        self._calls: set[Call] = set()
        self._lock = threading.Lock()
        self._certificates = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE") or True
        self._proxies_of: dict[str, dict[str, str]] = {}

    def stop(self) -> None:
        """No further call goes out, those under way are cut, and nobody waits any longer."""
        with self._lock:
            self._stopped.set()
            under_way = list(self._calls)
        for call in under_way:
            call.cut()

    def pause(self, seconds: float) -> None:
        """Wait between two calls. Raises when the run was stopped, or would have to wait past its end."""
        self._check_time(seconds)
        self._sleep(seconds)
        self._check_time(0.0)

    def _check_time(self, seconds: float) -> float:
        """The seconds that are left after so many."""
        if self._stopped.is_set():
            raise self.Stopped("stopped, because the other system could not be read")
        left = self._ends_at - time.monotonic() - seconds
        if left <= 0:
            raise TryAgain(
                f"Both systems were expected to be read within {self.patience.hours:g} hours; they were not, or the "
                "wait that one of them asks for ends later. Nothing was published. Run again when they are well."
            )
        return left

    def send(
        self,
        method: str,
        url: str,
        *,
        params: Params | None = None,
        headers: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        auth: AuthBase | tuple[str, str] | None = None,
    ) -> Response:
        """One call, read whole. Raises NoReply."""
        left = self._check_time(0.0)
        bounds = self.patience.bounds
        call = Call(bounds, self.patience.timeout[1], min(bounds.seconds, left))
        with self._under_way(call), under(call):
            try:
                found = self._session().request(
                    method,
                    url,
                    params=params,
                    headers={"Accept": "application/json", **(headers or {})},
                    data=form,
                    auth=auth or _NO_AUTH,
                    timeout=self.patience.timeout,
                    allow_redirects=False,
                    stream=True,
                    proxies=self._proxies(url),
                    verify=self._certificates,
                )
                return Response(found.status_code, found.headers, read_body(found, call))
            except (requests.RequestException, HTTPError, http.client.HTTPException, OSError, ValueError) as error:
                # Its text may quote the address, or a header.
                why = call.ended or f"no whole reply ({type(error).__name__})"
                if self._stopped.is_set():
                    raise self.Stopped("stopped, because the other system could not be read") from None
                raise NoReply(why, bool(call.ended) or call.lasted > bounds.slow_after) from None

    @contextlib.contextmanager
    def _under_way(self, call: Call) -> Iterator[None]:
        with self._lock:
            self._calls.add(call)
        try:
            yield
        finally:
            with self._lock:
                self._calls.discard(call)

    def _proxies(self, url: str) -> dict[str, str]:
        """The environment's proxies for a host, looked up once: requests would search the environment at each
        call. Plain http goes to this machine alone, so never through one."""
        if url.startswith("http://"):
            return {}
        origin = "/".join(url.split("/")[:3])
        if origin not in self._proxies_of:
            self._proxies_of[origin] = dict(requests.utils.get_environ_proxies(url))
        return self._proxies_of[origin]

    def waits(self) -> Iterator[float]:
        """Growing waits between attempts, a little uneven so that two runs do not march in step."""
        wait = self.patience.first_wait
        for _ in range(self.patience.attempts - 1):
            yield wait * random.uniform(0.8, 1.2)  # noqa: S311  (not a secret)
            wait *= 2

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = BoundedSession()
            session.trust_env = False
            session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
            adapter = BoundedAdapter(pool_connections=8, pool_maxsize=2, max_retries=0)
            session.mount("https://", adapter)
            session.mount("http://", adapter)
            self._local.session = session
        return session


class _NoAuth(AuthBase):
    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        return request


_NO_AUTH = _NoAuth()


class Tokens(Protocol):
    """Where an Api gets its access token from."""

    def access_token(self, rejected: str | None = None) -> str:
        """A token that works; a new one if ``rejected`` is the one at hand."""


class Pace(Protocol):
    """Reads rate-limit headers and says how long to wait before the next call."""

    def heard(self, headers: Mapping[str, str]) -> None:
        """Take note of a reply's headers."""

    def wait(self) -> float:
        """Seconds to wait before the next call."""


@dataclass(frozen=True)
class Attempt:
    """One call: the response, its body, and what was found in place of a whole reply where trying again may help."""

    response: Response | None
    data: dict[str, Any]
    trouble: str = ""
    costly: bool = False


class Gate:
    """The moment before which no call of this client goes out; shared by its threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._until = 0.0

    def close_for(self, seconds: float) -> None:
        """Nobody passes for so long."""
        with self._lock:
            self._until = max(self._until, time.monotonic() + seconds)

    def remaining(self) -> float:
        """Seconds until it opens."""
        with self._lock:
            return max(0.0, self._until - time.monotonic())


@dataclass(frozen=True)
class Reply:
    """A parsed reply of ``where``. ``is_unchanged`` where a conditional question was answered with 304."""

    where: str
    data: dict[str, Any]
    headers: Mapping[str, str]
    is_unchanged: bool = False

    def rows(self, name: str) -> list[Mapping[str, Any]]:
        """The array of objects of that name. Raises TryAgain where something else stands there, or nothing."""
        if self.data.get(name) is None and not self.is_unchanged:
            raise self.odd(f"an array named {name}", "none")
        try:
            return objects(self.data.get(name))
        except OddBody as found:
            raise self.odd(f"an array of objects named {name}", str(found)) from None

    def odd(self, expected: str, found: str) -> TryAgain:
        """The error for a reply that cannot be what it should be."""
        return TryAgain(
            f"{self.where}: {expected} was expected, found {found}. Nothing was published. Run again; if it happens "
            "again, report it to the maintainers."
        )


class Api:
    """One firm's client for one system."""

    def __init__(
        self,
        firm_id: str,
        system: str,
        base_url: str,
        tokens: Tokens,
        transport: Transport,
        *,
        headers: Mapping[str, str] | None = None,
        pace: Pace | None = None,
        in_flight: int = 4,
        needs: str = "",
    ) -> None:
        self.firm_id = firm_id
        self.system = system
        self.base_url = base_url
        self.calls = 0
        self.headers = dict(headers or {})
        self._needs = needs
        self._tokens = tokens
        self._transport = transport
        self._pace = pace
        self._gate = Gate()
        self._slots = threading.Semaphore(in_flight)
        self._lock = threading.Lock()

    def at(self, base_url: str) -> Api:
        """The same client for another address of the same system."""
        return Api(self.firm_id, self.system, base_url, self._tokens, self._transport)

    def get(self, path: str, params: Params | None = None, headers: Mapping[str, str] | None = None) -> Reply:
        """GET a path below the base address, or an absolute address on the same host (a link to the next page)."""
        url = self._url(path)
        if self._needs and not self.headers.get(self._needs):
            raise GiveUp(f"{self.firm_id}: {self.system}: no call goes out without {self._needs}; confirm it first.")
        where = f"{self.firm_id}: {self.system} GET {self._shown(url)}"
        may_be_unchanged = "If-Modified-Since" in (headers or {})
        waits = self._transport.waits()
        rejected: str | None = None
        limited = tries = costly = 0
        while True:
            token = self._tokens.access_token(rejected)
            answer = self._attempt(url, params, {**self.headers, **(headers or {})}, token)
            status = answer.response.status_code if answer.response is not None else 0
            if answer.response is not None and status == 401:
                self._check_401(where, answer.response, renewed=rejected is not None)
                rejected = token
            elif answer.response is not None and status == 429:
                limited += 1
                self._obey_limit(where, answer.response, limited)
            elif answer.trouble or (status == 304 and not may_be_unchanged):
                tries += 1
                costly += answer.costly
                wait = next(waits, None)
                if wait is None or costly >= self._transport.patience.costly_attempts:
                    raise TryAgain(
                        f"{where}: a whole reply was expected, found {answer.trouble or 'status 304 unasked'}, "
                        f"{tries} times in a row. Nothing was published. Run again when {self.system} is well."
                    )
                self._transport.pause(wait)
            else:
                assert answer.response is not None
                self._check_status(where, status)
                return Reply(where, answer.data, answer.response.headers, status == 304)

    def _url(self, path: str) -> str:
        if not path.startswith(("http://", "https://")):
            return f"{self.base_url}/{path.lstrip('/')}" if path else self.base_url
        origin = self.base_url.split("/")[:3]
        if path.split("/")[:3] != origin:
            raise GiveUp(
                f"{self.firm_id}: {self.system} sent a link to another host than {origin[2]}. Our token stays here: "
                "check base_url in tieout.toml."
            )
        return path

    def _shown(self, url: str) -> str:
        """The path below the base address; a link that the other side sent is quoted only where it is a plain path."""
        path = url.split("?")[0].removeprefix(self.base_url)
        return path if _PLAIN_PATH.fullmatch(path) else "a link to the next page"

    def _attempt(self, url: str, params: Params | None, headers: Mapping[str, str], token: str) -> Attempt:
        """One call."""
        with self._slots:
            self._wait_for_turn()
            with self._lock:
                self.calls += 1
            try:
                response = self._transport.send("GET", url, params=params, headers=headers, auth=Bearer(token))
            except NoReply as trouble:
                return Attempt(None, {}, str(trouble), trouble.costly)
        if self._pace is not None:
            self._pace.heard(response.headers)
        status = response.status_code
        if status >= 500 or status in PASSING or (status < 400 and status not in (200, 304)):
            return Attempt(response, {}, f"status {status}")
        if status not in (200, 304):
            return Attempt(response, {})
        try:
            return Attempt(response, parse_json(response))
        except OddBody as found:
            return Attempt(response, {}, f"status {status} with {found}")

    def _wait_for_turn(self) -> None:
        while True:
            seconds = max(self._gate.remaining(), self._pace.wait() if self._pace else 0.0)
            if seconds <= 0:
                return
            self._transport.pause(seconds)

    def _check_401(self, where: str, response: Response, renewed: bool) -> None:
        if "insufficient_scope" in response.headers.get("WWW-Authenticate", ""):
            raise Refused(f"{where}: the connection lacks the scope for it. Authorise the app again with that scope.")
        if renewed:
            raise GiveUp(
                f"{where}: the token was refused (401), and so was a new one. Check that the credentials belong to "
                "this firm and region, and authorise the app again."
            )

    def _obey_limit(self, where: str, response: Response, times: int) -> None:
        """Close the gate for as long as a 429 asks; end the run when that is too long."""
        patience = self._transport.patience
        asked = retry_after(response.headers)
        problem = response.headers.get("X-Rate-Limit-Problem", "").lower()
        if problem.startswith("day") or (asked or 0) > patience.longest_wait or times > patience.limit_waits:
            opens = datetime.now(UTC) + timedelta(seconds=asked or 0)
            when = f"after {opens:%Y-%m-%d %H:%M} UTC" if asked else "later"
            raise TryAgain(
                f"{where}: the {'daily ' if problem.startswith('day') else ''}call limit is used up (429). "
                f"Nothing was published. Run again {when}."
            )
        seconds = asked or min(patience.first_wait * 2**times, patience.longest_wait)
        self._gate.close_for(seconds)
        self._transport.pause(seconds)

    def _check_status(self, where: str, status: int) -> None:
        if status in (200, 304):
            return
        if status == 404:
            raise NotFound(f"{where}: no such record or list (404). Check base_url, and report it to the maintainers.")
        if status == 403:
            raise Refused(
                f"{where}: refused (403). The connected user or the app lacks the right to read it, or the "
                "organisation is disconnected. Give the right, or authorise the app again as an administrator."
            )
        raise GiveUp(
            f"{where}: 200 was expected, found {status}. The API may have changed; check base_url and report it to the "
            "maintainers."
        )


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that ``Retry-After`` asks for, given as a number or as a date; never more than a week. None where it asks
    for nothing that can be waited for."""
    text = headers.get("Retry-After", "").strip()
    seconds = math.nan
    with contextlib.suppress(ValueError):
        seconds = float(text)
    if math.isnan(seconds):
        moment = moment_of(text)
        seconds = math.nan if moment is None else (moment - datetime.now(UTC)).total_seconds()
    return None if math.isnan(seconds) else min(max(0.0, seconds), LONGEST_ASKED)


def moment_of(text: str | None) -> datetime | None:
    """A header's date, as ``Date`` and ``Retry-After`` have it; None where it is none."""
    try:
        moment = parsedate_to_datetime(text or "")
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (TypeError, ValueError, OverflowError, IndexError):
        return None


class ClioPace:
    """``X-RateLimit-Remaining`` and ``-Reset``: with nothing left, wait for the reset that Clio names."""

    def __init__(self, reserve: int = 3) -> None:
        self._gate = Gate()
        self._reserve = reserve

    def heard(self, headers: Mapping[str, str]) -> None:
        """Close until the reset when the calls left are about to be used by those in flight."""
        remaining, reset = headers.get("X-RateLimit-Remaining"), headers.get("X-RateLimit-Reset")
        with contextlib.suppress(TypeError, ValueError, OverflowError):
            if int(remaining) <= self._reserve:  # type: ignore[arg-type]
                self._gate.close_for(min(max(0.0, float(reset) - _now(headers)), 61.0))  # type: ignore[arg-type]

    def wait(self) -> float:
        """Seconds until the reset."""
        return self._gate.remaining()


class XeroPace:
    """``X-MinLimit-Remaining``: Xero does not say when its minute ends, but it ends within 60 s of the first call
    in it.

    The window is taken to begin when the count goes up; with nothing left, the next call waits until that window is
    over.
    """

    def __init__(self, reserve: int = 3) -> None:
        self._lock = threading.Lock()
        self._gate = Gate()
        self._reserve = reserve
        self._last: int | None = None
        self._window = time.monotonic()

    def heard(self, headers: Mapping[str, str]) -> None:
        """Follow the count; close for the rest of the minute when it is about to run out."""
        try:
            remaining = int(headers.get("X-MinLimit-Remaining", ""))
        except ValueError:
            return
        with self._lock:
            if self._last is None or remaining > self._last:
                self._window = time.monotonic()
            self._last = remaining
            if remaining <= self._reserve:
                self._gate.close_for(max(0.0, self._window + 60.5 - time.monotonic()))

    def wait(self) -> float:
        """Seconds until the minute is over."""
        return self._gate.remaining()


def _now(headers: Mapping[str, str]) -> float:
    """The sender's clock if it tells it, else ours: a reset is a moment on the sender's clock."""
    told = moment_of(headers.get("Date"))
    return told.timestamp() if told is not None else time.time()
