"""How to point the product at the sandbox: its tieout.toml, and the secrets in the environment."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sandbox.serving.toml_text import table_text, value_text
from sandbox.shared.served import ServedFirm

FIRM_KEYS = ("name", "timezone", "start_date", "grace_hours", "not_from_clio")


def config_toml(firms: Mapping[str, ServedFirm], data_dir: Path | str, addresses: Mapping[str, str]) -> str:
    """A whole configuration file for these firms."""
    blocks = [f"data_dir = {value_text(str(data_dir))}\n"]
    for key, firm in firms.items():
        blocks.extend(_firm_blocks(key, firm, addresses))
    return "\n".join(blocks)


def _firm_blocks(key: str, firm: ServedFirm, addresses: Mapping[str, str]) -> list[str]:
    settings = firm.settings
    head = f"firms.{key}"
    general: dict[str, Any] = {name: settings[name] for name in FIRM_KEYS if settings.get(name) not in (None, "", {})}
    general.setdefault("name", firm.name)
    clio = {
        **settings.get("clio", {}),
        "base_url": addresses["clio"],
        "token_url": addresses["clio_token"],
        "authorize_url": addresses["clio_authorize"],
        "revoke_url": addresses["clio_revoke"],
    }
    xero = {
        "tenant_id": firm.credentials.tenant_id,
        "grant": "client_credentials",
        **settings.get("xero", {}),
        "base_url": addresses["xero"],
        "token_url": addresses["xero_token"],
        "connections_url": addresses["xero_connections"],
        "authorize_url": addresses["xero_authorize"],
        "revoke_url": addresses["xero_revoke"],
    }
    blocks = [
        table_text(head, general),
        table_text(f"{head}.clio", clio),
        table_text(f"{head}.xero", xero),
    ]
    if settings.get("xero_accounts"):
        blocks.append(table_text(f"{head}.xero_accounts", settings["xero_accounts"]))
    for name in ("trust_accounts", "operating_accounts"):
        blocks.extend(table_text(f"{head}.{name}", row, repeated=True) for row in settings.get(name, ()))
    return blocks


def environment(firms: Mapping[str, ServedFirm]) -> dict[str, str]:
    """The secrets of these firms as environment variables."""
    found: dict[str, str] = {}
    for key, firm in firms.items():
        head = f"FIRMS__{key.upper().replace('-', '_')}"
        keys = firm.credentials
        found[f"{head}__CLIO__CLIENT_ID"] = keys.clio_client_id
        found[f"{head}__CLIO__CLIENT_SECRET"] = keys.clio_client_secret
        found[f"{head}__CLIO__REFRESH_TOKEN"] = keys.clio_refresh_token
        found[f"{head}__XERO__CLIENT_ID"] = keys.xero_client_id
        found[f"{head}__XERO__CLIENT_SECRET"] = keys.xero_client_secret
        found[f"{head}__XERO__REFRESH_TOKEN"] = keys.xero_refresh_token
    return found
