"""Every night attempted, one line each: what the warehouse cannot tell, since a night that failed publishes nothing.

``<data_dir>/<firm>/nights.jsonl`` only grows, is its owner's alone, and holds no client's data: reasons name records
by list, id and field. The schedule reads from it which nights did not happen, the status grid which failed. Between
these lines stand the digests of what was published (`pipelines.firm.published`).

A full disk is a reason to fail, and its night must not be the one that leaves no line: some room is kept for it in
`nights.reserve`, and given up when a line finds no other.
"""

import contextlib
import json
import secrets
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from flows.night.verdict import INCOMPLETE, NightResult
from pipelines.errors import TieoutError
from pipelines.firm.files import append_line, in_a_sentence, read_lines, write_private
from pipelines.firm.published import JOURNAL as FILE
from pipelines.firm.settings import Firm

RESERVE = "nights.reserve"
RESERVE_BYTES = 64 * 2**10


@dataclass(frozen=True)
class Attempt:
    """One attempted night; both times in UTC. `run_id` is None where nothing was published."""

    run_id: str | None
    started_at: datetime
    ended_at: datetime
    verdict: str
    reasons: tuple[str, ...]
    seconds: float
    is_usage_error: bool
    can_try_again: bool
    rebuilt_as_of: str | None

    @property
    def is_good(self) -> bool:
        """The books were judged and published as of today."""
        return self.verdict != INCOMPLETE and self.rebuilt_as_of is None


def record(firm: Firm, result: NightResult, started_at: datetime) -> None:
    """Append a night that has just ended; whole or, if the machine dies, as a last line that `attempts` leaves out.
    Raises GiveUp where it cannot be kept."""
    attempt = Attempt(
        result.run_id,
        started_at,
        datetime.now(UTC),
        result.verdict,
        result.reasons,
        result.seconds,
        result.is_usage_error,
        result.can_try_again,
        result.rebuilt_as_of,
    )
    line = json.dumps(asdict(attempt), default=datetime.isoformat)
    try:
        append_line(firm.folder / FILE, line)
    except TieoutError:
        with in_a_sentence(firm.folder / RESERVE):
            (firm.folder / RESERVE).unlink(missing_ok=True)
        append_line(firm.folder / FILE, line)
        return
    _reserve(firm)


def kept(firm: Firm, result: NightResult, started_at: datetime) -> NightResult:
    """The result after it went into the journal; one that could not be kept there says so itself."""
    try:
        record(firm, result, started_at)
    except TieoutError as error:
        return replace(result, reasons=(*result.reasons, f"The journal could not be written. {error}"))
    return result


def _reserve(firm: Firm) -> None:
    """Keep room for a line, where there is any."""
    if not (firm.folder / RESERVE).exists():
        with contextlib.suppress(TieoutError):
            write_private(firm.folder / RESERVE, secrets.token_bytes(RESERVE_BYTES))


def attempts(firm: Firm) -> list[Attempt]:
    """The nights attempted, oldest first; none where there is no journal yet. Raises GiveUp where it cannot be read."""
    return [attempt for line in read_lines(firm.folder / FILE) if (attempt := _read(line)) is not None]


def _read(line: str) -> Attempt | None:
    """One line, or None for one that is empty or was cut off."""
    try:
        raw: dict[str, Any] = json.loads(line)
        raw["started_at"] = datetime.fromisoformat(raw["started_at"])
        raw["ended_at"] = datetime.fromisoformat(raw["ended_at"])
        raw["reasons"] = tuple(raw["reasons"])
        return Attempt(**raw)
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
