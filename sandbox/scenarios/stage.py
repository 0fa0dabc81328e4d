"""The stage on which each scenario plays: a firm with a few clean bills, and a client for the fault.

All days count from the first of the month two months back, so that nothing depends on today's date: `day(0)`
to `day(27)` are one month, `day(31)` and later may be the next. Everything happens long before the grace
unless the story says otherwise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from sandbox.books import Record
from sandbox.engine import Firm, Line, expense, time

if TYPE_CHECKING:
    from sandbox.scenarios.expected import Expected

ISSUED = 5
LATER = 20


def work() -> list[Line]:
    """Three ordinary lines, 1,120.00 together."""
    return [
        time("Review of lease and amendments", "1.20", "350.00"),
        time("Telephone call with opposing counsel", "0.50", "350.00"),
        expense("Court filing fee", "525.00"),
    ]


class Stage:
    """One firm, its clean bills, and the client whom the story is about."""

    def __init__(self, name: str, now: datetime) -> None:
        self.name = name
        self.tonight = now
        first = (now.date().replace(day=1) - timedelta(days=1)).replace(day=1)
        self.first = (first - timedelta(days=1)).replace(day=1)
        self.firm = Firm(f"Harbor {name}", now - timedelta(days=400))
        self.firm.settings["start_date"] = self.first - timedelta(days=180)
        self.firm.settings["timezone"] = "America/New_York"
        self.expected: list[Expected] = []
        self.line_statuses: dict[str, Counter[str]] = {}
        self.later: Callable[[Stage], list[Expected]] | None = None
        self.much_later: Callable[[Stage], list[Expected]] | None = None
        self.firm.on(self.day(0) - timedelta(days=60))
        self._clean_bills()
        self.client = self.firm.person("Eleanor", "Voss")
        self.matter = self.firm.matter(self.client, "Voss v. Hartley")
        self.firm.on(self.day(ISSUED))

    def _clean_bills(self) -> None:
        firm = self.firm
        alder = firm.company("Alder & Sons, Inc.")
        brook = firm.person("Miriam", "Brook")
        carver = firm.person("Ian", "Carver")
        for client in (alder, brook, carver):
            firm.matter(client, "General counsel")
        held = firm.matter_of(carver)
        firm.deposit(carver, "640.00", held, self.day(0) - timedelta(days=50))
        firm.on(self.day(1))
        firm.bill(alder, [time("Board minutes", "2.00"), expense("Courier", "35.50")], issued=self.day(1))
        paid = firm.bill(brook, [time("Drafting of will", "3.40", "300.00")], issued=self.day(1))
        shared = firm.bill(carver, [time("Contract review", "4.00", "310.00")], issued=self.day(2))
        firm.draft_bill(alder, [time("Annual filing", "1.00")], issued=self.day(3))
        firm.on(self.day(9))
        firm.pay(paid, day=self.day(9))
        firm.pay_from_trust(shared, "640.00", self.day(9))

    def day(self, number: int) -> date:
        """A calendar day of the story."""
        return self.first + timedelta(days=number)

    @property
    def today(self) -> date:
        """Tonight's calendar day where the firm is, for rules that count back from the load."""
        return self.tonight.astimezone(self.firm.zone).date()

    def before(self, days: int) -> date:
        """So many days before tonight."""
        return self.today - timedelta(days=days)

    def on(self, number: int, hour: int = 17) -> None:
        """Set the clock to a day of the story."""
        self.firm.on(self.day(number), hour)

    def ago(self, **delta: float) -> None:
        """Set the clock so long before tonight's load: `ago(hours=2)`."""
        self.firm.at(self.tonight - timedelta(**delta))

    def bill(self, lines: Sequence[Line] | None = None, **more: Any) -> Record:
        """A bill to the story's client, approved in Clio and there in Xero unless told otherwise."""
        more.setdefault("issued", self.day(ISSUED))
        client = more.pop("client", self.client)
        return self.firm.bill(client, lines or work(), **more)

    def draft(self, lines: Sequence[Line] | None = None, **more: Any) -> Record:
        """A draft of the story's client, by default with its draft invoice in Xero."""
        more.setdefault("issued", self.day(ISSUED))
        more.setdefault("reaches_xero", True)
        client = more.pop("client", self.client)
        return self.firm.draft_bill(client, lines or work(), **more)

    def stuck(self, lines: Sequence[Line] | None = None, **more: Any) -> Record:
        """The founding fault: drafted on both sides, approved in Clio only."""
        bill = self.draft(lines, **more)
        self.firm.approve(bill, in_xero=False)
        return bill

    def other(self, first: str = "Oscar", last: str = "Lindgren") -> Record:
        """One more client, with a matter."""
        client = self.firm.person(first, last)
        self.firm.matter(client, "Lindgren estate")
        return client

    @property
    def month_end(self) -> date:
        """The last day of the story's first month."""
        return (self.first + timedelta(days=32)).replace(day=1) - timedelta(days=1)

    def invoice(self, bill: Record) -> Record:
        """A bill's invoice."""
        return self.firm.invoice_of[bill["id"]]

    def by_hand(self, bill: Record, position: int | None = None, **changes: Any) -> None:
        """Somebody edits the invoice in Xero: a line of it, or the invoice itself."""
        invoice = self.invoice(bill)
        if position is None:
            self.firm.xero.edit_invoice(invoice, **changes)
        else:
            invoice["LineItems"][position].update(changes)
            self.firm.xero.edit_invoice(invoice, invoice["LineItems"])

    def lines_by_hand(self, bill: Record, *lines: tuple[str, str, str, str]) -> None:
        """Somebody replaces the invoice's lines: text, quantity, unit amount, account code."""
        rows = [self.firm.xero.line(text, Decimal(q), Decimal(unit), code) for text, q, unit, code in lines]
        self.firm.xero.edit_invoice(self.invoice(bill), rows)

    def lines_are(self, bill: Record, **statuses: int) -> None:
        """What recon.line_diffs must say of a bill's lines: how often each status."""
        self.line_statuses[of(bill)] = Counter(statuses)

    def rent(self, number: str, amount: str = "2400.00", day: int = ISSUED, **more: Any) -> Record:
        """An invoice raised in Xero alone."""
        name = more.pop("contact", "Sublease Tenant")
        code = more.pop("code", "260")
        contact = next(
            (row for row in self.firm.xero.tables["Contacts"].values() if row["Name"] == name), None
        ) or self.firm.xero.add_contact(name)
        line = self.firm.xero.line("Office rent", Decimal(1), Decimal(amount), code)
        return self.firm.invoice(contact, number, [line], self.day(day), **more)

    def copy(self, bill: Record, number: str, day: int | None = None, contact: Record | None = None) -> Record:
        """An invoice with a bill's lines, written by hand under another number, day or contact."""
        firm = self.firm
        issued = self.day(day) if day is not None else bill["issued_at"]
        return firm.xero.add_invoice(
            contact or firm.contact(firm.clio.tables["contacts"][bill["client"]["id"]]),
            number,
            issued,
            bill["due_at"],
            firm.invoice_lines(bill),
            "AUTHORISED",
        )


def of(record: Record) -> str:
    """The subject key of a bill, an invoice or a bank entry of Clio."""
    if "funds_in" in record:
        return f"clio-entry:{record['id']}"
    if "InvoiceID" in record:
        return f"xero:{record['InvoiceID']}"
    return f"clio:{record['id']}"
