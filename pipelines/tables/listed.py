"""What a list of either system is to the warehouse: the table of its records, and those of their nested lists."""

from __future__ import annotations

from pipelines.tables.columns import Record, Table


class Listed:
    """A list that fills tables, the one of the records themselves first."""

    tables: tuple[Table, ...]

    @property
    def name(self) -> str:
        """Name of the list and of its main table."""
        return self.tables[0].name

    @property
    def main(self) -> Table:
        """The table of the records themselves."""
        return self.tables[0]

    @property
    def key(self) -> str:
        """The record's id, as its system spells it."""
        return self.main.columns[0].paths[0][0].lstrip("^")

    def id_of(self, record: Record) -> str:
        """A record's id as the warehouse writes it."""
        return str(record.get(self.key))
