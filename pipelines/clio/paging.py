"""Walking through Clio's lists, without trusting a page.

A page that says there is more but is not full, is empty, or shows only rows we have seen, is asked for again; a link
that was followed before stops the walk. Clio does not say how many records a list has, so a walk ends by asking for the
highest id there is (where the list can be ordered) or for the last page once more. A list of which we hold records can
be walked from its newest record down: the first row is the highest id, and a walk that ended too soon lacks what we
hold.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from typing import Any

from pipelines.api.http import Params
from pipelines.api.reply import kind_of
from pipelines.api.walk import ASK_AGAIN, Walk, with_ids
from pipelines.clio.lists import ClioList
from pipelines.tables.columns import Record

NEWEST_FIRST = {"order": "id(desc)"}


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
    rows = with_ids(walk, reply.rows("data"), "id")
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
