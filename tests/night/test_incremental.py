"""A night that reads what changed leaves the same tables as one that reads everything.

The demo firm is loaded, then much happens in both systems, some of it without a trace in any stamp. The incremental
night is compared, table by table and cell by cell, with a full load of the same sandbox into an empty file.
"""

from __future__ import annotations

import math
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs

import duckdb
import pytest
import requests

from pipelines.api.http import Patience, Transport
from pipelines.api.proof import ListResult
from pipelines.api.tokens import grant_of
from pipelines.clio import lists as clio
from pipelines.errors import GiveUp, TieoutError, TryAgain
from pipelines.firm.settings import Firm, load_settings
from pipelines.load import LoadReport, load_firms
from pipelines.night.settling import refuse_losses
from pipelines.night.warehouse import new_run_id
from pipelines.tables.duck import connect
from pipelines.tables.found import Found
from pipelines.xero import lists as xero
from pipelines.xero import paging as xero_paging
from pipelines.xero.changes import Changes
from pipelines.xero.lists import OPEN
from sandbox.engine import time
from sandbox.firms import demo as demo_firm
from sandbox.serving.server import Fault, Sandbox
from tests.support.empty_warehouse import create_empty

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


class World:
    """A sandbox with one firm, and a file that its nights go into."""

    def __init__(self, sandbox: Sandbox, firm: Any, folder: Path) -> None:
        self.sandbox = sandbox
        self.books = firm
        self.folder = folder
        (folder / "tieout.toml").write_text(sandbox.config_toml(folder / "data"))
        self.firm: Firm = next(iter(load_settings(folder / "tieout.toml").firms.values()))
        self.nights = 0

    def load(self, file: str = "warehouse.duckdb", full: bool = False, accept_shrunk: Sequence[str] = ()) -> LoadReport:
        """One night, a minute after the one before."""
        self.nights += 1
        started = datetime.now(UTC).replace(tzinfo=None, microsecond=0) + timedelta(minutes=self.nights)
        path = self.folder / f"night{self.nights}" / "warehouse.duckdb"
        path.parent.mkdir()
        kept = self.folder / file
        if kept.exists():
            path.write_bytes(kept.read_bytes())
        transport = Transport(Patience(attempts=3, first_wait=0.01))
        report = load_firms(
            [self.firm],
            path,
            run_id=new_run_id(started),
            started_at=started,
            full=full,
            accept_shrunk=accept_shrunk,
            transport=transport,
        )
        path.replace(kept)
        return report

    def begin(self, first_night: Path) -> None:
        """Start from the first night that was loaded once for all tests: the demo firm is always the same."""
        (self.folder / "warehouse.duckdb").write_bytes(first_night.read_bytes())
        self.nights += 1

    def rows(self, sql: str, file: str = "warehouse.duckdb") -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.folder / file), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def assert_same_as_full(self) -> None:
        """Every cell of every raw table, but for the moment it was loaded and bills that are gone."""
        (self.folder / "oracle.duckdb").unlink(missing_ok=True)
        self.load("oracle.duckdb")
        for table in (*clio.TABLES, *xero.TABLES):
            columns = ", ".join(column.name for column in table.columns)
            alive = "vanished_at is null" if table.ours else "true"
            if table.name == "bill_matters":
                alive = "bill_id in (select id from clio.bills where vanished_at is null)"
            sql = f"select {columns} from {table.qualified} where {alive} order by all"
            assert self.rows(sql) == self.rows(sql, "oracle.duckdb"), table.qualified


def a_firm() -> Any:
    """The demo firm with a few drafts more."""
    firm = demo_firm.build(NOW)
    client = next(iter(firm.clio.tables["contacts"].values()))
    for _ in range(3):
        firm.draft_bill(client, [time("Draft work", "1.00", "200.00"), time("More of it", "0.25", "200.00")])
    return firm


