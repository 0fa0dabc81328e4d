"""Bills and invoices line by line, drawn by chance: raw rows for tests of the line alignment.

Two kinds of bills. *Plain* ones carry a single planted edit among lines that cannot be mistaken for one another, so
that the right answer is known. *Tangled* ones are edited many times over, with many lines that are equal or alike;
nobody can say which line was which, only how good an alignment is.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pyarrow as pa

from tests.support.empty_warehouse import create_empty

NIGHT = datetime(2026, 11, 23, 2)
LONG_AGO = datetime(2026, 9, 1, 12)
CENT = Decimal("0.01")
TEXTS = (
    "Review of lease and amendments",
    "Telephone call with opposing counsel",
    "Draft motion to compel production",
    "Court filing fee",
    "Attend deposition of Dr. Whitmore",
    "Prepare exhibits for mediation",
    "Research on choice of law",
    "Correspondence with insurer about coverage",
    "Travel to Albany",
    "Strategy conference with client",
    "Zoning hearing before town board",
    "Revise will and trust instrument",
    "Title search, parcel 14-220",
    "Expert witness invoice passed on",
    "Quarterly corporate minutes",
    "Subpoena to First Harbor Bank",
)
WORDS = ("further", "brief", "urgent", "second", "final", "joint", "amended", "initial")
RATES = (Decimal("350.00"), Decimal("320.00"), Decimal("120.00"))


@dataclass(frozen=True)
class Entry:
    """One line, on either side."""

    text: str
    quantity: Decimal
    rate: Decimal

    @property
    def amount(self) -> Decimal:
        """Quantity times rate, to the cent."""
        return (self.quantity * self.rate).quantize(CENT)


@dataclass
class Document:
    """A bill, its invoice, and how often each status must occur (where that is known)."""

    edit: str
    clio: list[Entry]
    xero: list[Entry]
    statuses: Counter[str] = field(default_factory=Counter)


# Plain bills

Planted = tuple[list[Entry], list[Entry], dict[str, int]]


def _reworded(chance: Random, line: Entry) -> Planted:
    words = line.text.split()
    words.insert(chance.randrange(len(words)), chance.choice(WORDS))
    return [line], [replace(line, text=" ".join(words))], {"text_changed": 1}


def _rewritten(chance: Random, line: Entry) -> Planted:
    return [line], [replace(line, text="Services as agreed")], {"text_changed": 1}


def _retyped(chance: Random, line: Entry) -> Planted:
    return [line], [replace(line, text=f" {line.text.upper()}\u00a0.")], {"identical": 1}


def _hours(chance: Random, line: Entry) -> Planted:
    more = Decimal(chance.randint(1, 9)) / 10
    return [line], [replace(line, quantity=line.quantity + more)], {"amount_changed": 1}


def _hours_and_words(chance: Random, line: Entry) -> Planted:
    changed = Entry(f"{chance.choice(WORDS)} {line.text}", line.quantity + Decimal("0.30"), line.rate)
    return [line], [changed], {"amount_and_text_changed": 1}


def _removed(chance: Random, line: Entry) -> Planted:
    return [line], [], {"missing_in_xero": 1}


def _added(chance: Random, line: Entry) -> Planted:
    return [], [line], {"extra_in_xero": 1}


def _split(chance: Random, line: Entry) -> Planted:
    count = chance.randint(2, 4)
    whole = replace(line, quantity=Decimal(count) + line.quantity)
    parts = [Entry(f"{line.text}, part {n + 1}", Decimal(1), line.rate) for n in range(count - 1)]
    parts.append(Entry(f"{line.text}, rest", line.quantity + 1, line.rate))
    return [whole], parts, {"regrouped": count + 1}


def _merged(chance: Random, line: Entry) -> Planted:
    parts, whole, statuses = _split(chance, line)
    return whole, parts, statuses


def _one_of_many_gone(chance: Random, line: Entry) -> Planted:
    count = chance.randint(2, 6)
    return [line] * count, [line] * (count - 1), {"identical": count - 1, "missing_in_xero": 1}


def _untouched(chance: Random, line: Entry) -> Planted:
    return [line], [line], {"identical": 1}


EDITS: dict[str, Callable[[Random, Entry], Planted]] = {
    "untouched": _untouched,
    "reworded": _reworded,
    "rewritten": _rewritten,
    "retyped": _retyped,
    "hours": _hours,
    "hours and words": _hours_and_words,
    "removed": _removed,
    "added": _added,
    "split": _split,
    "merged": _merged,
    "one of many gone": _one_of_many_gone,
}


def plain_bill(chance: Random, edit: str) -> Document:
    """A bill with one edit; every other line is the same on both sides, some of them several times over."""
    texts = chance.sample(TEXTS, chance.randint(2, 8))
    entries = [
        Entry(text, Decimal(chance.randint(5, 40)) / 10 + Decimal(place) * 5, chance.choice(RATES))
        for place, text in enumerate(texts)
    ]
    clio, xero, statuses = EDITS[edit](chance, entries[0])
    same = [entry for entry in entries[1:] for _ in range(chance.choice((1, 1, 1, 2, 5)))]
    expected = Counter(statuses)
    expected["identical"] += len(same)
    return Document(edit, _shuffled(chance, clio + same), _shuffled(chance, xero + same), +expected)


def long_bill(lines: int) -> Document:
    """A bill of so many lines of six minutes, each with the day and initials in front of its text in Xero."""
    clio = [Entry(f"{TEXTS[n % len(TEXTS)]} {n // 40}", Decimal("0.10"), RATES[0]) for n in range(lines)]
    xero = [replace(line, text=f"{_day(n // 8):%d %b %Y} EV: {line.text}") for n, line in enumerate(clio)]
    return Document("a day in front of each line", clio, xero, Counter(text_changed=lines))


# Tangled bills


def tangled_bill(chance: Random) -> Document:
    """A bill whose lines are drawn from few texts and hours, edited again and again on their way to Xero."""
    texts = chance.sample(TEXTS, chance.randint(1, 5))
    clio = [_alike(chance, texts) for _ in range(chance.randint(2, 14))]
    xero = list(clio)
    for _ in range(chance.randint(0, 5)):
        _tangle(chance, xero, texts)
    return Document("tangled", _shuffled(chance, clio), _shuffled(chance, xero))


def _alike(chance: Random, texts: list[str]) -> Entry:
    return Entry(chance.choice(texts), Decimal(chance.randint(2, 12)) / 10, chance.choice(RATES))


def _tangle(chance: Random, lines: list[Entry], texts: list[str]) -> None:
    if not lines:
        return
    place = chance.randrange(len(lines))
    line = lines[place]
    kind = chance.choice(("reword", "reword", "hours", "hours", "both", "rate", "remove", "add", "split", "merge"))
    if kind == "reword":
        lines[place] = replace(line, text=f"{chance.choice(WORDS)} {line.text}")
    elif kind == "hours":
        lines[place] = replace(line, quantity=line.quantity + Decimal(chance.randint(1, 6)) / 10)
    elif kind == "both":
        lines[place] = Entry(f"{line.text}, {chance.choice(WORDS)}", line.quantity + Decimal("0.20"), line.rate)
    elif kind == "rate":
        lines[place] = replace(line, rate=line.rate / 2, quantity=line.quantity * 2)
    elif kind == "remove":
        del lines[place]
    elif kind == "add":
        lines.append(_alike(chance, texts))
    elif kind == "split":
        lines[place : place + 1] = [replace(line, quantity=Decimal("0.10")), replace(line, quantity=line.quantity)]
    elif len(lines) > 1:
        other = lines.pop()
        lines[0] = Entry(f"{lines[0].text}; {other.text}", Decimal(1), lines[0].amount + other.amount)


def _shuffled(chance: Random, lines: list[Entry]) -> list[Entry]:
    return chance.sample(lines, len(lines))


# Rows


def write(path: Path, documents: dict[str, list[Document]]) -> None:
    """A warehouse with these firms' documents as a night would have loaded them: approved, live, and nothing else."""
    create_empty(path)
    rows: dict[str, list[dict[str, Any]]] = {}

    def add(table: str, firm: str, **values: Any) -> None:
        rows.setdefault(table, []).append({"firm_id": firm, "loaded_at": NIGHT, **values})

    for firm, firms_documents in documents.items():
        settings = {"firm_id": firm, "start_date": date(2020, 1, 1), "grace_hours": 24}
        rows.setdefault("evidence.firms", []).append(settings)
        add("evidence.nights", firm, run_id="night", started_at=NIGHT)
        add("clio.contacts", firm, id="1", name="Eleanor Voss", is_client=True)
        add("xero.contacts", firm, contact_id="voss", name="Eleanor Voss", contact_status="ACTIVE")
        for number, document in enumerate(firms_documents):
            _add_bill(add, firm, number, document.clio)
            _add_invoice(add, firm, number, document.xero)
    with duckdb.connect(str(path)) as connection:
        for table, records in rows.items():
            arrow = pa.Table.from_pylist(records)  # noqa: F841  (DuckDB reads it by its name)
            connection.execute(f"insert into {table} by name select * from arrow")


