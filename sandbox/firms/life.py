"""Fourteen months in the life of the demo firm, day by day.

Most bills are drafted, pushed, approved and paid as they should be; some of the last two months meet a fault that
`sandbox.firms.demo` hands in. The same `now`, seed and faults give the same firm.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from heapq import heappop, heappush
from itertools import count
from random import Random

from faker import Faker

from sandbox.books import Record
from sandbox.engine import Firm, Line
from sandbox.firms.narratives import AREAS, AWKWARD_COMPANIES, AWKWARD_PEOPLE, LAST_FIRST, Area, bill_lines
from sandbox.money import ZERO
from sandbox.scenarios.registry import Expected

NAME = "Harbor Law LLP"
DAYS = 425
CLIENTS = 60
MATTERS = 90
OLD_BILLS = 316
RECENT_BILLS = 84
RECENT_FROM = 58
RECENT_TO = 9


@dataclass
class Work:
    """One matter and how its client pays."""

    client: Record
    matter: Record
    area: Area
    retainer: bool


# What befalls one matter's next bill, and the rows that must say so.
Fault = Callable[["Builder", Work], list[Expected]]


class DemoFirm(Firm):
    """A firm that remembers what was planted in it, and which bills Clio is to show no more on the second night."""

    def __init__(self, now: datetime, seed: int) -> None:
        super().__init__(NAME, now, seed)
        self.planted_rows: list[Expected] = []
        self.to_vanish: list[Record] = []


class Builder:
    """Runs the fourteen months; each of the faults strikes one bill."""

    def __init__(self, now: datetime, seed: int, faults: Sequence[Fault] = ()) -> None:
        self.tonight = now
        self.faults = faults
        self.firm = DemoFirm(now - timedelta(days=DAYS + 60), seed)
        self.random = Random(seed)
        self.names = Faker("en_US")
        self.names.seed_instance(seed)
        self.today: date = now.astimezone(self.firm.zone).date()
        self.works: list[Work] = []
        self._events: list[tuple[date, int, Callable[[], None]]] = []
        self._order = count()
        self._set_up()

    # The firm

    def _set_up(self) -> None:
        firm = self.firm
        firm.settings["start_date"] = self.day(DAYS - 20)
        firm.settings["not_from_clio"] = {"contacts": ["Sublease Tenant"], "number_pattern": "^RENT-"}
        firm.on(self.day(DAYS + 30))
        clients = self._clients()
        for position in range(MATTERS):
            client = clients[position % CLIENTS] if position < CLIENTS else self.random.choice(clients)
            area = self.random.choice(AREAS)
            matter = firm.matter(client, self.random.choice(area.matters), attorney=position)
            self.works.append(Work(client, matter, area, retainer=position % 4 == 1))

    def _clients(self) -> list[Record]:
        firm = self.firm
        clients = [firm.person(first, last) for first, last in (*AWKWARD_PEOPLE, LAST_FIRST)]
        firm.contact(clients[-1], f"{LAST_FIRST[1]}, {LAST_FIRST[0]}")
        clients += [firm.company(name) for name in AWKWARD_COMPANIES]
        taken = {client["name"].casefold() for client in clients}
        while len(clients) < CLIENTS:
            person = self.random.random() < 0.6
            first, last, company = self.names.first_name(), self.names.last_name(), self.names.company()
            if (f"{first} {last}" if person else company).casefold() in taken:
                continue
            taken.add((f"{first} {last}" if person else company).casefold())
            clients.append(firm.person(first, last) if person else firm.company(company))
        self.random.shuffle(clients)
        return clients

    def day(self, ago: int) -> date:
        """The calendar day so many days before tonight."""
        return self.today - timedelta(days=ago)

    def later(self, day: date, event: Callable[[], None]) -> None:
        """Put an event on its day, unless that day is not over before tonight's grace begins."""
        if day <= self.day(6):
            heappush(self._events, (day, next(self._order), event))

    # The months

    def run(self) -> DemoFirm:
        """Live through all days in order."""
        self._plan_trust()
        self._plan_rent()
        self._plan_bills()
        while self._events:
            day, _, event = heappop(self._events)
            self.firm.on(day)
            event()
        self.firm.at(self.tonight)
        return self.firm

    def _plan_trust(self) -> None:
        for position, work in enumerate(self.works):
            if work.retainer:
                day = self.day(DAYS + 20 - position % 12)
                amount = f"{self.random.randint(40, 90) * 500}.00"
                self.later(day, partial(self._retainer, work, amount))

    def _retainer(self, work: Work, amount: str) -> None:
        request = self.firm.trust_request(work.client, amount, work.matter)
        self.firm.advance(days=2)
        self.firm.pay_request(request, amount)

    def _plan_rent(self) -> None:
        tenant = self.firm.xero.add_contact("Sublease Tenant")
        for month in range(13):
            day = self.day(DAYS - 40 - month * 30)
            number = f"RENT-{month + 1:03d}"
            self.later(day, partial(self._rent, tenant, number, day))

    def _rent(self, tenant: Record, number: str, day: date) -> None:
        line = self.firm.xero.line("Sublease of suite 410", Decimal(1), Decimal("2400.00"), "260")
        invoice = self.firm.invoice(tenant, number, [line], day)
        if number < "RENT-012":
            self.firm.xero.add_payment(invoice, invoice["Total"], day, self.firm.xero.account("1000"))

    def _plan_bills(self) -> None:
        old = sorted((self.random.randint(RECENT_FROM + 3, DAYS) for _ in range(OLD_BILLS)), reverse=True)
        for position, ago in enumerate(old):
            work = self.works[position % MATTERS]
            self.later(self.day(ago), partial(self._ordinary, work))
        slots = [RECENT_FROM - position * (RECENT_FROM - RECENT_TO) // RECENT_BILLS for position in range(RECENT_BILLS)]
        direct = [work for work in self.works if not work.retainer]
        faults = iter(self.faults)
        for position, ago in enumerate(slots):
            work = direct[(position * 7 + 3) % len(direct)]
            fault = next(faults, None) if position % 3 else None
            if fault is None:
                self.later(self.day(ago), partial(self._ordinary, work))
            else:
                self.later(self.day(ago), partial(self._fault, work, fault))
        left = next(faults, None)
        if left is not None:
            raise ValueError(f"no room for the fault {left}")

    def _fault(self, work: Work, fault: Fault) -> None:
        self.firm.planted_rows.extend(fault(self, work))

    # An ordinary bill

    def lines(self, work: Work, taxable: bool = False) -> list[Line]:
        """What is on the next bill of a matter."""
        return list(bill_lines(self.random, work.area, taxable))

    def new_work(self, first: str, last: str) -> Work:
        """A client of their own for a fault that would disturb others."""
        client = self.firm.person(first, last)
        return Work(client, self.firm.matter(client, "Advice"), AREAS[0], retainer=False)

    def draft(self, work: Work, **more: object) -> Record:
        """A draft on both sides, dated today."""
        more.setdefault("reaches_xero", True)
        more.setdefault("issued", self.firm.today)
        lines = more.pop("lines", None) or self.lines(work)
        self.firm.worked_on(work.matter, self.firm.today)
        return self.firm.draft_bill(work.client, lines, work.matter, **more)  # type: ignore[arg-type]

    def approved(self, work: Work, **more: object) -> Record:
        """Drafted and approved on both sides."""
        in_xero = bool(more.pop("in_xero", True))
        bill = self.draft(work, **more)
        self.firm.advance(days=2)
        self.firm.approve(bill, in_xero=in_xero)
        return bill

    def _ordinary(self, work: Work) -> None:
        chance = self.random.random()
        issued = self.firm.today
        if chance < 0.02:
            self._reused_number(work)
            return
        more: dict[str, object] = {}
        if chance < 0.06:
            more = {"tax": "8.875", "lines": self.lines(work, taxable=True)}
        elif chance < 0.12:
            more = {"discount": ("percentage", self.random.choice(("5", "10", "15")))}
        elif chance < 0.15:
            more = self._second_matter(work)
        bill = self.approved(work, **more)
        if chance > 0.97:
            self.later(issued + timedelta(days=9), partial(self._courtesy_credit, bill))
        paid_on = issued + timedelta(days=self.random.randint(10, 40))
        if work.retainer:
            self.later(paid_on, partial(self._pay_retainer, work, bill))
        else:
            self._plan_payment(work, bill, paid_on)

    def _second_matter(self, work: Work) -> dict[str, object]:
        for other in self.works:
            if other.client is work.client and other is not work and not other.retainer and not work.retainer:
                lines = self.lines(work)
                lines += [replace(line, matter=other.matter) for line in self.lines(other)]
                return {"matters": [work.matter, other.matter], "lines": lines}
        return {}

    def _reused_number(self, work: Work) -> None:
        first = self.draft(work)
        self.firm.advance(days=1)
        self.firm.delete_draft(first)
        bill = self.approved(work, number=first["number"])
        if work.retainer:
            self.later(self.firm.today + timedelta(days=12), partial(self._pay_retainer, work, bill))
        else:
            self.later(self.firm.today + timedelta(days=25), partial(self._pay, bill))

    def _plan_payment(self, work: Work, bill: Record, paid_on: date) -> None:
        chance = self.random.random()
        if chance < 0.76:
            self.later(paid_on, partial(self._pay, bill))
        elif chance < 0.90:
            half = str((bill["balance"] / 2).quantize(Decimal("0.01")))
            self.later(paid_on, partial(self._pay, bill, half))
            self.later(paid_on + timedelta(days=21), partial(self._pay, bill))
        elif chance < 0.94:
            self.later(paid_on + timedelta(days=20), partial(self._interest, bill))

    def _interest(self, bill: Record) -> None:
        if not bill["balance"] or bill["credits_issued"]:
            return
        amount = str((bill["balance"] * Decimal("0.0125")).quantize(Decimal("0.01")))
        self.firm.accrue_interest(bill, amount)

    def _pay(self, bill: Record, amount: str | None = None) -> None:
        if bill["balance"] > ZERO:
            asked = bill["balance"] if amount is None else min(Decimal(amount), bill["balance"])
            self.firm.pay(bill, str(asked))

    def _pay_retainer(self, work: Work, bill: Record) -> None:
        held = sum((pocket["balance"] for pocket in work.matter["account_balances"]), ZERO)
        if held < bill["balance"] + 1000:
            top_up = f"{(int(bill['balance']) // 500 + 20) * 500}.00"
            self._retainer(work, top_up)
            self.firm.advance(days=1)
        self.firm.pay_from_trust(bill)

    def _courtesy_credit(self, bill: Record) -> None:
        if bill["balance"] > 200:
            self.firm.credit_note(bill, "150.00")
