"""`tieout serve`: every firm's night at its own time, for as long as this runs.

Prefect does the scheduling: a lasting server (a child here, or the one that PREFECT_API_URL names), one deployment per
firm with its cron line in its own zone, as many nights side by side as there are cores, in processes that do one after
the other (`flows.service.lending`), and never two of one firm. Beside it run the watch (`flows.service.watch`), which
must see even when Prefect is not well, and the desk (`flows.desk`).

One `tieout serve` per data folder, by a lock that dies with its process. A machine that was switched off leaves runs
that Prefect believes to be under way: they are closed at the start. A night that was missed or cut short is caught up
once.
"""

import asyncio
import logging
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterName
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments import run_deployment
from prefect.runner import Runner
from prefect.schedules import Cron
from prefect.types.entrypoint import EntrypointType

from flows import schedule
from flows.desk.server import Server
from flows.service.lending import lending
from flows.service.scheduled import close_dead_runs, last_started, scheduled_night
from flows.service.serve_log import LogFormat, NightLog
from flows.service.warm import warm_processes
from flows.service.watch import Watch
from pipelines.errors import UsageError
from pipelines.firm.locks import Held, locked
from pipelines.firm.settings import Firm, Settings

logger = logging.getLogger(__name__)

LOOK_SECONDS = 2.0  # the place of a night that ended is empty until the next look for one that is due; else 10


def _add_deployment(runner: Runner, firm: Firm, config: Path) -> None:
    """The firm's night, at its time, in its zone, one at a time."""
    runner.add_flow(
        scheduled_night,
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


class _Runner(Runner):
    """Prefect's runner, ended by SIGTERM as by Ctrl-C: its own handler calls a coroutine that nobody awaits."""

    def handle_sigterm(self, *_: Any) -> None:
        """Unwind; leaving the runner's context ends the nights under way."""
        raise KeyboardInterrupt


def serve(settings: Settings, log_format: LogFormat, say: Callable[[str], None]) -> None:
    """Serve until interrupted; `say` hears where the desk is. Raises UsageError when the data folder is served
    already."""
    with _alone(settings), lending(), warm_processes(), get_client(sync_client=True) as client:
        now = datetime.now(UTC)
        say(_start_desk(settings))
        cut_short = close_dead_runs(client, settings, now)
        for work in (Watch(settings.path, now).forever, NightLog(settings, now, log_format).forever):
            threading.Thread(target=work, daemon=True).start()
        threading.Thread(target=_catch_up, args=(settings, cut_short), daemon=True).start()
        runner = _Runner(pause_on_shutdown=False, limit=os.cpu_count() or 1, query_seconds=LOOK_SECONDS)
        for firm in settings.firms.values():
            _add_deployment(runner, firm, settings.path)
        with suppress(KeyboardInterrupt):
            asyncio.run(runner.start())


def _start_desk(settings: Settings) -> str:
    """Serve the desk beside the nights, which go on without it where its port is taken."""
    try:
        desk = Server(settings)
    except UsageError as error:
        return f"No desk is served here: {error}"
    threading.Thread(target=desk.run, daemon=True).start()
    return desk.where


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """Two of these would start every night twice."""
    with ExitStack() as held:
        try:
            held.enter_context(locked(settings.data_dir / "serve.lock", wait=False))
        except Held as who:
            raise UsageError(
                f"{settings.data_dir} is served already by another `tieout serve` ({who}); end that one first."
            ) from None
        yield


def _catch_up(settings: Settings, cut_short: dict[str, dict[str, Any]]) -> None:
    """Start the night of each firm that missed one or whose night was cut short, once its deployment is there."""
    now = datetime.now(UTC)
    late: dict[str, dict[str, Any]] = {
        firm.id: {} for firm in settings.firms.values() if schedule.missed(firm, now, last_started(firm))
    }
    for firm_id, parameters in (late | cut_short).items():
        _wait_for_deployment(firm_id)
        name = f"{scheduled_night.name}/{firm_id}"
        run_deployment(name, parameters={**parameters, "config": str(settings.path)}, timeout=0, as_subflow=False)
        logger.info("%s: a night was missed or cut short, and is caught up", firm_id)


def _wait_for_deployment(name: str) -> None:
    """The runner makes the deployments some moments after it was started."""
    wanted = DeploymentFilter(name=DeploymentFilterName(any_=[name]))
    with get_client(sync_client=True) as client:
        while not client.read_deployments(deployment_filter=wanted):
            time.sleep(0.5)
