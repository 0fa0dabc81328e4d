"""A benchmark, not a test: from the mail to the cleared item, in the terminal and at the desk (`make bench-desk`).

One item, found in the morning's mail, is understood and accepted. What a person does is counted (commands and keys
typed, clicks, pages), and what the machine takes for its part is timed; how long she reads is hers.
"""

import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from flows.desk.server import Server
from flows.reading.report import read_worklist
from tests.support.browser import browser
from tests.support.desk_world import FIRM, Practice, practice

REASON, BY, UNTIL = "the client agreed", "A. Keeper", "2099-12-31"


def in_the_terminal(firms: Practice) -> tuple[int, int, float]:
    """Commands, keys typed and seconds: the list, the item, the word."""
    firm = firms.firm
    wanted = next(row for row in read_worklist(firm.warehouse, FIRM) if row["code"] == "stuck_in_draft_edited")
    word = ["accept", FIRM, wanted["exception_id"], "--until", UNTIL, "--by", BY, "--reason", REASON]
    commands = [["worklist", FIRM], ["explain", FIRM, wanted["exception_id"]], word]
    keys, started = 0, time.monotonic()
    for words in commands:
        quoted = [f'"{one}"' if " " in one else one for one in words]
        keys += len(" ".join(["tieout", *quoted])) + 1
        subprocess.run(
            [sys.executable, "-m", "flows", *words, "--config", str(firms.settings.path)],
            check=True,
            stdout=subprocess.DEVNULL,
        )
    return len(commands), keys, time.monotonic() - started


def at_the_desk(firms: Practice) -> tuple[int, int, float]:
    """Clicks, keys typed and seconds: the link in the mail, the form under what the item says."""
    server = Server(firms.settings, 0)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    rows = read_worklist(firms.firm.warehouse, FIRM)
    item = next(row["exception_id"] for row in rows if row["code"] == "stuck_in_draft_edited")
    try:
        with browser() as window:
            window.open(server.address + "/")
            window.write("#key", server.key_file.read_text().strip())
            window.click("#sign-in")  # once in the morning, for every item of every firm
            started = time.monotonic()
            window.open(f"{server.address}/firms/{FIRM}/items/{item}")  # the click in the mail
            window.write("input[name=reason]", REASON)
            window.run("document.querySelector('input[name=until]').value = arguments[0]", UNTIL)
            window.write("input[name=by]", BY)
            window.click("#accept")
            if "Accepted until" not in window.text:
                raise SystemExit(f"An accepted item was expected; the page says {window.text[:300]}")
            seconds = time.monotonic() - started
    finally:
        server.stop()
        thread.join(10)
    clicks = 5  # the link in the mail, three fields, the button
    return clicks, len(REASON) + len(BY) + len("12312099"), seconds


def main() -> None:
    """Both ways on the same books."""
    table = Table(title="From the mail to the cleared item")
    for heading in ("Way", "Clicks or commands", "Keys typed", "Seconds of the machine"):
        table.add_column(heading, justify="left" if heading == "Way" else "right")
    with tempfile.TemporaryDirectory() as name, practice(Path(name)) as firms:
        for way, walk in (("terminal", in_the_terminal), ("desk", at_the_desk)):
            done, keys, seconds = walk(firms)
            table.add_row(way, str(done), str(keys), f"{seconds:.1f}")
            firms.settings.firm(FIRM).folder.joinpath("acceptances.csv").unlink(missing_ok=True)
    Console(width=100).print(table)


if __name__ == "__main__":
    main()
