"""The wheel, built and installed where no checkout is near, reads a night of the sandbox's books from end to end."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = ("pipelines", "flows", "sandbox", "dbt_project")
LEFT_BEHIND = shutil.ignore_patterns("__pycache__", "target", "logs", ".*")
MADE = ("templates", "warehouse.duckdb.manifest")
FIRM = "stuck-ready"
SHADOW = "raise SystemExit('a folder of the working directory was imported')\n"

pytestmark = pytest.mark.timeout(600)


def files_in(folder: Path) -> set[str]:
    """Every file below a folder, but what Python compiled."""
    files = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pyc")
    return {path.relative_to(folder).as_posix() for path in files}


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is built from, alone: an earlier build beside it would find its way into the wheel."""
    folder = tmp_path_factory.mktemp("source")
    for name in SHIPPED:
        shutil.copytree(ROOT / name, folder / name, ignore=LEFT_BEHIND)
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, folder)
    return folder


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-index", "--no-build-isolation"]
    subprocess.run([*command, "--wheel-dir", str(folder), str(source)], check=True, cwd=folder)
    [file] = folder.glob("tieout-*.whl")
    return file


@dataclass
class Installed:
    """A clean environment, and a working directory whose folders are called as the package's are."""

    environment: Path
    here: Path

    @property
    def site(self) -> Path:
        return Path(sysconfig.get_path("purelib", vars={"base": str(self.environment)}))

    @property
    def bin(self) -> Path:
        return Path(sysconfig.get_path("scripts", vars={"base": str(self.environment)}))

    def tieout(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """The command, as it is installed."""
        asked = {**os.environ, **environment}
        return subprocess.run(
            [self.bin / "tieout", *words], cwd=self.here, env=asked, capture_output=True, text=True, check=False
        )


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel, by pip, and the locked libraries from where they are already; of the checkout nothing."""
    environment, here = tmp_path_factory.mktemp("environment"), tmp_path_factory.mktemp("here")
    one = Installed(environment, here)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(environment)], check=True)
    libraries = Path(duckdb.__file__).parents[1]
    (one.site / "libraries.pth").write_text(f"{libraries}\n")  # its own .pth files are not read, the checkout's neither
    command = [sys.executable, "-m", "pip", "--python", str(one.bin / "python"), "install", "--quiet", "--no-deps"]
    subprocess.run([*command, "--no-index", str(wheel)], check=True, cwd=here)
    for name in SHIPPED:
        (here / name).mkdir()
        (here / name / "__init__.py").write_text(SHADOW)
    return one


@contextmanager
def sandbox_of(installed: Installed, firm: str) -> Iterator[str]:
    """`tieout sandbox` of the installed package for as long as it is needed; what it printed."""
    printed = installed.here / "sandbox.txt"
    words = [installed.bin / "tieout", "sandbox", "--firm", firm]
    with printed.open("wb") as output:
        process = subprocess.Popen(words, cwd=installed.here, stdout=output, stderr=subprocess.STDOUT)
        try:
            while "Interrupt (Ctrl-C)" not in printed.read_text():
                assert process.poll() is None, printed.read_text()
                time.sleep(0.05)
            yield printed.read_text()
        finally:
            process.terminate()
            process.wait(30)
            printed.unlink()  # it holds the secrets of an invented firm


def test_the_wheel_holds_every_file_and_nothing_else(source: Path, wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert names == {f"{name}/{file}" for name in SHIPPED for file in files_in(source / name)}


def test_the_needs_of_the_sandbox_are_an_extra(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        [name] = [name for name in archive.namelist() if name.endswith(".dist-info/METADATA")]
        needs = re.findall(r"^Requires-Dist: (.+)$", archive.read(name).decode(), re.MULTILINE)
    assert [need for need in needs if need.startswith("faker")] == ['faker; extra == "sandbox"']


def test_a_night_by_the_installed_package_alone(installed: Installed) -> None:
    shipped = files_in(installed.site)
    assert installed.tieout("--version").stdout.startswith("tieout ")
    with sandbox_of(installed, FIRM) as printed:
        settings = re.search(r"# tieout.toml\n(.*?)# the environment\n", printed, re.DOTALL)
        assert settings
        (installed.here / "tieout.toml").write_text(settings[1])
        secrets = dict(
            shlex.split(line)[1].split("=", 1) for line in printed.splitlines() if line.startswith("export ")
        )
        night = installed.tieout("run", FIRM, "--format", "json", PREFECT_API_URL="", **secrets)
    assert night.returncode == 1, night.stdout + night.stderr
    assert json.loads(night.stdout)[0]["verdict"] == "exceptions"
    listed = installed.tieout("worklist", FIRM, "--format", "json")
    assert [row["code"] for row in json.loads(listed.stdout)] == ["stuck_in_draft_ready"]
    # A package folder that nobody may write to will do: beside what Python compiled, only what dbt made of the project
    # was left there, which is made again where it cannot be.
    assert files_in(installed.site) == shipped | {f"dbt_project/target/{name}" for name in MADE}
