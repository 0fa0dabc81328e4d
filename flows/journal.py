"""Every night attempted, one line each: what the warehouse cannot tell, since a night that failed publishes nothing.

``<data_dir>/<firm>/nights.jsonl`` only grows, is its owner's alone, and holds no client's data: reasons name records
by list, id and field. The schedule reads from it which nights did not happen, the status grid which failed.
"""

import json
import os
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from flows.verdict import INCOMPLETE, NightResult
from pipelines.files import make_private
from pipelines.settings import Firm

FILE = "nights.jsonl"


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
    """Append a night that has just ended; whole or, if the machine dies, as a last line that `attempts` leaves out."""
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
    descriptor = os.open(make_private(firm.folder) / FILE, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        # One write, led by its own line break, so that a line cut off by a dead machine spoils no other.
        os.write(descriptor, f"\n{line}\n".encode())
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def attempts(firm: Firm) -> list[Attempt]:
    """The nights attempted, oldest first; none where there is no journal yet."""
    try:
        lines = (firm.folder / FILE).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    return [attempt for line in lines if (attempt := _read(line)) is not None]


def _read(line: str) -> Attempt | None:
    """One line, or None for one that is empty or was cut off."""
    try:
        raw: dict[str, Any] = json.loads(line)
        raw["started_at"] = datetime.fromisoformat(raw["started_at"])
        raw["ended_at"] = datetime.fromisoformat(raw["ended_at"])
        raw["reasons"] = tuple(raw["reasons"])
        return Attempt(**raw)
    except (ValueError, KeyError, TypeError):
        return None
