"""Every odd field that a night may go on with, through the whole flow: loaded, built and checked, on the first night
and on the second, when there is something held to compare with.

One warehouse holds many firms with the same books. Each has a handful of oddities of one kind, spread over its records,
beside a twin with none: nothing but the odd cells may differ from the twin's. One firm of each kind is odd from the
first night on, another on the second alone. What a field refuses is refused on both nights, in a sentence.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows.night.build import BuildResult, build
from pipelines.api.http import Api, Patience, Transport
from pipelines.api.tokens import Grant
from pipelines.clio.night import ClioNight
from pipelines.errors import BadRecord, TieoutError
from pipelines.firm.secrets import read_credentials
from pipelines.firm.settings import Firm, load_settings
from pipelines.load import load_firms
from pipelines.tables.columns import Table
from pipelines.tables.converter import Converter, record_id
from pipelines.tables.held import Held
from pipelines.xero import lists as xero
from pipelines.xero.night import XeroNight
from pipelines.xero.tenant import Tenant
from sandbox.serving.server import Sandbox
from sandbox.shared.faults import Fault
from tests.night.test_odd_fields import FIELDS, LISTS, ODD, damaged, owner_of, richer_firm
from tests.night.test_reading import STARTED, Reader

pytestmark = pytest.mark.timeout(1200)

KINDS = ("null", "absent", "long text", "object", "true")
AT_ONCE, LATER = "at-once", "later"  # the first night and the second are odd, or the second alone
TWIN = "twin"
# The settings name accounts, and an account that is not what they say ends a night: `tests.unit.test_settings`.
OF_THE_SETTINGS = {"clio.bank_accounts.type"}
# Another id is another record.
TRIED = [
    (one, table, column)
    for one, table, column in FIELDS
    if f"{table.qualified}.{column.name}" not in OF_THE_SETTINGS and column.name not in table.key
]
MAPPED = {"11", "12", "1000", "1010", "2100"}
FIRST = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=2)
Odd = tuple[Any, Table, Any, str, Any]  # list, table, column, id of the record, what the cell becomes


@dataclass
class Plan:
    """What is odd in which firm, by its name; and what no night goes on with."""

    odd: dict[str, list[Odd]] = field(default_factory=lambda: defaultdict(list))
    refused: list[tuple[Any, Table, Any, str]] = field(default_factory=list)


def address_of(one: Any) -> str:
    return "/" + (one.path.removesuffix(".json") if hasattr(one, "path") else one.resource)


def record_of(one: Any, row: dict[str, Any]) -> str:
    """By what a record is known in each of the firms: they share every id but that of their own organisation."""
    return "organisation" if one is xero.ORGANISATION else str(record_id(one.main, row))


def alike(name: str) -> Any:
    """A firm whose books are those of each other one, its name included."""
    firm = richer_firm(name)
    firm.xero.organisation.update(Name="Harbor Law", LegalName="Harbor Law LLP", ShortCode="!h4rb0")
    return firm


def planned(records: dict[str, list[dict[str, Any]]]) -> Plan:
    """Each field of each list and each kind: to a firm of its kind, on one of the records that have it, in turn."""
    plan = Plan()
    for number, ((one, table, column), kind) in enumerate(product(TRIED, KINDS)):
        rows = [row for row in records[f"{one.main.schema}.{one.name}"] if owner_of(table, column, row) is not None]
        rows = [row for row in rows if row.get("Code") not in MAPPED]
        row = rows[(number // len(KINDS)) % len(rows)]
        spoilt = damaged(table, column, row, ODD[kind])
        assert spoilt is not None
        try:
            cell = Converter("f", STARTED).table(table, [spoilt]).to_pylist()[0][column.name]
        except BadRecord:
            plan.refused.append((one, table, column, kind))
            continue
        for when in (AT_ONCE, LATER):
            odd = (one, table, column, record_of(one, row), cell)
            plan.odd[f"{kind.replace(' ', '-')}-{when}"].append(odd)
    return plan


def kind_of(firm: str) -> str:
    return firm.removesuffix(f"-{AT_ONCE}").removesuffix(f"-{LATER}").replace("-", " ")


def spoiler(one: Any, odd: list[Odd], kind: str) -> Callable[[dict[str, Any]], None]:
    """What makes the rows of one list odd, in whatever reply they come. Clio sends the fields it was asked for, Xero
    none that is empty."""

    def spoil(row: dict[str, Any]) -> None:
        for _, table, column, record, _cell in odd:
            head = (table.items or column.paths[0][0]).lstrip("^")
            if record_of(one, row) == record and (one in xero.LISTS or head in row):
                spoilt = damaged(table, column, row, ODD[kind])
                if spoilt is not None:
                    row.clear()
                    row.update(spoilt)

    return spoil


@dataclass
class Nights:
    """The firms, their plan, and what each night left."""

    sandbox: Sandbox
    plan: Plan
    firms: dict[str, Firm]
    warehouse: Path
    results: list[BuildResult] = field(default_factory=list)
    rows: list[dict[str, dict[str, dict[Any, dict[str, Any]]]]] = field(default_factory=list)

    def judge(self, started_at: datetime) -> None:
        """One night of all firms."""
        run_id = f"{started_at:%Y%m%dT%H%M%SZ}-0000ff"
        load_firms(list(self.firms.values()), self.warehouse, run_id=run_id, started_at=started_at.replace(tzinfo=None))
        self.results.append(build(self.warehouse, self.warehouse.parent / "target"))
        tables = {table.qualified: table for _, table, _ in FIELDS}
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            self.rows.append({name: _rows_of(connection, table) for name, table in tables.items()})

    def make_odd(self, firm: str) -> None:
        """From here on the replies about this firm are odd."""
        by_list: dict[str, list[Odd]] = defaultdict(list)
        for odd in self.plan.odd[firm]:
            by_list[odd[0].main.qualified].append(odd)
        for odds in by_list.values():
            one = odds[0][0]
            spoil = spoiler(one, odds, kind_of(firm))
            self.sandbox.faults.add(
                Fault("odd_rows", one.main.schema, address_of(one), firm=firm, times=None, spoil_row=spoil)
            )

    def touch_everything(self, moment: datetime) -> None:
        """Each record of each firm was changed at the same moment, so that the second night reads it again."""
        for firm in self.sandbox.roster.by_key.values():
            for books, stamp in ((firm.clio, "updated_at"), (firm.xero, "UpdatedDateUTC")):  # type: ignore[union-attr]
                for table in books.tables.values():
                    for record in table.values():
                        if stamp in record:
                            record[stamp] = moment
        self.sandbox.touch()


def _rows_of(connection: duckdb.DuckDBPyConnection, table: Table) -> dict[str, dict[Any, dict[str, Any]]]:
    cursor = connection.execute(f"select * from {table.qualified}")
    names = [column[0] for column in cursor.description or []]
    found: dict[str, dict[Any, dict[str, Any]]] = defaultdict(dict)
    for values in cursor.fetchall():
        row = dict(zip(names, values, strict=True))
        firm = row.pop("firm_id")
        row.pop("loaded_at")
        row = {name: value for name, value in row.items() if not name.startswith("_dlt")}
        if table is xero.ORGANISATION.main:
            row |= dict.fromkeys(table.key, "organisation")
        found[firm][tuple(row[key] for key in table.key)] = row
    return found


@pytest.fixture(scope="module")
def nights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nights]:
    folder = tmp_path_factory.mktemp("odd_nights")
    with pytest.MonkeyPatch.context() as patch:
        with Sandbox([richer_firm()]) as alone:
            for name, value in alone.environment().items():
                patch.setenv(name, value)
            reader = Reader(alone, tmp_path_factory.mktemp("reader"))
            plan = planned({f"{one.main.schema}.{one.name}": reader.records(one) for one in LISTS})
        with Sandbox({name: alike(name) for name in (TWIN, *plan.odd)}) as sandbox:
            for name, value in sandbox.environment().items():
                patch.setenv(name, value)
            text = sandbox.config_toml(folder / "data")
            text = text.replace('bank_account = "Operating"', 'bank_account = "11"')
            (folder / "tieout.toml").write_text(text.replace('bank_account = "IOLTA"', 'bank_account = "12"'))
            firms = dict(load_settings(folder / "tieout.toml").firms)
            found = Nights(sandbox, plan, firms, folder / "work" / "warehouse.duckdb")
            found.warehouse.parent.mkdir()
            for name in (name for name in plan.odd if name.endswith(AT_ONCE)):
                found.make_odd(name)
            found.judge(FIRST)
            for name in (name for name in plan.odd if name.endswith(LATER)):
                found.make_odd(name)
            found.touch_everything(FIRST + timedelta(minutes=30))
            found.judge(FIRST + timedelta(hours=1))
            yield found
            sandbox.faults.clear()


def test_each_declared_field_is_either_gone_on_with_or_refused(nights: Nights) -> None:
    gone_on_with = sum(map(len, nights.plan.odd.values()))
    assert gone_on_with / 2 + len(nights.plan.refused) == len(TRIED) * len(KINDS)
    assert gone_on_with > 1000 and len(nights.plan.refused) > 300


def test_no_night_is_stopped(nights: Nights) -> None:
    assert [result.faults for result in nights.results] == [(), ()]


@pytest.mark.parametrize("night", [0, 1], ids=["first night", "second night"])
def test_nothing_but_the_odd_cells_differs_from_the_twin(nights: Nights, night: int) -> None:
    wrong = []
    for firm, odd in nights.plan.odd.items():
        if night == 0 and firm.endswith(LATER):
            odd = []
        cells = {(table.qualified, column.name): (record, cell) for _, table, column, record, cell in odd}
        for table, by_firm in nights.rows[night].items():
            mine, twins = by_firm[firm], by_firm[TWIN]
            if mine.keys() != twins.keys():
                wrong.append(f"{firm}: {table}: {sorted(mine.keys() ^ twins.keys())}")
                continue
            for key, row in mine.items():
                for name, value in row.items():
                    record, cell = cells.get((table, name), ("", None))
                    is_odd = record in map(str, key) and value == cell
                    if value != twins[key][name] and not is_odd:
                        wrong.append(f"{firm}: {table}.{name} of {key}: {str(value)[:40]!r}")
    assert wrong == []


def test_each_odd_cell_came_through_on_the_second_night(nights: Nights) -> None:
    missed = [
        f"{firm}: {table.qualified}.{column.name}"
        for firm, odd in nights.plan.odd.items()
        for _, table, column, record, cell in odd
        if not any(
            record in map(str, key) and row[column.name] == cell
            for key, row in nights.rows[1][table.qualified][firm].items()
        )
    ]
    assert missed == [], "\n".join(missed)


def test_what_cannot_be_read_is_named(nights: Nights) -> None:
    sql = "select firm_id, not_proven from recon.run_statements where started_at ="
    sql += " (select max(started_at) from recon.run_statements)"
    with duckdb.connect(str(nights.warehouse), read_only=True) as connection:
        told = dict(connection.execute(sql).fetchall())
    for firm, odd in nights.plan.odd.items():
        is_told = "Each field of a record can be read" in told[firm]
        assert odd and is_told == (kind_of(firm) not in ("null", "absent")), firm
    assert "Each field of a record can be read" not in told[TWIN]


def test_what_is_refused_on_the_first_night_is_refused_on_the_second(nights: Nights) -> None:
    """Read with everything held, as a second night reads that wants every list whole."""
    nights.sandbox.faults.clear()
    firm = nights.firms[TWIN]
    transport = Transport(Patience(attempts=2, first_wait=0.001), sleep=lambda seconds: None)

    def api(system: str, base: str) -> Api:
        return Api(firm.id, system, base, Grant(firm, system, read_credentials(firm, system), transport), transport)

    believed = []
    with duckdb.connect(str(nights.warehouse), read_only=True) as connection:
        held = Held(connection, firm.id)
        books = api("xero", firm.xero.api)
        tenant = Tenant(firm, api("xero", firm.xero.connections), books, held)
        organisation = tenant.confirm()
        for one, table, column, kind in nights.plan.refused:
            spoil = refusing(one, table, column, kind)
            nights.sandbox.faults.add(
                Fault("odd_rows", one.main.schema, address_of(one), firm=TWIN, times=None, spoil_row=spoil)
            )
            converter = Converter(firm.id, STARTED)
            try:
                whose = tenant.confirm() if one is xero.ORGANISATION else organisation
                night: Any = (
                    XeroNight(books, held, whose, converter, full=True, as_of=FIRST.date())
                    if one in xero.LISTS
                    else ClioNight(api("clio", firm.clio.api), held, converter, full=True)
                )
                for batch in night.read(one):
                    list(batch.tables())
                believed.append(f"{table.qualified}.{column.name} {kind}")
            except TieoutError as refused:
                assert "\n" not in str(refused) and len(str(refused)) < 600
            nights.sandbox.faults.clear()
    assert believed == [], "\n".join(believed)


def refusing(one: Any, table: Table, column: Any, kind: str) -> Callable[[dict[str, Any]], None]:
    def spoil(row: dict[str, Any]) -> None:
        spoilt = damaged(table, column, row, ODD[kind])
        if spoilt is not None:
            row.clear()
            row.update(spoilt)

    return spoil
