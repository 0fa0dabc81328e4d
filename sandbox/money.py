"""Exact money: cents rounded half up, as both systems do, and never a binary float."""

from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
HUNDRED = Decimal(100)


def cents(amount: Decimal) -> Decimal:
    """The amount in whole cents."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def money(amount: str | int | Decimal) -> Decimal:
    """Money from what a story writes: `"12.5"`, `12` or a Decimal."""
    return cents(Decimal(amount))


def percent(amount: Decimal, rate: Decimal) -> Decimal:
    """`rate` percent of the amount, in cents."""
    return cents(amount * rate / HUNDRED)
