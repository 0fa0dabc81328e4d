"""Walking through lists of pages, without trusting a page.

A lost page is lost money, and neither system promises much: so each page is looked at before the next is asked for.
A page that says there is more but is not full, is empty, or shows only rows we have seen, is asked for again; if it
stays like that the list cannot be read whole tonight. Walks end: a link seen before, or more pages than the records
stated or held can fill, stops them.

Xero states how many records a list has, so its pages can be counted. Clio does not, so a walk ends by asking for
the highest id there is (where the list can be ordered) or for the last page once more. A list of which we hold records
can be walked from its newest record down: the first row is the highest id, and a walk that ended too soon lacks what
we hold.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pipelines.clio import ClioList
from pipelines.columns import Record, read_moment
from pipelines.errors import TryAgain
from pipelines.http import Api, Params
from pipelines.reply import kind_of
from pipelines.xero import XeroList

MOST_PAGES = 10_000
# A list may have grown since it was held or stated, by an import or while it is read: so much is believed, and no more.
GROWN_TIMES = 4
GROWN_PAGES = 100
MOST_STATED = 100_000_000
ASK_AGAIN = 2
XERO_PAGE = 1000
LATEST_ROWS = 100
NEWEST_FIRST = {"order": "id(desc)"}


@dataclass
class Walk:
    """One walk through one list: what it has seen so far. ``held`` are the records we hold of it; ``stated`` those
    that the other side says there are; ``is_as_known`` is whether one reply named exactly those that were known."""

    api: Api
    name: str
    pages: int = 0
    rows: int = 0
    held: int | None = None
    stated: int | None = None
    their_clock: datetime | None = None
    is_as_known: bool = False
    seen: set[Any] = field(default_factory=set)

    def fail(self, what: str) -> TryAgain:
        """The error for a list that cannot be read whole."""
        return TryAgain(
            f"{self.api.firm_id}: {self.api.system} {self.name}: {what}. The list cannot be shown to be whole; nothing "
            "was published. Run again; if it happens again, report it."
        )

    def take(self, rows: list[Record], key: str, size: int) -> list[Record]:
        """Count a page of up to ``size`` records and keep the rows not met before."""
        self.pages += 1
        most = self._most_pages(size)
        if self.pages > most:
            raise self.fail(f"a last page was expected, found more than {most:,}")
        fresh = [row for row in rows if row.get(key) not in self.seen]
        self.seen.update(row.get(key) for row in fresh)
        self.rows += len(fresh)
        return fresh

    def _most_pages(self, size: int) -> int:
        known = self.stated if self.stated is not None else self.held
        if not known and self.stated is None:
            return MOST_PAGES  # nothing was ever held of it
        return min(MOST_PAGES, GROWN_TIMES * -(-(known or 0) // size) + GROWN_PAGES)


def count_of(walk: Walk, value: Any, what: str) -> int:
    """A stated number of records or pages. Raises TryAgain where it is none, or none that a list can have."""
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_STATED:
        return value
    raise walk.fail(f"{what} was expected to be a count, found {kind_of(value)} that is none")


def _with_ids(walk: Walk, rows: list[Record], key: str) -> list[Record]:
    for row in rows:
        if isinstance(row.get(key), dict | list | bool):
            raise walk.fail(f"{key} was expected to be a number or text, found {kind_of(row[key])}")
    return rows


@dataclass(frozen=True)
class ClioPage:
    """One page of Clio's."""

    rows: list[Record]
    onward: str | None


def clio_query(clio_list: ClioList, extra: Params | None = None) -> dict[str, Any]:
    """The parameters of a list: every field declared, the largest page, cursor order where the list knows one."""
    query: dict[str, Any] = {"fields": clio_list.fields, "limit": clio_list.limit, **clio_list.params}
    if clio_list.ordered:
        query["order"] = "id(asc)"
    return {**query, **(extra or {})}