@pytest.fixture(scope="module")
def noisy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A first night of which every number was written by binary floats."""
    with pytest.MonkeyPatch.context() as patch, Sandbox([a_firm()]) as sandbox:
        for name, value in sandbox.environment().items():
            patch.setenv(name, value)
        world = World(sandbox, sandbox.firms[0], tmp_path_factory.mktemp("first"))
        sandbox.faults.add(Fault("float_noise", times=None))
        assert world.load().mode == "full"
        yield world


@pytest.fixture
def empty_world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A firm that was never loaded."""
    with Sandbox([a_firm()]) as sandbox:
        for name, value in sandbox.environment().items():
            monkeypatch.setenv(name, value)
        yield World(sandbox, sandbox.firms[0], tmp_path)


@pytest.fixture
def world(noisy: World, empty_world: World) -> World:
    """A firm with one night behind it."""
    empty_world.begin(noisy.folder / "warehouse.duckdb")
    return empty_world


@pytest.fixture
def many_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Xero's lists of a small firm fit on a page; with small pages they are read as those of a large one."""
    monkeypatch.setattr("pipelines.xero.paging.XERO_PAGE", 40)
    monkeypatch.setattr("pipelines.xero.changes.XERO_PAGE", 40)
    monkeypatch.setattr("pipelines.clio.changes.SNAPSHOT_PAGES", 0)
    monkeypatch.setattr("pipelines.clio.changes.CALLS_FOR_CHANGES", -100)


@pytest.fixture(params=["one page", "many pages"])
def paged(request: pytest.FixtureRequest) -> str:
    """Both sizes of firm."""
    if request.param == "many pages":
        request.getfixturevalue("many_pages")
    return str(request.param)


def live_bills(firm: Any, **wanted: Any) -> list[Any]:
    bills = [bill for bill in firm.clio.tables["bills"].values() if bill["kind"] != "trust_kind"]
    return [bill for bill in bills if all(bill[name] == value for name, value in wanted.items())]


def a_busy_day(firm: Any) -> None:
    """Edits, payments, voids and removals on both sides."""
    firm.at(NOW + timedelta(hours=20))
    open_bills = [b for b in live_bills(firm, state="awaiting_payment") if b["id"] in firm.invoice_of and not b["paid"]]
    drafts = live_bills(firm, state="draft")
    firm.edit_line(open_bills[0], 0, description="Reworded after it was sent")
    firm.add_line(open_bills[1], time("One more call", "0.50", "300.00"))
    firm.remove_line(open_bills[2], 0)
    firm.void(open_bills[3], in_xero=False)
    firm.pay(open_bills[4], reaches_xero=False)
    firm.pay(open_bills[5], "10.00")
    firm.approve(drafts[0])
    firm.delete_draft(drafts[1], vanish=True)
    firm.renumber(open_bills[6], "RENUMBERED-1")
    firm.accrue_interest(open_bills[7], "3.21", mirror="none")
    allocations = [
        a for a in firm.clio.tables["allocations"].values() if a["voided_at"] is None and a["id"] in firm.payments_of
    ]
    firm.void_payment(allocations[-1])
    client = open_bills[0]["client"]
    firm.deposit(firm.clio.tables["contacts"][client["id"]], "750.00", None, firm.today)


def test_an_incremental_night_equals_a_full_one(world: World, paged: str) -> None:
    a_busy_day(world.books)
    second = world.load()
    assert second.mode == "incremental"
    modes = {result.name: result.mode for result in second.lists if result.system == "clio"}
    assert modes["line_items"] == "sets" and modes["bills"] == ("full" if paged == "one page" else "incremental")
    world.assert_same_as_full()


def test_what_no_stamp_tells_is_found_all_the_same(world: World, many_pages: None) -> None:
    """A ledger entry gone, a due date moved in Xero: no record's stamp says so."""
    books = world.books
    bill = next(b for b in live_bills(books, state="awaiting_payment") if b["id"] in books.invoice_of)
    entry = next(iter(reversed(books.clio.tables["bank_transactions"].values())))
    books.clio.remove_entry(entry)
    books.invoice_of[bill["id"]]["DueDate"] += timedelta(days=3)
    world.sandbox.touch()
    report = world.load()
    assert report.mode == "incremental"
    world.assert_same_as_full()


