"""Nothing of Xero is fetched before the organisation is known to be the firm's.

The connection must reach the tenant named in the settings (or exactly one), and it must answer as the organisation we
have read before. From then on each call carries that tenant; without it the client refuses to call.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pipelines.api.clock import NoPace, SameTime
from pipelines.api.http import Api, Transport, XeroPace
from pipelines.api.tokens import Grant, account_of
from pipelines.errors import GiveUp, Refused
from pipelines.firm.settings import Firm
from pipelines.tables.columns import Record
from pipelines.tables.held import Held
from pipelines.xero import lists as xero

IN_FLIGHT = 4


def xero_api(firm: Firm, grant: Grant, transport: Transport, held: Held) -> tuple[Api, Record]:
    """Xero's client for one firm, and the record of the organisation that it is proven to reach."""
    connections = Api(
        firm.id, "xero", firm.xero.connections, grant, transport, pace=SameTime(firm.id, "xero", NoPace())
    )
    api = Api(
        firm.id,
        "xero",
        firm.xero.api,
        grant,
        transport,
        pace=SameTime(firm.id, "xero", XeroPace()),
        in_flight=IN_FLIGHT,
        needs="xero-tenant-id",
    )
    organisation = Tenant(firm, connections, api, held).confirm()
    api.calls += connections.calls
    return api, organisation


class Tenant:
    """Answers for the organisation: no list is read before ``confirm`` has passed."""

    def __init__(self, firm: Firm, connections: Api, api: Api, held: Held) -> None:
        self._firm = firm
        self._connections = connections
        self._api = api
        self._held = held

    def confirm(self) -> Record:
        """The organisation's record; from here on the client carries the tenant.

        A tenant that is named and an organisation that was read before prove each other in one call. Else, and to say
        why the named tenant was refused, the connections are asked first.
        """
        known = self._held.ids(xero.ORGANISATION.main)
        wanted = account_of(self._firm, "xero")
        if wanted is None or not known:
            found = self._organisations(self._reachable())
        else:
            try:
                found = self._organisations(wanted.lower())
            except Refused:
                found = self._organisations(self._reachable())
        if len(found) != 1 or not found[0].get("OrganisationID"):
            raise GiveUp(
                f"{self._firm.id}: xero: one organisation was expected, found {len(found)}. Authorise the app again."
            )
        if known and found[0]["OrganisationID"] not in known:
            raise GiveUp(
                f"{self._firm.id}: xero: organisation {', '.join(known)} was read before, found "
                f"{found[0]['OrganisationID']}. Nothing was read. Check xero.tenant_id and whose credentials these are."
            )
        return dict(found[0])

    def _organisations(self, tenant: str) -> list[Mapping[str, Any]]:
        self._api.headers["xero-tenant-id"] = tenant
        return self._api.get("Organisation").rows("Organisations")

    def _reachable(self) -> str:
        reply = self._connections.get("").rows("items")
        tenants = {
            str(one.get("tenantId")).lower() for one in reply if one.get("tenantType", "ORGANISATION") == "ORGANISATION"
        }
        wanted = account_of(self._firm, "xero")
        if wanted is not None and wanted.lower() in tenants:
            return wanted.lower()
        if wanted is None and len(tenants) == 1:
            return tenants.pop()
        expected = f"tenant {wanted}" if wanted else "exactly one organisation"
        raise GiveUp(
            f"{self._firm.id}: xero: a connection to {expected} was expected, found {len(tenants)} organisations"
            f"{'' if wanted is None else ' and not that one'}. Nothing was read. Connect the app to the firm's "
            "organisation or correct xero.tenant_id."
        )
