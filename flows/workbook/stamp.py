"""What goes out with a workbook, so that it is known again when it comes back: whose it is, what each row said."""

import hashlib
import json

from flows.workbook.cells import Row

FIRM_ID = "Firm id"  # the heading of the firm's id


def stamp(row: Row) -> str:
    """What a finding says, as one value: another value is another finding. A night of an earlier version has no
    fingerprint."""
    if row.get("fingerprint"):
        return str(row["fingerprint"])
    said = [str(row[name]) for name in ("code", "subject_key", "amount", "ar_effect", "clio_value", "xero_value")]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:32]
