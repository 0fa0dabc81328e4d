"""Clio's lists: which shape each returns, how it may be ordered and filtered, how long a page may be.

Lists that declare no order page by cursor. `allocations` and `credit_memos` sort by date unless told
otherwise, which drops an unaware client out of cursor mode.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from sandbox.clio import filters as f
from sandbox.clio.filters import Maker


@dataclass(frozen=True)
class ListKind:
    """One list of the API."""

    table: str
    shape: str
    filters: Mapping[str, Maker]
    orders: tuple[str, ...] = ()
    default_order: str = "id(asc)"
    max_limit: int = 200
    single: bool = True
    stamps: bool = True
    indexed: Mapping[str, str] = field(default_factory=dict)

    def makers(self) -> dict[str, Maker]:
        common: dict[str, Maker] = {}
        if self.stamps:
            common = {"created_since": f.since("created_at"), "updated_since": f.since("updated_at")}
        return {**common, **self.filters}


BILL_STATES = ("draft", "awaiting_approval", "awaiting_payment", "paid", "void", "deleted")

LISTS: dict[str, ListKind] = {
    "bills": ListKind(
        "bills",
        "bill",
        {
            "state": f.equals("state", *BILL_STATES),
            "status": f.bill_status,
            "type": f.bill_type,
            "client_id": f.linked("client"),
            "matter_id": f.linked_in("matters", null_allowed=True),
            "query": f.contains("number"),
            "bill_number": f.equals("number"),
            "due_at": f.on_day("due_at"),
            "due_after": f.from_day("due_at", strict=True),
            "due_before": f.to_day("due_at", strict=True),
            "issued_after": f.from_day("issued_at", strict=True),
            "issued_before": f.to_day("issued_at", strict=True),
            "overdue_only": f.overdue_only,
            "responsible_attorney_id": f.attorney("responsible_attorney"),
            "originating_attorney_id": f.attorney("originating_attorney"),
        },
        orders=(
            "id",
            "due_at",
            "issued_at",
            "paid_at",
            "last_sent_at",
            "client_name",
            "matter_display_number",
            "balance",
            "number",
        ),
    ),
    "line_items": ListKind(
        "line_items",
        "line_item",
        {
            "bill_id": f.linked("bill"),
            "matter_id": f.linked("matter", null_allowed=True),
            "activity_id": f.linked("activity", null_allowed=True),
            "kind": f.equals("kind", "Service", "Expense"),
            "query": f.contains("description", "note"),
        },
        single=False,
        indexed={"bill_id": "bill"},
    ),
    "allocations": ListKind(
        "allocations",
        "allocation",
        {
            "bill_id": f.linked("bill"),
            "contact_id": f.linked("contact"),
            "matter_id": f.linked("matter"),
            "parent_id": f.linked("parent"),
            "parent_type": f.parent_type,
            "status": f.allocation_status,
        },
        orders=("id", "date"),
        default_order="date(asc)",
        indexed={"bill_id": "bill"},
    ),
    "credit_memos": ListKind(
        "credit_memos",
        "credit_memo",
        {"contact_id": f.linked("contact")},
        orders=("id", "date"),
        default_order="date(asc)",
    ),
    "bank_accounts": ListKind(
        "bank_accounts",
        "bank_account",
        {"type": f.account_type, "show_empty_accounts": f.empty_accounts, "user_id": f.linked("user")},
        orders=("id", "name", "institution", "account_number", "currency", "updated_at", "type"),
    ),
    "bank_transactions": ListKind(
        "bank_transactions",
        "bank_transaction",
        {
            "bank_account_id": f.linked("bank_account"),
            "client_id": f.linked("client"),
            "matter_id": f.linked("matter", null_allowed=True),
            "type": f.entry_type,
        },
        orders=("id", "date", "created_at", "updated_at"),
        indexed={"bank_account_id": "bank_account"},
    ),
    "matters": ListKind(
        "matters",
        "matter",
        {
            "client_id": f.linked("client"),
            "status": f.matter_status,
            "billable": f.flag("billable"),
            "responsible_attorney_id": f.linked("responsible_attorney"),
            "originating_attorney_id": f.linked("originating_attorney"),
            "query": f.contains("display_number", "description"),
        },
        orders=("id", "display_number", "open_date", "close_date", "updated_at", "created_at"),
    ),
    "contacts": ListKind(
        "contacts",
        "contact",
        {
            "client_only": f.only("is_client"),
            "email_only": f.only("primary_email_address"),
            "type": f.equals("type", "Company", "Person"),
            "query": f.contains("name", "primary_email_address"),
        },
        orders=("id", "name"),
    ),
    "outstanding_client_balances": ListKind(
        "outstanding_client_balances",
        "outstanding_client_balance",
        {
            "contact_id": f.linked("contact"),
            "last_paid_start_date": f.from_day("last_payment_date"),
            "last_paid_end_date": f.to_day("last_payment_date"),
            "newest_bill_due_start_date": f.from_day("newest_issued_bill_due_date"),
            "newest_bill_due_end_date": f.to_day("newest_issued_bill_due_date"),
        },
        single=False,
        stamps=False,
    ),
    "interest_charges": ListKind("interest_charges", "interest_charge", {"bill_id": f.linked("bill")}, single=False),
    "users": ListKind(
        "users",
        "user",
        {"enabled": f.flag("enabled"), "name": f.contains("name"), "subscription_type": f.subscription},
        orders=("id", "name", "email", "enabled", "first_name", "last_name", "subscription_type"),
        max_limit=2000,
    ),
}

IDS_LISTS = frozenset(LISTS) - {"outstanding_client_balances"}
EXCLUDING_LISTS = frozenset({"line_items", "interest_charges", "contacts"})
