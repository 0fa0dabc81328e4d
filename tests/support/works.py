"""Pieces of work on a firm's files, each small enough to be killed at every one of its steps; see `os_operations`.

Each takes the folder that holds `tieout.toml`, and is its own whole world: no network, no Prefect.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import duckdb
import requests
from pydantic import SecretStr

from flows.night import journal
from flows.night.verdict import NightResult
from flows.pack import store
from flows.pack.figures import Figures
from flows.pack.month import read_month
from pipelines.api.http import Patience, Transport
from pipelines.api.tokens import Grant, TokenFile
from pipelines.bank.statements import StatementStore, TrustAccountRef
from pipelines.firm import decisions
from pipelines.firm.files import ROOM_TO_SPARE
from pipelines.firm.secrets import Credentials
from pipelines.firm.settings import Firm, load_settings
from pipelines.night.warehouse import Night, open_night
from tests.support.empty_warehouse import create_empty

__all__ = ["TokenFile", "open_night"]
SPENT = "spent.txt"  # the token server's own memory: which refresh tokens were used, and which it gave
DECISION = {
    "clio_bill_id": "2",
    "xero_invoice_id": "inv-2",
    "decided_by": "Ada",
    "decided_at": "2026-11-23T09:00:00Z",
    "reason": "the same work, billed again",
}
SIGNATURE = {
    "month": "2026-10",
    "version": "1",
    "role": "reviewer",
    "signed_by": "Ben",
    "figures_digest": "f" * 64,
    "pdf_digest": "p" * 64,
    "signed_at": "2026-11-23T09:00:00Z",
}
CSV = (
    b"date,amount,description,reference,balance\n"
    b"2026-01-05,100.00,Deposit,1,100.00\n2026-01-06,50.00,Deposit,2,150.00\n"
)


def firm_in(folder: Path) -> Firm:
    """The firm of the configuration in this folder."""
    return load_settings(folder / "tieout.toml").firm("harbor-law")


def fill(night: Night) -> None:
    """As little as a night needs to be publishable."""
    if not night.work_file.exists():
        create_empty(night.work_file)
    with duckdb.connect(str(night.work_file)) as connection:
        connection.execute(
            "insert into evidence.nights (firm_id, run_id, started_at) values (?, ?, ?)",
            [night.firm.id, night.run_id, night.started_at],
        )


def night(folder: Path, hour: int = 5) -> None:
    """A night from lock to published file."""
    with open_night(firm_in(folder), datetime(2026, 11, 23, hour, tzinfo=UTC)) as one:
        fill(one)
        one.publish()


def month_end(folder: Path) -> None:
    """A past day rebuilt."""
    with open_night(firm_in(folder), datetime(2026, 11, 23, 6, tzinfo=UTC)) as one:
        fill(one)
        one.publish_month_end(date(2026, 10, 31))


def decide(folder: Path) -> None:
    """One decision more."""
    decisions.matches(firm_in(folder).folder).append(DECISION)


def sign(folder: Path) -> None:
    """One signature more."""
    decisions.signatures(firm_in(folder).folder).append(SIGNATURE)


def keep_pack(folder: Path) -> None:
    """A month's pack more, beside those that are there."""
    firm, month = firm_in(folder), read_month("2026-10")
    with store.alone(firm, month):
        version = store.next_version(firm, month)
        read = Figures({"month": "2026-10", "version": version}, {}, "2026-11-23T05:00:00Z")
        store.keep(firm, month, read, {"xlsx": b"sheets", "pdf": b"pages"}, version)


def record(folder: Path) -> None:
    """One line more in the journal."""
    firm = firm_in(folder)
    journal.record(firm, NightResult(firm.id, None, "incomplete", ("Xero was down.",)), datetime.now(UTC))


def import_statement(folder: Path) -> None:
    """A statement of two lines."""
    (folder / "january.csv").write_bytes(CSV)
    StatementStore(firm_in(folder).folder).import_file(TrustAccountRef("IOLTA"), folder / "january.csv", {})


def type_balance(folder: Path) -> None:
    """A closing balance that a person typed."""
    store = StatementStore(firm_in(folder).folder)
    store.type_balance(TrustAccountRef("IOLTA"), date(2026, 1, 31), Decimal("150.00"))


class _TokenServer(Transport):
    """Xero's habit: each refresh token is good once, and the reply has the next one. It remembers by itself, and sees
    that room for the reply was taken before it is asked."""

    def __init__(self, memory: Path) -> None:
        super().__init__(Patience(attempts=1))
        self._memory = memory

    def send(self, method: str, url: str, **more: object) -> requests.Response:  # type: ignore[override]
        form = more["form"]
        assert isinstance(form, dict)
        room = (self._memory.parent / "data" / "harbor-law").glob(".tokens.json.*")
        assert any(path.stat().st_size >= ROOM_TO_SPARE for path in room), "asked before there was room for the reply"
        spent = self._memory.read_text().split() if self._memory.exists() else []
        reply = requests.Response()
        reply.status_code = 400 if form["refresh_token"] in spent else 200
        reply._content = b'{"error": "invalid_grant"}'
        if reply.status_code == 200:
            with self._memory.open("a") as file:
                file.write(f"{form['refresh_token']}\n")
            number = len(spent) + 1
            words = f'{{"access_token": "a-{number}", "refresh_token": "r-{number}", "expires_in": 1800}}'
            reply._content = words.encode()
        return reply


def grant(folder: Path) -> Grant:
    """Tokens of Xero, from a server that gives each once."""
    credentials = Credentials(SecretStr("id"), SecretStr("secret"), SecretStr("r-0"))
    return Grant(firm_in(folder), "xero", credentials, _TokenServer(folder / SPENT))


def renew(folder: Path) -> None:
    """The access token was rejected: a new set is asked for and kept."""
    grant(folder).access_token("a-1")
