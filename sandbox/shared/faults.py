"""Faults that can be switched on per request: what the two systems do on a bad day.

A fault names what happens (`kind`), which requests it may strike (system, part of the path and query, firm),
which of those it strikes first (`nth`, counted from when it was added) and how many in a row (`times`; None
for all). Some faults answer instead of the emulator, some act before it, some spoil its answer.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

ANSWERING = {
    "429": "too many requests this minute; `retry_after` seconds",
    "429_day": "the day's quota is used up; Retry-After of hours",
    "500": "an unhandled error with a JSON body",
    "502": "a gateway's HTML page",
    "503": "plain text: offline for maintenance, or what `value` says",
    "304": "nothing modified, without a body: what Xero was once seen to say instead of an empty list",
    "403": "the connected user may not read this",
    "reset": "the connection is reset before any reply",
}
ACTING = {
    "expired_token": "every access token given out so far is over, so this call gets 401",
    "slow": "the reply comes `seconds` later",
    "other_time": "the Date header is `seconds` ahead of this machine's clock",
    "change": "`action(firm)` runs before the reply is worked out: the books move under the crawl",
}
SPOILING = {
    "truncated": "the body ends early and the connection closes",
    "cut_json": "the body is cut short, with a Content-Length that fits: valid HTTP, broken JSON",
    "short_page": "the second half of the page's rows is missing; paging says nothing of it",
    "empty_page": "no rows on the page; paging says nothing of it",
    "repeated_page": "the rows of the page before, once more",
    "early_page": "half a page; the rest follows on the next one (Clio by cursor: nothing is lost)",
    "blank_page": "an empty page whose next link leads to the rows it should have had (Clio by cursor)",
    "money_strings": "amounts as text",
    "timestamps_z": "timestamps with Z",
    "timestamps_offset": "the same instants with an offset",
    "timestamps_seven": "timestamps with seven digits of a second",
    "zero_dates": "due dates of voided documents read /Date(0+0000)/ and have no twin (Xero)",
    "float_noise": "numbers as binary floats print them",
    "extra_field": "a field nobody has heard of in every row",
    "unknown_enum": "`field` of the first row holds `value`, a word nobody has heard of",
    "bad_amount": "`field` of the first row holds `value`, which is no amount",
    "bad_date": "`field` of the first row holds `value`, which is no date",
    "odd_rows": "`spoil_row(row)` changes each row of the page, however it likes",
    "redacted": "associations come back without their content, marked as redacted",
}
NEED_FIELD = frozenset({"unknown_enum", "bad_amount", "bad_date"})
CLIO_ONLY = frozenset({"early_page", "blank_page"})
KINDS = {**ANSWERING, **ACTING, **SPOILING}


@dataclass
class Fault:
    """One thing that goes wrong."""

    kind: str
    system: str | None = None
    path: str = ""
    firm: str | None = None
    nth: int = 1
    times: int | None = 1
    retry_after: int | None = None
    seconds: float = 1.0
    field: str | None = None
    value: str | None = None
    action: Callable[[Any], None] | None = None
    spoil_row: Callable[[Any], None] | None = None
    seen: int = 0
    struck: int = 0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no fault is called {self.kind!r}; there are: {', '.join(KINDS)}")
        if self.system not in (None, "clio", "xero"):
            raise ValueError(f"system must be clio or xero, not {self.system!r}")
        if self.kind == "change" and self.action is None:
            raise ValueError("a change needs an action")
        if self.kind == "odd_rows" and self.spoil_row is None:
            raise ValueError("odd rows need what spoils a row")
        if self.kind in CLIO_ONLY and self.system != "clio":
            raise ValueError(f"fault {self.kind} needs system clio: Xero's page numbers cannot do it")
        if self.kind in NEED_FIELD and self.field is None:
            raise ValueError(f"fault {self.kind} needs the field it damages")


class Faults:
    """The faults that are switched on."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, fault: Fault) -> Fault:
        """Switch a fault on. `fault.struck` tells afterwards how often it happened."""
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def listed(self) -> list[Fault]:
        with self._lock:
            return list(self._faults)

    def strike(self, system: str, firm: str | None, target: str) -> list[Fault]:
        """The faults that hit this request, counting it for each that could."""
        hits = []
        with self._lock:
            for fault in self._faults:
                if not _concerns(fault, system, firm, target):
                    continue
                fault.seen += 1
                last = None if fault.times is None else fault.nth + fault.times
                if fault.seen >= fault.nth and (last is None or fault.seen < last):
                    fault.struck += 1
                    hits.append(fault)
        return hits


def _concerns(fault: Fault, system: str, firm: str | None, target: str) -> bool:
    return fault.system in (None, system) and fault.path in target and fault.firm in (None, firm)


def from_request(body: Mapping[str, Any]) -> Fault:
    """A fault described in JSON, as the control address takes it (a change cannot be sent over HTTP)."""
    allowed = ("kind", "system", "path", "firm", "nth", "times", "retry_after", "seconds", "field", "value")
    unknown = sorted(set(body) - set(allowed))
    if unknown:
        raise ValueError(f"a fault has no {', '.join(unknown)}; it has: {', '.join(allowed)}")
    for name in ("nth", "times", "retry_after"):
        if not isinstance(body.get(name, 1), int | None):
            raise ValueError(f"{name} must be a whole number, not {body[name]!r}")
    return Fault(**body)
