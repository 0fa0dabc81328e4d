"""One firm's Xero tonight: the organisation first, then every list whole, or what changed.

Nothing is fetched before the organisation is known to be the firm's (`pipelines.xero.tenant`). How each list is read is
declared with it (`pipelines.xero.lists`); what that takes stands in modules of their own:

* `asking`: a list whole, proven by Xero's own count of its records, or by two replies that agree;
* `changes`: what changed since, and when that is not believed;
* `trial_balance`: the report as of the night's day;
* `second_look`: what changed while lists of several pages were read, and lists that were believed as they are held.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from pipelines.api.http import Api
from pipelines.api.once import Keeps, once
from pipelines.api.proof import ListResult
from pipelines.api.walk import Walk
from pipelines.errors import Refused
from pipelines.tables.columns import Record
from pipelines.tables.converter import Converter
from pipelines.tables.found import Found, Records
from pipelines.tables.held import Held
from pipelines.xero import lists as xero
from pipelines.xero.asking import Asking
from pipelines.xero.changes import Changes
from pipelines.xero.lists import Reading, XeroList
from pipelines.xero.second_look import SecondLook
from pipelines.xero.trial_balance import read_trial_balance


class XeroNight(Keeps):
    """Reads the lists of one firm. ``read`` is called once per list, from any thread; ``read_again`` when all are
    read."""

    def __init__(
        self, api: Api, held: Held, organisation: Record, converter: Converter, *, full: bool, as_of: date
    ) -> None:
        super().__init__()
        self.api = api
        self._organisation = organisation
        self._as_of = as_of
        self._asking = Asking(api, held, converter, full=full)
        self._changes = Changes(self._asking)
        self._second_look = SecondLook(self._asking)

    @property
    def results(self) -> dict[str, ListResult]:
        """How each list was read and proven, by its name."""
        return self._asking.results

    def read(self, one: XeroList) -> Iterator[Records]:
        """Tonight's records of a list, in batches."""
        match one.reading:
            case Reading.MAPPED:
                proof = "one record, of the organisation mapped to the firm"
                self._asking.note(one, Walk(self.api, one.name, 1, 1), proof)
                yield self._asking.batch(one, [self._organisation])
            case Reading.FIRST:
                yield self.accounts()
            case Reading.REPORT:
                yield from read_trial_balance(self._asking, self._as_of, self._organisation)
            case Reading.RECORDS:
                yield from self._unless_refused(one) if one.may_be_refused else self._records(one)

    def _records(self, one: XeroList) -> Iterator[Records]:
        """All of a list, or its changes where that costs less."""
        if self._changes.is_whole_each_night(one):
            yield from self._asking.sweep(one)
        else:
            yield self._changes.changed(one)

    def _unless_refused(self, one: XeroList) -> Iterator[Records]:
        """A list that the connected user may have no right to: refused, it is empty, and what was held goes."""
        try:
            yield from self._records(one)
        except Refused:
            result = self._asking.result(one)
            result.mode, result.proof = "refused", "Xero refuses the list: figures from it are missing"

    @once
    def accounts(self) -> Found:
        """The chart of accounts, before anything else: the mapping in the settings is resolved against it."""
        return self._asking.swept(xero.ACCOUNTS)

    def accounts_again(self) -> Found:
        """The same in two replies that agree, before a person is told that there is no such account."""
        self._asking.as_known.clear()
        return self._keep("accounts", self._asking.in_two_replies(xero.ACCOUNTS))

    def read_again(self) -> Iterator[Found]:
        """What changed while lists of several pages were read; then each must be whole."""
        return self._second_look.all_changed_meanwhile()

    def changed_meanwhile(self, one: XeroList) -> Found:
        """The same of one list."""
        return self._second_look.changed_meanwhile(one)

    def doubted(self, loaded_at: datetime) -> Iterator[Found]:
        """Lists believed in one reply although what was loaded tonight says that there are more."""
        return self._second_look.doubted(loaded_at)

    def look_up(self, one: XeroList, ids: set[str]) -> tuple[Found, set[str]]:
        """Records that a reading left out, asked for by id: those that Xero still knows, and those it does not."""
        return self._asking.look_up(one, ids)
