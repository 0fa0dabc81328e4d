"""The alignment of lines in SQL against a second opinion: scipy's optimal assignment, on generated bills.

The rules find partners in steps, each among what the steps before it left: everything equal; amount, quantity and
rate equal and one text within the other; amount, quantity and rate equal; text equal; alike in text and amount. In
every step as many pairs as possible are made, and of these the likest. The referee goes through the same steps with its
own arithmetic and asks of each whether a better choice was there.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

import duckdb
import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from tests.support.dbt_models import build_models
from tests.support.generated_bills import EDITS, Document, Entry, long_bill, plain_bill, tangled_bill, write

TANGLED = 2_000
PLAIN_OF_EACH = 60
LONG = 1_000
ONE_PAIR = 10**6
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
        "plain": [plain_bill(chance, edit) for edit in EDITS for _ in range(PLAIN_OF_EACH)] + [long_bill(LONG)],
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


def test_no_choice_is_better_than_that_of_the_models(aligned: Aligned) -> None:
    """Compared before lines are regrouped, which takes pairs of unequal amounts apart again."""
    documents = aligned.documents["tangled"]
    ours = [pairs_of(aligned, step) for step in (*EXACT_STEPS, *CHOICES)]
    likeness = Likeness(documents)
    worse = []
    for number, document in enumerate(documents):
        left = Left(document)
        for step, pairs in zip((*EXACT_STEPS, *CHOICES), ours, strict=True):
            said = likeness.lacking(step, left, pairs.get(number, []))
            if said:
                worse.append((len(document.clio) + len(document.xero), step, said, number))
            left.settle(pairs.get(number, []))
    worse.sort()
    assert not worse, f"{len(worse)} of {len(documents)}; the smallest: {worse[0]} {documents[worse[0][3]]}"


EXACT_STEPS = ("equal", "with_words_around")
CHOICES = ("of_equal_terms", "of_equal_text", "alike")
Pairs = list[tuple[int, int]]


def pairs_of(aligned: Aligned, step: str) -> dict[int, Pairs]:
    """The places of the lines that a step made one, by document."""
    pairs: dict[int, Pairs] = {}
    sql = f"""
        select bill_id, clio_line_key, xero_line_key from intermediate.int_lines_paired
        where firm_id = 'tangled' and found_by = '{step}'
    """
    for bill, clio_key, xero_key in aligned.rows(sql):
        pairs.setdefault(int(bill), []).append((int(clio_key.split("-")[1]), int(xero_key)))
    return pairs


class Left:
    """The lines of a document that have no partner yet."""

    def __init__(self, document: Document) -> None:
        self.clio = dict(enumerate(document.clio))
        self.xero = dict(enumerate(document.xero))

    def settle(self, pairs: Pairs) -> None:
        for clio, xero in pairs:
            del self.clio[clio], self.xero[xero]


def within(shorter: str, longer: str) -> bool:
    """Whether a text stands in another with words in front of it or behind it."""
    return longer.startswith(shorter + " ") or longer.endswith(" " + shorter)


def is_around(longer: str, shorter: str) -> bool:
    """The same, where a comma may stand between the text and the words behind it."""
    behind = longer.removeprefix(shorter)
    return longer.endswith(" " + shorter) or (behind != longer and re.match(r"[^\w\s]*\s", behind) is not None)


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

    def text(self, clio: Entry, xero: Entry) -> int:
        """Of 1,000; a text within the other is like it, however long the other is."""
        a, b = clio.text.lower(), xero.text.lower()
        return max(self._alike[a, b], 900 if within(a, b) or within(b, a) else 0)

    def worth(self, step: str, clio: Entry, xero: Entry) -> int:
        """What speaks for two lines in a step; 0 for two that make no pair there."""
        same_terms = (clio.amount, clio.quantity, clio.rate) == (xero.amount, xero.quantity, xero.rate)
        text, amount = self.text(clio, xero), int(1000 * min(clio.amount, xero.amount) // max(clio.amount, xero.amount))
        if step == "equal":
            return ONE_PAIR if same_terms and text == 1000 else 0
        if step == "with_words_around":
            a, b = clio.text.lower(), xero.text.lower()
            return ONE_PAIR if same_terms and (is_around(a, b) or is_around(b, a)) else 0
        if step == "of_equal_terms":
            return ONE_PAIR + text if same_terms else 0
        if step == "of_equal_text":
            return ONE_PAIR + amount if text == 1000 else 0
        is_alike = clio.amount == xero.amount or (text >= LEAST_LIKENESS and text + amount >= LEAST_SCORE)
        return ONE_PAIR + text + amount if is_alike else 0

    def lacking(self, step: str, left: Left, pairs: Pairs) -> int:
        """How much more another choice of the step would be worth; more than all if a pair is none."""
        ours = [self.worth(step, left.clio[c], left.xero[x]) for c, x in pairs]
        if 0 in ours:
            return 10**9
        if not left.clio or not left.xero:
            return 0
        if step == "with_words_around":
            taken = {c for c, _ in pairs}, {x for _, x in pairs}
            rest = [(c, x) for c in left.clio for x in left.xero if c not in taken[0] and x not in taken[1]]
            return sum(self.worth(step, left.clio[c], left.xero[x]) > 0 for c, x in rest)
        worth = np.array([[self.worth(step, c, x) for x in left.xero.values()] for c in left.clio.values()])
        best = sum(worth[c][x] for c, x in zip(*linear_sum_assignment(-worth), strict=True))
        return int(best) - sum(ours)
