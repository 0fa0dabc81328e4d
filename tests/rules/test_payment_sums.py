"""The referee of payments: small sets of payments on one bill, judged a second time by looking at everything.

Each bill has at most six payments a side, on few days, of few amounts that add up in many ways; a third of them can be
paired or summed in more than one way. The second opinion shares no code with the models. Where several answers are
right it does not ask for one of them: it asks that each step took as much as any way of taking would, and the nearest,
before the next was tried.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import combinations
from pathlib import Path
from random import Random

import duckdb
import pytest

from flows.night.build import build
from pipelines.firm.settings import load_settings
from pipelines.load import load_firms
from sandbox.engine import Firm, time
from sandbox.serving.server import Sandbox

FIRMS = 6
BILLS = 30
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
FIRST = date(2026, 9, 7)
FEES = "406"
NEAR = 3


@dataclass(frozen=True)
class Paid:
    """One payment. `parent`: of which payment of Clio it is a part; `is_fee`: it stands on an account for fees."""

    id: str
    is_clio: bool
    day: date
    amount: Decimal
    parent: int = 0
    is_fee: bool = False


def apart(one: Paid, other: Paid) -> int:
    return abs((one.day - other.day).days)


def total(payments: Iterable[Paid]) -> Decimal:
    return sum((payment.amount for payment in payments), Decimal(0))


class Payer:
    """A bill of a client of its own, and payments by chance on both sides of it."""

    def __init__(self, firm: Firm, chance: Random, number: int) -> None:
        client = firm.person("Payer", f"Number{number}")
        matter = firm.matter(client, "Advice")
        self.firm, self.chance = firm, chance
        self.bill = firm.bill(client, [time("Advice", "100.00", "1000.00")], matter, issued=FIRST, due=FIRST)
        self.sizes = chance.choice(((100, 200, 300, 400), (110, 230, 370, 460, 590), (100, 100, 250)))
        self.span = chance.choice((2, 5, 9, 20))
        self.paid: list[Paid] = []

    def pay(self) -> list[Paid]:
        """One to three stories, one upon the other."""
        for _ in range(self.chance.randint(1, 3)):
            tell = self.chance.choice((self.parts, self.parts, self.parent, self.fee, self.equal, self.stray))
            on = self.day()
            late = on + timedelta(days=self.chance.choice((0, 0, 1, 2, 3, 4, 10)))
            tell([self.chance.choice(self.sizes) for _ in range(self.chance.randint(2, 3))], on, late)
        return self.paid

    def day(self) -> date:
        return FIRST + timedelta(days=self.chance.randrange(self.span))

    def clio(self, *amounts: int, on: date) -> None:
        """A payment in Clio; of several amounts it is one in parts."""
        parts = self.firm.pay_many([(self.bill, str(amount)) for amount in amounts], on, reaches_xero=False)
        parent = parts[0]["parent"]["id"] if len(parts) > 1 else 0
        self.paid.extend(Paid(str(part["id"]), True, on, part["amount"], parent) for part in parts)

    def xero(self, amount: int, on: date, account: str = "1000") -> None:
        before = set(self.firm.xero.tables["Payments"])
        self.firm.pay(self.bill, str(amount), in_clio=False, xero_day=on, xero_account=account)
        [made] = set(self.firm.xero.tables["Payments"]) - before
        self.paid.append(Paid(made, False, on, Decimal(amount), is_fee=account == FEES))

    def parts(self, parts: list[int], on: date, late: date) -> None:
        """Whole on one side, in parts on the other."""
        days = [timedelta(days=self.chance.choice((0, 0, 1))) for _ in parts]
        if self.chance.random() < 0.5:
            self.clio(sum(parts), on=on)
            for part, later in zip(parts, days, strict=True):
                self.xero(part, late + later)
        else:
            for part, later in zip(parts, days, strict=True):
                self.clio(part, on=on + later)
            self.xero(sum(parts), late)

    def parent(self, parts: list[int], on: date, late: date) -> None:
        """One payment of Clio over several allocations."""
        self.clio(*parts, on=on)
        self.xero(sum(parts), late)

    def fee(self, parts: list[int], on: date, late: date) -> None:
        """What arrived at the bank, and the fee, perhaps too late to be of it."""
        self.clio(parts[0] + 30, on=on)
        self.xero(parts[0], late)
        self.xero(30, late + timedelta(days=self.chance.choice((0, 1, 4))), FEES)

    def equal(self, parts: list[int], on: date, late: date) -> None:
        """Equal amounts on any days."""
        for _ in range(self.chance.randint(1, 2)):
            self.clio(parts[0], on=self.day())
            self.xero(parts[0], self.day())

    def stray(self, parts: list[int], on: date, late: date) -> None:
        """A payment that has no partner."""
        if self.chance.random() < 0.5:
            self.xero(parts[0], on)
        else:
            self.clio(parts[0], on=on)


# What could be taken, by looking at everything


def pairings(left: list[Paid], fits: Callable[[Paid, Paid], bool]) -> Iterator[list[tuple[Paid, Paid]]]:
    """Every way to pair payments of the two sides."""
    clio, xero = [p for p in left if p.is_clio], [p for p in left if not p.is_clio]

    def ways(ours: list[Paid], theirs: list[Paid]) -> Iterator[list[tuple[Paid, Paid]]]:
        if not ours:
            yield []
            return
        first, *rest = ours
        yield from ways(rest, theirs)
        for other in theirs:
            if fits(first, other):
                for way in ways(rest, [one for one in theirs if one is not other]):
                    yield [(first, other), *way]

    return ways(clio, xero)


Cost = Callable[[list[tuple[Paid, Paid]]], tuple[object, ...]]


def by_days(way: list[tuple[Paid, Paid]]) -> tuple[object, ...]:
    """As many as possible, then the nearest days."""
    return -len(way), sum(apart(one, other) for one, other in way)


def by_day_then_amount(way: list[tuple[Paid, Paid]]) -> tuple[object, ...]:
    """As many as possible, then of one day, then the nearest amounts, then the nearest days."""
    return (
        -len(way),
        sum(apart(one, other) > 0 for one, other in way),
        sum(abs(one.amount - other.amount) for one, other in way),
        sum(apart(one, other) for one, other in way),
    )


Group = frozenset[Paid]


def sums(left: list[Paid], fits: Callable[[Paid, tuple[Paid, ...]], bool]) -> set[Group]:
    """Every one against several of the other side that add up to it."""
    found = set()
    for one in left:
        others = [other for other in left if other.is_clio != one.is_clio and other.amount < one.amount]
        for size in range(2, min(len(others), 8) + 1):
            for several in combinations(others, size):
                if total(several) == one.amount and fits(one, several):
                    found.add(frozenset((one, *several)))
    return found


def on_one_day(one: Paid, several: tuple[Paid, ...]) -> bool:
    return len({other.day for other in several}) == 1


def on_one_day_near(one: Paid, several: tuple[Paid, ...]) -> bool:
    return on_one_day(one, several) and apart(one, several[0]) <= NEAR


def near(one: Paid, several: tuple[Paid, ...]) -> bool:
    return all(apart(one, other) <= NEAR for other in several)


def fee_legs(left: list[Paid]) -> set[Group]:
    """Money at the bank within three days of a payment of Clio, and a fee within three days of that money."""

    def is_leg(one: Paid, several: tuple[Paid, ...]) -> bool:
        fees = [other for other in several if other.is_fee]
        banks = [other for other in several if not other.is_fee]
        return (
            one.is_clio
            and (len(fees), len(banks)) == (1, 1)
            and apart(one, banks[0]) <= NEAR
            and apart(fees[0], banks[0]) <= NEAR
        )

    return sums(left, is_leg)


def of_one_parent(left: list[Paid]) -> list[tuple[list[Paid], Paid]]:
    """All parts of one payment of Clio, and what Xero has of that sum within three days of one of them."""
    parents: dict[int, list[Paid]] = defaultdict(list)
    for payment in left:
        if payment.parent:
            parents[payment.parent].append(payment)
    return [
        (parts, whole)
        for parts in parents.values()
        for whole in left
        if not whole.is_clio and whole.amount == total(parts) and min(apart(whole, part) for part in parts) <= NEAR
    ]


# The referee


class Referee:
    """What is left of a bill's payments, and which of the sets found are not explained yet."""

    def __init__(self, paid: list[Paid], found: list[Group]) -> None:
        self.left = list(paid)
        self.found = list(found)

    def complaints(self) -> Iterator[str]:
        """What is wrong with the sets; the steps in their order, each judged on what those before it left."""
        if Counter(payment for group in self.found for payment in group) != Counter(self.left):
            yield "not every payment stands in one row"
            return
        yield from self.parents_together()
        yield from self.paired("on one day", lambda one, other: is_equal(one, other) and apart(one, other) == 0)
        yield from self.paired("in three days", lambda one, other: is_equal(one, other) and apart(one, other) <= NEAR)
        yield from self.summed("a fee leg", fee_legs)
        yield from self.summed("a sum of one day", lambda left: sums(left, on_one_day_near))
        yield from self.summed("a sum of three days", lambda left: sums(left, near))
        yield from self.paired("of equal amount", is_equal)
        yield from self.summed("a sum of a day further off", lambda left: sums(left, on_one_day))
        yield from self.paired(
            "of another amount", lambda one, other: apart(one, other) <= NEAR, cost=by_day_then_amount
        )
        if together := [group for group in self.found if len(group) > 1]:
            yield f"put together for no reason: {together}"

    def take(self, groups: Iterable[Group]) -> None:
        """These are explained."""
        for group in groups:
            self.found.remove(group)
            for payment in group:
                self.left.remove(payment)

    def parents_together(self) -> Iterator[str]:
        """As many payments of Clio in parts as can have one of Xero each."""
        of_parents = of_one_parent(self.left)
        ways = (way for size in range(len(of_parents) + 1) for way in combinations(of_parents, size))
        most = max(
            len(way)
            for way in ways
            if len({whole for _, whole in way}) == len(way) == len({p[0].parent for p, _ in way})
        )
        groups = {frozenset((*parts, whole)) for parts, whole in of_parents}
        taken = [group for group in self.found if group in groups]
        self.take(taken)
        if len(taken) != most:
            yield f"{len(taken)} of {most} payments of Clio in parts"

    def paired(self, what: str, fits: Callable[[Paid, Paid], bool], cost: Cost = by_days) -> Iterator[str]:
        """The pairs found are among the best of all ways to pair."""
        best = min(cost(way) for way in pairings(self.left, fits))
        taken = [group for group in self.found if len(group) == 2 and fits(*sides_of(group))]
        self.take(taken)
        if (found := cost([sides_of(group) for group in taken])) != best:
            yield f"pairs {what}: {found}, where {best} is the best"

    def summed(self, what: str, sets: Callable[[list[Paid]], set[Group]]) -> Iterator[str]:
        """Of the sums that can be taken none is left."""
        possible = sets(self.left)
        self.take([group for group in self.found if group in possible])
        if missed := sets(self.left):
            yield f"{what} was not taken: {missed}"


