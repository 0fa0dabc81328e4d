"""The firm behind the events: its clock, its two sets of books, its accounts and what links the two."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.books import ClioBooks, Record, XeroBooks
from sandbox.money import ZERO

CHART: tuple[tuple[str, str, str, dict[str, object]], ...] = (
    ("1000", "Operating Account", "BANK", {}),
    ("1010", "IOLTA Trust Account", "BANK", {}),
    ("200", "Legal Fees", "SALES", {}),
    ("210", "Reimbursed Costs", "SALES", {}),
    ("220", "Interest Income", "OTHERINCOME", {}),
    ("225", "Write-offs", "SALES", {}),
    ("260", "Rental Income", "OTHERINCOME", {}),
    ("404", "Bank Fees", "EXPENSE", {}),
    ("610", "Accounts Receivable", "CURRENT", {"SystemAccount": "DEBTORS"}),
    ("800", "Accounts Payable", "CURRLIAB", {"SystemAccount": "CREDITORS"}),
    ("820", "Sales Tax", "CURRLIAB", {"SystemAccount": "GST"}),
    ("860", "Rounding", "EXPENSE", {"SystemAccount": "ROUNDING"}),
    ("2100", "Client Trust Liability", "CURRLIAB", {"EnablePaymentsToAccount": True}),
    ("970", "Owner Equity", "EQUITY", {}),
)
ATTORNEYS = (
    ("Margaret", "Okafor"),
    ("Daniel", "Reyes"),
    ("Hannah", "Lindqvist"),
    ("Thomas", "Abernathy"),
)


@dataclass(frozen=True)
class Credentials:
    """What the firm's connections are made with. Invented, and shaped like the real thing."""

    clio_client_id: str
    clio_client_secret: str
    clio_refresh_token: str
    xero_client_id: str
    xero_client_secret: str
    xero_refresh_token: str
    tenant_id: str

    @classmethod
    def of(cls, name: str) -> "Credentials":
        """The same name always gets the same credentials."""

        def word(part: str, length: int = 24) -> str:
            return hashlib.sha256(f"{name}/{part}".encode()).hexdigest()[:length]

        tenant = word("tenant", 32)
        return cls(
            clio_client_id=f"sbx-clio-id-{word('clio id')}",
            clio_client_secret=f"sbx-clio-secret-{word('clio secret')}",
            clio_refresh_token=f"sbx-clio-refresh-{word('clio refresh')}",
            xero_client_id=f"sbx-xero-id-{word('xero id')}",
            xero_client_secret=f"sbx-xero-secret-{word('xero secret')}",
            xero_refresh_token=f"sbx-xero-refresh-{word('xero refresh')}",
            tenant_id=f"{tenant[:8]}-{tenant[8:12]}-{tenant[12:16]}-{tenant[16:20]}-{tenant[20:]}",
        )


