"""Evidence: what the night itself knows, beside what the two systems said.

``evidence.nights`` and ``evidence.lists`` say when and how each list was read and how it was proven whole. The other tables
carry tonight's settings and what people decided (``matches.csv``, ``acceptances.csv``), so that the SQL that judges reads
one file and nothing else.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from importlib import metadata
from pathlib import Path
from typing import Any

import duckdb

from pipelines.columns import Record, read_decimal, read_moment
from pipelines.errors import UsageError
from pipelines.settings import Firm

DDL = """
create schema if not exists evidence;
create table if not exists evidence.nights (
    firm_id varchar not null, run_id varchar not null, firm_name varchar, timezone varchar, start_date date,
    grace_hours integer, as_of_date date, started_at timestamp, loaded_at timestamp, is_full boolean,
    clio_web_url varchar, api_calls_clio integer, api_calls_xero integer, rows_loaded bigint, version varchar);
create table if not exists evidence.lists (
    firm_id varchar not null, run_id varchar not null, system varchar not null, list_name varchar not null, mode varchar,
    asked_since timestamp, started_at timestamp, pages integer, rows_fetched bigint, rows_stated bigint,
    rows_vanished bigint, proof varchar);
create table if not exists evidence.not_from_clio (firm_id varchar not null, kind varchar not null, value varchar not null);
create table if not exists evidence.trust_accounts (
    firm_id varchar not null, clio_bank_account varchar, xero_bank_account varchar, xero_liability_account varchar,
    clio_bank_account_id varchar, xero_bank_account_id varchar, xero_liability_account_id varchar);
create table if not exists evidence.operating_accounts (
    firm_id varchar not null, clio_bank_account varchar, xero_bank_account varchar, clio_bank_account_id varchar,
    xero_bank_account_id varchar);
create table if not exists evidence.matches (
    firm_id varchar not null, clio_bill_id varchar not null, xero_invoice_id varchar not null, decided_by varchar,
    decided_at timestamp, reason varchar, position integer);
create table if not exists evidence.acceptances (
    firm_id varchar not null, exception_id varchar not null, code varchar, subject_key varchar, ar_effect decimal(18,2),
    clio_value varchar, xero_value varchar, accepted_by varchar, accepted_at timestamp, expires_on date, reason varchar,
    withdrawn_at timestamp, position integer);
"""


def create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Create what is not there yet."""
    connection.execute(DDL)


MATCH_COLUMNS = ("clio_bill_id", "xero_invoice_id", "decided_by", "decided_at", "reason")
ACCEPTANCE_COLUMNS = (
    "exception_id",
    "code",
    "subject_key",
    "ar_effect",
    "clio_value",
    "xero_value",
    "accepted_by",
    "accepted_at",
    "expires_on",
    "reason",
    "withdrawn_at",
)
# The file only grows, so a link is taken back by a later row of the same pair whose reason begins with this word.
UNLINKED = "unlinked"
Row = tuple[Any, ...]
Value = Callable[[str], Any]


def version() -> str:
    """The version of this program, as it stands in every statement."""
    return metadata.version("tieout")


# What people decided


class Line:
    """One line of a file of decisions; reads its cells and names file, line and column when one is wrong."""

    def __init__(self, path: Path, number: int, cells: dict[str, str]) -> None:
        self._where = f"{path}, line {number}"
        self._cells = cells

    def text(self, column: str) -> str | None:
        """A cell, or None if it is empty."""
        return self._cells[column].strip() or None

    def required(self, column: str) -> str:
        """A cell that must not be empty."""
        found = self.text(column)
        if found is None:
            raise UsageError(f"{self._where}: {column} is empty. Write a value, or remove the line.")
        return found

    def read(self, column: str, reader: Value, expected: str) -> Any:
        """A cell of a certain kind, or None if it is empty."""
        found = self.text(column)
        if found is None:
            return None
        try:
            return reader(found)
        except ValueError:
            raise UsageError(f"{self._where}: {column} should be {expected}, found {found[:40]!r}.") from None

    def moment(self, column: str) -> datetime | None:
        """A moment in UTC."""
        found: datetime | None = self.read(column, read_moment, "a date and time such as 2026-11-23T09:00:00Z")
        return found


