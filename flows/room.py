"""A disk without room for a night is told before anything starts: Prefect's own files would break on it first."""

from datetime import UTC, date, datetime

from flows import journal
from flows.verdict import INCOMPLETE, NightResult
from pipelines.files import free_bytes
from pipelines.settings import Settings
from pipelines.warehouse import ROOM_FOR_A_NIGHT


def refused(settings: Settings, firm_ids: list[str], as_of: date | None) -> list[NightResult]:
    """An incomplete night for each firm, in its journal, where the disk has no room for any; else nothing."""
    free = free_bytes(settings.data_dir)
    if free >= ROOM_FOR_A_NIGHT:
        return []
    reason = (
        f"{ROOM_FOR_A_NIGHT / 2**20:.0f} MiB free on the disk of {settings.data_dir} were expected for a night, found "
        f"{free / 2**20:.0f}: the disk is full. Make room on it, then run the night again."
    )
    return [_refused(settings, firm_id, reason, as_of) for firm_id in firm_ids]


def _refused(settings: Settings, firm_id: str, reason: str, as_of: date | None) -> NightResult:
    rebuilt = as_of.isoformat() if as_of else None
    result = NightResult(firm_id, None, INCOMPLETE, (reason,), rebuilt_as_of=rebuilt)
    return journal.kept(settings.firm(firm_id), result, datetime.now(UTC))
