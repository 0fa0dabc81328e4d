"""A reply's body as an object with exact numbers, or a reason why it is none.

Strict where a lenient reader would pick one of two meanings: a name twice in an object, ``NaN``, a body announced as
a web page. And bounded: a number of a hundred million digits, brackets without end. A reason names what was found by
its kind and never quotes it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

MOST_CONTAINERS = 3_000_000
MOST_DIGITS = 60


class OddBody(ValueError):
    """Not what was expected; the text says what was found instead, without quoting it."""


@dataclass(frozen=True)
class Response:
    """A reply as it came, whole."""

    status_code: int
    headers: Mapping[str, str]
    content: bytes


def parse_json(response: Response) -> dict[str, Any]:
    """The body as an object; a bare array becomes its ``items``, a reply that has no body an empty one. Raises
    OddBody."""
    if response.status_code in (204, 304) and not response.content:
        return {}
    media = response.headers.get("Content-Type", "")
    if media and "json" not in media.lower():
        raise OddBody("a body that is not announced as JSON")
    if response.content.count(b"{") + response.content.count(b"[") > MOST_CONTAINERS:
        raise OddBody(f"a body of more than {MOST_CONTAINERS:,} brackets")
    try:
        body = json.loads(
            response.content.decode("utf-8-sig"),
            parse_float=_number,
            parse_constant=_no_constant,
            object_pairs_hook=_object,
        )
    except OddBody:
        raise
    except RecursionError:
        raise OddBody("a body nested too deeply") from None
    except ValueError:
        raise OddBody("a body that is not whole JSON") from None
    if isinstance(body, list):
        return {"items": body}
    if not isinstance(body, dict):
        raise OddBody(f"{kind_of(body)} in place of an object")
    return body


def objects(value: Any) -> list[Mapping[str, Any]]:
    """An array of objects; an absent or null one is empty. Raises OddBody when it is anything else."""
    if value is None:
        return []
    if not isinstance(value, list):
        raise OddBody(f"{kind_of(value)} in place of an array")
    for row in value:
        if not isinstance(row, dict):
            raise OddBody(f"{kind_of(row)} in place of an object in an array")
    return value


def kind_of(value: Any) -> str:
    """What JSON calls it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | Decimal):
        return "a number"
    if isinstance(value, str):
        return "text"
    return "an array" if isinstance(value, list) else "an object"


def _number(text: str) -> Decimal:
    """Exact, and of a size that a sum of money, a rate or a count can have: arithmetic on 1e99999999 never ends."""
    number = Decimal(text)
    if abs(number.adjusted()) > MOST_DIGITS:
        raise OddBody(f"a number of more than {MOST_DIGITS} digits")
    return number


def _no_constant(word: str) -> None:
    raise OddBody("a number that is none (NaN or Infinity)")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise OddBody("an object in which one name stands twice")
    return found
