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

NAMES = {
    **{f"clio.{one.path.removesuffix('.json')}": ("clio", one.name) for one in clio.LISTS if not one.may_shrink},
    **{
        f"xero.{one.resource}": ("xero", one.name)
        for one in xero.LISTS
        if not one.may_shrink and one is not xero.ORGANISATION
    },
}
_BY_PLACE = {place: name for name, place in NAMES.items()}


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
