"""The README is true: its commands exist, its options are theirs, its findings are the ones that can be said."""

import re
import shlex
from pathlib import Path

import pytest
import yaml
from typer.main import get_command

from flows.commands.cli import app
from flows.reading.words import FINDINGS
from sandbox.scenarios.registry import SECTION_OF, SEVERITIES
from tests.support.findings_in_readme import HEADINGS, table

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text()
RUNBOOK = (ROOT / "RUNBOOK.md").read_text()
COMMANDS = get_command(app).commands  # type: ignore[attr-defined]


def said_by_sql(code: str) -> bool:
    """Whether a model writes the code down as a word."""
    models = (ROOT / "dbt_project" / "models" / "intermediate").rglob("*.sql")
    return any(f"'{code}'" in model.read_text() for model in models)


def table_under(heading: str, column: int = 0) -> list[str]:
    """The cells of a column of every table under a heading."""
    section = README.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line.strip("|").split(" | ") for line in section.splitlines() if line.startswith("| `")]
    return [row[column].strip(" `") for row in rows]


@pytest.mark.parametrize("family", HEADINGS)
def test_the_findings_of_the_readme_are_those_of_the_seed(family: str) -> None:
    assert {row["family"] for row in FINDINGS.values()} == set(HEADINGS)
    assert f"\n{table(family)}\n" in README


def test_every_finding_is_in_the_readme_once_and_can_be_said() -> None:
    listed = table_under("Findings")
    assert sorted(listed) == sorted(FINDINGS)
    assert [code for code in listed if not said_by_sql(code)] == []
    assert set(SECTION_OF) - set(FINDINGS) == set()
    assert set(FINDINGS) - set(SECTION_OF) == set()


def test_the_sandbox_reads_the_same_severities_out_of_the_rules() -> None:
    second_reading = {code: severity for codes in SEVERITIES.values() for code, severity in codes.items()}
    assert second_reading == {code: FINDINGS[code]["severity"] for code in second_reading}


@pytest.mark.parametrize("usage", table_under("Commands"))
def test_a_command_of_the_readme_exists_with_its_options(usage: str) -> None:
    program, name, *rest = usage.replace("[", " ").replace("]", " ").split()
    assert program == "tieout"
    assert name in COMMANDS
    if name == "sandbox":  # handed on to the sandbox, whose own options are tested with it
        return
    known = {option for parameter in COMMANDS[name].params for option in parameter.opts}
    assert {word for word in rest if word.startswith("--")} <= known


def test_every_command_is_in_the_readme() -> None:
    assert set(COMMANDS) == {usage.split()[1] for usage in table_under("Commands")}


def test_every_make_target_of_the_readme_exists() -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = set(re.findall(r"(?:`|\$ )make ([a-z]+)", README))
    assert named and named <= targets


def test_every_job_of_the_runbook_has_its_section() -> None:
    jobs = (
        "Add a firm",
        "First night",
        "Rotate a key",
        "Answer an exception",
        "Accept a difference",
        "Replay a night",
        "Close a month",
    )
    jobs += ("Restore a night", "Move to another machine", "Many workers", "Upgrade", "Xero or Clio is down")
    assert set(jobs) <= set(re.findall(r"^## (.+)$", RUNBOOK, re.MULTILINE))


def console_lines(document: str) -> list[str]:
    """Every command a document shows."""
    blocks = re.findall(r"```console\n(.*?)```", document, re.DOTALL)
    return [line.removeprefix("$ ") for block in blocks for line in block.splitlines()]


@pytest.mark.parametrize("line", [line for line in console_lines(RUNBOOK) if line.startswith("tieout ")])
def test_a_command_of_the_runbook_is_understood(line: str) -> None:
    """As typer parses it: its name, its arguments and its options; what they do is tested with each command."""
    _, name, *rest = shlex.split(line)
    COMMANDS[name].make_context(name, rest)


def test_every_table_of_the_readme_is_a_model() -> None:
    models = {path.stem for path in (ROOT / "dbt_project" / "models" / "marts").rglob("*.sql")}
    assert {name.removeprefix("recon.") for name in table_under("What is published")} == models


def test_the_configuration_of_the_readme_is_read_as_it_stands(tmp_path: Path) -> None:
    from pipelines.firm.settings import load_settings

    [block] = re.findall(r"```toml\n(.*?)```", README, re.DOTALL)
    (tmp_path / "tieout.toml").write_text(block)
    firm = load_settings(tmp_path / "tieout.toml").firm("harbor-law")
    assert firm.not_from_clio.contacts == ("Sublease Tenant",)
    assert [account.xero_bank_account for account in firm.trust_accounts] == ["1010"]


def test_the_hooks_and_ci_make_the_same_checks() -> None:
    """`make test`, which CI runs, begins with `check`; the hooks before a commit are its parts, and fetch nothing."""
    hooks = [
        hook
        for repo in yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())["repos"]
        for hook in repo["hooks"]
    ]
    makefile = (ROOT / "Makefile").read_text()
    [parts] = re.findall(r"^check: (.+)$", makefile, re.MULTILINE)
    assert [hook["entry"] for hook in hooks] == [f"make {part}" for part in parts.split()]
    assert {hook["language"] for hook in hooks} == {"system"}
    assert re.search(r"^test: check$", makefile, re.MULTILINE)
    assert "make test" in (ROOT / ".ci" / "run").read_text()


def test_the_scenario_that_contributors_are_shown_is_one() -> None:
    [shown] = re.findall(r"```python\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text(), re.DOTALL)
    assert shown in (ROOT / "sandbox" / "scenarios" / "documents.py").read_text()


@pytest.mark.parametrize("name", ["ARCHITECTURE.md", "CONTRIBUTING.md"])
def test_what_the_pages_for_developers_name_is_there(name: str) -> None:
    """Every path and every make target, and the rules by their names."""
    page = (ROOT / name).read_text()
    for path in re.findall(r"`([\w./]+/[\w./]*|[\w./]+\.(?:py|md|csv|toml))`", page):
        assert (ROOT / path).exists() or path == "tieout.toml", path
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"(?:`|\$ )make ([a-z-]+)", page)) <= targets
    rules = {path.stem for path in (ROOT / "dbt_project" / "rules").glob("*.md")}
    assert set(re.findall(r"`rules_(\w+)`", page)) <= rules
