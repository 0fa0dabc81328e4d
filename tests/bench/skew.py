"""A benchmark, not a test: `make bench-skew` prints what a night's models cost where the books are lopsided.

Ordinary books are many small puzzles. These worlds are one large one each: thousands of equal amounts, so that almost
everything could be the partner of almost everything. Each is written straight into the raw tables, built whole (models
and tests), and looked at: how long the models took, how much memory that took, and whether the rows are the right ones.
The aim is 60 seconds and 2 GiB for each, and from there no more than in proportion to ten times the size.

Each world is a function that writes `size` of its things, and says which codes of findings must come out how often.
"""

import multiprocessing
import resource
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

from flows.night.build import build
from pipelines.night.schema import create_tables

FIRM = "skew"
NIGHT = "2026-06-01 02:00:00"
MOST_SECONDS = 60.0
MOST_BYTES = 2 * 2**30


@dataclass(frozen=True)
class World:
    """A lopsided firm: its name in the table, how many of its things it has at first, and what must be found."""

    name: str
    story: str
    size: int
    write: Callable[[duckdb.DuckDBPyConnection, int], None]
    rows: dict[str, int]
    times: tuple[int, ...] = (1, 10)
    rows_for_each: dict[str, int] = field(default_factory=dict)

    def rows_of(self, size: int) -> dict[str, int]:
        """The rows that must come out of a world of this size, by code."""
        return self.rows | {code: count * size for code, count in self.rows_for_each.items()}


def write_firm(connection: duckdb.DuckDBPyConnection, clients: int) -> None:
    """A firm with one trust account, mapped, and so many clients, each with a matter and a contact of its name."""
    create_tables(connection)
    connection.execute(f"""
        insert into evidence.firms (firm_id, timezone, start_date, grace_hours)
        values ('{FIRM}', 'UTC', '2015-01-01', 24);
        insert into evidence.nights (firm_id, run_id, as_of_date, started_at)
        values ('{FIRM}', 'r', '2026-06-01', '{NIGHT}');
        insert into evidence.trust_accounts
            (firm_id, clio_bank_account, clio_bank_account_id, xero_bank_account_id, xero_liability_account_id)
        values ('{FIRM}', 'IOLTA', '12', 'bank', 'owed');
        insert into clio.contacts (firm_id, id, name, is_client, loaded_at)
        select '{FIRM}', 'c' || i, 'Client Number ' || i, true, '{NIGHT}' from range({clients}) as numbers (i);
        insert into clio.matters (firm_id, id, display_number, client_id, status, last_activity_date, loaded_at)
        select '{FIRM}', 'm' || i, '0000' || i || '-Client', 'c' || i, 'Open', '2026-05-30', '{NIGHT}'
        from range({clients}) as numbers (i);
        insert into xero.contacts (firm_id, contact_id, name, contact_status, loaded_at)
        select '{FIRM}', 'k' || i, 'Client Number ' || i, 'ACTIVE', '{NIGHT}' from range({clients}) as numbers (i);
    """)


def write_deposits(connection: duckdb.DuckDBPyConnection, deposits: str, days_late: int, clients: int) -> None:
    """Deposits of Clio, by a query of `i`, `day` and `amount`, each booked in Xero so many days later for its client,
    and balances that agree with them."""
    connection.execute(f"""
        create temp table deposits as {deposits};
        insert into clio.bank_transactions
            (firm_id, id, bank_account_id, date, funds_in, funds_out, client_id, matter_id, loaded_at)
        select '{FIRM}', cast(i as varchar), '12', day, amount, 0, 'c' || i % {clients}, 'm' || i % {clients}, '{NIGHT}'
        from deposits;
        insert into xero.bank_transactions
            (firm_id, bank_transaction_id, type, date, total, contact_id, bank_account_id, status, loaded_at)
        select '{FIRM}', 'x' || i, 'RECEIVE', day + {days_late}, amount, 'k' || i % {clients}, 'bank', 'AUTHORISED',
            '{NIGHT}'
        from deposits;
        insert into clio.bank_accounts (firm_id, id, name, type, balance, loaded_at)
        select '{FIRM}', '12', 'IOLTA', 'Trust', sum(amount), '{NIGHT}' from deposits;
        insert into clio.matter_account_balances
            (firm_id, matter_id, position, type, balance, loaded_at)
        select '{FIRM}', 'm' || i % {clients}, 0, 'Trust', sum(amount), '{NIGHT}'
        from deposits group by i % {clients};
    """)