def walk_clio(
    walk: Walk, clio_list: ClioList, extra: Params | None = None, tail: bool = True
) -> Iterator[list[Record]]:
    """The pages of a Clio list, each row once. ``tail`` proves that the end was the end."""
    query = clio_query(clio_list, extra)
    last: Address | None = yield from _follow(walk, clio_list, (clio_list.path, query), set())
    while tail and last is not None:
        last = yield from _clio_tail(walk, clio_list, last, query)


Address = tuple[str, Params]


def _follow(
    walk: Walk, clio_list: ClioList, address: Address, links: set[str]
) -> Generator[list[Record], None, Address]:
    """Pages from an address to the last one, whose address is returned."""
    while True:
        page = _clio_page(walk, clio_list, address, reached_by_link=bool(links))
        yield walk.take(page.rows, "id", clio_list.limit)
        if page.onward is None:
            return address
        if page.onward in links:
            raise walk.fail("a new page was expected, found a link that was followed before")
        links.add(page.onward)
        address = (page.onward, {})


def _ask_clio(walk: Walk, address: Address) -> ClioPage:
    reply = walk.api.get(*address)
    rows = _with_ids(walk, reply.rows("data"), "id")
    onward: Any = reply.data
    for step in ("meta", "paging", "next"):
        if not isinstance(onward, dict):
            raise walk.fail(f"an object was expected to hold {step}, found {kind_of(onward)}")
        onward = onward.get(step) or ({} if step != "next" else None)
    if onward is not None and not isinstance(onward, str):
        raise walk.fail(f"a link to the next page was expected, found {kind_of(onward)}")
    return ClioPage(rows, onward)


def _clio_page(walk: Walk, clio_list: ClioList, address: Address, reached_by_link: bool) -> ClioPage:
    """A page that is full, or the last; asked for again while it looks like neither."""

    def wrong(page: ClioPage) -> str:
        ids = [row.get("id") for row in page.rows]
        if not ids and (page.onward or reached_by_link):
            return "rows were expected, found an empty page"
        if ids and all(number in walk.seen for number in ids):
            return "new rows were expected, found a page that was shown before"
        return ""

    page = _ask_clio(walk, address)
    for _ in range(ASK_AGAIN):
        if not wrong(page) and (page.onward is None or len(page.rows) >= clio_list.limit):
            return page
        again = _ask_clio(walk, address)
        if wrong(page) or len(again.rows) > len(page.rows):
            page = again
    if wrong(page):
        raise walk.fail(wrong(page))
    return page


def _clio_tail(
    walk: Walk, clio_list: ClioList, last: Address, query: dict[str, Any]
) -> Generator[list[Record], None, Address | None]:
    """Prove the end: the highest id was seen, or the last page says nothing new when asked for once more.

    Rows that had been held back are yielded, and the address at which to go on proving is returned.
    """
    if clio_list.ordered:
        address = (clio_list.path, {**query, "fields": "id", "limit": 1, **NEWEST_FIRST})
        highest = _ask_clio(walk, address).rows
        if all(row.get("id") in walk.seen for row in highest) and bool(highest) == bool(walk.seen):
            return None
    page = _ask_clio(walk, last)
    fresh = walk.take(page.rows, "id", clio_list.limit)
    if page.onward is not None:
        yield fresh
        return (yield from _follow(walk, clio_list, (page.onward, {}), {page.onward}))
    if fresh:
        yield fresh
        return last
    if clio_list.ordered:
        raise walk.fail("the end of the list was expected, found a record beyond it that no page shows")
    return None


def highest_id(walk: Walk, clio_list: ClioList) -> str | None:
    """The highest id of a list that can be ordered, whatever changed: one call; None where the list is empty."""
    query = {**clio_query(clio_list), "fields": "id", "limit": 1, **NEWEST_FIRST}
    rows = _ask_clio(walk, (clio_list.path, query)).rows
    if rows and not str(rows[0].get("id")).isdecimal():
        raise walk.fail(f"the highest id was expected to be a whole number, found {kind_of(rows[0].get('id'))}")
    return str(rows[0]["id"]) if rows else None


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
    rows = _with_ids(walk, reply.rows(xero_list.envelope), xero_list.key)
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
