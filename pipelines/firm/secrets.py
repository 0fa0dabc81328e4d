"""Secrets come through dlt's providers: the environment, ``.dlt/secrets.toml``, vaults. Never from ``tieout.toml``.

For a firm ``harbor-law`` and its Clio client id the environment variable is ``FIRMS__HARBOR_LAW__CLIO__CLIENT_ID``,
the line in ``.dlt/secrets.toml`` stands under ``[firms.harbor-law.clio]``. They are read when a night starts, not
on import, and are wrapped so that printing one shows stars. Each that this process has seen is remembered, so that
``scrubbed`` can take it out of a text that we did not write, such as a traceback.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, quote_plus

from pydantic import SecretStr

from pipelines.errors import UsageError
from pipelines.firm.settings import Firm

STARS = "**********"
SHORTEST = 4  # what is shorter than this cannot be told from a word
_seen: set[str] = set()


def secret(value: str) -> SecretStr:
    """Wrap a secret, and remember it for ``scrubbed``."""
    _seen.add(value)
    _seen.update(value.splitlines())
    return SecretStr(value)


def scrubbed(text: str) -> str:
    """The text without any secret that this process has seen, in each of the spellings in which it travels or is
    quoted."""
    forms = {form for value in list(_seen) for form in _spellings(value) if len(form) >= SHORTEST}
    for form in sorted(forms, key=len, reverse=True):
        text = text.replace(form, STARS)
    return text


def _spellings(value: str) -> tuple[str, ...]:
    kept = value.encode("utf-8", "replace")
    quoted = (repr(value)[1:-1], repr(kept)[2:-1], json.dumps(value)[1:-1])
    return (value, *quoted, quote(kept, safe=""), quote_plus(kept), base64.b64encode(kept).decode())


@dataclass(frozen=True)
class Credentials:
    """What one system asks of us. ``refresh_token`` is None where the grant needs none."""

    client_id: SecretStr
    client_secret: SecretStr
    refresh_token: SecretStr | None


def variable(firm: Firm, system: str, key: str) -> str:
    """Name of the environment variable."""
    return "__".join(("firms", firm.id, system, key)).replace("-", "_").upper()


def read_credentials(firm: Firm, system: str, *, is_connected: bool = False) -> Credentials:
    """The secrets of a firm for ``clio`` or ``xero``; UsageError names all that are missing and where to put them. A
    firm that was connected needs no refresh token here: the token set has it."""
    may_refresh = system == "clio" or firm.xero.grant == "authorization_code"
    keys = ["client_id", "client_secret", *(["refresh_token"] if may_refresh else [])]
    found = {key: _read(firm, system, key) for key in keys}
    needed = [key for key in keys if not (is_connected and key == "refresh_token")]
    _complain(firm, system, [key for key in needed if found[key] is None])
    held = {key: secret(value) for key, value in found.items() if value is not None and key != "client_id"}
    client_id = str(found["client_id"])
    secret(f"{client_id}:{found['client_secret']}")  # as a header carries the two
    return Credentials(SecretStr(client_id), held["client_secret"], held.get("refresh_token"))


def read_channel(name: str) -> SecretStr:
    """The Apprise address of an alert channel, ``alerts.<name>.url``; UsageError says where to put a missing one."""
    for key in dict.fromkeys((name, name.replace("-", "_"))):
        value = _asked(f"alerts.{key}.url")
        if value:
            return secret(value)
    raise UsageError(
        f"Alert channel {name}: its address is missing or empty. Set {channel_variable(name)} in the environment, or "
        f"write url under [alerts.{name}] in .dlt/secrets.toml."
    )


def channel_variable(name: str) -> str:
    """Name of the environment variable that holds a channel's address."""
    return f"ALERTS__{name}__URL".replace("-", "_").upper()


def _read(firm: Firm, system: str, key: str) -> str | None:
    """Ask dlt: dashes as they are (files, vaults), then as underscores (environment)."""
    for firm_id in dict.fromkeys((firm.id, firm.id.replace("-", "_"))):
        value = _asked(f"firms.{firm_id}.{system}.{key}")
        if value:
            return value
    return None


def _asked(name: str) -> str | None:
    """dlt's answer. It keeps what it answered, for the trace that the next pipeline of this thread leaves on disk: that
    it has to forget."""
    from pipelines.quiet_dlt import dlt, get_resolved_traces

    value = dlt.secrets.get(name, str)
    get_resolved_traces().clear()
    return None if value is None else str(value).strip()


def _complain(firm: Firm, system: str, missing: Sequence[str]) -> None:
    if missing:
        names = ", ".join(variable(firm, system, key) for key in missing)
        by_itself = f" A refresh token comes by itself with: tieout connect {firm.id} {system}"
        raise UsageError(
            f"Firm {firm.id}, {system}: secrets missing or empty: {', '.join(missing)}. Set {names} in the "
            f"environment, or write the keys under [firms.{firm.id}.{system}] in .dlt/secrets.toml."
            + (by_itself if "refresh_token" in missing else "")
        )