def equal_deposits(connection: duckdb.DuckDBPyConnection, size: int) -> None:
    """S1: equal deposits of 50.00, 20 a day, each booked the next day."""
    write_firm(connection, 40)
    days = "select i, date '2026-05-30' - cast(i // 20 as integer) as day, cast(50 as decimal(18, 2)) as amount"
    write_deposits(connection, f"{days} from range({size}) as numbers (i)", 1, 40)


def statement_of_a_year(connection: duckdb.DuckDBPyConnection, size: int) -> None:
    """S2: the statement of a year of equal deposits, three of them in transit, and three lines that nobody knows."""
    write_firm(connection, 40)
    last = "date '2026-05-28'"
    days = f"select i, {last} - cast(i * 365 // {size} as integer) as day, cast(50 as decimal(18, 2)) as amount"
    write_deposits(connection, f"{days} from range({size}) as numbers (i)", 0, 40)
    connection.execute(f"""
        insert into evidence.statements
            (firm_id, statement_id, clio_bank_account_id, kind, statement_date, closing_balance, position,
            first_line_date)
        select '{FIRM}', 's', '12', 'file', {last}, sum(amount) - 150 - 36, 1, min(day) from deposits;
        insert into evidence.statement_lines (firm_id, statement_id, position, line_date, amount, description)
        select '{FIRM}', 's', i, least(day + 1, {last}), amount, 'DEPOSIT' from deposits where i >= 3
        union all
        select '{FIRM}', 's', 1000000 + i, {last} - cast(40 * i as integer), -12, 'UNKNOWN'
        from range(3) as numbers (i);
    """)


def every_other_day(connection: duckdb.DuckDBPyConnection, size: int) -> None:
    """S6: retainers of 250.00 on Mondays, Wednesdays and Fridays, each booked two days later."""
    write_firm(connection, 1)
    connection.execute("update xero.contacts set name = 'The Bank'")
    day = "date '2026-05-29' - cast(i // 3 * 7 + i % 3 * 2 as integer)"
    days = f"select i, {day} as day, cast(250 as decimal(18, 2)) as amount"
    write_deposits(connection, f"{days} from range({size}) as numbers (i)", 2, 1)


def equal_payments(connection: duckdb.DuckDBPyConnection, size: int) -> None:
    """S4: equal payments of one bill, twenty days of one month, each booked two days later; and a client's equal
    payments, each of which Xero has the next day, on another bill."""
    write_firm(connection, 2)
    connection.execute(f"""
        create temp table payments as
        select 'a' || i as id, 'a' as clio_bill, 'a' as xero_bill, date '2026-05-02' + cast(i % 20 as integer) as day,
            2 as days_late
        from range({size}) as numbers (i)
        union all
        select 'b' || i, 'b' || i, 'c' || i, date '2026-05-02' + cast(i % 20 as integer), 1
        from range({size}) as numbers (i);
        create temp table bills as
        select id, case id when 'a' then 0 else 1 end as client, total, clio_paid, xero_paid
        from (
            select clio_bill as id, count(*) * 50 as total, count(*) * 50 as clio_paid,
                case clio_bill when 'a' then count(*) * 50 else 0 end as xero_paid
            from payments group by clio_bill
            union all
            select xero_bill, 50, 0, 50 from payments where xero_bill <> 'a'
        );
        insert into clio.bills
            (firm_id, id, number, state, client_id, client_name, issued_at, due_at, total, due, paid, balance,
            credits_issued, loaded_at)
        select '{FIRM}', id, id, if(clio_paid = total, 'paid', 'awaiting_payment'), 'c' || client,
            'Client Number ' || client, '2026-01-02', '2026-02-02', total, total, clio_paid, total - clio_paid, 0,
            '{NIGHT}'
        from bills;
        insert into clio.outstanding_client_balances (firm_id, id, contact_id, total_outstanding_balance, loaded_at)
        select '{FIRM}', 'o' || client, 'c' || client, sum(total - clio_paid), '{NIGHT}' from bills group by client;
        insert into clio.line_items (firm_id, id, bill_id, description, quantity, price, total, loaded_at)
        select '{FIRM}', 'l' || id, id, 'Fees', 1, total, total, '{NIGHT}' from bills;
        insert into clio.allocations (firm_id, id, bill_id, parent_id, parent_type, date, amount, loaded_at)
        select '{FIRM}', id, clio_bill, 'p' || id, 'Payment', day, 50, '{NIGHT}' from payments;
        insert into xero.invoices
            (firm_id, invoice_id, type, invoice_number, status, contact_id, contact_name, date, due_date,
            total_tax, total, amount_due, amount_paid, amount_credited, loaded_at)
        select '{FIRM}', id, 'ACCREC', id, if(xero_paid = total, 'PAID', 'AUTHORISED'), 'k' || client,
            'Client Number ' || client, '2026-01-02', '2026-02-02', 0, total, total - xero_paid, xero_paid, 0,
            '{NIGHT}'
        from bills;
        insert into xero.invoice_lines
            (firm_id, invoice_id, position, line_item_id, description, quantity, unit_amount, line_amount, tax_amount,
            loaded_at)
        select '{FIRM}', id, 0, 'x' || id, 'Fees', 1, total, total, 0, '{NIGHT}' from bills;
        insert into xero.payments
            (firm_id, payment_id, invoice_id, payment_type, status, date, amount, bank_amount, loaded_at)
        select '{FIRM}', 'x' || id, xero_bill, 'ACCRECPAYMENT', 'AUTHORISED', day + days_late, 50, 50, '{NIGHT}'
        from payments;
    """)