class FirmBase:
    """State that every kind of event works on."""

    def __init__(self, name: str, now: datetime, seed: int = 0, timezone: str = "America/New_York") -> None:
        self.name = name
        self.now = now.astimezone(UTC)
        self.random = Random(seed)
        self.zone = ZoneInfo(timezone)
        self.credentials = Credentials.of(name)
        self.clio = ClioBooks(lambda: self.now)
        self.xero = XeroBooks(lambda: self.now)
        self.mirrors_trust = True
        self.contact_of: dict[int, Record] = {}
        self.invoice_of: dict[int, Record] = {}
        self.interest_invoices_of: dict[int, list[Record]] = {}
        self.payments_of: dict[int, list[Record]] = {}
        self.credit_of: dict[int, tuple[str, Record, Record]] = {}
        self.matches: list[Record] = []
        self.acceptances: list[Record] = []
        self.statements: list[Record] = []
        self._entries_of: dict[int, list[Record]] = {}
        self._mirror_of: dict[int, Record] = {}
        self._open_books(timezone)

    # The clock

    @property
    def today(self) -> date:
        """The calendar day where the firm is."""
        return self.now.astimezone(self.zone).date()

    def at(self, moment: datetime) -> None:
        """Set the clock; what happens next is stamped with this moment."""
        self.now = moment.astimezone(UTC)

    def on(self, day: date, hour: int = 17) -> None:
        """Set the clock to an hour (UTC) of a calendar day."""
        self.now = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)

    def advance(self, **delta: float) -> None:
        """Let time pass: `advance(hours=2)`."""
        self.now += timedelta(**delta)

    # Opening the books

    def _open_books(self, timezone: str) -> None:
        self.settings: dict[str, Any] = {
            "name": self.name,
            "timezone": timezone,
            "start_date": (self.now - timedelta(days=1500)).date(),
            "grace_hours": 24,
            "not_from_clio": {},
            "trust_accounts": [
                {"clio_bank_account": "IOLTA", "xero_bank_account": "1010", "xero_liability_account": "2100"}
            ],
            "operating_accounts": [{"clio_bank_account": "Operating", "xero_bank_account": "1000"}],
        }
        self._open_organisation()
        for code, name, kind, fields in CHART:
            self.xero.add_account(code, name, kind, **fields)
        self.operating = self.add_clio_account("Operating", "Operating")
        self.trust = self.add_clio_account("IOLTA", "Trust")
        self.users = [self.add_user(first, last) for first, last in ATTORNEYS]
        self.users.append(self.add_user("Priya", "Nair", attorney=False))
        self.xero_account_of = {"Operating": "1000", "IOLTA": "1010"}
        self.liability_of = {"IOLTA": "2100"}
        self.kept_by_journals: set[str] = set()
        self._bank_contact: Record | None = None

    def _open_organisation(self) -> None:
        self.xero.organisation = {
            "OrganisationID": self.credentials.tenant_id,
            "Name": self.name,
            "LegalName": self.name,
            "PaysTax": True,
            "Version": "US",
            "OrganisationType": "COMPANY",
            "BaseCurrency": "USD",
            "CountryCode": "US",
            "IsDemoCompany": False,
            "OrganisationStatus": "ACTIVE",
            "FinancialYearEndDay": 31,
            "FinancialYearEndMonth": 12,
            "PeriodLockDate": None,
            "EndOfYearLockDate": None,
            "CreatedDateUTC": self.now,
            "Timezone": "EASTERNSTANDARDTIME",
            "OrganisationEntityType": "COMPANY",
            "ShortCode": "!" + hashlib.sha256(self.name.encode()).hexdigest()[:5],
            "Class": "STANDARD",
            "Edition": "BUSINESS",
        }

    def add_clio_account(self, name: str, kind: str) -> Record:
        """A bank account of Clio: `kind` Operating or Trust."""
        return self.clio.add(
            "bank_accounts",
            {
                "name": name,
                "type": kind,
                "balance": ZERO,
                "bank_transactions_count": 0,
                "currency": "USD",
                "account_number": f"00012345{len(self.clio.tables['bank_accounts']) + 10}",
                "transit_number": None,
                "institution": "First Harbor Bank",
                "holder": self.name,
                "swift": None,
                "domicile_branch": None,
                "general_ledger_number": None,
                "default_account": kind == "Operating",
                "controlled_account": False,
                "clio_payments_enabled": False,
                "clio_payment_page_link": None,
                "clio_payment_page_qr_code": None,
                "user": None,
            },
        )

    def add_user(self, first: str, last: str, attorney: bool = True) -> Record:
        """Someone who works at the firm."""
        return self.clio.add(
            "users",
            {
                "name": f"{first} {last}",
                "first_name": first,
                "last_name": last,
                "initials": first[0] + last[0],
                "email": f"{first}.{last}@harbor.example".lower(),
                "enabled": True,
                "account_owner": False,
                "clio_connect": False,
                "roles": ["Admin"] if not attorney else [],
                "subscription_type": "Attorney" if attorney else "NonAttorney",
                "rate": Decimal("350.00") if attorney else Decimal("120.00"),
                "phone_number": None,
                "time_zone": "America/New_York",
            },
        )

    def lock_period(self, day: date) -> None:
        """Close the books in Xero up to and including a day."""
        self.xero.organisation["PeriodLockDate"] = day
