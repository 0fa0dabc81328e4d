"""What must hold in every firm, whatever happened to it: hypothesis over the business engine.

One example is a whole batch of firms, each with a random history of events and faults, all loaded into one warehouse
and judged by one build. The truth comes from the engine's own books, never from the product's tables.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from flows.night.build import BuildResult, build
from pipelines.clio import lists as clio
from pipelines.firm.settings import load_settings
from pipelines.load import load_firms
from pipelines.xero import lists as xero
from sandbox.books import Record
from sandbox.books.clio import APPROVED
from sandbox.engine import Firm
from sandbox.serving.server import Sandbox
from tests.support.harm import Row, harms
from tests.support.random_firms import NAMES, NOW, Life, Move, has_lived

pytestmark = pytest.mark.timeout(900)
BATCHES = 2
FIRMS = 40
QUIET_FIRMS = 12
SHUFFLED = 12
ZERO = Decimal("0.00")
ROUNDING = Decimal("0.10")
DOCUMENT_CODES = (
    "missing_in_xero",
    "stuck_in_draft_ready",
    "stuck_in_draft_edited",
    "approved_early_in_xero",
    "void_in_clio_live_in_xero",
    "void_in_xero_live_in_clio",
    "number_collision",
    "xero_only",
)
# Two documents on one row, or one of two: their effect is not that of the bill's own invoice alone.
OF_TWO_DOCUMENTS = ("number_collision", "duplicate_in_xero")

histories = st.lists(
    st.lists(st.tuples(st.sampled_from(NAMES), st.integers(0, 9_999)), max_size=20),
    min_size=FIRMS,
    max_size=FIRMS,
)


@dataclass
class Judged:
    """A batch of firms after its night."""

    lives: dict[str, Life]
    histories: dict[str, list[Move]]
    result: BuildResult
    connection: duckdb.DuckDBPyConnection

    def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql, values).fetchall()

    def smallest(self, wrong: list[tuple[str, object]]) -> str:
        """Of the firms of which something is untrue, the one with the shortest history."""
        firm, what = min(wrong, key=lambda one: len(self.histories[one[0]]))
        return f"{len(wrong)} wrong; the shortest history: {self.histories[firm]}: {what}"


def judge(folder: Path, batch: list[list[Move]]) -> Judged:
    """Let the firms live, load them over HTTP, and build once."""
    named = {f"firm-{number:02}": history for number, history in enumerate(batch)}
    lives = {name: has_lived(name, history) for name, history in named.items()}
    work_file = folder / "work" / "warehouse.duckdb"
    work_file.parent.mkdir()
    with (
        Sandbox({name: life.firm for name, life in lives.items()}) as sandbox,
        pytest.MonkeyPatch.context() as environment,
    ):
        for name, value in sandbox.environment().items():
            environment.setenv(name, value)
        (folder / "tieout.toml").write_text(sandbox.config_toml(folder / "data"))
        firms = list(load_settings(folder / "tieout.toml").firms.values())
        load_firms(firms, work_file, run_id="20261123T020000Z-0000ff", started_at=NOW.replace(tzinfo=None))
    shuffle(work_file, [f"firm-{number:02}" for number in range(FIRMS - SHUFFLED, FIRMS)])
    result = build(work_file, work_file.parent / "target")
    return Judged(lives, named, result, duckdb.connect(str(work_file), read_only=True))


def shuffle(work_file: Path, firms: list[str]) -> None:
    """Each of these firms a second time, its rows written in another order."""
    with duckdb.connect(str(work_file)) as connection:
        connection.execute("set preserve_insertion_order = true")
        tables = [table.qualified for table in (*clio.TABLES, *xero.TABLES)]
        evidence = connection.execute("select table_name from duckdb_tables where schema_name = 'evidence'").fetchall()
        for table in (*tables, *(f"evidence.{name}" for (name,) in evidence)):
            connection.execute(
                f"insert into {table} select * replace (firm_id || '-shuffled' as firm_id) from {table} "
                "where firm_id in (select unnest(?)) order by hash(rowid)",
                [firms],
            )


@settings(
    max_examples=BATCHES,
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
@given(batch=histories)
def test_what_holds_in_every_firm(tmp_path_factory: pytest.TempPathFactory, batch: list[list[Move]]) -> None:
    assume(sum(map(len, batch)) > 3 * FIRMS)  # hypothesis tries the batch of nothing first
    judged = judge(tmp_path_factory.mktemp("firms"), batch)
    try:
        assert judged.result.faults == ()
        effects_add_up(judged)
        effects_of_each_bill_add_up(judged)
        one_document_code_each(judged)
        ready_is_said_exactly_when_it_is_true(judged)
        no_difference_is_silent(judged)
        no_advice_does_harm(judged)
        order_of_load_does_not_matter(judged)
    finally:
        judged.connection.close()


def test_unchanged_books_add_no_row(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Law 3: three nights over books that nobody touches say the same rows, each under the same id."""
    chance = Random(3)
    folder = tmp_path_factory.mktemp("unchanged")
    lives = {
        f"firm-{number:02}": has_lived(
            f"firm-{number:02}", [(chance.choice(NAMES), chance.randrange(10_000)) for _ in range(15)]
        )
        for number in range(QUIET_FIRMS)
    }
    work_file = folder / "work" / "warehouse.duckdb"
    work_file.parent.mkdir()
    nights = []
    with (
        Sandbox({name: life.firm for name, life in lives.items()}) as sandbox,
        pytest.MonkeyPatch.context() as environment,
    ):
        for name, value in sandbox.environment().items():
            environment.setenv(name, value)
        (folder / "tieout.toml").write_text(sandbox.config_toml(folder / "data"))
        firms = list(load_settings(folder / "tieout.toml").firms.values())
        for hour in (2, 3, 4):
            night = NOW.replace(hour=hour)
            for life in lives.values():
                life.firm.at(night)
            load_firms(firms, work_file, run_id=f"{night:%Y%m%dT%H%M%SZ}-0000ff", started_at=night.replace(tzinfo=None))
            assert build(work_file, work_file.parent / "target").faults == ()
            with duckdb.connect(str(work_file), read_only=True) as connection:
                rows = connection.execute("select firm_id, exception_id, code, fingerprint from recon.exceptions")
                nights.append(Counter(rows.fetchall()))
    assert nights[0].total() > 3 * QUIET_FIRMS
    assert nights[1] == nights[0], (nights[1] - nights[0], nights[0] - nights[1])
    assert nights[2] == nights[0], (nights[2] - nights[0], nights[0] - nights[2])


