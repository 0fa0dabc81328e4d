"""The alignment of lines in SQL against a second opinion: scipy's optimal assignment, on generated bills.

The cost follows the rulebook's order (section 5): a pair of lines that are equal in everything outweighs any number of
pairs that agree in amount, quantity and rate, these any number that agree in wording, and these any number that are
only alike; then likeness decides. Lines below the floor of likeness make no pair.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import duckdb
import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from tests.dbt_models import build_models
from tests.generated_bills import EDITS, Document, Entry, plain_bill, tangled_bill, write

TANGLED = 2_000
PLAIN_OF_EACH = 60
EVERYTHING, TERMS, WORDING, ALIKE = 10**12, 10**9, 10**6, 1
LEAST_LIKENESS = 350
LEAST_SCORE = 1_000


@dataclass
class Aligned:
    """What was generated, and what the models made of it."""

    documents: dict[str, list[Document]]
    connection: duckdb.DuckDBPyConnection

    def rows(self, sql: str) -> list[tuple]:
        return self.connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def aligned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aligned]:
    chance = Random(5)
    documents = {
        "plain": [plain_bill(chance, edit) for edit in EDITS for _ in range(PLAIN_OF_EACH)],
        "tangled": [tangled_bill(chance) for _ in range(TANGLED)],
    }
    path: Path = tmp_path_factory.mktemp("lines") / "warehouse.duckdb"
    write(path, documents)
    build_models(path, "line_diffs")
    with duckdb.connect(str(path), read_only=True) as connection:
        yield Aligned(documents, connection)


def test_each_planted_edit_is_found(aligned: Aligned) -> None:
    found: dict[int, Counter[str]] = {}
    for bill, status in aligned.rows("select clio_bill_id, line_status from recon.line_diffs where firm_id = 'plain'"):
        found.setdefault(int(bill), Counter())[status] += 1
    documents = aligned.documents["plain"]
    wrong = [(d.edit, d.clio, d.xero, found.get(n)) for n, d in enumerate(documents) if found.get(n) != d.statuses]
    wrong.sort(key=lambda story: len(story[1]) + len(story[2]))
    assert not wrong, f"{len(wrong)} of {len(documents)}; the smallest: {wrong[0]}"


def test_each_line_stands_on_exactly_one_row(aligned: Aligned) -> None:
    counted = aligned.rows("""
        select firm_id, clio_bill_id,
            list_sort(list(clio_line_item_id) filter (clio_line_item_id is not null)),
            list_sort(list(xero_line_item_id) filter (xero_line_item_id is not null))
        from recon.line_diffs group by all
    """)
    seen = {(firm, int(bill)): (clio or [], xero or []) for firm, bill, clio, xero in counted}
    for firm, documents in aligned.documents.items():
        for number, document in enumerate(documents):
            clio, xero = seen.get((firm, number), ([], []))
            assert clio == sorted(f"{number}-{place}" for place in range(len(document.clio)))
            assert xero == sorted(f"{number}-{place}" for place in range(len(document.xero)))


def test_no_assignment_is_better_than_that_of_the_sql(aligned: Aligned) -> None:
    """Compared before lines are regrouped, which takes pairs of unequal amounts apart again."""
    pairs: dict[int, list[tuple[int, int]]] = {}
    sql = "select bill_id, clio_line_key, xero_line_key from intermediate.int_lines_paired where firm_id = 'tangled'"
    for bill, clio_key, xero_key in aligned.rows(sql):
        pairs.setdefault(int(bill), []).append((int(clio_key.split("-")[1]), int(xero_key)))
    documents = aligned.documents["tangled"]
    likeness = Likeness(documents)
    worse = []
    for number, document in enumerate(documents):
        worth = np.array([[likeness.worth(c, x) for x in document.xero] for c in document.clio], dtype=object)
        if worth.size == 0:
            continue
        best = sum(worth[c][x] for c, x in zip(*linear_sum_assignment(-worth.astype(float)), strict=True))
        ours = sum(worth[c][x] for c, x in pairs.get(number, ()))
        if ours < best:
            worse.append((len(document.clio) + len(document.xero), best - ours, number))
    worse.sort()
    assert not worse, f"{len(worse)} of {len(documents)}; the smallest: {worse[0]} {documents[worse[0][2]]}"


class Likeness:
    """How much a pair of lines is worth. Edit distances are DuckDB's, taken once for all texts."""

    def __init__(self, documents: list[Document]) -> None:
        texts = {(c.text.lower(), x.text.lower()) for d in documents for c in d.clio for x in d.xero}
        with duckdb.connect() as connection:
            ordered = sorted(texts)
            connection.register(
                "drawn", {"a": np.array([a for a, _ in ordered]), "b": np.array([b for _, b in ordered])}
            )
            rows = connection.execute("select a, b, levenshtein(a, b) from drawn").fetchall()
        self._alike = {(a, b): 1000 - 1000 * distance // max(len(a), len(b)) for a, b, distance in rows}

    def worth(self, clio: Entry, xero: Entry) -> int:
        """Zero for two lines that make no pair."""
        same_terms = (clio.amount, clio.quantity, clio.rate) == (xero.amount, xero.quantity, xero.rate)
        text = self._alike[clio.text.lower(), xero.text.lower()]
        amount = 1000 * min(clio.amount, xero.amount) // max(clio.amount, xero.amount)
        score = int(text + amount)
        if same_terms:
            return (EVERYTHING if text == 1000 else TERMS) + score
        if text == 1000:
            return WORDING + score
        alike = clio.amount == xero.amount or (text >= LEAST_LIKENESS and score >= LEAST_SCORE)
        return ALIKE * score if alike else 0