def _day(number: int) -> date:
    return date(2020, 2, 1) + timedelta(days=number)


def _total(lines: Iterable[Entry]) -> Decimal:
    return sum((line.amount for line in lines), Decimal("0.00"))


def _add_bill(add: Callable[..., None], firm: str, number: int, lines: list[Entry]) -> None:
    total = _total(lines)
    add(
        "clio.bills",
        firm,
        id=str(number),
        number=f"B{number}",
        state="awaiting_payment",
        kind="revenue_kind",
        issued_at=_day(number),
        due_at=_day(number + 30),
        updated_at=LONG_AGO,
        **dict.fromkeys(("sub_total", "total", "due", "balance"), total),
        **dict.fromkeys(("total_tax", "interest_total", "paid", "credits_issued", "pending"), Decimal("0.00")),
        client_id="1",
        client_name="Eleanor Voss",
        currency_code="USD",
    )
    for place, line in enumerate(lines):
        add(
            "clio.line_items",
            firm,
            id=f"{number}-{place}",
            bill_id=str(number),
            type="ActivityLineItem",
            kind="Service",
            description=line.text,
            quantity=line.quantity,
            price=line.rate,
            total=line.amount,
            group_ordering=place,
        )


def _add_invoice(add: Callable[..., None], firm: str, number: int, lines: list[Entry]) -> None:
    total = _total(lines)
    add(
        "xero.invoices",
        firm,
        invoice_id=f"invoice-{number}",
        type="ACCREC",
        invoice_number=f"B{number}",
        status="AUTHORISED",
        contact_id="voss",
        contact_name="Eleanor Voss",
        date=_day(number),
        due_date=_day(number + 30),
        line_amount_types="Exclusive",
        currency_code="USD",
        **dict.fromkeys(("total", "amount_due"), total),
        total_tax=Decimal("0.00"),
        updated_at=LONG_AGO,
    )
    for place, line in enumerate(lines):
        add(
            "xero.invoice_lines",
            firm,
            invoice_id=f"invoice-{number}",
            position=place,
            line_item_id=f"{number}-{place}",
            description=line.text,
            quantity=line.quantity,
            unit_amount=line.rate,
            line_amount=line.amount,
            tax_amount=Decimal("0.00"),
            account_code="200",
        )
