"""What must be seen even when no night runs: one that did not happen, messages that wait, connections that grow old.

`tieout serve` looks every half minute in a thread of its own. Where workers run the nights, `prefect.yaml` has the
same look as a deployment. A look reads files and calls Clio or Xero only to renew a connection, and what it has said
once is remembered in the firm's folder: looking twice says nothing twice.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from prefect import flow
from prefect.client.orchestration import get_client

from flows import alerts, schedule
from flows.service.scheduled import TIMEOUT_SECONDS as NIGHT_TIMEOUT_SECONDS
from flows.service.scheduled import close_dead_runs, last_started
from pipelines.api.tokens import DamagedTokens, DeadGrant
from pipelines.connect.connection import SYSTEMS, Connection, System, connection, keep_alive
from pipelines.errors import TieoutError
from pipelines.firm.settings import Firm, Settings, load_settings

logger = logging.getLogger(__name__)

LOOK_SECONDS = 30.0
RETRY_SECONDS = 300.0
TIMEOUT_SECONDS = 1800


@contextmanager
def _alone_in_trouble(firm: Firm) -> Iterator[None]:
    """A firm whose files cannot be read keeps nobody from the others; `tieout status` shows it."""
    try:
        yield
    except TieoutError as error:
        logger.warning("%s", error)
    except Exception as error:  # its text may quote a record
        logger.warning("%s: the watch could not look (%s)", firm.id, type(error).__name__)


class Watch:
    """Looks at every firm. `since` is when it began to look: what was due earlier is caught up and not announced."""

    def __init__(self, config: Path, since: datetime | None = None) -> None:
        self._config = config
        self._since = since
        self._retried = -RETRY_SECONDS  # the clock of `time.monotonic` may begin with the machine
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
            with _alone_in_trouble(firm):
                self._missing_night(settings, firm, now)
        if time.monotonic() - self._retried >= RETRY_SECONDS:
            alerts.outbox.retry(settings)
            self._retried = time.monotonic()
        for firm in settings.firms.values():  # last, because a system that is down keeps us waiting
            with _alone_in_trouble(firm):
                self._connections(settings, firm, now)

    def _missing_night(self, settings: Settings, firm: Firm, now: datetime) -> None:
        begun = [moment for moment in (last_started(firm), self._since) if moment is not None]
        if due := schedule.overdue(firm, now, max(begun, default=None)):
            alerts.night_missing(settings, firm, due)

    def _connections(self, settings: Settings, firm: Firm, now: datetime) -> None:
        """Once a day: nothing here needs more."""
        if self._connections_seen.get(firm.id) == now.date():
            return
        self._connections_seen[firm.id] = now.date()
        for system in SYSTEMS:
            found = _renewed(firm, system, now)
            if found.state in ("ends_soon", "ended", "damaged"):
                alerts.connection_ends(settings, firm, found)


@flow(name="tieout-watch", timeout_seconds=TIMEOUT_SECONDS, validate_parameters=False)
def watch(config: str) -> None:
    """One look, for a schedule of Prefect's. A firm that never had a night has missed none. A run that outlived its
    time is dead, with its worker: it would keep every later night of its firm from its place."""
    now = datetime.now(UTC)
    Watch(Path(config)).look(now)
    with get_client(sync_client=True) as client:
        close_dead_runs(client, load_settings(Path(config)), now - 2 * timedelta(seconds=NIGHT_TIMEOUT_SECONDS))


def _renewed(firm: Firm, system: System, now: datetime) -> Connection:
    """The connection after it was renewed, if it had to be. Passing trouble is for tomorrow: the night says its own."""
    try:
        keep_alive(firm, system, now)
    except DeadGrant:
        return Connection(system, "ended")
    except DamagedTokens:
        return Connection(system, "damaged")
    except TieoutError as error:
        logger.warning("%s", error)
    return connection(firm, system, now)
