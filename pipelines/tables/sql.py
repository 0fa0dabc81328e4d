"""SQL that stands in a file of its own, in the folder ``sql`` of the package that asks it."""

from __future__ import annotations

from importlib.resources import files


def read_sql(package: str, name: str) -> str:
    """The text of a file, named without its suffix."""
    return files(package).joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")