def is_equal(one: Paid, other: Paid) -> bool:
    return one.amount == other.amount


def sides_of(group: Group) -> tuple[Paid, Paid]:
    """Clio's of a pair, then Xero's; of two of one side neither fits anything."""
    one, other = sorted(group, key=lambda payment: not payment.is_clio)
    return one, other


# The nights


@dataclass
class Judged:
    """The payments of each bill, and the sets that the product found."""

    paid: dict[tuple[str, int], list[Paid]]
    found: dict[tuple[str, int], list[Group]]


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> Judged:
    chance = Random(12)
    firms = {f"payer-{number}": Firm(f"Payer {number}", NOW - timedelta(days=120)) for number in range(FIRMS)}
    paid: dict[tuple[str, int], list[Paid]] = {}
    for name, firm in firms.items():
        firm.xero.add_account(FEES, "Card fees", "EXPENSE", EnablePaymentsToAccount=True)
        firm.on(FIRST)
        for number in range(BILLS):
            payer = Payer(firm, chance, number)
            paid[name, payer.bill["id"]] = payer.pay()
        firm.at(NOW)
    return Judged(paid, night(tmp_path_factory.mktemp("payments"), firms, paid))


def night(
    folder: Path, firms: dict[str, Firm], paid: dict[tuple[str, int], list[Paid]]
) -> dict[tuple[str, int], list[Group]]:
    """Load the firms, build, and read which payments stand together."""
    work_file = folder / "work" / "warehouse.duckdb"
    work_file.parent.mkdir()
    with Sandbox(firms) as sandbox, pytest.MonkeyPatch.context() as environment:
        for name, value in sandbox.environment().items():
            environment.setenv(name, value)
        (folder / "tieout.toml").write_text(sandbox.config_toml(folder / "data"))
        named = list(load_settings(folder / "tieout.toml").firms.values())
        load_firms(named, work_file, run_id="20261123T020000Z-0000ff", started_at=NOW.replace(tzinfo=None))
    assert build(work_file, work_file.parent / "target").faults == ()
    known = {(key[0], payment.id): payment for key, payments in paid.items() for payment in payments}
    found: dict[tuple[str, int], list[Group]] = defaultdict(list)
    with duckdb.connect(str(work_file), read_only=True) as connection:
        rows = connection.execute(
            "select firm_id, bill_key, clio_allocation_ids, xero_payment_ids from recon.matched_payments"
        ).fetchall()
    for firm, bill_key, clio_ids, xero_ids in rows:
        ids = [one.strip() for text in (clio_ids, xero_ids) for one in (text or "").split(",") if one.strip()]
        found[firm, int(bill_key.partition(":")[2])].append(frozenset(known[firm, one] for one in ids))
    return found


