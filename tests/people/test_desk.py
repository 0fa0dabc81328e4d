"""The desk: who may look, what each page says, what nobody's name can do, and what the forms write."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from markupsafe import escape
from starlette.testclient import TestClient

from flows.days import today_of
from flows.desk import history, worklist
from flows.desk.app import DECISIONS, desk
from flows.desk.firm import WALK_ABOVE
from flows.desk.guard import HEADERS
from flows.desk.look import compared, days, rate, shown
from flows.desk.server import Server
from flows.desk.signing_in import Door
from flows.night import journal
from flows.night.verdict import NightResult
from flows.pack import store
from flows.pack.figures import Figures
from flows.pack.month import Month, last_ended
from flows.reading.report import read_rows, read_worklist
from pipelines.bank.statements import StatementStore
from pipelines.errors import UsageError
from pipelines.firm import decisions
from tests.support.desk_world import FIRM, HOSTILE, KEY, OTHER, PORT, URL, Practice, practice

pytestmark = pytest.mark.timeout(600)
TOKEN = re.compile(r'name="form_token" value="([^"]+)"')
LATER = "2099-12-31"


@pytest.fixture(scope="module")
def firms(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Practice]:
    with practice(tmp_path_factory.mktemp("desk")) as found:
        yield found


@pytest.fixture
def client(firms: Practice) -> TestClient:
    return firms.client()


def items(firms: Practice, firm: str = FIRM) -> dict[str, str]:
    """Exception ids by code."""
    one = firms.settings.firm(firm)
    return {row["code"]: row["exception_id"] for row in read_worklist(one.warehouse, one.id)}


def item(firms: Practice, code: str) -> str:
    return f"/firms/{FIRM}/items/{items(firms)[code]}"


def send(client: TestClient, page: str, form: str, **fields: str) -> Any:
    """Fill in a form that stands on a page."""
    token = TOKEN.search(client.get(page).text)
    assert token
    return client.post(form, data={"form_token": token[1], **fields})


class Elements(HTMLParser):
    """Every element of a page with its attributes."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def every_page(client: TestClient) -> dict[str, str]:
    """Each page that can be reached by links, with its HTML; an item once, from whichever list it is opened."""
    pages: dict[str, str] = {}
    waiting = ["/"]
    while waiting:
        path = waiting.pop()
        if path in pages:
            continue
        answer = client.get(path)
        assert answer.status_code == 200, (path, answer.text[-500:])
        pages[path] = answer.text
        links = [about.get("href") or "" for tag, about in Elements(answer.text).found if tag == "a"]
        links = [link.partition("?")[0] if "/items/" in link else link for link in links]
        waiting += [link for link in links if link.startswith("/") and not link.startswith("/static/")]
    return pages


# Who may look


def test_without_the_key_nothing_is_said(firms: Practice) -> None:
    paths = [path for path in every_page(firms.client()) if path != "/sign-in"]
    stranger = firms.client(is_signed_in=False)
    for path in [*paths, f"/firms/{FIRM}/pictures/bridge", "/nowhere"]:
        answer = stranger.get(path)
        assert answer.status_code == 401, path
        said = answer.text.replace(str(escape(path)), "")  # what the stranger asked for is no news to him
        assert "Brook" not in said and "Harbor" not in said
    for path in DECISIONS:
        assert stranger.post(f"/firms/{FIRM}/{path}").status_code == 401


def test_another_key_is_none(firms: Practice) -> None:
    stranger = firms.client(is_signed_in=False)
    for key in ("", "the-kez", KEY + "x", "\ud800".encode("utf-8", "replace").decode()):
        assert stranger.post("/sign-in", data={"key": key}).status_code == 401
        assert stranger.get("/").status_code == 401


def test_the_cookie_is_for_the_browser_alone_and_ends_with_signing_out(firms: Practice) -> None:
    browser = firms.client(is_signed_in=False)
    answer = browser.post("/sign-in", data={"key": KEY, "wanted": "/firms/x"}, follow_redirects=False)
    assert answer.headers["location"] == "/firms/x"
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie and KEY not in cookie
    held = dict(browser.cookies)
    send(browser, "/", "/sign-out")
    browser.cookies.update(held)
    assert browser.get("/").status_code == 401


