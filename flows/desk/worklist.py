"""What to do, in the order in which to do it: one line an item.

The order is the warehouse's (`work_rank`) and is kept within each group; a group stands where its first item does. What
was asked for stays in the address, so a view can be kept as a bookmark. Rows that ask for nothing ("for information")
stand apart, below.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from flows.desk.books import Books, Row, books_of, day_of, firm_of, firm_page
from flows.desk.look import days
from flows.reading.narrow import Narrowed
from flows.reading.report import worklist_query
from flows.reading.words import FINDINGS, SEVERITIES, STATUSES, counted
from flows.reading.worklist import NO_CLIENT, NOTHING_MATCHES

FOR_INFORMATION = "info"
AGES = ((90, "over 90 days"), (60, "61 to 90 days"), (30, "31 to 60 days"), (7, "8 to 30 days"))
UP_TO_A_WEEK = "up to 7 days"
GROUPS: dict[str, tuple[str, Callable[[Row], str]]] = {
    "client": ("Client", lambda row: row["client_name"] or NO_CLIENT),
    "matter": ("Matter", lambda row: row["matter_number"] or "no matter"),
    "attorney": ("Attorney", lambda row: row["responsible_attorney"] or "no attorney"),
    "code": ("Finding", lambda row: row["title"]),
    "age": ("Age", lambda row: _age(row["days"])),
}
# What a line shows; the explanations, which are most of it, stand on each item's page.
COLUMNS = (
    "exception_id, severity, status, title, subject_label, client_name, matter_number, responsible_attorney, amount, "
    "document_amount, since_date, first_seen_at"
)
# What the address may ask for: the fields of the form above the list.
FIELDS = ("client", "matter", "attorney", "code", "severity", "status", "group")


@dataclass(frozen=True)
class Group:
    """Items under one heading, in the order of work."""

    heading: str
    rows: list[Row]

    @property
    def amount(self) -> Decimal:
        """The money of its items."""
        return sum((row["amount"] for row in self.rows), Decimal("0.00"))


def show(request: Request) -> Response:
    """The worklist of a firm, as far as it was asked for."""
    firm, asked = firm_of(request), asked_of(request)
    narrowed = narrowed_by(asked)
    with books_of(firm) as books:
        rows = rows_of(books, narrowed)
        work = [row for row in rows if row["severity"] != FOR_INFORMATION]
        grouping = grouping_of(asked)
        shown = firm_page(
            request,
            "worklist.html",
            "worklist",
            books,
            groups=grouped(work, grouping),
            for_information=[row for row in rows if row["severity"] == FOR_INFORMATION],
            counts=_by_severity(work),
            many=counted(work, "item"),
            total=sum((row["amount"] for row in work), Decimal("0.00")),
            asked=asked,
            asked_for_status=narrowed.statuses[0],
            grouping=grouping,
            groupings={name: heading for name, (heading, _) in GROUPS.items()},
            codes={code: row["title"] for code, row in FINDINGS.items()},
            nothing="Nothing is open." if narrowed.is_whole else NOTHING_MATCHES,
            kept=kept(asked),
        )
    return HTMLResponse(shown)


def rows_of(books: Books, narrowed: Narrowed) -> list[Row]:
    """The lines that are asked for, in the order of work."""
    sql, values = worklist_query(narrowed)
    today = day_of(books.night())
    return [with_days(row, today) for row in books.rows(f"select {COLUMNS} from ({sql}) order by work_rank", *values)]


def in_order(books: Books, asked: dict[str, str]) -> list[str]:
    """The items of the list that was asked for, as they stand on its page: what can be stepped through."""
    rows = rows_of(books, narrowed_by(asked))
    work = grouped([row for row in rows if row["severity"] != FOR_INFORMATION], grouping_of(asked))
    information = [row for row in rows if row["severity"] == FOR_INFORMATION]
    return [row["exception_id"] for row in (*(row for group in work for row in group.rows), *information)]


def grouping_of(asked: dict[str, str]) -> str:
    """By what the list is grouped: the client, unless something else was asked for."""
    return asked["group"] if asked["group"] in GROUPS else "client"


def kept(asked: dict[str, str]) -> dict[str, str]:
    """What stays in the address."""
    return {name: value for name, value in asked.items() if value}


def asked_of(request: Request) -> dict[str, str]:
    """What the address asks for; a field that is not there is empty."""
    return {name: request.query_params.get(name, "").strip() for name in FIELDS}


def narrowed_by(asked: dict[str, str]) -> Narrowed:
    """The same as the commands understand it. Raises UsageError for a word that nobody defined."""
    return Narrowed(
        asked["client"] or None,
        asked["matter"] or None,
        asked["attorney"] or None,
        (asked["code"],) if asked["code"] else (),
        (asked["severity"],) if asked["severity"] else (),
        tuple(STATUSES) if asked["status"] == "all" else (asked["status"] or "open",),
    )


def with_days(row: Row, today: date) -> Row:
    """The row with how long it has stood: since the books began to differ, else since a night first saw it."""
    return row | {"days": days(row["since_date"] or row["first_seen_at"], today)}


def grouped(rows: list[Row], grouping: str) -> list[Group]:
    """The rows under headings, each heading where its first row stands; ages with the oldest first."""
    heading_of = GROUPS[grouping][1]
    groups: dict[str, list[Row]] = {}
    if grouping == "age":
        groups = {words: [] for words in (*(words for _, words in AGES), UP_TO_A_WEEK)}
    for row in rows:
        groups.setdefault(heading_of(row), []).append(row)
    return [Group(heading, found) for heading, found in groups.items() if found]


def _age(many: int | None) -> str:
    return next((words for limit, words in AGES if many is not None and many > limit), UP_TO_A_WEEK)


def _by_severity(rows: list[Row]) -> dict[str, int]:
    counts: dict[str, Any] = dict.fromkeys(SEVERITIES, 0)
    for row in rows:
        counts[row["severity"]] += 1
    return {severity: count for severity, count in counts.items() if count}
