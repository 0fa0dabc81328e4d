"""The words by which people know a code are written down once, whoever shows them."""

import re
from pathlib import Path

import pytest

from flows.reading import words
from flows.reading.worklist import SEVERITY_STYLES
from flows.workbook.cells import SEVERITY_COLOURS
from pipelines.clio.lists import BILL_STATES
from pipelines.xero.lists import DOCUMENT_STATUSES

ROOT = Path(__file__).parents[2]
HOME = ROOT / "flows" / "reading" / "words.py"
PROGRAMS = [path for folder in ("flows", "pipelines") for path in (ROOT / folder).rglob("*.py") if path != HOME]
MODELS = [path for folder in ("models", "macros", "tests") for path in (ROOT / "dbt_project" / folder).rglob("*.sql")]
LISTS = {
    "titles of findings": {row["title"] for row in words.FINDINGS.values()},
    "steps of the bridge": set(words.STEPS.values()),
    "states of documents": {said for row in words.STATES.values() for said in row.values()},
    "lines": set(words.LINES.values()),
    "entries of client money": set(words.ENTRIES.values()) - {"not mapped"},  # which accounts are as well
    "pairings": set(words.PAIRINGS.values()),
    "figures of a trust account": set(words.TRUST_FIGURES.values()),
}


@pytest.mark.parametrize("called", LISTS)
def test_the_words_of_a_code_are_written_down_once(called: str) -> None:
    """Single words are left out: *paid* is a word like any other."""
    said = "|".join(sorted(re.escape(text) for text in LISTS[called] if " " in text))
    quoted = re.compile(rf"(['\"])({said})\1")
    again = {str(path.relative_to(ROOT)): quoted.findall(path.read_text("utf-8")) for path in PROGRAMS + MODELS}
    assert {path: found for path, found in again.items() if found} == {}, "read flows.reading.words, or its seed"


def test_every_state_that_is_read_has_its_words() -> None:
    assert set(words.STATES) == BILL_STATES | DOCUMENT_STATUSES


def test_every_severity_has_its_colours() -> None:
    assert tuple(SEVERITY_STYLES) == tuple(SEVERITY_COLOURS) == words.SEVERITIES
