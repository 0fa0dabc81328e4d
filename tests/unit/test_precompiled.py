"""What dbt makes of the project serves later processes, and never those of another project or version."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import jinja2
import pytest
from jinja2.nativetypes import NativeEnvironment

from flows.night import build, precompiled, project
from flows.night.precompiled import Templates, parsed

WORK_FILE = Path("warehouse.duckdb")


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project's folder for what is made of it, with nothing in it yet."""
    monkeypatch.setattr(precompiled, "PLACE", tmp_path / "target")
    return tmp_path / "target"


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The work files for which dbt was asked to parse; it comes to another thing each time."""
    asked: list[Path] = []

    def parse(work_file: Path, target: Path) -> Any:
        asked.append(work_file)
        return {"parsed": len(asked)}

    monkeypatch.setattr(build, "parse", parse)
    return asked


class Jinja:
    """Jinja in one process after another: the texts that it compiled."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.compiled: list[str] = []
        self._monkeypatch = monkeypatch
        self._compile: Callable[..., Any] = jinja2.Environment.compile

    def a_new_process(self) -> Templates:
        def compile_and_say(environment: jinja2.Environment, source: str, *named: Any, **how: Any) -> Any:
            self.compiled.append(source)
            return self._compile(environment, source, *named, **how)

        self._monkeypatch.setattr(jinja2.Environment, "compile", compile_and_say)
        templates = Templates()
        templates.install()
        return templates


@pytest.fixture
def jinja(place: Path, monkeypatch: pytest.MonkeyPatch) -> Jinja:
    return Jinja(monkeypatch)


def test_dbt_parses_a_project_once(place: Path, asked: list[Path]) -> None:
    assert [parsed(WORK_FILE, place), parsed(WORK_FILE, place)] == [{"parsed": 1}] * 2
    assert asked == [WORK_FILE]
    [kept] = place.iterdir()
    assert kept.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "damage",
    [lambda content: content[:-1], lambda content: content[:-1] + bytes([content[-1] ^ 1]), lambda content: b""],
)
def test_what_a_disk_damaged_is_made_again(place: Path, asked: list[Path], damage: Callable[[bytes], bytes]) -> None:
    parsed(WORK_FILE, place)
    [kept] = place.iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(damage(whole))
    assert kept.read_bytes() != whole
    assert parsed(WORK_FILE, place) == parsed(WORK_FILE, place) == {"parsed": 2}


@pytest.mark.parametrize("other", ["version", "folder", "work file"])
def test_another_project_is_parsed_for_itself(
    place: Path, asked: list[Path], other: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    parsed(WORK_FILE, place)
    if other == "version":
        monkeypatch.setattr(precompiled, "digest_of_project", lambda: "another")
    if other == "folder":
        monkeypatch.setattr(precompiled, "PROJECT", project.PROJECT / "elsewhere")
    assert parsed(Path("other.duckdb") if other == "work file" else WORK_FILE, place) == {"parsed": 2}


def test_what_a_process_made_while_the_project_changed_is_not_kept(
    place: Path, asked: list[Path], jinja: Jinja, monkeypatch: pytest.MonkeyPatch
) -> None:
    templates = jinja.a_new_process()
    monkeypatch.setattr(precompiled, "digest_on_disk", lambda: "upgraded")
    jinja2.Environment().from_string("{{ 1 }}")
    templates.keep()
    assert parsed(WORK_FILE, place) == {"parsed": 1}
    assert not place.exists()


def test_where_nothing_may_be_written_all_is_made_each_time(place: Path, asked: list[Path]) -> None:
    place.touch()
    assert [parsed(WORK_FILE, place), parsed(WORK_FILE, place)] == [{"parsed": 1}, {"parsed": 2}]


def test_a_template_is_compiled_once(jinja: Jinja) -> None:
    text = "{% macro twice(x) %}{{ x }}{{ x }}{% endmacro %}{{ twice(word) }}"
    process = jinja.a_new_process()
    assert [jinja2.Environment().from_string(text).render(word=word) for word in ("a", "b")] == ["aa", "bb"]
    process.keep()
    assert jinja.compiled == [text]
    process = jinja.a_new_process()
    assert jinja2.Environment().from_string(text).render(word="c") == "cc"
    assert jinja2.Environment().from_string("new").render() == "new"
    process.keep()
    jinja.a_new_process()
    assert [jinja2.Environment().from_string(each).render(word="d") for each in (text, "new")] == ["dd", "new"]
    assert jinja.compiled == [text, "new"]


def test_kinds_of_environments_are_never_mixed(jinja: Jinja) -> None:
    """What is a day to one kind is text to the other, and an extension may know words that are none without it."""
    day = date(2026, 11, 28)
    jinja.a_new_process()
    for _ in range(2):
        assert jinja2.Environment().from_string("{{ day }}").render(day=day) == "2026-11-28"
        assert NativeEnvironment().from_string("{{ day }}").render(day=day) == day
        with_do = jinja2.Environment(extensions=["jinja2.ext.do"])
        assert with_do.from_string("{% do said.append(1) %}").render(said=[]) == ""
        with pytest.raises(jinja2.TemplateSyntaxError):
            jinja2.Environment().from_string("{% do said.append(1) %}")


def test_a_template_of_a_file_is_compiled_for_that_file(jinja: Jinja) -> None:
    """Its code names the file, for who looks into an error."""
    jinja.a_new_process()
    for _ in range(2):
        assert jinja2.Environment(loader=jinja2.DictLoader({"page": "text"})).get_template("page").render() == "text"
    assert jinja.compiled == ["text", "text"]
