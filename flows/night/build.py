"""Run dbt over tonight's work file and read what came of it, node by node.

dbt runs in the process that calls it, which for a night is one of its own (`flows.night.builder`). It is made to let go
of the work file afterwards, or nobody could publish it. Whether the run *succeeded* says too little (it is the same for
a test that found something as for a test that broke, and for a selection that matched nothing), so the status of each
node is read instead, beside the manifest, which says what should have run:

- a tie-out test that *warns* is the product working: it found something in the client's books;
- an integrity test that fails, a node that broke or was skipped, and a node without a result are our own fault.
"""

import contextlib
import os
import sys
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from flows.night.precompiled import manifest_for
from flows.night.project import PROJECT
from flows.night.reuse import LEFT, left_as_they_were, marked
from pipelines.errors import GiveUp

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest

T = TypeVar("T")

SUCCESS = {"success", "pass"}
FOUND = {"warn", "fail"}  # of a tie-out, which fails where the environment asks dbt to make errors of warnings


@dataclass(frozen=True)
class DbtRun:
    """What dbt says of one build: the tags of each model, snapshot, seed and test that it was to come to, the status of
    each node that it came to, the seconds that all took; and how many nodes it was told to leave."""

    tags: dict[str, set[str]]
    statuses: dict[str, str]
    seconds: float
    left: int = 0


@dataclass(frozen=True)
class BuildResult:
    """What one dbt build did: nodes run, and those left as they were; which of our own checks did not hold, which
    tie-outs found something."""

    nodes: int
    left: int
    seconds: float
    faults: tuple[str, ...]
    tie_outs_failed: tuple[str, ...]

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> "BuildResult":
        """What `dataclasses.asdict` made, after a way through a pipe."""
        return cls(**{**raw, "faults": tuple(raw["faults"]), "tie_outs_failed": tuple(raw["tie_outs_failed"])})


def prepare() -> None:
    """Import what a build needs, ahead of time: dbt, and the functions that the models call."""
    import dbt.adapters.duckdb.impl
    import dbt.cli.main  # noqa: F401

    import flows.night.dbt_functions  # noqa: F401


def parse(work_file: Path, target: Path) -> "Manifest":
    """The project as dbt parses it, for a build into `work_file`, which is not read; as an earlier process parsed it,
    if it is the same (`flows.night.precompiled`). dbt's own cache is not asked: it believes the times of files.

    Raises GiveUp when dbt leaves nothing to read.
    """
    from dbt.contracts.graph.manifest import Manifest

    kept = manifest_for(work_file)
    if manifest := kept.read():
        return manifest
    manifest = _run_dbt(["parse", "--no-partial-parse"], work_file, target, Manifest)
    kept.write(manifest)
    (target / "partial_parse.msgpack").unlink(missing_ok=True)  # that cache, which dbt writes all the same
    return manifest


def build(
    work_file: Path,
    target: Path,
    select: str | None = None,
    manifest: "Manifest | None" = None,
    as_before: Collection[str] = (),
) -> BuildResult:
    """Build every model, snapshot and data test into `work_file`, or the models that `select` names. A project that
    was parsed before need not be parsed again. What stands on nothing but tables that are `as_before`, since the same
    project built it, is left as it is (`flows.night.reuse`).

    What came of it is taken from dbt's own hands: writing its manifest and its results as JSON and reading them again
    takes longer than a small firm's SQL. Raises GiveUp when dbt leaves no result to read.
    """
    from dbt.artifacts.schemas.run import RunExecutionResult

    manifest = manifest or parse(work_file, target)
    left = left_as_they_were(manifest, as_before)
    words = ["build", "--exclude-resource-type", "unit_test"]
    if select:
        words += ["--select", select, "--resource-type", "model"]
    elif left:
        words += ["--indirect-selection", "empty", "--exclude", f"tag:{LEFT}"]
    with marked(manifest, left):
        ran = _run_dbt(words, work_file, target, RunExecutionResult, manifest)
    done = DbtRun(
        {
            unique_id: set(node.tags)
            for unique_id, node in manifest.nodes.items()
            if node.resource_type in ("model", "snapshot", "seed", "test")
            and node.config.enabled
            and unique_id not in left
        },
        {result.node.unique_id: str(result.status) for result in ran.results},
        ran.elapsed_time,
        len(left),
    )
    return read_results(done, is_whole=select is None)


def _run_dbt(words: list[str], work_file: Path, target: Path, kind: type[T], manifest: "Manifest | None" = None) -> T:
    """One command of dbt's, and the result of that `kind` that it left. What it said is in `target`."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    from flows.night.dbt_events import leave_out_debugging

    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    output = target / f"{words[0]}.txt"
    where = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--no-write-json", "--no-use-colors"]
    where += ["--target-path", str(target), "--log-path", str(target)]
    where += ["--log-level-file", "none"]
    leave_out_debugging()
    with _said_into(output), _beside(work_file):
        try:
            done = dbtRunner(manifest).invoke([*words, *where])
        finally:
            DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
    if not isinstance(done.result, kind):
        raise GiveUp(
            f"dbt was expected to {words[0]} the project and to say what came of it; it said nothing"
            f"{f' and ended with {type(done.exception).__name__}' if done.exception else ''}. What it said is in "
            f"{output}."
        )
    return done.result


@contextlib.contextmanager
def _beside(work_file: Path) -> Iterator[None]:
    """The same relative path each night: what dbt parsed for it serves any."""
    before = os.environ.get("TIEOUT_WAREHOUSE")
    os.environ["TIEOUT_WAREHOUSE"] = work_file.name
    try:
        with contextlib.chdir(work_file.parent):
            yield
    finally:
        if before is None:
            del os.environ["TIEOUT_WAREHOUSE"]
        else:
            os.environ["TIEOUT_WAREHOUSE"] = before


@contextlib.contextmanager
def _said_into(output: Path) -> Iterator[None]:
    """All that dbt says, also what it or another prints past Python, goes into a file of the firm's."""
    sys.stdout.flush()
    kept = [os.dup(descriptor) for descriptor in (1, 2)]
    try:
        with output.open("w") as file:
            for descriptor in (1, 2):
                os.dup2(file.fileno(), descriptor)
        yield
    finally:
        sys.stdout.flush()
        for descriptor, before in zip((1, 2), kept, strict=True):
            os.dup2(before, descriptor)
            os.close(before)


def read_results(done: DbtRun, *, is_whole: bool = True) -> BuildResult:
    """Sort the statuses of one build into our faults and the books' findings. Of a build that is not whole, only what
    ran can have a fault; one in which nothing ran is a fault all the same."""
    statuses = done.statuses
    expected = {u: tags for u, tags in done.tags.items() if is_whole or u in statuses}
    if not expected:
        raise GiveUp("dbt's manifest was expected to name models and tests; it names none. Is the dbt project whole?")
    tie_outs = {u for u, tags in expected.items() if "tie_out" in tags}
    found = tuple(sorted(_name(u) for u in tie_outs if statuses.get(u) in FOUND))
    faults = tuple(
        f"{_name(u)}: {statuses.get(u, 'did not run')}"
        for u in sorted(expected)
        if statuses.get(u) not in SUCCESS and not (u in tie_outs and statuses.get(u) in FOUND)
    )
    causes_first = tuple(sorted(faults, key=lambda fault: fault.endswith(": skipped")))
    return BuildResult(len(statuses), done.left, done.seconds, causes_first, found)


def _name(unique_id: str) -> str:
    return unique_id.split(".")[2]