def _lines(path: Path, columns: Sequence[str]) -> Iterator[Line]:
    """The lines of a file of decisions; none if there is no file yet."""
    if not path.exists():
        return
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.reader(file, strict=True)
        try:
            header = [name.strip() for name in next(reader, [])]
            if header != list(columns):
                raise UsageError(
                    f"{path}: the first line should be {','.join(columns)}; found {','.join(header)[:120]!r}."
                )
            for cells in reader:
                if not cells:
                    continue
                if len(cells) != len(columns):
                    raise UsageError(
                        f"{path}, line {reader.line_num}: {len(columns)} cells were expected, found {len(cells)}. "
                        "Put text with commas in double quotes."
                    )
                yield Line(path, reader.line_num, dict(zip(columns, cells, strict=True)))
        except (csv.Error, UnicodeDecodeError) as error:
            raise UsageError(f"{path}, line {reader.line_num}: not readable as CSV ({error}).") from None


def read_matches(firm: Firm) -> list[Row]:
    """``matches.csv``: the links that stand, in the order of the file."""
    standing: dict[tuple[str, str], Row] = {}
    for position, line in enumerate(_lines(firm.folder / "matches.csv", MATCH_COLUMNS)):
        pair = (line.required("clio_bill_id"), line.required("xero_invoice_id"))
        standing.pop(pair, None)
        reason = line.text("reason") or ""
        if not reason.lower().startswith(UNLINKED):
            standing[pair] = (firm.id, *pair, line.text("decided_by"), line.moment("decided_at"), reason, position)
    return list(standing.values())


def read_acceptances(firm: Firm) -> list[Row]:
    """``acceptances.csv``, every line of it: which one holds is decided where the exceptions are."""
    return [
        (
            firm.id,
            line.required("exception_id"),
            line.text("code"),
            line.text("subject_key"),
            line.read("ar_effect", read_cents, "an amount such as -120.00"),
            line.text("clio_value"),
            line.text("xero_value"),
            line.text("accepted_by"),
            line.moment("accepted_at"),
            line.read("expires_on", date.fromisoformat, "a day such as 2026-12-31"),
            line.text("reason"),
            line.moment("withdrawn_at"),
            position,
        )
        for position, line in enumerate(_lines(firm.folder / "acceptances.csv", ACCEPTANCE_COLUMNS))
    ]


def read_cents(text: str) -> Decimal:
    """An amount with no more than two decimals."""
    amount = read_decimal(text)
    if amount != amount.quantize(Decimal("0.01")):
        raise ValueError("an amount with two decimals")
    return amount


# The accounts named in the settings


class Accounts:
    """Finds accounts by what a person calls them, among those that exist."""

    def __init__(self, firm: Firm, clio_accounts: Sequence[Record], xero_accounts: Sequence[Record]) -> None:
        self._firm = firm
        self._clio = [(str(a.get("id")), (a.get("name"),), a.get("type")) for a in clio_accounts]
        self._xero = [(str(a.get("AccountID")), (a.get("Code"), a.get("Name")), None) for a in xero_accounts]

    def clio(self, key: str, name: str, kind: str) -> str:
        """Id of a Clio bank account of this type (Trust, Operating), named by name or id."""
        number, found = self._find("Clio bank account", key, name, self._clio)
        if found in ("Trust", "Operating") and found != kind:
            raise UsageError(
                f"Firm {self._firm.id}: {key} = {name!r} should be one of Clio's {kind} accounts, found a {found} account."
            )
        return number

    def xero(self, key: str, name: str) -> str:
        """AccountID of a Xero account, named by code, name or id."""
        return self._find("Xero account", key, name, self._xero)[0]

    def _find(
        self, what: str, key: str, name: str, known: Sequence[tuple[str, tuple[Any, ...], Any]]
    ) -> tuple[str, Any]:
        for by_id in (True, False):
            hits = [a for a in known if (a[0].lower() == name.lower() if by_id else name in a[1])]
            if len(hits) == 1:
                return hits[0][0], hits[0][2]
            if len(hits) > 1:
                raise UsageError(
                    f"Firm {self._firm.id}: {key} = {name!r}: {len(hits)} {what}s are called so. "
                    f"Write the id: {', '.join(a[0] for a in hits)}."
                )
        names = ", ".join(" ".join(str(n) for n in a[1] if n) for a in known[:40])
        raise UsageError(f"Firm {self._firm.id}: {key} = {name!r}: no such {what}. There is: {names or 'none'}.")


