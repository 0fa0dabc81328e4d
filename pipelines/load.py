"""One night's load: both systems into the work file, proven, and the evidence beside them.

1. Settings, decisions, credentials; Clio's bank accounts; Xero's organisation and accounts. What a person has to
   put right is found here, before any document is fetched.
2. Both systems are extracted at the same time (dlt, one resource per list, Arrow to parquet), then loaded one after
   the other: DuckDB has one writer. Every table is merged on its key, so a load that is repeated changes nothing; what
   came just as it is held is not loaded, but marked as read (`pipelines.tables.unchanged`).
3. Settling, in SQL: parts of a record that were replaced, records that are gone (each asked for by its id first),
   and what changed while we were reading.
4. Evidence. Staging schemas, which hold a copy of the last load, are dropped.

Every row that was read tonight carries tonight's ``loaded_at``; what a whole reading should have shown and does not
carry it is how records that are gone are found. dlt keeps its working folder inside the night's: nothing of a dead
run is ever picked up again. Several firms can be loaded into one file at once (the test suite does; a night loads
one).
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_EXCEPTION, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import duckdb
import pyarrow as pa

from pipelines.api import proof
from pipelines.api.clock import NoPace, SameTime, refuse_before
from pipelines.api.http import Api, ClioPace, Transport, XeroPace
from pipelines.api.proof import ListResult, refuse_returned
from pipelines.api.tokens import Grant, grant_of
from pipelines.clio import lists as clio
from pipelines.clio.lists import ClioList
from pipelines.clio.night import ClioNight
from pipelines.errors import TieoutError, UsageError
from pipelines.evidence import evidence, statement_evidence
from pipelines.evidence.accounts import Accounts, MappedAccounts, resolve_accounts
from pipelines.firm.settings import Firm
from pipelines.night import shrunk
from pipelines.night.warehouse import Night
from pipelines.tables.columns import Converter, Record, Table
from pipelines.tables.described import describe
from pipelines.tables.duck import connect
from pipelines.tables.held import Held
from pipelines.tables.unchanged import Unchanged
from pipelines.xero import lists as xero
from pipelines.xero.lists import XeroList
from pipelines.xero.night import DEAD, Tenant, XeroNight

BATCH_ROWS = 20_000
XERO_IN_FLIGHT = 4
PREPARING = 4
AnyList = ClioList | XeroList


@dataclass
class LoadReport:
    """What a load did, for people and for the benchmark."""

    run_id: str
    started_at: datetime
    mode: str
    rows: dict[str, int]
    lists: list[ListResult]
    calls_clio: int
    calls_xero: int
    calls_floor: int

    @property
    def rows_loaded(self) -> int:
        """Rows written to all tables."""
        return sum(self.rows.values())


@dataclass
class Books:
    """One firm's two systems tonight."""

    firm: Firm
    clio: ClioNight
    xero: XeroNight
    converter: Converter
    accounts: MappedAccounts
    day: date
    unchanged: Unchanged
    named: frozenset[tuple[str, str]] = frozenset()
    losses: list[tuple[str, int, int]] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def changed(self, one: AnyList, batches: Iterable[list[Record]]) -> Iterator[tuple[Table, pa.Table]]:
        """The rows of a list that are not just as we hold them, table by table, many batches at a time."""
        gathered: dict[Table, list[pa.Table]] = {}
        rows = 0
        for records in batches:
            for table, arrow in self.tables(one, records):
                gathered.setdefault(table, []).append(arrow)
                rows += arrow.num_rows
            if rows >= BATCH_ROWS:
                yield from self.unchanged.sift([(table, pa.concat_tables(parts)) for table, parts in gathered.items()])
                gathered, rows = {}, 0
        yield from self.unchanged.sift([(table, pa.concat_tables(parts)) for table, parts in gathered.items()])

    def tables(self, one: AnyList, records: list[Record]) -> Iterator[tuple[Table, pa.Table]]:
        """The rows of a batch, table by table, counted."""
        for table in one.tables if records else ():
            arrow = self.converter.table(table, records)
            with self.lock:
                self.rows[table.qualified] = self.rows.get(table.qualified, 0) + arrow.num_rows
            yield table, arrow


