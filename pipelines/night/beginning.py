"""What tonight's work file begins as: a copy of what the last night published, proven to be that."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import duckdb

from pipelines.errors import GiveUp
from pipelines.firm.files import in_a_sentence
from pipelines.firm.published import Proof, proof_of
from pipelines.firm.settings import Firm
from pipelines.tables.duck import connect_to_read, pack

PIECE = 2**20


@dataclass(frozen=True)
class Beginning:
    """The published file that a night goes on from, and how well it is proven to be that; none on the first night."""

    file: Path | None = None
    proof: Proof | None = None


def begin(firm: Firm, run_id: str, work_file: Path, notes: list[str]) -> Beginning:
    """Tonight's work file: a copy of last night's, else of the newest kept night that is whole, else none at all."""
    live = firm.warehouse
    if live.exists() and (proof := _copied(live, work_file)):
        if proof == "unproven":
            notes.append(
                f"{live}: nothing proves that a night published this: the journal beside it has no line about it, as "
                "where an earlier version published it. This night read every list whole."
            )
        return Beginning(live, proof)
    kept = sorted((firm.folder / "nights").glob("*.duckdb"), reverse=True)
    found, proof = next(((file, proof) for file in kept if (proof := _copied(file, work_file))), (None, None))
    if live.exists() and found is None:
        raise GiveUp(
            f"Firm {firm.id}: {live} is not what the night published (somebody changed it, or the disk is "
            "damaged), and no earlier night is there to go on from. Put one back from a backup, or move that file "
            "away: the next night then begins anew, and the age of every finding with it. Nothing was published."
        )
    if found is not None:
        what = (
            f"is not what the night published; it is kept as set-aside/{run_id}-{live.name}"
            if live.exists()
            else "was gone"
        )
        read = "every list whole: nothing proves that file" if proof == "unproven" else "what had changed since"
        notes.append(f"{live} {what}. This night went on from {found}, and read {read}.")
    return Beginning(found, proof)


def _copied(source: Path, work_file: Path) -> Proof | None:
    """Copy a published file to the work file, if nobody changed it and it can be read, and say how well it is proven;
    what is compared is what was copied."""
    digest = hashlib.sha256()
    with in_a_sentence(source), source.open("rb") as published, work_file.open("wb") as copy:
        while piece := published.read(PIECE):
            digest.update(piece)
            copy.write(piece)
    proof = proof_of(source, digest.hexdigest())
    if proof != "changed" and _is_whole(work_file):
        pack(work_file)
        return proof
    work_file.unlink()
    return None


def _is_whole(file: Path) -> bool:
    try:
        with connect_to_read(file) as connection:
            connection.execute("select count(*) from evidence.nights")
    except duckdb.Error:
        return False
    return True
