"""A firm of any size, clean from end to end, for measuring: `build(now, bills=40_000)`, eight lines each.

Built through the same events as every other firm. Texts and amounts repeat, so that building stays cheap and
what is measured is the product.
"""

import gc
from datetime import datetime, timedelta
from decimal import Decimal

from sandbox.books import Record
from sandbox.engine import Firm, Line, expense, time

NAME = "Bench & Partners LLP"
DAYS = 700
LINES = 8


def build(now: datetime, bills: int) -> Firm:
    """A firm with so many approved bills: some paid, some paid from trust, some open."""
    gc.disable()  # nothing is garbage while a firm grows, and looking for it would take half the time
    try:
        return _grow(now, bills)
    finally:
        gc.enable()


def _grow(now: datetime, bills: int) -> Firm:
    firm = Firm(NAME, now - timedelta(days=DAYS + 30))
    firm.settings["start_date"] = (now - timedelta(days=DAYS + 20)).date()
    matters = _matters(firm, max(3, bills // 20))
    texts = [_lines(kind) for kind in range(50)]
    for position in range(bills):
        ago = DAYS - position * (DAYS - 5) // bills
        firm.at(now - timedelta(days=ago))
        client, matter = matters[position % len(matters)]
        bill = firm.bill(client, texts[position % len(texts)], matter)
        _pay(firm, position, bill, client, matter)
    firm.at(now)
    return firm


def _matters(firm: Firm, count: int) -> list[tuple[Record, Record]]:
    made = []
    for position in range(count):
        client = firm.company(f"Client Number {position + 1:05d} Ltd")
        made.append((client, firm.matter(client, "Advice", attorney=position)))
    return made


def _lines(kind: int) -> list[Line]:
    lines = [
        time(f"Advice on point {position + 1} of file {kind + 1}", Decimal(position + 5) / 10, "320.00")
        for position in range(LINES - 1)
    ]
    return [*lines, expense("Filing fee", f"{40 + kind}.00")]


def _pay(firm: Firm, position: int, bill: Record, client: Record, matter: Record) -> None:
    if position % 10 == 9:
        firm.deposit(client, str(bill["balance"]), matter)
        firm.pay_from_trust(bill)
    elif position % 10 == 8:
        firm.pay(bill, "500.00")
    elif position % 10 < 6:
        firm.pay(bill)