def create_tables(connection: duckdb.DuckDBPyConnection) -> bool:
    """Create every raw table and column that is not there yet; true if a table of an older version lacked a
    column."""
    for schema in ("clio", "xero"):
        connection.execute(f"create schema if not exists {schema}")
    for table in (*clio.TABLES, *xero.TABLES):
        connection.execute(table.ddl())
    for name in clio.NO_LONGER_READ:
        connection.execute(f"drop table if exists clio.{name}")
        connection.execute(f"drop table if exists staging.stg_clio__{name}")
    evidence.create_tables(connection)
    statement_evidence.create_tables(connection)
    there = connection.execute(
        "select table_schema, table_name, column_name from information_schema.columns"
    ).fetchall()
    lacking = [
        (table, column)
        for table in (*clio.TABLES, *xero.TABLES)
        for column in (*table.every_column, *table.ours)
        if (table.schema, table.name, column.name) not in set(there)
    ]
    for table, column in lacking:
        connection.execute(f"alter table {table.qualified} add column {column.name} {column.sql}")
    describe(connection, (*clio.TABLES, *xero.TABLES))
    return bool(lacking)


def create_empty(path: str | Path) -> None:
    """An empty warehouse with every raw table."""
    with connect(Path(path)) as connection:
        create_tables(connection)


def load_night(
    firm: Firm, night: Night, *, full: bool = False, day: date | None = None, accept_shrunk: Sequence[str] = ()
) -> LoadReport:
    """Load one firm's night into its work file. Raises TieoutError; then nothing must be published."""
    return load_firms(
        [firm],
        night.work_file,
        run_id=night.run_id,
        started_at=night.started_at,
        full=full or night.is_unproven,
        day=day,
        accept_shrunk=accept_shrunk,
    )


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
        books = _open_books(connection, firms, transport, started_at, full or is_older or bool(named), day)
        for one in books:
            one.named = named
        extracted = _extract(connection, books, work_file.parent / "dlt", transport)
        for pipeline in extracted.pipelines:
            pipeline.normalize()
            pipeline.load(raise_on_failed_jobs=True)
        _settle(connection, books, extracted.again, started_at)
        _write_evidence(connection, books, run_id, started_at)
        for schema in ("clio_staging", "xero_staging"):
            connection.execute(f"drop schema if exists {schema} cascade")
        connection.execute("checkpoint")
    finally:
        connection.close()
    return _report(books, run_id, started_at)


# Before any document


def _open_books(
    connection: duckdb.DuckDBPyConnection,
    firms: Sequence[Firm],
    transport: Transport,
    started_at: datetime,
    full: bool,
    day: date | None,
) -> list[Books]:
    """Everything that can be wrong before documents are fetched, for all firms."""
    for firm in firms:
        evidence.check_settings(connection, firm)
        evidence.read_matches(firm)
        evidence.read_acceptances(firm)
        statement_evidence.check(firm.folder)
    grants = [(firm, grant_of(firm, "clio", transport), grant_of(firm, "xero", transport)) for firm in firms]

    def open_one(one: tuple[Firm, Grant, Grant]) -> Books:
        judged = day or as_of(one[0], started_at)
        return _open(Held(connection, one[0].id), *one, transport, started_at, full, judged)

    with ThreadPoolExecutor(PREPARING) as pool:
        return list(pool.map(open_one, grants))


