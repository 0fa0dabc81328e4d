"""Small reads that tell, before a night does, what would keep it from happening.

One line each: what was looked at, whether it is well, what was found, what to do. A line names lists, accounts and
limits, never a client. The smallest page of every list is asked for with the fields that a night asks for, so that a
right or a scope that is missing shows by the list's name.
"""

from __future__ import annotations

import shutil
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from pydantic import SecretStr

from pipelines.api.http import Api, Transport, moment_of
from pipelines.api.tokens import Grant, TokenFile, account_of, grant_of
from pipelines.clio import lists as clio
from pipelines.connect.connection import SYSTEMS, System, connection
from pipelines.errors import GiveUp, Refused, TieoutError, TryAgain
from pipelines.evidence.accounts import Accounts, resolve_accounts
from pipelines.firm.secrets import read_channel, read_credentials
from pipelines.firm.settings import Firm, Settings
from pipelines.xero import lists as xero

State = Literal["ok", "wrong", "unreachable", "unknown"]
CLOCK_MAY_DIFFER = timedelta(minutes=2)
SPARE_BYTES = 500 * 2**20
XERO_CALLS_SPARE = 100


@dataclass(frozen=True)
class Line:
    """`wrong` is for a person to mend, `unreachable` may pass by itself, `unknown` keeps no night from happening."""

    what: str
    state: State
    found: str


def probe(settings: Settings, firm: Firm) -> Iterator[Line]:
    """Everything short of a load, in the order in which one thing needs the other."""
    yield from _machine(firm)
    yield from _channels(settings, firm)
    yield from _shared_tokens(settings, firm)
    apis = {}
    for system in SYSTEMS:
        api, lines = _connected(firm, system)
        yield from lines
        if api is not None:
            apis[system] = api
    if "xero" in apis:
        yield _organisation(firm, apis["xero"])
    if "clio" in apis:
        yield from (_clio_list(apis["clio"], one) for one in clio.LISTS)
    if "xero" in apis:
        yield from (_xero_list(apis["xero"], one) for one in xero.LISTS)
    if len(apis) == len(SYSTEMS):
        yield from _accounts(firm, apis["clio"], apis["xero"])


def _tried(what: str, look: Callable[[], str], refused: State = "wrong") -> Line:
    """A line out of a look that raises what it finds wrong."""
    try:
        return Line(what, "ok", look())
    except TryAgain as trouble:
        return Line(what, "unreachable", str(trouble))
    except Refused as no:
        return Line(what, refused, str(no))
    except TieoutError as trouble:
        return Line(what, "wrong", str(trouble))


def _machine(firm: Firm) -> Iterator[Line]:
    """The disk, and who may read the files."""
    place = next(folder for folder in (firm.folder, *firm.folder.parents) if folder.exists())
    free = shutil.disk_usage(place).free
    needed = SPARE_BYTES + 3 * (firm.warehouse.stat().st_size if firm.warehouse.exists() else 0)
    found = f"{free / 2**30:.1f} GiB free, a night needs {needed / 2**30:.1f}"
    yield Line("disk", "ok" if free > needed else "wrong", found if free > needed else f"{found}. Make room.")
    files = [path for path in firm.folder.rglob("*") if not path.is_symlink()] if firm.folder.exists() else []
    exposed = [path for path in files if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)]
    if exposed:
        yield Line("files", "wrong", f"{len(exposed)} are open to others, such as {exposed[0]}. chmod go= them.")
    else:
        yield Line("files", "ok", "for their owner alone")


def _channels(settings: Settings, firm: Firm) -> Iterator[Line]:
    """Each alert channel has an address."""
    for name in dict.fromkeys((*firm.alerts, *settings.alerts.operator)):

        def look(name: str = name) -> str:
            read_channel(name)
            return "has an address"

        yield _tried(f"alerts: {name}", look)
    if not firm.alerts:
        yield Line("alerts", "unknown", "no channel is named: nobody is told what changes. Set alerts in tieout.toml.")
    if not settings.alerts.operator:
        found = "no channel is named: nobody is told when a night fails. Set operator under [alerts] in tieout.toml."
        yield Line("alerts: operator", "unknown", found)


def _shared_tokens(settings: Settings, firm: Firm) -> Iterator[Line]:
    """Two firms on one refresh token of Xero's spend it for each other: each use gives a new one to one of them."""
    ours = _seeded_token(firm)
    for other in settings.firms.values():
        if other.id != firm.id and ours is not None and _seeded_token(other) == ours:
            found = f"firm {other.id} has the same refresh token. Give each its own: tieout connect {firm.id} xero."
            yield Line("xero: secrets", "wrong", found)


def _seeded_token(firm: Firm) -> SecretStr | None:
    try:
        return read_credentials(firm, "xero", is_connected=True).refresh_token
    except TieoutError:  # said in a line of its own
        return None


