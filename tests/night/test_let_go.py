"""What a night read is of no use to the build, which may need the memory: the load lets go of it.

In a process of its own, because only the first night of a process imports dlt in the middle of the load.
"""

import subprocess
import sys
from pathlib import Path

import pytest

from sandbox.serving.server import Sandbox
from tests.flow.world import FIRM, World, small_firm

LOAD = """
import gc, sys
from pathlib import Path
from pipelines.firm.settings import load_settings
from pipelines.load import load_night
from pipelines.night.books import Books
from pipelines.night.warehouse import open_night

assert "dlt" not in sys.modules
firm = load_settings(Path(sys.argv[1])).firm(sys.argv[2])
with open_night(firm) as night:
    print(load_night(firm, night).rows_loaded, sum(isinstance(held, Books) for held in gc.get_objects()))
"""


def test_nothing_of_the_books_outlives_their_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Sandbox({FIRM: small_firm(FIRM)}) as sandbox:
        world = World.around(sandbox, tmp_path, monkeypatch)
        command = [sys.executable, "-c", LOAD, str(world.config), FIRM]
        rows, books = map(int, subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout.split())
    assert rows > 0
    assert books == 0
