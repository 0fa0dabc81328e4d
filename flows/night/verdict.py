"""The verdict of a night, worst first: incomplete, exceptions, pending, reconciled.

SQL says what the books deserve (`recon.run_statements`); this module can only lower that to `incomplete`, never
raise it: our fault must not be read as the client's, and missing evidence must not be read as agreement.
"""

from dataclasses import asdict, dataclass, field, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from flows.night.build import BuildResult
from pipelines.errors import GiveUp
from pipelines.tables.duck import connect_to_read

INCOMPLETE = "incomplete"
EXCEPTIONS = "exceptions"
EXIT_CODES = {"reconciled": 0, "pending": 0, EXCEPTIONS: 1, INCOMPLETE: 3}
EXIT_USAGE = 2

STATEMENT_COLUMNS = (
    "run_id",
    "as_of_date",
    "verdict",
    "clio_receivables_amount",
    "xero_receivables_amount",
    "unexplained_amount",
    "open_count",
    "in_flight_count",
    "accepted_count",
    "rows_loaded",
    "api_calls_clio",
    "api_calls_xero",
    "assumptions_broken",
    "not_proven",
)


@dataclass(frozen=True)
class NightResult:
    """One firm's night: its verdict, why if it is incomplete, and the figures of its statement if it is not."""

    firm_id: str
    run_id: str | None
    verdict: str
    reasons: tuple[str, ...] = ()
    warehouse: str | None = None
    statement: dict[str, Any] | None = None
    is_usage_error: bool = False
    can_try_again: bool = False
    mode: str | None = None
    steps: dict[str, float] = field(default_factory=dict)
    seconds: float = 0.0
    rebuilt_as_of: str | None = None
    tie_outs_failed: tuple[str, ...] = ()

    def took(self, steps: dict[str, float]) -> "NightResult":
        """The same result with what each step took, and all of them together."""
        return replace(self, steps=dict(steps), seconds=round(sum(steps.values()), 1) if steps else self.seconds)

    def as_json(self) -> dict[str, Any]:
        """Plain values only: money as text with its two digits, days as ISO text."""
        statement = {k: _plain(v) for k, v in self.statement.items()} if self.statement else None
        return {
            **asdict(self),
            "reasons": list(self.reasons),
            "tie_outs_failed": list(self.tie_outs_failed),
            "statement": statement,
        }

    @classmethod
    def from_json(cls, raw: dict[str, Any]) -> "NightResult":
        """What `as_json` made: money is decimal again, the day a day."""
        statement = raw["statement"] and {name: _typed(name, value) for name, value in raw["statement"].items()}
        lists = {name: tuple(raw[name]) for name in ("reasons", "tie_outs_failed")}
        return cls(**{**raw, **lists, "statement": statement})


def _typed(name: str, value: Any) -> Any:
    if value is not None and name.endswith("_amount"):
        return Decimal(value)
    return date.fromisoformat(value) if value is not None and name.endswith("_date") else value


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, (bool, int, str)):
        return value
    return f"{value:.2f}" if isinstance(value, Decimal) else value.isoformat()


def require_sound(built: BuildResult) -> None:
    """Raise GiveUp when one of our own checks did not hold or a part of the build did not run."""
    if built.faults:
        raise GiveUp(
            f"All checks of our own computation were expected to hold; {len(built.faults)} did not: "
            f"{', '.join(built.faults[:5])}. Nothing is published; last night's books stay."
        )


def read_statement(work_file: Path, firm_id: str, run_id: str) -> dict[str, Any]:
    """Tonight's row of `recon.run_statements`."""
    with connect_to_read(work_file) as connection:
        row = connection.execute(
            f"select {', '.join(STATEMENT_COLUMNS)} from recon.run_statements where firm_id = ? and run_id = ?",
            [firm_id, run_id],
        ).fetchone()
    if row is None:
        raise GiveUp(f"recon.run_statements was expected to hold night {run_id} of {firm_id}; it does not.")
    return dict(zip(STATEMENT_COLUMNS, row, strict=True))


def exit_code(results: list[NightResult]) -> int:
    """The exit status of a run: that of its worst verdict; 2 when configuration alone kept firms from their night."""
    incomplete = [result for result in results if result.verdict == INCOMPLETE]
    if incomplete and all(result.is_usage_error for result in incomplete):
        return EXIT_USAGE
    return max((EXIT_CODES[result.verdict] for result in results), default=0)
