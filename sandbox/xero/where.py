"""Xero's `where` and `order`: one expression over the fields that Xero filters on.

The subset: comparisons, AND / OR / && / ||, brackets, text, numbers, true, false, null, DateTime(...) and
guid("..."). Methods such as Contains are not emulated. An unknown field is refused, as there.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

Row = Mapping[str, Any]
Test = Callable[[Row], bool]

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<call>(?:DateTime|guid)\s*\([^)]*\))
      | (?P<text>"(?:[^"\\]|\\.)*")
      | (?P<number>-?\d+(?:\.\d+)?)
      | (?P<op>==|!=|>=|<=|&&|\|\||[=<>()])
      | (?P<word>[A-Za-z_][\w.]*)
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "==": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
_CONSTANTS: dict[str, Any] = {"true": True, "false": False, "null": None}


class WhereError(ValueError):
    """An expression that Xero would refuse."""


class Where:
    """A parsed expression: its test, and the fields it joins with OR."""

    def __init__(self, text: str, fields: Mapping[str, str]) -> None:
        self._fields = fields
        self._tokens = _tokens(text)
        self._at = 0
        self.used: set[str] = set()
        self.has_or = False
        self.test = self._either()
        if self._at != len(self._tokens):
            raise WhereError(f"Unexpected {self._tokens[self._at][1]!r}")

    def _peek(self) -> str:
        return self._tokens[self._at][1].lower() if self._at < len(self._tokens) else ""

    def _next(self) -> tuple[str, str]:
        if self._at >= len(self._tokens):
            raise WhereError("Expression expected")
        self._at += 1
        return self._tokens[self._at - 1]

    def _either(self) -> Test:
        tests = [self._both()]
        while self._peek() in ("or", "||"):
            self._next()
            self.has_or = True
            tests.append(self._both())
        return tests[0] if len(tests) == 1 else lambda row: any(test(row) for test in tests)

    def _both(self) -> Test:
        tests = [self._one()]
        while self._peek() in ("and", "&&"):
            self._next()
            tests.append(self._one())
        return tests[0] if len(tests) == 1 else lambda row: all(test(row) for test in tests)

    def _one(self) -> Test:
        if self._peek() == "(":
            self._next()
            test = self._either()
            if self._next()[1] != ")":
                raise WhereError("')' expected")
            return test
        kind, word = self._next()
        if kind != "word":
            raise WhereError(f"A field was expected, not {word!r}")
        path = self._fields.get(word.lower())
        if path is None:
            raise WhereError(f"No property or field '{word}' exists")
        self.used.add(path)
        _, sign = self._next()
        compare = _COMPARE.get(sign)
        if compare is None:
            raise WhereError(f"An operator was expected, not {sign!r}")
        return _comparison(path, compare, _literal(*self._next()))


def _tokens(text: str) -> list[tuple[str, str]]:
    tokens: list[tuple[str, str]] = []
    position, text = 0, text.strip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            raise WhereError(f"Syntax error at index {position}")
        kind = match.lastgroup or ""
        tokens.append((kind, match.group(kind)))
        position = match.end()
    return tokens


def _literal(kind: str, text: str) -> Any:
    if kind == "text":
        return text[1:-1].replace('\\"', '"')
    if kind == "number":
        return Decimal(text)
    if kind == "call":
        name, _, inside = text.rstrip(")").partition("(")
        if name.strip().lower() == "guid":
            return inside.strip().strip('"').lower()
        return _moment(text, inside)
    if text.lower() in _CONSTANTS:
        return _CONSTANTS[text.lower()]
    raise WhereError(f"A value was expected, not {text!r}")


def _moment(text: str, inside: str) -> datetime:
    """DateTime(2026,1,31) or DateTime(2026,1,31,12,30,0)."""
    try:
        parts = [int(part) for part in inside.split(",")] + [0, 0, 0]
        year, month, day, hour, minute, second = parts[:6]
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        raise WhereError(f"{text} is not a date") from None


def _comparison(path: str, compare: Callable[[Any, Any], bool], wanted: Any) -> Test:
    equality = compare in (operator.eq, operator.ne)

    def test(row: Row) -> bool:
        value = value_at(row, path)
        if isinstance(value, date) and not isinstance(value, datetime):
            value = datetime(value.year, value.month, value.day, tzinfo=UTC)
        if value is None and wanted is not None:
            return compare is operator.ne
        if not equality and type(value) is not type(wanted):
            return False
        return compare(value, wanted)

    return test


def value_at(row: Row, path: str) -> Any:
    """The value at a dotted path, or None."""
    value: Any = row
    for name in path.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(name)
    return value


def parse_order(text: str, fields: Mapping[str, str]) -> tuple[str, bool]:
    """The path to order by, and whether downwards."""
    parts = text.split()
    path = fields.get(parts[0].lower()) if parts else None
    if path is None or len(parts) > 2 or (len(parts) == 2 and parts[1].upper() not in ("ASC", "DESC")):
        raise WhereError(f"No property or field '{text}' exists")
    return path, len(parts) == 2 and parts[1].upper() == "DESC"
