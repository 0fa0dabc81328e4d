"""The accounts that the settings name, found among those that exist, before any document is fetched.

A person may write a name, a code or an id. What fits none, or more than one, ends as a UsageError that lists what
there is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pipelines.columns import Record
from pipelines.errors import UsageError
from pipelines.settings import Firm

Row = tuple[Any, ...]


class Accounts:
    """Finds accounts by what a person calls them, among those that exist."""

    def __init__(self, firm: Firm, clio_accounts: Sequence[Record], xero_accounts: Sequence[Record]) -> None:
        self._firm = firm
        self._clio = [(str(a.get("id")), (a.get("name"),), a.get("type")) for a in clio_accounts]
        self._xero = [(str(a.get("AccountID")), (a.get("Code"), a.get("Name")), None) for a in xero_accounts]

    def clio(self, key: str, name: str, kind: str) -> str:
        """Id of a Clio bank account of this type (Trust, Operating), named by name or id."""
        number, found = self._find("Clio bank account", key, name, self._clio)
        if found in ("Trust", "Operating") and found != kind:
            raise UsageError(
                f"Firm {self._firm.id}: {key} = {name!r} should be one of Clio's {kind} accounts, found a {found} "
                "account. Name another one, or move it to the other list."
            )
        return number

    def xero(self, key: str, name: str) -> str:
        """AccountID of a Xero account, named by code, name or id."""
        return self._find("Xero account", key, name, self._xero)[0]

    def _find(
        self, what: str, key: str, name: str, known: Sequence[tuple[str, tuple[Any, ...], Any]]
    ) -> tuple[str, Any]:
        for by_id in (True, False):
            hits = [a for a in known if (a[0].lower() == name.lower() if by_id else name in a[1])]
            if len(hits) == 1:
                return hits[0][0], hits[0][2]
            if len(hits) > 1:
                raise UsageError(
                    f"Firm {self._firm.id}: {key} = {name!r}: {len(hits)} {what}s are called so. "
                    f"Write the id: {', '.join(a[0] for a in hits)}."
                )
        names = ", ".join(" ".join(str(n)[:60] for n in a[1] if n) for a in known[:40])
        raise UsageError(f"Firm {self._firm.id}: {key} = {name!r}: no such {what}. There is: {names or 'none'}.")


def resolve_accounts(firm: Firm, accounts: Accounts) -> tuple[list[Row], list[Row]]:
    """The mapped trust and operating accounts with their ids. Raises UsageError for one that does not exist."""
    trust = [
        (
            firm.id,
            a.clio_bank_account,
            a.xero_bank_account,
            a.xero_liability_account,
            accounts.clio("trust_accounts.clio_bank_account", a.clio_bank_account, "Trust"),
            accounts.xero("trust_accounts.xero_bank_account", a.xero_bank_account),
            accounts.xero("trust_accounts.xero_liability_account", a.xero_liability_account),
        )
        for a in firm.trust_accounts
    ]
    operating = [
        (
            firm.id,
            a.clio_bank_account,
            a.xero_bank_account,
            accounts.clio("operating_accounts.clio_bank_account", a.clio_bank_account, "Operating"),
            accounts.xero("operating_accounts.xero_bank_account", a.xero_bank_account),
        )
        for a in firm.operating_accounts
    ]
    for rows, place in ((trust, 4), (trust, 5), (operating, 3)):
        seen = [row[place] for row in rows]
        if len(set(seen)) != len(seen):
            raise UsageError(f"Firm {firm.id}: an account is mapped twice in trust_accounts or operating_accounts.")
    return trust, operating
