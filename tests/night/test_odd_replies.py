"""Replies that no well system sends. Each ends as *try again*, soon, in one sentence that quotes nothing of it."""

from __future__ import annotations

import gzip
import re
import threading
import time
from datetime import date, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from pipelines.api.bounded import Bounds
from pipelines.api.http import Api, ClioPace, Patience, Transport, XeroPace, retry_after
from pipelines.api.reply import OddBody
from pipelines.api.walk import MOST_PAGES, Walk
from pipelines.clio import lists as clio
from pipelines.clio.paging import highest_id, walk_clio
from pipelines.errors import TieoutError, TryAgain
from pipelines.tables.converter import Converter
from pipelines.xero import lists as xero
from pipelines.xero.night import XeroNight
from pipelines.xero.paging import walk_xero, xero_count, xero_latest
from pipelines.xero.trial_balance import report_lines
from tests.support.hostile_server import HostileServer, Write, body, bomb, for_ever, head, says, silent_after
from tests.support.little_server import Answer, LittleServer, in_turn

NAME = "Ada Quill"  # stands in what is sent, and must stand in no error
TOKEN = "tok-very-secret"
BOUNDS = Bounds(seconds=1.0, silence=0.3, slow_after=0.2, slowest=2000.0, most_bytes=300_000)
HASTE = Patience(attempts=2, first_wait=0.001, timeout=(0.5, 0.3), bounds=BOUNDS, costly_attempts=1)
START = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = START + b"Transfer-Encoding: chunked\r\n\r\n"
GZIP = "Content-Encoding: gzip"
GOOD = f'{{"data": "{NAME}"}}'


def odd_status(status: str, *headers: str) -> Write:
    return body(GOOD, *headers, status=status)


