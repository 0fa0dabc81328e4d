"""The words that are defined once, for the programs that show them: codes, severities, statuses, a document's state.

The first three are the dbt project's seeds (`dbt_project/seeds`); SQL reads them as tables, Python from here.
"""

import csv

from flows.build import PROJECT


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
# Of a document, as the pages of the two systems call it where their APIs have another word.
STATES = {
    "awaiting_payment": "approved (awaiting payment)",
    "AUTHORISED": "approved (awaiting payment)",
    "SUBMITTED": "awaiting approval",
}


def state_in_words(state: str | None) -> str:
    """The state of a bill or invoice as people say it."""
    return STATES.get(state or "") or (state or "").replace("_", " ").lower()
