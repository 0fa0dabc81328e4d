"""Events about client money: requests, deposits, withdrawals, transfers, the bank's own entries.

Every entry is mirrored in Xero by hand (see `sandbox.engine.bank`) unless the firm does not, or forgets this one.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from sandbox.books import Record
from sandbox.engine.receipts import Receipts
from sandbox.money import money


class Trust(Receipts):
    """Money that belongs to clients."""

    def trust_account(self, name: str, xero_code: str, liability_code: str, kind: str = "BANK") -> Record:
        """One more trust account, with its bank and liability account in Xero and its mapping."""
        account = self.add_clio_account(name, "Trust")
        self.xero.add_account(xero_code, f"{name} Account", kind)
        self.xero.add_account(liability_code, f"{name} Liability", "CURRLIAB", EnablePaymentsToAccount=True)
        self.xero_account_of[name] = xero_code
        self.liability_of[name] = liability_code
        self.settings["trust_accounts"].append(
            {
                "clio_bank_account": name,
                "xero_bank_account": xero_code,
                "xero_liability_account": liability_code,
            }
        )
        return account

    def journal_account(self, name: str, xero_code: str, liability_code: str) -> Record:
        """One more trust account that the firm keeps in Xero by manual journals, on a current asset."""
        self.kept_by_journals.add(name)
        return self.trust_account(name, xero_code, liability_code, kind="CURRENT")

    def share_xero_account(self, name: str, xero_code: str) -> None:
        """A trust account stands in a bank account of Xero that another one has as well."""
        self.xero_account_of[name] = xero_code
        for row in self.settings["trust_accounts"]:
            if row["clio_bank_account"] == name:
                row["xero_bank_account"] = xero_code

    def trust_entry(
        self,
        amount: str | Decimal,
        client: Record | None = None,
        matter: Record | None = None,
        day: date | None = None,
        *,
        description: str = "Deposit to trust",
        mirror: bool | None = None,
        xero_day: date | None = None,
        account: Record | None = None,
        **fields: object,
    ) -> Record:
        """Any trust movement: positive comes in. With a client and no matter it is client-level money."""
        entry = self.clio.add_entry(
            account or self.trust,
            day or self.today,
            money(amount),
            {
                "client": self.clio.reference("contacts", client),
                "matter": self.clio.reference("matters", matter),
                "source": client["name"] if client else None,
                "description": description,
                **fields,
            },
        )
        if self.mirrors_trust if mirror is None else mirror:
            self._mirror_of[entry["id"]] = self.xero_trust_entry(entry, day=xero_day)
        return entry

    def deposit(
        self, client: Record, amount: str, matter: Record | None = None, day: date | None = None, **more: object
    ) -> Record:
        """Money from a client into trust."""
        return self.trust_entry(amount, client, matter, day, **more)  # type: ignore[arg-type]

    def disburse(
        self, client: Record, amount: str, matter: Record | None = None, day: date | None = None, **more: object
    ) -> Record:
        """Money out of trust: a refund to the client or a payment to somebody on the client's behalf."""
        more.setdefault("description", "Disbursement from trust")
        return self.trust_entry(-money(amount), client, matter, day, **more)  # type: ignore[arg-type]

    def trust_transfer(
        self, client: Record, source: Record, target: Record, amount: str, day: date | None = None, **more: object
    ) -> tuple[Record, Record]:
        """Between two matters of a client: two entries of one day inside the account."""
        out = self.disburse(client, amount, source, day, description="Transfer between matters", **more)
        into = self.deposit(client, amount, target, day, description="Transfer between matters", **more)
        return out, into

    def between_trust_accounts(
        self, source: Record, target: Record, client: Record, matter: Record, amount: str, day: date
    ) -> None:
        """The client's money moves from one trust account to another; in Xero a transfer and a re-coding."""
        self.disburse(client, amount, matter, day, account=source, mirror=False)
        self.deposit(client, amount, matter, day, account=target, mirror=False)
        self.xero_transfer(source, target, money(amount), day)

    def bank_charge(self, amount: str, day: date | None = None, **more: object) -> Record:
        """The bank takes a fee out of the trust account."""
        more.setdefault("description", "Monthly service charge")
        more.setdefault("transaction_type", "bank_charge")
        return self.trust_entry(-money(amount), day=day, **more)  # type: ignore[arg-type]

    def trust_interest(self, amount: str, day: date | None = None, sweep: bool = True, **more: object) -> None:
        """The bank credits interest on the pooled account and sweeps it to the bar foundation the same day."""
        fields = {"description": "IOLTA interest", "transaction_type": "trust_interest", **more}
        self.trust_entry(amount, day=day, **fields)  # type: ignore[arg-type]
        if sweep:
            fields["description"] = "IOLTA interest to bar foundation"
            self.trust_entry(-money(amount), day=day, **fields)  # type: ignore[arg-type]

    # Statements of the bank

    def statement(
        self, day: date, balance: str, lines: Sequence[tuple[date, str, str]] = (), account: Record | None = None
    ) -> None:
        """A bank statement: its closing balance, and its lines (day, amount, description) unless typed in."""
        self.statements.append(
            {
                "trust_account": (account or self.trust)["name"],
                "date": day,
                "balance": money(balance),
                "lines": [
                    {"date": on, "amount": money(amount), "description": text, "reference": str(number)}
                    for number, (on, amount, text) in enumerate(lines, start=1)
                ],
            }
        )

    # Requests

    def trust_request(
        self, client: Record, amount: str, matter: Record | None = None, issued: date | None = None
    ) -> Record:
        """A request for trust money: a bill of kind `trust_kind`, with no lines, that never crosses to Xero."""
        bill = self.draft_bill(client, [], matter, issued=issued)
        bill["kind"] = "trust_kind"
        bill["sub_total"] = money(amount)
        self.clio.settle(bill)
        self.approve(bill, in_xero=False)
        return bill

    def pay_request(self, request: Record, amount: str, day: date | None = None, **more: object) -> Record:
        """The client pays a trust request: into trust, or by mistake into operating (`account=`)."""
        account = more.pop("account", self.trust)
        assert isinstance(account, dict)
        day = day or self.today
        parent = self.clio.next_payment_id()
        allocation = self._allocate(request, money(amount), day, account, None, parent)
        fields: Record = {
            "client": request["client"],
            "matter": request["matters"][0],
            "bill": self.clio.reference("bills", request),
            "allocation": self.clio.reference("allocations", allocation),
            "description": f"Trust request {request['number']}",
            "source": request["client"]["name"],
        }
        entry = self.clio.add_entry(account, day, money(amount), fields)
        self._entries_of[allocation["id"]] = [entry]
        if account["type"] == "Trust" and bool(more.get("mirror", self.mirrors_trust)):
            self._mirror_of[entry["id"]] = self.xero_trust_entry(entry)
        return allocation