# Effects


def clio_ar(bill: Record) -> Decimal:
    """What Clio says is owed."""
    return bill["balance"] if bill["state"] in APPROVED and bill["kind"] != "trust_kind" else ZERO


def xero_ar(invoice: Record) -> Decimal:
    """What Xero says is owed."""
    return invoice["AmountDue"] if invoice["Status"] == "AUTHORISED" else ZERO


def in_base(amount: Decimal, rate: Decimal) -> Decimal:
    """In the firm's own currency, half up."""
    return (amount / rate).quantize(Decimal("0.01"), ROUND_HALF_UP)


def rate_of(life: Life, bill: Record) -> Decimal:
    """Of a bill's currency: its own invoice's rate, else that of the newest invoice of that currency."""
    code = bill["currency"]["code"]
    known = [row for row in life.firm.xero.tables["Invoices"].values() if row["CurrencyCode"] == code != "USD"]
    own = life.firm.invoice_of.get(bill["id"])
    if own is not None and own["CurrencyCode"] == code:
        return own["CurrencyRate"]
    live = [row for row in known if row["Status"] in ("AUTHORISED", "PAID", "VOIDED")]
    return max(live, key=lambda row: row["Date"])["CurrencyRate"] if live else Decimal(1)


def effects_add_up(judged: Judged) -> None:
    """All rows of a firm together are the gap between its books, and none of it is unexplained."""
    found = dict(judged.rows("select firm_id, sum(ar_effect) from recon.exceptions group by 1"))
    wrong: list[tuple[str, object]] = []
    for name, life in judged.lives.items():
        tables = life.firm.xero.tables
        credits = [row for key in ("CreditNotes", "Overpayments", "Prepayments") for row in tables[key].values()]
        gap = sum((in_base(xero_ar(row), row["CurrencyRate"]) for row in tables["Invoices"].values()), ZERO)
        gap -= sum((row["RemainingCredit"] for row in credits if row["Status"] == "AUTHORISED"), ZERO)
        bills = life.firm.clio.tables["bills"].values()
        gap -= sum((in_base(clio_ar(row), rate_of(life, row)) for row in bills), ZERO)
        if found.get(name, ZERO) != gap:
            wrong.append((name, f"effects {found.get(name)}, gap {gap}"))
    assert not wrong, judged.smallest(wrong)
    unexplained = judged.rows("select firm_id, explanation from recon.exceptions where code = 'unexplained'")
    left = [(firm.removesuffix("-shuffled"), words) for firm, words in unexplained]
    left += judged.rows("select firm_id, amount from recon.ar_tie_out where step = 'unexplained' and amount <> 0")
    assert not left, judged.smallest(left)


