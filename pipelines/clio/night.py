"""One firm's Clio tonight: every list whole, or what changed, whichever proves more for fewer calls.

The first night, once a week and with ``--full`` every list is read whole. On other nights a list that costs no more
calls whole than its changes do is read whole, from its newest record down: so the first row is the highest id there is,
and a reading that ended too soon lacks records that we hold. How each of the others is read is declared with it
(`pipelines.clio.lists.Reading`); what that takes stands in modules of their own:

* `changes`: what changed since, and when that is not believed;
* `bills`: bills, and the outstanding balances that prove them;
* `sets`: line items, allocations and interest charges of the bills that changed;
* `money`: bank accounts and their entries, and whose money is on them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipelines.api.clock import SameTime
from pipelines.api.http import Api, ClioPace, Transport
from pipelines.api.proof import ListResult
from pipelines.api.tokens import Grant
from pipelines.clio.asking import Asking
from pipelines.clio.bills import Bills
from pipelines.clio.changes import Changes
from pipelines.clio.lists import ClioList, Reading
from pipelines.clio.money import Money
from pipelines.clio.sets import Sets
from pipelines.firm.settings import Firm
from pipelines.tables.converter import Converter
from pipelines.tables.found import Found, Records
from pipelines.tables.held import Held


def clio_api(firm: Firm, grant: Grant, transport: Transport) -> Api:
    """Clio's client for one firm."""
    return Api(firm.id, "clio", firm.clio.api, grant, transport, pace=SameTime(firm.id, "clio", ClioPace()))


class ClioNight:
    """Reads the lists of one firm. ``read`` is called once per list, from any thread."""

    def __init__(self, api: Api, held: Held, converter: Converter, *, full: bool) -> None:
        self.api = api
        self.full = full
        self._asking = Asking(api, held, converter, full=full)
        changes = Changes(self._asking)
        self._bills = Bills(self._asking, changes)
        self._sets = Sets(self._asking, changes, self._bills)
        self._money = Money(self._asking, changes)

    @property
    def results(self) -> dict[str, ListResult]:
        """How each list was read and proven, by its name."""
        return self._asking.results

    def read(self, one: ClioList) -> Iterator[Records]:
        """Tonight's records of a list, in batches."""
        match Reading.SWEPT if self.full and one.reading is not Reading.FIRST else one.reading:
            case Reading.FIRST:
                yield self.bank_accounts()
            case Reading.SWEPT:
                yield from self._asking.sweep(one)
            case Reading.OWED:
                yield self._bills.outstanding()
            case Reading.MONEY:
                yield self._money.holders(one)
            case Reading.OPEN:
                yield self._bills.bills()
            case Reading.ENTRIES:
                yield self._money.entries()
            case Reading.SETS:
                yield from self._sets.read(one)

    def bank_accounts(self) -> Found:
        """Bank accounts, before anything else: the mapping in the settings is resolved against them."""
        return self._money.accounts()

    def bank_accounts_again(self) -> Found:
        """The same with every proof, before a person is told that there is no such account."""
        return self._money.accounts_again()

    def reread(self, one: ClioList, ids: Iterable[str]) -> tuple[Found, set[str]]:
        """These records as they are now, and the ids that are no longer there."""
        return self._asking.reread(one, ids)
