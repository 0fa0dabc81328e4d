"""A night as the schedule runs it: only if it is needed, tried again where that can help, and told.

Prefect may start a night twice, late, or for a week that was missed; the journal says whether it is still needed. A
source that was not well is tried again after 5, 15 and 45 minutes; what a person must mend is not tried again. Each
try is a line in the journal, but people are told once, of the last.
"""

import time
from datetime import UTC, datetime
from pathlib import Path

from prefect import flow
from prefect.client.schemas.objects import State
from prefect.logging import get_run_logger
from prefect.states import Completed, Failed

from flows import alerts, journal, schedule
from flows.nightly import nightly
from flows.verdict import INCOMPLETE, NightResult
from pipelines.settings import Firm, load_settings

WAITS = (5 * 60, 15 * 60, 45 * 60)  # seconds before each further try
TIMEOUT_SECONDS = 4 * 3600


def last_started(firm: Firm) -> datetime | None:
    """When the latest night of today's books began; one rebuilt for a past day is none."""
    started = [attempt.started_at for attempt in journal.attempts(firm) if attempt.rebuilt_as_of is None]
    return max(started, default=None)


def run_with_retries(firm: Firm, config: Path) -> NightResult:
    """The night, and again after growing waits as long as a second try can help."""
    [result] = nightly([firm.id], False, str(config))
    for wait in WAITS:
        if result.verdict != INCOMPLETE or not result.can_try_again:
            break
        time.sleep(wait)
        [result] = nightly([firm.id], False, str(config))
    return result


@flow(name="tieout-scheduled", flow_run_name="{firm_id}", timeout_seconds=TIMEOUT_SECONDS, validate_parameters=False)
def scheduled_night(firm_id: str, config: str) -> State[str]:
    """One firm's night, if it is needed, and its alerts. The configuration is read anew each night."""
    settings = load_settings(Path(config))
    firm = settings.firm(firm_id)
    if schedule.needed(firm, datetime.now(UTC), last_started(firm)) is None:
        get_run_logger().info("%s: this night was begun before", firm_id)
        return Completed(name="Skipped", message=f"{firm_id}: this night was begun before")
    result = run_with_retries(firm, settings.path)
    alerts.tell(settings, result)
    alerts.heartbeat(settings, firm, datetime.now(UTC))
    state = Failed if result.verdict == INCOMPLETE else Completed
    return state(name=result.verdict.capitalize(), message=f"{firm_id}: {result.verdict}")
