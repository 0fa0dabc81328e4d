"""Pages of a Clio list: cursor mode without a cap, offset mode up to 10,000 records.

Cursor mode holds when the order is `id(asc)` and no offset is given. Its token says after which id to go on,
so a deleted row shifts nothing and a new one turns up at the end. Offset mode counts rows, so inserts and
deletes do shift its pages.
"""

from __future__ import annotations

import base64
import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from sandbox.clio.filters import ArgumentError, Predicate, Row, Setting, whole_number
from sandbox.clio.lists import EXCLUDING_LISTS, IDS_LISTS, ListKind
from sandbox.shared.served import Knobs, ServedFirm
from sandbox.shared.snapshots import Snapshots

OFFSET_CAP = 10_000
_ORDER = re.compile(r"(\w+)\((asc|desc)\)")
_DOTTED = {"client_name": ("client", "name")}
_PLUMBING = ("fields", "limit", "page_token", "offset", "order")


class OffsetCapError(ValueError):
    """Offset paging past the cap (422)."""


@dataclass
class Query:
    """The parameters of one list request, read and checked."""

    limit: int
    order: str
    offset: int | None
    after: int
    ids: list[int] = field(default_factory=list)
    excluded: set[int] = field(default_factory=set)
    filters: dict[str, str] = field(default_factory=dict)

    @property
    def by_cursor(self) -> bool:
        return self.order == "id(asc)" and self.offset is None

    @property
    def key(self) -> tuple[object, ...]:
        return (self.order, tuple(self.ids), tuple(sorted(self.excluded)), tuple(sorted(self.filters.items())))


@dataclass
class Page:
    """The rows of one page, and the parameters that lead to its neighbours."""

    rows: list[Row]
    next_parameters: dict[str, str] | None
    previous_parameters: dict[str, str] | None


def token_for(after: int) -> str:
    return base64.urlsafe_b64encode(f"after:{after}".encode()).decode().rstrip("=")


def _after(token: str) -> int:
    try:
        text = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode()
        return int(text.removeprefix("after:"))
    except ValueError:
        raise ArgumentError("page_token is not one that was handed out") from None


def read_query(kind: ListKind, items: list[tuple[str, str]]) -> Query:
    """Check the parameters of a list request; an unknown one is refused."""
    makers = kind.makers()
    single = dict(items)
    for name in single:
        if name in _PLUMBING or name in makers:
            continue
        if (name == "ids[]" and kind.table in IDS_LISTS) or (name == "exclude_ids[]" and kind.table in EXCLUDING_LISTS):
            continue
        raise ArgumentError(f"{name} is not a parameter of {kind.table}")
    limit = whole_number("limit", single.get("limit", str(kind.max_limit)))
    if not 1 <= limit <= kind.max_limit:
        raise ArgumentError(f"limit must be between 1 and {kind.max_limit}, not {limit}")
    offset = whole_number("offset", single["offset"]) if "offset" in single else None
    if offset is not None and offset < 0:
        raise ArgumentError("offset must not be negative")
    return Query(
        limit=limit,
        order=_order(kind, single.get("order")),
        offset=offset,
        after=_after(single["page_token"]) if "page_token" in single else 0,
        ids=[whole_number(name, value) for name, value in items if name == "ids[]"],
        excluded={whole_number(name, value) for name, value in items if name == "exclude_ids[]"},
        filters={name: value for name, value in single.items() if name in makers},
    )


def _order(kind: ListKind, text: str | None) -> str:
    if text is None:
        return kind.default_order
    match = _ORDER.fullmatch(text)
    if match is None or match.group(1) not in kind.orders:
        raise ArgumentError(f"{kind.table} cannot be ordered by {text!r}")
    return text


def read_page(kind: ListKind, query: Query, firm: ServedFirm, knobs: Knobs, kept: Snapshots) -> Page:
    """The page that the query asks for."""
    table = firm.clio.tables.get(kind.table, {})
    fresh = query.after == 0 and not query.offset
    mark = kept.mark(firm, table)
    found = kept.get(
        ("clio", firm.name, kind.table, *query.key),
        mark,
        lambda: _matching(kind, query, firm, knobs, kept),
        fresh,
    )
    if query.by_cursor:
        return _cursor_page(query, found, table)
    return _offset_page(query, found, table)


