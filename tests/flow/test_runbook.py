"""The runbook's commands, run in its order for a firm that has had its first night.

Nights, connections and the service itself have tests of their own; their lines are parsed in `tests.docs.test_docs`.
"""

import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from flows.commands.cli import app
from flows.night import journal
from sandbox.serving.server import Sandbox
from tests.docs.test_docs import RUNBOOK, console_lines
from tests.flow.world import FIRM, World, small_firm

ELSEWHERE = ("tieout serve", "tieout run", "tieout connect", "tieout disconnect", "export ", "prefect ")
LINES = [line for line in console_lines(RUNBOOK) if not line.startswith(ELSEWHERE)]
STATEMENT = "date,amount,description,reference,balance\n2026-10-30,100.00,Deposit,1,100.00\n"


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with pytest.MonkeyPatch.context() as patch, Sandbox({FIRM: small_firm(FIRM)}) as sandbox:
        world = World.around(sandbox, tmp_path_factory.mktemp("runbook"), patch)
        for _ in range(2):  # the second night keeps the first one in nights/
            assert world.night().verdict == "exceptions"
        folder = world.config.parent
        (folder / "october.csv").write_text(STATEMENT)
        patch.chdir(folder)
        yield world


def filled(line: str, world: World) -> list[str]:
    """The line with this firm's own ids in place of the runbook's."""
    [(exception_id,)] = world.published("select exception_id from recon.exceptions where status = 'open'")
    [(invoice_id,), *_] = world.published("select xero_invoice_id from recon.matched_bills where pairing = 'paired'")
    kept = [path.stem for path in (world.firm.folder / "nights").glob("*.duckdb")]
    for shown, own in (
        ("0123456789ab", exception_id),
        ("00000000-0000-0000-0000-000000000006", invoice_id),
        ("RUN_ID", kept[0]),
    ):
        line = line.replace(shown, own)
    return shlex.split(line)


def status_of(night: World) -> int:
    """`status` ends as a run would for the worst firm: this one has something open; an old night that was put back is
    not tonight's."""
    [(shown,)] = night.published("select max(run_id) from recon.run_statements")
    published = [attempt.run_id for attempt in journal.attempts(night.firm) if attempt.is_good]
    return 1 if shown == published[-1] else 3


@pytest.mark.parametrize("line", LINES)
def test_a_line_does_what_the_runbook_says(night: World, line: str) -> None:
    words = filled(line, night)
    if words[0] == "tieout":
        done = CliRunner().invoke(app, words[1:])
        assert done.exit_code == (status_of(night) if words[1] == "status" else 0), (done.output, done.exception)
    else:
        subprocess.run(words, check=True)
    assert Path(night.firm.warehouse).stat().st_mode & 0o777 == 0o400
