"""Clio's books: bills, lines, allocations, matters, contacts and bank ledgers, as Clio's API tells them.

`tables` holds one dict per list of the API (id -> record). Records are in the API's shape; an association is
a small dict shared by everything that points to it, so a renamed client is renamed everywhere at once. What
Clio derives (bill totals, running balances, money held per matter and client, outstanding balances) is kept
up to date here, from the records alone.
"""

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, time
from decimal import Decimal

from sandbox.books.common import BookError, Record
from sandbox.money import HUNDRED, ZERO, cents, percent

FIRST_IDS = {
    "bills": 1001,
    "line_items": 20001,
    "allocations": 5001,
    "credit_memos": 801,
    "bank_accounts": 11,
    "bank_transactions": 40001,
    "matters": 301,
    "contacts": 101,
    "outstanding_client_balances": 601,
    "interest_charges": 701,
    "users": 1,
}
REFERENCE_FIELDS = {
    "bills": ("id", "etag", "number", "state", "type", "kind", "issued_at", "due_at"),
    "matters": ("id", "etag", "number", "display_number", "description", "status"),
    "contacts": ("id", "etag", "name", "first_name", "last_name", "type"),
    "users": ("id", "etag", "name", "first_name", "last_name", "email"),
    "bank_accounts": ("id", "etag", "name", "type", "currency"),
    "allocations": ("id", "etag", "date", "amount"),
    "credit_memos": ("id", "etag", "date", "amount"),
}
APPROVED = ("awaiting_payment", "paid")
TRANSITIONS = {
    "draft": ["awaiting_approval", "awaiting_payment", "deleted"],
    "awaiting_approval": ["draft", "awaiting_payment", "deleted"],
    "awaiting_payment": ["void"],
    "paid": [],
    "void": [],
    "deleted": [],
}


