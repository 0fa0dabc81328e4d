"""What stands on nothing but tables that hold what they held is left; everything else, and every check, runs."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from flows.night import build, project
from flows.night.reuse import LEFT, left_as_they_were, marked

if TYPE_CHECKING:
    from dbt.contracts.graph.manifest import Manifest


@pytest.fixture(scope="module")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> "Manifest":
    folder = tmp_path_factory.mktemp("parsed")
    return build.parse(folder / "warehouse.duckdb", folder / "target")


def all_sources(manifest: "Manifest") -> set[str]:
    return {f"{source.schema}.{source.identifier}" for source in manifest.sources.values()}


def names(unique_ids: set[str]) -> set[str]:
    return {unique_id.split(".")[2] for unique_id in unique_ids}


def test_where_nothing_is_as_before_everything_is_built(manifest: "Manifest") -> None:
    assert left_as_they_were(manifest, []) == set()


def test_what_remembers_earlier_nights_and_what_checks_runs_though_nothing_changed(manifest: "Manifest") -> None:
    left = left_as_they_were(manifest, all_sources(manifest))
    runs = [node for unique_id, node in manifest.nodes.items() if unique_id not in left]
    assert {node.resource_type for node in runs} == {"model", "snapshot", "test", "operation"}
    remembering = {"exceptions_remembered", "int_exceptions_closed", "run_statements"}
    assert remembering <= {node.name for node in runs}


def test_a_quiet_night_leaves_the_pairs_and_their_lines(manifest: "Manifest") -> None:
    left = names(left_as_they_were(manifest, all_sources(manifest) - {"evidence.nights", "evidence.lists"}))
    assert {"findings", "stg_clio__bills", "int_documents_classified", "int_lines_paired", "line_diffs"} <= left
    assert not left & {"int_tonight", "int_findings", "int_trust_figures", "worklist", "run_statements"}


def test_whatever_stands_on_a_table_that_changed_is_built_again(manifest: "Manifest") -> None:
    sources = all_sources(manifest)
    for source in manifest.sources.values():
        left = left_as_they_were(manifest, sources - {f"{source.schema}.{source.identifier}"})
        for unique_id in left:
            assert source.unique_id not in manifest.nodes[unique_id].depends_on_nodes
            assert {parent for parent in manifest.nodes[unique_id].depends_on_nodes if parent in manifest.nodes} <= left


def test_what_is_left_is_marked_while_dbt_selects_and_no_longer(manifest: "Manifest") -> None:
    left = left_as_they_were(manifest, all_sources(manifest) - {"evidence.nights"})
    with marked(manifest, left):
        assert {unique_id for unique_id, node in manifest.nodes.items() if LEFT in node.tags} == left
    assert not any(LEFT in node.tags for node in manifest.nodes.values())


def test_another_project_has_another_digest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "dbt_project"
    model = folder / "models" / "one.sql"
    model.parent.mkdir(parents=True)
    model.write_text("select 1")
    night = [f"flows/night/{name}.py" for name in ("build", "dbt_functions", "precompiled")]
    for module in ("pipelines/matching/partners.py", *night):
        (tmp_path / module).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / module).touch()
    monkeypatch.setattr(project, "CODE", tmp_path)
    monkeypatch.setattr(project, "PROJECT", folder)
    digest = project.digest_of_project.__wrapped__
    seen = [digest()]
    assert digest() == seen[0]
    for change in (
        lambda: model.write_text("select 2"),
        lambda: model.rename(folder / "models" / "two.sql"),
        lambda: model.with_suffix(".md").write_text("{% docs one %}One.{% enddocs %}"),
        lambda: model.with_suffix(".YAML").write_text("version: 2"),
        lambda: (tmp_path / "pipelines/matching/partners.py").write_text("x = 1"),
        *(partial((tmp_path / module).write_text, "x = 1") for module in night),
        lambda: monkeypatch.setattr(project, "version", lambda name: "0"),
    ):
        change()
        seen.append(digest())
    assert len(set(seen)) == len(seen)
    for left in ("target/compiled/one.sql", "logs/dbt.log", "spill/1.tmp", "../pipelines/matching/__pycache__/a.pyc"):
        (folder / left).parent.mkdir(parents=True)
        (folder / left).touch()
    assert digest() == seen[-1]


def test_a_process_that_lives_through_an_upgrade_goes_by_what_it_began_with(monkeypatch: pytest.MonkeyPatch) -> None:
    began_with = project.digest_of_project()
    monkeypatch.setattr(project, "version", lambda name: "0")
    assert project.digest_of_project() == began_with != project.digest_of_project.__wrapped__()
