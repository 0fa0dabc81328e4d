"""`make demo`: the demo firm, one night over HTTP, the verdict and the worklist.

Runs the installed `tieout` command as a user would, against a sandbox started here. Findings are what the
demo is for, so a night that ends with exceptions is a good demo.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from sandbox.firms.catalogue import DEMO_KEY, firm_named
from sandbox.serving.server import Sandbox

FOLDER = Path("demo")
FOUND_SOMETHING = 1


def main() -> int:
    config = FOLDER / "tieout.toml"
    data = FOLDER / "data"
    print("Inventing the demo firm's books ...", flush=True)
    key, firm = firm_named("demo", datetime.now(UTC))
    shutil.rmtree(data, ignore_errors=True)
    data.mkdir(parents=True, mode=0o700)
    with Sandbox({key: firm}) as sandbox:
        write_private(config, sandbox.config_toml(data.resolve()))
        environment = {**os.environ, **sandbox.environment()}
        print(f"The sandbox serves Clio on {sandbox.clio_url} and Xero on {sandbox.xero_url}\n", flush=True)
        night = tieout(["run", DEMO_KEY, "--config", str(config)], environment)
        if night not in (0, FOUND_SOMETHING):
            print(f"The night ended with status {night}: see above.", file=sys.stderr)
            return night
        shown = tieout(["worklist", DEMO_KEY, "--config", str(config)], environment)
    print(f"\nThe warehouse is {data / DEMO_KEY / 'warehouse.duckdb'}")
    print(f"The pages to work from: {command()} desk --config {config}")
    return shown


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read, complete or not at all."""
    path.parent.mkdir(exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "w") as file:
        file.write(text)
    Path(name).replace(path)


def command() -> str:
    """The program that is installed beside this Python."""
    return os.path.relpath(Path(sys.executable).parent / "tieout")


def tieout(words: list[str], environment: dict[str, str]) -> int:
    """Run it as a user would."""
    return subprocess.run([command(), *words], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
