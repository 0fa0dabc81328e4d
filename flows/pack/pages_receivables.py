"""The pages about receivables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flows.pack.blocks import Block, Column, day_of, figure, findings, heading, money, name, say, table
from flows.pack.figures import RECONSTRUCTED
from flows.pack.receivables import ZERO

Row = dict[str, Any]
NOBODY = "no client"


def pages(owed: Row, source: Row, day: date) -> list[Block]:
    """From Clio to Xero, by age, by client, item by item."""
    is_rebuilt = source["is_reconstructed"]
    how = (
        f"{RECONSTRUCTED.capitalize()} from the documents dated up to {day}, as they stood on {source['read_at'][:10]}."
        if is_rebuilt
        else f"As the night of {day} found them (read at {source['read_at'].replace('T', ' ').removesuffix('Z')} UTC)."
    )
    return [
        heading("Receivables", 1),
        say(how),
        heading("From Clio to Xero"),
        table(
            (Column("Step", 4), money("Amount"), money("Items")),
            [[row["title"], figure(row["amount"]), str(row["items"] or "")] for row in owed["bridge"]],
        ),
        heading("By age, by due date"),
        table(
            (Column("Days overdue", 4), money("Clio"), money("Xero"), money("Xero minus Clio")),
            _with_total([(row["age"], row["clio"], row["xero"]) for row in owed["ages"]]),
            "Nothing was outstanding.",
            has_total=True,
        ),
        heading("By client"),
        table(
            (Column("Client", 4), money("Clio"), money("Xero"), money("Xero minus Clio")),
            _with_total(
                [
                    (name(one["client_name"]) or NOBODY, one["clio_amount"], one["xero_amount"])
                    for one in owed["clients"]
                ]
            ),
            "Nothing was outstanding.",
            has_total=True,
        ),
        heading("Documents that stood differently" if is_rebuilt else "Open items"),
        findings(owed["open"], "None."),
        *_accepted(owed, is_rebuilt=is_rebuilt),
    ]


def _with_total(lines: Sequence[tuple[str, Decimal, Decimal]]) -> list[list[str]]:
    found = [[label, figure(clio), figure(xero), figure(xero - clio)] for label, clio, xero in lines]
    if not found:
        return []
    clio, xero = sum((line[1] for line in lines), ZERO), sum((line[2] for line in lines), ZERO)
    return [*found, ["In all", figure(clio), figure(xero), figure(xero - clio)]]


def _accepted(owed: Row, *, is_rebuilt: bool) -> list[Block]:
    if is_rebuilt:
        return [heading("Accepted items"), say("Not told: only a kept night knows what was accepted on that day.")]
    lines = [
        [
            f"{row['title']}. {row['reason'] or ''}",
            name(row["subject_label"]),
            name(row["client_name"]),
            name(row["accepted_by"]),
            day_of(row["expiry_date"]),
            figure(row["amount"]),
        ]
        for row in owed["accepted"]
    ]
    columns = (
        Column("What, and the reason given", 5),
        Column("About", 3),
        Column("Client", 3),
        Column("By", 2),
        Column("Until"),
        money("Amount"),
    )
    return [heading("Accepted items"), table(columns, lines, "None.")]
