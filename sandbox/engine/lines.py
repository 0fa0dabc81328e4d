"""How a story writes what was done: time, expenses, and the rest of what may stand on a bill."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sandbox.books import Record


@dataclass(frozen=True)
class Line:
    """One line of a bill, before it is on any bill."""

    description: str
    quantity: Decimal
    price: Decimal
    kind: str = "Service"
    day: date | None = None
    matter: Record | None = None
    user: Record | None = None
    taxable: bool = False
    secondary_taxable: bool = False
    discount: Decimal | None = None
    discount_type: str = "percentage"
    line_type: str = "ActivityLineItem"
    note: str | None = None


def time(description: str, hours: str | Decimal, rate: str | Decimal = "350.00", **more: object) -> Line:
    """Hours at a rate."""
    return Line(description, Decimal(hours), Decimal(rate), **more)  # type: ignore[arg-type]


def expense(description: str, amount: str | Decimal, quantity: str | Decimal = "1", **more: object) -> Line:
    """A cost passed on."""
    return Line(description, Decimal(quantity), Decimal(amount), "Expense", **more)  # type: ignore[arg-type]
