"""Money held: bank accounts and their entries, matters and contacts with what is held for each.

* Bank transactions: changed since; count and sum must be the account's own, else the account is swept.
* Matters and contacts: whole up to five pages, for the sake of the money held on each. Beyond, those changed, those
  that hold money and those with an entry tonight; their sum must be the trust accounts' own, else they are swept.
"""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import pyarrow.compute as pc

from pipelines.api.once import Keeps, once
from pipelines.clio import lists as clio
from pipelines.clio.asking import Asking
from pipelines.clio.bills import linked
from pipelines.clio.changes import Changes
from pipelines.clio.lists import ClioList, Reading
from pipelines.tables.columns import Record
from pipelines.tables.found import Found
from pipelines.tables.sql import read_sql

MONEY = tuple(one for one in clio.LISTS if one.reading is Reading.MONEY)
_sql = partial(read_sql, __package__)


class Money(Keeps):
    """One firm's bank accounts in Clio, and whose money is on them."""

    def __init__(self, asking: Asking, changes: Changes) -> None:
        super().__init__()
        self._asking = asking
        self._changes = changes
        self._held = asking.held

    @once
    def accounts(self) -> Found:
        """Bank accounts, before anything else: the mapping in the settings is resolved against them."""
        return self._asking.whole(clio.BANK_ACCOUNTS)

    def accounts_again(self) -> Found:
        """The same with every proof, before a person is told that there is no such account."""
        return self._keep("accounts", self._asking.swept(clio.BANK_ACCOUNTS))

    @once
    def entries(self) -> Found:
        """Bank transactions."""
        one = clio.BANK_TRANSACTIONS
        found = self._changes.changed(one)
        result = self._asking.result(one)
        if result.mode == "full":
            return found
        swept = self._accounts_out_of_step(found)
        found = found.joined(
            *(self._asking.ask(one, {"bank_account_id": account}, tail=True) for account in sorted(swept))
        )
        again, gone = self._asking.reread(one, self._held.ids_of(one.main, "bank_account_id", swept) - found.keys())
        result.gone |= gone
        result.proof = f"count and sum equal each account's own, {len(swept)} accounts swept"
        return found.joined(again)

    def _accounts_out_of_step(self, found: Found) -> set[str]:
        """Accounts whose own count or balance is not that of their entries, unless it differed by as much before."""
        tonight, accounts = found.rows(clio.BANK_TRANSACTIONS.main), self.accounts().rows(clio.BANK_ACCOUNTS.main)
        rows = self._held.rows(_sql("accounts_out_of_step"), self._asking.firm_id, tonight=tonight, accounts=accounts)
        return {row[0] for row in rows}

    # Whose it is

    def holders(self, one: ClioList) -> Found:
        """Matters, or contacts, with the money held on each."""
        return self._holders()[one.name]

    @once
    def _holders(self) -> dict[str, Found]:
        found = {one.name: self._with_money(one) for one in MONEY}
        if self._holds_what_the_bank_says(found):
            return found
        for one in MONEY:
            if self._asking.result(one).mode != "full":
                found[one.name] = self._asking.swept(one)
        return found

    def _with_money(self, one: ClioList) -> Found:
        found = self._changes.changed(one)
        result = self._asking.result(one)
        if result.mode == "full":
            return found
        balances = one.tables[1]
        sql = _sql("holding_money").format(balances=balances.qualified, key=balances.key[0])
        ids = {row[0] for row in self._held.rows(sql, self._asking.firm_id)}
        ids |= {other for record in self._fresh_entries() if (other := linked(record, one.named_by))}
        again, gone = self._asking.reread(one, ids - found.keys())
        result.gone |= gone
        result.rows += len(again)
        result.proof = "changed since, and those that hold or moved money, adding up to the trust accounts"
        return found.joined(again)

    @once
    def _fresh_entries(self) -> list[Record]:
        return self._changes.fresh(clio.BANK_TRANSACTIONS, self.entries())

    def _holds_what_the_bank_says(self, found: dict[str, Found]) -> bool:
        """Trust money on matters and contacts adds up to the trust accounts' balances."""
        if all(self._asking.result(one).mode == "full" for one in MONEY):
            return True
        held = sum((self._trust_money(one, found[one.name]) for one in MONEY), Decimal(0))
        accounts = self.accounts().rows(clio.BANK_ACCOUNTS.main)
        trust = accounts.filter(pc.equal(accounts.column("type"), "Trust"))
        return held == (pc.sum(trust.column("balance")).as_py() or Decimal(0))

    def _trust_money(self, one: ClioList, found: Found) -> Decimal:
        """What tonight's records hold, and those held that were not read; all that is read of a list read whole."""
        balances = one.tables[1]
        sql = _sql("trust_money_held").format(balances=balances.qualified, key=balances.key[0])
        is_whole = self._asking.result(one).mode == "full"
        read = self._held.ids(balances) if is_whole else found.keys()
        total: Decimal = self._held.rows(sql, self._asking.firm_id, list(read), tonight=found.rows(balances))[0][0]
        return total
