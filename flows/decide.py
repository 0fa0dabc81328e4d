"""A person's word: accept a known difference, or say that a bill and an invoice are the same.

Each decision is checked against the published night it is about, and written with the values it was given on, so that
it lapses by itself when they change. The next night reads it; nothing is recomputed now.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from flows.report import read_rows
from pipelines import decisions
from pipelines.errors import UsageError
from pipelines.settings import Firm


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _required(**values: str) -> None:
    for name, value in values.items():
        if not value.strip():
            raise UsageError(f"--{name} was expected to say something; it is empty.")


def accept(firm: Firm, exception_id: str, reason: str, by: str, until: date) -> None:
    """Accept one current exception until a day, that day included; it holds for all that the row says tonight."""
    _required(reason=reason, by=by)
    today = datetime.now(ZoneInfo(firm.timezone)).date()
    if until < today:
        raise UsageError(f"--until was expected to be today ({today}) or later; found {until}.")
    columns = ("code", "subject_key", "ar_effect", "clio_value", "xero_value", "fingerprint")
    found = read_rows(
        firm.warehouse, "select * from recon.exceptions where firm_id = ? and exception_id = ?", [firm.id, exception_id]
    )
    if not found:
        raise UsageError(
            f"A current exception of {firm.id} was expected; found {exception_id}, which is not one. "
            f"`tieout worklist {firm.id}` lists them."
        )
    # A night of the version before has no fingerprint: the acceptance then holds for its values.
    decision = {name: "" if found[0].get(name) is None else str(found[0][name]) for name in columns}
    decision |= {"exception_id": exception_id, "accepted_by": by, "accepted_at": _now(), "reason": reason}
    decisions.acceptances(firm.folder).append(decision | {"expires_on": until.isoformat(), "withdrawn_at": ""})


def unaccept(firm: Firm, exception_id: str, by: str) -> None:
    """Take the latest acceptance of an exception back."""
    _required(by=by)
    file = decisions.acceptances(firm.folder)
    given = [row for row in file.rows() if row["exception_id"] == exception_id]
    if not given or given[-1]["withdrawn_at"]:
        raise UsageError(
            f"An accepted exception of {firm.id} was expected; {exception_id} is not accepted in {file.path}."
        )
    file.append(given[-1] | {"accepted_by": by, "withdrawn_at": _now()})


def link(firm: Firm, bill_id: str, invoice_id: str, by: str, reason: str) -> None:
    """Say that this bill is this invoice. Both must be known, and neither linked already."""
    _required(by=by, reason=reason)
    for system, column, value in (
        ("Clio bill", "clio_bill_id", bill_id),
        ("Xero invoice", "xero_invoice_id", invoice_id),
    ):
        sql = f"select 1 as known from recon.matched_bills where firm_id = ? and {column} = ?"
        if not read_rows(firm.warehouse, sql, [firm.id, value]):
            raise UsageError(
                f"The id of a {system} of {firm.id} was expected; found {value}, which last night did not have. "
                f"It is the column {column} of recon.matched_bills."
            )
    links = decisions.current_links(firm.folder)
    if bill_id in links or invoice_id in links.values():
        raise UsageError(
            f"A bill and an invoice without a link were expected; {bill_id} or {invoice_id} has one in "
            f"{decisions.matches(firm.folder).path}. Use `tieout unlink` first."
        )
    _append_match(firm, {"clio_bill_id": bill_id, "xero_invoice_id": invoice_id, "decided_by": by, "reason": reason})


def unlink(firm: Firm, bill_id: str, invoice_id: str, by: str, reason: str) -> None:
    """Take a link back."""
    _required(by=by, reason=reason)
    if decisions.current_links(firm.folder).get(bill_id) != invoice_id:
        raise UsageError(
            f"A linked bill and invoice were expected; {bill_id} and {invoice_id} are not linked in "
            f"{decisions.matches(firm.folder).path}."
        )
    _append_match(firm, {"clio_bill_id": bill_id, "xero_invoice_id": "", "decided_by": by, "reason": reason})


def _append_match(firm: Firm, row: Mapping[str, str]) -> None:
    decisions.matches(firm.folder).append({**row, "decided_at": _now()})
