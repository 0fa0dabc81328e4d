"""What there is to tell of a firm's month-ends: signatures that have fallen, and what its jurisdiction asks soon.

The same sentences for `tieout status`, the desk and the alerts; those of an alert name no client and no signer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING

from flows.pack import store
from flows.pack.facts import Move
from pipelines.errors import TieoutError
from pipelines.firm.jurisdictions import NOT_ADVICE
from pipelines.firm.settings import Firm

if TYPE_CHECKING:
    from flows.pack.signing import Standing

MOST_MOVES = 5


def notes(firm: Firm, today: date) -> list[str]:
    """One sentence for each thing; a pack that cannot be read is one of them and hides nothing else."""
    try:
        if not (firm.jurisdiction or store.months(firm)):
            return []
        from flows.pack import duties, signing  # they take half a second, which most calls need not wait for

        told = [_fallen(standing) for standing in signing.standings(firm) if standing.is_fallen]
        due = duties.reminder(firm, today)
    except TieoutError as error:
        return [f"the month-ends cannot be read: {error}"]
    return [*told, f"{due.words}. {NOT_ADVICE}"] if due and due.stage else told


def _fallen(standing: Standing) -> str:
    moves = [move.with_client for move in standing.moves]
    return f"month-end {standing.month}: {standing.words}. What moved: {listed(moves)}"


def listed(moves: Sequence[str], most: int = MOST_MOVES) -> str:
    """The first of them, and how many more there are."""
    rest = f"; and {len(moves) - most} more" if len(moves) > most else ""
    return f"{'; '.join(moves[:most])}{rest}."


def trace(moves: Sequence[Move]) -> str:
    """A short mark of what moved: another mark is other news."""
    return hashlib.sha256("\n".join(move.words for move in moves).encode()).hexdigest()[:16]
