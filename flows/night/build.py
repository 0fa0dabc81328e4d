"""Run dbt over tonight's work file and read what came of it, node by node.

dbt runs in this process, which is the night's own (`flows.night.process`): importing it costs over a second and
starting Python anew another, and a night that takes too long is ended as a whole. It is made to let go of the work file
afterwards, or nobody could publish it. Whether the run *succeeded* says too little (it is the same for a test that
found something as for a test that broke, and for a selection that matched nothing), so the status of each node is read
instead, beside the manifest, which says what should have run:

- a tie-out test that *warns* is the product working: it found something in the client's books;
- an integrity test that fails, a node that broke or was skipped, and a node without a result are our own fault.
"""

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.errors import GiveUp

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"  # in a checkout and in an installed package alike
SUCCESS = {"success", "pass"}
FOUND = {"warn", "fail"}  # of a tie-out, which fails where the environment asks dbt to make errors of warnings


@dataclass(frozen=True)
class DbtRun:
    """What dbt says of one build: the tags of each model, snapshot and test of the project, the status of each node
    that it came to, and the seconds that all took."""

    tags: dict[str, set[str]]
    statuses: dict[str, str]
    seconds: float


@dataclass(frozen=True)
class BuildResult:
    """What one dbt build did: nodes run, which of our own checks did not hold, which tie-outs found something."""

    nodes: int
    seconds: float
    faults: tuple[str, ...]
    tie_outs_failed: tuple[str, ...]


def prepare() -> None:
    """Import what `build` needs, ahead of time: dbt, and the functions that the models call."""
    import dbt.adapters.duckdb.impl
    import dbt.cli.main  # noqa: F401

    import flows.night.dbt_functions  # noqa: F401


def build(work_file: Path, target: Path, select: str | None = None) -> BuildResult:
    """Build every model, snapshot and data test into `work_file`, or the models that `select` names; `target` keeps
    dbt's parse cache between nights.

    Raises GiveUp when dbt leaves no result to read.
    """
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    output = target / "output.txt"
    with _said_into(output) as say, _beside(work_file):
        done = _run_dbt(target, select, say)
    if not isinstance(done, DbtRun):
        raise GiveUp(
            "dbt was expected to say what came of each model and test; it said nothing"
            f"{f' and ended with {type(done).__name__}' if done else ''}. What it said is in {output}."
        )
    return read_results(done, is_whole=select is None)


def _run_dbt(target: Path, select: str | None, say: Callable[[str], object]) -> DbtRun | BaseException | None:
    """One dbt build; what came of it, or what kept dbt itself from ending well, if anything did.

    Both are taken from dbt's own hands: writing its manifest and its results as JSON and reading them again takes
    longer than a small firm's SQL.
    """
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.artifacts.schemas.run import RunExecutionResult
    from dbt.cli.main import dbtRunner
    from dbt.contracts.graph.manifest import Manifest

    words = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--no-write-json", "--no-use-colors"]
    words += ["--target-path", str(target), "--log-path", str(target)]
    # dbt's own loggers word the thousands of events that nobody reads, too.
    words += ["--log-level", "none", "--log-level-file", "none"]

    def hear(event: Any) -> None:
        if event.info.level != "debug":
            say(f"{event.info.msg}\n")

    chosen = ["--select", select, "--resource-type", "model"] if select else []
    try:
        parsed = dbtRunner(callbacks=[hear]).invoke(["parse", *words])
        if not isinstance(parsed.result, Manifest):
            return parsed.exception
        ran = dbtRunner(parsed.result, [hear]).invoke(
            ["build", *words, "--exclude-resource-type", "unit_test", *chosen]
        )
    finally:
        DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]
    if not isinstance(ran.result, RunExecutionResult):
        return ran.exception
    return DbtRun(
        {
            unique_id: set(node.tags)
            for unique_id, node in parsed.result.nodes.items()
            if node.resource_type in ("model", "snapshot", "test") and node.config.enabled
        },
        {result.node.unique_id: str(result.status) for result in ran.result.results},
        ran.result.elapsed_time,
    )


@contextlib.contextmanager
def _beside(work_file: Path) -> Iterator[None]:
    """The same relative path each night: dbt parses everything again when a value of the profile changes."""
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
def _said_into(output: Path) -> Iterator[Callable[[str], object]]:
    """All that dbt says, also what it or another prints past Python, goes into a file of the firm's."""
    sys.stdout.flush()
    kept = [os.dup(descriptor) for descriptor in (1, 2)]
    try:
        with output.open("w", buffering=1) as file:
            for descriptor in (1, 2):
                os.dup2(file.fileno(), descriptor)
            yield file.write
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
    return BuildResult(len(statuses), done.seconds, causes_first, found)


def _name(unique_id: str) -> str:
    return unique_id.split(".")[2]
