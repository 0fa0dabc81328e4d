"""A warehouse as it is before its first night: every raw table, and no row."""

from pathlib import Path

from pipelines.night.schema import create_tables
from pipelines.tables.duck import connect


def create_empty(path: Path) -> None:
    """Create it at this path."""
    with connect(path) as connection:
        create_tables(connection)
