"""All scenarios judged side by side: each one a firm, one warehouse, two nights, and a third for those that go on.

All firms use the same Clio ids, bill numbers and Xero ids, so that a join without the firm breaks dozens of
scenarios at once. The first night loads and judges every firm. Before the second, the firms whose story goes on are
changed, and people accept what the first night found; only those firms are loaded again, and all of them are judged
again. The third is three and a half days later, when any grace is over.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows.night.build import BuildResult, build
from pipelines.bank.statements import StatementStore, TrustAccountRef
from pipelines.firm.decisions import acceptances, matches
from pipelines.firm.settings import Firm, Settings, load_settings
from pipelines.load import load_firms
from sandbox.scenarios import SCENARIOS, Expected, Stage
from sandbox.serving.server import Sandbox
from tests.support.harm import Row, harms

MUCH_LATER = timedelta(hours=84)
COLUMNS = (
    "exception_id, code, subject_key, ar_effect, severity, status, amount, explanation, suggested_action, blocked_by, "
    "clio_value, xero_value, fingerprint, candidate"
)


@dataclass(frozen=True)
class Found:
    """A row of recon.exceptions, as far as a scenario speaks of it."""

    exception_id: str
    code: str
    subject_key: str
    ar_effect: Any
    severity: str
    status: str
    amount: Any
    explanation: str
    suggested_action: str
    blocked_by: str | None
    clio_value: str | None
    xero_value: str | None
    fingerprint: str
    candidate: str | None


@dataclass
class Nights:
    """What was found, by night and scenario; the third night is there when a story asks for it."""

    stages: dict[str, Stage]
    warehouse: Path
    found: list[dict[str, list[Found]]] = field(default_factory=list)
    results: list[BuildResult] = field(default_factory=list)
    harm: list[str] = field(default_factory=list)
    later: dict[str, list[Expected]] = field(default_factory=dict)
    much_later: dict[str, list[Expected]] = field(default_factory=dict)

    def query(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Rows of the warehouse as the second night left it."""
        with duckdb.connect(str(self.warehouse), read_only=True) as connection:
            return connection.execute(sql, values).fetchall()


def mismatches(expected: list[Expected], found: list[Found]) -> list[str]:
    """What is missing and what is too much, in words; empty when both say the same."""
    codes = {row.exception_id: row.code for row in found}
    left = list(found)
    wrong = []
    for want in expected:
        match = next((row for row in left if _is(want, row, codes)), None)
        if match is None:
            wrong.append(f"expected and not found: {want}")
        else:
            left.remove(match)
    return wrong + [f"found and not expected: {row}" for row in left]


def _is(want: Expected, row: Found, codes: dict[str, str]) -> bool:
    text, advice = row.explanation.casefold(), row.suggested_action.casefold()
    return (
        (want.code, want.subject_key, want.ar_effect) == (row.code, row.subject_key, row.ar_effect)
        and (want.severity, want.status) == (row.severity, row.status)
        and want.amount in (None, row.amount)
        and codes.get(row.blocked_by or "") == want.blocked_by
        and all(words.casefold() in text for words in want.explains)
        and not any(words.casefold() in text for words in want.silent_on)
        and all(words.casefold() in advice for words in want.advises)
        and not any(words.casefold() in advice for words in want.never_advises)
        and sorted(want.candidate) == sorted(ids_named(row.candidate))
    )


def ids_named(candidate: str | None) -> list[str]:
    """The ids in a row's `candidate`: of documents and money in brackets, of entries behind their kind."""
    named = re.findall(r"\(([^()]+)\)|(?:clio|xero)-entry:([^,\s]+)", candidate or "")
    return [document or entry for document, entry in named]


