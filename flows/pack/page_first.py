"""The first page: how each account and the receivables stand, and what could not be proven."""

from __future__ import annotations

from typing import Any

from flows.pack.blocks import Block, Column, bullets, difference, figure, heading, money, name, say, table
from flows.pack.figures import RECONSTRUCTED, Figures
from flows.pack.month import Month
from flows.reading.words import TRUST_FIGURES, counted
from pipelines.firm.jurisdictions import DUTIES, NOT_ADVICE

Row = dict[str, Any]
NOBODY = "no client"
MOST_SINCE = 40


def pages(read: Figures, version: int) -> list[Block]:
    """How everything stands, what could not be proven, what does not agree, and where it is signed."""
    stated = read.stated
    owed, month = stated["receivables"], Month.of(stated["as_of_date"])
    return [
        {"kind": "title", "over": "Month-end pack", "text": name(stated["firm_name"]), "under": _under(stated, month)},
        heading("How it stands"),
        table(
            (
                Column("", 3),
                money("Book"),
                money("Bank, adjusted"),
                money(TRUST_FIGURES["client_ledgers_amount"]),
                money(TRUST_FIGURES["xero_bank_amount"]),
                money(TRUST_FIGURES["xero_liability_amount"]),
                Column("", 2),
            ),
            [_account_line(account) for account in stated["trust"]],
            "No trust account is known.",
            marks=[account["word"] for account in stated["trust"]],
        ),
        table(
            (
                Column("", 3),
                money("In Clio"),
                money("In Xero"),
                money("Xero minus Clio"),
                money("Unexplained"),
                Column("", 2),
            ),
            [_receivables_line(owed, stated["receivables_source"])],
        ),
        heading("What could not be proven"),
        bullets(stated["not_proven"]) if stated["not_proven"] else say("All that was asked for could be proven."),
        *_disagreements(stated),
        *_since(stated),
        *_duty(stated["jurisdiction"]),
        *_signatures(read, version),
    ]


def _under(stated: Row, month: Month) -> str:
    sources = [stated["trust_source"], stated["receivables_source"]]
    how = f", {RECONSTRUCTED}" if any(source["is_reconstructed"] for source in sources) else ""
    return f"{month.words}, as of {stated['as_of_date']}{how}"


def _account_line(account: Row) -> list[str]:
    figures = (account["book_amount"], account["adjusted_amount"], account["ledgers_amount"])
    xero = (account["xero_bank_amount"], account["xero_liability_amount"])
    return [f"Trust account {name(account['name'])}", *(figure(one) for one in (*figures, *xero)), account["word"]]


def _receivables_line(owed: Row, source: Row) -> list[str]:
    figures = (owed["clio_amount"], owed["xero_amount"], owed["xero_amount"] - owed["clio_amount"])
    unexplained = "not told" if owed["unexplained_amount"] is None else figure(owed["unexplained_amount"])
    count = counted(len(owed["open"]), "open item")
    word = RECONSTRUCTED if source["is_reconstructed"] else count
    return ["Receivables", *(figure(one) for one in figures), unexplained, word]


def _disagreements(stated: Row) -> list[Block]:
    """What is there and does not agree, account by account."""
    found = [
        f"trust account {name(account['name'])}: {difference(one)}"
        for account in stated["trust"]
        for one in account["differences"]
    ]
    owed = stated["receivables"]
    if owed["xero_amount"] != owed["clio_amount"]:
        amount = owed["xero_amount"] - owed["clio_amount"]
        found.append(
            f"receivables: Xero minus Clio is {figure(amount)}; the walk from one to the other is on the next page"
        )
    if owed["unexplained_amount"]:
        found.append(f"receivables: {figure(owed['unexplained_amount'])} of the difference is not explained")
    held = sum(len(account["findings"]) for account in stated["trust"])
    if held:
        found.append(f"findings about client money: {held}, listed with each account")
    negative = sum(len(account["negative"]) for account in stated["trust"])
    if negative:
        found.append(f"client ledgers below zero in the month: {counted(negative, 'time')}, listed with each account")
    return [heading("What does not agree"), bullets(found)] if found else []


def _since(stated: Row) -> list[Block]:
    if not stated["since"]:
        return []
    more = len(stated["since"]) - MOST_SINCE
    rest = [f"and {more:,} more: they stand in the workbook, on its sheet changed since"] if more > 0 else []
    return [
        heading("What has changed since the night of that day"),
        say("These records are dated up to that day, and the two systems tell them otherwise by now."),
        bullets([*stated["since"][:MOST_SINCE], *rest]),
    ]


def _duty(jurisdiction: str | None) -> list[Block]:
    if jurisdiction is None:
        return []
    duty = DUTIES[jurisdiction]
    due = f" It is to be done {duty.deadline.words}." if duty.deadline else ""
    who = f" Signed off by: {duty.signed_by}." if duty.signed_by else ""
    asked = f"Reconcile {duty.reconcile}.{due}{who} Keep: {duty.keep}. {duty.besides}".strip()
    return [heading(f"What {duty.place} asks"), say(asked), say(f"From: {duty.source}; {duty.how_sure}. {NOT_ADVICE}")]


def _signatures(read: Figures, version: int) -> list[Block]:
    lines = [[role, "", "", ""] for role in ("Prepared by", "Reviewed by")]
    read_at = read.newest_at.replace("T", " ").removesuffix("Z")
    return [
        heading("Signatures"),
        {
            **table((Column("", 2), Column("Name", 4), Column("Signature", 4), Column("Day", 2)), lines),
            "is_tall": True,
        },
        say(
            f"Version {version}. The newest books behind it were read on {read_at} UTC. SHA-256 of the figures: "
            f"{read.digest}. Every difference is Xero minus Clio, or the second figure minus the first."
        ),
    ]
