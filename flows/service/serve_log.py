"""What `tieout serve` says while it runs: one line for each night that ended, whichever process it ended in.

The journals are the source, so a line is said once, for every firm, also for nights that were started by hand.
"""

import json
import sys
import time
from datetime import UTC, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from flows import escape as safe
from flows.night import journal
from flows.night.journal import Attempt
from pipelines.firm.settings import Firm, Settings

LOOK_SECONDS = 2.0


class LogFormat(StrEnum):
    """For people, or for machines."""

    text = "text"
    json = "json"


class NightLog:
    """The nights that end from `since` on."""

    def __init__(self, settings: Settings, since: datetime, log_format: LogFormat) -> None:
        self._firms, self._format = list(settings.firms.values()), log_format
        self._seen = {firm.id: since for firm in self._firms}

    def forever(self) -> None:
        """Look, again and again; the process ends around it."""
        while True:
            for line in self.new_lines():
                print(line, file=sys.stderr, flush=True)
            time.sleep(LOOK_SECONDS)

    def new_lines(self) -> list[str]:
        """A line for each night that ended since the last look, in the order in which they ended."""
        found = []
        for firm in self._firms:
            for attempt in journal.attempts(firm):
                if attempt.ended_at > self._seen[firm.id]:
                    self._seen[firm.id] = attempt.ended_at
                    found.append((attempt.ended_at, self._line(firm, attempt)))
        return [line for _, line in sorted(found)]

    def _line(self, firm: Firm, attempt: Attempt) -> str:
        if self._format is LogFormat.json:
            said: dict[str, object] = {
                "at": attempt.ended_at.astimezone(UTC).isoformat(timespec="seconds"),
                "firm_id": firm.id,
            }
            said |= {"run_id": attempt.run_id, "verdict": attempt.verdict, "seconds": attempt.seconds}
            return json.dumps({**said, "reasons": attempt.reasons})
        at = attempt.ended_at.astimezone(ZoneInfo(firm.timezone))
        why = f": {' '.join(attempt.reasons)}" if attempt.reasons else ""
        return safe.plain(f"{at:%Y-%m-%d %H:%M:%S %Z} {firm.id}: {attempt.verdict} in {attempt.seconds:.0f} s{why}")
