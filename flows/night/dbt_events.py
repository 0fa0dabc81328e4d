"""What dbt says of a build, without the thousands of events that only its debugging reads.

Making the message of an event costs more than what most of them tell of, and dbt makes each one before it asks whether
anybody will read it.
"""

from typing import Any

from dbt_common.events.base_types import BaseEvent, EventLevel
from dbt_common.events.event_manager import EventManager
from dbt_common.events.event_manager_client import ctx_set_event_manager


class _Read(EventManager):
    """dbt's own, for the events that are read."""

    def fire_event(self, e: BaseEvent, level: EventLevel | None = None, *words: Any, **more: Any) -> None:
        """An event happened."""
        if (level or e.level_tag()) != EventLevel.DEBUG:
            super().fire_event(e, level, *words, **more)


def leave_out_debugging() -> None:
    """From now on, in this process."""
    ctx_set_event_manager(_Read())
