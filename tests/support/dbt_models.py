"""Build some of the models, without their tests, into a file that a test wrote."""

import os
import subprocess
import sys
from pathlib import Path

from flows.night.project import PROJECT


def build_models(work_file: Path, *selected: str) -> None:
    """Run dbt over the file for these models and all that they are made from."""
    target = work_file.parent / "dbt"
    command = [sys.executable, "-m", "dbt.cli.main", "--quiet", "run", "--no-use-colors"]
    command += ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)]
    command += ["--target-path", str(target), "--log-path", str(target), "--log-level-file", "none"]
    command += ["--select", *(f"+{name}" for name in selected)]
    done = subprocess.run(
        command,
        cwd=work_file.parent,
        env={**os.environ, "TIEOUT_WAREHOUSE": work_file.name},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
