"""Run dbt over tonight's work file and read what came of it, node by node.

dbt runs in this process, which is the night's own (`flows.night.process`): importing it costs over a second and
starting Python anew another, and a night that takes too long is ended as a whole. It is made to let go of the work file
afterwards, or nobody could publish it. Whether the run *succeeded* says too little (it is the same for a test that
found something as for a test that broke, and for a selection that matched nothing), so the statuses in
`run_results.json` are read instead, beside the manifest, which says what should have run:

- a tie-out test that *warns* is the product working: it found something in the client's books;
- an integrity test that fails, a node that broke or was skipped, and a node without a result are our own fault.
"""

import contextlib
import json
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.errors import GiveUp

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"  # in a checkout and in an installed package alike
SUCCESS = {"success", "pass"}
FOUND = {"warn", "fail"}  # of a tie-out, which fails where the environment asks dbt to make errors of warnings


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
    results_file = target / "run_results.json"
    results_file.unlink(missing_ok=True)
    output = target / "output.txt"
    with _said_into(output), _beside(work_file):
        error = _run_dbt(target, select)
    if not results_file.exists():
        raise GiveUp(
            f"dbt was expected to leave its results in {results_file}; it left none"
            f"{f' and ended with {type(error).__name__}' if error else ''}. What it said is in {output}."
        )
    manifest, results = json.loads((target / "manifest.json").read_text()), json.loads(results_file.read_text())
    return read_results(manifest, results, is_whole=select is None)


def _run_dbt(target: Path, select: str | None) -> BaseException | None:
    """One dbt build; what kept dbt itself from ending well, if anything did."""
    from dbt.adapters.duckdb.connections import DuckDBConnectionManager
    from dbt.cli.main import dbtRunner

    words = ["build", "--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
    words += ["--target-path", str(target), "--log-path", str(target), "--log-level-file", "none"]
    words += ["--exclude-resource-type", "unit_test", "--no-use-colors"]
    words += ["--select", select, "--resource-type", "model"] if select else []
    try:
        return dbtRunner().invoke(words).exception
    finally:
        DuckDBConnectionManager.close_all_connections()  # type: ignore[no-untyped-call]


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
def _said_into(output: Path) -> Iterator[None]:
    """All that dbt prints, also what it prints past Python, goes into a file of the firm's."""
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


def read_results(manifest: dict[str, Any], run_results: dict[str, Any], *, is_whole: bool = True) -> BuildResult:
    """Sort the statuses of one build into our faults and the books' findings. Of a build that is not whole, only what
    ran can have a fault; one in which nothing ran is a fault all the same."""
    statuses = {result["unique_id"]: result["status"] for result in run_results["results"]}
    tags = {unique_id: set(node["tags"]) for unique_id, node in manifest["nodes"].items()}
    expected = {
        unique_id
        for unique_id, node in manifest["nodes"].items()
        if node["resource_type"] in ("model", "snapshot", "test") and node["config"]["enabled"]
        if is_whole or unique_id in statuses
    }
    if not expected:
        raise GiveUp("dbt's manifest was expected to name models and tests; it names none. Is the dbt project whole?")
    tie_outs = {u for u in expected if "tie_out" in tags[u]}
    found = tuple(sorted(_name(u) for u in tie_outs if statuses.get(u) in FOUND))
    faults = tuple(
        f"{_name(u)}: {statuses.get(u, 'did not run')}"
        for u in sorted(expected)
        if statuses.get(u) not in SUCCESS and not (u in tie_outs and statuses.get(u) in FOUND)
    )
    causes_first = tuple(sorted(faults, key=lambda fault: fault.endswith(": skipped")))
    return BuildResult(len(statuses), run_results["elapsed_time"], causes_first, found)


def _name(unique_id: str) -> str:
    return unique_id.split(".")[2]
