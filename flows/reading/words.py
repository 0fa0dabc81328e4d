"""The words that are defined once, for the programs that show them: codes, severities, statuses, a document's state.

The first three are the dbt project's seeds (`dbt_project/seeds`); SQL reads them as tables, Python from here.
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
STEPS = {
    "clio_receivables": "Receivables in Clio",
    "before_start_date": "Older than the start date",
    "not_from_clio": "The firm's own, not from Clio",
    "unexplained": "Unexplained",
    "xero_receivables": "Receivables in Xero",
    "xero_control_account_difference": "Between the invoices and the account",
    "xero_control_account": "Receivables account in Xero",
}
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
# Of a document, as the pages of the two systems call it where their APIs have another word.
STATES = {
    "awaiting_payment": "approved (awaiting payment)",
    "AUTHORISED": "approved (awaiting payment)",
    "SUBMITTED": "awaiting approval",
}


def state_in_words(state: str | None) -> str:
    """The state of a bill or invoice as people say it."""
    return STATES.get(state or "") or (state or "").replace("_", " ").lower()


def entry_in_words(match_status: str) -> str:
    """How an entry of client money stands in Xero, as people say it."""
    return ENTRIES.get(match_status, match_status)


def titled(code: str) -> str:
    """A finding, or a step of the walk from Clio to Xero, as people say it."""
    return STEPS.get(code) or (FINDINGS[code]["title"] if code in FINDINGS else code.replace("_", " "))


def in_words(code: str) -> str:
    """The same, to begin a cell or a line of its own."""
    title = titled(code).replace("xero", "Xero").replace("clio", "Clio")
    return title[:1].upper() + title[1:]


def counted(many: int | Sequence[object], one: str, several: str | None = None) -> str:
    """`1 item`, `2 items`."""
    count = many if isinstance(many, int) else len(many)
    return f"{count:,} {one if count == 1 else several or one + 's'}"
