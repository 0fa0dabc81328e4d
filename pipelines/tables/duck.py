"""How this program opens DuckDB: bounded memory, and what does not fit spills into a folder that is the owner's alone.

DuckDB would take four fifths of the machine for each file, and a machine runs as many nights as it has cores. dbt's own
connection says the same in `profiles.yml`.

A firm's file is hundreds of small tables. In DuckDB's usual blocks of 256 KiB each column of each of them takes one, so
a file is begun with the smallest blocks and with the storage of DuckDB 1.5, which packs texts better: an eighth of the
size. A file keeps both from its first day on; one of an earlier version of ours is copied into that form once.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

import duckdb

MEMORY = "500MB"
BLOCK_SIZE = 16 * 2**10
STORAGE = "v1.5.0"


def connect(work_file: Path) -> duckdb.DuckDBPyConnection:
    """A work file, to be read and written; it spills beside itself, in the night's work folder."""
    begun_with: dict[str, str | bool | int | float | list[str]] = {
        "default_block_size": BLOCK_SIZE,
        "storage_compatibility_version": STORAGE,
    }
    connection = duckdb.connect(str(work_file), config=begun_with)
    _bound(connection, _in_quotes(work_file.parent / "spill"))
    return connection


def connect_to_read(file: Path) -> duckdb.DuckDBPyConnection:
    """A file that is only read; nothing spills, because nothing of ours may come to lie beside a published file.

    Attached to a database of its own: DuckDB opens a path once in a process, so that whoever opened it by its path
    while another still reads it would get the file that lay there before, of a night that was replaced since.
    """
    connection = duckdb.connect()
    try:
        _bound(connection, "''")
        connection.execute(f"attach {_in_quotes(file)} as books (read_only); use books")
    except duckdb.Error:
        connection.close()
        raise
    return connection


@contextlib.contextmanager
def attached_to_read(connection: duckdb.DuckDBPyConnection, file: Path, name: str) -> Iterator[None]:
    """Another file beside the one that a connection has open, under a name of its own, while the block lasts."""
    connection.execute(f"attach {_in_quotes(file)} as {name} (read_only)")
    try:
        yield
    finally:
        connection.execute(f"detach {name}")


def another_reader(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """One more connection to what `connect_to_read` opened, to be used and closed by itself."""
    cursor = connection.cursor()
    cursor.execute("use books")
    return cursor


def pack(work_file: Path) -> None:
    """Copy a file of an earlier version of ours into today's small form. What cannot be copied, as on a full disk, goes
    on as it is, until another night."""
    packed = work_file.with_name(f"{work_file.name}.packed")
    with contextlib.suppress(duckdb.Error):
        with connect_to_read(work_file) as connection:
            if _block_size(connection) == BLOCK_SIZE:
                return
            before = _rows(connection)
        with connect(packed) as connection:
            [(packed_name,)] = connection.execute("select current_database()").fetchall()
            with attached_to_read(connection, work_file, "earlier"):
                connection.execute(f'copy from database earlier to "{packed_name}"')
            after = _rows(connection)
        if after == before:
            packed.replace(work_file)
    packed.unlink(missing_ok=True)


def _bound(connection: duckdb.DuckDBPyConnection, spill: str) -> None:
    """What holds for every connection of ours: how much memory, where to spill (quoted; empty: nowhere), and that no
    progress is printed into our output."""
    connection.execute(f"set memory_limit = '{MEMORY}'; set enable_progress_bar = false; set temp_directory = {spill}")


def _in_quotes(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


def _block_size(connection: duckdb.DuckDBPyConnection) -> int:
    [(size,)] = connection.execute(
        "select block_size from pragma_database_size() where database_name = current_database()"
    ).fetchall()
    return int(size)


def _rows(connection: duckdb.DuckDBPyConnection) -> dict[str, int]:
    """How many rows each table holds."""
    tables = connection.execute('select format(\'"{}"."{}"\', schema_name, table_name) from duckdb_tables()').fetchall()
    counted = {}
    for (table,) in tables:
        [(rows,)] = connection.execute(f"select count(*) from {table}").fetchall()  # noqa: S608  (names from the catalog)
        counted[str(table)] = int(rows)
    return counted
