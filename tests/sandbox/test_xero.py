"""The Xero emulator: tokens, tenants, pages and the many ways in which it shows a record."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from sandbox.serving.server import Fault, Sandbox
from sandbox.shared.limits import Limits
from tests.support.sandbox_http import NOW, Xero, rich_firm, xero_token, xero_token_reply

READ = "accounting.invoices.read accounting.settings.read"


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    with Sandbox([rich_firm()]) as running:
        yield running


@pytest.fixture
def xero(sandbox: Sandbox) -> Xero:
    return Xero(sandbox, sandbox.firms[0])


def rotate(sandbox: Sandbox, token: str) -> requests.Response:
    return xero_token_reply(sandbox, sandbox.firms[0], grant_type="refresh_token", refresh_token=token)


# Tokens, connections, tenants


def test_custom_connection_has_no_refresh_token(sandbox: Sandbox) -> None:
    body = xero_token(sandbox, sandbox.firms[0], grant_type="client_credentials", scope=READ)
    assert body["expires_in"] == 1800
    assert "refresh_token" not in body
    assert body["access_token"].count(".") == 2


def test_refresh_rotates_with_thirty_minutes_of_grace(sandbox: Sandbox) -> None:
    first = sandbox.firms[0].credentials.xero_refresh_token
    second = rotate(sandbox, first).json()["refresh_token"]
    assert second != first
    sandbox.clock.advance(29 * 60)
    assert rotate(sandbox, first).status_code == 200
    sandbox.clock.advance(2 * 60)
    late = rotate(sandbox, first)
    assert (late.status_code, late.json()) == (400, {"error": "invalid_grant"})
    assert rotate(sandbox, second).status_code == 200


def test_token_refusals(sandbox: Sandbox) -> None:
    firm = sandbox.firms[0]
    wrong_scope = xero_token_reply(sandbox, firm, grant_type="client_credentials", scope="accounting.everything")
    assert (wrong_scope.status_code, wrong_scope.json()) == (400, {"error": "invalid_scope"})
    wrong_secret = requests.post(
        sandbox.xero_token_url,
        data={"grant_type": "client_credentials"},
        auth=(firm.credentials.xero_client_id, "guess"),
        timeout=10,
    )
    assert (wrong_secret.status_code, wrong_secret.json()) == (400, {"error": "invalid_client"})


def test_code_with_pkce(sandbox: Sandbox) -> None:
    firm, verifier, back = sandbox.firms[0], "v" * 43, "http://localhost:9/callback"
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    query = {
        "response_type": "code",
        "client_id": firm.credentials.xero_client_id,
        "redirect_uri": back,
        "scope": f"offline_access {READ}",
        "state": "abc",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }

    def code() -> str:
        where = f"{sandbox.xero_origin}/identity/connect/authorize"
        reply = requests.get(where, params=query, allow_redirects=False, timeout=10)
        return parse_qs(urlsplit(reply.headers["Location"]).query)["code"][0]

    form = {
        "grant_type": "authorization_code",
        "client_id": firm.credentials.xero_client_id,
        "redirect_uri": back,
    }
    bad = requests.post(sandbox.xero_token_url, data={**form, "code": code(), "code_verifier": "w" * 43}, timeout=10)
    assert bad.json() == {"error": "invalid_grant"}
    good = requests.post(sandbox.xero_token_url, data={**form, "code": code(), "code_verifier": verifier}, timeout=10)
    assert "refresh_token" in good.json()


def test_code_grants_must_name_their_tenant(sandbox: Sandbox) -> None:
    firm = sandbox.firms[0]
    token = rotate(sandbox, firm.credentials.xero_refresh_token).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    url = f"{sandbox.xero_url}/Organisation"
    for tenant in (None, "11111111-2222-3333-4444-555555555555"):
        extra = {"xero-tenant-id": tenant} if tenant else {}
        reply = requests.get(url, headers={**headers, **extra}, timeout=10)
        assert (reply.status_code, reply.json()["Detail"]) == (403, "AuthenticationUnsuccessful")
    headers["XERO-TENANT-ID"] = firm.credentials.tenant_id
    assert requests.get(url, headers=headers, timeout=10).status_code == 200


def test_connections_and_what_happens_after_one_ends(sandbox: Sandbox, xero: Xero) -> None:
    reply = xero.session.get(sandbox.xero_connections_url, timeout=10)
    connection = reply.json()[0]
    assert connection["tenantId"] == sandbox.firms[0].credentials.tenant_id
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}", connection["createdDateUtc"])
    assert "X-AppMinLimit-Remaining" in reply.headers
    assert "X-MinLimit-Remaining" not in reply.headers
    ended = xero.session.delete(f"{sandbox.xero_connections_url}/{connection['id']}", timeout=10)
    assert ended.status_code == 204
    assert xero.get("Organisation").status_code == 403
    assert xero.session.get(sandbox.xero_connections_url, timeout=10).json() == []


def test_one_consent_reaches_every_firm_and_no_consent_reaches_none() -> None:
    first, second = rich_firm("First Firm"), rich_firm("Second Firm")
    with Sandbox({"first": first, "second": second}) as sandbox:
        stranger = Xero(sandbox, first, second.credentials.tenant_id)
        assert stranger.get("Organisation").status_code == 403
        sandbox.knobs.xero_one_consent = True
        token = rotate(sandbox, first.credentials.xero_refresh_token).json()["access_token"]
        stranger.session.headers["Authorization"] = f"Bearer {token}"
        assert stranger.get("Organisation").json()["Organisations"][0]["Name"] == "Second Firm"


def test_expired_and_unknown_tokens(sandbox: Sandbox, xero: Xero) -> None:
    sandbox.clock.advance(1801)
    reply = xero.get("Organisation")
    assert reply.status_code == 401
    assert reply.json()["Detail"].startswith("TokenExpired: token expired at ")
    xero.session.headers["Authorization"] = "Bearer nonsense"
    assert xero.get("Organisation").status_code == 401


def test_missing_scope_is_401_and_says_so(sandbox: Sandbox, xero: Xero) -> None:
    token = xero_token(sandbox, sandbox.firms[0], grant_type="client_credentials", scope=READ)
    xero.session.headers["Authorization"] = f"Bearer {token['access_token']}"
    assert xero.get("Invoices").status_code == 200
    reply = xero.get("Payments")
    assert (reply.status_code, reply.json()["Detail"]) == (401, "AuthorizationUnsuccessful")
    assert "insufficient_scope" in reply.headers["WWW-Authenticate"]


# The wire


def test_xml_unless_json_is_asked_for(xero: Xero) -> None:
    reply = xero.get("Organisation", {"Accept": "*/*"})
    assert reply.headers["Content-Type"].startswith("text/xml")
    assert "<Organisations><Organisation>" in reply.text


def test_json_is_printed_with_crlf_and_escaped_slashes(xero: Xero) -> None:
    text = xero.get("Contacts").text
    assert '{\r\n  "Id": ' in text
    assert re.search(r'"DateTimeUTC": "\\/Date\(\d+\)\\/"', text)
    assert "Sons, Inc. \\/ \\u00c9ire" in text
    body = json.loads(text)
    assert (body["Status"], body["ProviderName"]) == ("OK", "Tieout sandbox")


def test_dates_have_twins_that_agree(xero: Xero) -> None:
    invoice = xero.rows("Invoices", page=1)[0]
    for name in ("Date", "DueDate", "UpdatedDateUTC"):
        ms = int(re.fullmatch(r"/Date\((\d+)\+0000\)/", invoice[name]).group(1))  # type: ignore[union-attr]
        told = datetime.fromisoformat(invoice[f"{name}String"].removesuffix("Z")).replace(tzinfo=UTC)
        assert datetime.fromtimestamp(ms // 1000, UTC) == told
    assert "UpdatedDateUTCString" not in xero.rows("Contacts")[0]


def test_money_keeps_its_digits(sandbox: Sandbox, xero: Xero) -> None:
    invoice = next(iter(sandbox.firms[0].xero.tables["Invoices"].values()))
    invoice["Total"] = Decimal("9007199254740993.10")
    text = xero.get(f"Invoices/{invoice['InvoiceID']}").text
    assert '"Total": 9007199254740993.10' in text


# Pages


def test_page_sizes_are_clamped_and_pages_add_up(sandbox: Sandbox, xero: Xero) -> None:
    count = len(sandbox.firms[0].xero.tables["Invoices"])
    reply = xero.get("Invoices", page=1, pageSize=5000).json()
    assert reply["pagination"] == {"page": 1, "pageSize": 1000, "pageCount": 1, "itemCount": count}
    reply = xero.get("Invoices", page=1, pageSize=0).json()
    assert (reply["pagination"]["pageSize"], reply["pagination"]["pageCount"]) == (1, count)
    assert xero.get("Invoices", page=1).json()["pagination"]["pageSize"] == 100
    pages = [xero.rows("Invoices", page=page, pageSize=4) for page in range(1, 5)]
    ids = [row["InvoiceID"] for page in pages for row in page]
    assert sorted(ids) == sorted(sandbox.firms[0].xero.tables["Invoices"])
    assert xero.get("Invoices", page=99).json()["Invoices"] == []
    assert "pagination" not in xero.get("Invoices").json()


def test_statuses_and_summary_switch_paging_on(xero: Xero) -> None:
    dead = xero.get("Invoices", Statuses="VOIDED,DELETED").json()
    assert {row["Status"] for row in dead["Invoices"]} == {"VOIDED", "DELETED"}
    assert dead["pagination"]["page"] == 1
    assert dead["Invoices"][0]["LineItems"]
    summary = xero.get("Invoices", summaryOnly="true").json()
    assert "pagination" in summary
    assert not {"LineItems", "Payments", "HasAttachments"} & set(summary["Invoices"][0])


def test_unpaged_lists_take_no_pages(xero: Xero) -> None:
    for name in ("Accounts", "BatchPayments", "BankTransfers"):
        assert "pagination" not in xero.get(name, page=2, pageSize=1).json()
        assert xero.rows(name, page=2, pageSize=1)


def test_pages_drift_when_a_record_changes_under_the_crawl(sandbox: Sandbox, xero: Xero) -> None:
    firm = sandbox.firms[0]
    first = [row["InvoiceID"] for row in xero.rows("Invoices", page=1, pageSize=3)]
    firm.at(NOW + timedelta(hours=1))
    firm.xero.touch(firm.xero.tables["Invoices"][first[0]])
    rest = [row["InvoiceID"] for page in range(2, 9) for row in xero.rows("Invoices", page=page, pageSize=3)]
    assert first[0] in rest
    assert len(set(first + rest)) == len(firm.xero.tables["Invoices"]) - 1


def test_order_and_its_refusal(xero: Xero) -> None:
    dates = [row["DateString"] for row in xero.rows("Invoices", page=1, order="Date DESC")]
    assert dates == sorted(dates, reverse=True)
    assert xero.get("Invoices", page=1, order="Colour").json()["Type"] == "ValidationException"


# What a record shows


def test_lines_only_in_pages_and_singles(xero: Xero) -> None:
    for name, key in (
        ("Invoices", "InvoiceID"),
        ("CreditNotes", "CreditNoteID"),
        ("Overpayments", "OverpaymentID"),
        ("Prepayments", "PrepaymentID"),
        ("BankTransactions", "BankTransactionID"),
    ):
        assert all(row["LineItems"] == [] for row in xero.rows(name)), name
        paged = xero.rows(name, page=1)
        assert all(row["LineItems"] for row in paged), name
        assert xero.rows(f"{name}/{paged[0][key]}")[0]["LineItems"], name


def test_credit_note_lines_have_no_ids_and_allocations_name_the_invoice(xero: Xero) -> None:
    note = xero.rows("CreditNotes", page=1)[0]
    assert "LineItemID" not in note["LineItems"][0]
    assert note["ID"] == note["CreditNoteID"]
    assert set(note["Allocations"][0]["Invoice"]) == {"InvoiceID", "InvoiceNumber"}


def test_contact_is_a_summary_in_lists_and_full_in_singles(xero: Xero) -> None:
    invoice = xero.rows("Invoices", page=1)[0]
    assert set(invoice["Contact"]) == {"ContactID", "Name"}
    assert "ContactStatus" in xero.rows(f"Invoices/{invoice['InvoiceID']}")[0]["Contact"]
    assert xero.rows(f"Invoices/{invoice['InvoiceNumber']}")[0]["InvoiceID"] == invoice["InvoiceID"]


def test_invoice_shows_payments_and_credits_from_its_side(sandbox: Sandbox, xero: Xero) -> None:
    rows = xero.rows("Invoices", page=1)
    paid = [row for row in rows if row["Payments"]]
    assert {"PaymentID", "Amount", "Date"} <= set(paid[0]["Payments"][0])
    assert not {"Status", "Account", "PaymentType"} & set(paid[0]["Payments"][0])
    credited = next(row for row in rows if row["CreditNotes"])
    assert credited["CreditNotes"][0]["AppliedAmount"] == 45.00
    payments = sandbox.firms[0].xero.tables["Payments"].items()
    live = {key for key, row in payments if row["Status"] == "AUTHORISED" and row["PaymentType"] == "ACCRECPAYMENT"}
    shown = {payment["PaymentID"] for row in rows for payment in row["Payments"]}
    assert shown == live


def test_payment_list_hides_the_invoice_and_keeps_deleted_payments(xero: Xero) -> None:
    rows = xero.rows("Payments", page=1)
    assert "DELETED" in {row["Status"] for row in rows}
    for row in rows:
        assert not {"Total", "AmountDue", "Date", "Status"} & set(row["Invoice"])
        assert row["Invoice"]["LineItems"] == []
        assert "Name" not in row["Account"]
    single = xero.rows(f"Payments/{rows[0]['PaymentID']}")[0]
    assert {"Total", "Date"} <= set(single["Invoice"])
    assert single["Account"]["Name"]


def test_a_refund_shows_its_credit_as_an_invoice(xero: Xero) -> None:
    refund = next(row for row in xero.rows("Payments", page=1) if row["PaymentType"] == "AROVERPAYMENTPAYMENT")
    over = xero.rows("Overpayments", page=1)[0]
    assert refund["Invoice"]["InvoiceID"] == over["OverpaymentID"]
    assert refund["Invoice"]["Type"] == "AROVERPAYMENT"
    assert [payment["PaymentID"] for payment in over["Payments"]] == [refund["PaymentID"]]


def test_batches_hold_text_inside_payments_and_numbers_in_their_own_list(xero: Xero) -> None:
    nested = next(row["BatchPayment"] for row in xero.rows("Payments", page=1) if "BatchPayment" in row)
    assert nested["TotalAmount"] == "300.00"
    assert nested["IsReconciled"] == "false"
    own = xero.rows("BatchPayments")[0]
    assert own["TotalAmount"] == 300
    assert own["IsReconciled"] is False


def test_contacts_light_full_and_archived(sandbox: Sandbox, xero: Xero) -> None:
    firm = sandbox.firms[0]
    contact = next(iter(firm.xero.tables["Contacts"].values()))
    firm.xero.archive_contact(contact)
    light = xero.rows("Contacts")
    assert contact["ContactID"] not in {row["ContactID"] for row in light}
    assert "ContactGroups" not in light[0]
    full = xero.rows("Contacts", page=1, includeArchived="true")
    assert len(full) == len(light) + 1
    assert "ContactGroups" in full[0]


def test_deleted_transfers_only_when_asked_for(sandbox: Sandbox, xero: Xero) -> None:
    firm = sandbox.firms[0]
    transfer = next(iter(firm.xero.tables["BankTransfers"].values()))
    before = len(xero.rows("BankTransfers"))
    assert "UpdatedDateUTC" not in xero.rows("BankTransfers")[0]
    firm.xero.delete_transfer(transfer)
    assert len(xero.rows("BankTransfers")) == before - 1
    assert len(xero.rows("BankTransfers", includeDeleted="true")) == before


def test_unit_amounts_have_two_decimals_unless_four_are_asked_for(sandbox: Sandbox, xero: Xero) -> None:
    invoice = next(iter(sandbox.firms[0].xero.tables["Invoices"].values()))
    invoice["LineItems"][0]["UnitAmount"] = Decimal("12.3456")
    where = f"Invoices/{invoice['InvoiceID']}"
    assert xero.rows(where)[0]["LineItems"][0]["UnitAmount"] == 12.35
    assert xero.rows(where, unitdp=4)[0]["LineItems"][0]["UnitAmount"] == 12.3456


# Filters


def test_if_modified_since_is_inclusive_in_whole_seconds(sandbox: Sandbox, xero: Xero) -> None:
    firm = sandbox.firms[0]
    firm.at(NOW + timedelta(hours=1, milliseconds=700))
    invoice = next(iter(firm.xero.tables["Invoices"].values()))
    firm.xero.touch(invoice)

    def since(text: str) -> int:
        return len(xero.rows("Invoices", {"If-Modified-Since": text}, page=1))

    assert since("2026-11-23T03:00:00") == 1
    assert since("2026-11-23T03:00:00.999+00:00") == 1
    assert since("2026-11-23T03:00:01") == 0
    everything = len(firm.xero.tables["Invoices"])
    for unreadable in ("Mon, 23 Nov 2026 03:00:01 GMT", "2026-11-23 03:00:01", "soon"):
        assert since(unreadable) == everything


@pytest.mark.parametrize(
    ("where", "states"),
    [
        ('Status=="VOIDED"', {"VOIDED"}),
        ('Status = "VOIDED" OR Status = "DELETED"', {"VOIDED", "DELETED"}),
        ('Type=="ACCREC" AND (Status=="PAID" || Status=="VOIDED")', {"PAID", "VOIDED"}),
        ('AmountPaid>0 && Status!="PAID"', {"AUTHORISED"}),
    ],
)
def test_where_filters(xero: Xero, where: str, states: set[str]) -> None:
    assert {row["Status"] for row in xero.rows("Invoices", page=1, where=where)} == states


def test_where_on_dates_and_guids(sandbox: Sandbox, xero: Xero) -> None:
    invoice = xero.rows("Invoices", page=1)[0]
    contact = invoice["Contact"]["ContactID"]
    found = xero.rows("Invoices", page=1, where=f'Contact.ContactID=guid("{contact.upper()}")')
    assert {row["Contact"]["ContactID"] for row in found} == {contact}
    day = datetime.fromisoformat(invoice["DateString"])
    text = f"Date>=DateTime({day.year},{day.month},{day.day}) AND Date<DateTime({day.year},{day.month},{day.day},1,0,0)"
    assert {row["DateString"] for row in xero.rows("Invoices", page=1, where=text)} == {invoice["DateString"]}


@pytest.mark.parametrize("where", ['Colour=="red"', "Status==", '"PAID"==Status', "LineItems==1", "Status"])
def test_bad_where_is_a_validation_exception(xero: Xero, where: str) -> None:
    reply = xero.get("Invoices", where=where)
    assert reply.status_code == 400
    assert (reply.json()["ErrorNumber"], reply.json()["Type"]) == (10, "ValidationException")


def test_ids_in_moderation(sandbox: Sandbox, xero: Xero) -> None:
    ids = list(sandbox.firms[0].xero.tables["Invoices"])
    assert {row["InvoiceID"] for row in xero.rows("Invoices", IDs=",".join(ids[:3]))} == set(ids[:3])
    many = ",".join(f"00000000-0000-0000-0000-{number:012d}" for number in range(53))
    reply = xero.get("Invoices", IDs=many)
    assert reply.status_code == 404
    assert "cannot be found" in reply.text


def test_unknown_parameters_are_ignored_and_unknown_records_are_not(xero: Xero) -> None:
    assert xero.get("Invoices", colour="red").status_code == 200
    assert xero.get("Invoices/INV-NOPE").status_code == 404
    assert xero.get("Journals").status_code == 404
    assert xero.session.post(f"{xero.url}/Invoices", json={}, timeout=10).status_code == 501


def test_too_many_records_at_once(sandbox: Sandbox, xero: Xero) -> None:
    sandbox.knobs.xero_high_volume = 5
    reply = xero.get("Invoices").json()
    assert (reply["ErrorNumber"], reply["Type"]) == (51, "HighVolumeException")
    assert xero.get("Invoices", page=1).status_code == 200


# Reports and limits


def test_trial_balance_agrees_with_the_documents(sandbox: Sandbox, xero: Xero) -> None:
    report = xero.get("Reports/TrialBalance", date="2026-11-23").json()["Reports"][0]
    assert report["ReportTitles"][2] == "As at 23 November 2026"
    rows = [row for section in report["Rows"][1:] for row in section["Rows"]]
    debtors = sandbox.firms[0].xero.system_account("DEBTORS")["AccountID"]
    cells = next(row["Cells"] for row in rows if row["Cells"][0].get("Attributes", [{}])[0].get("Value") == debtors)
    due = sum(Decimal(str(row["AmountDue"])) for row in xero.rows("Invoices", Statuses="AUTHORISED"))
    for name in ("Overpayments", "Prepayments", "CreditNotes"):
        due -= sum(Decimal(str(row["RemainingCredit"])) for row in xero.rows(name))
    assert Decimal(cells[1]["Value"] or "-" + cells[2]["Value"]) == due
    total = rows[-1]["Cells"]
    assert total[1]["Value"] == total[2]["Value"]
    sandbox.knobs.xero_trial_balance_refused = True
    assert xero.get("Reports/TrialBalance").status_code == 403


def test_minute_and_day_limits() -> None:
    firm = rich_firm()
    with Sandbox([firm], limits=Limits(xero_per_minute=2, xero_per_day=3)) as sandbox:
        xero = Xero(sandbox, firm)
        left = [xero.get("Organisation").headers["X-MinLimit-Remaining"] for _ in range(2)]
        assert left == ["1", "0"]
        over = xero.get("Organisation")
        assert (over.status_code, over.headers["X-Rate-Limit-Problem"]) == (429, "minute")
        assert 0 < int(over.headers["Retry-After"]) <= 60
        sandbox.clock.advance(61)
        day = xero.get("Organisation")
        assert (day.status_code, day.headers["X-Rate-Limit-Problem"]) == (429, "day")
        assert int(day.headers["Retry-After"]) > 3600


def test_five_calls_at_once_and_no_more(sandbox: Sandbox, xero: Xero) -> None:
    sandbox.faults.add(Fault("slow", system="xero", path="Organisation", times=None, seconds=0.4))
    headers = dict(xero.session.headers)
    seen: list[int] = []

    def call() -> None:
        url = f"{sandbox.xero_url}/Organisation"
        seen.append(requests.get(url, headers=headers, timeout=10).status_code)

    threads = [threading.Thread(target=call) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == [200, 200, 200, 200, 200, 429]
