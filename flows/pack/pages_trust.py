"""The pages about client money: each trust account three ways, its ledgers and its journal."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from flows.pack.blocks import (
    Block,
    Column,
    bullets,
    day_of,
    difference,
    figure,
    findings,
    heading,
    money,
    name,
    say,
    table,
)
from flows.pack.figures import RECONSTRUCTED
from flows.pack.month import Month
from flows.reading.words import entry_in_words

Row = dict[str, Any]
NOBODY = "no client"


def pages(stated: Row, month: Month) -> list[Block]:
    """Account by account."""
    source, blocks = stated["trust_source"], []
    read_at = source["read_at"].replace("T", " ").removesuffix("Z")
    how = (
        f"{RECONSTRUCTED.capitalize()} from entries dated up to {month.last}, as told at {read_at} UTC."
        if source["is_reconstructed"]
        else f"As the night of {month.last} found it (read at {read_at} UTC)."
    )
    for account in stated["trust"]:
        blocks += [
            {"kind": "new page"},
            heading(f"Trust account {name(account['name'])}", 1),
            say(how),
            *_three_ways(account, month),
            *_ledgers(account, month),
            *_journal(account, month),
        ]
    return blocks


def _three_ways(account: Row, month: Month) -> list[Block]:
    blocks = [
        heading(f"Three ways: {account['word']}"),
        table(
            (Column("", 5), money("Amount")),
            [[words, figure(amount)] for words, amount in _legs(account, month)],
        ),
    ]
    if account["missing"]:
        blocks.append(bullets([f"Not proven: {missing}" for missing in account["missing"]]))
    if account["differences"]:
        blocks += [heading("Differences"), bullets([difference(one) for one in account["differences"]])]
    blocks += [heading("What is found of it, and why"), findings(account["findings"], "Nothing is found.")]
    return blocks


def _legs(account: Row, month: Month) -> Iterable[tuple[str, Decimal | None]]:
    yield f"1. Book: the entries in Clio up to {month.last}", account["book_amount"]
    yield "Clio's own balance of the account", account["clio_amount"]
    if account["statement_date"] is None:
        yield "2. Bank: no statement was imported", None
    else:
        kind = "typed in" if account["statement_kind"] == "typed" else "imported"
        yield f"2. Bank: statement of {account['statement_date']}, {kind}", account["closing_amount"]
        for item in account["outstanding"]:
            sign = 1 if item["item_kind"].startswith("deposit") else -1
            whose = ", ".join(text for text in (name(item["client_name"]), name(item["matter_number"])) if text)
            old = f", old: {item['age_days']} days" if item["is_old"] else ""
            said = f", {name(item['description'])}" if item["description"] else ""
            yield f"   {item['item_kind']} of {item['entry_date']}: {whose or NOBODY}{said}{old}", sign * item["amount"]
        yield "   Bank, adjusted for what had not cleared", account["adjusted_amount"]
        yield f"   The book on {account['statement_date']}", account["book_on_statement_date_amount"]
        if account["shares_with"]:
            yield f"   One bank account holds {name(account['shares_with'])}: the bank's side is of all of them", None
    yield "3. Client ledgers, added up (listed below)", account["ledgers_amount"]
    if account["unassigned_amount"]:
        yield "   Entries that belong to no client and no matter", account["unassigned_amount"]
    yield "   All trust accounts: their entries", account["all_ledgers_amount"]
    yield "   All trust accounts: held for clients and matters, as Clio says", account["all_clients_amount"]
    yield (
        f"Beside: bank account in Xero ({name(account['xero_bank_label']) or 'not mapped'})",
        account["xero_bank_amount"],
    )
    label = name(account["xero_liability_label"]) or "not mapped"
    yield f"Beside: liability account in Xero ({label})", account["xero_liability_amount"]


def _ledgers(account: Row, month: Month) -> list[Block]:
    lines = [
        [
            name(row["client_name"]) or NOBODY,
            name(row["matter_number"]) or "on no matter",
            name(row["matter_description"]),
            day_of(row["last_entry_date"]),
            figure(row["balance_amount"]),
        ]
        for row in account["ledgers"]
    ]
    lines += [["In all", "", "", "", figure(account["ledgers_amount"])]] if lines else []
    columns = (
        Column("Client", 4),
        Column("Matter", 3),
        Column("About", 4),
        Column("Last entry"),
        money("Balance"),
    )
    negative = [
        [
            name(row["client_name"]) or NOBODY,
            name(row["matter_number"]) or "on no matter",
            day_of(row["entry_date"]),
            day_of(row["until_date"]) or "the month's end",
            figure(row["balance_amount"]),
        ]
        for row in account["negative"]
    ]
    below = (
        Column("Client", 4),
        Column("Matter", 3),
        Column("From"),
        Column("Until"),
        money("Balance"),
    )
    return [
        heading(f"Client ledgers on {month.last}"),
        table(columns, lines, "No client's money is held.", has_total=True),
        heading(f"Ledgers below zero in {month.words}"),
        table(below, negative, "No ledger was below zero at the end of a day."),
    ]


def _journal(account: Row, month: Month) -> list[Block]:
    lines = [["", "Balance brought forward", "", "", "", figure(account["opening_amount"])]]
    balance = account["opening_amount"]
    for row in account["journal"]:
        balance += row["funds_in_amount"] - row["funds_out_amount"]
        whose = ", ".join(text for text in (name(row["client_name"]), name(row["matter_number"])) if text)
        lines.append(
            [
                day_of(row["entry_date"]),
                f"{whose or NOBODY}. {row['description'] or ''}".strip(),
                entry_in_words(row["match_status"]),
                figure(row["funds_in_amount"]) if row["funds_in_amount"] else "",
                figure(row["funds_out_amount"]) if row["funds_out_amount"] else "",
                figure(balance),
            ]
        )
    columns = (
        Column("Day"),
        Column("Client, matter, and what Clio says", 7),
        Column("In Xero", 2),
        money("In"),
        money("Out"),
        money("Balance"),
    )
    return [heading(f"Journal of {month.words}"), table(columns, lines)]
