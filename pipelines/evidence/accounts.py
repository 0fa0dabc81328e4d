"""The accounts that the settings name, found among those that exist, before any document is fetched.

A person may write a name, a code or an id. What fits none, or more than one, ends as a UsageError that lists what
there is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pipelines.errors import UsageError
from pipelines.firm.settings import Firm
from pipelines.tables.columns import Record

Row = tuple[Any, ...]
CONTROL_ACCOUNTS = ("DEBTORS", "CREDITORS")


@dataclass(frozen=True)
class Place:
    """What kind of Xero account a setting may name, in words and as a test of type and class."""

    wanted: str
    fits: Callable[[str, str], bool]


# An account whose type or class Xero does not say is taken at the person's word.
CLIENT_MONEY = Place("a bank account or another asset account", lambda kind, group: group in ("ASSET", ""))
OWED = Place("a liability account", lambda kind, group: kind != "BANK" and group in ("LIABILITY", ""))
RECEIPTS = Place(
    "a bank account or a clearing account", lambda kind, group: kind == "BANK" or group in ("ASSET", "LIABILITY", "")
)
FEES = Place("an account that is no bank account", lambda kind, group: kind != "BANK")


class Accounts:
    """Finds accounts by what a person calls them, among those that exist."""

    def __init__(self, firm: Firm, clio_accounts: Sequence[Record], xero_accounts: Sequence[Record]) -> None:
        self._firm = firm
        self._clio = [(str(a.get("id")), (a.get("name"),), a.get("type")) for a in clio_accounts]
        self._xero = [
            (
                str(a.get("AccountID")),
                (a.get("Code"), a.get("Name")),
                tuple(str(a.get(field) or "") for field in ("Type", "Class", "SystemAccount")),
            )
            for a in xero_accounts
        ]

    def clio(self, key: str, name: str, kind: str) -> str:
        """Id of a Clio bank account of this type (Trust, Operating), named by name or id."""
        number, found = self._find("Clio bank account", key, name, self._clio)
        if found in ("Trust", "Operating") and found != kind:
            raise UsageError(
                f"Firm {self._firm.id}: {key} = {name!r} should be one of Clio's {kind} accounts, found a {found} "
                "account. Name another one, or move it to the other list."
            )
        return number

    def xero(self, key: str, name: str, place: Place) -> str:
        """AccountID of a Xero account that fits the place, named by code, name or id."""
        number, (kind, group, system) = self._find("Xero account", key, name, self._xero)
        if system in CONTROL_ACCOUNTS or not place.fits(kind, group):
            found = f"the system account {system}" if system in CONTROL_ACCOUNTS else f"one of type {kind or group}"
            raise UsageError(
                f"Firm {self._firm.id}: {key} = {name!r} should be {place.wanted}, found {found}. Name another one."
            )
        return number

    def is_bank(self, account_id: str) -> bool:
        """Whether a Xero account is a bank account; one whose type is not said is."""
        return next(about[0] in ("BANK", "") for number, _, about in self._xero if number == account_id)

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


@dataclass(frozen=True)
class MappedAccounts:
    """The rows that become evidence, ids last; a Clio account has one row per Xero account that is right for it."""

    trust: list[Row]
    operating: list[Row]
    fees: list[Row]


def resolve_accounts(firm: Firm, accounts: Accounts) -> MappedAccounts:
    """The accounts that the settings name, with their ids. Raises UsageError for one that does not fit."""
    trust = [
        (
            firm.id,
            a.clio_bank_account,
            a.xero_bank_account,
            a.xero_liability_account,
            accounts.clio("trust_accounts.clio_bank_account", a.clio_bank_account, "Trust"),
            bank := accounts.xero("trust_accounts.xero_bank_account", a.xero_bank_account, CLIENT_MONEY),
            accounts.xero("trust_accounts.xero_liability_account", a.xero_liability_account, OWED),
            not accounts.is_bank(bank),
        )
        for a in firm.trust_accounts
    ]
    tills = [
        accounts.clio("operating_accounts.clio_bank_account", a.clio_bank_account, "Operating")
        for a in firm.operating_accounts
    ]
    operating = [
        (firm.id, a.clio_bank_account, name, till, accounts.xero(f"operating_accounts.{a.xero_key}", name, RECEIPTS))
        for till, a in zip(tills, firm.operating_accounts, strict=True)
        for name in a.xero_accounts
    ]
    fees = [
        (firm.id, name, accounts.xero("xero_accounts.fee_accounts", name, FEES))
        for name in firm.xero_accounts.fee_accounts
    ]
    _refuse_twice(firm, "trust_accounts.clio_bank_account", [row[4] for row in trust])
    _refuse_twice(firm, "operating_accounts.clio_bank_account", tills)
    _refuse_twice(firm, "operating_accounts.xero_bank_accounts", [row[3:5] for row in operating])
    _refuse_twice(firm, "xero_accounts.fee_accounts", [row[2] for row in fees])
    for row in trust:
        if row[5] == row[6]:
            raise UsageError(
                f"Firm {firm.id}: trust_accounts: {row[2]!r} is named as both bank account and liability account of "
                f"{row[1]!r}. Name the account on which Xero shows what is owed to clients."
            )
    return MappedAccounts(trust, operating, fees)


def _refuse_twice(firm: Firm, key: str, found: Iterable[Any]) -> None:
    ids = list(found)
    if len(set(ids)) != len(ids):
        raise UsageError(f"Firm {firm.id}: {key}: an account is named twice. Keep one of the two.")