@pytest.mark.parametrize(
    "wanted", ["https://e.example/", "//e.example", "/\\e.example", "javascript:alert(1)", "/a\nb"]
)
def test_signing_in_leads_nowhere_else(firms: Practice, wanted: str) -> None:
    browser = firms.client(is_signed_in=False)
    answer = browser.post("/sign-in", data={"key": KEY, "wanted": wanted}, follow_redirects=False)
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize(
    "host", ["e.example", f"e.example:{PORT}", "127.0.0.1", "127.0.0.1:1", f"localhost.e:{PORT}", ""]
)
def test_a_request_to_another_name_is_refused(client: TestClient, host: str) -> None:
    assert client.get("/", headers={"host": host}).status_code == 421
    assert client.get("/static/desk.css", headers={"host": host}).status_code == 421


def test_a_link_in_a_mail_asks_again_by_itself(firms: Practice) -> None:
    stranger = firms.client(is_signed_in=False)
    from_mail = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    answer = stranger.get(f"/firms/{FIRM}/worklist?code=xero_only", headers=from_mail)
    assert answer.status_code == 401 and f"0; url=/firms/{FIRM}/worklist?code=xero_only" in answer.text
    assert "url=/e.example/x" in stranger.get(f"{URL}//e.example/x", headers=from_mail).text  # never another machine's
    assert 'name="key"' in stranger.get("/", headers=from_mail | {"sec-fetch-site": "same-origin"}).text


