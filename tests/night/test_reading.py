"""Every fault on every list, on the first night, when nothing is held to compare with: whole or refused, never less.

The lists are read by the product's own readers over HTTP and compared with a reading on a good day; nothing is loaded.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.api.http import Api, ClioPace, Patience, Transport
from pipelines.api.tokens import Grant
from pipelines.clio import lists as clio
from pipelines.clio.night import ClioNight
from pipelines.errors import TieoutError
from pipelines.firm.secrets import read_credentials
from pipelines.firm.settings import load_settings
from pipelines.night.schema import create_tables
from pipelines.tables.converter import Converter
from pipelines.tables.found import Records
from pipelines.tables.held import Held
from pipelines.xero import lists as xero
from pipelines.xero.night import XeroNight
from pipelines.xero.tenant import Tenant
from sandbox.serving.server import Fault, Limits, Sandbox
from tests.support.sandbox_http import rich_firm

STARTED = datetime(2026, 11, 23, 2, 0)
PASSING = ("429", "500", "502", "503", "reset", "truncated", "cut_json", "expired_token")
SHAPES = ("money_strings", "timestamps_z", "timestamps_offset", "timestamps_seven", "float_noise", "extra_field")
PAGES = ("short_page", "empty_page", "repeated_page")


class Reader:
    """Reads lists of one firm as a first night does."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        (folder / "tieout.toml").write_text(sandbox.config_toml(folder / "data"))
        self.sandbox = sandbox
        self.firm = next(iter(load_settings(folder / "tieout.toml").firms.values()))
        self.connection = duckdb.connect()
        create_tables(self.connection)
        self.transport = Transport(Patience(attempts=4, first_wait=0.001), sleep=lambda seconds: None)

    def grant(self, system: str) -> Grant:
        return Grant(self.firm, system, read_credentials(self.firm, system), self.transport)

    def api(self, system: str) -> Api:
        base = self.firm.clio.api if system == "clio" else self.firm.xero.api
        return Api(self.firm.id, system, base, self.grant(system), self.transport)

    def rows(self, one: Any) -> list[dict[str, Any]]:
        """All rows of all tables of a list, in an order of their own, moments to the second."""
        found = [row for batch in self.batches(one) for _, rows in batch.tables() for row in rows.to_pylist()]
        for row in found:
            row.update({k: v.replace(microsecond=0) for k, v in row.items() if isinstance(v, datetime)})
        return sorted(found, key=repr)

    def records(self, one: Any) -> list[dict[str, Any]]:
        """A list as it was sent."""
        return [record for batch in self.batches(one) for record in batch.records]

    def batches(self, one: Any) -> Iterator[Records]:
        """A list, whole."""
        held = Held(self.connection, self.firm.id)
        converter = Converter(self.firm.id, STARTED)
        batches: Iterator[Records]
        if isinstance(one, clio.ClioList):
            batches = ClioNight(self.api("clio"), held, converter, full=True).read(one)
        else:
            connections = Api(self.firm.id, "xero", self.firm.xero.connections, self.grant("xero"), self.transport)
            api = self.api("xero")
            organisation = Tenant(self.firm, connections, api, held).confirm()
            batches = XeroNight(api, held, organisation, converter, full=True, as_of=date(2026, 11, 23)).read(one)
        return batches


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    patch = pytest.MonkeyPatch()
    with Sandbox([rich_firm()]) as sandbox:
        for name, value in sandbox.environment().items():
            patch.setenv(name, value)
        yield Reader(sandbox, tmp_path_factory.mktemp("reading"))
    patch.undo()


@pytest.fixture
def faulty(reader: Reader) -> Iterator[Reader]:
    yield reader
    reader.sandbox.faults.clear()


LISTS = [(one, one.path.removesuffix(".json")) for one in clio.LISTS] + [(one, one.resource) for one in xero.LISTS]
NAMES = [f"{one.main.schema}-{one.name}" for one, _ in LISTS]


@pytest.mark.parametrize(("one", "path"), LISTS, ids=NAMES)
def test_passing_trouble_and_odd_spellings_change_nothing(faulty: Reader, one: Any, path: str) -> None:
    good = faulty.rows(one)
    for kind in (*PASSING, *SHAPES):
        times = 2 if kind in PASSING else None
        fault = faulty.sandbox.faults.add(Fault(kind, system=one.main.schema, path=path, times=times, retry_after=1))
        if kind == "expired_token":
            fault.times = 1
        assert faulty.rows(one) == good, kind
        assert fault.struck, kind
        faulty.sandbox.faults.clear()


@pytest.mark.parametrize("nth", [1, 2])
@pytest.mark.parametrize(("one", "path"), LISTS, ids=NAMES)
def test_a_page_that_lacks_rows_is_noticed(faulty: Reader, one: Any, path: str, nth: int) -> None:
    if one in (xero.ORGANISATION, xero.TRIAL_BALANCE):
        pytest.skip("one record, no page")
    good = faulty.rows(one)
    for kind in PAGES:
        faulty.sandbox.faults.add(Fault(kind, system=one.main.schema, path=path, nth=nth, times=1))
        try:
            assert faulty.rows(one) == good, kind
        except TieoutError as refused:
            assert "nothing was published" in str(refused).lower(), kind
        faulty.sandbox.faults.clear()