def open_invoices_asked(world: World) -> Counter[str]:
    """How often Xero was asked for the open invoices in brief, for them whole, and for invoices by their ids."""
    queries = [parse_qs(call.query) for call in world.sandbox.calls if call.path.endswith("/Invoices")]
    of_the_open = [query for query in queries if query["Statuses"] == [",".join(OPEN)]]
    in_brief = sum(query.get("summaryOnly") == ["true"] for query in of_the_open)
    return Counter(brief=in_brief, whole=len(of_the_open) - in_brief, by_ids=sum("IDs" in query for query in queries))


def test_open_invoices_come_without_their_lines(world: World, many_pages: None) -> None:
    world.sandbox.forget_calls()
    world.load()
    asked = open_invoices_asked(world)
    assert asked["brief"] > 0 and asked == Counter(brief=asked["brief"])
    world.assert_same_as_full()


@pytest.mark.parametrize("are_few", [True, False])
def test_an_open_invoice_that_is_not_as_it_is_held_is_read_with_its_lines(
    world: World, many_pages: None, monkeypatch: pytest.MonkeyPatch, are_few: bool
) -> None:
    """Due days moved without a stamp, and lines with them: asked for by id, or all that are open where that is fewer
    calls."""
    if not are_few:
        monkeypatch.setattr("pipelines.xero.changes.IDS_PER_CALL", 1)
    invoices = [row for row in world.books.xero.tables["Invoices"].values() if row["Status"] == "AUTHORISED"]
    for row in invoices:
        row["DueDate"] += timedelta(days=3)
        row["LineItems"][0]["Description"] = "Reworded with it"
    world.sandbox.touch()
    world.sandbox.forget_calls()
    assert world.load().mode == "incremental"
    asked = open_invoices_asked(world)
    assert (asked["by_ids"] > 0, asked["whole"] > 0) == (are_few, not are_few)
    world.assert_same_as_full()


