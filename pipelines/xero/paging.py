"""Walking through Xero's lists, without trusting a page.

Xero states how many records a list has, so its pages can be counted: a page with fewer rows than its ``pagination``
promises, or only with rows we have seen, is asked for again. A list without pages states no number; two replies in a
row must name the same records, or one those that are known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pipelines.api.http import Params
from pipelines.api.reply import kind_of
from pipelines.api.walk import ASK_AGAIN, Walk, count_of, with_ids
from pipelines.tables.columns import Record
from pipelines.tables.values import read_moment
from pipelines.xero.lists import XeroList

XERO_PAGE = 1000
LATEST_ROWS = 100


def walk_xero(
    walk: Walk,
    xero_list: XeroList,
    extra: Params | None = None,
    headers: Mapping[str, str] | None = None,
    known: frozenset[str] | None = None,
) -> Iterator[list[Record]]:
    """The pages of a Xero list, each row once; ``walk.stated`` ends as the number of records Xero says there are.

    A list without pages is asked for twice, unless the first reply names exactly the ``known`` records.
    """
    key = xero_list.key
    if not xero_list.paged:
        yield walk.take(_xero_twice(walk, xero_list, extra, known), key, XERO_PAGE)
        return
    number = 1
    while True:
        params = {**xero_list.params, **(extra or {}), "page": number, "pageSize": XERO_PAGE}
        rows, pagination = _xero_page(walk, xero_list, params, headers)
        if pagination is not None and walk.stated is None:
            walk.stated = pagination.items  # the first page's word limits the pages; the last one's must come true
        yield walk.take(rows, key, XERO_PAGE)
        if pagination is None:
            if len(rows) < XERO_PAGE:
                return
        elif number >= pagination.pages:
            walk.stated = pagination.items
            return
        number += 1


@dataclass(frozen=True)
class Pagination:
    """What Xero says of a list: how many records, on how many pages of which size."""

    items: int
    pages: int
    size: int


def _ask_xero(
    walk: Walk, xero_list: XeroList, params: Params, headers: Mapping[str, str] | None
) -> tuple[list[Record], Pagination | None]:
    reply = walk.api.get(xero_list.resource, params, headers)
    stamp = reply.data.get("DateTimeUTC")
    if walk.their_clock is None and stamp:
        try:
            walk.their_clock = read_moment(stamp)
        except ValueError:
            raise walk.fail(f"DateTimeUTC was expected to be a moment, found {kind_of(stamp)} that is none") from None
    rows = with_ids(walk, reply.rows(xero_list.envelope), xero_list.key)
    told = reply.data.get("pagination")
    if not isinstance(told, dict) or "itemCount" not in told or "pageCount" not in told:
        return rows, None
    items, pages = (count_of(walk, told[name], f"pagination.{name}") for name in ("itemCount", "pageCount"))
    return rows, Pagination(
        items, pages, count_of(walk, told.get("pageSize", params["pageSize"]), "pagination.pageSize")
    )


def _xero_page(
    walk: Walk, xero_list: XeroList, params: dict[str, Any], headers: Mapping[str, str] | None
) -> tuple[list[Record], Pagination | None]:
    """A page with as many rows as its own ``pagination`` promises, and not all of them old."""
    found = ""
    for _ in range(ASK_AGAIN + 1):
        rows, pagination = _ask_xero(walk, xero_list, params, headers)
        if pagination is None:
            return rows, None
        size = pagination.size
        promised = min(size, max(0, pagination.items - (params["page"] - 1) * size))
        if len(rows) != promised:
            found = f"{promised} rows were expected on page {params['page']}, found {len(rows)}"
        elif rows and params["page"] > 1 and all(row.get(xero_list.key) in walk.seen for row in rows):
            found = f"new rows were expected on page {params['page']}, found a page that was shown before"
        else:
            return rows, pagination
    raise walk.fail(found)


def _xero_twice(walk: Walk, xero_list: XeroList, extra: Params | None, known: frozenset[str] | None) -> list[Record]:
    """A list without pages states no total: two replies in a row must name the same records, or one those known."""
    params = {**xero_list.params, **(extra or {})}
    before, _ = _ask_xero(walk, xero_list, params, None)
    walk.is_as_known = known is not None and {str(row.get(xero_list.key)) for row in before} == known
    if walk.is_as_known:
        return before
    for _ in range(ASK_AGAIN + 1):
        rows, _ = _ask_xero(walk, xero_list, params, None)
        if {row.get(xero_list.key) for row in rows} == {row.get(xero_list.key) for row in before}:
            return rows
        before = rows
    raise walk.fail("the same records were expected twice in a row, found others each time")


@dataclass(frozen=True)
class Latest:
    """The records of a list that changed last, newest first, and how many records it has in all."""

    rows: list[Record]
    stated: int | None

    def reaches(self, since: datetime) -> bool:
        """Whether every record that changed at or after this moment is among the rows, as far as they came in order."""
        try:
            stamps = [read_moment(row.get("UpdatedDateUTC")) for row in self.rows]
        except ValueError:
            return False
        known = [stamp for stamp in stamps if stamp is not None]
        if self.stated is None or len(known) != len(stamps) or known != sorted(known, reverse=True):
            return False
        return len(known) >= self.stated or (bool(known) and known[-1] < since)


def xero_latest(walk: Walk, xero_list: XeroList) -> Latest:
    """What changed last, and how many records Xero says the list has: one call."""
    params = {
        **xero_list.params,
        "order": "UpdatedDateUTC DESC",
        "page": 1,
        "pageSize": min(LATEST_ROWS, XERO_PAGE),
    }
    rows, pagination = _xero_page(walk, xero_list, params, None)
    walk.stated = None if pagination is None else pagination.items
    return Latest(walk.take(rows, xero_list.key, XERO_PAGE), walk.stated)


def xero_count(walk: Walk, xero_list: XeroList) -> int | None:
    """How many records Xero says the list has: one call, one row."""
    _, pagination = _ask_xero(walk, xero_list, {**xero_list.params, "page": 1, "pageSize": 1}, None)
    return None if pagination is None else pagination.items
