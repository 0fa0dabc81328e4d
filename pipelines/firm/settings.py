"""``tieout.toml``: everything about a firm that is not secret, checked before anything is fetched.

Reading is strict. A key that is not known, a firm twice, a zone that does not exist, an empty value: each ends with
one line per fault that says where it stands, what was found and what to write instead. Secrets have no place in
this file and come from ``pipelines.firm.secrets``.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from croniter import croniter  # type: ignore[import-untyped]
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    PrivateAttr,
    StringConstraints,
    ValidationError,
    model_validator,
)
from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from pipelines.errors import UsageError
from pipelines.firm.jurisdictions import known as known_jurisdiction

CLIO_HOSTS = {"us": "app.clio.com", "eu": "eu.app.clio.com", "ca": "ca.app.clio.com", "au": "au.app.clio.com"}
XERO_API = "https://api.xero.com"
XERO_TOKENS = "https://identity.xero.com/connect/token"
XERO_REVOCATION = "https://identity.xero.com/connect/revocation"
XERO_AUTHORIZE = "https://login.xero.com/identity/connect/authorize"
PLAIN_URL = re.compile(r"https?://([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?(/[A-Za-z0-9._~/-]*)?")
FIRM_ID = re.compile(r"[a-z0-9]([a-z0-9_-]*[a-z0-9])?")


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise ValueError('should be a time zone such as "America/New_York"') from None
    return name


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error:
        raise ValueError('should be a regular expression such as "^RENT-"') from None
    return text


def _cron(text: str) -> str:
    try:
        croniter(text, datetime(2026, 1, 1, tzinfo=UTC)).get_next()
        comes = len(text.split()) == 5
    except (ValueError, KeyError):
        comes = False
    if not comes:
        raise ValueError('should be five fields of cron such as "30 3 * * *" for half past three each night')
    return text


def _url(text: str) -> str:
    """Tokens and client data travel encrypted, or do not leave the machine.

    The host is taken out by the library that will send to it. Two readers of one address may find two hosts in it, as
    in `http://elsewhere\\@127.0.0.1`: so there is no user, no backslash and no escape in an address of ours either.
    """
    try:
        host = parse_url(text).host or ""
    except LocationParseError:
        host = ""
    scheme = text.split("://")[0]
    is_local = host in ("127.0.0.1", "localhost", "[::1]")
    if not PLAIN_URL.fullmatch(text) or not host or not (scheme == "https" or is_local):
        raise ValueError("should be an https:// address of host, port and path alone (http:// only for 127.0.0.1)")
    return text.rstrip("/")


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Zone = Annotated[Text, AfterValidator(_zone)]
Pattern = Annotated[Text, AfterValidator(_pattern)]
Cron = Annotated[Text, AfterValidator(_cron)]
Url = Annotated[Text, AfterValidator(_url)]
Jurisdiction = Annotated[Text, AfterValidator(known_jurisdiction)]


class Model(BaseModel):
    """Strict: what is not known is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class NotFromClio(Model):
    """Invoices that are the firm's own business."""

    contacts: tuple[Text, ...] = ()
    account_codes: tuple[Text, ...] = ()
    number_pattern: Pattern | None = None


class ClioSettings(Model):
    """Where the firm's Clio is: a region, or addresses."""

    region: Literal["us", "eu", "ca", "au"] | None = None
    base_url: Url | None = None
    token_url: Url | None = None
    authorize_url: Url | None = None
    revoke_url: Url | None = None

    @model_validator(mode="after")
    def _somewhere(self) -> Self:
        if self.region is None and self.base_url is None:
            raise ValueError('should have a region: "us", "eu", "ca" or "au"')
        if (self.base_url is None) != (self.token_url is None):
            raise ValueError("should have base_url and token_url together, or neither")
        if self.base_url is None and (self.authorize_url or self.revoke_url):
            raise ValueError("should have authorize_url and revoke_url only beside base_url and token_url")
        return self

    @property
    def host(self) -> str:
        """Host on which people open Clio."""
        return CLIO_HOSTS[self.region or "us"]

    @property
    def api(self) -> str:
        """Base address of the API."""
        return self.base_url or f"https://{self.host}/api/v4"

    @property
    def tokens(self) -> str:
        """Address of the token endpoint."""
        return self.token_url or f"https://{self.host}/oauth/token"

    @property
    def authorize(self) -> str:
        """Address on which a person allows our app to read."""
        return self.authorize_url or f"https://{self.host}/oauth/authorize"

    @property
    def revoke(self) -> str:
        """Address on which a grant is ended."""
        return self.revoke_url or f"https://{self.host}/oauth/deauthorize"

    @property
    def web(self) -> str:
        """Address on which people open Clio."""
        return f"https://{self.host}"