def test_an_invoice_that_closes_between_two_readings_of_the_open_is_noticed(
    world: World, many_pages: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In brief it was open and as it is held; when all that are open are read with their lines, it is voided."""
    monkeypatch.setattr("pipelines.xero.changes.IDS_PER_CALL", 1)
    invoices = [row for row in world.books.xero.tables["Invoices"].values() if row["Status"] == "AUTHORISED"]
    closes, *others = sorted(invoices, key=lambda row: row["UpdatedDateUTC"])
    for row in others:
        row["DueDate"] += timedelta(days=3)
    world.sandbox.touch()
    walk = Changes._walk

    def then_void(changes: Changes, one: xero.XeroList, asked: dict[str, str]) -> Found:
        found = walk(changes, one, asked)
        if "summaryOnly" in asked:
            closes["Status"], closes["AmountDue"] = "VOIDED", Decimal(0)
            world.sandbox.touch()
        return found

    monkeypatch.setattr(Changes, "_walk", then_void)
    assert world.load().mode == "incremental"
    status = f"select status from xero.invoices where invoice_id = '{closes['InvoiceID']}'"
    assert world.rows(status) == [("VOIDED",)]


def test_a_discount_that_is_not_in_brief_is_no_change(world: World, many_pages: None) -> None:
    """Xero leaves out of the brief form what it would have to add up."""
    open_now = {row["InvoiceID"] for row in world.books.xero.tables["Invoices"].values() if row["Status"] in OPEN}
    with duckdb.connect(str(world.folder / "warehouse.duckdb")) as connection:
        connection.execute(
            "update xero.invoices set total_discount = 1 where invoice_id in (select unnest(?))", [list(open_now)]
        )
    world.sandbox.forget_calls()
    world.load()
    assert open_invoices_asked(world)["by_ids"] == 0


def test_a_quiet_night_changes_nothing_and_costs_little(world: World, paged: str) -> None:
    """The pages that what is open takes in both systems, and 25 calls; counted where they arrive."""
    world.sandbox.forget_calls()
    second = world.load()
    served = Counter(call.system for call in world.sandbox.calls if "token" not in call.path)
    assert second.mode == "incremental"
    assert served == {"clio": second.calls_clio, "xero": second.calls_xero}
    open_invoices = [row for row in world.books.xero.tables["Invoices"].values() if row["Status"] in OPEN]
    unfinished = Counter(bill["state"] for bill in world.books.clio.tables["bills"].values())
    of_state = [unfinished[state] / 200 for state in clio.BILLS.unfinished]
    if paged == "one page":  # bills that few are read whole, whatever their state
        of_state = [sum(of_state)]
    pages = [len(open_invoices) / xero_paging.XERO_PAGE, *of_state]
    assert served.total() <= sum(math.ceil(page) or 1 for page in pages) + 25
    assert sum(result.vanished for result in second.lists) == 0
    world.assert_same_as_full()


def test_a_bill_that_is_gone_stays_and_says_since_when(world: World) -> None:
    draft = live_bills(world.books, state="draft")[0]
    world.books.delete_draft(draft, vanish=True, in_xero=False)
    world.load(full=True)
    vanished = world.rows("select id from clio.bills where vanished_at is not null")
    assert vanished == [(str(draft["id"]),)]
    assert world.rows(f"select count(*) from clio.line_items where bill_id = '{draft['id']}'") == [(0,)]


def test_a_list_that_shrinks_is_refused_unless_a_person_names_it(world: World) -> None:
    matters = world.books.clio.tables["matters"]
    held = len(matters)
    for number in list(matters)[: held // 2]:
        del matters[number]
    world.sandbox.touch()
    for full in (False, True):
        with pytest.raises(GiveUp, match=r"matters: shrank: .*--accept-shrunk clio\.matters"):
            world.load(full=full)
    with pytest.raises(GiveUp, match=r"matters: shrank"):
        world.load(accept_shrunk=["clio.bills"])
    world.load(accept_shrunk=["Clio.Matters"])
    assert world.rows("select count(*) from clio.matters") == [(len(matters),)]
    assert world.rows("select list, rows_held, rows_lost from evidence.accepted_losses") == [
        ("clio.matters", held, held - len(matters))
    ]


def test_what_came_anew_makes_no_loss_smaller(world: World) -> None:
    """Half the matters are not shown any more on the day on which many were opened: half of those held are lost."""
    books = world.books
    matters = books.clio.tables["matters"]
    held = len(matters)
    lost = list(matters)[: held // 2]
    for number in lost:
        del matters[number]
    client = next(iter(books.clio.tables["contacts"].values()))
    for number in range(5 * held):
        books.matter(client, f"Opened today, {number}")
    world.sandbox.touch()
    with pytest.raises(GiveUp, match=rf"matters: shrank: {held} records were held, {len(lost)} of them"):
        world.load()
    world.load(accept_shrunk=["clio.matters"])
    assert world.rows("select rows_held, rows_lost from evidence.accepted_losses") == [(held, len(lost))]


def under_other_ids(books: Any, table: str) -> None:
    """A table of Clio's as another account has it: not one id is the same."""
    records = list(books.clio.tables[table].values())
    books.clio.tables[table].clear()
    for record in records:
        record["id"] += 500_000
        books.clio.tables[table][record["id"]] = record


def test_another_account_of_clio_is_not_read_into_this_firms_file(world: World) -> None:
    """Two firms' tokens were exchanged: every bank account and every contact is another's. However many records the
    other firm has, none is fetched."""
    for table in ("bank_accounts", "contacts"):
        under_other_ids(world.books, table)
    world.sandbox.touch()
    world.sandbox.forget_calls()
    before = (world.folder / "warehouse.duckdb").read_bytes()
    for full in (False, True):
        with pytest.raises(GiveUp, match="another account of Clio is connected"):
            world.load(full=full, accept_shrunk=["clio.contacts"])
    assert (world.folder / "warehouse.duckdb").read_bytes() == before
    assert {call.path.rpartition("/")[2] for call in world.sandbox.calls if call.system == "clio"} <= {
        "bank_accounts.json",
        "contacts.json",
        "token",
    }


def test_a_firm_that_opens_all_its_bank_accounts_anew_is_the_same_firm(world: World) -> None:
    books = world.books
    under_other_ids(books, "bank_accounts")
    for entry in books.clio.tables["bank_transactions"].values():
        entry["bank_account_id"] += 500_000
    world.sandbox.touch()
    world.load()
    shown = world.rows("select id from clio.bank_accounts where vanished_at is null")
    assert set(shown) == {(str(number),) for number in books.clio.tables["bank_accounts"]}


@pytest.mark.parametrize(
    ("system", "table", "name"),
    [
        ("clio", "bills", "clio.bills"),
        ("clio", "contacts", "clio.contacts"),
        ("xero", "Payments", "xero.Payments"),
    ],
)
def test_an_empty_list_is_believed_by_nobodys_word(world: World, system: str, table: str, name: str) -> None:
    books = world.books.clio if system == "clio" else world.books.xero
    assert books.tables[table]
    books.tables[table].clear()
    world.sandbox.touch()
    before = (world.folder / "warehouse.duckdb").read_bytes()
    for named in ([], [name]):
        with pytest.raises(TieoutError, match=r"(N|n)othing was published"):
            world.load(full=True, accept_shrunk=named)
    assert (world.folder / "warehouse.duckdb").read_bytes() == before


def test_no_list_of_clios_speaks_for_the_one_of_xeros_that_is_called_the_same(tmp_path: Path) -> None:
    """The firm has no bank account in Clio, so nothing there could have a bank transaction."""
    result = ListResult("a-firm", "xero", "bank_transactions", datetime(2026, 11, 22))
    held = {xero.BANK_TRANSACTIONS.main: 1}
    books: Any = SimpleNamespace(firm=SimpleNamespace(id="a-firm"), result=lambda _: result, held=held)
    create_empty(tmp_path / "warehouse.duckdb")
    with connect(tmp_path / "warehouse.duckdb") as connection:
        connection.execute(
            "insert into xero.bank_transactions (firm_id, bank_transaction_id) values ('a-firm', 'spent')"
        )
        with pytest.raises(GiveUp, match="bank_transactions: 1 records were held, and the list came back empty"):
            refuse_losses(connection, books, xero.BANK_TRANSACTIONS, {"spent"})


def test_the_last_interest_charge_may_go_with_its_interest(world: World) -> None:
    """Another list of the same night says that the empty one must be empty."""
    books = world.books
    assert books.clio.tables["interest_charges"]
    books.clio.tables["interest_charges"].clear()
    world.sandbox.touch()
    with pytest.raises(GiveUp, match=r"interest_charges: .* came back empty"):
        world.load(full=True)
    for bill in books.clio.tables["bills"].values():
        if bill["interest"]["total"]:
            bill["interest"] = {**bill["interest"], "total": Decimal(0), "balance": Decimal(0)}
    world.sandbox.touch()
    world.load(full=True)
    assert world.rows("select count(*) from clio.interest_charges") == [(0,)]


def test_no_page_is_believed_at_once(world: World) -> None:
    """Short, empty and repeated pages in every place where one could hide; the load is whole or fails."""
    a_busy_day(world.books)
    places = [("clio", name) for name in ("bills", "line_items", "allocations", "bank_transactions", "matters")]
    places += [("xero", name) for name in ("Invoices", "Payments", "Contacts", "BankTransfers")]
    for system, path in places:
        for kind in ("short_page", "empty_page", "repeated_page"):
            world.sandbox.faults.add(Fault(kind, system=system, path=path, nth=1, times=1))
    world.load()
    world.assert_same_as_full()


@pytest.mark.parametrize("path", ["bills", "line_items", "matters", "allocations"])
def test_a_page_that_stays_empty_ends_the_night(empty_world: World, path: str) -> None:
    empty_world.sandbox.faults.add(Fault("empty_page", system="clio", path=path, nth=2, times=None))
    with pytest.raises(TryAgain, match="cannot be shown to be whole"):
        empty_world.load()


def test_lists_that_leave_out_the_dead_are_completed(empty_world: World, many_pages: None) -> None:
    """Whether plain lists hold void bills, voided allocations and deleted payments is not documented."""
    world = empty_world
    world.sandbox.knobs.clio_bills_include_dead = False
    world.sandbox.knobs.clio_allocations_include_voided = False
    world.sandbox.knobs.xero_lists_include_deleted = False
    world.load()
    counts = "select count(*) filter (state in ('void', 'deleted')) from clio.bills"
    dead = [b for b in world.books.clio.tables["bills"].values() if b["state"] in ("void", "deleted")]
    assert world.rows(counts) == [(len(dead),)]
    a_busy_day(world.books)
    world.load()
    statuses = dict(world.rows("select payment_id, status from xero.payments"))
    expected = {key: row["Status"] for key, row in world.books.xero.tables["Payments"].items()}
    assert {key: status for key, status in statuses.items() if expected[key] != status} == {}
    voided = world.rows("select count(*) from clio.allocations where voided_at is not null")
    assert voided == [(sum(a["voided_at"] is not None for a in world.books.clio.tables["allocations"].values()),)]


# Nights in which the books differ and the night must not be calm: lists, counts and stamps that lie


def test_what_xero_undoes_without_a_stamp_is_noticed_the_next_night(world: World, many_pages: None) -> None:
    """A draft deleted, an approved invoice voided, a payment taken off: no stamp moves."""
    books = world.books.xero
    invoices = books.tables["Invoices"].values()
    draft = next(row for row in invoices if row["Status"] == "DRAFT")
    open_one = next(row for row in invoices if row["Status"] == "AUTHORISED" and not row["AmountPaid"])
    payment = next(row for row in books.tables["Payments"].values() if row["PaymentType"] == "ACCRECPAYMENT")
    paid = books.tables["Invoices"][payment["Invoice"]["InvoiceID"]]
    stamps = {row["InvoiceID"]: row["UpdatedDateUTC"] for row in invoices}
    draft["Status"], open_one["Status"], open_one["AmountDue"] = "DELETED", "VOIDED", Decimal(0)
    payment["Status"] = "DELETED"
    books.settle(paid)
    paid["UpdatedDateUTC"] = stamps[paid["InvoiceID"]]
    world.sandbox.touch()
    report = world.load()
    assert report.mode == "incremental"
    proofs = {result.name: result.proof for result in report.lists if result.system == "xero"}
    assert "without a stamp" in proofs["payments"]
    world.assert_same_as_full()


def test_a_draft_that_is_gone_for_good_is_noticed(world: World, many_pages: None) -> None:
    invoices = world.books.xero.tables["Invoices"]
    draft = next(key for key, row in invoices.items() if row["Status"] == "DRAFT")
    del invoices[draft]
    world.sandbox.touch()
    world.load()
    assert world.rows(f"select count(*) from xero.invoices where invoice_id = '{draft}'") == [(0,)]


@pytest.mark.parametrize("shows", [True, False])
def test_a_count_is_compared_with_the_one_form_that_was_shown(
    empty_world: World, many_pages: None, shows: bool
) -> None:
    """One payment deleted, one hidden: with two right answers the count would be right for the wrong reason."""
    world = empty_world
    world.sandbox.knobs.xero_lists_include_deleted = shows
    payments = world.books.xero.tables["Payments"]
    gone = [row for row in payments.values() if row["Status"] == "AUTHORISED" and not row.get("BatchPaymentID")][:2]
    world.load()
    world.books.at(NOW + timedelta(hours=20))
    world.books.xero.delete_payment(gone[0])
    world.sandbox.touch()
    world.load()
    world.load()
    del payments[gone[1]["PaymentID"]]
    world.sandbox.touch()
    report = world.load()
    proofs = {result.name: result.proof for result in report.lists if result.system == "xero"}
    assert "swept, as Xero stated another number" in proofs["payments"]
    left = f"select status from xero.payments where payment_id = '{gone[1]['PaymentID']}'"
    assert world.rows(left) == []


@pytest.mark.parametrize("raised", [True, False])
def test_changes_that_say_nothing_are_not_believed(world: World, many_pages: None, raised: bool) -> None:
    """Clio answers "nothing changed" although bills were raised, paid and reworded."""
    books = world.books
    if raised:
        a_busy_day(books)
    else:
        books.at(NOW + timedelta(hours=20))
        books.edit_line(live_bills(books, state="awaiting_payment")[0], 0, description="Reworded after it was sent")
    world.sandbox.faults.add(Fault("empty_page", system="clio", path="updated_since", times=None))
    report = world.load()
    assert any("from its changes" in result.proof for result in report.lists)
    world.sandbox.faults.clear()
    world.assert_same_as_full()


def test_the_newest_record_that_is_gone_is_noticed(world: World, many_pages: None) -> None:
    """Clio deletes without a trace: only the highest id tells."""
    allocations = world.books.clio.tables["allocations"]
    newest = max(allocations)
    del allocations[newest]
    world.sandbox.touch()
    world.load()
    assert world.rows(f"select count(*) from clio.allocations where id = '{newest}'") == [(0,)]


def test_changes_that_say_nothing_are_not_believed_on_a_quiet_night_either(world: World, many_pages: None) -> None:
    """Nothing changed, but what changed last is still to be named."""
    world.sandbox.faults.add(Fault("empty_page", system="clio", path="updated_since", times=None))
    report = world.load()
    proofs = [result.proof for result in report.lists if result.system == "clio"]
    assert sum("from its changes" in proof for proof in proofs) >= 3
    world.sandbox.faults.clear()
    world.assert_same_as_full()


@pytest.mark.parametrize("path", ["bank_accounts", "bills", "matters", "contacts", "interest_charges", "outstanding"])
@pytest.mark.parametrize("kind", ["short_page", "empty_page"])
def test_one_reading_of_a_list_is_believed_for_a_reason(world: World, path: str, kind: str) -> None:
    """A list that is read whole in one go each night, cut in the middle of a day on which much happened."""
    a_busy_day(world.books)
    fault = world.sandbox.faults.add(Fault(kind, system="clio", path=path, nth=1, times=1))
    world.load()
    assert fault.struck == 1
    world.assert_same_as_full()


@pytest.mark.parametrize("path", ["BatchPayments", "Accounts", "BankTransfers"])
def test_a_list_without_pages_is_doubted_where_others_speak_of_what_it_lacks(world: World, path: str) -> None:
    """The only batch, account or transfer: a reply without it is exactly what we hold, and only other lists tell."""
    books = world.books
    books.at(NOW + timedelta(hours=20))
    payments = [row for row in books.xero.tables["Payments"].values() if row["Status"] == "AUTHORISED"][:2]
    if path == "Accounts":
        new = books.xero.add_account("1099", "New till", "BANK")
        payments[0]["Account"] = {"AccountID": new["AccountID"], "Code": "1099"}
    elif path == "BankTransfers":
        new = books.xero.add_transfer(books.xero.account("1000"), books.xero.account("1010"), Decimal(9), books.today)
    else:
        new = books.xero.batch(payments, books.today, books.xero.account("1000"))
    table = books.xero.tables[path]
    key = next(key for key, row in table.items() if row is new)

    def hide(firm: Any) -> None:
        del table[key]

    def show(firm: Any) -> None:
        table[key] = new

    world.sandbox.faults.add(Fault("change", system="xero", path=path, nth=1, action=hide))
    # Lists are asked for side by side: the report waits until the list was answered.
    world.sandbox.faults.add(Fault("slow", system="xero", path="TrialBalance", nth=1, seconds=3.0))
    world.sandbox.faults.add(Fault("change", system="xero", path="TrialBalance", nth=1, action=show))
    report = world.load()
    name = {"Accounts": "accounts", "BatchPayments": "batch_payments", "BankTransfers": "bank_transfers"}[path]
    assert name in {result.name for result in report.lists if "asked for as" in result.proof}
    world.assert_same_as_full()


def test_no_account_is_missed_by_one_reply(world: World) -> None:
    """Tonight's settings name an account that was opened today, and the one reply that would do lacks it."""
    new = world.books.xero.add_account("1099", "New till", "BANK")
    config = world.folder / "tieout.toml"
    config.write_text(config.read_text().replace('xero_bank_account = "1000"', 'xero_bank_account = "1099"'))
    world.firm = next(iter(load_settings(config).firms.values()))
    table = world.books.xero.tables["Accounts"]

    def hide(firm: Any) -> None:
        del table[new["AccountID"]]

    def show(firm: Any) -> None:
        table[new["AccountID"]] = new

    world.sandbox.faults.add(Fault("change", system="xero", path="Accounts", nth=1, action=hide))
    world.sandbox.faults.add(Fault("change", system="xero", path="Accounts", nth=2, action=show))
    world.load()
    assert world.rows("select xero_bank_account_id from evidence.operating_accounts") == [(new["AccountID"],)]
    world.assert_same_as_full()


def test_a_busy_day_in_xero_is_read_beyond_what_changed_last(
    world: World, many_pages: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipelines.xero.paging.LATEST_ROWS", 3)
    a_busy_day(world.books)
    world.sandbox.forget_calls()
    world.load()
    asked = Counter(
        call.path.rpartition("/")[2] for call in world.sandbox.calls if "Statuses=DRAFT%2CSUB" in call.query
    )
    assert asked["Invoices"] > 1
    world.assert_same_as_full()


def test_a_tenant_that_is_refused_is_looked_for_among_the_connections(world: World) -> None:
    """From the second night on the organisation answers for the tenant; where it is refused, the night says why."""
    token = grant_of(world.firm, "xero", Transport()).access_token()
    headers = {"Authorization": f"Bearer {token}"}
    for one in requests.get(world.sandbox.xero_connections_url, headers=headers, timeout=10).json():
        requests.delete(f"{world.sandbox.xero_connections_url}/{one['id']}", headers=headers, timeout=10)
    with pytest.raises(GiveUp, match=r"a connection to tenant .* was expected, found 0 organisations"):
        world.load()


def test_money_is_what_the_books_say_to_the_cent(noisy: World) -> None:
    """No digit is lost between the books, the wire and the warehouse, whatever floats did to the wire."""
    world = noisy
    books = world.books.clio.tables["bills"]
    loaded = {row[0]: row[1:] for row in world.rows("select id, total, due, balance, paid from clio.bills")}
    for number, bill in books.items():
        assert loaded[str(number)] == tuple(
            bill[name].quantize(Decimal("0.01")) for name in ("total", "due", "balance", "paid")
        )


def test_nothing_secret_is_left_behind(noisy: World) -> None:
    """Neither warehouse nor working folders hold a token or a client secret; staging copies are gone."""
    world = noisy
    secrets = [value for name, value in os.environ.items() if name.startswith("FIRMS__") and "SECRET" in name]
    secrets += [v for n, v in os.environ.items() if n.startswith("FIRMS__") and "REFRESH" in n]
    tokens = (world.firm.folder / "tokens.json").read_text()
    secrets += [word for word in tokens.split('"') if word.startswith(("clio-access", "xero-access", "sbx-"))]
    assert secrets
    for path in world.folder.rglob("*"):
        if path.is_file() and path.name not in ("tokens.json",):
            content = path.read_bytes()
            assert not [secret for secret in secrets if secret.encode() in content], path
    schemas = {row[0] for row in world.rows("select schema_name from information_schema.schemata")}
    assert not {"clio_staging", "xero_staging"} & schemas
