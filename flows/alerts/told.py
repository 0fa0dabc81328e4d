"""What a firm's people and its operator have been told, so that nothing is said twice and nothing is left out.

``<data_dir>/<firm>/alerts/told.json``, its owner's alone; no client's name stands in it. The schedule's processes
take turns by a lock.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from pipelines.firm.files import write_private
from pipelines.firm.locks import locked
from pipelines.firm.settings import Firm


class Finding(BaseModel):
    """One open exception as far as an alert speaks of it; `number` is of the bill, the invoice or the matter. What an
    earlier version told has no id in it."""

    code: str
    severity: str
    status: str
    amount: Decimal
    number: str
    first_seen: date
    times_reopened: int
    url: str | None
    xero_url: str | None = None
    client: str | None = None
    exception_id: str = ""


class Told(BaseModel):
    """`findings` by exception id, None before the first message; `missing_night` is the last one announced; `fallen`
    what had moved of each signed month-end, `duty` the last reminder of one."""

    findings: dict[str, Finding] | None = None
    tie_outs: list[str] = []
    not_proven: str | None = None
    news_on: date | None = None
    is_failing: bool = False
    heartbeat_on: date | None = None
    missing_night: str | None = None
    connections: dict[str, str] = {}
    fallen: dict[str, str] = {}
    duty: str | None = None


@contextmanager
def remembered(firm: Firm) -> Iterator[Told]:
    """What was told until now; what the block adds to it is kept when the block ends well."""
    folder = firm.folder / "alerts"
    with locked(folder / "told.lock"):
        told = _read(folder / "told.json")
        yield told
        write_private(folder / "told.json", json.dumps(_without_names(told), indent=1))


def _read(path: Path) -> Told:
    """Where nothing can be read, nothing was told: everything is then said once more, which is the lesser evil."""
    try:
        return Told.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, ValidationError):
        return Told()


def _without_names(told: Told) -> dict[str, Any]:
    return told.model_dump(mode="json", exclude={"findings": {"__all__": {"client"}}})
