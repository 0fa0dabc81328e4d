"""The referee of client money: trust entries against several, judged a second time by looking at everything.

Each firm is one small book of an account: at most seven entries a side, few days, amounts that add up in many ways. The
second opinion shares no code with the models. It tries every way to pair equal amounts, every set that could be a sum,
slips and whole days first, and says of each entry what must have become of it; and where several sets add up, that none
is taken and that what is named comes out of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations
from random import Random

import duckdb
import pytest

from tests.rules.test_trust_matching import Book, Entry, load
from tests.support.dbt_models import build_models

FIRMS = 160
FIRST = date(2026, 1, 1)
CLIO, XERO = "clio", "xero"


@dataclass(frozen=True)
class Sided:
    """An entry with its side, as sets hold it."""

    side: str
    entry: Entry


def write_book(chance: Random) -> Book:
    """Lumps on either side, some of whose parts also stand for themselves, and entries of no lump at all."""
    book = Book(is_named=False)
    sides = {CLIO: book.clio, XERO: book.xero}
    span = chance.choice((2, 5, 9))
    sizes = chance.choice(((100, 200, 300, 400), (110, 230, 370, 460, 590), (100, 100, 250)))

    def put(side: str, amount: int, day: int, slip: str = "") -> None:
        if len(sides[side]) < 7:
            number = str(len(sides[side]) + 1)
            name = number if side == CLIO else f"x{number}"
            sides[side].append(Entry(name, FIRST + timedelta(days=day), Decimal(amount), 0, slip))

    for lump in range(chance.randint(1, 3)):
        one, several = chance.sample((CLIO, XERO), 2)
        sign, day = chance.choice((1, 1, -1)), chance.randrange(span)
        parts = [sign * chance.choice(sizes) for _ in range(chance.randint(2, 4))]
        spread = chance.choice((0, 0, 1))
        slip = f"Slip {lump}" if several == XERO and chance.random() < 0.5 else ""
        for part in parts:
            put(several, part, day + chance.randint(0, spread), slip)
        if slip and chance.random() < 0.8:
            put(several, sign * chance.choice(sizes), day)
        if chance.random() < 0.9:
            put(one, sum(parts), day + chance.choice((0, 1, 3, 4)))
    for _ in range(chance.randint(0, 2)):
        put(chance.choice((CLIO, XERO)), chance.choice(sizes), chance.randrange(span))
    return book


def near(one: Entry, other: Entry) -> bool:
    return abs((one.day - other.day).days) <= 3


def best_pairings(clio: list[Entry], xero: list[Entry]) -> list[frozenset[tuple[str, str]]]:
    """Every way to pair equal amounts that is the best: as many as possible, then the nearest days."""

    def ways(left: list[Entry], free: list[Entry]) -> Iterator[tuple[int, int, frozenset[tuple[str, str]]]]:
        if not left:
            yield 0, 0, frozenset()
            return
        first, *rest = left
        yield from ways(rest, free)
        for other in free:
            if first.amount == other.amount and near(first, other):
                for pairs, days, way in ways(rest, [entry for entry in free if entry is not other]):
                    yield pairs - 1, days + abs((first.day - other.day).days), way | {(first.id, other.id)}

    found = list(ways(clio, xero))
    best = min((pairs, days) for pairs, days, _ in found)
    return [way for pairs, days, way in found if (pairs, days) == best]


Sum = tuple[Sided, frozenset[Sided]]  # one, and the several that add up to it


def all_sums(entries: list[Sided]) -> set[Sum]:
    """Every set of two to eight entries of one sign, within three days, that adds up to one of the other side."""
    found = set()
    for one in entries:
        others = [
            other
            for other in entries
            if other.side != one.side
            and near(one.entry, other.entry)
            and (other.entry.amount > 0) == (one.entry.amount > 0)
        ]
        for size in range(2, min(len(others), 8) + 1):
            for chosen in combinations(others, size):
                if sum(other.entry.amount for other in chosen) == one.entry.amount:
                    found.add((one, frozenset(chosen)))
    return found


def is_a_whole_day(several: frozenset[Sided], entries: list[Sided]) -> bool:
    """Whether these are all entries of their sign on one day of their side."""
    like = next(iter(several))
    return several == {
        other
        for other in entries
        if other.side == like.side
        and other.entry.day == like.entry.day
        and (other.entry.amount > 0) == (like.entry.amount > 0)
    }


def is_a_whole_slip(several: frozenset[Sided], entries: list[Sided]) -> bool:
    """Whether these are all entries of their sign on one day of Xero's that bear one reference."""
    like = next(iter(several))
    return like.entry.slip != "" and several == {
        other
        for other in entries
        if (other.side, other.entry.slip, other.entry.day) == (like.side, like.entry.slip, like.entry.day)
        and (other.entry.amount > 0) == (like.entry.amount > 0)
    }


def without_rivals(sums: set[Sum]) -> list[frozenset[Sided]]:
    """Those of which no entry stands in another."""
    sets = [frozenset({one, *several}) for one, several in sums]
    stands_in = Counter(member for chosen in sets for member in chosen)
    return [chosen for chosen in sets if all(stands_in[member] == 1 for member in chosen)]


