"""Bare HTTP clients for the sandbox, and one firm in which every kind of record occurs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import requests

from sandbox.engine import Firm, expense, time
from sandbox.serving.server import Sandbox

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)


def rich_firm(name: str = "Harbor Law") -> Firm:
    """Bills, payments, credits, batches, transfers, trust money and interest, at least one of each."""
    firm = Firm(name, NOW - timedelta(days=120))
    client = firm.company("Alder & Sons, Inc. / Éire")
    other = firm.person("Miriam", "Brook")
    firm.matter(client, "Lease of 12/14 Quay Street")
    firm.matter(other, "Estate")
    lines = [time("Review of lease", "1.20", "350.00"), expense("Court filing fee", "525.00")]
    firm.deposit(client, "2000.00", firm.matter_of(client), firm.today)
    bills = [firm.bill(client, lines, issued=firm.today) for _ in range(4)]
    bills.append(firm.bill(other, lines, issued=firm.today))
    firm.advance(days=20)
    firm.pay(bills[0])
    firm.pay_from_trust(bills[1], "300.00")
    firm.credit_note(bills[1], "45.00")
    firm.pay_many([(bills[2], "100.00"), (bills[3], "200.00")], as_batch=True)
    over = firm.overpay(bills[4], "75.00")
    assert over is not None
    firm.xero.refund("Overpayments", over, Decimal("15.00"), firm.today, firm.xero.account("1000"))
    firm.prepay_in_xero(client, "60.00")
    firm.accrue_interest(bills[3], "12.34", mirror="child")
    firm.draft_bill(client, lines)
    firm.void(firm.bill(client, lines))
    firm.delete_draft(firm.draft_bill(client, lines, reaches_xero=True))
    firm.void_payment(firm.pay(firm.bill(other, lines), "50.00"))
    firm.xero_transfer(firm.trust, firm.operating, bills[0]["total"], firm.today)
    firm.trust_request(client, "500.00")
    firm.xero.post_journal(firm.today, "404", "2100", Decimal("5.00"), "Fee of the bank")
    firm.xero.kill_journal(firm.xero.add_manual_journal(firm.today, "Draft", [], status="DRAFT"))
    firm.at(NOW)
    return firm


class Clio:
    """A client with a fresh access token."""

    def __init__(self, sandbox: Sandbox, firm: Any) -> None:
        self.url = sandbox.clio_url
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {clio_token(sandbox, firm)}"

    def get(self, path: str, headers: dict[str, str] | None = None, **query: Any) -> requests.Response:
        return self.session.get(f"{self.url}/{path}", params=query, headers=headers, timeout=10)

    def rows(self, path: str, **query: Any) -> list[dict[str, Any]]:
        """All pages of a list, following the links as given."""
        reply = self.get(path, **query)
        found: list[dict[str, Any]] = []
        while True:
            assert reply.status_code == 200, reply.text
            body = reply.json()
            found += body["data"]
            onward = body["meta"]["paging"].get("next")
            if onward is None:
                return found
            reply = self.session.get(onward, timeout=10)


class Xero:
    """A client of a custom connection."""

    def __init__(self, sandbox: Sandbox, firm: Any, tenant: str | None = None) -> None:
        self.url = sandbox.xero_url
        self.session = requests.Session()
        self.session.headers["Authorization"] = f"Bearer {xero_token(sandbox, firm)['access_token']}"
        self.session.headers["Accept"] = "application/json"
        if tenant:
            self.session.headers["Xero-Tenant-Id"] = tenant

    def get(self, path: str, headers: dict[str, str] | None = None, **query: Any) -> requests.Response:
        return self.session.get(f"{self.url}/{path}", params=query, headers=headers, timeout=10)

    def rows(self, path: str, headers: dict[str, str] | None = None, **query: Any) -> list[dict[str, Any]]:
        """The rows of one reply."""
        reply = self.get(path, headers, **query)
        assert reply.status_code == 200, reply.text
        found: list[dict[str, Any]] = reply.json()[path.split("/")[0]]
        return found


def clio_form(firm: Any, **more: str) -> dict[str, str]:
    keys = firm.credentials
    return {"client_id": keys.clio_client_id, "client_secret": keys.clio_client_secret, **more}


def clio_token(sandbox: Sandbox, firm: Any) -> str:
    form = clio_form(firm, grant_type="refresh_token", refresh_token=firm.credentials.clio_refresh_token)
    reply = requests.post(sandbox.clio_token_url, data=form, timeout=10)
    assert reply.status_code == 200, reply.text
    return str(reply.json()["access_token"])


def xero_token(sandbox: Sandbox, firm: Any, **form: str) -> dict[str, Any]:
    reply = xero_token_reply(sandbox, firm, **(form or {"grant_type": "client_credentials"}))
    assert reply.status_code == 200, reply.text
    answer: dict[str, Any] = reply.json()
    return answer


def xero_token_reply(sandbox: Sandbox, firm: Any, **form: str) -> requests.Response:
    keys = firm.credentials
    basic = (keys.xero_client_id, keys.xero_client_secret)
    return requests.post(sandbox.xero_token_url, data=form, auth=basic, timeout=10)