def _connected(firm: Firm, system: System) -> tuple[Api | None, list[Line]]:
    """Secrets, a token, and one first read that also shows clock and limits; the client to go on with."""
    transport = Transport()
    held: list[Grant] = []

    def secrets() -> str:
        is_connected = TokenFile(firm.folder).read(system) is not None
        read_credentials(firm, system, is_connected=is_connected)
        return "there"

    def token() -> str:
        grant = grant_of(firm, system, transport)
        grant.access_token()
        held.append(grant)
        known = connection(firm, system, datetime.now(UTC))
        return f"given; it ends on {known.ends_on} if it is not used" if known.ends_on else "given"

    lines = [_tried(f"{system}: secrets", secrets)]
    if lines[-1].state == "ok":
        lines.append(_tried(f"{system}: token", token))
    if not held:
        return None, lines
    tenant = account_of(firm, "xero") if system == "xero" else None
    base = firm.clio.api if system == "clio" else firm.xero.api
    api = Api(firm.id, system, base, held[0], transport, headers={"xero-tenant-id": tenant} if tenant else None)
    headers: dict[str, str] = {}

    def first() -> str:
        path, params = ("users/who_am_i", {"fields": "id"}) if system == "clio" else ("Organisation", None)
        headers.update(api.get(path, params).headers)
        return "answers"

    lines.append(_tried(f"{system}: first read", first))
    if lines[-1].state != "ok":
        return None, lines
    return api, [*lines, *_heard(system, headers)]


def _heard(system: System, headers: Mapping[str, str]) -> Iterator[Line]:
    """What the headers of a reply say of the clock and of the calls that are left."""
    heard = {name.lower(): value for name, value in headers.items()}
    if "date" in heard:
        told = moment_of(heard["date"])
        apart = abs(datetime.now(UTC) - told) if told else None
        if apart is None:
            yield Line(f"{system}: clock", "unknown", "its Date header is no date")
        elif apart <= CLOCK_MAY_DIFFER:
            yield Line(f"{system}: clock", "ok", f"{apart.total_seconds():.0f} s from {system.capitalize()}'s")
        else:
            found = f"{apart.total_seconds():.0f} s from {system.capitalize()}'s. Set the clock."
            yield Line(f"{system}: clock", "wrong", found)
    left = heard.get("x-daylimit-remaining" if system == "xero" else "x-ratelimit-remaining", "")
    if not (left.isascii() and left.isdigit() and len(left) < 10):
        yield Line(f"{system}: calls left", "unknown", "it does not say")
    elif system == "clio":
        yield Line("clio: calls left", "ok", f"{left} in this minute")
    elif int(left) < XERO_CALLS_SPARE:
        yield Line("xero: calls left", "unreachable", f"{left} today, a night needs more. Wait until the day is over.")
    else:
        yield Line("xero: calls left", "ok", f"{left} today")


def _organisation(firm: Firm, api: Api) -> Line:
    """The organisation that is read is the firm's, and nothing else can be taken for it."""

    def look() -> str:
        connections = api.at(firm.xero.connections).get("").rows("items")
        reached = {str(one.get("tenantId")).lower() for one in connections}
        wanted = account_of(firm, "xero")
        if wanted is None and len(reached) != 1:
            raise GiveUp(f"{len(reached)} organisations can be reached. Write the firm's as xero.tenant_id.")
        if wanted is not None and wanted.lower() not in reached:
            raise GiveUp(
                f"{wanted} is not among the {len(reached)} that can be reached. Run tieout connect {firm.id} xero."
            )
        return "the firm's"

    return _tried("xero: organisation", look)


def _clio_list(api: Api, one: clio.ClioList) -> Line:
    def look() -> str:
        api.get(one.path, {**one.params, "fields": one.fields, "limit": "1"})
        return "may be read"

    return _tried(f"clio: {one.name}", look)


def _xero_list(api: Api, one: xero.XeroList) -> Line:
    def look() -> str:
        api.get(one.resource, {**one.params, "page": "1", "pageSize": "1"} if one.paged else dict(one.params))
        return "may be read"

    line = _tried(f"xero: {one.name}", look, refused="unknown" if one.may_be_refused else "wrong")
    if line.state == "unknown":
        missing = "control account and trust figures" if one is xero.TRIAL_BALANCE else "client money kept by journals"
        return Line(line.what, "unknown", f"{missing} will read missing. {line.found}")
    return line


def _accounts(firm: Firm, clio_api: Api, xero_api: Api) -> Iterator[Line]:
    """The mapped accounts exist on both sides, and every trust account of Clio's is mapped."""
    try:
        asked = {"fields": clio.BANK_ACCOUNTS.fields, "limit": str(clio.BANK_ACCOUNTS.limit)}
        ours = clio_api.get(clio.BANK_ACCOUNTS.path, asked).rows("data")
        theirs = xero_api.get(xero.ACCOUNTS.resource).rows("Accounts")
        trust = resolve_accounts(firm, Accounts(firm, ours, theirs)).trust
    except TieoutError as trouble:
        yield Line("accounts", "unreachable" if isinstance(trouble, TryAgain) else "wrong", str(trouble))
        return
    mapped = {row[4] for row in trust}
    yield Line("accounts", "ok", f"{len(firm.trust_accounts)} trust, {len(firm.operating_accounts)} operating")
    for account in ours:
        if account.get("type") == "Trust" and str(account.get("id")) not in mapped:
            found = f"{account.get('name')} is not compared with Xero. Name it under trust_accounts in tieout.toml."
            yield Line("trust account", "unknown", found)
