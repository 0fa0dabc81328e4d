"""A night builds what may have changed. What it leaves is what building all of it would make, to the last cell."""

import re
import shutil
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import duckdb

from flows.night.build import build
from flows.night.builder import Builder
from flows.night.order import Order
from flows.night.steps import night_of
from sandbox.engine import Firm
from tests.flow.world import FIRM, World

BUILT = """
    select schema_name || '.' || table_name from duckdb_tables()
    where schema_name in ('staging', 'intermediate', 'recon')
"""


def night(world: World, builder: Builder, full: bool = False) -> tuple[int, int]:
    """A night; how many nodes dbt ran, and how many it left as they were."""
    told: dict[str, str] = {}
    result = night_of(Order(FIRM, str(world.config), full), lambda step, says: told.update({step: says}), builder)
    assert result.verdict == "exceptions", result.reasons
    [(run, left)] = re.findall(r"(\d+) nodes, (\d+) as they were", told["build"])
    return int(run), int(left)


def others_when_built_whole(world: World, folder: Path) -> list[str]:
    """Tables of the published file that come out otherwise when everything is built anew."""
    whole = folder / "warehouse.duckdb"
    shutil.copyfile(world.firm.warehouse, whole)
    assert build(whole, world.firm.folder / "dbt").faults == ()
    with duckdb.connect(str(whole)) as connection:
        connection.execute(f"attach '{world.firm.warehouse}' as published (read_only)")
        return [
            table
            for (table,) in connection.execute(BUILT).fetchall()
            if connection.execute(f"from {table} except all from published.{table}").fetchall()
            or connection.execute(f"from published.{table} except all from {table}").fetchall()
        ]


def rename_a_client_in_clio(books: Firm) -> None:
    client = next(iter(books.clio.tables["contacts"].values()))
    books.rename_client(client, "Alder & Daughters, Inc.")


def edit_a_line_that_never_arrives(books: Firm) -> None:
    bill = books.clio.tables["bills"][min(books.clio.tables["bills"])]
    books.edit_line(bill, 0, quantity=Decimal("9.00"))


def lock_the_books(books: Firm) -> None:
    books.lock_period(books.today - timedelta(days=30))


def deposit_trust_money(books: Firm) -> None:
    client = next(iter(books.clio.tables["contacts"].values()))
    books.deposit(client, "250.00", mirror=False)


def test_what_a_night_leaves_is_what_it_would_build(calm: World, tmp_path: Path) -> None:
    changes: list[Callable[[Firm], None] | None] = [
        None,
        rename_a_client_in_clio,
        edit_a_line_that_never_arrives,
        lock_the_books,
        deposit_trust_money,
    ]
    nights = []
    with Builder() as builder:
        first = night(calm, builder)
        for change in changes:
            if change:
                change(calm.books)
            nights.append(night(calm, builder))
            assert others_when_built_whole(calm, tmp_path) == []
        assert first[1] == 0
        assert night(calm, builder, full=True) == first
    assert {run + left for run, left in nights} == {first[0]}  # what is left did not run
    [left, *after_a_change] = [left for _, left in nights]
    assert left > 80
    assert all(0 < fewer < left for fewer in after_a_change)
