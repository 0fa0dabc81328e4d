"""Alerts: what changed in a firm's books, in the morning, and nothing when nothing changed.

Two audiences that are never mixed. The *firm's* channels hear of its books: what is new, what was fixed, what is still
open. The *operator's* channels hear of our own troubles: a night that failed or did not happen, a connection about to
end. `books` says what changed since the last time somebody was told, `wording` says it in a message without a client's
name, `outbox` keeps each message until its channel has taken it.

None of these functions raises: an alert that fails must not fail a night.
"""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from flows.alerts import books, outbox, wording
from flows.alerts.outbox import Kind
from flows.alerts.told import Told, remembered
from flows.night import journal
from flows.night.put_back import put_back
from flows.night.verdict import INCOMPLETE, NightResult
from pipelines.connect.connection import Connection
from pipelines.firm.settings import Firm, Settings

__all__ = ["after_night", "connection_ends", "heartbeat", "night_missing", "outbox", "tell"]

logger = logging.getLogger(__name__)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@contextmanager
def _no_fault_of_the_night(firm: Firm) -> Iterator[None]:
    try:
        yield
    except Exception as error:
        # Only its kind: the text of an error that nobody foresaw may quote a record.
        logger.error("%s: no alert could be made (%s)", firm.id, type(error).__name__)


def after_night(settings: Settings, result: NightResult, now: datetime) -> None:
    """All that people hear after a night, however it was started."""
    tell(settings, result)
    month_ends_moved(settings, settings.firm(result.firm_id), now)
    heartbeat(settings, settings.firm(result.firm_id), now)


def tell(settings: Settings, result: NightResult) -> None:
    """After a night: the firm hears what changed in its books; the operator that the night failed, or works again."""
    firm = settings.firm(result.firm_id)
    if result.rebuilt_as_of:
        return
    with _no_fault_of_the_night(firm), remembered(firm) as told:
        if result.verdict == INCOMPLETE:
            _tell_of_failure(settings, firm, result)
            told.is_failing = True
            return
        if told.is_failing:
            message = wording.recovered(firm, result.run_id)
            outbox.post(firm, settings.alerts.operator, message, Kind.SUCCESS)
            told.is_failing = False
        said = put_back(firm)
        if reasons := (*result.reasons, *([said] if said else ())):
            message = wording.noticed(firm, replace(result, reasons=reasons))
            outbox.post(firm, settings.alerts.operator, message, Kind.WARNING)
        if firm.alerts and not said:
            _tell_of_books(settings, firm, result, told)


def _tell_of_failure(settings: Settings, firm: Firm, result: NightResult) -> None:
    good = [attempt for attempt in journal.attempts(firm) if attempt.is_good]
    message = wording.incomplete(firm, result, good[-1].ended_at if good else None, datetime.now(UTC))
    outbox.post(firm, settings.alerts.operator, message, Kind.FAILURE)


def _tell_of_books(settings: Settings, firm: Firm, result: NightResult, told: Told) -> None:
    tonight = books.read(firm)
    changes = books.compare(told.findings, tonight)
    not_proven = (result.statement or {}).get("not_proven")
    is_less_proven = _differs(told.not_proven, not_proven)
    if told.findings is None or changes or is_less_proven or set(told.tie_outs) != set(result.tie_outs_failed):
        is_first = told.findings is None
        message = wording.changed(firm, result, tonight, changes, is_first=is_first, desk=_desk_of(settings))
        outbox.post(firm, firm.alerts, message, Kind.WARNING if changes.worse or is_less_proven else Kind.INFO)
        told.news_on = tonight.as_of_date
    told.findings = books.to_remember(told.findings or {}, tonight)
    told.not_proven = not_proven
    told.tie_outs = list(result.tie_outs_failed)


def _desk_of(settings: Settings) -> str:
    """The address of the desk on the machine of the nights."""
    return f"http://localhost:{settings.desk_port}"


def _differs(before: str | None, now: str | None) -> bool:
    """Whether something else could not be proven than before; counts and days pass by themselves."""
    return re.sub(r"\d+", "", now or "") not in ("", re.sub(r"\d+", "", before or ""))


def month_ends_moved(settings: Settings, firm: Firm, now: datetime) -> None:
    """The firm hears of a signature that has fallen, and of a month-end whose last day is near or past."""
    if not firm.alerts:
        return
    from flows.alerts import month_ends  # it takes half a second, which `tieout status` need not wait for

    with _no_fault_of_the_night(firm), remembered(firm) as told:
        today = now.astimezone(ZoneInfo(firm.timezone)).date()
        for note in month_ends.news(firm, told, today, _desk_of(settings)):
            outbox.post(firm, firm.alerts, note, Kind.WARNING)


def heartbeat(settings: Settings, firm: Firm, now: datetime) -> None:
    """Once a week, from the chosen weekday on: a sign of life, so that silence is never a dead job."""
    if not firm.alerts:
        return
    today = now.astimezone(ZoneInfo(firm.timezone)).date()
    due = today - timedelta(days=(today.weekday() - WEEKDAYS.index(settings.alerts.heartbeat)) % 7)
    with _no_fault_of_the_night(firm), remembered(firm) as told:
        if told.heartbeat_on is not None and due <= told.heartbeat_on <= today:
            return
        message = wording.alive(firm, journal.attempts(firm), told, now)
        outbox.post(firm, firm.alerts, message, Kind.INFO)
        told.heartbeat_on = today


def night_missing(settings: Settings, firm: Firm, due: datetime) -> None:
    """The operator hears once of each night that was due and did not happen."""
    with _no_fault_of_the_night(firm), remembered(firm) as told:
        if told.missing_night != due.isoformat():
            outbox.post(firm, settings.alerts.operator, wording.missing(firm, due), Kind.FAILURE)
            told.missing_night = due.isoformat()


def connection_ends(settings: Settings, firm: Firm, connection: Connection) -> None:
    """The operator hears once a day of a connection that is about to end, or has ended."""
    today = datetime.now(ZoneInfo(firm.timezone)).date().isoformat()
    with _no_fault_of_the_night(firm), remembered(firm) as told:
        if told.connections.get(connection.system) != today:
            outbox.post(firm, settings.alerts.operator, wording.ending(firm, connection, today), Kind.WARNING)
            told.connections[connection.system] = today