def resolve_accounts(firm: Firm, accounts: Accounts) -> tuple[list[Row], list[Row]]:
    """The mapped trust and operating accounts with their ids. Raises UsageError for one that does not exist."""
    trust = [
        (
            firm.id,
            a.clio_bank_account,
            a.xero_bank_account,
            a.xero_liability_account,
            accounts.clio("trust_accounts.clio_bank_account", a.clio_bank_account, "Trust"),
            accounts.xero("trust_accounts.xero_bank_account", a.xero_bank_account),
            accounts.xero("trust_accounts.xero_liability_account", a.xero_liability_account),
        )
        for a in firm.trust_accounts
    ]
    operating = [
        (
            firm.id,
            a.clio_bank_account,
            a.xero_bank_account,
            accounts.clio("operating_accounts.clio_bank_account", a.clio_bank_account, "Operating"),
            accounts.xero("operating_accounts.xero_bank_account", a.xero_bank_account),
        )
        for a in firm.operating_accounts
    ]
    for rows, place in ((trust, 4), (trust, 5), (operating, 3)):
        seen = [row[place] for row in rows]
        if len(set(seen)) != len(seen):
            raise UsageError(f"Firm {firm.id}: an account is mapped twice in trust_accounts or operating_accounts.")
    return trust, operating


# Writing


def check_settings(connection: duckdb.DuckDBPyConnection, firm: Firm) -> None:
    """What only the database can say about the settings: whether it understands the number pattern."""
    pattern = firm.not_from_clio.number_pattern
    if pattern is not None:
        try:
            connection.execute("select regexp_matches('', ?)", [pattern])
        except duckdb.Error:
            raise UsageError(
                f"Firm {firm.id}: not_from_clio.number_pattern = {pattern!r} is not understood (no look-ahead, no "
                'back-references). Write a simpler one, such as "^RENT-".'
            ) from None


def write_settings(connection: duckdb.DuckDBPyConnection, firm: Firm, trust: list[Row], operating: list[Row]) -> None:
    """Tonight's settings and decisions in place of last night's."""
    own = firm.not_from_clio
    not_from_clio: list[Row] = [
        *((firm.id, "contact", name) for name in own.contacts),
        *((firm.id, "account_code", code) for code in own.account_codes),
        *((firm.id, "number_pattern", pattern) for pattern in (own.number_pattern,) if pattern),
    ]
    for table, rows in (
        ("not_from_clio", not_from_clio),
        ("trust_accounts", trust),
        ("operating_accounts", operating),
        ("matches", read_matches(firm)),
        ("acceptances", read_acceptances(firm)),
    ):
        connection.execute(f"delete from evidence.{table} where firm_id = ?", [firm.id])
        _insert(connection, table, rows)


def write_night(connection: duckdb.DuckDBPyConnection, row: Row, lists: Iterable[Row]) -> None:
    """The night and its lists. A run that is repeated on the same file replaces itself."""
    for table in ("nights", "lists"):
        connection.execute(f"delete from evidence.{table} where firm_id = ? and run_id = ?", [row[0], row[1]])
    _insert(connection, "nights", [row])
    _insert(connection, "lists", list(lists))


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Row]) -> None:
    if rows:
        marks = ", ".join("?" * len(rows[0]))
        connection.executemany(f"insert into evidence.{table} values ({marks})", rows)  # noqa: S608  (names are ours)
