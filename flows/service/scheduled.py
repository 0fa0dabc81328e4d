"""A night as the schedule runs it: only if it is needed, tried again where that can help, and told.

Prefect may start a night twice, late, or for a week that was missed; the journal says whether it is still needed. A
source that was not well is tried again after 5, 15 and 45 minutes; what a person must mend is not. Each further try is
a run of its own that Prefect keeps: nothing waits in a process meanwhile, so that an outage that strikes every
firm keeps no place from another, and a machine that restarts loses no try. People are told once, of the last.
"""

import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from prefect import flow, runtime
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.filters import (
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import State, StateType
from prefect.deployments import run_deployment
from prefect.states import Completed, Crashed, Failed

from flows import alerts, schedule
from flows.night import journal
from flows.night.order import Order
from flows.night.verdict import INCOMPLETE, NightResult
from flows.service.nightly import night_of_firm
from pipelines.firm.settings import Firm, Settings, load_settings

logger = logging.getLogger(__name__)

WAITS = (timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=45))  # before each further try
TIMEOUT_SECONDS = 4 * 3600


def last_started(firm: Firm) -> datetime | None:
    """When the latest night of today's books began; one rebuilt for a past day is none, nor one that is still to
    come: a clock was ahead when it was written down."""
    now = datetime.now(UTC)
    started = [
        attempt.started_at
        for attempt in journal.attempts(firm)
        if attempt.rebuilt_as_of is None and schedule.has_come(attempt.started_at, now)
    ]
    return max(started, default=None)


def tried_again_at(result: NightResult, config: Path, failed_tries: int, now: datetime) -> datetime | None:
    """Plan another try where it can help; when it is, or None where this was the last one."""
    deployment = runtime.deployment.id
    can_help = result.verdict == INCOMPLETE and result.can_try_again and failed_tries < len(WAITS)
    if not can_help or deployment is None:
        return None
    at = now + WAITS[failed_tries]
    parameters = {"firm_id": result.firm_id, "config": str(config), "failed_tries": failed_tries + 1}
    try:
        run_deployment(deployment, parameters=parameters, scheduled_time=at, timeout=0, as_subflow=False)
    except Exception as error:  # whatever keeps Prefect from planning it, people must hear of the night now
        logger.warning("%s: no further try could be planned (%s)", result.firm_id, type(error).__name__)
        return None
    return at


@flow(name="tieout-scheduled", flow_run_name="{firm_id}", timeout_seconds=TIMEOUT_SECONDS, validate_parameters=False)
def scheduled_night(firm_id: str, config: str, failed_tries: int = 0) -> State[str]:
    """One firm's night, if it is needed, and its alerts. The configuration is read anew each night. `failed_tries`
    counts the tries of this night so far."""
    settings = load_settings(Path(config))
    firm = settings.firm(firm_id)
    if not failed_tries and schedule.needed(firm, datetime.now(UTC), last_started(firm)) is None:
        return Completed(name="Skipped", message=f"{firm_id}: this night was begun before")
    result = night_of_firm.fn(Order(firm_id, str(settings.path)))
    again = tried_again_at(result, settings.path, failed_tries, datetime.now(UTC))
    if again is not None:
        return Failed(name="Incomplete", message=f"{firm_id}: tried again at {again:%Y-%m-%d %H:%M} UTC")
    alerts.after_night(settings, result, datetime.now(UTC))
    state = Failed if result.verdict == INCOMPLETE else Completed
    return state(name=result.verdict.capitalize(), message=f"{firm_id}: {result.verdict}")


def close_dead_runs(client: SyncPrefectClient, settings: Settings, begun_before: datetime) -> dict[str, dict[str, Any]]:
    """Nights of these firms that a killed machine left as running or waiting are over, though Prefect would hold their
    place for ever: mark them so. Returns, by firm, the parameters of the night that was cut short."""
    unfinished = FlowRunFilterStateType(any_=[StateType.RUNNING, StateType.PENDING, StateType.CANCELLING])
    runs = client.read_flow_runs(
        flow_filter=FlowFilter(name=FlowFilterName(any_=[scheduled_night.name])),
        flow_run_filter=FlowRunFilter(
            state=FlowRunFilterState(type=unfinished),
            expected_start_time=FlowRunFilterExpectedStartTime(before_=begun_before),  # type: ignore[arg-type]
        ),
    )
    ours = [run for run in runs if run.parameters.get("firm_id") in settings.firms]
    for run in ours:
        client.set_flow_run_state(run.id, Crashed(message="The machine stopped during this night."), force=True)
    return {run.parameters["firm_id"]: run.parameters for run in ours}
