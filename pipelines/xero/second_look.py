"""A second look at what was believed while the lists were read.

A list of several pages is sorted by its changes, so a record that changes while we read moves to the end and its
neighbour may slip through: what changed since the reading began is asked for once more when all lists have been read,
and replaces the earlier rows; then the list must be whole.

A list without pages that was exactly the one we hold was believed in one reply. It is asked for twice after all where a
payment, a bank transaction or a line of the trial balance that was loaded tonight names another record, or a bank
account's balance there moved, as a transfer's would.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from pipelines.api.walk import Walk
from pipelines.tables.found import Found
from pipelines.tables.sql import read_sql
from pipelines.xero.asking import Asking
from pipelines.xero.changes import modified_since
from pipelines.xero.lists import XeroList
from pipelines.xero.paging import walk_xero

MARGIN = timedelta(seconds=5)


class SecondLook:
    """Looks again at one firm's lists."""

    def __init__(self, asking: Asking) -> None:
        self._asking = asking

    def changed_meanwhile(self, one: XeroList) -> Found:
        """The records of a list that changed since its reading began. Raises TryAgain where it is not whole with
        them."""
        whole = self._asking.walks.get(one)
        if whole is None:
            return self._asking.found(one)
        result = self._asking.result(one)
        walk = Walk(self._asking.api, one.name)
        began = (whole.their_clock or result.started_at) - MARGIN
        found = self._asking.found(one, walk_xero(walk, one, headers=modified_since(began)))
        result.pages += walk.pages
        whole.seen.update(record.get(one.key) for record in found.values())
        if whole.stated is not None and len(whole.seen) < whole.stated:
            raise whole.fail(f"{whole.stated} records were expected, found {len(whole.seen)}")
        result.proof += f", {len(found)} read again that changed meanwhile"
        return found

    def all_changed_meanwhile(self) -> Iterator[Found]:
        """The same of every list of several pages."""
        for one in self._asking.walks:
            if found := self.changed_meanwhile(one):
                yield found

    def doubted(self, loaded_at: datetime) -> Iterator[Found]:
        """Lists believed in one reply although what was loaded tonight says that there are more: asked for twice."""
        for one in self._asking.as_known:
            if why := self._doubt(one, loaded_at):
                found = self._asking.in_two_replies(one)
                self._asking.result(one).proof += f", asked for as {why}"
                yield found

    def _doubt(self, one: XeroList, loaded_at: datetime) -> str:
        asking = self._asking
        if one.moves_balances:
            is_still = asking.balances and asking.bank_balances() == asking.balances
            return "" if is_still else "the trial balance does not show that no bank account moved"
        sql = read_sql(__package__, "names_a_record_we_lack").format(
            named_by=one.named_by, key=one.main.key[0], held=one.main.qualified
        )
        return "another record was named" if asking.held.rows(sql, asking.firm_id, loaded_at)[0][0] else ""