def effects_of_each_bill_add_up(judged: Judged) -> None:
    """The rows of a bill are the gap between it and its invoice, interest child included."""
    sql = """
        select pairs.firm_id, pairs.clio_bill_id, pairs.xero_invoice_id, pairs.xero_interest_invoice_ids,
            coalesce(sum(rows.ar_effect), 0)
        from recon.matched_bills as pairs
        left join recon.exceptions as rows
            on pairs.firm_id = rows.firm_id and rows.subject_key = 'clio:' || pairs.clio_bill_id
            and not list_contains(?, rows.code)
        where pairs.xero_invoice_id is not null and pairs.clio_bill_id is not null
        group by all
    """
    wrong: list[tuple[str, object]] = []
    for firm, bill_id, invoice_id, child_ids, effect in judged.rows(sql, list(OF_TWO_DOCUMENTS)):
        if firm not in judged.lives:
            continue
        books = judged.lives[firm].firm
        invoices = books.xero.tables["Invoices"]
        invoice = invoices.get(invoice_id) or {"AmountDue": ZERO, "Status": "CREDIT NOTE", "CurrencyRate": Decimal(1)}
        bill = books.clio.tables["bills"][int(bill_id)]
        if invoice["Status"] == "CREDIT NOTE":
            invoice["AmountDue"] = -books.xero.tables["CreditNotes"][invoice_id]["RemainingCredit"]
            invoice["Status"] = "AUTHORISED"
        gap = in_base(xero_ar(invoice), invoice["CurrencyRate"]) - in_base(
            clio_ar(bill), rate_of(judged.lives[firm], bill)
        )
        gap += sum((xero_ar(invoices[child_id]) for child_id in (child_ids or "").split(",") if child_id), ZERO)
        if effect != gap:
            wrong.append((firm, f"bill {bill_id}: effects {effect}, gap {gap}"))
    assert not wrong, judged.smallest(wrong)


def one_document_code_each(judged: Judged) -> None:
    """No bill, and no invoice without a bill, is called by two names."""
    said = Counter(
        judged.rows(
            "select firm_id, subject_key from recon.exceptions where list_contains(?, code)", list(DOCUMENT_CODES)
        )
    )
    twice = [(firm.removesuffix("-shuffled"), subject) for (firm, subject), count in said.items() if count > 1]
    assert not twice, judged.smallest(twice)


# The three laws


def no_difference_is_silent(judged: Judged) -> None:
    """Law 1: what differs has an open row of medium or worse: each bill that is owed otherwise in Xero than in Clio,
    each entry of client money that reached one side only, each charge, each entry booked past the documents."""
    told: dict[str, set[str]] = {}
    for firm, subject, other in judged.rows("""
        select firm_id, subject_key, 'clio-entry:' || unnest(string_split(coalesce(candidate, ''), ', '))
        from recon.exceptions where severity not in ('low', 'info')
    """):
        told.setdefault(firm, set()).update((subject, other))
    wrong: list[tuple[str, object]] = []
    for name, life in judged.lives.items():
        rows = told.get(name, set())
        wrong += [(name, what) for what, subjects in life.planted if not rows & set(subjects)]
        for bill in life.firm.clio.tables["bills"].values():
            if may_be_another_invoice(life, bill):
                continue
            if abs(gap_of(life, bill)) > ROUNDING and f"clio:{bill['id']}" not in rows:
                wrong.append((name, f"bill {bill['id']} is off by {gap_of(life, bill)}"))
    assert not wrong, judged.smallest(wrong)


