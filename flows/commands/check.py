"""`tieout check`: would tonight's night work, and do the two systems behave as we believe they do?

First the small reads of `pipelines.connect.probe`; then, where those went well, a whole load and the checks of our
beliefs (`rules_assumptions`) in a work file that is never published. Nothing of the firm's books, history or journal
changes.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict

from rich import box
from rich.console import Console
from rich.table import Table

from flows import escape as safe
from flows.night.build import build
from flows.night.verdict import require_sound
from pipelines.connect.probe import Line, probe
from pipelines.errors import TieoutError, TryAgain
from pipelines.firm.settings import Firm, Settings
from pipelines.load import load_night
from pipelines.night.warehouse import Night, open_night
from pipelines.tables.duck import connect_to_read

EXIT_CODES = {"wrong": 2, "unreachable": 3}
STYLES = {"ok": "green", "wrong": "bold red", "unreachable": "red", "unknown": "yellow"}
BELIEFS_SQL = "select assumption, sentence, broken_count, example_key from intermediate.assumptions order by assumption"


def check(settings: Settings, firm: Firm) -> Iterator[Line]:
    """Every line about one firm, as it is found."""
    troubled = False
    for line in probe(settings, firm):
        troubled = troubled or line.state in EXIT_CODES
        yield line
    if troubled:
        yield Line("beliefs", "unknown", "not looked at, because a load would fail. Mend what is wrong first.")
        return
    try:
        with open_night(firm) as night:
            yield from _beliefs(firm, night)
    except TieoutError as trouble:
        yield Line("load", "unreachable" if isinstance(trouble, TryAgain) else "wrong", str(trouble))


def _beliefs(firm: Firm, night: Night) -> Iterator[Line]:
    """What we believe about both systems, held against the live data. A work file of a check is removed unpublished."""
    try:
        loaded = load_night(firm, night)
        yield Line("load", "ok", f"{loaded.rows_loaded:,} rows, {loaded.calls_clio + loaded.calls_xero} calls")
        require_sound(build(night.work_file, firm.folder / "dbt", select="+assumptions"))
        with connect_to_read(night.work_file) as connection:
            beliefs = connection.execute(BELIEFS_SQL).fetchall()
    finally:
        night.work_file.unlink(missing_ok=True)
    for name, sentence, broken, example in beliefs:
        if broken:
            found = (
                f"{sentence} {broken} do not, such as {example}. Findings about them are marked; tell the maintainers."
            )
            yield Line(name, "unknown", found)
        else:
            yield Line(name, "ok", sentence)


def exit_code(lines: list[Line]) -> int:
    """2 where a person must mend something, 3 where a system is not well, 0 where a night would work."""
    codes = {EXIT_CODES[line.state] for line in lines if line.state in EXIT_CODES}
    return min(codes, default=0)


def as_json(found: dict[str, list[Line]]) -> str:
    """The lines of each firm."""
    return json.dumps({firm_id: [asdict(line) for line in lines] for firm_id, lines in found.items()}, indent=2)


def print_lines(console: Console, firm_id: str, lines: list[Line]) -> None:
    """One line each."""
    table = Table(title=firm_id, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("What")
    table.add_column("")
    table.add_column("Found, and what to do", overflow="fold")
    for line in lines:
        what, found = safe.for_terminal(line.what), safe.for_terminal(line.found)
        table.add_row(what, f"[{STYLES[line.state]}]{line.state}[/]", found)
    console.print(table)
