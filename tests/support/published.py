"""A published warehouse made by hand: each table of `recon` with the columns its description promises, and few rows."""

from pathlib import Path
from typing import Any

import duckdb
import yaml

from pipelines.firm.published import digest_of, folder_of, note

MARTS = Path(__file__).resolve().parents[2] / "dbt_project" / "models" / "marts"
TABLES: dict[str, dict[str, str]] = {
    model["name"]: {column["name"]: column["data_type"] for column in model["columns"]}
    for file in MARTS.glob("*.yml")
    for model in yaml.safe_load(file.read_text())["models"]
}
FIRM = "harbor-law"


def prove(path: Path, run_id: str = "run-1") -> Path:
    """Write into the journal beside a file that this night published it, as a night does."""
    note(folder_of(path), run_id, digest_of(path))
    return path


def publish(path: Path, **tables: list[dict[str, Any]]) -> Path:
    """Write the file; what a row does not say is null, and its firm is `FIRM`. Exceptions that are open are the
    worklist, if it is not given."""
    tables.setdefault("worklist", [row for row in tables.get("exceptions", []) if row.get("status") == "open"])
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as connection:
        connection.execute("create schema recon")
        for name, columns in TABLES.items():
            described = ", ".join(f"{column} {kind}" for column, kind in columns.items())
            connection.execute(f"create table recon.{name} ({described})")
            marks = ", ".join("?" for _ in columns)
            for row in tables.get(name, []):
                values = [{"firm_id": FIRM, **row}.get(column) for column in columns]
                connection.execute(f"insert into recon.{name} values ({marks})", values)
    return prove(path)
