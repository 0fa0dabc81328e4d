"""`tieout serve`: every firm's night at its own time, for as long as this runs.

Prefect does the scheduling: a lasting server (a child here, or the one that PREFECT_API_URL names), one deployment per
firm with its cron line in its own zone, each night in a process of its own, as many side by side as there are cores,
and never two of one firm. What must be known even when Prefect is not well is watched beside it: a night that did not
happen, messages that were not delivered, connections that grow old.

One `tieout serve` per data folder, by a lock that dies with its process. A machine that was switched off leaves runs
that Prefect believes to be under way: they are closed at the start, and a night that was missed is caught up once.
"""

import fcntl
import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import prefect
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterName,
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy, StateType
from prefect.deployments import run_deployment
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron
from prefect.states import Crashed
from prefect.types.entrypoint import EntrypointType

from flows import alerts, schedule
from flows.scheduled import last_started, scheduled_night
from pipelines.connection import SYSTEMS, Connection, System, connection, keep_alive
from pipelines.errors import TieoutError, UsageError
from pipelines.files import make_private
from pipelines.settings import Firm, Settings, load_settings
from pipelines.tokens import DeadGrant

logger = logging.getLogger(__name__)

OVERDUE_AFTER = timedelta(hours=2)  # a night that has not begun by then did not happen
LOOK_SECONDS = 30.0
RETRY_SECONDS = 300.0


def deployments(settings: Settings) -> list[RunnerDeployment]:
    """One deployment per firm: its night, at its time, in its zone, one at a time."""
    return [_deployment(firm, settings.path) for firm in settings.firms.values()]


def _deployment(firm: Firm, config: Path) -> RunnerDeployment:
    return scheduled_night.to_deployment(  # type: ignore[return-value]
        name=firm.id,
        schedule=Cron(firm.schedule, timezone=firm.timezone),
        concurrency_limit=ConcurrencyLimitConfig(limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW),
        parameters={"firm_id": firm.id, "config": str(config)},
        entrypoint_type=EntrypointType.MODULE_PATH,
    )


def describe(firm: Firm) -> str:
    """When the firm's next night is, by the clock on its wall."""
    due = schedule.next_due(firm, datetime.now(UTC)).astimezone(ZoneInfo(firm.timezone))
    return f"{firm.id}: next night {due:%Y-%m-%d %H:%M} ({firm.timezone})"


def serve(settings: Settings) -> None:
    """Serve until interrupted. Raises UsageError when the data folder is served already."""
    with _alone(settings), get_client(sync_client=True) as client:
        close_dead_runs(client, settings)
        watch = Watch(settings.path)
        threading.Thread(target=watch.forever, daemon=True).start()
        threading.Thread(target=_catch_up, args=(settings,), daemon=True).start()
        prefect.serve(*deployments(settings), limit=os.cpu_count() or 1, print_starting_message=False)


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """Two of these would start every night twice."""
    path = make_private(settings.data_dir) / "serve.lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(descriptor)
        raise UsageError(
            f"{settings.data_dir} is served already by another `tieout serve`; end that one first."
        ) from None
    try:
        yield
    finally:
        os.close(descriptor)


def close_dead_runs(client: SyncPrefectClient, settings: Settings) -> int:
    """Nights of these firms that a killed machine left as running or waiting are over: mark them so, and count them."""
    unfinished = (StateType.RUNNING, StateType.PENDING, StateType.CANCELLING)
    runs = client.read_flow_runs(
        flow_filter=FlowFilter(name=FlowFilterName(any_=[scheduled_night.name])),
        flow_run_filter=FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=list(unfinished)))),
    )
    ours = [run for run in runs if run.parameters.get("firm_id") in settings.firms]
    for run in ours:
        client.set_flow_run_state(run.id, Crashed(message="The machine stopped during this night."), force=True)
    return len(ours)


def _catch_up(settings: Settings) -> None:
    """Start the night of each firm that missed one, once its deployment is there."""
    late = [firm for firm in settings.firms.values() if schedule.missed(firm, datetime.now(UTC), last_started(firm))]
    for firm in late:
        name = f"{scheduled_night.name}/{firm.id}"
        _wait_for_deployment(firm.id)
        run_deployment(name, timeout=0, as_subflow=False)
        logger.info("%s: a night was missed and is caught up", firm.id)


def _wait_for_deployment(name: str) -> None:
    """The runner makes the deployments some moments after it was started."""
    wanted = DeploymentFilter(name=DeploymentFilterName(any_=[name]))
    with get_client(sync_client=True) as client:
        while not client.read_deployments(deployment_filter=wanted):
            time.sleep(0.5)


class Watch:
    """What must be seen even when Prefect is not well. Looks every half minute; one fault in a look ends no other."""

    def __init__(self, config: Path, since: datetime | None = None) -> None:
        self._config = config
        self._since = since or datetime.now(UTC)
        self._retried = 0.0
        self._connections_seen: dict[str, date] = {}

    def forever(self) -> None:
        """Look, again and again; the process ends around it."""
        while True:
            try:
                self.look(datetime.now(UTC))
            except Exception as error:  # an unreadable configuration, say, while a person edits it
                logger.warning("The watch could not look (%s).", type(error).__name__)
            time.sleep(LOOK_SECONDS)

    def look(self, now: datetime) -> None:
        """Announce nights that did not happen, send what waits, renew what grows old."""
        settings = load_settings(self._config)
        for firm in settings.firms.values():
            self._missing_night(settings, firm, now)
        if time.monotonic() - self._retried > RETRY_SECONDS:
            alerts.outbox.retry(settings)
            self._retried = time.monotonic()
        for firm in settings.firms.values():  # last, because a system that is down keeps us waiting
            self._connections(settings, firm, now)

    def _missing_night(self, settings: Settings, firm: Firm, now: datetime) -> None:
        due = schedule.last_due(firm, now)
        started = last_started(firm)
        was_begun = started is not None and schedule.missed(firm, now, started) is None
        if due >= self._since and now >= due + OVERDUE_AFTER and not was_begun:
            alerts.night_missing(settings, firm, due)

    def _connections(self, settings: Settings, firm: Firm, now: datetime) -> None:
        """Once a day: nothing here needs more."""
        if self._connections_seen.get(firm.id) == now.date():
            return
        self._connections_seen[firm.id] = now.date()
        for system in SYSTEMS:
            found = _renewed(firm, system, now)
            if found.state in ("ends_soon", "ended"):
                alerts.connection_ends(settings, firm, found)


def _renewed(firm: Firm, system: System, now: datetime) -> Connection:
    """The connection after it was renewed, if it had to be. Passing trouble is for tomorrow: the night says its own."""
    try:
        keep_alive(firm, system, now)
    except DeadGrant:
        return Connection(system, "ended")
    except TieoutError as error:
        logger.warning("%s", error)
    return connection(firm, system, now)