def _open(
    held: Held,
    firm: Firm,
    clio_grant: Grant,
    xero_grant: Grant,
    transport: Transport,
    started_at: datetime,
    full: bool,
    day: date,
) -> Books:
    refuse_before(firm.id, started_at, held.last_started())
    full = full or held.is_full_due(started_at)
    converter = Converter(firm.id, started_at)
    clio_api = Api(firm.id, "clio", firm.clio.api, clio_grant, transport, pace=SameTime(firm.id, "clio", ClioPace()))
    connections = Api(
        firm.id, "xero", firm.xero.connections, xero_grant, transport, pace=SameTime(firm.id, "xero", NoPace())
    )
    xero_api = Api(
        firm.id,
        "xero",
        firm.xero.api,
        xero_grant,
        transport,
        pace=SameTime(firm.id, "xero", XeroPace()),
        in_flight=XERO_IN_FLIGHT,
        needs="xero-tenant-id",
    )
    organisation = Tenant(firm, connections, xero_api, held).confirm()
    xero_api.calls += connections.calls
    clio_night = ClioNight(clio_api, held, converter, full=full)
    xero_night = XeroNight(xero_api, held, organisation, full=full, as_of=day)
    try:
        mapped = _map_accounts(firm, clio_night.bank_accounts(), xero_night.accounts())
    except UsageError:
        if full:
            raise
        mapped = _map_accounts(firm, clio_night.bank_accounts_again(), xero_night.accounts_again())
    return Books(firm, clio_night, xero_night, converter, mapped, day, Unchanged(held))


def _map_accounts(firm: Firm, ours: dict[str, Record], theirs: list[Record]) -> MappedAccounts:
    return resolve_accounts(firm, Accounts(firm, list(ours.values()), theirs))


def as_of(firm: Firm, started_at: datetime) -> date:
    """The night's day, in the firm's own zone."""
    return started_at.replace(tzinfo=UTC).astimezone(ZoneInfo(firm.timezone)).date()


# Extract


@dataclass
class Extracted:
    """Packages ready to load, and the records to lay over them afterwards."""

    pipelines: list[Any]
    again: list[tuple[Books, XeroList, list[Record]]]


def _extract(
    connection: duckdb.DuckDBPyConnection, books: list[Books], folder: Path, transport: Transport
) -> Extracted:
    """Both systems at the same time. When one fails the other stops at its next call."""
    again: list[tuple[Books, XeroList, list[Record]]] = []

    def read_clio() -> Any:
        return _extract_system("clio", clio.LISTS, books, lambda one: one.clio.read, connection, folder)

    def read_xero() -> Any:
        pipeline = _extract_system("xero", xero.LISTS, books, lambda one: one.xero.read, connection, folder)
        again.extend((one, xero_list, records) for one in books for xero_list, records in one.xero.read_again())
        return pipeline

    with ThreadPoolExecutor(2) as pool:
        futures = [pool.submit(read_clio), pool.submit(read_xero)]
        done, _ = wait(futures, return_when=FIRST_EXCEPTION)
        if any(future.exception() for future in done):
            transport.stop()
    _raise_first(futures)
    return Extracted([future.result() for future in futures], again)


def _raise_first(futures: Sequence[Future[Any]]) -> None:
    """Raise what went wrong first, without dlt's wrapping, which may quote rows."""
    errors = [error for future in futures if (error := future.exception())]
    ours = [found for error in errors if (found := _our_error(error)) is not None]
    real = [error for error in ours if not isinstance(error, Transport.Stopped)]
    if real:
        raise real[0] from None
    if errors:
        raise errors[0]


def _our_error(error: BaseException | None) -> TieoutError | None:
    while error is not None:
        if isinstance(error, TieoutError):
            return error
        error = error.__cause__ or error.__context__
    return None


def _extract_system(
    system: str,
    lists: Sequence[AnyList],
    books: list[Books],
    reader: Callable[[Books], Callable[[Any], Iterator[list[Record]]]],
    connection: duckdb.DuckDBPyConnection,
    folder: Path,
) -> Any:
    """One pipeline's extract step. It loads through our connection: opening the file anew for each table costs
    seconds."""
    from pipelines.quiet_dlt import dlt

    pipeline = dlt.pipeline(
        system,
        pipelines_dir=str(folder / system),
        destination=dlt.destinations.duckdb(connection, preferred_loader_file_format="parquet"),
        dataset_name=system,
    )
    source = dlt.source(lambda: [resource(one, books, reader) for one in lists], name=system, max_table_nesting=0)()
    pipeline.extract(source)
    return pipeline


