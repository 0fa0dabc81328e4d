"""A benchmark, not a test: what a night cannot do without, to hold `tieout run` against.

`python -m tests.bench.floor CONFIG FIRM` does in one process what must be done in any night: it loads the firm, and
runs the SQL that dbt compiled in the firm's last night on one connection. There is no dbt in what is timed, no judging
and no publishing, and nothing is kept. It prints one JSON object: ``load`` and ``sql`` in seconds.
"""

import json
import os
import sys
import time
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

from dbt.cli.main import dbtRunner

from flows.night.dbt_functions import add_functions
from flows.night.project import PROJECT
from pipelines.firm.settings import load_settings
from pipelines.load import load_night
from pipelines.night.warehouse import open_night
from pipelines.tables.duck import connect


def main(config: Path, firm_id: str) -> None:
    """Measure one floor."""
    firm = load_settings(config).firm(firm_id)
    statements = list(compiled(firm.folder / "dbt"))
    started = time.monotonic()
    with open_night(firm) as night:
        load_night(firm, night)
        loaded = time.monotonic()
        with connect(night.work_file) as connection:
            add_functions(connection)
            for statement in statements:
                connection.execute(statement)
    print(json.dumps({"load": loaded - started, "sql": time.monotonic() - loaded}))


def compiled(target: Path) -> Iterator[str]:
    """What dbt compiled last: the models as tables and the tests as counts, what is read before what reads it."""
    os.environ["TIEOUT_WAREHOUSE"] = "warehouse.duckdb"
    where = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--target-path", str(target)]
    nodes = dbtRunner().invoke(["parse", "--quiet", "--log-path", str(target), *where]).result.nodes
    readers_last = TopologicalSorter({key: node.depends_on_nodes for key, node in nodes.items()}).static_order()
    for node in (nodes[key] for key in readers_last if key in nodes):
        sql = target / "compiled" / node.package_name / node.original_file_path
        if node.resource_type == "model":
            yield f"create or replace table {node.relation_name} as {sql.read_text()}"
        elif node.resource_type == "test" and sql.is_file():
            yield f"select count(*) from ({sql.read_text()})"


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
