r"""Xero's JSON and XML: pretty-printed with CRLF, slashes escaped, dates as /Date(ms+0000)/.

Money is written digit for digit from its decimal, trailing zeros as the books have them.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from json.encoder import encode_basestring_ascii
from typing import Any
from xml.sax.saxutils import escape

_EPOCH_DAY = date(1970, 1, 1).toordinal()
_DAY_MS = 86_400_000


def milliseconds(value: date) -> int:
    """Milliseconds since the epoch; a day is its midnight in UTC."""
    if isinstance(value, datetime):
        return int(value.astimezone(UTC).timestamp() * 1000)
    return (value.toordinal() - _EPOCH_DAY) * _DAY_MS


def day_text(value: date) -> str:
    """The String twin of a business date."""
    return f"{value.isoformat()[:10]}T00:00:00"


def stamp_text(value: datetime) -> str:
    """The String twin of an instant."""
    text = (value if value.tzinfo is UTC else value.astimezone(UTC)).isoformat(timespec="seconds")
    return text[:19] + "Z"


def _quote(value: str) -> str:
    text = encode_basestring_ascii(value)
    return text.replace("/", "\\/") if "/" in text else text


_SCALARS: dict[type, Callable[[Any], str]] = {
    str: _quote,
    Decimal: str,
    int: str,
    bool: lambda value: "true" if value else "false",
    type(None): lambda value: "null",
    date: lambda value: f'"\\/Date({milliseconds(value)}+0000)\\/"',
    datetime: lambda value: f'"\\/Date({milliseconds(value)}+0000)\\/"',
}


def to_json(value: Any, pad: str = "\r\n") -> str:
    """A document as Xero prints it. `pad` is the line break with the indentation so far."""
    scalar = _SCALARS.get(type(value))
    if scalar is not None:
        return scalar(value)
    if isinstance(value, dict):
        return _object(value, pad)
    if isinstance(value, list):
        if not value:
            return "[]"
        deeper = pad + "  "
        return "[" + ",".join([deeper + to_json(item, deeper) for item in value]) + pad + "]"
    raise TypeError(f"{type(value).__name__} has no JSON form: {value!r}")


def _object(value: dict[str, Any], pad: str) -> str:
    """Keys and indentation come from a template: records of one kind share theirs."""
    if not value:
        return "{}"
    deeper = pad + "  "
    texts = []
    for item in value.values():
        scalar = _SCALARS.get(type(item))
        texts.append(scalar(item) if scalar is not None else to_json(item, deeper))
    return _template(pad, tuple(value)) % tuple(texts)


@lru_cache(maxsize=4096)
def _template(pad: str, keys: tuple[str, ...]) -> str:
    lines = ",".join(f'{pad}  "{key}": %s' for key in keys)
    return "{" + lines + pad + "}"


def envelope(now: datetime, content: Mapping[str, Any]) -> dict[str, Any]:
    """What surrounds every reply of the Accounting API."""
    return {
        "Id": str(uuid.uuid4()),
        "Status": "OK",
        "ProviderName": "Tieout sandbox",
        "DateTimeUTC": f"/Date({milliseconds(now)})/",
        **content,
    }


def to_xml(document: Mapping[str, Any]) -> str:
    """The default without Accept: application/json. Enough to be well-formed and not JSON."""
    inner = "".join(_element(key, value) for key, value in document.items())
    return f'<?xml version="1.0" encoding="utf-8"?>\n<Response>{inner}</Response>'


def _element(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Mapping):
        inner = "".join(_element(key, item) for key, item in value.items())
    elif isinstance(value, list | tuple):
        inner = "".join(_element(name.removesuffix("s"), item) for item in value)
    elif isinstance(value, datetime):
        inner = stamp_text(value)
    elif isinstance(value, date):
        inner = day_text(value)
    else:
        inner = escape(str(value).lower() if isinstance(value, bool) else str(value))
    return f"<{name}>{inner}</{name}>"
