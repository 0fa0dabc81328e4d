"""Xero as a dlt source: one resource a list, each with its nested lists, merged on their keys.

A night reads it with what it holds beside it, and loads no row a second time. It also runs by itself, into any
destination, every list whole::

    firm = load_settings(Path("tieout.toml")).firms["harbor-law"]
    pipeline = dlt.pipeline("xero", destination="duckdb", dataset_name="xero")
    pipeline.run(xero_source([whole(firm, as_of=date(2026, 10, 31))]))

Import dlt from `pipelines.quiet_dlt`, so that it sends nothing and logs no rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from functools import partial
from typing import Any, TypeAlias

from pipelines.api.http import Transport
from pipelines.api.tokens import grant_of
from pipelines.firm.settings import Firm
from pipelines.quiet_dlt import dlt
from pipelines.tables.converter import Converter
from pipelines.tables.found import Found
from pipelines.tables.held import holding_nothing
from pipelines.tables.resource import Rows, resource
from pipelines.xero.lists import LISTS, TABLES, XeroList
from pipelines.xero.night import XeroNight
from pipelines.xero.tenant import xero_api

Reader: TypeAlias = Callable[[XeroList], Rows]


@dlt.source(name="xero", max_table_nesting=0)
def xero_source(readers: Sequence[Reader]) -> Any:
    """All lists of Xero. Each firm has a reader: from a list to the rows of its tables, as Arrow."""
    return [resource(one.tables, [partial(read, one) for read in readers]) for one in LISTS]


def whole(firm: Firm, as_of: date, transport: Transport | None = None) -> Reader:
    """A firm's reader that holds nothing: every list is read whole and proven by itself, the trial balance as of a day.
    Needs the firm's credentials; raises TieoutError as a night does."""
    transport = transport or Transport()
    converter = Converter(firm.id, datetime.now(UTC).replace(tzinfo=None))
    held = holding_nothing(firm.id, TABLES)
    api, organisation = xero_api(firm, grant_of(firm, "xero", transport), transport, held)
    night = XeroNight(api, held, organisation, converter, full=True, as_of=as_of)

    def read(one: XeroList) -> Rows:
        found = Found(converter, one, (record for batch in night.read(one) for record in batch.records))
        yield from found.joined(night.changed_meanwhile(one)).tables()

    return read
