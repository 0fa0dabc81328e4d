"""How long a firm's connections last, said before they end.

Xero's refresh token dies when it was not used for 60 days; each use gives a new one. Clio's lasts until somebody
revokes it, a custom connection of Xero has none. A firm whose nights stand still for two months would lose Xero
without a word: so a connection not used for a week is renewed even when nothing runs, and one that cannot be renewed
any more is announced two weeks before its end.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

from pipelines.api.http import Transport
from pipelines.api.tokens import DamagedTokens, TokenFile, TokenSet, grant_of
from pipelines.firm.settings import Firm

System = Literal["clio", "xero"]
SYSTEMS: tuple[System, ...] = ("clio", "xero")
XERO_UNUSED = timedelta(days=60)
ANNOUNCED = timedelta(days=14)
RENEWED_AFTER = timedelta(days=7)
# What only a person can mend, as the end of a sentence about the connection.
LOST = {"ended": "has ended", "damaged": "is lost: tokens.json is damaged"}


@dataclass(frozen=True)
class Connection:
    """A firm's connection to one system. `none` is one never made by us: what stands in the secrets may still serve;
    `damaged` is one of which the file cannot be read."""

    system: System
    state: Literal["connected", "none", "ends_soon", "ended", "damaged"]
    ends_on: date | None = None


def connection(firm: Firm, system: System, now: datetime) -> Connection:
    """The connection as the stored token set tells it, without a call."""
    if system == "xero" and firm.xero.grant == "client_credentials":
        return Connection(system, "connected")
    try:
        stored = TokenFile(firm.folder).read(system)
    except DamagedTokens:
        return Connection(system, "damaged")
    if stored is None:
        return Connection(system, "none")
    if stored.has_ended:
        return Connection(system, "ended")
    if system == "clio":
        return Connection(system, "connected")
    ends_at = _renewed_at(stored) + XERO_UNUSED
    if now >= ends_at:
        return Connection(system, "ended", ends_at.date())
    return Connection(system, "ends_soon" if now >= ends_at - ANNOUNCED else "connected", ends_at.date())


def keep_alive(firm: Firm, system: System, now: datetime) -> None:
    """Renew what was not used for a week. Raises DeadGrant where only a person can, TieoutError for passing trouble."""
    stored = TokenFile(firm.folder).read(system)
    if stored is None or stored.refresh_token is None or stored.has_ended:
        return
    if now < _renewed_at(stored) + RENEWED_AFTER:
        return
    grant_of(firm, system, Transport()).access_token(rejected=stored.access_token.get_secret_value())


def _renewed_at(stored: TokenSet) -> datetime:
    return datetime.fromtimestamp(stored.renewed_at, UTC)