class ClioBooks:
    """The record store of one Clio account."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.clock = clock
        self.tables: dict[str, dict[int, Record]] = {name: {} for name in FIRST_IDS}
        self.line_totals_include_tax = True
        self.tax_rounded_per_bill = False
        self._next = dict(FIRST_IDS)
        self._revision = 0
        self._next_pocket = 9001
        self._next_payment = 3001
        self._references: dict[str, dict[int, Record]] = {name: {} for name in REFERENCE_FIELDS}
        self._lines: dict[int, list[Record]] = {}
        self._allocations: dict[int, list[Record]] = {}
        self._summed_up: dict[int, list[int]] = {}
        self._outstanding: dict[int, dict[int, Decimal]] = {}
        self._outstanding_row: dict[int, int] = {}

    # Records

    def add(self, table: str, fields: Record) -> Record:
        """Store a new record: an id, an etag and both stamps are added here."""
        number = self._next[table]
        self._next[table] = number + 1
        self._revision += 1
        now = self.clock()
        record = {"id": number, "etag": f'"{self._revision:08x}"', **fields}
        record["created_at"] = record["updated_at"] = now
        self.tables[table][number] = record
        return record

    def touch(self, table: str, record: Record) -> None:
        """Stamp a change; associations that show this record follow."""
        self._revision += 1
        record["etag"] = f'"{self._revision:08x}"'
        record["updated_at"] = self.clock()
        reference = self._references.get(table, {}).get(record["id"])
        if reference is not None:
            reference.update({field: record[field] for field in REFERENCE_FIELDS[table]})

    def change(self, table: str, record: Record, **fields: object) -> None:
        """Overwrite fields and stamp the record."""
        record.update(fields)
        self.touch(table, record)

    def remove(self, table: str, record: Record) -> None:
        """A hard delete: the row is gone and leaves no trace in any list."""
        del self.tables[table][record["id"]]

    def reference(self, table: str, record: Record | None) -> Record | None:
        """The association that points to a record (one shared dict per record)."""
        if record is None:
            return None
        known = self._references[table].get(record["id"])
        if known is None:
            known = {field: record[field] for field in REFERENCE_FIELDS[table]}
            self._references[table][record["id"]] = known
        return known

    def next_payment_id(self) -> int:
        """Clio has payments but no list of them; their ids only show as the parent of allocations."""
        self._next_payment += 1
        return self._next_payment - 1

    # Bills

    def lines_of(self, bill: Record) -> list[Record]:
        """The lines now on a bill, in the order in which they were written."""
        return self._lines.get(bill["id"], [])

    def allocations_of(self, bill: Record) -> list[Record]:
        """All allocations ever made to a bill, voided ones included."""
        return self._allocations.get(bill["id"], [])

    def add_line(self, bill: Record, fields: Record) -> Record:
        """Write a line; the bill's figures follow when it is settled."""
        line = self.add("line_items", {**fields, "bill": self.reference("bills", bill)})
        self._lines.setdefault(bill["id"], []).append(line)
        return line

    def sum_up(self, line: Record, parts: Iterable[Record]) -> None:
        """Say which lines a summary line rolls up."""
        self._summed_up[line["id"]] = [part["id"] for part in parts]

    def remove_line(self, bill: Record, line: Record) -> None:
        """Taking a line off a bill deletes the row."""
        self._lines[bill["id"]].remove(line)
        self.remove("line_items", line)

    def counted_lines(self, bill: Record) -> list[Record]:
        """Lines that make up the bill: a summary line counts only when its parts are not there."""
        lines = self.lines_of(bill)
        present = {line["id"] for line in lines}
        return [line for line in lines if not present.intersection(self._summed_up.get(line["id"], ()))]

    def add_allocation(self, bill: Record, fields: Record) -> Record:
        """Tie a payment or credit to a bill."""
        allocation = self.add("allocations", {**fields, "bill": self.reference("bills", bill)})
        self._allocations.setdefault(bill["id"], []).append(allocation)
        return allocation

    def settle(self, bill: Record, stamp: bool = True) -> None:
        """Work out every figure of a bill from its lines, discount, interest and allocations."""
        self._settle_lines(bill)
        self._settle_totals(bill)
        self.settle_payments(bill, stamp)

    def settle_payments(self, bill: Record, stamp: bool = True) -> None:
        """Work out what is paid and owed, and the state that follows from it."""
        self._settle_payments(bill)
        bill["available_state_transitions"] = TRANSITIONS[bill["state"]]
        if stamp:
            self.touch("bills", bill)
        self._settle_outstanding(bill)

    def _settle_lines(self, bill: Record) -> None:
        lines = self.counted_lines(bill)
        if bill["kind"] == "trust_kind":
            return
        for line in self.lines_of(bill):
            line["sub_total"] = self._line_net(line)
        bill["sub_total"] = sum((line["sub_total"] for line in lines), ZERO)
        share = self.discount_share(bill)
        for line in self.lines_of(bill):
            net = line["sub_total"] * (1 - share) if self.is_discounted(bill, line) else line["sub_total"]
            line["tax"] = percent(net, bill["tax_rate"]) if line["taxable"] else ZERO
            line["secondary_tax"] = percent(net, bill["secondary_tax_rate"]) if line["secondary_taxable"] else ZERO
            taxes = line["tax"] + line["secondary_tax"] if self.line_totals_include_tax else ZERO
            line["total"] = line["sub_total"] + taxes if taxes else line["sub_total"]

    @staticmethod
    def _line_net(line: Record) -> Decimal:
        if line["type"] == "NoChargeLineItem":
            return ZERO
        gross = cents(line["quantity"] * line["price"])
        discount = line["discount"]
        if not discount or discount["rate"] is None:
            return gross
        if discount["type"] == "percentage":
            return cents(line["quantity"] * line["price"] * (HUNDRED - discount["rate"]) / HUNDRED)
        return gross - Decimal(discount["rate"])

    def bill_discount(self, bill: Record) -> Decimal:
        """What the bill's own discount takes off, before tax: of all lines, or of services alone."""
        discount = bill["discount"]
        if discount["rate"] is None:
            return ZERO
        if discount["type"] == "percentage":
            return percent(self._discounted_sum(bill), discount["rate"])
        return cents(discount["rate"])

    def discount_share(self, bill: Record) -> Decimal:
        """The part of a discounted line that the bill's discount takes off."""
        base = self._discounted_sum(bill)
        return self.bill_discount(bill) / base if base else ZERO

    @staticmethod
    def is_discounted(bill: Record, line: Record) -> bool:
        """Whether the bill's own discount is on this line."""
        return bool(bill["discount_services_only"] != "true" or line["kind"] == "Service")

    def _discounted_sum(self, bill: Record) -> Decimal:
        lines = (line for line in self.counted_lines(bill) if self.is_discounted(bill, line))
        return sum((line["sub_total"] for line in lines), ZERO)

    def _settle_totals(self, bill: Record) -> None:
        lines = self.counted_lines(bill)
        if bill["kind"] == "trust_kind":
            bill["total"] = bill["due"] = bill["sub_total"]
            return
        discount = self.bill_discount(bill)
        bill["tax_sum"] = sum((line["tax"] for line in lines), ZERO)
        bill["secondary_tax_sum"] = sum((line["secondary_tax"] for line in lines), ZERO)
        if self.tax_rounded_per_bill:
            taxed = sum((line["sub_total"] for line in lines if line["taxable"]), ZERO)
            bill["tax_sum"] = percent(taxed, bill["tax_rate"])
        bill["total_tax"] = bill["tax_sum"] + bill["secondary_tax_sum"]
        services = [line for line in lines if line["kind"] == "Service"]
        bill["services_sub_total"] = sum((line["sub_total"] for line in services), ZERO)
        bill["services_tax"] = sum((line["tax"] for line in services), ZERO)
        bill["services_secondary_tax"] = sum((line["secondary_tax"] for line in services), ZERO)
        bill["total"] = bill["sub_total"] + bill["total_tax"] + bill["interest"]["total"]
        bill["due"] = bill["total"] - discount
        totals: dict[int, Decimal] = {}
        for line in lines:
            if line["matter"]:
                matter = line["matter"]["id"]
                totals[matter] = totals.get(matter, ZERO) + line["total"]
        bill["matter_totals"] = [{"id": matter, "amount": amount} for matter, amount in totals.items()]

    def _settle_payments(self, bill: Record) -> None:
        live = [row for row in self.allocations_of(bill) if row["voided_at"] is None]
        payments = [row for row in live if row["parent"]["type"] == "Payment"]
        bill["paid"] = sum((row["amount"] for row in payments), ZERO)
        bill["credits_issued"] = sum((row["amount"] for row in live), ZERO) - bill["paid"]
        bill["balance"] = bill["due"] - bill["paid"] - bill["credits_issued"]
        bill["interest"]["balance"] = max(ZERO, min(bill["interest"]["total"], bill["balance"]))
        if bill["state"] in APPROVED:
            bill["state"] = "awaiting_payment" if bill["balance"] > 0 or bill["due"] < 0 else "paid"
        latest = max((row["date"] for row in payments), default=None)
        bill["paid_at"] = datetime.combine(latest, time(12), UTC) if latest else None
        scope = "Client" if len(bill["matters"]) != 1 else "Matter"
        bill["balances"] = [
            {
                "id": bill["id"],
                "type": scope,
                "amount": bill["balance"],
                "interest_amount": bill["interest"]["balance"],
                "due": bill["due"],
            }
        ]

    # Outstanding balances: Clio's own control total

    def _settle_outstanding(self, bill: Record) -> None:
        open_balance = ZERO
        if bill["state"] in APPROVED and bill["kind"] != "trust_kind":
            open_balance = bill["balance"]
        client = bill["client"]["id"]
        owed = self._outstanding.setdefault(client, {})
        if owed.get(bill["id"], ZERO) == open_balance and not bill["pending"]:
            return
        owed.pop(bill["id"], None)
        if open_balance:
            owed[bill["id"]] = open_balance
        self._write_outstanding(client, bill)

    def forget_bill(self, bill: Record) -> list[Record]:
        """Drop a bill, its lines and what it owes, as if it had never been returned; the lines, to recall it with."""
        lines = list(self.lines_of(bill))
        for line in lines:
            self.remove_line(bill, line)
        self.remove("bills", bill)
        client = bill["client"]["id"]
        if self._outstanding.get(client, {}).pop(bill["id"], None) is not None:
            self._write_outstanding(client, bill)
        return lines

    def recall_bill(self, bill: Record, lines: list[Record]) -> None:
        """Show a forgotten bill again, as it was: nothing of it is new, and no stamp moves."""
        self.tables["bills"][bill["id"]] = bill
        for line in lines:
            self.tables["line_items"][line["id"]] = line
            self._lines[bill["id"]].append(line)
        self._settle_outstanding(bill)

    def _write_outstanding(self, client: int, bill: Record) -> None:
        owed = self._outstanding[client]
        rows = self.tables["outstanding_client_balances"]
        known = self._outstanding_row.get(client)
        if not owed:
            if known is not None:
                del rows[known]
                del self._outstanding_row[client]
            return
        bills = [self.tables["bills"][number] for number in owed]
        paid_on = (row["paid_at"].date() for row in bills if row["paid_at"])
        fields: Record = {
            "total_outstanding_balance": sum(owed.values(), ZERO),
            "pending_payments_total": sum((row["pending"] for row in bills), ZERO),
            "last_payment_date": max(paid_on, default=None),
            "last_shared_date": None,
            "newest_issued_bill_due_date": max((row["due_at"] for row in bills), default=None),
            "associated_matter_ids": sorted({matter["id"] for row in bills for matter in row["matters"]}),
            "reminders_enabled": False,
            "contact": bill["client"],
            "currency": bill["currency"],
            "outstanding_bills": [self.reference("bills", row) for row in bills],
        }
        if known is None:
            self._outstanding_row[client] = self.add("outstanding_client_balances", fields)["id"]
        else:
            self.change("outstanding_client_balances", rows[known], **fields)

    # Bank ledgers and the money held for matters and clients

    def add_entry(self, account: Record, day: date, amount: Decimal, fields: Record) -> Record:
        """Write one ledger row, money in positive; the account and the pocket it is held in follow."""
        account["balance"] += amount
        account["bank_transactions_count"] += 1
        entry = self.add(
            "bank_transactions",
            {
                "date": day,
                "amount": amount,
                "funds_in": max(amount, ZERO),
                "funds_out": max(-amount, ZERO),
                "current_account_balance": account["balance"],
                "type": "liability" if account["type"] == "Trust" else "asset",
                "transaction_type": "deposit" if amount > 0 else "withdrawal",
                "source": None,
                "confirmation": None,
                "description": "",
                "currency": account["currency"],
                "exchange_rate": Decimal(1),
                "clio_payments_transaction": False,
                "read_only_confirmation": False,
                "bank_account_id": account["id"],
                "bank_account": self.reference("bank_accounts", account),
                "client": None,
                "matter": None,
                "bill": None,
                "allocation": None,
                **fields,
            },
        )
        self.touch("bank_accounts", account)
        self._hold(entry, account, amount)
        return entry

    def remove_entry(self, entry: Record) -> None:
        """Take a ledger row away again; it vanishes without a tombstone."""
        account = self.tables["bank_accounts"][entry["bank_account_id"]]
        amount = entry["funds_in"] - entry["funds_out"]
        account["balance"] -= amount
        account["bank_transactions_count"] -= 1
        self.touch("bank_accounts", account)
        self._hold(entry, account, -amount)
        self.remove("bank_transactions", entry)

    def _hold(self, entry: Record, account: Record, amount: Decimal) -> None:
        if account["type"] != "Trust" or not (entry["matter"] or entry["client"]):
            return
        table = "matters" if entry["matter"] else "contacts"
        holder = self.tables[table][(entry["matter"] or entry["client"])["id"]]
        for pocket in holder["account_balances"]:
            if pocket["name"] == account["name"]:
                pocket["balance"] += amount
                break
        else:
            holder["account_balances"].append(
                {"id": self._next_pocket, "name": account["name"], "type": account["type"], "balance": amount}
            )
            self._next_pocket += 1
        self.touch(table, holder)

    def void_allocation(self, allocation: Record) -> None:
        """A payment or credit taken back: the row stays, with the moment it was voided."""
        if allocation["voided_at"] is not None:
            raise BookError(f"allocation {allocation['id']} is already voided")
        self.change("allocations", allocation, voided_at=self.clock())
