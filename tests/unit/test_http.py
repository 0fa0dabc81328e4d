"""The client on bad days: outages, limits, refusals, and numbers that must not become floats."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from pipelines.api.http import Api, ClioPace, Patience, Transport, XeroPace, retry_after
from pipelines.errors import GiveUp, NotFound, Refused, TryAgain
from tests.support.little_server import Answer, LittleServer, in_turn

SECRET = "tok-very-secret"


class Tokens:
    """Hands out numbered tokens; a rejected one is followed by the next."""

    def __init__(self) -> None:
        self.renewed = 0

    def access_token(self, rejected: str | None = None) -> str:
        if rejected == f"{SECRET}-{self.renewed}":
            self.renewed += 1
        return f"{SECRET}-{self.renewed}"


class Caller:
    """An Api with a short patience, and what it slept."""

    def __init__(self, server: LittleServer, **more: Any) -> None:
        self.slept: list[float] = []
        self.tokens = Tokens()
        transport = Transport(Patience(attempts=4, first_wait=0.5), sleep=self.slept.append)
        self.api = Api("harbor-law", "clio", f"{server.url}/api", self.tokens, transport, **more)


def call(*answers: Answer, **more: Any) -> tuple[Caller, Callable[[], dict[str, Any]], LittleServer]:
    server = LittleServer(in_turn(*answers))
    caller = Caller(server, **more)

    def get() -> dict[str, Any]:
        with server:
            return caller.api.get("bills.json", {"query": "Client Name"}).data

    return caller, get, server


def test_numbers_keep_every_digit() -> None:
    body = '{"data": [{"total": 12345678901234567.89, "rate": 0.1, "count": 3}]}'
    _, get, _ = call(Answer(body))
    assert get()["data"][0] == {"total": Decimal("12345678901234567.89"), "rate": Decimal("0.1"), "count": 3}


@pytest.mark.parametrize(
    "bad",
    [
        Answer({"error": {}}, 500),
        Answer("<html>Bad gateway</html>", 502),
        Answer("offline for maintenance", 503),
        Answer('{"data": [', 200),
        Answer("<html>hello</html>", 200),
        Answer('{"total": NaN}', 200),
        Answer({"data": [1, 2, 3]}, 200, cut=True),
    ],
    ids=["500", "html 502", "text 503", "cut json", "html 200", "not a number", "truncated"],
)
def test_passing_trouble_is_tried_again_with_growing_waits(bad: Answer) -> None:
    caller, get, _ = call(bad, bad, Answer({"data": []}))
    assert get() == {"data": []}
    assert len(caller.slept) == 2 and caller.slept[1] > caller.slept[0] * 1.2
    assert caller.api.calls == 3


def test_trouble_that_stays_ends_as_try_again_without_secrets() -> None:
    caller, get, _ = call(Answer("gone", 503))
    with pytest.raises(TryAgain) as caught:
        get()
    text = str(caught.value)
    assert "clio GET /bills.json" in text and "4 times" in text
    assert SECRET not in text and "Client Name" not in text
    assert caller.api.calls == 4


def test_a_refused_connection_is_not_quoted() -> None:
    with LittleServer(in_turn(Answer())) as server:
        caller = Caller(server)
    with pytest.raises(TryAgain, match="no whole reply") as caught:
        caller.api.get("bills.json", {"query": "Client Name"})
    assert "Client Name" not in str(caught.value) and caught.value.__cause__ is None


def test_a_limit_is_obeyed_to_the_second() -> None:
    caller, get, _ = call(Answer("", 429, {"Retry-After": "7"}), Answer({"data": []}))
    get()
    assert caller.slept[0] == 7


def test_the_limit_of_a_day_is_not_slept_on() -> None:
    headers = {"Retry-After": "20000", "X-Rate-Limit-Problem": "day"}
    caller, get, _ = call(Answer("", 429, headers))
    with pytest.raises(TryAgain, match=r"daily call limit .* Run again after \d{4}-\d\d-\d\d \d\d:\d\d UTC"):
        get()
    assert caller.slept == []


def test_an_expired_token_is_renewed_once() -> None:
    caller, get, server = call(Answer({"error": "invalid_token"}, 401), Answer({"data": []}))
    get()
    assert caller.tokens.renewed == 1
    assert [asked.headers["Authorization"] for asked in server.asked] == [f"Bearer {SECRET}-0", f"Bearer {SECRET}-1"]


def test_a_token_that_is_refused_twice_ends_the_night() -> None:
    caller, get, _ = call(Answer({"error": "invalid_token"}, 401))
    with pytest.raises(GiveUp, match="and so was a new one"):
        get()
    assert caller.api.calls == 2


def test_a_missing_scope_is_a_refusal_and_renews_nothing() -> None:
    caller, get, _ = call(Answer({}, 401, {"WWW-Authenticate": 'Bearer error="insufficient_scope"'}))
    with pytest.raises(Refused, match="scope"):
        get()
    assert caller.tokens.renewed == 0


@pytest.mark.parametrize(("status", "kind"), [(403, Refused), (404, NotFound), (400, GiveUp)])
def test_refusals_are_not_tried_again(status: int, kind: type[Exception]) -> None:
    caller, get, _ = call(Answer({"error": {"type": "ArgumentError", "message": "Ada Quill"}}, status))
    with pytest.raises(kind) as caught:
        get()
    assert caller.api.calls == 1 and "Ada Quill" not in str(caught.value)


def test_the_token_is_never_sent_to_another_host() -> None:
    with LittleServer(in_turn(Answer())) as server:
        caller = Caller(server)
        with pytest.raises(GiveUp, match="another host"):
            caller.api.get("http://127.0.0.1:1/api/bills.json?page_token=x")
    assert server.asked == []


def test_no_call_goes_out_before_the_tenant_is_known() -> None:
    with LittleServer(in_turn(Answer())) as server:
        caller = Caller(server, needs="xero-tenant-id")
        with pytest.raises(GiveUp, match="no call goes out without xero-tenant-id"):
            caller.api.get("Invoices")
        caller.api.headers["xero-tenant-id"] = "t-1"
        caller.api.get("Invoices")
    assert [asked.headers.get("xero-tenant-id") for asked in server.asked] == ["t-1"]


def test_a_stopped_run_makes_no_further_call() -> None:
    with LittleServer(in_turn(Answer())) as server:
        transport = Transport()
        transport.stop()
        with pytest.raises(Transport.Stopped):
            Api("f", "clio", server.url, Tokens(), transport).get("bills.json")
    assert server.asked == []


def test_cookies_are_not_kept() -> None:
    with LittleServer(in_turn(Answer(headers={"Set-Cookie": "session=1"}), Answer())) as server:
        caller = Caller(server)
        caller.api.get("a")
        caller.api.get("b")
    assert "Cookie" not in server.asked[1].headers


def test_clio_is_paced_by_its_headers() -> None:
    pace = ClioPace()
    now = datetime.now(UTC)
    date = now.strftime("%a, %d %b %Y %H:%M:%S GMT")
    pace.heard({"X-RateLimit-Remaining": "20", "X-RateLimit-Reset": str(int(now.timestamp()) + 40), "Date": date})
    assert pace.wait() == 0
    pace.heard({"X-RateLimit-Remaining": "1", "X-RateLimit-Reset": str(int(now.timestamp()) + 40), "Date": date})
    assert 35 < pace.wait() < 42


def test_xero_is_paced_by_its_headers() -> None:
    pace = XeroPace()
    pace.heard({"X-MinLimit-Remaining": "55"})
    assert pace.wait() == 0
    pace.heard({"X-MinLimit-Remaining": "1"})
    assert 50 < pace.wait() < 61


@pytest.mark.parametrize(("text", "seconds"), [("12", 12.0), ("", None), ("soon", None), ("-3", 0.0)])
def test_retry_after_is_read(text: str, seconds: float | None) -> None:
    assert retry_after({"Retry-After": text}) == seconds


def test_retry_after_may_be_a_date() -> None:
    later = datetime.now(UTC) + timedelta(seconds=90)
    found = retry_after({"Retry-After": later.strftime("%a, %d %b %Y %H:%M:%S GMT")})
    assert found is not None and 85 < found < 91
