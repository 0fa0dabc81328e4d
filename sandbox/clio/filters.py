"""The query parameters that Clio's lists understand, each as a maker of row predicates.

A parameter that a list does not declare is refused with 400, so that a client cannot believe it filtered.
Where a filter's spelling differs from the field's (bank account types, matter status), only the filter's
spelling is taken.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

Row = Mapping[str, Any]
Predicate = Callable[[Row], bool]


class ArgumentError(ValueError):
    """A parameter value that Clio would refuse."""


@dataclass(frozen=True)
class Setting:
    """What a filter may need to know besides its own text."""

    today: date
    inclusive: bool
    tables: Mapping[str, Mapping[int, Row]]


Maker = Callable[[str, Setting], Predicate]


def whole_number(name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ArgumentError(f"{name} must be a whole number, not {text!r}") from None


def instant(name: str, text: str) -> datetime:
    try:
        value = datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentError(f"{name} must be an ISO-8601 timestamp, not {text!r}") from None
    return value if value.tzinfo else value.replace(tzinfo=UTC)


def day(name: str, text: str) -> date:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise ArgumentError(f"{name} must be a date, not {text!r}") from None


def choice(name: str, text: str, allowed: tuple[str, ...]) -> str:
    if text not in allowed:
        raise ArgumentError(f"{name} must be one of {', '.join(allowed)}, not {text!r}")
    return text


def since(field: str) -> Maker:
    def make(text: str, setting: Setting) -> Predicate:
        start = instant(field, text)
        if setting.inclusive:
            return lambda row: bool(row[field] >= start)
        return lambda row: bool(row[field] > start)

    return make


def linked(field: str, null_allowed: bool = False) -> Maker:
    """Rows whose association has this id; the word null selects rows without one, where it may."""

    def make(text: str, setting: Setting) -> Predicate:
        if text == "null" and null_allowed:
            return lambda row: not row.get(field)
        wanted = whole_number(f"{field}_id", text)
        return lambda row: (row.get(field) or {}).get("id") == wanted

    return make


def linked_in(field: str, null_allowed: bool = False) -> Maker:
    """Rows whose list of associations holds this id."""

    def make(text: str, setting: Setting) -> Predicate:
        if text == "null" and null_allowed:
            return lambda row: not row.get(field)
        wanted = whole_number(f"{field}_id", text)
        return lambda row: any(item["id"] == wanted for item in row.get(field) or ())

    return make


def attorney(role: str) -> Maker:
    """Bills of matters whose attorney in that role has this id."""

    def make(text: str, setting: Setting) -> Predicate:
        wanted = whole_number(f"{role}_id", text)
        matters = setting.tables["matters"]

        def keep(row: Row) -> bool:
            found = (matters.get(item["id"], {}) for item in row.get("matters") or ())
            return any((matter.get(role) or {}).get("id") == wanted for matter in found)

        return keep

    return make


def equals(field: str, *allowed: str) -> Maker:
    def make(text: str, setting: Setting) -> Predicate:
        wanted = choice(field, text, allowed) if allowed else text
        return lambda row: row.get(field) == wanted

    return make


def flag(field: str) -> Maker:
    def make(text: str, setting: Setting) -> Predicate:
        wanted = choice(field, text, ("true", "false")) == "true"
        return lambda row: bool(row.get(field)) is wanted

    return make


def only(field: str) -> Maker:
    """`..._only=true` narrows; false does nothing."""

    def make(text: str, setting: Setting) -> Predicate:
        wanted = choice(field, text, ("true", "false")) == "true"
        return lambda row: not wanted or bool(row.get(field))

    return make


def on_day(field: str) -> Maker:
    def make(text: str, setting: Setting) -> Predicate:
        wanted = day(field, text)
        return lambda row: row.get(field) == wanted

    return make


def from_day(field: str, strict: bool = False) -> Maker:
    def make(text: str, setting: Setting) -> Predicate:
        start = day(field, text)
        return lambda row: row.get(field) is not None and (row[field] > start or (not strict and row[field] == start))

    return make


def to_day(field: str, strict: bool = False) -> Maker:
    def make(text: str, setting: Setting) -> Predicate:
        end = day(field, text)
        return lambda row: row.get(field) is not None and (row[field] < end or (not strict and row[field] == end))

    return make


def contains(*fields: str) -> Maker:
    def make(text: str, setting: Setting) -> Predicate:
        wanted = text.casefold()
        return lambda row: any(wanted in str(row.get(field) or "").casefold() for field in fields)

    return make


def bill_type(text: str, setting: Setting) -> Predicate:
    trust = choice("type", text, ("revenue", "trust")) == "trust"
    return lambda row: (row["kind"] == "trust_kind") is trust


def _overdue(setting: Setting) -> Predicate:
    return lambda row: bool(row["state"] == "awaiting_payment" and row.get("due_at") and row["due_at"] < setting.today)


def bill_status(text: str, setting: Setting) -> Predicate:
    if choice("status", text, ("all", "overdue")) == "all":
        return lambda row: True
    return _overdue(setting)


def overdue_only(text: str, setting: Setting) -> Predicate:
    if choice("overdue_only", text, ("true", "false")) == "false":
        return lambda row: True
    return _overdue(setting)


def allocation_status(text: str, setting: Setting) -> Predicate:
    valid = choice("status", text, ("valid", "invalid")) == "valid"
    return lambda row: (row.get("voided_at") is None) is valid


def parent_type(text: str, setting: Setting) -> Predicate:
    wanted = choice("parent_type", text, ("Payment", "CreditMemo"))
    return lambda row: (row.get("parent") or {}).get("type") == wanted


def account_type(text: str, setting: Setting) -> Predicate:
    wanted = choice("type", text, ("OperatingAccount", "TrustAccount")).removesuffix("Account")
    return lambda row: row.get("type") == wanted


def empty_accounts(text: str, setting: Setting) -> Predicate:
    show = choice("show_empty_accounts", text, ("true", "false")) == "true"
    return lambda row: show or bool(row.get("bank_transactions_count"))


def entry_type(text: str, setting: Setting) -> Predicate:
    """`liability` means trust and `asset` operating: public code uses it so, the document does not say."""
    wanted = {"liability": "Trust", "asset": "Operating"}[choice("type", text, ("asset", "liability"))]
    accounts = setting.tables["bank_accounts"]

    def keep(row: Row) -> bool:
        account = accounts.get((row.get("bank_account") or {}).get("id", 0), {})
        return account.get("type") == wanted

    return keep


def matter_status(text: str, setting: Setting) -> Predicate:
    wanted = {choice("status", item.strip(), ("open", "pending", "closed")) for item in text.split(",")}
    return lambda row: str(row.get("status")).lower() in wanted


def subscription(text: str, setting: Setting) -> Predicate:
    wanted = choice("subscription_type", text, ("attorney", "nonattorney"))
    return lambda row: str(row.get("subscription_type")).lower() == wanted
