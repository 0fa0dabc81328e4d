"""Making a pack: the figures are read, set as a PDF and a workbook, and kept as the next version of their month."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

from flows.night.order import Order
from flows.night.put_back import put_back
from flows.night.verdict import INCOMPLETE, NightResult
from flows.pack import document, figures, sheets, store, typeset
from flows.pack.month import Month
from flows.pack.store import Pack
from pipelines.errors import GiveUp, TryAgain, UsageError
from pipelines.firm.settings import Firm

Night = Callable[[Order], NightResult]


def describe(pack: Pack) -> list[str]:
    """What was made, and what to do with it."""
    stated = pack.stated
    lines = [f"{pack.file(ending)}: written." for ending in ("pdf", "xlsx")]
    lines += [f"Not proven: {text}." for text in stated["not_proven"]]
    lines += [f"Trust account {account['name']}: {account['word']}." for account in stated["trust"]]
    sign = f"tieout sign {pack.firm.id} --month {pack.month} --role preparer --by NAME"
    return [*lines, f"Version {pack.version} of {pack.month}. Read it, then sign it: {sign}"]


def make(firm: Firm, config: Path, month: Month, night: Night) -> Pack:
    """Write the next version of the pack of a month that has ended. `night` runs what was ordered, where the day has to
    be rebuilt. Raises UsageError where no night was published, GiveUp or TryAgain where the day cannot be rebuilt."""

    def rebuild(day: date) -> Path:
        result = night(Order(firm.id, str(config), as_of=day))
        if result.verdict == INCOMPLETE or result.warehouse is None:
            kind = UsageError if result.is_usage_error else TryAgain if result.can_try_again else GiveUp
            raise kind(f"The books of {day} could not be rebuilt, so there is no pack. {' '.join(result.reasons)}")
        return Path(result.warehouse)

    if earlier := put_back(firm):
        raise GiveUp(f"{firm.warehouse}: {earlier}. No pack is made from such books.")
    with store.alone(firm, month):
        read = figures.read(firm, month, rebuild)
        version = store.next_version(firm, month)
        pages = document.compose(read, version)
        made = {"xlsx": sheets.workbook(read, version), "pdf": typeset.pdf(pages)}
        return store.keep(firm, month, read, made, version)