def dated_lines(connection: duckdb.DuckDBPyConnection, size: int) -> None:
    """S3: one bill of equal lines, each text with a date and initials in front of it in Xero."""
    write_firm(connection, 1)
    connection.execute(f"""
        create temp table lines as select i, 'Review of document ' || i as words from range({size}) as numbers (i);
        create temp table totals as select cast(35 * count(*) as decimal(18, 2)) as total from lines;
        insert into clio.bills
            (firm_id, id, number, state, client_id, client_name, issued_at, due_at, total, due, paid, balance,
            credits_issued, loaded_at)
        select '{FIRM}', '1', '1', 'awaiting_payment', 'c0', 'Client Number 0', '2026-05-02', '2026-06-02', total,
            total, 0, total, 0, '{NIGHT}'
        from totals;
        insert into clio.outstanding_client_balances (firm_id, id, contact_id, total_outstanding_balance, loaded_at)
        select '{FIRM}', 'o', 'c0', total, '{NIGHT}' from totals;
        insert into clio.line_items (firm_id, id, bill_id, description, quantity, price, total, loaded_at)
        select '{FIRM}', 'l' || i, '1', words, 0.1, 350, 35, '{NIGHT}' from lines;
        insert into xero.invoices
            (firm_id, invoice_id, type, invoice_number, status, contact_id, contact_name, date, due_date,
            total_tax, total, amount_due, amount_paid, amount_credited, loaded_at)
        select '{FIRM}', 'i', 'ACCREC', '1', 'AUTHORISED', 'k0', 'Client Number 0', '2026-05-02', '2026-06-02',
            0, total, total, 0, 0, '{NIGHT}'
        from totals;
        insert into xero.invoice_lines
            (firm_id, invoice_id, position, line_item_id, description, quantity, unit_amount, line_amount, tax_amount,
            loaded_at)
        select '{FIRM}', 'i', i, 'x' || i, '05/0' || 1 + i % 2 || '/2026 MO: ' || words, 0.1, 350, 35, 0, '{NIGHT}'
        from lines;
    """)


