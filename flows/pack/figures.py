"""All that a pack states, as plain values: the one source of its PDF, of its workbook, and of what is signed.

The receivables are those of the night that judged the month's last day, where it is kept. Client money is that night's
too, as long as nothing dated up to that day has moved since; else, and where no such night is kept, the day is rebuilt
from dated entries, and the pack says *reconstructed*. What is compared with later nights are the facts of the newest
books that were read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

from flows import escape as safe
from flows.pack import facts, receivables, trust
from flows.pack.facts import Facts
from flows.pack.month import Month
from pipelines.bank.statements import StatementStore
from pipelines.errors import TieoutError
from pipelines.firm.published import open_published
from pipelines.firm.settings import Firm

Row = dict[str, Any]
NIGHTS_SQL = "select run_id, as_of_date from recon.run_statements where firm_id = ? order by started_at, run_id"
STATEMENT_SQL = "select * from recon.run_statements where firm_id = $firm order by started_at desc, run_id desc limit 1"
NOT_PROVEN_SQL = """
select subject, sentence from intermediate.int_not_proven
where firm_id = $firm and not regexp_matches(subject, '^(statement|figures|mapping) of ')
order by subject_order, subject
"""
# Texts that are short, or are cut; all others are sentences.
NAMES = frozenset(
    (
        *("firm_name", "name", "client_name", "matter_number", "matter_description", "subject_label", "accepted_by"),
        *("trust_account", "account_name", "xero_bank_label", "xero_liability_label", "shares_with"),
    )
)
OF_TODAY = ("receivables", "outstanding balances")
OF_CLIENT_MONEY = ("trust entry", "trust entry in Xero", "bank statement")
RECONSTRUCTED = "reconstructed"
Rebuild = Callable[[date], Path]


@dataclass(frozen=True)
class Figures:
    """What a pack states, and the dated facts behind it; `newest_at` is when the newest books behind them were read."""

    stated: Row
    facts: Facts
    newest_at: str

    @property
    def digest(self) -> str:
        """SHA-256 of all of it: what a signature is given under."""
        return digest_of(self.stated, facts.as_rows(self.facts))


def digest_of(stated: Row, rows: list[list[str]]) -> str:
    """The digest of figures as `as_json` writes them."""
    return hashlib.sha256(as_json({"stated": stated, "facts": rows}).encode()).hexdigest()


def as_json(value: Any) -> str:
    """Money as text with its digits, days as ISO text; the same values give the same text."""
    return json.dumps(value, sort_keys=True, ensure_ascii=True, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> str:
    return f"{value:.2f}" if isinstance(value, Decimal) else str(value.isoformat())


def read(firm: Firm, month: Month, rebuild: Rebuild) -> Figures:
    """The figures of a month. `rebuild` makes the books of a past day and gives their file. Raises UsageError where no
    night was published."""
    day = month.last
    with open_published(firm.warehouse) as living:
        night = _night_of(firm, living, day)
        stood, file = night or ({}, None)
        now = facts.read(living, firm.id, day)
        if file is not None and not _has_client_money_moved(stood, now) and not has_statement_news(firm, living, day):
            return _figures(firm, month, living, stood, now, file, file)
    rebuilt = rebuild(day)
    with open_published(rebuilt) as newest:
        return _figures(firm, month, newest, stood, facts.read(newest, firm.id, day), file, rebuilt)


def _figures(
    firm: Firm,
    month: Month,
    newest: duckdb.DuckDBPyConnection,
    stood: Facts,
    now: Facts,
    night: Path | None,
    money: Path,
) -> Figures:
    """What is stated, from the night of the day and the books that client money is read from; `newest` are the books
    that `now` was read from."""
    since = facts.moved(stood, now, newest, firm.id, month.last) if night else []
    stated = {
        "firm_id": firm.id,
        "firm_name": firm.name,
        "month": str(month),
        "as_of_date": month.last,
        "jurisdiction": firm.jurisdiction,
        **_parts(firm, month, night, money),
        "since": [move.with_client for move in since],
    }
    return Figures(_plain_texts(stated), now, _source(newest, firm.id, is_rebuilt=money != night)["read_at"])


def _night_of(firm: Firm, living: duckdb.DuckDBPyConnection, day: date) -> tuple[Facts, Path] | None:
    """The last night that judged this day: what it said of it, and its file. One that cannot be read (an earlier
    version's, or changed by somebody) is none."""
    nights = living.execute(NIGHTS_SQL, [firm.id]).fetchall()
    for number, (run_id, as_of_date) in reversed(list(enumerate(nights, 1))):
        file = firm.warehouse if number == len(nights) else firm.folder / "nights" / f"{run_id}.duckdb"
        if as_of_date == day and file.exists():
            with suppress(TieoutError):
                return facts.read_file(file, firm.id, day), file
    return None


def _has_client_money_moved(before: Facts, after: Facts) -> bool:
    keys = {key for both in (before, after) for key, fact in both.items() if fact.kind in OF_CLIENT_MONEY}
    return any(
        (before[key].figures if key in before else None) != (after[key].figures if key in after else None)
        for key in keys
    )


def has_statement_news(firm: Firm, living: duckdb.DuckDBPyConnection, day: date) -> bool:
    """Whether a bank statement up to that day was imported or taken back since the last night."""
    read_at = _source(living, firm.id, is_rebuilt=False)["read_at"]
    return any(
        max(entry["imported_at"], entry["withdrawn_at"]) > read_at
        for entry in StatementStore(firm.folder).entries()
        if entry["statement_date"] <= day.isoformat()
    )


def _source(connection: duckdb.DuckDBPyConnection, firm_id: str, *, is_rebuilt: bool) -> Row:
    """Which books were read: of which night, and when that night read the two systems (UTC)."""
    [statement] = receivables.rows(connection, STATEMENT_SQL, {"firm": firm_id})
    return {
        "run_id": statement["run_id"],
        "read_at": statement["started_at"].isoformat(timespec="seconds") + "Z",
        "verdict": statement["verdict"],
        "is_reconstructed": is_rebuilt,
    }


def _parts(firm: Firm, month: Month, night: Path | None, money: Path) -> Row:
    """Receivables of the night where it is kept, client money of the books that were judged as of the day."""
    with open_published(night or money) as connection:
        owed = (
            receivables.of_night(connection, firm.id)
            if night
            else receivables.of_dated_documents(connection, firm.id, month.last)
        )
        owed_source = _source(connection, firm.id, is_rebuilt=night is None)
        doubts = _doubts(connection, firm.id, is_rebuilt=night is None)
    with open_published(money) as connection:
        held = trust.read(connection, firm.id, month)
        held_source = _source(connection, firm.id, is_rebuilt=money != night)
    not_proven = [*_reconstructed(month, owed_source, held_source), *doubts]
    if not night and owed["bridge"][-1]["amount"] is None:
        not_proven.append(f"Xero's receivables account on {month.last}: no figure could be had")
    for account in held:
        not_proven += [f"trust account {account['name']}: {missing}" for missing in account["missing"]]
    if held:  # what is found of client money stands with each account
        owed["open"] = [row for row in owed["open"] if not trust.is_of_trust(row["code"])]
    else:
        not_proven.append("client money: no trust account is known, so nothing is said of any")
    return {
        "receivables_source": owed_source,
        "trust_source": held_source,
        "not_proven": not_proven,
        "receivables": owed,
        "trust": held,
    }


def _doubts(connection: duckdb.DuckDBPyConnection, firm_id: str, *, is_rebuilt: bool) -> list[str]:
    """What the night itself could not prove. What it says of each trust account is said with the account's figures;
    of a day that was rebuilt, what it says of today's receivables says nothing."""
    found = receivables.rows(connection, NOT_PROVEN_SQL, {"firm": firm_id})
    doubts = [row["sentence"] for row in found if not (is_rebuilt and row["subject"] in OF_TODAY)]
    [statement] = receivables.rows(connection, STATEMENT_SQL, {"firm": firm_id})
    if statement["assumptions_broken"]:
        doubts.append(f"what is believed of the two systems does not hold: {statement['assumptions_broken']}")
    return doubts


def _reconstructed(month: Month, owed: Row, held: Row) -> list[str]:
    said = []
    if owed["is_reconstructed"]:
        said.append(
            f"receivables are {RECONSTRUCTED}: no night of {month.last} that can be read is kept, and neither system "
            "tells a past day's balances. They are put together from dated documents as these stand now, so a bill "
            "that was approved, voided or edited since counts as it is now"
        )
    if held["is_reconstructed"]:
        why = (
            "no night of that day is kept"
            if owed["is_reconstructed"]
            else "dated records or bank statements have changed since its night"
        )
        said.append(
            f"client money is {RECONSTRUCTED} as of {month.last}, since {why}: it is rebuilt from the entries dated up "
            f"to that day, as the two systems told them on {held['read_at'][:10]}"
        )
    return said


def _plain_texts(value: Any, most: int = safe.SENTENCE) -> Any:
    """The same values with every text on one line, without control characters, and bounded."""
    if isinstance(value, dict):
        return {key: _plain_texts(one, safe.NAME if key in NAMES else safe.SENTENCE) for key, one in value.items()}
    if isinstance(value, list):
        return [_plain_texts(one, most) for one in value]
    return safe.plain(value, most) if isinstance(value, str) else value
