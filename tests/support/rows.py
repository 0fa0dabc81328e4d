"""Rows as `recon.worklist` has them, for tests of what is shown."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flows.reading.words import FINDINGS


def exception_row(**changes: Any) -> dict[str, Any]:
    """One open row about a bill missing in Xero, with the columns of the mart in their order."""
    row: dict[str, Any] = {
        "work_rank": 1,
        "client_rank": 1,
        "title": FINDINGS[changes.get("code", "missing_in_xero")]["title"],
        "firm_id": "harbor-law",
        "exception_id": "0123456789ab",
        "code": "missing_in_xero",
        "severity": "high",
        "status": "open",
        "subject_key": "clio:1",
        "clio_bill_number": "101",
        "xero_invoice_number": None,
        "client_name": "Ada Quill",
        "trust_account": None,
        "matter_number": None,
        "amount": Decimal("120.00"),
        "ar_effect": Decimal("-120.00"),
        "clio_value": "120.00",
        "xero_value": None,
        "explanation": "Bill 101 is approved in Clio and not in Xero.",
        "suggested_action": "Touch the bill in Clio.",
        "blocked_by": None,
        "group_id": None,
        "clio_url": None,
        "xero_url": None,
        "first_seen_at": datetime(2026, 11, 1, 2),
        "last_seen_at": datetime(2026, 11, 2, 2),
        "nights_seen": 2,
        "subject_label": "101",
        "document_amount": Decimal("120.00"),
        "since_date": date(2026, 10, 28),
        "responsible_attorney": "Lena Hart",
        "candidate": None,
        "fingerprint": "0" * 32,
    }
    return {**row, **changes}