@contextmanager
def two_nights(folder: Path) -> Iterator[Nights]:
    """Every scenario of the catalogue, loaded over HTTP and judged twice."""
    first = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0)
    stages = {name: scenario.stage(first) for name, scenario in SCENARIOS.items()}
    with (
        Sandbox({name: stage.firm for name, stage in stages.items()}) as sandbox,
        pytest.MonkeyPatch.context() as environment,
    ):
        for name, value in sandbox.environment().items():
            environment.setenv(name, value)
        (folder / "tieout.toml").write_text(sandbox.config_toml(folder / "data"))
        settings = load_settings(folder / "tieout.toml")
        for name, stage in stages.items():
            _write_links(settings.firm(name), stage)
            _import_statements(settings.firm(name), stage, folder)
        nights = Nights(stages, folder / "work" / "warehouse.duckdb")
        nights.warehouse.parent.mkdir()
        _judge(nights, [settings.firm(name) for name in stages], first)
        any_firm = settings.firm(next(iter(stages)))
        _judge(nights, list(_go_on(nights, settings, first)) or [any_firm], first + timedelta(hours=1))
        if goes_on := list(_go_on_much_later(nights, settings, first)):
            _judge(nights, goes_on, first + MUCH_LATER)
        yield nights


def _judge(nights: Nights, firms: list[Firm], started_at: datetime) -> None:
    run_id = f"{started_at:%Y%m%dT%H%M%SZ}-0000ff"
    load_firms(firms, nights.warehouse, run_id=run_id, started_at=started_at.replace(tzinfo=None))
    nights.results.append(build(nights.warehouse, nights.warehouse.parent / "target"))
    rows = nights.query(f"select firm_id, {COLUMNS} from recon.exceptions order by all")
    found: dict[str, list[Found]] = {name: [] for name in nights.stages}
    for firm_id, *values in rows:
        found[firm_id].append(Found(*values))
    nights.found.append(found)
    for name, stage in nights.stages.items():
        said = [Row.of(row) for row in found[name]]
        nights.harm += [f"{name}, night {len(nights.found)}: {what}" for what in harms(stage.firm, said)]


def _go_on(nights: Nights, settings: Settings, first: datetime) -> Iterator[Firm]:
    """Change the books of the stories that go on, write down what people accept, and name those firms."""
    for name, stage in nights.stages.items():
        if stage.firm.acceptances:
            _write_acceptances(settings.firm(name), stage, nights.found[0][name])
        if stage.later is not None:
            stage.firm.at(first + timedelta(minutes=30))
            nights.later[name] = stage.later(stage)
        if stage.firm.acceptances or stage.later is not None:
            yield settings.firm(name)


def _go_on_much_later(nights: Nights, settings: Settings, first: datetime) -> Iterator[Firm]:
    """Change the books of the stories that have a third night, an hour before it."""
    for name, stage in nights.stages.items():
        if stage.much_later is not None:
            stage.firm.at(first + MUCH_LATER - timedelta(hours=1))
            nights.much_later[name] = stage.much_later(stage)
            stage.firm.at(first + MUCH_LATER)
            yield settings.firm(name)


def _write_links(firm: Firm, stage: Stage) -> None:
    for row in stage.firm.matches:
        matches(firm.folder).append(_as_text(row))


def _write_acceptances(firm: Firm, stage: Stage, found: list[Found]) -> None:
    """As `tieout accept` writes them: the id and the values are those of the row as it was found."""
    by_subject = {(row.code, row.subject_key): row for row in found}
    for row in stage.firm.acceptances:
        seen = by_subject[row["code"], row["subject_key"]]
        known = {name: getattr(seen, name) for name in ("exception_id", "clio_value", "xero_value", "fingerprint")}
        filled = {name: known.get(name) if value is None else value for name, value in row.items()}
        acceptances(firm.folder).append(_as_text(filled))


def _import_statements(firm: Firm, stage: Stage, folder: Path) -> None:
    store = StatementStore(firm.folder)
    ids = {row["name"]: str(row["id"]) for row in stage.firm.clio.tables["bank_accounts"].values()}
    for number, statement in enumerate(stage.firm.statements):
        name = statement["trust_account"]
        account = TrustAccountRef(name, ids[name], "USD")
        if not statement["lines"]:
            store.type_balance(account, statement["date"], statement["balance"])
            continue
        path = folder / f"{stage.name}-{number}.csv"
        _write_statement(path, statement)
        store.import_file(account, path, {}, statement["date"], statement["balance"])


def _write_statement(path: Path, statement: dict[str, Any]) -> None:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, ("date", "amount", "description", "reference", "balance"))
        writer.writeheader()
        writer.writerows({**line, "balance": ""} for line in statement["lines"])


def _as_text(row: dict[str, Any]) -> dict[str, str]:
    return {
        name: value.isoformat() if hasattr(value, "isoformat") else "" if value is None else str(value)
        for name, value in row.items()
    }