def may_be_another_invoice(life: Life, bill: Record) -> bool:
    """Whether Xero has an invoice of no other bill that stands for this one: a second copy, when the first is dead."""
    owned = {invoice["InvoiceID"] for invoice in life.firm.invoice_of.values()}
    return any(
        invoice["InvoiceID"] not in owned
        and invoice["Status"] not in ("VOIDED", "DELETED")
        and invoice["Total"] == bill["due"]
        for invoice in life.firm.xero.tables["Invoices"].values()
    )


def gap_of(life: Life, bill: Record) -> Decimal:
    """What Xero has owed of a bill more than Clio, its interest and its credit note included."""
    found = [life.firm.invoice_of.get(bill["id"]), *life.firm.interest_invoices_of.get(bill["id"], [])]
    gap = sum((xero_ar(invoice) for invoice in found if invoice is not None), ZERO) - clio_ar(bill)
    notes = life.firm.xero.tables["CreditNotes"].values()
    return gap - sum(
        (note["RemainingCredit"] for note in notes if note["CreditNoteNumber"] == f"CN-{bill['number']}"), ZERO
    )


def no_advice_does_harm(judged: Judged) -> None:
    """Law 2: the list of what a code may never say, held against the engine's own books."""
    sql = "select firm_id, code, subject_key, amount, explanation, suggested_action from recon.exceptions"
    said: dict[str, list[Row]] = {}
    for firm, *values in judged.rows(sql):
        said.setdefault(firm, []).append(Row(*values))
    wrong: list[tuple[str, object]] = [
        (name, what) for name, life in judged.lives.items() for what in harms(life.firm, said.get(name, []))
    ]
    assert not wrong, judged.smallest(wrong)


# Ready


def ready_is_said_exactly_when_it_is_true(judged: Judged) -> None:
    """A draft is called ready if and only if approving it makes both sides equal."""
    sql = """
        select rows.firm_id, rows.code, pairs.clio_bill_id, pairs.xero_invoice_id
        from recon.exceptions as rows
        inner join recon.matched_bills as pairs
            on rows.firm_id = pairs.firm_id and rows.subject_key = 'clio:' || pairs.clio_bill_id
        where rows.code in ('stuck_in_draft_ready', 'stuck_in_draft_edited')
    """
    wrong: list[tuple[str, object]] = []
    said = Counter[str]()
    for firm, code, bill_id, invoice_id in judged.rows(sql):
        life = judged.lives.get(firm)
        if life is None:
            continue
        bill = life.firm.clio.tables["bills"][int(bill_id)]
        is_ready = would_be_equal(life, bill, life.firm.xero.tables["Invoices"][invoice_id])
        said[code] += 1
        if is_ready != (code == "stuck_in_draft_ready"):
            wrong.append((firm, f"bill {bill_id} is called {code}"))
    assert not wrong, judged.smallest(wrong)
    assert len(said) == 2 and sum(said.values()) >= 8, said


def would_be_equal(life: Life, bill: Record, invoice: Record) -> bool:
    """Approved as it is, the draft says what a push of the bill would write now; interest left out. Nothing is ready
    under another number, or while the same invoice stands there twice."""
    firm = life.firm
    client = firm.clio.tables["contacts"][bill["client"]["id"]]
    heads = (
        (standing_contact(firm, invoice["Contact"]["ContactID"]), firm.contact(client)["ContactID"]),
        (len([one for one in firm.clio.tables["contacts"].values() if one["name"] == client["name"]]), 1),
        (invoice["Date"], bill["issued_at"]),
        (invoice["DueDate"], bill["due_at"]),
        (invoice["CurrencyCode"], bill["currency"]["code"]),
        (invoice["TotalTax"], bill["total_tax"]),
    )
    if any(one != other for one, other in heads) or _number(invoice["InvoiceNumber"]) != _number(bill["number"]):
        return False
    if _stands_twice(life, invoice):
        return False
    there = [line for line in invoice["LineItems"] if not _is_interest(bill, line)]
    net = bill["due"] - bill["total_tax"] - bill["interest"]["total"]
    if sum((line["LineAmount"] for line in there), ZERO) != net:
        return False
    return any(_same_lines(life, bill, there, style) for style in ("line", "rate"))


