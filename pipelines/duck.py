"""How this program opens DuckDB: bounded memory, and what does not fit spills into a folder that is the owner's alone.

DuckDB would take four fifths of the machine for each file, and a machine runs as many nights as it has cores. dbt's own
connection says the same in `profiles.yml`.
"""

from __future__ import annotations

from pathlib import Path

import duckdb

MEMORY = "1GB"


def connect(work_file: Path) -> duckdb.DuckDBPyConnection:
    """A work file, to be read and written; it spills beside itself, in the night's work folder."""
    connection = duckdb.connect(str(work_file))
    spill = str(work_file.parent / "spill").replace("'", "''")
    connection.execute(f"set memory_limit = '{MEMORY}'; set temp_directory = '{spill}'")
    return connection


def connect_to_read(file: Path) -> duckdb.DuckDBPyConnection:
    """A file that is only read; nothing spills, because nothing of ours may come to lie beside a published file.

    Attached to a database of its own: DuckDB opens a path once in a process, so that whoever opened it by its path
    while another still reads it would get the file that lay there before, of a night that was replaced since.
    """
    connection = duckdb.connect()
    quoted = str(file).replace("'", "''")
    try:
        connection.execute(f"set memory_limit = '{MEMORY}'; set temp_directory = ''")
        connection.execute(f"attach '{quoted}' as books (read_only); use books")
    except duckdb.Error:
        connection.close()
        raise
    return connection


def another_reader(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """One more connection to what `connect_to_read` opened, to be used and closed by itself."""
    cursor = connection.cursor()
    cursor.execute("use books")
    return cursor
