"""dbt builds in a process of its own beside the night's: what it comes to is said, however it ends."""

import shutil
from pathlib import Path

import psutil
import pytest

from flows.night import build
from flows.night.builder import Builder
from flows.night.order import Order
from flows.night.project import PROJECT
from flows.night.steps import night_of
from flows.night.verdict import NightResult
from tests.flow.world import FIRM, World

GARBAGE_OF_A_BUILD = 40  # MiB, that would stay of each if nobody looked for it


def builders() -> list[psutil.Process]:
    return [child for child in psutil.Process().children() if "flows.night.builder" in child.cmdline()]


def night(world: World, builder: Builder) -> NightResult:
    return night_of(Order(FIRM, str(world.config)), lambda step, told: None, builder)


def test_what_it_parsed_serves_the_nights_that_follow(calm: World) -> None:
    findings, held = [], []
    with Builder() as builder:
        [process] = builders()
        for _ in range(5):
            assert night(calm, builder).verdict == "exceptions"
            findings.append(calm.published("select code, subject_key, subject_label from recon.worklist order by all"))
            held.append(process.memory_info().rss / 2**20)
        assert builders() == [process]
    assert findings[0] and all(found == findings[0] for found in findings)
    assert held[-1] - held[1] < GARBAGE_OF_A_BUILD, held
    assert not process.is_running()


def test_what_one_process_parsed_serves_the_next(calm: World) -> None:
    said = calm.firm.folder / "dbt" / "parse.txt"
    with Builder() as builder:
        assert night(calm, builder).verdict == "exceptions"
    found = calm.published("select code, subject_key, subject_label from recon.worklist order by all")
    said.unlink(missing_ok=True)
    with Builder() as builder:
        assert night(calm, builder).verdict == "exceptions"
    assert found == calm.published("select code, subject_key, subject_label from recon.worklist order by all") != []
    assert not said.exists() and said.with_name("build.txt").exists()


def test_a_night_whose_builder_was_killed_is_incomplete_and_the_next_is_whole(calm: World) -> None:
    with Builder() as builder:
        [process] = builders()

        def kill(step: str, told: str) -> None:
            if step == "load":
                process.kill()

        killed = night_of(Order(FIRM, str(calm.config)), kill, builder)
        assert (killed.verdict, killed.can_try_again) == ("incomplete", True)
        assert "signal 9" in killed.reasons[0]
        assert night(calm, builder).verdict == "exceptions"


@pytest.mark.parametrize("is_kept", [True, False])
def test_a_project_that_an_upgrade_rearranged_is_parsed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_kept: bool
) -> None:
    """dbt's cache of the version before stands in the way where a snapshot moved from YAML to SQL."""
    project = shutil.copytree(PROJECT, tmp_path / "dbt_project", ignore=shutil.ignore_patterns("target"))
    monkeypatch.setattr(build, "PROJECT", project)
    work_file, target = tmp_path / "warehouse.duckdb", tmp_path / "target"
    config = "config: {unique_key: firm_id, strategy: check, check_cols: all}"
    described = project / "snapshots" / "moved.yml"
    described.write_text(f"snapshots: [{{name: moved, relation: ref('int_tonight'), {config}}}]")
    if is_kept:
        assert "snapshot.tieout.moved" in build.parse(work_file, target).nodes
    described.write_text(f"snapshots: [{{name: moved, description: It moved., {config}}}]")
    (project / "snapshots" / "moved.sql").write_text(
        "{% snapshot moved %} select * from {{ ref('int_tonight') }} {% endsnapshot %}"
    )
    moved = build.parse(work_file, target).nodes["snapshot.tieout.moved"]
    assert moved.original_file_path == "snapshots/moved.sql"
