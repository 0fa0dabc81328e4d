"""Client money is conserved: over random histories of a careful firm, every figure says the same, in both tellings.

The firm pays out no more than it holds and books everything in Xero. Whatever the order of its days, the ledger of each
account is its balance, the money held for clients is the sum of the ledgers, no client is ever below zero, and Xero's
trust bank is what Xero owes to clients and what Clio's ledger says.
"""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from sandbox.books import Record
from sandbox.engine import Firm, time

START = datetime(2026, 1, 5, 17, tzinfo=UTC)
amounts = st.integers(1, 500_000).map(lambda cents: Decimal(cents).scaleb(-2))
Pocket = tuple[int, int, int | None]


class CarefulFirm(RuleBasedStateMachine):
    """Deposits, refunds, moves, payments of bills, interest, reversals: in any order, on days that never go back."""

    @initialize()
    def open(self) -> None:
        self.firm = Firm("Harbor Careful", START)
        self.accounts = [self.firm.trust, self.firm.trust_account("Escrow", "1030", "2130")]
        self.clients = [self.firm.person("Eleanor", "Voss"), self.firm.person("Oscar", "Lindgren")]
        for client in self.clients:
            self.firm.matter(client, "First")
            self.firm.matter(client, "Second")
        self.held: dict[Pocket, Decimal] = {}
        self.lowest = Decimal(0)

    def matters(self, client: Record) -> list[Record]:
        return [row for row in self.firm.clio.tables["matters"].values() if row["client_id"] == client["id"]]

    def move(self, account: Record, client: Record, matter: Record | None, amount: Decimal) -> None:
        pocket = (account["id"], client["id"], matter["id"] if matter else None)
        self.held[pocket] = self.held.get(pocket, Decimal(0)) + amount
        self.lowest = min(self.lowest, self.held[pocket])

    def chosen(self, data: st.DataObject) -> tuple[Record, Record, Record | None]:
        client = data.draw(st.sampled_from(self.clients))
        matter = data.draw(st.sampled_from([None, *self.matters(client)]))
        return data.draw(st.sampled_from(self.accounts)), client, matter

    def filled(self, data: st.DataObject) -> tuple[Record, Record, Record | None, Decimal]:
        """A pocket that holds money, and a part of it."""
        key = data.draw(st.sampled_from(sorted((k for k, v in self.held.items() if v > 0), key=str)))
        tables = self.firm.clio.tables
        cents = int(self.held[key] * 100)
        part = Decimal(data.draw(st.integers(1, cents))).scaleb(-2)
        matter = tables["matters"][key[2]] if key[2] else None
        return tables["bank_accounts"][key[0]], tables["contacts"][key[1]], matter, part

    @rule(days=st.integers(0, 5))
    def time_passes(self, days: int) -> None:
        self.firm.advance(days=days)

    @rule(data=st.data(), amount=amounts)
    def deposit(self, data: st.DataObject, amount: Decimal) -> None:
        account, client, matter = self.chosen(data)
        self.firm.deposit(client, str(amount), matter, self.firm.today, account=account)
        self.move(account, client, matter, amount)

    @precondition(lambda self: any(amount > 0 for amount in self.held.values()))
    @rule(data=st.data())
    def refund(self, data: st.DataObject) -> None:
        account, client, matter, amount = self.filled(data)
        self.firm.disburse(client, str(amount), matter, self.firm.today, account=account)
        self.move(account, client, matter, -amount)

    @precondition(lambda self: any(amount > 0 and key[2] for key, amount in self.held.items()))
    @rule(data=st.data(), lag=st.integers(0, 3))
    def booked_late_in_xero(self, data: st.DataObject, lag: int) -> None:
        account, client, matter, amount = self.filled(data)
        day = self.firm.today - timedelta(days=lag)
        self.firm.deposit(client, str(amount), matter, day, account=account, xero_day=self.firm.today)
        self.move(account, client, matter, amount)

    @precondition(lambda self: any(amount > 0 for amount in self.held.values()))
    @rule(data=st.data())
    def bill_paid_from_trust(self, data: st.DataObject) -> None:
        account, client, matter, amount = self.filled(data)
        if account is not self.firm.trust or matter is None:
            return
        bill = self.firm.bill(client, [time("Advice", "1.00", str(amount))], matter=matter, issued=self.firm.today)
        by_transfer = data.draw(st.booleans())
        self.firm.pay_from_trust(bill, day=self.firm.today, xero_account="2100" if by_transfer else "1000")
        self.move(account, client, matter, -amount)

    @rule(amount=amounts)
    def interest_is_swept(self, amount: Decimal) -> None:
        self.firm.trust_interest(str(amount), self.firm.today)

    @invariant()
    def every_figure_says_the_same(self) -> None:
        entries = list(self.firm.clio.tables["bank_transactions"].values())
        xero = {row["Code"]: amount for row, amount in self.firm.xero.trial_balance(self.firm.today)}
        for account in self.accounts:
            ledger = sum(
                row["funds_in"] - row["funds_out"] for row in entries if row["bank_account_id"] == account["id"]
            )
            held = sum(amount for key, amount in self.held.items() if key[0] == account["id"])
            bank = xero[self.firm.xero_account_of[account["name"]]]
            assert account["balance"] == ledger == held == bank == -xero[self.firm.liability_of[account["name"]]]
        holders = (*self.firm.clio.tables["matters"].values(), *self.firm.clio.tables["contacts"].values())
        stated = sum(pocket["balance"] for holder in holders for pocket in holder["account_balances"])
        assert stated == sum(self.held.values())
        assert self.lowest >= 0


CarefulFirm.TestCase.settings = settings(
    max_examples=40,
    stateful_step_count=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
TestMoneyIsConserved = CarefulFirm.TestCase
