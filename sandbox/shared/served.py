"""What the HTTP emulators need to know about a firm, and the switches they share.

The emulators serve any object of this shape: the engine's firms, or a handful of records made by hand in a
test.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol


class Credentials(Protocol):
    """What the firm's apps identify themselves with."""

    @property
    def clio_client_id(self) -> str: ...
    @property
    def clio_client_secret(self) -> str: ...
    @property
    def clio_refresh_token(self) -> str: ...
    @property
    def xero_client_id(self) -> str: ...
    @property
    def xero_client_secret(self) -> str: ...
    @property
    def xero_refresh_token(self) -> str: ...
    @property
    def tenant_id(self) -> str: ...


class ClioStore(Protocol):
    """Clio's records: list name -> id -> record."""

    @property
    def tables(self) -> Mapping[str, Mapping[int, Mapping[str, Any]]]: ...


class XeroStore(Protocol):
    """Xero's records: resource -> guid -> record, and its ledger."""

    @property
    def tables(self) -> Mapping[str, Mapping[str, Mapping[str, Any]]]: ...
    @property
    def organisation(self) -> Mapping[str, Any]: ...
    def trial_balance(self, as_of: date) -> Sequence[tuple[Mapping[str, Any], Decimal]]: ...


class ServedFirm(Protocol):
    """One law firm with two sets of books."""

    @property
    def name(self) -> str: ...
    @property
    def now(self) -> datetime: ...
    @property
    def clio(self) -> ClioStore: ...
    @property
    def xero(self) -> XeroStore: ...
    @property
    def credentials(self) -> Credentials: ...
    @property
    def settings(self) -> Mapping[str, Any]: ...


class Roster:
    """The firms served, each under the key that it has in tieout.toml."""

    def __init__(self, firms: Sequence[ServedFirm] | Mapping[str, ServedFirm]) -> None:
        if isinstance(firms, Mapping):
            self.by_key = dict(firms)
        else:
            self.by_key = {key_for(firm.name): firm for firm in firms}
        self.firms: tuple[ServedFirm, ...] = tuple(self.by_key.values())
        apps = {firm.credentials.clio_client_id for firm in self.firms}
        if len(apps) != len(firms):
            raise ValueError("two firms of one sandbox share a name or credentials; give each its own name")
        self._keys = {firm.credentials.clio_client_id: key for key, firm in self.by_key.items()}

    def key(self, firm: ServedFirm | None) -> str | None:
        return None if firm is None else self._keys[firm.credentials.clio_client_id]


def key_for(name: str) -> str:
    """A firm's key made from its name: lower case, dashes."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")


class Clock:
    """The servers' own clock (token lives, rate windows), which a test can push forward."""

    def __init__(self) -> None:
        self._pushed = 0.0

    def time(self) -> float:
        return time.time() + self._pushed

    def advance(self, seconds: float) -> None:
        self._pushed += seconds


@dataclass
class Knobs:
    """Behaviours of the real systems that are unknown or differ between accounts. Change them at any time."""

    clio_401_shape: str = "oauth"  # or "error": both are seen in the wild
    clio_bills_include_dead: bool = True  # a bill list without `state` shows void and deleted bills
    clio_allocations_include_voided: bool = True  # an allocation list without `status` shows voided ones
    clio_since_inclusive: bool = False
    clio_access_seconds: int = 2_592_000
    xero_access_seconds: int = 1_800
    xero_grace_seconds: int = 1_800
    xero_trial_balance_refused: bool = False  # without the reports permission: 403, journals too
    xero_lists_include_deleted: bool = True
    xero_one_consent: bool = False  # one user consented for all firms: every token reaches every tenant
    xero_high_volume: int = 100_000  # records one unpaged or unoptimised request may touch
    consent_page: bool = False  # ask a person in the browser; else every consent is given at once
    xero_two_apps_already: bool = False  # the organisation has two uncertified apps and takes no third
    refused_scopes: set[str] = field(default_factory=set)  # Xero scopes that no token has
