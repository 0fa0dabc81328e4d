"""What is out of balance in the published warehouse, and what of it is news.

News is what is open and of medium severity or worse. What went in flight is neither new nor fixed: it stays as it was
told until it has settled. What was accepted is no longer open, and not fixed either; neither is what vanished with its
document, or goes on under another code: history says how each ended.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flows.alerts.told import Finding
from flows.reading.report import read_rows
from flows.reading.words import ALARMING
from pipelines.firm.published import open_published
from pipelines.firm.settings import Firm

# In the order of work, whatever the status. A client's name is no number: only `client` holds it.
FINDINGS_SQL = """
select
    exceptions.exception_id, exceptions.code, exceptions.severity, exceptions.status, exceptions.amount,
    case when exceptions.subject_key like 'client:%' then exceptions.trust_account else exceptions.subject_label end
        as number,
    cast(exceptions.first_seen_at as date) as first_seen,
    coalesce(history.times_reopened, 0) as times_reopened,
    coalesce(exceptions.clio_url, exceptions.xero_url) as url,
    exceptions.xero_url,
    exceptions.client_name as client
from recon.exceptions as exceptions
inner join intermediate.int_exceptions_in_order as ordered
    on exceptions.firm_id = ordered.firm_id and exceptions.exception_id = ordered.exception_id
left join recon.exception_history as history
    on exceptions.firm_id = history.firm_id and exceptions.exception_id = history.exception_id
where exceptions.firm_id = ?
order by ordered.work_rank
"""
TRUST_SQL = "select trust_account, verdict from recon.trust_tie_out where firm_id = ? order by all"
DAY_SQL = "select max(as_of_date) as as_of_date from recon.run_statements where firm_id = ?"
HISTORY_SQL = "select * from recon.exception_history where firm_id = ?"


@dataclass(frozen=True)
class Books:
    """Findings of medium severity or worse by id, in the order of work, whatever their status; how many lesser ones are
    open; how many are in flight; the verdict on each trust account; how each finding that history knows ended, None
    while it stands."""

    as_of_date: date
    findings: dict[str, Finding]
    lesser_open: int
    in_flight: int
    trust: list[tuple[str, str]]
    endings: dict[str, str | None]


@dataclass(frozen=True)
class Changes:
    """Findings by what became of them, each list in the order of work; what is fixed as it was told."""

    new: list[Finding]
    reopened: list[Finding]
    changed: list[tuple[Finding, Finding]]
    fixed: list[Finding]
    vanished: list[Finding]
    replaced: list[Finding]
    accepted: list[Finding]

    def __bool__(self) -> bool:
        return self.worse or bool(self.fixed or self.replaced or self.accepted)

    @property
    def worse(self) -> bool:
        """Whether there is more to do, or to look at, than there was."""
        return bool(self.new or self.reopened or self.changed or self.vanished)


def read(firm: Firm) -> Books:
    """The published books of a firm."""
    with open_published(firm.warehouse):  # once for all that is asked
        return _read(firm)


def _read(firm: Firm) -> Books:
    rows = read_rows(firm.warehouse, FINDINGS_SQL, [firm.id])
    found = {row["exception_id"]: Finding(**{**row, "number": row["number"] or ""}) for row in rows}
    trust = read_rows(firm.warehouse, TRUST_SQL, [firm.id])
    [day] = read_rows(firm.warehouse, DAY_SQL, [firm.id])
    history = read_rows(firm.warehouse, HISTORY_SQL, [firm.id])
    return Books(
        day["as_of_date"],
        {key: one for key, one in found.items() if one.severity in ALARMING},
        sum(1 for one in found.values() if one.severity not in ALARMING and one.status == "open"),
        sum(1 for one in found.values() if one.status == "in_flight"),
        [(row["trust_account"], row["verdict"]) for row in trust],
        {row["exception_id"]: row.get("closed_as") for row in history},
    )


def compare(told: dict[str, Finding] | None, books: Books) -> Changes:
    """What became of what was told, and what is open that was not told."""
    tonight = books.findings
    before = known_today(told or {}, books)
    open_now = {key: one for key, one in tonight.items() if one.status == "open"}
    untold = [one for key, one in open_now.items() if key not in before]

    def ended(how: str) -> list[Finding]:
        gone = ((books.endings.get(key) or "fixed", one) for key, one in before.items() if key not in tonight)
        return [one for ending, one in gone if ending == how]

    accepted = [one for key, one in tonight.items() if key in before and one.status == "accepted"]
    moved = [(before[key], one) for key, one in open_now.items() if key in before and _differs(before[key], one)]
    return Changes(
        [one for one in untold if not one.times_reopened],
        [one for one in untold if one.times_reopened],
        moved,
        ended("fixed"),
        ended("vanished"),
        ended("replaced"),
        accepted,
    )


def _differs(before: Finding, now: Finding) -> bool:
    return (before.amount, before.severity) != (now.amount, now.severity)


def known_today(told: dict[str, Finding], books: Books) -> dict[str, Finding]:
    """What was told, by the ids of today: a draft that was ready had an id of its own in an earlier version, and an id
    did not stand in the finding."""
    stuck = {one.number: key for key, one in books.findings.items() if one.code.startswith("stuck_in_draft")}
    renamed = {
        key: stuck[one.number]
        for key, one in told.items()
        if one.code == "stuck_in_draft_ready" and key not in books.endings and one.number in stuck
    }
    today = {renamed.get(key, key): one for key, one in told.items()}
    return {key: one.model_copy(update={"exception_id": key}) for key, one in today.items()}


def to_remember(told: dict[str, Finding], books: Books) -> dict[str, Finding]:
    """What is told now: all that is open, and what is in flight if it was told when it was open."""
    before = known_today(told, books)
    return {
        key: one if one.status == "open" else before[key]
        for key, one in books.findings.items()
        if one.status == "open" or (one.status == "in_flight" and key in before)
    }


def total(findings: list[Finding]) -> Decimal:
    """The money of these findings."""
    return sum((one.amount for one in findings), Decimal("0.00"))