class XeroSettings(Model):
    """Which Xero organisation is the firm's, and how it is reached."""

    tenant_id: Text | None = None
    grant: Literal["client_credentials", "authorization_code"]
    base_url: Url | None = None
    token_url: Url | None = None
    connections_url: Url | None = None
    authorize_url: Url | None = None
    revoke_url: Url | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        addresses = (self.base_url, self.token_url, self.connections_url)
        if any(addresses) and not all(addresses):
            raise ValueError("should have base_url, token_url and connections_url together, or none of them")
        if self.base_url is None and (self.authorize_url or self.revoke_url):
            raise ValueError("should have authorize_url and revoke_url only beside base_url and token_url")
        return self

    @property
    def api(self) -> str:
        """Base address of the accounting API."""
        return self.base_url or f"{XERO_API}/api.xro/2.0"

    @property
    def tokens(self) -> str:
        """Address of the token endpoint."""
        return self.token_url or XERO_TOKENS

    @property
    def connections(self) -> str:
        """Address of the list of organisations a token reaches."""
        return self.connections_url or f"{XERO_API}/connections"

    @property
    def authorize(self) -> str:
        """Address on which a person allows our app to read."""
        return self.authorize_url or XERO_AUTHORIZE

    @property
    def revoke(self) -> str:
        """Address on which a grant is ended."""
        return self.revoke_url or XERO_REVOCATION


class TrustAccount(Model):
    """One trust account, on both sides. ``xero_bank_account`` is no bank account where the firm keeps client money by
    journals; several of Clio's accounts may share one."""

    clio_bank_account: Text
    xero_bank_account: Text
    xero_liability_account: Text


class OperatingAccount(Model):
    """One operating account, on both sides; in Xero several where receipts pass through a clearing account."""

    clio_bank_account: Text
    xero_bank_account: Text | None = None
    xero_bank_accounts: Annotated[tuple[Text, ...], Field(min_length=1)] | None = None

    @model_validator(mode="after")
    def _one_or_several(self) -> Self:
        if (self.xero_bank_account is None) == (self.xero_bank_accounts is None):
            raise ValueError("should name xero_bank_account, or the list xero_bank_accounts")
        return self

    @property
    def xero_accounts(self) -> tuple[str, ...]:
        """Each Xero account that is right for money of this one."""
        return self.xero_bank_accounts or (self.xero_bank_account or "",)

    @property
    def xero_key(self) -> str:
        """The line of the settings that names them."""
        return "xero_bank_account" if self.xero_bank_accounts is None else "xero_bank_accounts"


class XeroAccounts(Model):
    """Accounts of Xero's that have a part to play."""

    fee_accounts: tuple[Text, ...] = ()


class StatementLayout(Model):
    """Which columns of a bank's CSV file hold what; the block's name is the layout's."""

    date: Text
    amount: Text | None = None
    money_in: Text | None = None
    money_out: Text | None = None
    description: Text | None = None
    reference: Text | None = None
    balance: Text | None = None
    bank_id: Text | None = None
    account: Text | None = None
    currency: Text | None = None
    date_format: Text = "%Y-%m-%d"
    delimiter: Annotated[str, Field(min_length=1, max_length=1)] = ","
    decimal: Literal[".", ","] = "."
    skip_lines: Annotated[int, Field(ge=0, le=100)] = 0

    @model_validator(mode="after")
    def _one_amount(self) -> Self:
        both = self.money_in is not None and self.money_out is not None
        neither = self.money_in is None and self.money_out is None
        if not (neither if self.amount is not None else both):
            raise ValueError("should name the column amount, or the two columns money_in and money_out")
        return self


class Firm(Model):
    """One law firm: one Clio account and one Xero organisation."""

    name: Text
    timezone: Zone
    start_date: date
    grace_hours: Annotated[int, Field(ge=0, le=240)] = 24
    schedule: Cron = "30 3 * * *"
    alerts: tuple[Text, ...] = ()
    name_clients: bool = False
    attach_workbook: bool = False
    jurisdiction: Jurisdiction | None = None
    not_from_clio: NotFromClio = NotFromClio()
    clio: ClioSettings
    xero: XeroSettings
    trust_accounts: tuple[TrustAccount, ...] = ()
    operating_accounts: tuple[OperatingAccount, ...] = ()
    xero_accounts: XeroAccounts = XeroAccounts()
    statement_layouts: dict[str, StatementLayout] = {}
    _id: str = PrivateAttr(default="")
    _data_dir: Path = PrivateAttr(default=Path())

    @property
    def id(self) -> str:
        """The name of the firm's block: folder, environment variables and ``firm_id``."""
        return self._id

    @property
    def folder(self) -> Path:
        """Everything of this firm, and of no other."""
        return self._data_dir / self._id

    @property
    def warehouse(self) -> Path:
        """The published warehouse."""
        return self.folder / "warehouse.duckdb"


class Alerts(Model):
    """Who hears of our own troubles, and on which day a sign of life goes out. Channels are named; their addresses
    are secrets."""

    operator: tuple[Text, ...] = ()
    heartbeat: Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] = "monday"


