"""A benchmark, not a test: what a night cannot do without, to hold `tieout run` against.

`python -m tests.bench.floor CONFIG FIRM` does in one process what must be done in any night: it loads the firm, and
runs the SQL that dbt compiled in the firm's last night on one connection, in the order in which dbt ran it. There is
no dbt, no judging, no publishing, and nothing is kept. It prints one JSON object: ``load`` and ``sql`` in seconds.
"""

import json
import sys
import time
from pathlib import Path

from flows.night.dbt_functions import add_functions
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


def compiled(target: Path) -> list[str]:
    """The models as tables and the tests as counts, in the order in which they were done."""
    manifest = json.loads((target / "manifest.json").read_text())
    statements = []
    for result in json.loads((target / "run_results.json").read_text())["results"]:
        node = manifest["nodes"].get(result["unique_id"])
        if node and node["resource_type"] == "model":
            statements.append(f"create or replace table {node['relation_name']} as {result['compiled_code']}")
        elif node and node["resource_type"] == "test":
            statements.append(f"select count(*) from ({result['compiled_code']})")
    return statements


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
