"""Plain values as TOML text: just enough to write a tieout.toml."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any


def value_text(value: Any) -> str:
    """One value, inline."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {value_text(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(value_text, value)) + "]"
    raise TypeError(f"{type(value).__name__} has no TOML form here: {value!r}")


def table_text(heading: str, values: Mapping[str, Any], repeated: bool = False) -> str:
    """A table with its heading; values that are None are left out."""
    title = f"[[{heading}]]" if repeated else f"[{heading}]"
    lines = [f"{key} = {value_text(value)}" for key, value in values.items() if value is not None]
    return "\n".join([title, *lines]) + "\n"
