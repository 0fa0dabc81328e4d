"""Settling, in SQL: what was loaded becomes what the two systems hold.

Every row that was read tonight carries tonight's ``loaded_at``; what a whole reading should have shown and does not
carry it is how records that are gone are found. None is believed gone before it was asked for by its id, and a list
that came back empty or shrank ends the night unless a person named it.
"""

from __future__ import annotations

from datetime import datetime

import duckdb

from pipelines.api import proof
from pipelines.api.proof import refuse_returned
from pipelines.clio import lists as clio
from pipelines.clio.lists import ClioList
from pipelines.night import shrunk
from pipelines.night.books import AnyList, Books
from pipelines.tables.found import Records
from pipelines.xero import lists as xero
from pipelines.xero.lists import DEAD
from pipelines.xero.trial_balance import NOT_AS_ASKED

WITHOUT_FIGURES = ("refused", NOT_AS_ASKED)


def settle(
    connection: duckdb.DuckDBPyConnection,
    books: list[Books],
    again: list[tuple[Books, Records]],
    loaded_at: datetime,
) -> None:
    """Make the tables what the two systems hold: replace parts, lay over what changed meanwhile, remove what is
    gone."""
    for one in books:
        one.unchanged.mark(connection, loaded_at)
    for one, records in again:
        _lay_over(connection, one, records)
    for one in books:
        for records in one.xero.doubted(loaded_at):
            _lay_over(connection, one, records)
    firms = [one.firm.id for one in books]
    for any_list in (*clio.LISTS, *xero.LISTS):
        read_whole = [one.firm.id for one in books if one.result(any_list).mode == "full"]
        stale = _stale(connection, any_list, read_whole, loaded_at)
        for one in books:
            result = one.result(any_list)
            gone = set(result.gone)
            if result.mode in WITHOUT_FIGURES:
                gone |= held_ids(connection, any_list, one.firm.id)
            elif result.mode == "full":
                gone |= _confirmed(connection, one, any_list, stale.get(one.firm.id, set()) - gone)
            if result.mode not in WITHOUT_FIGURES:
                refuse_losses(connection, one, any_list, gone)
            _remove(connection, one.firm.id, any_list, gone, loaded_at)
            result.vanished = len(gone)
        _replace_parts(connection, any_list, firms, loaded_at)


def held_ids(connection: duckdb.DuckDBPyConnection, any_list: AnyList, firm_id: str) -> set[str]:
    """Keys of all rows of a list, those apart that were gone before."""
    main = any_list.main
    sql = f"select {main.key[0]}::varchar from {main.qualified} where firm_id = ? and {main.is_there}"  # noqa: S608
    return {row[0] for row in connection.execute(sql, [firm_id]).fetchall()}


def _stale(
    connection: duckdb.DuckDBPyConnection, one: AnyList, firms: list[str], loaded_at: datetime
) -> dict[str, set[str]]:
    """Keys of rows that no reading of tonight touched, by firm."""
    main = one.main
    sql = f"""
        select firm_id, {main.key[0]}::varchar from {main.qualified}
        where loaded_at < ? and firm_id in (select unnest(?)) and {main.is_there}
    """  # noqa: S608  (names are ours)
    found: dict[str, set[str]] = {}
    for firm_id, key in connection.execute(sql, [loaded_at, firms]).fetchall():
        found.setdefault(firm_id, set()).add(key)
    return found


def _confirmed(connection: duckdb.DuckDBPyConnection, one: Books, any_list: AnyList, missing: set[str]) -> set[str]:
    """Of the records that a whole reading left out, those that are gone indeed."""
    if not missing or any_list.may_shrink:
        return missing
    result = one.result(any_list)
    refuse_losses(connection, one, any_list, missing)
    if isinstance(any_list, ClioList):
        returned, gone = one.clio.reread(any_list, missing)
        refuse_returned(result, set(returned))
        return gone
    known, gone = one.xero.look_up(any_list, missing)
    refuse_returned(result, {number for number, record in known.items() if record.get("Status") not in DEAD})
    _lay_over(connection, one, known)
    return gone


def refuse_losses(connection: duckdb.DuckDBPyConnection, one: Books, any_list: AnyList, lost: set[str]) -> None:
    """End the night for a list that came back empty, or shrank without a person's word; keep the word in evidence.
    What came anew tonight makes no loss smaller."""
    if not lost or any_list is xero.TRIAL_BALANCE:
        return
    there, held = held_ids(connection, any_list, one.firm.id), one.held[any_list.main]
    lost = lost & there
    if not lost:
        return
    result = one.result(any_list)
    if len(lost) == len(there):
        question = any_list.not_empty if isinstance(any_list, ClioList) else ""
        if not question or connection.execute(question, [one.firm.id]).fetchone() is not None:
            proof.refuse_empty(result, held)
    elif not any_list.may_shrink and proof.has_shrunk(len(lost), held):
        if (result.system, result.name) not in one.named:
            proof.refuse_shrinking(result, len(lost), held, shrunk.name_of(result))
        loss = (shrunk.name_of(result), held, len(lost))
        if loss not in one.losses:
            one.losses.append(loss)


def _lay_over(connection: duckdb.DuckDBPyConnection, one: Books, records: Records) -> None:
    """Put these records, with all their parts, in place of what is there."""
    arrows = list(one.counted(records))
    if not arrows:
        return
    main, rows = arrows[0]
    keys = rows.column(main.key[0]).to_pylist()
    for table, arrow in arrows:
        sql = f"delete from {table.qualified} where firm_id = ? and {table.key[0]} in (select unnest(?))"  # noqa: S608
        connection.execute(sql, [one.firm.id, keys])
        connection.register("laid_over", arrow)
        connection.execute(f"insert into {table.qualified} by name select * from laid_over")  # noqa: S608
        connection.unregister("laid_over")


def _remove(
    connection: duckdb.DuckDBPyConnection, firm_id: str, any_list: AnyList, gone: set[str], loaded_at: datetime
) -> None:
    """Delete what is gone. A bill and a bank account stay and are marked: the bill's invoice may still be there, and
    client money that is not shown any more is not gone."""
    if not gone:
        return
    if any_list.main.ours:
        sql = f"""
            update {any_list.main.qualified} set vanished_at = ?
            where firm_id = ? and id in (select unnest(?)) and {any_list.main.is_there}
        """  # noqa: S608  (names are ours)
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
