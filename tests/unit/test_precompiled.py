"""What dbt makes of the project serves later processes, and never those of another project or version."""

from collections.abc import Callable
from datetime import date
from importlib.metadata import PackageNotFoundError
from pathlib import Path
from typing import Any

import pytest
from dbt_common.clients.jinja import MacroFuzzEnvironment, get_environment

from flows.night import precompiled, project
from flows.night.precompiled import Kept, Templates


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project's folder for what is made of it, with nothing in it yet."""
    monkeypatch.setattr(precompiled, "PLACE", tmp_path / "target")
    return tmp_path / "target"


def word() -> Kept[str]:
    return Kept("word", str.encode, bytes.decode)


class Jinja:
    """dbt's Jinja in one process after another: the texts that it compiled."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.compiled: list[str] = []
        self._monkeypatch = monkeypatch
        self._compile: Callable[..., Any] = MacroFuzzEnvironment.compile

    def a_new_process(self) -> Templates:
        def compile_and_say(environment: MacroFuzzEnvironment, source: str) -> Any:
            self.compiled.append(source)
            return self._compile(environment, source)

        self._monkeypatch.setattr(MacroFuzzEnvironment, "compile", compile_and_say)
        templates = Templates()
        templates.install()
        return templates


@pytest.fixture
def jinja(place: Path, monkeypatch: pytest.MonkeyPatch) -> Jinja:
    return Jinja(monkeypatch)


def test_what_one_process_made_the_next_reads(place: Path) -> None:
    assert word().read() is None
    word().write("one")
    assert word().read() == "one"
    word().write("another")
    assert word().read() == "another"
    [file] = place.iterdir()
    assert file.stat().st_mode & 0o777 == 0o600


DAMAGE = {
    "cut": lambda content: content[:-1],
    "flipped": lambda content: content[:-1] + bytes([content[-1] ^ 1]),
    "empty": lambda content: b"",
    "made by hand": lambda content: b"\0" * precompiled.SEAL + b"one",
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_what_a_disk_damaged_counts_as_nothing(place: Path, damage: str) -> None:
    word().write("one")
    [file] = place.iterdir()
    whole = file.read_bytes()
    file.write_bytes(DAMAGE[damage](whole))
    assert file.read_bytes() != whole and word().read() is None
    word().write("one")
    assert file.read_bytes() == whole


@pytest.mark.parametrize("other", ["version", "folder"])
def test_what_another_project_left_counts_as_nothing(place: Path, other: str, monkeypatch: pytest.MonkeyPatch) -> None:
    word().write("one")
    if other == "version":
        for digest in ("digest_of_project", "digest_on_disk"):
            monkeypatch.setattr(precompiled, digest, lambda: "another")
    if other == "folder":
        monkeypatch.setattr(precompiled, "PROJECT", project.PROJECT / "elsewhere")
    assert word().read() is None


def test_while_the_project_is_being_changed_nothing_is_read_or_kept(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the process imported is of one version and what it would parse now of another, or of half of each."""
    word().write("one")

    def is_half_installed() -> str:
        raise PackageNotFoundError("dbt-core")

    for digest in (lambda: "upgraded", is_half_installed):
        monkeypatch.setattr(precompiled, "digest_on_disk", digest)
        assert word().read() is None
        word().write("another")
    monkeypatch.undo()
    monkeypatch.setattr(precompiled, "PLACE", place)
    assert word().read() == "one"


def test_whatever_keeps_it_from_being_kept_or_read_ends_nothing(place: Path) -> None:
    place.touch()
    word().write("one")
    assert word().read() is None
    place.unlink()
    Kept("word", lambda made: 1 // 0, bytes.decode).write("one")
    assert not place.exists()
    word().write("one")
    assert Kept("word", str.encode, lambda content: 1 // 0).read() is None


def test_what_a_killed_process_was_writing_is_swept(place: Path) -> None:
    place.mkdir()
    (place / ".word.12ab34cd").write_text("on")
    word().write("one")
    assert [file.name for file in place.iterdir()] == ["word"]


def test_a_template_is_compiled_once(jinja: Jinja) -> None:
    text = "{% macro twice(x) %}{{ x }}{{ x }}{% endmacro %}{{ dbt_macro__twice(word) }}"
    process = jinja.a_new_process()
    assert [get_environment().from_string(text).render({"word": word}) for word in ("a", "b")] == ["aa", "bb"]
    process.keep()
    assert jinja.compiled == [text]
    process = jinja.a_new_process()
    assert get_environment().from_string(text).render({"word": "c"}) == "cc"
    assert get_environment().from_string("new").render({}) == "new"
    process.keep()
    jinja.a_new_process()
    assert [get_environment().from_string(each).render({"word": "d"}) for each in (text, "new")] == ["dd", "new"]
    assert jinja.compiled == [text, "new"]


def test_kinds_of_environments_are_never_mixed(jinja: Jinja) -> None:
    """What is a day to one kind is text to the other."""
    jinja.a_new_process()
    day = date(2026, 11, 28)
    for _ in range(2):
        assert get_environment().from_string("{{ day }}").render({"day": day}) == "2026-11-28"
        assert get_environment(native=True).from_string("{{ day }}").render({"day": day}) == day
    assert jinja.compiled == ["{{ day }}"] * 2
