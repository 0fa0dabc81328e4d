"""The dbt project, and a digest of all that decides what it makes of given tables."""

import hashlib
import platform
from functools import cache
from importlib.metadata import version
from pathlib import Path

CODE = Path(__file__).resolve().parents[2]
PROJECT = CODE / "dbt_project"  # in a checkout and in an installed package alike
BUILT_WITH = (
    "duckdb",
    "dbt-core",
    "dbt-adapters",
    "dbt-common",
    "dbt-duckdb",
    "dbt-extractor",
    "jinja2",
    "numpy",
    "pyarrow",
    "scipy",
)
TARGET = "target"  # in the project, what dbt by hand or `flows.night.precompiled` made of it
NO_PART = {TARGET, "logs", "spill", "__pycache__"}  # folders of what others than its authors leave in it


@cache
def digest_of_project() -> str:
    """`digest_on_disk` as it was when this process first asked: one that lives through an upgrade goes on with what it
    imported and parsed, and must not put the name of the new version to it."""
    return digest_on_disk()


def digest_on_disk() -> str:
    """All that decides what a build makes of given tables: dbt's project, the functions that its models call, and the
    libraries in which both run."""
    digest = hashlib.sha256(platform.python_version().encode())
    for name in BUILT_WITH:
        digest.update(f"{name} {version(name)}\n".encode())
    night = CODE / "flows" / "night"
    files = [night / name for name in ("build.py", "dbt_functions.py", "precompiled.py")]
    for folder in (PROJECT, CODE / "pipelines" / "matching"):
        files += [
            file for file in folder.rglob("*") if file.is_file() and not NO_PART & {*file.relative_to(folder).parts}
        ]
    for file in sorted(files):
        digest.update(f"{file.relative_to(CODE)}\n".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()