def resource(
    one: AnyList, books: list[Books], reader: Callable[[Books], Callable[[Any], Iterator[list[Record]]]]
) -> Any:
    """A list as a dlt resource: its own table and those of its nested lists, merged on their keys."""
    from pipelines.quiet_dlt import dlt

    def rows() -> Iterator[Any]:
        waiting = {table: Waiting(table) for table in one.tables}
        for firm in books:
            for table, arrow in firm.changed(one, reader(firm)(one)):
                yield from (marked(full) for full in waiting[table].add(arrow))
        for rest in waiting.values():
            yield from (marked(last) for last in rest.flush())

    def marked(item: tuple[Table, pa.Table]) -> Any:
        table, arrow = item
        hints = dlt.mark.make_hints(
            table_name=table.name,
            columns=table.dlt_columns(),
            primary_key=table.primary_key,
            write_disposition="merge",
        )
        return dlt.mark.with_hints(arrow, hints, create_table_variant=True)

    return dlt.resource(rows, name=one.name, parallelized=True)


class Waiting:
    """Small tables are put together before dlt sees them: a firm of a few bills costs it no file of its own."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._parts: list[pa.Table] = []
        self._rows = 0

    def add(self, part: pa.Table) -> Iterator[tuple[Table, pa.Table]]:
        """Take a part; give back all of it when there is enough."""
        if part.num_rows:
            self._parts.append(part)
            self._rows += part.num_rows
        if self._rows >= BATCH_ROWS:
            yield from self.flush()

    def flush(self) -> Iterator[tuple[Table, pa.Table]]:
        """Give back what is left."""
        if self._parts:
            parts, self._parts, self._rows = self._parts, [], 0
            yield self._table, pa.concat_tables(parts).combine_chunks()


# Settle


def _settle(
    connection: duckdb.DuckDBPyConnection,
    books: list[Books],
    again: list[tuple[Books, XeroList, list[Record]]],
    loaded_at: datetime,
) -> None:
    """Make the tables what the two systems hold: replace parts, lay over what changed meanwhile, remove what is
    gone."""
    for one in books:
        one.unchanged.mark(connection, loaded_at)
    for one, xero_list, records in again:
        _lay_over(connection, one, xero_list, records)
    for one in books:
        for xero_list, records in one.xero.doubted(loaded_at):
            _lay_over(connection, one, xero_list, records)
    firms = [one.firm.id for one in books]
    for any_list in (*clio.LISTS, *xero.LISTS):
        stale = _stale(connection, any_list, firms, loaded_at)
        for one in books:
            night = one.clio if any_list.main.schema == "clio" else one.xero
            result = night.results[any_list.name]
            gone = set(result.gone)
            if result.mode == "refused":
                gone |= held_ids(connection, any_list, one.firm.id)
            elif result.mode == "full":
                gone |= _confirmed(connection, one, any_list, stale.get(one.firm.id, set()) - gone)
            if result.mode != "refused":
                _refuse_losses(connection, one, any_list, gone)
            _remove(connection, one.firm.id, any_list, gone, loaded_at)
            result.vanished = len(gone)
        _replace_parts(connection, any_list, firms, loaded_at)


def held_ids(connection: duckdb.DuckDBPyConnection, any_list: AnyList, firm_id: str) -> set[str]:
    """Keys of all rows of a list, those apart that were gone before."""
    main = any_list.main
    kept = " and vanished_at is null" if main.ours else ""
    sql = f"select {main.key[0]}::varchar from {main.qualified} where firm_id = ?{kept}"  # noqa: S608  (names are ours)
    return {row[0] for row in connection.execute(sql, [firm_id]).fetchall()}


def _stale(
    connection: duckdb.DuckDBPyConnection, one: AnyList, firms: list[str], loaded_at: datetime
) -> dict[str, set[str]]:
    """Keys of rows that no reading of tonight touched, by firm."""
    main = one.main
    kept = " and vanished_at is null" if main.ours else ""
    sql = f"""
        select firm_id, {main.key[0]}::varchar from {main.qualified}
        where loaded_at < ? and firm_id in (select unnest(?)){kept}
    """  # noqa: S608  (names are ours)
    found: dict[str, set[str]] = {}
    for firm_id, key in connection.execute(sql, [loaded_at, firms]).fetchall():
        found.setdefault(firm_id, set()).add(key)
    return found


def _confirmed(connection: duckdb.DuckDBPyConnection, one: Books, any_list: AnyList, missing: set[str]) -> set[str]:
    """Of the records that a whole reading left out, those that are gone indeed."""
    if not missing or any_list.name in shrunk.MAY_SHRINK:
        return missing
    main = any_list.main
    night = one.clio if main.schema == "clio" else one.xero
    result = night.results[any_list.name]
    _refuse_losses(connection, one, any_list, missing)
    if isinstance(any_list, ClioList):
        returned, gone = one.clio.reread(any_list, missing)
        refuse_returned(result, set(returned))
        return gone
    known, gone = one.xero.look_up(any_list, missing)
    refuse_returned(result, {str(r.get(any_list.key)) for r in known if r.get("Status") not in DEAD})
    _lay_over(connection, one, any_list, known)
    return gone


def _refuse_losses(connection: duckdb.DuckDBPyConnection, one: Books, any_list: AnyList, lost: set[str]) -> None:
    """End the night for a list that came back empty, or shrank without a person's word; keep the word in evidence."""
    held = held_ids(connection, any_list, one.firm.id)
    lost = lost & held
    if not lost or any_list is xero.TRIAL_BALANCE:
        return
    night = one.clio if any_list.main.schema == "clio" else one.xero
    result = night.results[any_list.name]
    if len(lost) == len(held):
        question = shrunk.NOT_EMPTY.get(any_list.name)
        if question is None or connection.execute(question, [one.firm.id]).fetchone() is not None:
            proof.refuse_empty(result, len(held))
    elif any_list.name not in shrunk.MAY_SHRINK and proof.has_shrunk(len(lost), len(held)):
        if (result.system, result.name) not in one.named:
            proof.refuse_shrinking(result, len(lost), len(held), shrunk.name_of(result))
        loss = (shrunk.name_of(result), len(held), len(lost))
        if loss not in one.losses:
            one.losses.append(loss)