def equal_bills(connection: duckdb.DuckDBPyConnection, size: int) -> None:
    """S5: one client's bills of one day and total, each with an invoice of its number."""
    write_firm(connection, 1)
    connection.execute(f"""
        create temp table bills as select cast(1000 + i as varchar) as id from range({size}) as numbers (i);
        insert into clio.bills
            (firm_id, id, number, state, client_id, client_name, issued_at, due_at, total, due, paid, balance,
            credits_issued, loaded_at)
        select '{FIRM}', id, id, 'awaiting_payment', 'c0', 'Client Number 0', '2026-05-02', '2026-06-02', 50, 50, 0, 50,
            0, '{NIGHT}'
        from bills;
        insert into clio.outstanding_client_balances (firm_id, id, contact_id, total_outstanding_balance, loaded_at)
        select '{FIRM}', 'o', 'c0', {size} * 50, '{NIGHT}';
        insert into clio.line_items (firm_id, id, bill_id, description, quantity, price, total, loaded_at)
        select '{FIRM}', 'l' || id, id, 'Fees', 1, 50, 50, '{NIGHT}' from bills;
        insert into xero.invoices
            (firm_id, invoice_id, type, invoice_number, status, contact_id, contact_name, date, due_date,
            total_tax, total, amount_due, amount_paid, amount_credited, loaded_at)
        select '{FIRM}', id, 'ACCREC', id, 'AUTHORISED', 'k0', 'Client Number 0', '2026-05-02', '2026-06-02', 0, 50,
            50, 0, 0, '{NIGHT}'
        from bills;
        insert into xero.invoice_lines
            (firm_id, invoice_id, position, line_item_id, description, quantity, unit_amount, line_amount, tax_amount,
            loaded_at)
        select '{FIRM}', id, 0, 'x' || id, 'Fees', 1, 50, 50, 0, '{NIGHT}' from bills;
    """)


WORLDS = [
    World("S1", "equal trust deposits, 20 a day, booked the next day", 3_000, equal_deposits, {}),
    World(
        "S2",
        "a statement of a year of equal deposits",
        1_000,
        statement_of_a_year,
        {"trust_book_differs_from_statement": 1},
    ),
    World("S3", "a bill of equal lines, a date and initials before each text", 1_000, dated_lines, {"text_differs": 1}),
    World(
        "S4",
        "equal payments of one bill, and of a client on other bills",
        300,
        equal_payments,
        {},
        rows_for_each={"payment_on_wrong_bill": 2},
    ),
    World("S5", "one client's bills of one day and total, paired by number", 4_000, equal_bills, {}),
    World("S6", "equal retainers every other day, booked two days later", 240, every_other_day, {}),
]


@dataclass
class Measured:
    """One build: seconds that the models and tests took, the process's most memory, faults, rows by code."""

    seconds: float
    peak_bytes: int
    faults: tuple[str, ...]
    rows: dict[str, int]


def _measure(pipe: Connection, world: World, size: int) -> None:
    """In a process of its own, in which dbt runs as it does in a night's."""
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "warehouse.duckdb"
        with duckdb.connect(str(file)) as connection:
            world.write(connection, size)
        result = build(file, Path(name) / "target")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        with duckdb.connect(str(file), read_only=True) as connection:
            found = connection.execute("select code from recon.exceptions").fetchall()
    pipe.send(Measured(result.seconds, peak, result.faults, dict(Counter(code for (code,) in found))))


def measure(world: World, size: int) -> Measured:
    """Write a world of this size, build it, and look at it."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    child = context.Process(target=_measure, args=(theirs, world, size))
    child.start()
    theirs.close()
    try:
        measured: Measured = ours.recv()
    except EOFError:
        raise SystemExit(f"{world.name} of {size:,} could not be measured; see above.") from None
    finally:
        child.join()
    return measured


def main() -> None:
    """Every world, or those named, at its size and at ten times."""
    wanted = sys.argv[1:] or [world.name for world in WORLDS]
    table = Table("world", "what", "size", "seconds", "MB", "rows", title="Lopsided books")
    wrong = []
    for world in WORLDS:
        if world.name not in wanted:
            continue
        for times in world.times:
            measured = measure(world, world.size * times)
            table.add_row(
                world.name,
                world.story,
                f"{world.size * times:,}",
                f"{measured.seconds:.1f}",
                f"{measured.peak_bytes / 2**20:,.0f}",
                ", ".join(f"{count} {code}" for code, count in sorted(measured.rows.items())) or "none",
            )
            expected = world.rows_of(world.size * times)
            if measured.rows != expected or measured.faults:
                wrong.append(f"{world.name} x {times}: expected {expected}, found {measured.rows} {measured.faults}")
            if times == 1 and (measured.seconds > MOST_SECONDS or measured.peak_bytes > MOST_BYTES):
                wrong.append(f"{world.name} took more than {MOST_SECONDS:.0f} s or {MOST_BYTES / 2**30:.0f} GiB")
    Console(width=160).print(table)
    if wrong:
        raise SystemExit("\n".join(wrong))


if __name__ == "__main__":
    main()
