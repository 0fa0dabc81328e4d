"""The Clio emulator: what it answers, and above all what it refuses."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from sandbox.serving.server import Sandbox
from sandbox.shared.limits import Limits
from tests.support.sandbox_http import NOW, Clio, clio_form, clio_token, rich_firm


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox([rich_firm()]) as running:
        yield running


@pytest.fixture
def clio(sandbox: Sandbox) -> Clio:
    return Clio(sandbox, sandbox.firms[0])


def refused(reply: requests.Response, status: int, words: str = "") -> None:
    assert reply.status_code == status, reply.text
    error = reply.json()["error"]
    assert set(error) == {"type", "message"}
    assert words in error["message"]


# Tokens


def test_refresh_keeps_the_refresh_token_and_lasts_thirty_days(sandbox: Sandbox) -> None:
    firm = sandbox.firms[0]
    form = clio_form(firm, grant_type="refresh_token", refresh_token=firm.credentials.clio_refresh_token)
    for _ in range(2):
        body = requests.post(sandbox.clio_token_url, data=form, timeout=10).json()
        assert body["expires_in"] == 2_592_000
        assert "refresh_token" not in body


def test_wrong_secret_and_wrong_refresh_token_are_refused(sandbox: Sandbox) -> None:
    firm = sandbox.firms[0]
    form = clio_form(firm, grant_type="refresh_token", refresh_token="stolen")
    reply = requests.post(sandbox.clio_token_url, data=form, timeout=10)
    assert (reply.status_code, reply.json()["error"]) == (400, "invalid_grant")
    reply = requests.post(sandbox.clio_token_url, data={**form, "client_secret": "guess"}, timeout=10)
    assert (reply.status_code, reply.json()["error"]) == (401, "invalid_client")


def test_authorization_code_is_good_once_and_brings_the_state_back(sandbox: Sandbox) -> None:
    firm = sandbox.firms[0]
    back = "http://127.0.0.1:9/callback"
    query = {"response_type": "code", "redirect_uri": back, "state": "s/1"}
    reply = requests.get(
        f"{sandbox.clio_origin}/oauth/authorize",
        params={**query, "client_id": firm.credentials.clio_client_id},
        allow_redirects=False,
        timeout=10,
    )
    assert reply.status_code == 302
    answer = parse_qs(urlsplit(reply.headers["Location"]).query)
    assert answer["state"] == ["s/1"]
    form = clio_form(firm, grant_type="authorization_code", code=answer["code"][0], redirect_uri=back)
    assert "refresh_token" in requests.post(sandbox.clio_token_url, data=form, timeout=10).json()
    assert requests.post(sandbox.clio_token_url, data=form, timeout=10).status_code == 400


def test_both_shapes_of_401(sandbox: Sandbox, clio: Clio) -> None:
    clio.session.headers["Authorization"] = "Bearer nonsense"
    assert clio.get("bills").json()["error"] == "invalid_token"
    sandbox.knobs.clio_401_shape = "error"
    refused(clio.get("bills"), 401)
    assert clio.get("bills").json()["error"]["type"] == "UnauthorizedError"


def test_token_expires_and_deauthorize_ends_the_grant(sandbox: Sandbox, clio: Clio) -> None:
    sandbox.clock.advance(2_592_001)
    assert clio.get("bills").status_code == 401
    token = clio_token(sandbox, sandbox.firms[0])
    headers = {"Authorization": f"Bearer {token}"}
    where = f"{sandbox.clio_origin}/oauth/deauthorize"
    assert requests.post(where, data={"token": token}, headers=headers, timeout=10).status_code == 200
    with pytest.raises(AssertionError, match="invalid_grant"):
        clio_token(sandbox, sandbox.firms[0])


# Fields


def test_without_fields_there_are_only_id_and_etag(clio: Clio) -> None:
    assert all(set(row) == {"id", "etag"} for row in clio.rows("bills"))
    assert clio.rows("bills.json") == clio.rows("bills")


def test_nested_fields_and_nested_defaults(clio: Clio) -> None:
    row = clio.rows("bills", fields="id,client{id,name},matters,interest{total}", limit=1)[0]
    assert row["client"]["name"] == "Alder & Sons, Inc. / Éire"
    assert set(row["matters"][0]) == {"id", "etag"}
    assert set(row["interest"]) == {"total"}


def test_associations_follow_the_record_they_point_to(sandbox: Sandbox, clio: Clio) -> None:
    firm = sandbox.firms[0]
    contact = next(iter(firm.clio.tables["contacts"].values()))
    firm.rename_client(contact, "Renamed LLC")
    row = clio.rows("bills", fields="client{name,primary_email_address}")[0]
    assert row["client"]["name"] == "Renamed LLC"
    assert "primary_email_address" in row["client"]


@pytest.mark.parametrize(
    "fields",
    ["id,colour", "client{id,company{id}}", "client{id", "id}", "id,,number", "number{id}", "client{}", "line_items"],
)
def test_bad_fields_refuse_the_whole_request(clio: Clio, fields: str) -> None:
    refused(clio.get("bills", fields=fields), 400)


def test_second_level_name_without_braces_gives_defaults(clio: Clio) -> None:
    row = clio.rows("allocations", fields="bill{id,client}")[0]
    assert set(row["bill"]["client"]) == {"id", "etag"}


def test_balances_held_are_served_though_the_document_lost_them(clio: Clio) -> None:
    matters = clio.rows("matters", fields="id,account_balances{id,name,type,balance}")
    held = [balance for matter in matters for balance in matter["account_balances"]]
    assert {"id", "name", "type", "balance"} == set(held[0])
    assert any(balance["type"] == "Trust" and balance["balance"] > 0 for balance in held)


# Paging


def test_cursor_pages_are_absolute_and_complete(sandbox: Sandbox, clio: Clio) -> None:
    reply = clio.get("bills.json", fields="id,number", limit=3, order="id(asc)").json()
    onward = reply["meta"]["paging"]["next"]
    assert onward.startswith(sandbox.clio_url)
    assert "previous" not in reply["meta"]["paging"]
    second = clio.session.get(onward, timeout=10).json()
    assert second["meta"]["paging"]["previous"].startswith(sandbox.clio_url)
    ids = [row["id"] for row in clio.rows("bills", limit=3)]
    assert ids == sorted(sandbox.firms[0].clio.tables["bills"])
    assert "next" not in clio.get("bills", limit=200).json()["meta"]["paging"]


def test_default_order_of_allocations_falls_out_of_cursor_mode(clio: Clio) -> None:
    by_date = clio.get("allocations", limit=2, fields="id,date").json()
    assert "offset=2" in by_date["meta"]["paging"]["next"]
    dates = [row["date"] for row in clio.rows("allocations", limit=2, fields="id,date")]
    assert dates == sorted(dates)
    by_id = clio.get("allocations", limit=2, order="id(asc)").json()
    assert "page_token=" in by_id["meta"]["paging"]["next"]


def test_offset_mode_ends_at_ten_thousand(clio: Clio) -> None:
    assert clio.get("bills", offset=9_800).status_code == 200
    reply = clio.get("bills", offset=9_801)
    refused(reply, 422)
    assert reply.json()["error"]["type"] == "ArgumentError"


def test_deleting_a_passed_row_shifts_offsets_but_no_cursor(sandbox: Sandbox, clio: Clio) -> None:
    firm = sandbox.firms[0]
    ids = sorted(firm.clio.tables["line_items"])
    cursor = clio.get("line_items", limit=4).json()
    by_offset = clio.get("line_items", limit=4, offset=0).json()
    del firm.clio.tables["line_items"][ids[0]]
    after_cursor = clio.session.get(cursor["meta"]["paging"]["next"], timeout=10).json()["data"]
    after_offset = clio.session.get(by_offset["meta"]["paging"]["next"], timeout=10).json()["data"]
    assert after_cursor[0]["id"] == ids[4]
    assert after_offset[0]["id"] == ids[5]


@pytest.mark.parametrize(
    "query",
    [{"limit": 0}, {"limit": 201}, {"limit": "many"}, {"offset": -1}, {"page_token": "AAAA"}, {"colour": "red"}],
)
def test_bad_paging_and_unknown_parameters_are_refused(clio: Clio, query: dict[str, object]) -> None:
    refused(clio.get("bills", **query), 400)


def test_users_may_ask_for_two_thousand(clio: Clio) -> None:
    assert clio.get("users", limit=2000).status_code == 200
    refused(clio.get("users", limit=2001), 400)


def test_lists_without_a_declared_order_refuse_one(clio: Clio) -> None:
    refused(clio.get("line_items", order="id(asc)"), 400)
    refused(clio.get("bills", order="updated_at(asc)"), 400)


# Filters


def test_bill_filters(sandbox: Sandbox, clio: Clio) -> None:
    bills = sandbox.firms[0].clio.tables["bills"]
    states = {row["state"] for row in clio.rows("bills", fields="id,state")}
    assert {"draft", "void", "deleted", "paid", "awaiting_payment"} <= states
    assert all(row["state"] == "void" for row in clio.rows("bills", fields="state", state="void"))
    refused(clio.get("bills", state="VOID"), 400)
    trust = clio.rows("bills", fields="kind", type="trust")
    assert {row["kind"] for row in trust} == {"trust_kind"}
    assert len(clio.rows("bills", type="revenue")) == len(bills) - len(trust)
    some = sorted(bills)[:2]
    assert [row["id"] for row in clio.rows("bills", **{"ids[]": [*some, 999_999]})] == some
    client = bills[some[0]]["client"]["id"]
    assert {row["client"]["id"] for row in clio.rows("bills", client_id=client, fields="client{id}")} == {client}


def test_knobs_leave_dead_rows_out(sandbox: Sandbox, clio: Clio) -> None:
    everything = len(clio.rows("allocations"))
    sandbox.knobs.clio_bills_include_dead = False
    sandbox.knobs.clio_allocations_include_voided = False
    states = {row["state"] for row in clio.rows("bills", fields="state")}
    assert not states & {"void", "deleted"}
    assert clio.rows("bills", state="void")
    voided = len(clio.rows("allocations", status="invalid"))
    assert voided == 1
    assert len(clio.rows("allocations")) == everything - voided


def test_filter_spellings_differ_from_field_values(clio: Clio) -> None:
    trust = clio.rows("bank_accounts", type="TrustAccount", fields="type,name")
    assert {row["type"] for row in trust} == {"Trust"}
    refused(clio.get("bank_accounts", type="Trust"), 400)
    assert {row["status"] for row in clio.rows("matters", status="open,closed", fields="status")} == {"Open"}
    refused(clio.get("matters", status="Open"), 400)


def test_lines_and_entries_of_one_bill_and_account(sandbox: Sandbox, clio: Clio) -> None:
    firm = sandbox.firms[0]
    bill = min(firm.clio.tables["bills"])
    lines = clio.rows("line_items", bill_id=bill, fields="id,bill{id}")
    assert len(lines) == 2
    assert {line["bill"]["id"] for line in lines} == {bill}
    trust = firm.trust["id"]
    entries = clio.rows("bank_transactions", bank_account_id=trust, fields="funds_in,funds_out")
    assert len(entries) == firm.trust["bank_transactions_count"]
    assert len(clio.rows("bank_transactions", type="liability")) == len(entries)
    credits = clio.rows("allocations", parent_type="CreditMemo", fields="parent{type}")
    assert {row["parent"]["type"] for row in credits} == {"CreditMemo"}
    unassigned = clio.rows("bank_transactions", matter_id="null", fields="matter{id}")
    assert all(row["matter"] is None for row in unassigned)
    refused(clio.get("allocations", matter_id="null"), 400)


def test_updated_since_is_strict_unless_told_otherwise(sandbox: Sandbox, clio: Clio) -> None:
    firm = sandbox.firms[0]
    bill = next(iter(firm.clio.tables["bills"].values()))
    firm.at(NOW + timedelta(minutes=5))
    firm.clio.touch("bills", bill)
    moment = firm.now.strftime("%Y-%m-%dT%H:%M:%SZ")
    before = (firm.now - timedelta(seconds=1)).isoformat()
    assert [row["id"] for row in clio.rows("bills", updated_since=before)] == [bill["id"]]
    assert clio.rows("bills", updated_since=moment) == []
    sandbox.knobs.clio_since_inclusive = True
    assert len(clio.rows("bills", updated_since=moment)) == 1
    refused(clio.get("bills", updated_since="yesterday"), 400)
    refused(clio.get("outstanding_client_balances", updated_since=moment), 400)


# Single records, headers, limits


def test_single_records_have_etags_and_lists_do_not(clio: Clio) -> None:
    bill = clio.rows("bills", fields="id,etag")[0]
    reply = clio.get(f"bills/{bill['id']}.json", fields="id,number")
    assert reply.headers["ETag"] == bill["etag"]
    again = clio.get(f"bills/{bill['id']}", {"If-None-Match": bill["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    since = clio.get(f"bills/{bill['id']}", {"If-Modified-Since": reply.headers["Last-Modified"]})
    assert since.status_code == 304
    assert "ETag" not in clio.get("bills").headers
    refused(clio.get("bills/999999"), 404)
    refused(clio.get("line_items/20001"), 404)


def test_who_am_i_names_the_firm(clio: Clio) -> None:
    body = clio.get("users/who_am_i", fields="id,name,time_zone,account{id,name}").json()
    assert body["data"]["account"]["name"] == "Harbor Law"


def test_version_is_echoed_and_a_retired_one_is_gone(clio: Clio) -> None:
    assert clio.get("bills").headers["X-API-VERSION"] == "4.0.13"
    assert clio.get("bills", {"X-API-VERSION": "4.0.9"}).headers["X-API-VERSION"] == "4.0.9"
    refused(clio.get("bills", {"X-API-VERSION": "4.0.1"}), 410)


def test_limit_is_per_token_and_window() -> None:
    firm = rich_firm()
    with Sandbox([firm], limits=Limits(clio_per_minute=3)) as sandbox:
        clio, other = Clio(sandbox, firm), Clio(sandbox, firm)
        left = [clio.get("bills").headers["X-RateLimit-Remaining"] for _ in range(3)]
        assert left == ["2", "1", "0"]
        over = clio.get("bills")
        refused(over, 429)
        assert 0 < int(over.headers["Retry-After"]) <= 60
        assert over.headers["X-RateLimit-Limit"] == "3"
        assert other.get("bills").status_code == 200
        sandbox.clock.advance(61)
        assert clio.get("bills").status_code == 200


def test_money_is_written_digit_for_digit(sandbox: Sandbox, clio: Clio) -> None:
    bill = next(iter(sandbox.firms[0].clio.tables["bills"].values()))
    bill["total"] = Decimal("9007199254740993.01")
    text = clio.get(f"bills/{bill['id']}", fields="total").text
    assert json.loads(text, parse_float=Decimal)["data"]["total"] == bill["total"]


def test_every_list_serves_all_its_fields(clio: Clio) -> None:
    from sandbox.clio.fields import SHAPES
    from sandbox.clio.lists import LISTS

    for name, kind in LISTS.items():
        shape = SHAPES[kind.shape]
        asked = ",".join([*sorted(shape.plain), *sorted(shape.links)])
        rows = clio.rows(name, fields=asked)
        assert rows, name
        assert set(rows[0]) == shape.plain | set(shape.links)


def test_timestamps_are_utc_and_dates_are_days(clio: Clio) -> None:
    row = clio.rows("bills", fields="issued_at,updated_at")[0]
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", row["issued_at"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", row["updated_at"])


def test_one_firms_token_never_shows_another_firm() -> None:
    first, second = rich_firm("First Firm"), rich_firm("Second Firm")
    with Sandbox([first, second]) as sandbox:
        name = next(iter(second.clio.tables["contacts"].values()))
        second.rename_client(name, "Only in the second")
        shown = [row["name"] for row in Clio(sandbox, first).rows("contacts", fields="name")]
        assert "Only in the second" not in shown
        with pytest.raises(ValueError, match="share a name"):
            Sandbox({"one": first, "two": rich_firm("First Firm")})


def test_nothing_can_be_written(clio: Clio) -> None:
    assert clio.session.post(f"{clio.url}/bills.json", json={}, timeout=10).status_code == 405