def _lay_over(connection: duckdb.DuckDBPyConnection, one: Books, any_list: AnyList, records: list[Record]) -> None:
    """Put these records, with all their parts, in place of what is there."""
    if not records:
        return
    arrows = list(one.tables(any_list, records))
    keys = arrows[0][1].column(any_list.main.key[0]).to_pylist()
    for table, arrow in arrows:
        sql = f"delete from {table.qualified} where firm_id = ? and {table.key[0]} in (select unnest(?))"  # noqa: S608
        connection.execute(sql, [one.firm.id, keys])
        connection.register("laid_over", arrow)
        connection.execute(f"insert into {table.qualified} by name select * from laid_over")  # noqa: S608
        connection.unregister("laid_over")


def _remove(
    connection: duckdb.DuckDBPyConnection, firm_id: str, any_list: AnyList, gone: set[str], loaded_at: datetime
) -> None:
    """Delete what is gone. A bill stays and is marked: history knows it, and its invoice may still be there."""
    if not gone:
        return
    if any_list is clio.BILLS:
        sql = """
            update clio.bills set vanished_at = ?
            where firm_id = ? and id in (select unnest(?)) and vanished_at is null
        """
        connection.execute(sql, [loaded_at, firm_id, list(gone)])
        return
    for table in any_list.tables:
        sql = f"delete from {table.qualified} where firm_id = ? and {table.key[0]}::varchar in (select unnest(?))"  # noqa: S608
        if table.key[0] == "as_of_date":
            sql += " and loaded_at < ?"
        connection.execute(sql, [firm_id, list(gone), *([loaded_at] if table.key[0] == "as_of_date" else [])])