def _cursor_page(query: Query, found: list[int], table: Mapping[int, Row]) -> Page:
    start = bisect_right(found, query.after)
    end = start + query.limit
    rows = [table[number] for number in found[start:end] if number in table]
    onward = {"page_token": token_for(found[end - 1])} if end < len(found) else None
    back = None
    if start > 0:
        first = max(0, start - query.limit)
        back = {"page_token": token_for(found[first - 1] if first else 0)}
    return Page(rows, onward, back)


def _offset_page(query: Query, found: list[int], table: Mapping[int, Row]) -> Page:
    start = query.offset or 0
    end = start + query.limit
    if end > OFFSET_CAP:
        raise OffsetCapError(f"offset and limit must not reach past {OFFSET_CAP} records")
    rows = [table[number] for number in found[start:end] if number in table]
    onward = {"offset": str(end)} if end < len(found) else None
    back = {"offset": str(max(0, start - query.limit))} if start else None
    return Page(rows, onward, back)


def _matching(kind: ListKind, query: Query, firm: ServedFirm, knobs: Knobs, kept: Snapshots) -> list[int]:
    rows = _candidates(kind, query, firm, kept)
    for test in _predicates(kind, query, firm, knobs):
        rows = [row for row in rows if test(row)]
    if query.order == "id(asc)":
        return sorted(row["id"] for row in rows)
    name, direction = query.order.rstrip(")").split("(")
    rows.sort(key=lambda row: row["id"])
    rows.sort(key=lambda row: _sort_value(row, name), reverse=direction == "desc")
    return [row["id"] for row in rows]


def _sort_value(row: Row, name: str) -> tuple[bool, object]:
    if name == "matter_display_number":
        value = next((matter.get("display_number") for matter in row.get("matters") or ()), None)
    elif name in _DOTTED:
        outer, inner = _DOTTED[name]
        value = (row.get(outer) or {}).get(inner)
    else:
        value = row.get(name)
    return (value is None, "" if value is None else value)


def _candidates(kind: ListKind, query: Query, firm: ServedFirm, kept: Snapshots) -> list[Row]:
    """Rows worth testing: by id or through an index where the query allows, else all of them."""
    table = firm.clio.tables.get(kind.table, {})
    if query.ids:
        return [table[number] for number in dict.fromkeys(query.ids) if number in table]
    for parameter, association in kind.indexed.items():
        if query.filters.get(parameter, "null") != "null":
            index = kept.get(
                ("index", firm.name, kind.table, association),
                kept.mark(firm, table),
                lambda association=association: _index(table, association),  # type: ignore[misc]
            )
            return list(index.get(whole_number(parameter, query.filters[parameter]), ()))
    return list(table.values())


def _index(table: Mapping[int, Row], association: str) -> dict[int, list[Row]]:
    index: dict[int, list[Row]] = {}
    for row in list(table.values()):
        linked = row.get(association)
        if linked:
            index.setdefault(linked["id"], []).append(row)
    return index


def _predicates(kind: ListKind, query: Query, firm: ServedFirm, knobs: Knobs) -> list[Predicate]:
    setting = Setting(firm.now.date(), knobs.clio_since_inclusive, firm.clio.tables)
    makers = kind.makers()
    tests = [makers[name](text, setting) for name, text in query.filters.items()]
    if query.excluded:
        tests.append(lambda row: row["id"] not in query.excluded)
    hide_dead = kind.table == "bills" and not knobs.clio_bills_include_dead
    if hide_dead and "state" not in query.filters:
        tests.append(lambda row: row["state"] not in ("void", "deleted"))
    hide_voided = kind.table == "allocations" and not knobs.clio_allocations_include_voided
    if hide_voided and "status" not in query.filters:
        tests.append(lambda row: row.get("voided_at") is None)
    return tests


def neighbour_url(base: str, items: list[tuple[str, str]], parameters: dict[str, str]) -> str:
    """The absolute URL of a neighbouring page: the same request with another position."""
    kept = [(name, value) for name, value in items if name not in ("page_token", "offset")]
    return f"{base}?{urlencode(kept + list(parameters.items()))}"