def test_payments_stand_together_as_looking_at_every_set_says(judged: Judged) -> None:
    wrong = {
        key: (said, payments, judged.found[key])
        for key, payments in judged.paid.items()
        if (said := list(Referee(payments, judged.found[key]).complaints()))
    }
    assert not wrong, f"{len(wrong)} of {len(judged.paid)}; the first: {next(iter(wrong.items()))}"


def test_the_bills_hold_sets_of_every_kind(judged: Judged) -> None:
    """Else the referee would have nothing to judge: sums, fees, parts, and many that can be taken in several ways."""
    sizes = Counter(len(group) for groups in judged.found.values() for group in groups)
    assert sizes[1] > 50 and sizes[2] > 50 and sizes[3] > 30 and sizes[4] > 10
    sets = [sums(payments, near) for payments in judged.paid.values()]
    ambiguous = [found for found in sets if any(one & other and one != other for one, other in combinations(found, 2))]
    assert len(ambiguous) > 20
    assert sum(bool(fee_legs(payments)) for payments in judged.paid.values()) > 10
    assert sum(bool(of_one_parent(payments)) for payments in judged.paid.values()) > 10


def test_the_referee_sees_what_is_wrong(judged: Judged) -> None:
    """A sum pulled apart, and two that have nothing in common put together."""
    seen = Counter[str]()
    for key, payments in judged.paid.items():
        groups = judged.found[key]
        for group in groups:
            rest = [other for other in groups if other is not group]
            if len(group) > 1:
                apart_again = [*rest, *(frozenset((payment,)) for payment in group)]
                seen["pulled apart"] += bool(list(Referee(payments, apart_again).complaints()))
                seen["sets"] += 1
            elif rest:
                seen["put together"] += bool(list(Referee(payments, [*rest[1:], rest[0] | group]).complaints()))
                seen["alone"] += 1
    assert seen["pulled apart"] == seen["sets"] > 100
    assert seen["put together"] == seen["alone"] > 50