def _replace_parts(
    connection: duckdb.DuckDBPyConnection, any_list: AnyList, firms: list[str], loaded_at: datetime
) -> None:
    """Rows of nested lists belong to the reading of their record: older ones of a record read tonight are gone."""
    main = any_list.main
    for table in any_list.tables[1:]:
        sql = f"""
            delete from {table.qualified} as part using {main.qualified} as whole
            where whole.firm_id = part.firm_id and whole.{main.key[0]} = part.{table.key[0]}
              and whole.loaded_at = ? and part.loaded_at < ? and part.firm_id in (select unnest(?))
        """  # noqa: S608  (names are ours)
        connection.execute(sql, [loaded_at, loaded_at, firms])


# Evidence and report


def _write_evidence(
    connection: duckdb.DuckDBPyConnection, books: list[Books], run_id: str, started_at: datetime
) -> None:
    """Settings in place of last night's, and one more night."""
    loaded_at = datetime.now(UTC).replace(tzinfo=None)
    firm_ids = [one.firm.id for one in books]
    settings = [evidence.settings_rows(one.firm, one.accounts) for one in books]
    connection.execute("begin")
    for table in settings[0]:
        evidence.replace_rows(connection, table, firm_ids, [row for rows in settings for row in rows[table]])
    for one in books:
        statement_evidence.replace_statements(connection, one.firm.id, one.firm.folder)
    evidence.add_rows(connection, "nights", [_night_row(one, run_id, started_at, loaded_at) for one in books])
    evidence.add_rows(connection, "lists", [_list_row(run_id, result) for one in books for result in _results(one)])
    losses = [(one.firm.id, run_id, *loss) for one in books for loss in one.losses]
    evidence.add_rows(connection, "accepted_losses", losses)
    _keep_unread(connection, books, started_at)
    connection.execute("commit")


def _keep_unread(connection: duckdb.DuckDBPyConnection, books: list[Books], loaded_at: datetime) -> None:
    """The fields that could not be read, of each record as it was last read; none of a record that is gone."""
    for any_list in (*clio.LISTS, *xero.LISTS):
        main = any_list.main
        sql = f"""
            delete from evidence.unread_fields as unread
            where firm_id in (select unnest(?)) and table_name in (select unnest(?)) and not exists (
                select 1 from {main.qualified} as whole
                where whole.firm_id = unread.firm_id and whole.{main.key[0]}::varchar = unread.record_id
                  and whole.loaded_at < ?)
        """  # noqa: S608  (names are ours)
        tables = [table.qualified for table in any_list.tables]
        connection.execute(sql, [[one.firm.id for one in books], tables, loaded_at])
    rows = [(one.firm.id, *unread) for one in books for unread in sorted(one.converter.unread)]
    evidence.add_rows(connection, "unread_fields", rows)


def _night_row(one: Books, run_id: str, started_at: datetime, loaded_at: datetime) -> evidence.Row:
    firm = one.firm
    return (
        firm.id,
        run_id,
        firm.name,
        firm.timezone,
        firm.start_date,
        firm.grace_hours,
        one.day,
        started_at,
        loaded_at,
        one.clio.full,
        firm.clio.web,
        one.clio.api.calls,
        one.xero.api.calls,
        sum(one.rows.values()),
        evidence.version(),
    )


def _results(one: Books) -> list[ListResult]:
    return [*one.clio.results.values(), *one.xero.results.values()]


def _list_row(run_id: str, result: ListResult) -> evidence.Row:
    return (
        result.firm_id,
        run_id,
        result.system,
        result.name,
        result.mode,
        result.asked_since,
        result.started_at,
        result.pages,
        result.rows,
        result.stated,
        result.vanished,
        result.proof,
        result.shows_deleted,
    )


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
        lists=[result for one in books for result in _results(one)],
        calls_clio=sum(one.clio.api.calls for one in books),
        calls_xero=sum(one.xero.api.calls for one in books),
        calls_floor=sum(_floor(result) for one in books for result in _results(one)),
    )


def _floor(result: ListResult) -> int:
    """Calls that the rows alone would take, at the largest page."""
    sizes = {one.name: one.limit for one in clio.LISTS}
    if result.system == "clio":
        return max(1, math.ceil(result.rows / sizes[result.name]))
    paged = {one.name for one in xero.LISTS if one.paged}
    return max(1, math.ceil(result.rows / 1000)) if result.name in paged else 1