def standing_contact(firm: Firm, contact_id: str) -> str:
    """The contact that a merged one became, to the end of the chain."""
    into = firm.xero.tables["Contacts"][contact_id].get("MergedToContactID")
    return standing_contact(firm, into) if into else contact_id


def _number(text: str | None) -> str:
    return (text or "").casefold().replace(" ", "").removeprefix("inv").lstrip("-#0")


def _stands_twice(life: Life, invoice: Record) -> bool:
    of_bills = {one["InvoiceID"] for one in life.firm.invoice_of.values()}
    return any(
        other["InvoiceID"] not in of_bills
        and other["InvoiceID"] != invoice["InvoiceID"]
        and other["Status"] not in ("VOIDED", "DELETED")
        and all(other[name] == invoice[name] for name in ("Date", "Total"))
        and other["Contact"]["ContactID"] == invoice["Contact"]["ContactID"]
        for other in life.firm.xero.tables["Invoices"].values()
    )


def _is_interest(bill: Record, line: Record) -> bool:
    return bill["interest"]["total"] != 0 and line["Description"].startswith("Interest on bill")


def _same_lines(life: Life, bill: Record, there: list[Record], style: str) -> bool:
    wanted = life.firm.invoice_lines(bill, style)
    spread = style == "rate" and life.firm.clio.bill_discount(bill) != 0
    return Counter(_said(line, spread) for line in wanted) == Counter(_said(line, spread) for line in there)


def _said(line: Record, spread: bool) -> tuple[object, ...]:
    # A discount's own line answers to no line of the bill: its words are Xero's.
    text = "" if line["UnitAmount"] < 0 else " ".join(line["Description"].casefold().split()).rstrip(" .")
    return (text, line["Quantity"], line["UnitAmount"], line["DiscountRate"] if spread else None)


# Order


def order_of_load_does_not_matter(judged: Judged) -> None:
    """Every table that people read holds the same rows for a firm and for its shuffled twin."""
    columns: dict[str, list[str]] = {}
    for table, column in judged.rows(
        "select table_name, column_name from information_schema.columns where table_schema = 'recon' order by all"
    ):
        columns.setdefault(table, []).append(column)
    assert len(columns) >= 8
    for table, names in columns.items():
        # Ids of rows are made from the firm's own id.
        kept = ", ".join(name for name in names if name not in ("firm_id", "exception_id", "group_id", "blocked_by"))
        sql = f"select firm_id, {kept} from recon.{table} order by all"
        rows: dict[str, list[tuple[Any, ...]]] = {}
        for firm, *values in judged.rows(sql):
            # A command to copy names the firm.
            said = (value.replace("-shuffled", "") if isinstance(value, str) else value for value in values)
            rows.setdefault(firm, []).append(tuple(said))
        wrong: list[tuple[str, object]] = [
            (firm, (table, _first_difference(rows.get(firm, []), rows.get(f"{firm}-shuffled", []))))
            for firm in judged.lives
            if is_shuffled(firm) and rows.get(firm, []) != rows.get(f"{firm}-shuffled", [])
        ]
        assert not wrong, judged.smallest(wrong)


def is_shuffled(firm: str) -> bool:
    """The last firms of a batch were written twice."""
    return int(firm.rsplit("-", 1)[1]) >= FIRMS - SHUFFLED


def _first_difference(one: list[tuple[Any, ...]], other: list[tuple[Any, ...]]) -> tuple[object, object]:
    return next(((a, b) for a, b in zip(one, other, strict=False) if a != b), (len(one), len(other)))
