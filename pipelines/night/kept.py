"""Which of the nights that were published stay: the last 35, and the last of each month."""

from __future__ import annotations

from pathlib import Path

KEPT_NIGHTS = 35


def kept_nights(run_ids: list[str]) -> set[str]:
    """Which nights stay: the last 35, and the last of each month. Run ids begin with their day."""
    ordered = sorted(run_ids)
    last_of_month = {run_id[:6]: run_id for run_id in ordered}
    return {*ordered[-KEPT_NIGHTS:], *last_of_month.values()}


def retire(nights: Path) -> None:
    """Remove the files of the nights that do not stay."""
    if nights.exists():
        files = {file.stem: file for file in nights.glob("*.duckdb")}
        for run_id in files.keys() - kept_nights(list(files)):
            files[run_id].unlink()