def test_every_answer_forbids_what_is_not_ours(client: TestClient, firms: Practice) -> None:
    for path in ("/", f"/firms/{FIRM}/worklist", "/nowhere", "/static/desk.css", "/static/nothing", "/sign-in"):
        answer = client.get(path)
        assert HEADERS.items() <= {name: answer.headers.get(name) for name in HEADERS}.items(), path
    policy = HEADERS["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy
    assert firms.client(is_signed_in=False).get("/").headers["Cache-Control"] == "no-store"


# Forged requests


@pytest.mark.parametrize("path", DECISIONS)
def test_a_form_that_is_not_ours_changes_nothing(path: str, client: TestClient, firms: Practice) -> None:
    where = f"/firms/{FIRM}/" + path.format(
        exception_id=items(firms)["missing_in_xero"], statement_id="x", month="2026-10"
    )
    fields = {"reason": "r", "by": "b", "until": LATER, "account": "IOLTA", "date": "2026-01-31", "balance": "1.00"}
    token = TOKEN.search(client.get("/").text)
    others = TOKEN.search(firms.client().get("/").text)
    assert token and others
    mine = {**fields, "form_token": token[1]}
    before = {file: file.read_bytes() for file in firms.firm.folder.rglob("*.csv")}
    assert client.post(where, data=fields).status_code == 403
    assert client.post(where, data={**fields, "form_token": others[1]}).status_code == 403
    assert client.post(where, data=mine, headers={"origin": "https://e.example"}).status_code == 403
    assert client.post(where, data=mine, headers={"sec-fetch-site": "cross-site"}).status_code == 403
    assert client.post(where, data=mine, headers={"sec-fetch-site": "same-site"}).status_code == 403
    assert client.get(where).status_code in (404, 405) or path == "statements"
    assert {file: file.read_bytes() for file in firms.firm.folder.rglob("*.csv")} == before


def test_too_much_is_not_read(client: TestClient) -> None:
    assert client.post("/sign-in", content=b"key=" + b"x" * 100_000).status_code == 413
    assert client.post("/sign-in", content=b"&".join([b"a=1"] * 100)).status_code == 400


# Firms apart


def test_another_firms_item_is_not_here(client: TestClient, firms: Practice) -> None:
    theirs = set(items(firms, OTHER).values()) - set(items(firms).values())
    for exception_id in [*theirs, "nothing", "0123456789ab"]:
        assert client.get(f"/firms/{FIRM}/items/{exception_id}").status_code == 404
    for path in ("", "/worklist", "/changes", "/statements", "/items/x", "/bills/clio:1", "/pictures/bridge"):
        assert client.get(f"/firms/nobody{path}").status_code == 404
        assert client.get(f"/firms/..%2F{OTHER}{path}").status_code == 404
    assert client.get(f"/firms/{FIRM}/changes?from=../../{OTHER}/warehouse").status_code == 400


# What pages say


def test_no_name_runs_on_any_page(client: TestClient, firms: Practice) -> None:
    pages = every_page(client)
    assert len(pages) > 30
    assert {f"/firms/{name}/{page}" for name in (FIRM, OTHER) for page in ("worklist", "changes")} < set(pages)
    for path, html in pages.items():
        for tag, about in Elements(html).found:
            assert tag != "script" or about == {"src": "/static/desk.js", "defer": None}, path
            assert not [name for name in about if name.startswith("on") or name == "style"], path
            assert tag != "img" or (about.get("src") or "").startswith("/firms/"), path
            address = about.get("href") or about.get("src") or about.get("action") or "/"
            assert address.startswith(("/", "https://", "#main")), (path, address)
    assert any("&lt;script&gt;alert(1)" in html for html in pages.values())
    assert not any("<b>of" in html for html in pages.values())


def test_the_practice_shows_each_firm_with_what_is_not_proven(client: TestClient, firms: Practice) -> None:
    html = client.get("/").text
    [night] = read_rows(firms.firm.warehouse, "select not_proven from recon.run_statements where firm_id = ?", [FIRM])
    assert night["not_proven"] and html.count(f"Not proven: {escape(night['not_proven'])}.") == 2
    for page in ("", "/worklist", "/changes", "/statements"):  # an empty list must not read as all fine
        shown = client.get(f"/firms/{FIRM}{page}").text
        assert f"Not proven on the last night: {escape(night['not_proven'])}." in shown
    assert f'href="/firms/{OTHER}/worklist"' in html and "critical" in html


def test_books_of_an_earlier_night_do_not_look_like_tonights(client: TestClient, firms: Practice) -> None:
    page, journal_file = f"/firms/{FIRM}/worklist", firms.firm.folder / journal.FILE
    before = journal_file.read_bytes()
    assert "not of today" not in client.get(page).text
    try:
        journal.record(firms.firm, NightResult(FIRM, None, "incomplete", ("Xero was <down>.",)), datetime.now(UTC))
        html = client.get(page).text
    finally:
        journal_file.write_bytes(before)
    assert "Night incomplete: these are the books of" in html and "Xero was &lt;down&gt;." in html


def test_one_firms_trouble_hides_no_other(firms: Practice, tmp_path: Path) -> None:
    text = firms.settings.path.read_text()
    config = tmp_path / "tieout.toml"
    config.write_text(text)
    from pipelines.firm.settings import load_settings

    elsewhere = load_settings(config)
    folder = elsewhere.firm(OTHER).folder
    folder.mkdir(parents=True)
    (folder / "warehouse.duckdb").write_bytes(b"no warehouse")
    client = TestClient(desk(elsewhere, Door(KEY), PORT), base_url=URL)
    client.post("/sign-in", data={"key": KEY})
    html = client.get("/").text
    assert "cannot be read" in html and "Our trouble, not the books" in html and "no night yet" in html
    assert "none</td>" not in html and html.count("not known") >= 8
    assert client.get(f"/firms/{FIRM}").status_code == 400
    assert client.get(f"/firms/{OTHER}/worklist").status_code == 503


def test_the_worklist_stands_in_the_order_of_work(client: TestClient, firms: Practice) -> None:
    html = client.get(f"/firms/{FIRM}/worklist").text
    shown_ids = re.findall(rf"/firms/{FIRM}/items/([0-9a-f]+)", html)
    rows = read_worklist(firms.firm.warehouse, FIRM)
    assert shown_ids == [row["exception_id"] for row in rows if row["severity"] != "info"]
    assert f"{len(shown_ids)} items" in html


def test_what_is_asked_for_stays_in_the_address(client: TestClient) -> None:
    html = client.get(f"/firms/{FIRM}/worklist?code=xero_only&group=age&client=nobody%20at%20all").text
    assert '<option value="xero_only" selected>' in html and 'value="nobody at all"' in html
    assert "Nothing matches what was asked for" in html and "Nothing is open" not in html
    for asked in ("code=nonsense", "severity=x", "status=x"):
        answer = client.get(f"/firms/{FIRM}/worklist?{asked}")
        assert answer.status_code == 400 and "was expected" in answer.text


def test_the_items_of_the_list_that_was_asked_for_are_stepped_through(client: TestClient) -> None:
    for asked in ("group=age", "group=code&severity=high", "status=all"):
        html = client.get(f"/firms/{FIRM}/worklist?{asked}").text
        shown_ids = re.findall(rf'href="/firms/{FIRM}/items/([0-9a-f]+)\?', html)
        assert len(shown_ids) > 1
        seen, page = [shown_ids[0]], f"/firms/{FIRM}/items/{shown_ids[0]}?{asked}"
        while True:
            html = client.get(page).text
            assert f"{len(seen)} of {len(shown_ids)}<" in html
            following = re.search(r'rel="next" href="([^"]+)"', html)
            if following is None:
                break
            page = following[1].replace("&amp;", "&")
            seen.append(page.rpartition("/")[2].partition("?")[0])
        assert seen == shown_ids
        back = html.partition('aria-label="Items">')[2].partition('">')[0].replace("&amp;", "&")
        assert all(word in back for word in asked.split("&"))


def test_a_trust_entry_shows_what_may_be_its_partner_and_leads_to_its_account(client: TestClient) -> None:
    for code, heading in (
        ("trust_entry_missing_in_xero", "Of the same amount in Xero"),
        ("trust_entry_missing_in_clio", "Of the same amount in Clio"),
    ):
        html = client.get(f"/firms/{FIRM}/worklist?code={code}").text
        [exception_id] = re.findall(rf'href="/firms/{FIRM}/items/([0-9a-f]+)\?', html)
        html = client.get(f"/firms/{FIRM}/items/{exception_id}").text
        assert "320.00" in html.partition(heading)[2] and f'href="/firms/{FIRM}/trust/' in html


def test_client_money_links_to_both_records_too(client: TestClient, firms: Practice) -> None:
    for code, in_clio, in_xero in (
        ("trust_entry_missing_in_xero", "/nc/#/matters/", "redirecturl=/Bank/BankTransactions.aspx?accountID="),
        ("trust_entry_missing_in_clio", "/nc/#/bank_accounts", "/Bank/ViewTransaction.aspx?bankTransactionID="),
    ):
        html = client.get(item(firms, code)).text
        found = [unescape(link) for link in re.findall(r'class="button" href="([^"]+)" target="_blank"', html)]
        assert len(found) == 2 and in_clio in found[0] and in_xero in found[1]
        assert "https://go.xero.com/organisationlogin/default.aspx?shortcode=!" in found[1]


def worklist_row(**changes: Any) -> dict[str, Any]:
    row = {"client_name": "Ada", "title": "T", "amount": Decimal("1.00"), "days": 3, "matter_number": None}
    return {**row, "responsible_attorney": None, **changes}


def test_a_group_stands_where_its_first_item_does_and_ages_with_the_oldest_first() -> None:
    rows = [worklist_row(client_name=name, days=days) for name, days in (("B", 3), ("A", 95), ("B", 40), (None, None))]
    by_client = worklist.grouped(rows, "client")
    assert [(group.heading, len(group.rows)) for group in by_client][:2] == [("B", 2), ("A", 1)]
    assert [group.amount for group in by_client] == [Decimal("2.00"), Decimal("1.00"), Decimal("1.00")]
    ages = [(group.heading, len(group.rows)) for group in worklist.grouped(rows, "age")]
    assert ages == [("over 90 days", 1), ("31 to 60 days", 1), ("up to 7 days", 2)]


def test_an_edited_draft_shows_its_lines_and_what_to_do(client: TestClient, firms: Practice) -> None:
    html = client.get(item(firms, "stuck_in_draft_edited")).text
    assert "amount differs" in html and '<h2 id="lines">' in html and "3 × 350.00" in html and "2 × 350.00" in html
    [row] = [one for one in read_worklist(firms.firm.warehouse, FIRM) if one["code"] == "stuck_in_draft_edited"]
    assert escape(row["suggested_action"]) in html and escape(row["explanation"]) in html
    assert 'rel="next"' in html or 'rel="prev"' in html


def test_money_below_zero_shows_the_ledger_around_it(client: TestClient, firms: Practice) -> None:
    html = client.get(item(firms, "client_ledger_negative")).text
    assert "-400.00" in html and "below zero" in html and "900.00" in html
    [account] = read_rows(firms.firm.warehouse, "select * from recon.trust_tie_out where firm_id = ?", [FIRM])
    page = f"/firms/{FIRM}/trust/{account['clio_bank_account_id']}"
    html = client.get(page).text
    assert "-400.00" in html and "not proven three ways" in html and "200.00" in html
    assert re.search(r'data-label="Through">[-\d]+</td><td data-label="Days" class="figure">10</td>', html)
    day = read_rows(
        firms.firm.warehouse, "select min(entry_date) as d from recon.trust_ledger where firm_id = ?", [FIRM]
    )
    assert ">500.00</td>" in client.get(f"{page}?day={day[0]['d']}").text
    assert client.get(f"{page}?day=2999-01-01").status_code == 400
    assert client.get(f"{page}?day=yesterday").status_code == 400


def test_the_walk_and_the_ageing_add_up_to_the_receivables(client: TestClient, firms: Practice) -> None:
    html = client.get(f"/firms/{FIRM}").text
    walk = read_rows(firms.firm.warehouse, "select * from recon.ar_tie_out where firm_id = ?", [FIRM])
    assert all(f"{row['amount']:,.2f}" in html for row in walk if row["amount"] is not None)
    amounts = {row["step"]: row["amount"] for row in walk}
    total = html.partition(">In all</th>")[2]
    assert re.findall(r'class="figure">([-0-9,.]+)</td>', total)[:2] == [
        f"{amounts[step]:,.2f}" for step in ("clio_receivables", "xero_receivables")
    ]


@pytest.mark.parametrize("name", ["bridge", "ageing", "difference", "open", "small-open", "small-difference"])
def test_pictures_are_drawn_in_light_and_dark(name: str, client: TestClient) -> None:
    light, dark = (client.get(f"/firms/{FIRM}/pictures/{name}{how}") for how in ("", "?dark"))
    assert light.headers["content-type"] == "image/svg+xml" and light.text.startswith("<svg")
    assert light.text != dark.text and "<script" not in light.text
    assert client.get(f"/firms/{FIRM}/pictures/other").status_code == 404


def test_each_bar_of_the_walk_leads_to_its_bills(client: TestClient, firms: Practice) -> None:
    html = client.get(f"/firms/{FIRM}").text
    over = html.partition('<svg class="over"')[2].partition("</svg>")[0]
    links = re.findall(
        r'href="([^"]+)" tabindex="-1"><title>[^<]+</title><rect y="(\d+)" width="1" height="(\d+)"', over
    )
    walk = read_rows(
        firms.firm.warehouse, "select * from recon.ar_tie_out where firm_id = ? order by step_number", [FIRM]
    )
    with_items = [row["step"] for row in walk if row["item_count"]]
    assert len(with_items) > 3 and [link.rpartition("/")[2] for link, _, _ in links] == with_items
    assert all(f'<a href="{link}">' in html and client.get(link).status_code == 200 for link, _, _ in links)
    drawn = client.get(f"/firms/{FIRM}/pictures/bridge").text
    size = re.search(r'<svg[^>]* viewBox="0 0 \d+ (\d+)"', drawn)
    assert size and f'viewBox="0 0 1 {size[1]}"' in over
    # A bar is drawn inside the row that its link covers; the picture's own begin lies `WALK_ABOVE` below the links'.
    tops = [float(top) for top in re.findall(r'aria-roledescription="bar" d="M[\d.]+,([\d.]+)', drawn)]
    place = {row["step"]: tops[number] for number, row in enumerate(walk)}
    for link, top, height in links:
        assert int(top) < place[link.rpartition("/")[2]] + WALK_ABOVE < int(top) + int(height)


def test_the_history_tells_only_what_is_new() -> None:
    def night(day: int) -> dict[str, Any]:
        return {"started_at": datetime(2026, 11, day)}

    one = ("missing_in_xero", "101", Decimal("5.00"), "high", "open", None, None)
    other = (*one[:4], "accepted", None, None)
    seen = [(night(1), None), (night(2), one), (night(3), one), (night(4), other), (night(5), None), (night(6), one)]
    events = history._events(seen)
    assert [(event["night"]["started_at"].day, event["what"]) for event in events] == [
        (2, "found"),
        (4, "changed"),
        (5, "gone"),
        (6, "back"),
    ]
    assert events[1]["changes"] == [("status", "open", "accepted")]


def test_a_night_that_cannot_be_read_is_left_out_and_said(
    client: TestClient, firms: Practice, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = item(firms, "missing_in_xero") + "/history"
    assert "left out" not in client.get(page).text
    kept = history.kept_nights

    def with_one_more(firm: Any, books: Any) -> list[dict[str, Any]]:
        [*before, last] = kept(firm, books)
        return [*before, {**last, "run_id": "gone"}, last]

    monkeypatch.setattr(history, "kept_nights", with_one_more)
    html = client.get(page).text
    assert "1 night more cannot be read here and is left out" in html and ">gone" not in html


# Month-ends


def test_a_month_end_is_shown_signed_by_two_and_taken_along(client: TestClient, firms: Practice) -> None:
    page, month = f"/firms/{FIRM}/month-ends", last_ended(today_of(firms.firm))
    assert f"tieout pack {FIRM} --month {month}" in client.get(page).text
    read = Figures(pack_stated(month), {}, "9999-12-31T00:00:00Z")
    with store.alone(firms.firm, month):
        store.keep(firms.firm, month, read, {"xlsx": b"sheets", "pdf": b"%PDF pages"}, 1)
    html = client.get(page).text
    assert "to be signed" in html and "1,435.50" in html and escape(HOSTILE) in html and HOSTILE not in html
    answer = client.get(f"{page}/{month}/v1/pdf")
    assert answer.content == b"%PDF pages" and "attachment" in answer.headers["content-disposition"]
    for path in (f"{month}/v2/pdf", f"{month}/v1/json", "2020-01/v1/pdf", f"{month}/v01/pdf", f"..%2F{month}/v1/pdf"):
        assert client.get(f"{page}/{path}").status_code == 404, path
    assert client.get(f"/firms/{OTHER}/month-ends/{month}/v1/pdf").status_code == 404

    def sign(role: str, who: str, version: str = "1") -> Any:
        return send(client, page, f"{page}/{month}/sign", role=role, signed_by=who, version=version)

    assert sign("preparer", "Ada").status_code == 200
    refused = sign("reviewer", " ADA ")
    assert refused.status_code == 400 and "Two different people" in refused.text
    assert sign("owner", "Ben").status_code == 400 and sign("reviewer", "").status_code == 400
    assert "look at it first" in sign("reviewer", "Ben", version="0").text
    assert "Both have signed" in sign("reviewer", f"Ben {HOSTILE}").text
    assert [row["role"] for row in decisions.signatures(firms.firm.folder).rows()] == ["preparer", "reviewer"]
    html = client.get(page).text
    assert ">signed</span>" in html and HOSTILE not in html and f"{page}/{month}/sign" not in html
    pack = store.Pack(firms.firm, str(month), 1)
    pack.file("pdf").chmod(0o600)
    pack.file("pdf").write_bytes(b"%PDF other")
    html = client.get(page).text
    assert ">fallen</span>" in html and "not what was written" in html
    assert "signature fallen" in client.get("/").text


def pack_stated(month: Month) -> dict[str, Any]:
    owed = {"clio_amount": Decimal("1435.50"), "xero_amount": Decimal("0.00")}
    return {
        "month": str(month),
        "not_proven": [f"nothing of {HOSTILE}"],
        "trust": [{"name": HOSTILE, "word": "not proven"}],
        "receivables": owed,
    }


# What forms write


def test_an_acceptance_and_its_withdrawal_are_those_of_the_commands(client: TestClient, firms: Practice) -> None:
    page = item(firms, "missing_in_xero")
    answer = send(client, page, f"{page}/accept", reason=f"agreed {HOSTILE}", until=LATER, by="A. Keeper")
    assert answer.status_code == 200 and f"Accepted until {LATER}. It counts from the next night." in answer.text
    assert "counts from the next night</span>" in answer.text and HOSTILE not in answer.text
    [row] = decisions.acceptances(firms.firm.folder).rows()
    assert (row["code"], row["accepted_by"], row["expires_on"]) == ("missing_in_xero", "A. Keeper", LATER)
    assert 'name="by"' not in client.get(page).text  # a name is asked once
    assert "It counts from the next night." not in client.get(page).text  # and told once
    answer = send(client, page, f"{page}/unaccept")
    assert answer.status_code == 200 and "taken back" in answer.text
    assert decisions.acceptances(firms.firm.folder).rows()[-1]["withdrawn_at"]
    assert send(client, page, f"{page}/unaccept").status_code == 400


def test_what_cannot_be_accepted_is_said_in_the_words_of_the_form(client: TestClient, firms: Practice) -> None:
    page = item(firms, "missing_in_xero")
    answer = send(client, page, f"{page}/accept", reason="r", until="2020-01-01", by="A")
    assert (
        answer.status_code == 400 and "“until” was expected to be today" in answer.text and "--until" not in answer.text
    )
    assert send(client, page, f"{page}/accept", reason=" ", until=LATER).status_code == 400
    assert send(client, page, f"{page}/accept", reason="r", until="soon").status_code == 400
    nameless = firms.client()
    assert "Your name was expected" in send(nameless, page, f"{page}/accept", reason="r", until=LATER).text


def test_a_link_is_offered_made_and_taken_back(client: TestClient, firms: Practice) -> None:
    page = item(firms, "missing_in_xero")
    html = client.get(page).text
    bill = re.search(r'name="clio_bill_id" value="(\d+)"', html)
    likeliest = re.search(r'<select name="xero_invoice_id"><option value="([^"]+)">', html)
    assert bill and likeliest
    fields = {"clio_bill_id": bill[1], "xero_invoice_id": likeliest[1], "exception_id": page.rpartition("/")[2]}
    answer = send(client, page, f"/firms/{FIRM}/links", **fields, reason="the same work", by="A. Keeper")
    assert answer.status_code == 200 and "are linked" in answer.text and "Take the link back" in answer.text
    assert decisions.current_links(firms.firm.folder) == {bill[1]: likeliest[1]}
    today = datetime.now(UTC).date()
    said = f"<li>{today}: A. Keeper linked bill "
    shown_on = (page, item(firms, "xero_only"), f"/firms/{FIRM}/bills/clio:{bill[1]}")  # whichever side she looks at
    for where in shown_on:
        html = client.get(where).text
        assert said in html and ': the same work <span class="note">counts from the next night</span>' in html
        assert "Take the link back" in html and "Say which" not in html
    back = {**fields, "exception_id": "", "bill_key": f"clio:{bill[1]}"}
    answer = send(client, shown_on[-1], f"/firms/{FIRM}/links/undo", **back, reason="a mistake")
    assert answer.status_code == 200 and decisions.current_links(firms.firm.folder) == {}
    assert "took the link of bill" in answer.text and "Linked by hand" in answer.text
    assert "Say which invoice it is" in client.get(page).text


def test_statements_come_in_and_are_taken_back(client: TestClient, firms: Practice) -> None:
    page = f"/firms/{FIRM}/statements"
    token = TOKEN.search(client.get(page).text)
    assert token
    csv = b"date,amount,description,reference,balance\n2026-01-05,100.00,Deposit <b>,1,100.00\n"
    sent = {"form_token": token[1], "account": "IOLTA", "date": "", "balance": ""}
    answer = client.post(page, data=sent, files={"file": ("../../<b>jan.csv", csv, "text/csv")})
    assert answer.status_code == 200 and "imported, 1 line." in answer.text
    assert client.post(page, data=sent, files={"file": ("x.csv", b"no statement", "text/csv")}).status_code == 400
    store = StatementStore(firms.firm.folder)
    [entry] = store.entries()
    assert "/" not in entry["file"] and not list(firms.firm.folder.glob(".upload-*"))
    answer = send(client, page, page, account="IOLTA", date="2026-02-28", balance="250.00")
    assert "250.00" in answer.text and len(store.entries()) == 2
    withdraw = f"{page}/{entry['statement_id']}/withdraw"
    assert "a mistake" in send(client, page, withdraw, by="A. Keeper", reason="a mistake").text
    assert client.get(page).text.count('<span class="note">counts from the next night</span>') == 2
    assert [one["withdrawn_by"] for one in store.entries()] == ["A. Keeper", ""]


# How values look


def test_a_value_is_shown_as_a_person_reads_it() -> None:
    assert shown(Decimal("-1234.5")) == "-1,234.50"
    assert rate(Decimal("612.4000")) == "612.40" and rate(Decimal("0.1234")) == "0.1234" and rate(None) == ""
    assert shown(None) == "" and shown(datetime(2026, 1, 2, 3, 4, 5)) == "2026-01-02 03:04"
    assert shown("a\u202eb\x00c\nd") == "ab c d"
    assert len(shown("x" * 10**6)) < 1_100
    assert days(date(2026, 1, 1), date(2026, 1, 31)) == 30 and days(None, date(2026, 1, 1)) is None


def test_two_wordings_differ_where_their_words_do() -> None:
    before, after = compared("Telephone call with client", "Conference call with the client")
    assert before == [(True, "Telephone"), (False, "call with"), (False, "client")]
    assert after == [(True, "Conference"), (False, "call with"), (True, "the"), (False, "client")]
    assert compared(None, "new") == ([], [(True, "new")])


# Where it listens


def test_the_server_takes_its_port_and_writes_a_new_key_for_its_owner_alone(firms: Practice) -> None:
    one = Server(firms.settings, 0)
    first = one.key_file.read_text()
    assert one.key_file.stat().st_mode & 0o777 == 0o600 and one.address == f"http://localhost:{one.port}"
    with pytest.raises(UsageError, match="--port"):
        Server(firms.settings, one.port)
    assert one.key_file.read_text() == first  # who did not get the port changes no key
    assert Server(firms.settings, 0).key_file.read_text() != first


def test_an_error_of_ours_quotes_nobody(firms: Practice, monkeypatch: pytest.MonkeyPatch) -> None:
    from flows.desk import practice as subject

    def fails(*_: object) -> None:
        raise RuntimeError("Miriam Brook's bill")

    monkeypatch.setattr(subject, "status", fails)
    guarded = desk(firms.settings, Door(KEY), PORT)
    client = TestClient(guarded, base_url=URL, raise_server_exceptions=False)
    client.post("/sign-in", data={"key": KEY}, follow_redirects=False)
    answer = client.get("/")
    assert answer.status_code == 500 and "Miriam" not in answer.text and "RuntimeError" in answer.text
    assert answer.headers["Content-Security-Policy"] == HEADERS["Content-Security-Policy"]
