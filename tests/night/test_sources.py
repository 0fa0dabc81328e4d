"""Each system as a dlt source by itself: a pipeline that holds nothing loads what a first night loads."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.clio.lists import BILLS
from pipelines.clio.lists import TABLES as CLIO_TABLES
from pipelines.clio.source import clio_source
from pipelines.clio.source import whole as whole_clio
from pipelines.firm.settings import load_settings
from pipelines.load import load_firms
from pipelines.quiet_dlt import dlt
from pipelines.tables.columns import Table
from pipelines.xero.lists import INVOICES
from pipelines.xero.lists import TABLES as XERO_TABLES
from pipelines.xero.source import whole as whole_xero
from pipelines.xero.source import xero_source
from sandbox.firms import demo as demo_firm
from sandbox.serving.server import Sandbox

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
DAY = date(2026, 11, 21)


def rows_of(warehouse: Path, table: Table) -> list[tuple[Any, ...]]:
    columns = ", ".join(column.name for column in table.columns)
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        known = connection.execute(
            "select 1 from duckdb_tables() where (schema_name, table_name) = (?, ?)", [table.schema, table.name]
        )
        if not known.fetchall():  # dlt makes no table for a list that no record of the firm has
            return []
        return connection.execute(f"select firm_id, {columns} from {table.qualified} order by all").fetchall()


def test_a_source_runs_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # Pages of a few records: a list of several pages is looked at again for what changed while it was read.
    monkeypatch.setattr("pipelines.xero.paging.XERO_PAGE", 40)
    with Sandbox([demo_firm.build(NOW)]) as sandbox:
        for name, value in sandbox.environment().items():
            monkeypatch.setenv(name, value)
        (tmp_path / "tieout.toml").write_text(sandbox.config_toml(tmp_path / "data"))
        [firm] = load_settings(tmp_path / "tieout.toml").firms.values()
        alone = tmp_path / "alone.duckdb"
        for source in (clio_source([whole_clio(firm)]), xero_source([whole_xero(firm, DAY)])):
            pipeline = dlt.pipeline(
                source.name,
                pipelines_dir=str(tmp_path / "dlt"),
                destination=dlt.destinations.duckdb(str(alone)),
                dataset_name=source.name,
            )
            pipeline.run(source)
        night = tmp_path / "night" / "warehouse.duckdb"
        night.parent.mkdir()
        load_firms([firm], night, run_id="night", started_at=datetime.now(UTC).replace(tzinfo=None), day=DAY)
    for table in (*CLIO_TABLES, *XERO_TABLES):
        assert rows_of(alone, table) == rows_of(night, table), table.qualified
    assert rows_of(alone, BILLS.main) and rows_of(alone, INVOICES.main)
