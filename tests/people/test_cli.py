"""The command line as its user meets it: help in her words with examples that work, a version, completion, answers."""

import os
import re
import shlex
import subprocess
import sys

import pytest
from typer.testing import CliRunner

from flows.commands.cli import app
from pipelines.errors import UsageError
from pipelines.evidence.evidence import version
from tests.docs.test_docs import COMMANDS
from tests.people.test_decisions import TOMORROW, firm

__all__ = ["firm"]
OWN_HELP = [name for name in COMMANDS if name != "sandbox"]  # handed on to the sandbox


def said(*words: str) -> str:
    return " ".join(CliRunner().invoke(app, [*words], env={"COLUMNS": "200"}).output.split())


def examples(name: str) -> list[str]:
    return [line.strip().removeprefix("$ ") for line in (COMMANDS[name].epilog or "").splitlines() if "$ " in line]


@pytest.mark.parametrize("name", OWN_HELP)
def test_every_command_shows_examples_that_are_understood(name: str) -> None:
    assert examples(name)
    for example in examples(name):
        assert example in said(name, "--help")
        program, command, *words = shlex.split(example.split(" > ")[0])
        assert (program, command) == ("tieout", name)
        COMMANDS[name].make_context(name, words)


def test_the_first_words_are_for_a_bookkeeper() -> None:
    first = said("--help")
    assert "Does Xero say what Clio says?" in first and "$ tieout worklist harbor-law" in first
    assert not re.search(r"parses|contract|Prefect|dbt", first)


def test_it_says_its_version() -> None:
    assert said("--version") == f"tieout {version()}"


def test_the_shell_can_be_taught_the_commands() -> None:
    asked = {**os.environ, "_TIEOUT_COMPLETE": "complete_bash", "COMP_WORDS": "tieout wor", "COMP_CWORD": "1"}
    code = "import sys; sys.argv[0] = 'tieout'; from flows.command import main; main()"
    done = subprocess.run([sys.executable, "-c", code], env=asked, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["worklist", "workbook"]


def test_a_decision_answers_and_a_wrong_one_is_a_mistake_in_usage(firm: object) -> None:
    config = str(firm.folder.parent.parent / "tieout.toml")  # type: ignore[attr-defined]
    who = ("--by", "Ada", "--config", config)
    day = ("--until", TOMORROW.isoformat(), "--reason", "agreed")
    assert f"accepted until {TOMORROW}" in said("accept", "harbor-law", "abc", *day, *who)
    assert "no longer accepted" in said("unaccept", "harbor-law", "abc", *who)
    assert ": linked. It counts from the next night" in said("link", "harbor-law", "101", "H-1", "--reason", "r", *who)
    for wrong in (["103", "H-1"], ["101", "nope"], ["101", "inv-2"]):
        done = CliRunner().invoke(app, ["link", "harbor-law", *wrong, "--reason", "r", *who])
        assert isinstance(done.exception, UsageError), done.output
