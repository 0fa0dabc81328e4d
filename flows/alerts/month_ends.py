"""What people hear of month-ends: a signature that has fallen, and a duty whose last day is near or past.

Each is told once, and again only when it is other news. A message names no client unless the firm asked for it, and
none of the people who signed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from urllib.parse import quote

from flows.alerts.letter import Letter, as_html
from flows.alerts.outbox import Note
from flows.alerts.told import Told
from flows.escape import SENTENCE, for_chat
from flows.pack import duties, signing, telling
from flows.pack.duties import Reminder
from flows.pack.signing import Standing
from pipelines.firm.jurisdictions import NOT_ADVICE
from pipelines.firm.settings import Firm


def news(firm: Firm, told: Told, today: date, desk: str) -> Iterator[Note]:
    """The messages that are due, each remembered in `told` as it is given out. `desk` is the desk's address."""
    page = f"{desk}/firms/{quote(firm.id)}/month-ends"
    for standing in signing.standings(firm):
        key, trace = f"{standing.month} v{standing.pack.version}", telling.trace(standing.moves)
        if standing.is_fallen and told.fallen.get(key) != trace:
            yield _fallen(firm, standing, trace, page)
            told.fallen[key] = trace
    reminder = duties.reminder(firm, today)
    if reminder and reminder.stage and told.duty != (mark := f"{reminder.month} {reminder.stage}"):
        yield _due(firm, reminder, page)
        told.duty = mark


def _fallen(firm: Firm, standing: Standing, trace: str, page: str) -> Note:
    title = f"{firm.name}: the signed month-end {standing.month} no longer stands"
    moves = [move.with_client if firm.name_clients else move.words for move in standing.moves]
    said = [for_chat(move, SENTENCE) for move in moves[: telling.MOST_MOVES]]
    if len(moves) > len(said):
        said.append(f"and {len(moves) - len(said)} more")
    opening = (
        "A night after it says otherwise of records dated up to the month's end, so its signatures have fallen. What "
        "moved:"
    )
    closing = [
        f"Make the next version: tieout pack {firm.id} --month {standing.month}. It stands beside the old one.",
    ]
    return _note(f"{standing.month}-v{standing.pack.version}-{trace}-fallen", title, page, [opening], said, closing)


def _due(firm: Firm, reminder: Reminder, page: str) -> Note:
    title = f"{firm.name}: month-end {reminder.month} is {'overdue' if reminder.stage == 'overdue' else 'due soon'}"
    closing = [NOT_ADVICE, f"Make and sign it: tieout pack {firm.id} --month {reminder.month}"]
    return _note(f"{reminder.month}-{reminder.stage}-duty", title, page, [f"{reminder.without_names}."], [], closing)


def _note(name: str, title: str, page: str, opening: list[str], said: list[str], closing: list[str]) -> Note:
    lines = [*opening, *(f"- {line}" for line in said), *closing, f"Look: {page}"]
    html = as_html(Letter(for_chat(title, SENTENCE), ("Open the month-ends", page), [*opening, *said], [], closing))
    return Note(name=name, title=title, body="\n".join(lines), html=html)
