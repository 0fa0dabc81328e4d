"""The words that are defined once, for the programs that show them: of findings, documents, lines, entries, figures.

What SQL says too is in the dbt project's seeds (`dbt_project/seeds`), which it reads as tables and Python from here.
What only programs say is here.
"""

import csv
from collections.abc import Sequence

from flows.night.project import PROJECT


def seed(name: str) -> list[dict[str, str]]:
    """The rows of a seed, each a dict by column, in the seed's order."""
    with (PROJECT / "seeds" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


FINDINGS = {row["code"]: row for row in seed("findings")}
# Worst first.
SEVERITIES = tuple(row["severity"] for row in seed("severities"))
# Those of which one open row is news, and makes the verdict `exceptions`.
ALARMING = tuple(row["severity"] for row in seed("severities") if row["is_alarming"] == "true")
# Work first; each with the words that people read.
STATUSES = {row["status"]: row["label"] for row in seed("statuses")}
# The steps of the walk from Clio to Xero that are no findings.
STEPS = {row["step"]: row["title"] for row in seed("bridge_steps")}
# Those whose amount stands in each night's statement, by its column there.
STATED = {f"{step}_amount": STEPS[step] for step in ("clio_receivables", "xero_receivables", "unexplained")}
# Of a bill or invoice, as the pages of the two systems call it where their APIs have another word.
STATES = {row["state"]: row for row in seed("document_states")}
# Which side has the document.
PAIRINGS = {"clio_only": "only in Clio", "xero_only": "only in Xero"}
# How a line of a bill stands beside its line of the invoice.
LINES = {
    "identical": "the same",
    "text_changed": "wording differs",
    "amount_changed": "amount differs",
    "amount_and_text_changed": "amount and wording differ",
    "missing_in_xero": "missing in Xero",
    "extra_in_xero": "only in Xero",
    "regrouped": "put together otherwise",
    "rounding": "rounding",
}
# How an entry of client money in Clio stands in Xero.
ENTRIES = {
    "matched": "matched",
    "grouped": "grouped",
    "missing_in_xero": "missing in Xero",
    "offset": "offset",
    "offset_unconfirmed": "offset unconfirmed",
    "opening_balance": "opening balance",
    "not_mapped": "not mapped",
}
# The figures of a trust account that are held side by side.
TRUST_FIGURES = {
    "clio_account_amount": "Clio account",
    "clio_ledger_amount": "Clio ledger",
    "client_ledgers_amount": "Client ledgers",
    "xero_bank_amount": "Xero bank",
    "xero_liability_amount": "Xero liability",
    "statement_amount": "Statement",
}


def spaced(code: str) -> str:
    """A word of ours that needs no other, with its blanks: `missing figure`."""
    return code.replace("_", " ")


def state_in_words(state: str | None, form: str = "label") -> str:
    """The state of a bill or invoice as people say it, in one of the seed's forms; none of one that is not there."""
    return STATES[state][form] if state in STATES else spaced(state or "")


def status_in_words(status: str) -> str:
    """The status of an exception as people say it."""
    return STATUSES.get(status, status)


def line_in_words(line_status: str) -> str:
    """How a line of a bill stands beside its line of the invoice, as people say it."""
    return LINES.get(line_status, line_status)


def entry_in_words(match_status: str) -> str:
    """How an entry of client money stands in Xero, as people say it."""
    return ENTRIES.get(match_status, match_status)


def titled(code: str) -> str:
    """A finding, or a step of the walk from Clio to Xero, as people say it."""
    return STEPS.get(code) or (FINDINGS[code]["title"] if code in FINDINGS else spaced(code))


def in_words(code: str) -> str:
    """The same, to begin a cell or a line of its own."""
    title = titled(code).replace("xero", "Xero").replace("clio", "Clio")
    return title[:1].upper() + title[1:]


def counted(many: int | Sequence[object], one: str, several: str | None = None) -> str:
    """`1 item`, `2 items`."""
    count = many if isinstance(many, int) else len(many)
    return f"{count:,} {one if count == 1 else several or one + 's'}"
