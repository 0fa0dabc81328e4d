"""One night's load: both systems into the work file, proven, and the evidence beside them.

The steps are modules of `pipelines.night`:

1. `opening`: settings, decisions, credentials; Clio's bank accounts; Xero's organisation and accounts. What a
   person has to put right is found here, before any document is fetched.
2. `extract`: both systems are extracted at the same time (dlt, one resource per list, Arrow to parquet), then
   loaded one after the other: DuckDB has one writer. Every table is merged on its key, so a load that is repeated
   changes nothing; what came just as it is held is not loaded, but marked as read (`pipelines.tables.unchanged`).
3. `settling`, in SQL: parts of a record that were replaced, records that are gone (each asked for by its id first),
   and what changed while we were reading.
4. `recorded`: evidence. Staging schemas, which hold a copy of the last load, are dropped.
5. `as_before`: which tables hold what they held, so that what was built from them can stay.

Every row that was read tonight carries tonight's ``loaded_at``; what a whole reading should have shown and does not
carry it is how records that are gone are found. dlt keeps its working folder inside the night's: nothing of a dead
run is ever picked up again. Several firms can be loaded into one file at once (the test suite does; a night loads
one).
"""

from __future__ import annotations

import gc
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa

from pipelines.api.http import Transport
from pipelines.api.proof import ListResult
from pipelines.firm.settings import Firm
from pipelines.night import shrunk
from pipelines.night.as_before import tables_as_before
from pipelines.night.books import Books
from pipelines.night.extract import extract
from pipelines.night.opening import open_books
from pipelines.night.recorded import write_evidence
from pipelines.night.schema import create_tables
from pipelines.night.settling import settle
from pipelines.night.warehouse import Night
from pipelines.tables.duck import connect


@dataclass
class LoadReport:
    """What a load did, for people, and which tables it left as they were (`pipelines.night.as_before`)."""

    run_id: str
    started_at: datetime
    mode: str
    rows: dict[str, int]
    lists: list[ListResult]
    calls_clio: int
    calls_xero: int
    as_before: frozenset[str] = frozenset()

    @property
    def rows_loaded(self) -> int:
        """Rows written to all tables."""
        return sum(self.rows.values())


def load_night(
    firm: Firm,
    night: Night,
    *,
    full: bool = False,
    day: date | None = None,
    accept_shrunk: Sequence[str] = (),
    built_by: str = "",
) -> LoadReport:
    """Load one firm's night into its work file. Raises TieoutError; then nothing must be published.

    ``built_by`` is what will build upon it: of a night that went on from a file which the same built, the report says
    which tables hold what they held there. A night in full says it of none, so that everything is built anew.
    """
    report = load_firms(
        [firm],
        night.work_file,
        run_id=night.run_id,
        started_at=night.started_at,
        full=full or night.begins.proof == "unproven",
        day=day,
        accept_shrunk=accept_shrunk,
        built_by=built_by,
    )
    gc.collect()  # the books read tonight hold one another, and would stay through the build, another process's
    pa.default_memory_pool().release_unused()
    if night.begins.file is None or report.mode == "full":
        return report
    with connect(night.work_file) as connection:
        return replace(report, as_before=tables_as_before(connection, night.begins.file, built_by))


def load_firms(
    firms: Sequence[Firm],
    work_file: Path,
    *,
    run_id: str,
    started_at: datetime,
    full: bool = False,
    day: date | None = None,
    accept_shrunk: Sequence[str] = (),
    transport: Transport | None = None,
    built_by: str = "",
) -> LoadReport:
    """Load these firms into one file. ``full``: every list is read whole, and no loss is believed for it.

    ``accept_shrunk`` is a person's word that the lists of these names lost records. ``day`` is a past day to be judged
    in place of today: Xero's trial balance is asked for as of then.
    """
    transport = transport or Transport()
    named = shrunk.read_names(accept_shrunk)
    connection = connect(work_file)
    try:
        is_older = create_tables(connection)
        books = open_books(connection, firms, transport, started_at, full or is_older or bool(named), day)
        for one in books:
            one.named = named
        extracted = extract(connection, books, work_file.parent / "dlt", transport)
        extracted.load()
        settle(connection, books, extracted.again, started_at)
        write_evidence(connection, books, run_id, started_at, built_by)
        for schema in ("clio_staging", "xero_staging"):
            connection.execute(f"drop schema if exists {schema} cascade")
        connection.execute("checkpoint")
    finally:
        connection.close()
    return _report(books, run_id, started_at)


def _report(books: list[Books], run_id: str, started_at: datetime) -> LoadReport:
    rows: dict[str, int] = {}
    for one in books:
        for table, count in one.rows.items():
            rows[table] = rows.get(table, 0) + count
    return LoadReport(
        run_id=run_id,
        started_at=started_at,
        mode="full" if all(one.clio.full for one in books) else "incremental",
        rows=rows,
        lists=[result for one in books for result in one.results],
        calls_clio=sum(one.clio.api.calls for one in books),
        calls_xero=sum(one.xero.api.calls for one in books),
    )
