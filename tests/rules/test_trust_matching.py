"""The matching of trust entries in SQL against a second opinion: scipy's maximum matching, on generated books.

Each firm is one book: entries of few amounts on few days, most of them booked in Xero on the day or some days later,
some forgotten, some in Xero alone. Half of the firms name the client in Xero, so that names decide; the other half book
everything to one contact, so that as many entries as possible must find a partner.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import duckdb
import numpy as np
import pytest
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import maximum_bipartite_matching

from pipelines.night.schema import create_tables
from tests.support.dbt_models import build_models

FIRMS = 60
FIRST = date(2026, 1, 1)
NIGHT = datetime(2026, 6, 1, 2)
CLIENTS = ("Eleanor Voss", "Oscar Lindgren", "Ruth Abel")


@dataclass(frozen=True)
class Entry:
    """One entry of either side."""

    id: str
    day: date
    amount: Decimal
    client: int
    slip: str = ""


@dataclass
class Book:
    """One firm: what each side has, and whether Xero names the clients."""

    is_named: bool
    clio: list[Entry] = field(default_factory=list)
    xero: list[Entry] = field(default_factory=list)


def write_book(chance: Random, is_named: bool) -> Book:
    book = Book(is_named)
    amounts = [Decimal(500), Decimal("-500"), Decimal("120.50")][: chance.randint(1, 3)]
    for number in range(chance.randint(1, 40)):
        day = FIRST + timedelta(days=chance.randrange(chance.choice((5, 30, 120))))
        entry = Entry(str(number + 1), day, chance.choice(amounts), chance.randrange(3))
        where = chance.random()
        if where < 0.9:
            book.clio.append(entry)
        if where > 0.1:
            late = timedelta(days=chance.choice((0, 0, 0, 1, 1, 2, 3, 3, 4, -1)))
            book.xero.append(Entry(f"x{number + 1}", day + late, entry.amount, entry.client))
    return book


def load(path: Path, books: dict[str, Book]) -> None:
    with duckdb.connect(str(path)) as connection:
        create_tables(connection)
        for firm, book in books.items():
            connection.execute(
                "insert into evidence.firms (firm_id, timezone, start_date, grace_hours)"
                " values (?, 'UTC', '2020-01-01', 24)",
                [firm],
            )
            connection.execute(
                "insert into evidence.nights (firm_id, run_id, as_of_date, started_at)"
                " values (?, 'r', '2026-06-01', ?)",
                [firm, NIGHT],
            )
            connection.execute(
                "insert into evidence.trust_accounts (firm_id, clio_bank_account, clio_bank_account_id,"
                " xero_bank_account_id, xero_liability_account_id) values (?, 'IOLTA', '12', 'bank', 'owed')",
                [firm],
            )
            connection.execute(
                "insert into clio.bank_accounts (firm_id, id, name, type, loaded_at)"
                " values (?, '12', 'IOLTA', 'Trust', ?)",
                [firm, NIGHT],
            )
            for number, name in enumerate(CLIENTS):
                connection.execute(
                    "insert into clio.contacts (firm_id, id, name, is_client, loaded_at) values (?, ?, ?, true, ?)",
                    [firm, str(number), name, NIGHT],
                )
                connection.execute(
                    "insert into xero.contacts (firm_id, contact_id, name, contact_status, loaded_at)"
                    " values (?, ?, ?, 'ACTIVE', ?)",
                    [firm, f"k{number}", name, NIGHT],
                )
            rows = [
                (firm, entry.id, entry.day, max(entry.amount, 0), max(-entry.amount, 0), str(entry.client), NIGHT)
                for entry in book.clio
            ]
            if rows:
                connection.executemany(
                    "insert into clio.bank_transactions (firm_id, id, bank_account_id, date, funds_in, funds_out,"
                    " client_id, loaded_at) values (?, ?, '12', ?, ?, ?, ?, ?)",
                    rows,
                )
            twins = [
                (
                    firm,
                    e.id,
                    "RECEIVE" if e.amount > 0 else "SPEND",
                    e.day,
                    abs(e.amount),
                    _contact(book, e),
                    e.slip,
                    NIGHT,
                )
                for e in book.xero
            ]
            if twins:
                connection.executemany(
                    "insert into xero.bank_transactions (firm_id, bank_transaction_id, type, date, total, contact_id,"
                    " reference, loaded_at, bank_account_id, status)"
                    " values (?, ?, ?, ?, ?, ?, ?, ?, 'bank', 'AUTHORISED')",
                    twins,
                )


def _contact(book: Book, entry: Entry) -> str:
    return f"k{entry.client}" if book.is_named else "the bank"


def may_pair(one: Entry, other: Entry) -> bool:
    """The condition for partners of `rules_trust`."""
    return one.amount == other.amount and abs((one.day - other.day).days) <= 3


def most_pairs(book: Book) -> int:
    """How many entries can have a partner at once."""
    if not book.clio or not book.xero:
        return 0
    graph = csr_matrix(np.array([[int(may_pair(one, other)) for other in book.xero] for one in book.clio]))
    return int((maximum_bipartite_matching(graph, perm_type="column") >= 0).sum())


@pytest.fixture(scope="module")
def matched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, Book], dict[str, dict[str, str]]]]:
    """The generated books, and for each firm who was paired with whom."""
    chance = Random(8)
    books = {f"firm-{number}": write_book(chance, number % 2 == 0) for number in range(FIRMS)}
    path = tmp_path_factory.mktemp("trust") / "warehouse.duckdb"
    load(path, books)
    build_models(path, "trust_ledger")
    with duckdb.connect(str(path), read_only=True) as connection:
        rows = connection.execute(
            "select firm_id, clio_bank_transaction_id, xero_entry_id, match_status, entry_date, funds_in_amount,"
            " funds_out_amount, running_balance_amount from recon.trust_ledger order by firm_id, entry_date,"
            " funds_in_amount = 0, clio_bank_transaction_id::int"
        ).fetchall()
    pairs: dict[str, dict[str, str]] = defaultdict(dict)
    for firm, clio_id, xero_id, status, *_ in rows:
        assert (status == "matched") == (xero_id is not None)
        if xero_id is not None:
            pairs[firm][clio_id] = xero_id
    assert len(rows) == sum(len(book.clio) for book in books.values())
    yield books, pairs


def test_pairs_keep_the_rule_and_no_entry_has_two_partners(matched) -> None:
    books, pairs = matched
    for firm, book in books.items():
        xero = {entry.id: entry for entry in book.xero}
        assert len(set(pairs[firm].values())) == len(pairs[firm])
        for entry in book.clio:
            if entry.id in pairs[firm]:
                assert may_pair(entry, xero[pairs[firm][entry.id]])


def test_no_two_entries_are_left_alone_that_could_be_partners(matched) -> None:
    books, pairs = matched
    for firm, book in books.items():
        alone = [entry for entry in book.clio if entry.id not in pairs[firm]]
        others = [entry for entry in book.xero if entry.id not in pairs[firm].values()]
        assert not [(one, other) for one in alone for other in others if may_pair(one, other)]


def test_as_many_as_possible_have_a_partner_whatever_the_names(matched) -> None:
    books, pairs = matched
    short = {
        firm: (len(pairs[firm]), most_pairs(book))
        for firm, book in books.items()
        if len(pairs[firm]) != most_pairs(book)
    }
    assert short == {}


def test_a_name_is_only_passed_over_when_nobody_of_that_name_is_left(matched) -> None:
    books, pairs = matched
    for firm, book in books.items():
        if not book.is_named:
            continue
        xero = {entry.id: entry for entry in book.xero}
        free = [entry for entry in book.xero if entry.id not in pairs[firm].values()]
        for entry in book.clio:
            partner = xero.get(pairs[firm].get(entry.id, ""))
            if partner is not None and partner.client != entry.client:
                assert not [other for other in free if other.client == entry.client and may_pair(entry, other)]