class Settings(Model):
    """The whole file."""

    data_dir: Annotated[Path, AfterValidator(lambda path: path.expanduser())]
    connect_port: Annotated[int, Field(ge=1024, le=65535)] = 8912
    desk_port: Annotated[int, Field(ge=1024, le=65535)] = 8913
    alerts: Alerts = Alerts()
    firms: Annotated[dict[str, Firm], Field(min_length=1)]
    _path: Path = PrivateAttr(default=Path())

    @property
    def path(self) -> Path:
        """The file that was read."""
        return self._path

    def firm(self, firm_id: str) -> Firm:
        """The named firm, or an error that names the ones there are."""
        if firm_id not in self.firms:
            raise UsageError(
                f"{self._path}: no firm {firm_id!r}; there is {', '.join(sorted(self.firms))}. "
                f"Name one of them, or add a [firms.{firm_id}] block."
            )
        return self.firms[firm_id]


def settings_path(path: Path | None = None) -> Path:
    """``--config``, else ``TIEOUT_CONFIG``, else ``tieout.toml`` in the working directory."""
    return Path(path or os.environ.get("TIEOUT_CONFIG") or "tieout.toml").absolute()


def load_settings(path: Path | None = None) -> Settings:
    """Read and check the settings file. Raises UsageError with one line per fault."""
    file = settings_path(path)
    try:
        raw = tomllib.loads(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UsageError(
            f"{file}: no such file. Write one (the README shows how), or name it with --config or TIEOUT_CONFIG."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{file}: cannot be read as text ({type(error).__name__}).") from None
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{file}: not valid TOML: {_toml_fault(str(error))}") from None
    given = raw.get("data_dir")
    if given == "":
        raise UsageError(f'{file}: data_dir: is empty; write a folder such as "data".')
    if isinstance(given, str) and not given.startswith("~"):
        raw["data_dir"] = str(file.parent / given)
    try:
        settings = Settings.model_validate(raw)
    except ValidationError as error:
        lines = [_explain(fault, raw) for fault in error.errors()]
        raise UsageError("\n".join(f"{file}: {line}" for line in lines)) from None
    _settle(settings, file)
    return settings


def _toml_fault(text: str) -> str:
    if "Cannot declare" in text or "Cannot overwrite" in text:
        return f"{text}. A firm, or a key, is defined twice; keep one of the two."
    return f"{text}."


def _settle(settings: Settings, file: Path) -> None:
    """Give the settings and each firm their place, and refuse names that cannot be folders or collide."""
    settings._path = file
    taken: dict[str, str] = {}
    for firm_id, firm in settings.firms.items():
        if not FIRM_ID.fullmatch(firm_id):
            raise UsageError(
                f"{file}: firms.{firm_id}: a firm's name should be small letters, digits and dashes, "
                f'such as "harbor-law"; it becomes a folder and part of variable names.'
            )
        twin = taken.setdefault(firm_id.replace("-", "_"), firm_id)
        if twin != firm_id:
            raise UsageError(f"{file}: firms {twin!r} and {firm_id!r} would share their secrets; rename one.")
        firm._id, firm._data_dir = firm_id, settings.data_dir


HINTS = {
    "missing": "is missing; write {key} = ...",
    "string_too_short": "is empty; write a value or leave the line out",
    "too_short": "is empty; at least one is needed",
    "string_type": "should be text in quotes",
    "date_from_datetime_parsing": "should be a day such as 2025-01-01",
    "date_from_datetime_inexact": "should be a day such as 2025-01-01",
    "date_parsing": "should be a day such as 2025-01-01",
    "date_type": "should be a day such as 2025-01-01",
    "int_parsing": "should be a whole number",
    "int_type": "should be a whole number",
}


def _explain(fault: Any, raw: dict[str, Any]) -> str:
    """One fault in one line: where, what was found, what to write."""
    where = ".".join(str(step) for step in fault["loc"]) or "the file"
    key = str(fault["loc"][-1]) if fault["loc"] else ""
    if fault["type"] == "extra_forbidden":
        near = difflib.get_close_matches(key, _known_keys(fault["loc"][:-1]), n=1)
        return f"{where}: unknown key" + (f"; did you mean {near[0]!r}?" if near else "; remove it.")
    found = _found(fault["loc"], raw) if fault["type"] != "missing" else ""
    if fault["type"] == "value_error":
        text = str(fault["ctx"]["error"])
    else:
        text = HINTS.get(fault["type"], fault["msg"][0].lower() + fault["msg"][1:]).format(key=key)
    return f"{where}: {text}{found}."


def _found(loc: tuple[Any, ...], raw: Any) -> str:
    for step in loc:
        try:
            raw = raw[step]
        except (KeyError, IndexError, TypeError):
            return ""
    return "" if isinstance(raw, dict | list) or raw == "" else f"; found {str(raw)[:60]!r}"


def _known_keys(loc: tuple[Any, ...]) -> list[str]:
    """Keys that are understood in the block at ``loc``."""
    model: Any = Settings
    blocks: dict[str, Any] = {
        "firms": Firm,
        "alerts": Alerts,
        "clio": ClioSettings,
        "xero": XeroSettings,
        "not_from_clio": NotFromClio,
        "trust_accounts": TrustAccount,
        "operating_accounts": OperatingAccount,
        "xero_accounts": XeroAccounts,
        "statement_layouts": StatementLayout,
    }
    for step in loc:
        model = blocks.get(str(step), model)
    return list(model.model_fields)
