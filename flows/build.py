"""Run dbt over tonight's work file and read what came of it, node by node.

dbt runs as a child process: it holds DuckDB's lock for as long as it lives, and a child can be ended when it takes
too long. Its exit code says too little (1 is a test that found something as well as a test that broke, and 0 is
also a selection that matched nothing), so the statuses in `run_results.json` are read instead, beside the
manifest, which says what should have run:

- a tie-out test that *fails* is the product working: it found something in the client's books;
- an integrity test that fails, a node that broke or was skipped, and a node without a result are our own fault.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.errors import GiveUp, TryAgain

ROOT = Path(__file__).resolve().parents[1]
TIMEOUT_SECONDS = 1800
SUCCESS = {"success", "pass"}


@dataclass(frozen=True)
class BuildResult:
    """What one dbt build did: nodes run, which of our own checks did not hold, which tie-outs found something."""

    nodes: int
    seconds: float
    faults: tuple[str, ...]
    tie_outs_failed: tuple[str, ...]


def build(work_file: Path, target: Path, select: str | None = None) -> BuildResult:
    """Build every model, snapshot and data test into `work_file`, or the models that `select` names; `target` keeps
    dbt's parse cache between nights.

    Raises TryAgain when dbt takes too long, GiveUp when it leaves no result to read.
    """
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    results_file = target / "run_results.json"
    results_file.unlink(missing_ok=True)
    with (target / "output.txt").open("w") as output:
        exit_code = _run_dbt(work_file, target, output.fileno(), select)
    if not results_file.exists():
        raise GiveUp(
            f"dbt was expected to leave its results in {results_file}; it left none and ended with exit code "
            f"{exit_code}. What it said is in {target / 'output.txt'}."
        )
    manifest, results = json.loads((target / "manifest.json").read_text()), json.loads(results_file.read_text())
    return read_results(manifest, results, is_whole=select is None)


def _run_dbt(work_file: Path, target: Path, output: int, select: str | None) -> int:
    command = [sys.executable, "-m", "dbt.cli.main", "build"]
    command += ["--project-dir", str(ROOT / "dbt_project"), "--profiles-dir", str(ROOT)]
    command += ["--target-path", str(target), "--log-path", str(target), "--log-level-file", "none"]
    command += ["--exclude-resource-type", "unit_test", "--no-use-colors"]
    command += ["--select", select, "--resource-type", "model"] if select else []
    try:
        finished = subprocess.run(
            command,
            # The same relative path each night: dbt parses everything again when a value of the profile changes.
            cwd=work_file.parent,
            env={**os.environ, "TIEOUT_WAREHOUSE": work_file.name},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise TryAgain(
            f"dbt was expected to finish within {TIMEOUT_SECONDS} s and was ended; nothing is published."
        ) from late
    return finished.returncode


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
    found = tuple(sorted(_name(u) for u in tie_outs if statuses.get(u) == "fail"))
    faults = tuple(
        f"{_name(u)}: {statuses.get(u, 'did not run')}"
        for u in sorted(expected)
        if statuses.get(u) not in SUCCESS and not (u in tie_outs and statuses.get(u) == "fail")
    )
    causes_first = tuple(sorted(faults, key=lambda fault: fault.endswith(": skipped")))
    return BuildResult(len(statuses), run_results["elapsed_time"], causes_first, found)


def _name(unique_id: str) -> str:
    return unique_id.split(".")[2]
