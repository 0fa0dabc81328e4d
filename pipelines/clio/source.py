"""Clio as a dlt source: one resource a list, each with its nested lists, merged on their keys.

A night reads it with what it holds beside it, and loads no row a second time. It also runs by itself, into any
destination, every list whole::

    firm = load_settings(Path("tieout.toml")).firms["harbor-law"]
    pipeline = dlt.pipeline("clio", destination="duckdb", dataset_name="clio")
    pipeline.run(clio_source([whole(firm)]))

Import dlt from `pipelines.quiet_dlt`, so that it sends nothing and logs no rows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeAlias

from pipelines.api.http import Transport
from pipelines.api.tokens import grant_of
from pipelines.clio.lists import LISTS, TABLES, ClioList
from pipelines.clio.night import ClioNight, clio_api
from pipelines.firm.settings import Firm
from pipelines.quiet_dlt import dlt
from pipelines.tables.converter import Converter
from pipelines.tables.held import holding_nothing
from pipelines.tables.resource import Rows, resource

Reader: TypeAlias = Callable[[ClioList], Rows]


@dlt.source(name="clio", max_table_nesting=0)
def clio_source(readers: Sequence[Reader]) -> Any:
    """All lists of Clio. Each firm has a reader: from a list to the rows of its tables, as Arrow."""
    return [resource(one.tables, [partial(read, one) for read in readers]) for one in LISTS]


def whole(firm: Firm, transport: Transport | None = None) -> Reader:
    """A firm's reader that holds nothing: every list is read whole and proven by itself. Needs the firm's
    credentials; raises TieoutError as a night does."""
    transport = transport or Transport()
    converter = Converter(firm.id, datetime.now(UTC).replace(tzinfo=None))
    api = clio_api(firm, grant_of(firm, "clio", transport), transport)
    night = ClioNight(api, holding_nothing(firm.id, TABLES), converter, full=True)

    def read(one: ClioList) -> Rows:
        for records in night.read(one):
            yield from records.tables()

    return read