REPLIES: dict[str, Write] = {
    # Time
    "nothing at all": silent_after(b""),
    "half a status line": silent_after(b"HTTP/1.1 20"),
    "headers without an end": for_ever(START, b"X-Name: Ada Quill\r\n"),
    "one header without an end": for_ever(START + b"X-Name: ", b"a" * 1000),
    "a header a byte at a time": for_ever(START + b"X-Name: ", b"a", 0.05),
    "a status line a byte at a time": for_ever(b"HTTP/1.1 200 ", b"O", 0.05),
    "continue, for ever": for_ever(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "a body a byte at a time": for_ever(START + b"Content-Length: 100000\r\n\r\n{", b" ", 0.05),
    "a chunk a byte at a time": for_ever(CHUNKED, b"1\r\n \r\n", 0.05),
    "a body that stops": silent_after(START + b'Content-Length: 500\r\n\r\n{"data": ['),
    "a chunk that stops": silent_after(CHUNKED + b'a\r\n{"data"'),
    # Size
    "a body without an end": for_ever(START + b'\r\n{"data": "', b"a" * 5000),
    "chunks without an end": for_ever(CHUNKED, b"1388\r\n" + b"a" * 5000 + b"\r\n"),
    "a chunk size without an end": for_ever(CHUNKED, b"0" * 1000),
    "a chunk extension without an end": for_ever(CHUNKED + b"1;", b"a" * 1000),
    "trailers without an end": for_ever(CHUNKED + b"2\r\n{}\r\n0\r\n", b"X-Name: Ada Quill\r\n"),
    "a large body": body('{"data": "' + "a" * 400_000 + '"}'),
    "a length beyond belief": for_ever(START + b"Content-Length: 99999999999999\r\n\r\n{", b"a" * 5000),
    "a gzip bomb": body(bomb(20), GZIP),
    "a gzip bomb in a gzip": body(gzip.compress(bomb(20)), "Content-Encoding: gzip, gzip"),
    "a deflate that is none": body(GOOD, "Content-Encoding: deflate"),
    "a gzip that is none": body(GOOD, GZIP),
    "half a gzip": body(bomb(1)[:200], GZIP),
    "six encodings": body(GOOD, "Content-Encoding: " + ", ".join(["gzip"] * 6)),
    "brackets without end": body("[" * 200_000),
    "objects without end": body('{"a":' * 40_000),
    "closed brackets, 100,000 deep": body("[" * 100_000 + "]" * 100_000),
    # Not HTTP
    "no HTTP": says(b"220 mail.example ready, Ada Quill\r\n"),
    "a status that is none": says(b"HTTP/1.1 abc OK\r\n\r\n"),
    "hangs up": says(b""),
    "hangs up within headers": says(START),
    "a negative length": says(START + b"Content-Length: -5\r\n\r\n" + GOOD.encode()[:9]),
    "two lengths": says(START + b"Content-Length: 5\r\nContent-Length: 900\r\n\r\n" + GOOD.encode()),
    "a chunk size that is none": says(CHUNKED + b"zz\r\nAda Quill"),
    "cut off": says(head(GOOD.encode() * 9)[:-20]),
    "no body": body(""),
    # Statuses
    **{
        f"status {status}": odd_status(status)
        for status in (
            "204 No Content",
            "206 Partial Content",
            "299 Odd",
            "304 Not Modified",
            "408 Timeout",
            "425 Early",
        )
    },
    **{f"status {status}": odd_status(f"{status} Odd") for status in (500, 502, 503, 504, 520, 599, 999)},
    "a redirect": odd_status("302 Found", "Location: https://elsewhere.example/Ada"),
    "a redirect to nowhere": odd_status("301 Moved", "Location: http://[::bad"),
    "a redirect to itself": odd_status("307 Again", "Location: /api/bills.json"),
    "a redirect with an endless body": for_ever(b"HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n", b"a" * 5000),
    # Bodies
    "a web page": body("<html>Ada Quill</html>", media="text/html"),
    "JSON called a web page": body(GOOD, media="text/html; charset=utf-8"),
    "XML": body("<Invoices/>", media="application/xml"),
    "text": body(f'"{NAME}"'),
    "a number": body("17"),
    "null": body("null"),
    "true": body("true"),
    "two objects": body(GOOD + GOOD),
    "half an object": body(GOOD[:-3]),
    "NaN": body('{"data": NaN}'),
    "Infinity": body('{"data": -Infinity}'),
    "1e99999999": body('{"data": 1e99999999}'),
    "1e-99999999": body('{"data": 1e-99999999}'),
    "100,000 digits": body('{"data": ' + "9" * 100_000 + "}"),
    "a name twice": body('{"data": [], "data": [{"id": 1}]}'),
    "a name twice, deep": body('{"data": [{"id": 1, "id": 2}]}'),
    "not UTF-8": body(b'{"data": "\xff\xfe"}'),
    "UTF-16": body(GOOD.encode("utf-16")),
    "a null byte": body(b"\x00" + GOOD.encode()),
    "single quotes": body(f"{{'data': '{NAME}'}}"),
    "a comment": body(GOOD + " // Ada Quill"),
    "a control character in text": body('{"data": "Ada \x01 Quill"}'),
}


class Tokens:
    def access_token(self, rejected: str | None = None) -> str:
        return TOKEN


def client(url: str, patience: Patience = HASTE, system: str = "clio") -> Api:
    return Api("harbor-law", system, f"{url}/api", Tokens(), Transport(patience, sleep=lambda seconds: None))


def try_again(error: TieoutError, where: str = "GET /bills.json") -> None:
    """One sentence: where, what was expected, what was found; and nothing of the reply."""
    text = str(error)
    assert isinstance(error, TryAgain), text
    assert re.search(
        rf"harbor-law: (clio|xero).*{re.escape(where)}.*expected.*found .*[Nn]othing was published", text
    ), text
    assert len(text) < 400 and "\n" not in text
    assert "Ada" not in text and TOKEN not in text and "elsewhere" not in text


@pytest.mark.alone
@pytest.mark.parametrize("kind", REPLIES)
def test_an_odd_reply_is_tried_again_soon_and_never_quoted(kind: str) -> None:
    with HostileServer(REPLIES[kind]) as server:
        began = time.monotonic()
        with pytest.raises(TieoutError) as caught:
            client(server.url).get("bills.json", {"query": NAME})
    assert time.monotonic() - began < 4
    assert caught.value.__cause__ is None
    try_again(caught.value)
    assert server.asked in (1, 2)


def test_there_are_as_many_as_were_tried_on_the_first_version() -> None:
    assert len(REPLIES) >= 66


def test_a_good_reply_that_is_slow_but_not_too_slow_is_read() -> None:
    def write(caller: Any) -> None:
        whole = head(GOOD.encode())
        for start in range(0, len(whole), 20):
            caller.sendall(whole[start : start + 20])
            time.sleep(0.01)

    with HostileServer(write) as server:
        assert client(server.url).get("bills.json").data == {"data": NAME}


def test_a_large_reply_within_the_bounds_is_read_packed_and_plain() -> None:
    whole = ('{"data": "' + "a" * 250_000 + '"}').encode()
    for reply in (head(whole), head(gzip.compress(whole), GZIP)):
        with HostileServer(says(reply)) as server:
            assert len(client(server.url).get("bills.json").data["data"]) == 250_000


@pytest.mark.alone
def test_stopping_cuts_a_call_under_way() -> None:
    with HostileServer(silent_after(b"", 10)) as server:
        patience = Patience()
        transport = Transport(patience)
        api = Api("harbor-law", "clio", server.url, Tokens(), transport)
        threading.Timer(0.3, transport.stop).start()
        began = time.monotonic()
        with pytest.raises(Transport.Stopped):
            api.get("bills.json")
    assert time.monotonic() - began < 2


@pytest.mark.alone
def test_stopping_ends_a_wait() -> None:
    with LittleServer(in_turn(Answer("", 429, {"Retry-After": "200"}))) as server:
        transport = Transport()
        threading.Timer(0.3, transport.stop).start()
        began = time.monotonic()
        with pytest.raises(Transport.Stopped):
            Api("harbor-law", "clio", server.url, Tokens(), transport).get("bills.json")
    assert time.monotonic() - began < 2


def test_all_calls_together_have_an_end() -> None:
    with LittleServer(in_turn(Answer("", 429, {"Retry-After": "200"}))) as server:
        transport = Transport(Patience(hours=0.01))
        with pytest.raises(TryAgain, match=r"expected to be read within 0.01 hours.*Nothing was published"):
            Api("harbor-law", "clio", server.url, Tokens(), transport).get("bills.json")
    with LittleServer(in_turn(Answer({"data": []}))) as server:
        transport = Transport(Patience(hours=0.0))
        with pytest.raises(TryAgain, match="within 0 hours"):
            Api("harbor-law", "clio", server.url, Tokens(), transport).get("bills.json")
    assert server.asked == []


# Headers

ODD_WAITS = (
    "1e300",
    "inf",
    "nan",
    "-5",
    "-1e300",
    "0",
    "soon",
    "",
    "Ada Quill",
    "99999999999999999999",
    "Wed, 21 Oct 2015 07:28:00 GMT",
    "Wed, 21 Oct 9999 07:28:00 GMT",
    "Wed, 99 Foo 2015",
    "Mon, 01 Jan 0001 00:00:00 -0000",
)


@pytest.mark.parametrize("text", ODD_WAITS)
def test_an_odd_wait_neither_breaks_nor_holds_nor_hurries(text: str) -> None:
    slept: list[float] = []
    transport = Transport(Patience(attempts=2, limit_waits=3, first_wait=0.02), sleep=slept.append)
    with LittleServer(in_turn(Answer("", 429, {"Retry-After": text}))) as server, pytest.raises(TieoutError) as caught:
        Api("harbor-law", "clio", server.url, Tokens(), transport).get("bills.json")
    assert isinstance(caught.value, TryAgain) and "Nothing was published" in str(caught.value)
    assert "Ada" not in str(caught.value)
    assert slept == [] or (slept[0] >= 0.02 and max(slept) <= 300)
    assert len(server.asked) <= 4


@pytest.mark.parametrize("text", ODD_WAITS)
def test_an_odd_wait_is_a_wait_of_a_week_at_most_or_none(text: str) -> None:
    asked = retry_after({"Retry-After": text})
    assert asked is None or 0 <= asked <= 7 * 86400


@pytest.mark.parametrize("reset", ["1e300", "nan", "inf", "-1e300", "soon", ""])
@pytest.mark.parametrize("date", ["", "soon", "Wed, 21 Oct 9999 07:28:00 GMT", "Mon, 01 Jan 0001 00:00:00 -0000"])
def test_odd_limits_hold_nobody_for_more_than_a_minute(reset: str, date: str) -> None:
    for remaining in ("0", "-5", "nan", "1e9", "9" * 5000, "\N{SUPERSCRIPT TWO}", ""):
        paces = (ClioPace(), XeroPace())
        for pace in paces:
            heard = {"X-RateLimit-Remaining": remaining, "X-RateLimit-Reset": reset, "X-MinLimit-Remaining": remaining}
            pace.heard({**heard, **({"Date": date} if date else {})})
            assert 0 <= pace.wait() <= 61


# Pages

ROWS: dict[str, Any] = {
    "numbers": [1, 2, 3],
    "null": [None],
    "text": ["Ada Quill"],
    "arrays": [[1]],
    "an object": {"0": {"id": 1}},
    "a word": "Ada Quill",
    "a number": 7,
    "false": False,
    "an id that is an array": [{"id": ["Ada Quill"], "InvoiceID": ["Ada Quill"]}],
    "an id that is an object": [{"id": {"name": "Ada Quill"}, "InvoiceID": {"name": "Ada Quill"}}],
    "an id that is true": [{"id": True, "InvoiceID": True}],
    "nothing": None,
}


@pytest.mark.parametrize("rows", ROWS.values(), ids=ROWS)
@pytest.mark.parametrize("held", [None, 500], ids=["first night", "second night"])
def test_rows_that_are_none(rows: Any, held: int | None) -> None:
    with LittleServer(in_turn(Answer({"data": rows, "Invoices": rows}))) as server:
        api = client(server.url)
        with pytest.raises(TieoutError) as caught:
            list(walk_clio(Walk(api, "bills", held=held), clio.BILLS))
        try_again(caught.value, "")
        with pytest.raises(TieoutError) as caught:
            list(walk_xero(Walk(client(server.url, system="xero"), "invoices", held=held), xero.INVOICES))
        try_again(caught.value, "")


@pytest.mark.parametrize("empty", [{}, [], {"Status": "OK"}, {"Invoices": None}], ids=str)
def test_a_reply_without_its_list_is_not_an_empty_list(empty: Any) -> None:
    with LittleServer(in_turn(Answer(empty))) as server:
        for headers in (None, {"If-Modified-Since": "2026-01-01T00:00:00"}):
            with pytest.raises(TryAgain, match="an array named Invoices was expected, found none"):
                list(walk_xero(Walk(client(server.url, system="xero"), "invoices"), xero.INVOICES, headers=headers))


def test_unchanged_is_believed_only_where_it_was_asked_for() -> None:
    with LittleServer(in_turn(Answer(b"", 304))) as server:
        since = {"If-Modified-Since": "2026-01-01T00:00:00"}
        walk = Walk(client(server.url, system="xero"), "invoices")
        assert list(walk_xero(walk, xero.INVOICES, headers=since)) == [[]]
        with pytest.raises(TryAgain, match="found status 304 unasked"):
            list(walk_xero(Walk(client(server.url, system="xero"), "invoices"), xero.INVOICES))


@pytest.mark.parametrize("count", ["-1", "1e40", '"many"', "null", "[]", "{}", "true", "1.5", "9" * 30, '"3"'])
@pytest.mark.parametrize("name", ["itemCount", "pageCount", "pageSize"])
def test_counts_that_are_none(name: str, count: str) -> None:
    told = {"itemCount": "1", "pageCount": "1", "pageSize": "1000", name: count}
    pagination = ", ".join(f'"{key}": {value}' for key, value in told.items())
    page = f'{{"Invoices": [{{"InvoiceID": "a"}}], "pagination": {{{pagination}}}}}'
    with LittleServer(in_turn(Answer(page))) as server:
        with pytest.raises(TryAgain, match=rf"pagination.{name} was expected to be a count, found .* that is none"):
            list(walk_xero(Walk(client(server.url, system="xero"), "invoices"), xero.INVOICES))
        with pytest.raises(TryAgain, match="expected to be a count"):
            xero_count(Walk(client(server.url, system="xero"), "invoices"), xero.INVOICES)


@pytest.mark.parametrize(
    "meta",
    [
        '"Ada Quill"',
        "[1]",
        '{"paging": 7}',
        '{"paging": {"next": 7}}',
        '{"paging": {"next": {}, "x": 1}}',
        '{"paging": {"next": ["Ada Quill"]}}',
        '{"paging": {"next": true}}',
    ],
)
def test_links_that_are_none(meta: str) -> None:
    with LittleServer(in_turn(Answer(f'{{"data": [{{"id": 1}}], "meta": {meta}}}'))) as server:
        if meta == '{"paging": {"next": {}, "x": 1}}':
            list(walk_clio(Walk(client(server.url), "bills"), clio.BILLS, tail=False))  # an empty one is none
            return
        with pytest.raises(TieoutError) as caught:
            list(walk_clio(Walk(client(server.url), "bills"), clio.BILLS))
        try_again(caught.value, "")


def test_a_stamp_that_is_none() -> None:
    for stamp in (7, "soon", ["x"], "/Date(9e99)/"):
        answers = in_turn(Answer({"DateTimeUTC": stamp, "Invoices": []}))
        with LittleServer(answers) as server, pytest.raises(TryAgain, match="DateTimeUTC was expected to be a moment"):
            list(walk_xero(Walk(client(server.url, system="xero"), "invoices"), xero.INVOICES))


@pytest.mark.parametrize(("held", "most"), [(500, 112), (0, MOST_PAGES), (None, MOST_PAGES), (10**9, MOST_PAGES)])
def test_pages_end_by_what_is_held(held: int | None, most: int) -> None:
    walk = Walk(client("http://127.0.0.1:1"), "bills", held=held)
    with pytest.raises(TryAgain, match=f"a last page was expected, found more than {most:,}"):
        for number in range(most + 1):
            walk.take([{"id": number}], "id", 200)
    assert walk.pages == most + 1


def test_pages_of_xero_end_by_what_its_first_page_stated() -> None:
    pages = iter(range(10_000))

    def answer(asked: Any) -> Answer:
        number = next(pages)
        rows = [{"InvoiceID": f"{number}-{row}"} for row in range(3)]
        pagination = {"page": number, "pageSize": 3, "itemCount": 3 * (number + 2), "pageCount": number + 2}
        return Answer({"Invoices": rows, "pagination": pagination})

    with LittleServer(answer) as server, pytest.raises(TryAgain, match="a last page was expected, found more than 104"):
        list(walk_xero(Walk(client(server.url, system="xero"), "invoices"), xero.INVOICES))


def test_what_changed_last_is_believed_only_in_its_order_and_as_far_as_it_reaches() -> None:
    """A server that ignores the order, or has no count, or more changed records than a page holds."""
    since = datetime(2025, 11, 20)
    new, old = ("/Date(1763769600000+0000)/", "/Date(1763424000000+0000)/")  # the 22nd and the 18th
    pages = {
        (new, old): (9, True),
        (new, new): (9, False),
        (new,): (1, True),
        (old, new): (9, False),
        (old, new, None): (9, False),
        ("soon",): (1, False),
        (): (0, True),
        (new, old, ""): (None, False),
    }
    for stamps, (stated, reaches) in pages.items():
        rows = [{"InvoiceID": str(place), "UpdatedDateUTC": stamp} for place, stamp in enumerate(stamps)]
        pagination = {"itemCount": stated, "pageCount": 1, "pageSize": len(rows)}
        body_of = {"Invoices": rows} if stated is None else {"Invoices": rows, "pagination": pagination}
        with LittleServer(in_turn(Answer(body_of))) as server:
            latest = xero_latest(Walk(client(server.url, system="xero"), "invoices"), xero.INVOICES)
        assert (latest.reaches(since), latest.stated) == (reaches, stated), stamps
        assert server.asked[0].query["order"] == ["UpdatedDateUTC DESC"]


@pytest.mark.parametrize(
    "report",
    [
        {"Rows": 1},
        {"Rows": [1]},
        {"Rows": [{"Rows": "x"}]},
        {"Rows": [{"Rows": [{"Cells": {}}]}]},
        {"Rows": [{"Rows": [{"Cells": [7]}]}]},
        {"Rows": [{"Rows": [{"Cells": [{"Attributes": 3}]}]}]},
        {"Rows": [{"Rows": [{"Cells": [{"Attributes": [{"Id": "account", "Value": ["x"]}]}]}]}]},
    ],
)
def test_a_report_of_something_else(report: dict[str, Any]) -> None:
    with pytest.raises(OddBody):
        list(report_lines(report))


@pytest.mark.parametrize("part", ["Title", "name", "debit", "ytd_credit"])
@pytest.mark.parametrize(
    "odd", ["[1]", "{}", "true", '"Ada Quill"', '"1_0"', '"NaN"', "1e40", "12.345", "9" * 30, '"9e999999"']
)
def test_a_report_with_an_odd_cell_is_tried_again(part: str, odd: str) -> None:
    """Amounts and names of a trial balance: a report has no record that a person could look up and correct."""
    said = {"Title": '"Assets"', "name": '"Cash"', "debit": '"1.00"', "credit": '""', "ytd_debit": "null"}
    title, *values = {**said, "ytd_credit": '"0.00"', part: odd}.values()
    account = '"Attributes": [{"Id": "account", "Value": "a-1"}]'
    row = f'{{"RowType": "Row", "Cells": [{", ".join(f"""{{"Value": {value}, {account}}}""" for value in values)}]}}'
    report = f'{{"Reports": [{{"Rows": [{{"Title": {title}, "Rows": [{row}]}}]}}]}}'
    with LittleServer(in_turn(Answer(report))) as server:
        held: Any = SimpleNamespace(firm_id="harbor-law")
        converter = Converter("harbor-law", datetime(2026, 11, 30))
        night = XeroNight(client(server.url, system="xero"), held, {}, converter, full=True, as_of=date(2026, 11, 30))
        if part in ("Title", "name") and odd not in ("[1]", "{}", "true"):
            assert len(list(night.read(xero.TRIAL_BALANCE))) == 1  # a text, whatever it says
            return
        with pytest.raises(TieoutError) as caught:
            list(night.read(xero.TRIAL_BALANCE))
    try_again(caught.value, "GET /Reports/TrialBalance")


@pytest.mark.parametrize("number", ['"abc"', '""', "1.5", '"-3"', '"Ada Quill"'])
def test_a_highest_id_that_is_no_number(number: str) -> None:
    with LittleServer(in_turn(Answer(f'{{"data": [{{"id": {number}}}]}}'))) as server:
        walk = Walk(client(server.url), "bills")
        with pytest.raises(TryAgain, match=r"the highest id was expected to be a whole number, found"):
            highest_id(walk, clio.BILLS)
