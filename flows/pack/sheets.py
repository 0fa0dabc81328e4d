"""The pack's figures as a workbook: the same as the PDF states, in cells to add up and sort."""

from __future__ import annotations

from typing import Any

from flows.pack.figures import Figures
from flows.reading.words import TRUST_FIGURES, entry_in_words, status_in_words
from flows.workbook.cells import Book, Column, Row

CLIENT, MATTER = Column("Client", "client_name", width=28), Column("Matter", "matter_number", width=20)
ACCOUNT = Column("Trust account", "account", width=24)
FOUND = (
    Column("Finding", "title", width=32),
    Column("Severity", "severity", width=10),
    Column("Status", "status", width=10, said=status_in_words),
    CLIENT,
    Column("About", "subject_label"),
    Column("Since", "since_date", "date"),
    Column("Amount", "amount", "money"),
    Column("What was found", "explanation", "words", 70),
)
SIDES = (Column("Clio", "clio_amount", "money"), Column("Xero", "xero_amount", "money"))


def workbook(read: Figures, version: int) -> bytes:
    """The whole workbook."""
    stated, book = read.stated, Book()
    owed, accounts = stated["receivables"], stated["trust"]
    book.sheet("not proven", (Column("What could not be proven", "text", "words", 120),), _texts(stated["not_proven"]))
    book.sheet("changed since", (Column("Told otherwise since", "text", "words", 120),), _texts(stated["since"]))
    bridge = (
        Column("Step", "title", width=44),
        Column("Amount", "amount", "figure"),
        Column("Items", "items", "count"),
    )
    book.sheet("bridge", bridge, owed["bridge"])
    ages = (Column("Days overdue", "age", width=32), Column("Clio", "clio", "money"), Column("Xero", "xero", "money"))
    book.sheet("ageing", ages, owed["ages"])
    book.sheet("by client", (CLIENT, *SIDES), owed["clients"], frozen=1)
    book.sheet("open items", FOUND, owed["open"], frozen=1)
    accepted = (*FOUND, Column("Accepted by", "accepted_by"), Column("Until", "expiry_date", "date"))
    book.sheet("accepted", (*accepted, Column("Why", "reason", "words", 50)), owed["accepted"], frozen=1)
    book.sheet("trust accounts", _account_columns(), accounts, frozen=1)
    differences = (ACCOUNT, Column("First", "first", width=40), Column("Second", "second", width=40))
    book.sheet(
        "differences", (*differences, Column("Second minus first", "amount", "money")), _of(accounts, "differences")
    )
    book.sheet("not cleared", _outstanding_columns(), _of(accounts, "outstanding"))
    ledgers = (ACCOUNT, CLIENT, MATTER, Column("About", "matter_description", "words", 40))
    last = (Column("Last entry", "last_entry_date", "date"), Column("Balance", "balance_amount", "money"))
    book.sheet("client ledgers", (*ledgers, *last), _of(accounts, "ledgers"), frozen=2)
    days = (Column("From", "entry_date", "date"), Column("Until", "until_date", "date"))
    below = (ACCOUNT, CLIENT, MATTER, *days, Column("Balance", "balance_amount", "money"))
    book.sheet("below zero", below, _of(accounts, "negative"))
    book.sheet("journal", _journal_columns(), _of(accounts, "journal"))
    book.sheet("trust findings", (ACCOUNT, *FOUND), _of(accounts, "findings"), frozen=1)
    book.figures("about", _about(read, version), {"As of": "date"})
    return book.content()


def _texts(texts: list[str]) -> list[Row]:
    return [{"text": text} for text in texts]


def _of(accounts: list[Row], part: str) -> list[Row]:
    return [row | {"account": account["name"]} for account in accounts for row in account[part]]


def _account_columns() -> tuple[Column, ...]:
    figures = {
        "Book": "book_amount",
        "Clio's balance": "clio_amount",
        "Statement": "closing_amount",
        "Statement, adjusted": "adjusted_amount",
        TRUST_FIGURES["client_ledgers_amount"]: "ledgers_amount",
        TRUST_FIGURES["xero_bank_amount"]: "xero_bank_amount",
        TRUST_FIGURES["xero_liability_amount"]: "xero_liability_amount",
    }
    return (
        Column("Trust account", "name", width=24),
        Column("Together", "word", width=20),
        *(Column(heading, key, "figure") for heading, key in figures.items()),
        Column("Statement of", "statement_date", "date"),
    )


def _outstanding_columns() -> tuple[Column, ...]:
    return (
        ACCOUNT,
        Column("Statement of", "statement_date", "date"),
        Column("Item", "item_kind", width=24),
        Column("Day", "entry_date", "date"),
        CLIENT,
        MATTER,
        Column("Description", "description", "words", 40),
        Column("Amount", "amount", "money"),
        Column("Days old", "age_days", "count"),
    )


def _journal_columns() -> tuple[Column, ...]:
    return (
        ACCOUNT,
        Column("Day", "entry_date", "date"),
        CLIENT,
        MATTER,
        Column("Description", "description", "words", 40),
        Column("Money in", "funds_in_amount", "money"),
        Column("Money out", "funds_out_amount", "money"),
        Column("Balance of the ledger", "running_balance_amount", "money"),
        Column("In Xero", "match_status", width=20, said=entry_in_words),
    )


def _about(read: Figures, version: int) -> dict[str, Any]:
    stated = read.stated
    owed, held = stated["receivables_source"], stated["trust_source"]
    return {
        "Firm": stated["firm_name"],
        "Month": stated["month"],
        "As of": stated["as_of_date"],
        "Version": version,
        "Receivables": _how(owed),
        "Client money": _how(held),
        "Newest books read at (UTC)": read.newest_at,
        "SHA-256 of the figures": read.digest,
        "Differences": "are Xero minus Clio, or the second figure minus the first.",
    }


def _how(source: Row) -> str:
    how = "reconstructed by" if source["is_reconstructed"] else "of the night"
    return f"{how} {source['run_id']}, read {source['read_at']}"