@pytest.mark.parametrize(
    ("one", "path", "field", "kind", "value"),
    [
        (clio.BILLS, "bills", "total", "bad_amount", "12.345"),
        (clio.BILLS, "bills", "issued_at", "bad_date", "next Tuesday"),
        (clio.BILLS, "bills", "state", "unknown_enum", "half_paid"),
        (clio.BANK_TRANSACTIONS, "bank_transactions", "funds_in", "bad_amount", "lots"),
        (xero.INVOICES, "Invoices", "Status", "unknown_enum", "PARKED"),
        (xero.INVOICES, "Invoices", "Total", "bad_amount", "n/a"),
        (xero.PAYMENTS, "Payments", "Status", "unknown_enum", "PENDING"),
    ],
)
def test_a_value_that_decides_sums_and_cannot_be_read_is_refused_by_name(
    faulty: Reader, one: Any, path: str, field: str, kind: str, value: str
) -> None:
    faulty.sandbox.faults.add(Fault(kind, system=one.main.schema, path=path, times=None, field=field, value=value))
    with pytest.raises(TieoutError) as caught:
        faulty.rows(one)
    assert f"{one.main.schema} {one.name}" in str(caught.value) and f"field {field}" in str(caught.value)


def test_an_unknown_word_elsewhere_is_no_trouble(faulty: Reader) -> None:
    fault = faulty.sandbox.faults.add(
        Fault("unknown_enum", system="xero", path="Invoices", times=None, field="LineAmountTypes", value="Sideways")
    )
    assert "Sideways" in {row.get("line_amount_types") for row in faulty.rows(xero.INVOICES)}
    assert fault.struck


@pytest.mark.parametrize(("one", "path"), LISTS, ids=NAMES)
def test_a_refused_list_ends_the_night_but_not_what_asks_for_the_right_to_reports(
    faulty: Reader, one: Any, path: str
) -> None:
    faulty.sandbox.faults.add(Fault("403", system=one.main.schema, path=path, times=None))
    if one in (xero.TRIAL_BALANCE, xero.MANUAL_JOURNALS):
        assert faulty.rows(one) == []
        return
    with pytest.raises(TieoutError, match="refused"):
        faulty.rows(one)


def test_a_tenant_that_is_not_the_firms_is_never_read(faulty: Reader) -> None:
    firm = faulty.firm.model_copy(update={"xero": faulty.firm.xero.model_copy(update={"tenant_id": "someone-else"})})
    firm._id, firm._data_dir = faulty.firm._id, faulty.firm._data_dir
    held = Held(faulty.connection, firm.id)
    connections = Api(firm.id, "xero", firm.xero.connections, faulty.grant("xero"), faulty.transport)
    api = Api(firm.id, "xero", firm.xero.api, faulty.grant("xero"), faulty.transport, needs="xero-tenant-id")
    faulty.sandbox.forget_calls()
    with pytest.raises(TieoutError, match="and not that one"):
        Tenant(firm, connections, api, held).confirm()
    assert api.calls == 0


def test_another_organisation_than_before_is_never_read(faulty: Reader) -> None:
    firm = faulty.firm
    organisation = {"OrganisationID": "the-one-before"}
    table = Converter(firm.id, STARTED.replace(tzinfo=UTC).replace(tzinfo=None)).table(
        xero.ORGANISATION.main, [organisation]
    )
    faulty.connection.register("before", table)
    faulty.connection.execute("insert into xero.organisations by name select * from before")
    connections = Api(firm.id, "xero", firm.xero.connections, faulty.grant("xero"), faulty.transport)
    try:
        with pytest.raises(TieoutError, match="the-one-before was read before"):
            Tenant(firm, connections, faulty.api("xero"), Held(faulty.connection, firm.id)).confirm()
    finally:
        faulty.connection.execute("delete from xero.organisations")


def test_calls_are_paced_so_that_no_limit_is_hit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four lists at a time against a limit of fifteen calls in two seconds: waiting, and no 429."""
    with Sandbox([rich_firm()], limits=Limits(clio_per_minute=15, window_seconds=2.0)) as sandbox:
        for name, value in sandbox.environment().items():
            monkeypatch.setenv(name, value)
        reader = Reader(sandbox, tmp_path)
        reader.transport = Transport()
        night = ClioNight(
            Api("f", "clio", reader.firm.clio.api, reader.grant("clio"), reader.transport, pace=ClioPace()),
            Held(reader.connection, "f"),
            Converter("f", STARTED),
            full=True,
        )
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda one: list(night.read(one)), clio.LISTS))
        statuses = [call.status for call in sandbox.calls if call.system == "clio"]
    assert len(statuses) > 19 and 429 not in statuses
