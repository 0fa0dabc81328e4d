"""dbt builds in a process of its own beside the night's: what it comes to is said, however it ends."""

import shutil
from pathlib import Path

import psutil
import pytest
from dbt.parser.manifest import extended_mashumaro_encoder

from flows.night import build, precompiled
from flows.night.builder import Builder
from flows.night.order import Order
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


def test_a_project_is_parsed_once_and_builds_as_when_it_was(
    calm: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """dbt parses all of it, and its own cache in the firm's folder is not asked."""
    monkeypatch.setattr(precompiled, "PLACE", tmp_path / "place")
    assert calm.night().verdict == "exceptions"
    work_file, target = tmp_path / "warehouse.duckdb", tmp_path / "dbt"
    target.mkdir()
    first = build.parse(work_file, target)
    assert (target / "parse.txt").exists() and not (target / "partial_parse.msgpack").exists()
    second = build.parse(work_file, tmp_path / "not asked")
    assert not (tmp_path / "not asked").exists()
    assert first.to_msgpack(extended_mashumaro_encoder) == second.to_msgpack(extended_mashumaro_encoder)
    shutil.rmtree(tmp_path / "place")
    first.nodes["model.tieout.worklist"].description = "of another version"
    (target / "partial_parse.msgpack").write_bytes(first.to_msgpack(extended_mashumaro_encoder))
    described = build.parse(work_file, target).nodes["model.tieout.worklist"].description
    assert described == second.nodes["model.tieout.worklist"].description != "of another version"
    assert not (target / "partial_parse.msgpack").exists()
    shutil.copy(calm.firm.warehouse, work_file)
    work_file.chmod(0o600)
    built = build.build(work_file, target, manifest=second)
    assert built.faults == () and built.nodes > 100
    assert build.parse(Path("another.duckdb"), target).nodes["model.tieout.worklist"].database == "another"
