"""The pack as an examiner reads it, page by page: headings, sentences and tables of text, which `typeset` sets.

The first page says how things stand and what could not be proven; nothing on it is drawn from evidence that is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flows.pack.blocks import Block, Column, bullets, counted, day_of, figure, heading, money, name, say, table
from flows.pack.figures import RECONSTRUCTED, Figures
from flows.pack.month import Month
from flows.pack.receivables import ZERO
from pipelines.jurisdictions import DUTIES, NOT_ADVICE

Row = dict[str, Any]
NOBODY = "no client"


@dataclass(frozen=True)
class Document:
    """What is set: the words of every page's head and foot, and the blocks in their order."""

    title: str
    firm: str
    as_of: str
    foot: str
    made_for: date
    blocks: list[Block]


def compose(read: Figures, version: int) -> Document:
    """The whole pack."""
    stated = read.stated
    month = Month.of(stated["as_of_date"])
    blocks = [
        *_first_page(read, version),
        {"kind": "new page"},
        *_receivables(stated["receivables"], stated["receivables_source"], stated["as_of_date"]),
        *_client_money(stated, month),
    ]
    foot = f"Version {version}. Figures {read.digest[:16]}"
    title = f"Month-end pack, {month.words}"
    return Document(title, name(stated["firm_name"]), str(stated["as_of_date"]), foot, stated["as_of_date"], blocks)


# The first page


def _first_page(read: Figures, version: int) -> list[Block]:
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
                money("Client ledgers"),
                money("Xero bank"),
                money("Xero liability"),
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
    difference = owed["xero_amount"] - owed["clio_amount"]
    figures = (owed["clio_amount"], owed["xero_amount"], difference)
    unexplained = "not told" if owed["unexplained_amount"] is None else figure(owed["unexplained_amount"])
    count = counted(len(owed["open"]), "open item")
    word = RECONSTRUCTED if source["is_reconstructed"] else count
    return ["Receivables", *(figure(one) for one in figures), unexplained, word]


def _disagreements(stated: Row) -> list[Block]:
    """What is there and does not agree, account by account."""
    found = [
        f"trust account {name(account['name'])}: {_difference(one)}"
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


def _difference(one: Row) -> str:
    return f"{one['second']} less {one['first']} is {figure(one['amount'])}"


def _since(stated: Row) -> list[Block]:
    if not stated["since"]:
        return []
    return [
        heading("What has changed since the night of that day"),
        say("These records are dated up to that day, and the two systems tell them otherwise by now."),
        bullets(stated["since"]),
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
            f"{read.digest}. Every difference is Xero minus Clio, or the second figure less the first."
        ),
    ]


# Receivables


def _receivables(owed: Row, source: Row, day: date) -> list[Block]:
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
        _findings(owed["open"], "None."),
        *_accepted(owed, is_rebuilt=is_rebuilt),
    ]


def _with_total(lines: Sequence[tuple[str, Decimal, Decimal]]) -> list[list[str]]:
    found = [[label, figure(clio), figure(xero), figure(xero - clio)] for label, clio, xero in lines]
    if not found:
        return []
    clio, xero = sum((line[1] for line in lines), ZERO), sum((line[2] for line in lines), ZERO)
    return [*found, ["In all", figure(clio), figure(xero), figure(xero - clio)]]


def _findings(found: Iterable[Row], otherwise: str) -> Block:
    return table(
        (Column("What, and why", 7), Column("About", 3), Column("Client", 3), Column("Since"), money("Amount")),
        [
            [
                f"{row['title']}{_status(row)}. {row['explanation']}",
                name(row["subject_label"]),
                name(row["client_name"]),
                day_of(row["since_date"]),
                figure(row["amount"]),
            ]
            for row in found
        ],
        otherwise,
    )


def _status(row: Row) -> str:
    words = [row["severity"]] if row["severity"] else []
    words += ["in flight"] if row["status"] == "in_flight" else ["accepted"] if row["status"] == "accepted" else []
    return f" ({', '.join(words)})" if words else ""


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


# Client money


def _client_money(stated: Row, month: Month) -> list[Block]:
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
        blocks += [heading("Differences"), bullets([_difference(one) for one in account["differences"]])]
    blocks += [heading("What is found of it, and why"), _findings(account["findings"], "Nothing is found.")]
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
                row["match_status"].replace("_", " "),
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
