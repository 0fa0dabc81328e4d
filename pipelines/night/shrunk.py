"""Lists that a person says lost records: ``--accept-shrunk clio.bills``.

A list that lost more than a fifth of its records, and more than five, lost a right or a filter rather than records,
whoever asks: ``--full`` believes no loss either. A person can name the list, by its name in the API, for one night;
the name is kept in the night's evidence. A list that comes back empty is believed by nobody's word: only where another
list of the same night says that it must be empty.
"""

from __future__ import annotations

from collections.abc import Iterable

from pipelines.api.proof import ListResult
from pipelines.clio import lists as clio
from pipelines.errors import UsageError
from pipelines.xero import lists as xero

# Lists that lose rows in the ordinary course of business, and say so by leaving them out.
MAY_SHRINK = ("outstanding_client_balances", "trial_balance")
NAMES = {
    **{f"clio.{one.path.removesuffix('.json')}": ("clio", one.name) for one in clio.LISTS},
    **{f"xero.{one.resource}": ("xero", one.name) for one in xero.LISTS if one is not xero.ORGANISATION},
}
NAMES = {name: place for name, place in NAMES.items() if place[1] not in MAY_SHRINK}
_BY_PLACE = {place: name for name, place in NAMES.items()}

# Per list, a question that a row answers for each record of tonight which says that the list cannot be empty.
NOT_EMPTY = {
    "line_items": "select 1 from clio.bills where firm_id = $1 and vanished_at is null"
    " and state not in ('void', 'deleted') and coalesce(total, 0) <> 0",
    "allocations": "select 1 from clio.bills where firm_id = $1 and vanished_at is null"
    " and state not in ('void', 'deleted') and (coalesce(paid, 0) <> 0 or coalesce(credits_issued, 0) <> 0)",
    "interest_charges": "select 1 from clio.bills where firm_id = $1 and vanished_at is null"
    " and state not in ('void', 'deleted') and coalesce(interest_total, 0) <> 0",
    "bank_transactions": "select 1 from clio.bank_accounts where firm_id = $1"
    " and (coalesce(bank_transactions_count, 1) <> 0 or balance <> 0)",
    "outstanding_client_balances": "select 1 from clio.bills where firm_id = $1 and vanished_at is null"
    " and state in ('awaiting_payment', 'paid') and balance <> 0",
}


def read_names(names: Iterable[str]) -> frozenset[tuple[str, str]]:
    """The lists that a person named, as system and list. Raises UsageError for one that there is not."""
    spelled = {name.lower(): place for name, place in NAMES.items()}
    found = set()
    for name in names:
        if name.lower() not in spelled:
            raise UsageError(
                f"--accept-shrunk {name!r}: no list is called so. Name one of: {', '.join(NAMES)}. Write the option "
                "again for each further list."
            )
        found.add(spelled[name.lower()])
    return frozenset(found)


def name_of(result: ListResult) -> str:
    """A list's name as a person types it."""
    return _BY_PLACE.get((result.system, result.name), f"{result.system}.{result.name}")
