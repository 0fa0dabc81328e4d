"""The packs of a firm on disk: `month-ends/2026-10/`, one version beside the other, written once and never again.

=====================================  =================================================================================
``harbor-law-2026-10-v1.pdf``           what an examiner reads
``harbor-law-2026-10-v1.xlsx``          the same figures as a workbook
``harbor-law-2026-10-v1.json``          the figures that a signature is given under, and the digests of the other two;
                                        written last, so that a version is whole where it is there
=====================================  =================================================================================

Files are their owner's alone and written by nobody afterwards (mode 0400).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from flows.pack import facts, figures
from flows.pack.facts import Facts
from flows.pack.figures import Figures
from flows.pack.month import Month
from pipelines.errors import GiveUp
from pipelines.firm.files import in_a_sentence, make_private, sweep, sync_folder, write_private
from pipelines.firm.locks import locked
from pipelines.firm.published import digest_of as digest_of_file
from pipelines.firm.settings import Firm

FOLDER = "month-ends"
MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
VERSION = re.compile(r"-v([0-9]+)\.(?:json|pdf|xlsx)")


@dataclass(frozen=True)
class Pack:
    """One version of a month's pack, whole on the disk."""

    firm: Firm
    month: str
    version: int

    def file(self, ending: str) -> Path:
        """One of its files: pdf, xlsx or json."""
        return folder_of(self.firm, self.month) / f"{self.firm.id}-{self.month}-v{self.version}.{ending}"

    @cached_property
    def _raw(self) -> dict[str, Any]:
        path = self.file("json")
        with in_a_sentence(path):
            text = path.read_text(encoding="utf-8", errors="replace")
        try:
            raw = json.loads(text)
            found = {name: raw[name] for name in ("stated", "facts", "newest_at", "pdf_digest", "xlsx_digest")}
        except (ValueError, KeyError, TypeError):
            raise GiveUp(
                f"{path}: the figures of a pack were expected; they cannot be read. Put it back from a backup, or "
                f"make the next version: tieout pack {self.firm.id} --month {self.month}."
            ) from None
        return found

    @property
    def stated(self) -> dict[str, Any]:
        """What it states: money and days as text."""
        stated: dict[str, Any] = self._raw["stated"]
        return stated

    @property
    def facts(self) -> Facts:
        """The dated records behind it."""
        return facts.from_rows(self._raw["facts"])

    @property
    def newest_at(self) -> str:
        """When the newest books behind it were read (UTC)."""
        return str(self._raw["newest_at"])

    @cached_property
    def figures_digest(self) -> str:
        """Of the figures as they lie there now."""
        return figures.digest_of(self.stated, self._raw["facts"])

    def pdf_digest(self) -> str:
        """Of the PDF as it lies there now; empty where it is gone."""
        return digest_of_file(self.file("pdf")) if self.file("pdf").exists() else ""

    @property
    def is_as_written(self) -> bool:
        """Whether the PDF and the workbook are what was written with these figures."""
        return all(
            self.file(ending).exists() and digest_of_file(self.file(ending)) == self._raw[f"{ending}_digest"]
            for ending in ("pdf", "xlsx")
        )


def folder_of(firm: Firm, month: str) -> Path:
    """Where the packs of a month are."""
    return firm.folder / FOLDER / month


def months(firm: Firm) -> list[str]:
    """The months that have a pack, oldest first."""
    folder = firm.folder / FOLDER
    if not folder.exists():
        return []
    with in_a_sentence(folder):
        return sorted(
            path.name for path in folder.iterdir() if MONTH.fullmatch(path.name) and versions(firm, path.name)
        )


def versions(firm: Firm, month: str) -> list[Pack]:
    """The versions of a month's pack that are whole, oldest first."""
    return [Pack(firm, month, number) for number in sorted(_numbers(firm, month, "*.json"))]


def latest(firm: Firm, month: str) -> Pack | None:
    """The newest version of a month's pack."""
    return next(reversed(versions(firm, month)), None)


def _numbers(firm: Firm, month: str, pattern: str = "*") -> set[int]:
    folder = folder_of(firm, month)
    found = (
        (VERSION.search(path.name) for path in folder.glob(f"{firm.id}-{month}-v{pattern}")) if folder.exists() else ()
    )
    return {int(name[1]) for name in found if name}


def keep(firm: Firm, month: Month, read: Figures, made: dict[str, bytes], version: int) -> Pack:
    """Write a version, the figures last. The caller holds `alone`, and took the number from `next_version`."""
    pack = Pack(firm, str(month), version)
    make_private(folder_of(firm, pack.month).parent)
    raw = {"stated": read.stated, "facts": facts.as_rows(read.facts), "newest_at": read.newest_at}
    for ending in (*made, "json"):
        sweep(pack.file(ending))
    for ending, content in made.items():
        _write_for_good(pack.file(ending), content)
        raw[f"{ending}_digest"] = digest_of_file(pack.file(ending))
    _write_for_good(pack.file("json"), figures.as_json(raw).encode())
    return pack


def _write_for_good(path: Path, content: bytes) -> None:
    write_private(path, content)
    with in_a_sentence(path):
        path.chmod(0o400)
        sync_folder(path.parent)


def next_version(firm: Firm, month: Month) -> int:
    """One more than any version of which a file is there, whole or not: nothing is ever overwritten."""
    return max(_numbers(firm, str(month)), default=0) + 1


def alone(firm: Firm, month: Month) -> Any:
    """One process at a time makes a month's pack."""
    return locked(make_private(folder_of(firm, str(month))) / "pack.lock")
