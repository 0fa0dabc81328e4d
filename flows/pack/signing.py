"""Who signed a month's pack, and whether their signatures still stand.

Two different people sign the newest version: who prepared it and who reviewed it. A signature is given under the digest
of the figures and that of the PDF, and is a line of `signatures.csv` that nothing takes away. It *falls* when a later
night says something else of the dated records behind the pack, or when the files are not what was signed.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from pathlib import Path

from flows.pack import facts, store
from flows.pack.facts import Move
from flows.pack.month import Month, read_month
from flows.pack.store import Pack
from pipelines.errors import UsageError
from pipelines.firm import decisions
from pipelines.firm.decisions import Row
from pipelines.firm.published import open_published
from pipelines.firm.settings import Firm

MOST_NAME = 120
READ_SQL = "select max(started_at) from recon.run_statements where firm_id = ?"


class Role(StrEnum):
    """Who signs."""

    preparer = "preparer"
    reviewer = "reviewer"


@dataclass(frozen=True)
class Standing:
    """The newest version of a month's pack: who signed it, and what a later night says otherwise."""

    pack: Pack
    signed: dict[str, Row]
    moves: list[Move]

    @property
    def month(self) -> str:
        """As 2026-10."""
        return self.pack.month

    @property
    def is_fallen(self) -> bool:
        """Whether somebody signed what no longer stands."""
        return bool(self.signed and self.moves)

    @property
    def is_signed(self) -> bool:
        """Whether both signatures stand."""
        return len(self.signed) == len(Role) and not self.moves

    @property
    def words(self) -> str:
        """In a few words."""
        who = " and ".join(f"{row['signed_by']} ({role})" for role, row in self.signed.items())
        if self.moves:
            return f"signature fallen: {who}" if who else "overtaken: figures have moved since"
        missing = next((role for role in Role if role not in self.signed), None)
        return f"signed by {who}{f', not yet by a {missing}' if missing else ''}" if who else "not signed"


def sign(firm: Firm, month: Month, role: Role, by: str, seen: str | None = None) -> str:
    """Sign the newest version of a month's pack. Gives back what was signed. Raises UsageError where there is none,
    where it no longer stands, where it is not the version that was `seen`, and where the same person has signed it in
    the other role."""
    name = " ".join(by.split())
    if not any(map(str.isalnum, name)) or len(name) > MOST_NAME:
        raise UsageError(f"--by was expected to be a person's name of at most {MOST_NAME} characters.")
    if store.latest(firm, str(month)) is None:
        raise UsageError(
            f"A pack of {month} was expected; there is none. Run `tieout pack {firm.id} --month {month}` first."
        )
    with store.alone(firm, month):
        standing = standing_of(firm, str(month))
        assert standing is not None
        if seen is not None and seen != str(standing.pack.version):
            raise UsageError(f"Version {standing.pack.version} of {month} was made since that page: look at it first.")
        _require_free(standing, role, name)
        pack = standing.pack
        decisions.signatures(firm.folder).append(
            {
                "month": pack.month,
                "version": str(pack.version),
                "role": role.value,
                "signed_by": name,
                "figures_digest": pack.figures_digest,
                "pdf_digest": pack.pdf_digest(),
                "signed_at": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            }
        )
    missing = [other for other in Role if other is not role and other not in standing.signed]
    rest = f" The {missing[0]} has not signed yet." if missing else " Both have signed."
    return (
        f"{pack.file('pdf').name}: signed by {name} as {role}, under the figures {pack.figures_digest[:16]}.{rest} The "
        "signature falls when a later night says otherwise of what the pack states."
    )


def _require_free(standing: Standing, role: Role, name: str) -> None:
    pack = standing.pack
    if standing.moves:
        raise UsageError(
            f"Figures that stand were expected; of version {pack.version} of {pack.month} they have moved: "
            f"{standing.moves[0].words}. Make the next version: tieout pack {pack.firm.id} --month {pack.month}."
        )
    if role in standing.signed:
        raise UsageError(
            f"A version without a {role} was expected; version {pack.version} of {pack.month} is signed by "
            f"{standing.signed[role]['signed_by']} already."
        )
    if any(_same_person(row["signed_by"], name) for row in standing.signed.values()):
        raise UsageError(
            f"Two different people were expected to sign; {name} has signed version {pack.version} of {pack.month} in "
            "the other role."
        )


def _same_person(one: str, other: str) -> bool:
    """By name, however it is typed."""
    first, second = (
        "".join(character for character in unicodedata.normalize("NFKC", name).casefold() if character.isalnum())
        for name in (one, other)
    )
    return first == second


def standings(firm: Firm) -> list[Standing]:
    """Of every month that has a pack, oldest first."""
    found = (standing_of(firm, month) for month in store.months(firm))
    return [standing for standing in found if standing is not None]


def standing_of(firm: Firm, month: str) -> Standing | None:
    """Of one month; None where it has no pack."""
    pack = store.latest(firm, month)
    if pack is None:
        return None
    given = [row for row in decisions.signatures(firm.folder).rows() if row["month"] == month]
    signed = {row["role"]: row for row in given if row["version"] == str(pack.version)}
    return Standing(pack, signed, [*_tampered(pack, signed), *_moved(pack)])


def _tampered(pack: Pack, signed: dict[str, Row]) -> list[Move]:
    """What of the files is not what was written, or not what was signed."""
    is_as_signed = all(
        (row["figures_digest"], row["pdf_digest"]) == (pack.figures_digest, pack.pdf_digest())
        for row in signed.values()
    )
    if pack.is_as_written and is_as_signed:
        return []
    return [Move(f"the files of version {pack.version} are not what was written: somebody changed or removed one", "")]


def _moved(pack: Pack) -> list[Move]:
    """What the last published night says otherwise of the records behind the pack, where it is later than the pack."""
    file = pack.firm.warehouse
    if not file.exists():
        return []
    stamps = tuple((one.st_ino, one.st_mtime_ns, one.st_size) for one in (file.stat(), pack.file("json").stat()))
    return list(_compared(file, pack.file("json"), stamps, _Asked(pack)))


@dataclass(frozen=True)
class _Asked:
    """A pack as far as what is remembered of it is concerned: its files' stamps tell one from another."""

    pack: Pack = field(hash=False, compare=False)


@lru_cache(64)
def _compared(file: Path, own: Path, stamps: tuple[tuple[int, ...], ...], asked: _Asked) -> tuple[Move, ...]:
    """Each page of the desk asks this anew of files that change once a night."""
    pack = asked.pack
    day = read_month(pack.month).last
    with open_published(file) as connection:
        [read_at] = connection.execute(READ_SQL, [pack.firm.id]).fetchone() or [None]
        if read_at is None or f"{read_at.isoformat(timespec='seconds')}Z" <= pack.newest_at:
            return ()
        now = facts.read(connection, pack.firm.id, day)
        return tuple(facts.moved(pack.facts, now, connection, pack.firm.id, day))