def second_opinion(book: Book, paired: frozenset[tuple[str, str]]) -> tuple[set[frozenset[Sided]], set[Sum]]:
    """The sums that must be taken once these pairs are, whole days and slips first, then the only set of what is left;
    and all that add up among what is left."""
    left = [Sided(CLIO, entry) for entry in book.clio if entry.id not in {clio for clio, _ in paired}]
    left += [Sided(XERO, entry) for entry in book.xero if entry.id not in {xero for _, xero in paired}]
    whole = without_rivals(
        {found for found in all_sums(left) if is_a_whole_day(found[1], left) or is_a_whole_slip(found[1], left)}
    )
    taken = {member for chosen in whole for member in chosen}
    of_the_rest = all_sums([sided for sided in left if sided not in taken])
    sets_of = Counter(one for one, _ in of_the_rest)
    only = without_rivals({found for found in of_the_rest if sets_of[found[0]] == 1})
    return {*whole, *only}, {found for found in of_the_rest if frozenset({found[0], *found[1]}) not in only}


@dataclass
class Judged:
    """The books and what the models made of them."""

    books: dict[str, Book]
    connection: duckdb.DuckDBPyConnection

    def pairs(self, firm: str) -> frozenset[tuple[str, str]]:
        sql = """select entry_key, partner_key from intermediate.int_trust_entries_paired
            where side = 'clio' and partner_key is not null and firm_id = ?"""
        return frozenset(self.connection.execute(sql, [firm]).fetchall())

    def sums(self, firm: str) -> set[frozenset[Sided]]:
        return {frozenset({one, *several}) for one, several in self._sets(firm, is_certain=True).items()}

    def left_open(self, firm: str) -> dict[Sided, set[Sided]]:
        """Of each entry that may be several sums, what it may be made of."""
        return self._sets(firm, is_certain=False)

    def _sets(self, firm: str, is_certain: bool) -> dict[Sided, set[Sided]]:
        clio = {entry.id: Sided(CLIO, entry) for entry in self.books[firm].clio}
        xero = {entry.id: Sided(XERO, entry) for entry in self.books[firm].xero}
        sets: dict[Sided, set[Sided]] = {}
        sql = """select sum_key, bank_transaction_id, entry_key from intermediate.int_trust_partners
            where sum_key is not null and is_certain = ? and firm_id = ?"""
        for sum_key, clio_key, xero_key in self.connection.execute(sql, [is_certain, firm]).fetchall():
            one, other = clio[clio_key], xero[xero_key]
            if sum_key.startswith(XERO):
                one, other = other, one
            sets.setdefault(one, set()).add(other)
        return sets


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Judged]:
    chance = Random(12)
    books = {f"firm-{number:03}": write_book(chance) for number in range(FIRMS)}
    path = tmp_path_factory.mktemp("sums") / "warehouse.duckdb"
    load(path, books)
    build_models(path, "trust_ledger")
    with duckdb.connect(str(path), read_only=True) as connection:
        yield Judged(books, connection)


def test_the_pairs_are_among_the_best_of_all_pairings(judged: Judged) -> None:
    for firm, book in judged.books.items():
        assert judged.pairs(firm) in best_pairings(book.clio, book.xero), (firm, book)


def test_the_sums_are_those_of_looking_at_every_set(judged: Judged) -> None:
    wrong = {
        firm: (book, judged.sums(firm), expected)
        for firm, book in judged.books.items()
        if judged.sums(firm) != (expected := second_opinion(book, judged.pairs(firm))[0])
    }
    assert not wrong, f"{len(wrong)} of {FIRMS}; the first: {next(iter(wrong.items()))}"


def test_of_several_sets_none_is_taken_and_what_is_named_comes_out_of_them(judged: Judged) -> None:
    for firm, book in judged.books.items():
        taken, open_sums = second_opinion(book, judged.pairs(firm))
        named = judged.left_open(firm)
        assert set(named) == {one for one, _ in open_sums}, (firm, book)
        for one, members in named.items():
            sets = [several for whose, several in open_sums if whose == one]
            assert members <= frozenset().union(*sets), (firm, one)
            assert any(several <= members for several in sets), (firm, one)
        assert not {member for chosen in taken for member in chosen} & {one for one, _ in open_sums}, (firm, book)


def test_the_books_hold_sums_of_every_kind(judged: Judged) -> None:
    """Else the referee would have nothing to judge."""
    taken = [chosen for firm in judged.books for chosen in judged.sums(firm)]
    ambiguous = [one for firm in judged.books for one in judged.left_open(firm)]
    whole = [
        chosen
        for firm, book in judged.books.items()
        for chosen in judged.sums(firm)
        for side, entries in ((CLIO, book.clio), (XERO, book.xero))
        if len(several := frozenset(s for s in chosen if s.side == side)) > 1
        and is_a_whole_day(several, [Sided(side, entry) for entry in entries])
    ]
    slips = [
        chosen
        for firm, book in judged.books.items()
        for chosen in judged.sums(firm)
        if is_a_whole_slip(
            in_xero := frozenset(s for s in chosen if s.side == XERO), [Sided(XERO, e) for e in book.xero]
        )
        and not is_a_whole_day(in_xero, [Sided(XERO, e) for e in book.xero])
    ]
    assert len(slips) > 5
    assert len(taken) > 40
    assert len(ambiguous) > 10
    assert len(whole) > 40
    assert {len(chosen) for chosen in taken} >= {3, 4, 5}


def test_a_row_of_the_ledger_says_grouped_where_a_sum_was_taken(judged: Judged) -> None:
    rows = judged.connection.execute(
        "select firm_id, clio_bank_transaction_id, match_status, xero_entry_id from recon.trust_ledger"
    ).fetchall()
    for firm, clio_id, status, xero_ids in rows:
        grouped = [
            chosen for chosen in judged.sums(firm) if any(s.side == CLIO and s.entry.id == clio_id for s in chosen)
        ]
        assert (status == "grouped") == bool(grouped)
        if grouped:
            assert xero_ids.split(",") == sorted(s.entry.id for s in grouped[0] if s.side == XERO)
    assert len(rows) == sum(len(book.clio) for book in judged.books.values())
