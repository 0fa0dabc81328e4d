"""Spoiling a good reply: the faults that change what a page says.

The body is read back, changed and written again. Only struck requests pay for that.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from sandbox.clio.paging import neighbour_url, token_for
from sandbox.clio.wire import to_json
from sandbox.shared.faults import Fault

Json = Any
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z)?")
_XERO_STAMP = re.compile(r"/Date\((-?\d+)(?:\+0000)?\)/")
_PLUMBING = ("pagination", "meta", "Id", "Status", "ProviderName", "DateTimeUTC")


def read(body: bytes) -> Json:
    return json.loads(body, parse_float=Decimal)


def write(document: Json) -> bytes:
    return to_json(document).encode()


def rows_of(document: Json) -> list[Json]:
    """The list of rows in a reply, whichever system it comes from."""
    if not isinstance(document, dict):
        return []
    for key, value in document.items():
        if key not in _PLUMBING and isinstance(value, list):
            return value
    return [document["data"]] if isinstance(document.get("data"), dict) else []


def spoil(fault: Fault, document: Json, before: Json, here: str) -> Json:
    """The reply to `here` with one fault in it. `before` is the page that was sent just before."""
    rows = rows_of(document)
    if fault.kind == "short_page":
        del rows[len(rows) // 2 :]
    elif fault.kind == "empty_page":
        rows.clear()
    elif fault.kind == "repeated_page":
        rows[:] = rows_of(before)
    elif fault.kind in ("early_page", "blank_page"):
        _delay(fault.kind, document, rows, here)
    elif fault.kind == "extra_field":
        for row in rows:
            row["flux_capacitor"] = {"charged": True}
    elif fault.spoil_row is not None:
        for row in rows:
            fault.spoil_row(row)
    elif fault.kind in _EVERY_ROW:
        _EVERY_ROW[fault.kind](rows)
    elif fault.kind in _FIRST_ROW:
        _damage_first(fault, rows)
    elif fault.kind in _EVERY_VALUE:
        _each(rows, _EVERY_VALUE[fault.kind])
    return document


def _delay(kind: str, document: Json, rows: list[Json], here: str) -> None:
    """Hold rows back for the next page, which begins where this one stopped."""
    kept = rows[: len(rows) // 2] if kind == "early_page" else []
    if kept and "id" not in kept[-1]:
        return
    address = urlsplit(here)
    items = parse_qsl(address.query, keep_blank_values=True)
    token = token_for(kept[-1]["id"]) if kept else dict(items).get("page_token", token_for(0))
    rows[:] = kept
    base = f"{address.scheme}://{address.netloc}{address.path}"
    document["meta"]["paging"]["next"] = neighbour_url(base, items, {"page_token": token})


_FIRST_ROW = {
    "unknown_enum": "QUANTUM",
    "bad_amount": "twelve dollars",
    "bad_date": "the ides of March",
}


def _damage_first(fault: Fault, rows: list[Json]) -> None:
    field = fault.field
    for row in rows:
        if field in row:
            row[field] = fault.value or _FIRST_ROW[fault.kind]
            if fault.kind == "bad_date":
                row.pop(f"{field}String", None)
            return


def _zero_dates(rows: list[Json]) -> None:
    for row in rows:
        if row.get("Status") == "VOIDED" and "DueDate" in row:
            row["DueDate"] = "/Date(0+0000)/"
            row.pop("DueDateString", None)


def _each(value: Json, change: Callable[[str, Json], Json], key: str = "") -> Json:
    """Apply a change to every scalar below, in place."""
    if isinstance(value, dict):
        for name in value:
            value[name] = _each(value[name], change, name)
        return value
    if isinstance(value, list):
        value[:] = [_each(item, change, key) for item in value]
        return value
    return change(key, value)


def _money_as_text(key: str, value: Json) -> Json:
    return str(value) if isinstance(value, Decimal) else value


def _noise(key: str, value: Json) -> Json:
    """What a binary float that went through a sum looks like: 12.300000000000002."""
    if not isinstance(value, Decimal) or not value:
        return value
    return Decimal(repr(math.nextafter(float(value), math.inf)))


def _stamps(form: Callable[[datetime], str]) -> Callable[[str, Json], Json]:
    def change(key: str, value: Json) -> Json:
        if not isinstance(value, str) or not _STAMP.fullmatch(value) or key in ("DateString", "DueDateString"):
            return value
        return form(datetime.fromisoformat(value.removesuffix("Z")))

    return change


def _with_offset(key: str, value: Json) -> Json:
    """The same instant, told from five hours west (Clio) or thirteen hours east (Xero's /Date/)."""
    if isinstance(value, str):
        match = _XERO_STAMP.fullmatch(value)
        if match and key.endswith("UTC"):
            return f"/Date({match.group(1)}+1300)/"
        if match:
            return f"/Date({int(match.group(1)) - 13 * 3_600_000}+1300)/"
    west = timedelta(hours=-5)
    return _stamps(lambda moment: (moment + west).isoformat() + "-05:00")(key, value)


def _redact(rows: list[Json]) -> None:
    """An association that the token may not see shows nothing but that it is there."""
    for row in rows:
        for name, value in row.items():
            if isinstance(value, dict) and "id" in value:
                row[name] = {**dict.fromkeys(value), "redacted": True}


_EVERY_ROW: dict[str, Callable[[list[Json]], None]] = {"redacted": _redact, "zero_dates": _zero_dates}
_EVERY_VALUE: dict[str, Callable[[str, Json], Json]] = {
    "money_strings": _money_as_text,
    "float_noise": _noise,
    "timestamps_z": _stamps(lambda moment: moment.isoformat() + "Z"),
    "timestamps_offset": _with_offset,
    "timestamps_seven": _stamps(lambda moment: moment.isoformat() + ".1234567Z"),
}
