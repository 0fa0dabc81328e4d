"""A person's word: accept a known difference, or say that a bill and an invoice are the same.

Each decision is checked against the published night it is about, and written with the values it was given on, so that
it lapses by itself when they change. The next night reads it; nothing is recomputed now.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flows.escape import plain
from flows.reading.report import read_rows
from flows.reading.words import titled
from pipelines.errors import UsageError
from pipelines.firm import decisions
from pipelines.firm.settings import Firm


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def required(**values: str) -> None:
    """What the options of these names say. Raises UsageError where one shows nothing."""
    for name, value in values.items():
        if not plain(value):  # what shows nothing says nothing, and names nobody
            raise UsageError(f"--{name} was expected to say something; it is empty.")


def from_when(firm: Firm) -> str:
    """Nothing is recomputed now."""
    return f"It counts from the next night on (`tieout run {firm.id}` makes one now)."


@dataclass(frozen=True)
class Acceptance:
    """A difference that may be accepted: the line for `acceptances.csv`, and what it does in words."""

    line: dict[str, str]
    words: str


def proposed(firm: Firm, row: Mapping[str, Any], reason: str, by: str, until: date) -> Acceptance:
    """The acceptance of a current exception, given by its row, until a day, that day included; nothing is written.
    Raises UsageError for what cannot be meant."""
    required(reason=reason, by=by)
    today = datetime.now(ZoneInfo(firm.timezone)).date()
    if until < today:
        raise UsageError(f"--until was expected to be today ({today}) or later; found {until}.")
    # A night of the version before has no fingerprint: the acceptance then holds for its values.
    columns = ("exception_id", "code", "subject_key", "ar_effect", "clio_value", "xero_value", "fingerprint")
    line = {name: "" if row.get(name) is None else str(row[name]) for name in columns}
    line |= {"accepted_by": by, "accepted_at": _now(), "reason": reason}
    return Acceptance(
        line | {"expires_on": until.isoformat(), "withdrawn_at": ""},
        f"{row['exception_id']}, {named(row)}: accepted until {until}, that day included, for as long as it says "
        "what it says now.",
    )


def give(firm: Firm, acceptance: Acceptance) -> str:
    """Write an acceptance. Gives back what it did and from when it counts."""
    decisions.acceptances(firm.folder).append(acceptance.line)
    return f"{acceptance.words} {from_when(firm)}"


def accept(firm: Firm, exception_id: str, reason: str, by: str, until: date) -> str:
    """Accept one current exception until a day, that day included; it holds for all that the row says tonight. Gives
    back what it did and from when it counts."""
    required(reason=reason, by=by)
    found = read_rows(
        firm.warehouse, "select * from recon.exceptions where firm_id = ? and exception_id = ?", [firm.id, exception_id]
    )
    if not found:
        raise UsageError(
            f"A current exception of {firm.id} was expected; found {exception_id}, which is not one. "
            f"`tieout worklist {firm.id}` lists them."
        )
    return give(firm, proposed(firm, found[0], reason, by, until))


def named(row: Mapping[str, Any]) -> str:
    """An exception as a person knows it: what was found, about what, of whom."""
    about = (row.get("subject_label"), row.get("client_name"))
    title = titled(row["code"])
    return ", ".join([title, *(str(text) for text in about if text)])


def unaccept(firm: Firm, exception_id: str, by: str) -> str:
    """Take the latest acceptance of an exception back. Gives back what it did and from when it counts."""
    required(by=by)
    file = decisions.acceptances(firm.folder)
    given = [row for row in file.rows() if row["exception_id"] == exception_id]
    if not given or given[-1]["withdrawn_at"]:
        raise UsageError(
            f"An accepted exception of {firm.id} was expected; {exception_id} is not accepted in {file.path}."
        )
    file.append(given[-1] | {"accepted_by": by, "withdrawn_at": _now()})
    return f"{exception_id}, {named(given[-1])}: no longer accepted. {from_when(firm)}"


@dataclass(frozen=True)
class Document:
    """A document that a person named: its id, and the words to know it by."""

    id: str
    words: str


@dataclass(frozen=True)
class System:
    """Where the documents of one system stand in `recon.matched_bills`."""

    what: str
    id: str
    number: str
    client: str
    total: str


BILL = System("Clio bill", "clio_bill_id", "clio_bill_number", "clio_client_name", "clio_total_amount")
INVOICE = System("Xero invoice", "xero_invoice_id", "xero_invoice_number", "xero_contact_name", "xero_total_amount")


def _document(firm: Firm, system: System, named_so: str) -> Document:
    """The one document with this id or this number. Raises UsageError where there is none, or more than one."""
    found = read_rows(
        firm.warehouse,
        f"select * from recon.matched_bills where firm_id = ? and ? in ({system.id}, {system.number})"
        f" order by {system.id}",
        [firm.id, named_so],
    )
    if not found:
        raise UsageError(
            f"The id or the number of a {system.what} of {firm.id} was expected; found {named_so}, which last night "
            f"did not have. They are the columns {system.id} and {system.number} of recon.matched_bills."
        )
    if len(found) > 1:
        which = "; ".join(f"{row[system.id]} ({_described(system, row)})" for row in found[:9])
        raise UsageError(
            f"One {system.what} was expected; {named_so} names {len(found)}. Name one by its id, or by a number that "
            f"only one has: {which}."
        )
    return Document(str(found[0][system.id]), f"{system.what} {_described(system, found[0])}")


def _described(system: System, row: Mapping[str, Any]) -> str:
    """A document by its number, client and total: whoever linked the wrong one should see it."""
    total = "" if row[system.total] is None else f"{row[system.total]:,.2f}"
    texts = (row[system.number] or f"with the id {row[system.id]}", row[system.client], total)
    return ", ".join(str(text) for text in texts if text)


def link(firm: Firm, bill_named: str, invoice_named: str, by: str, reason: str) -> str:
    """Say that this bill is this invoice, each named by its id or by a number that only one document has. Both must be
    known, and neither linked already. Gives back what it did and from when it counts."""
    required(by=by, reason=reason)
    bill, invoice = _document(firm, BILL, bill_named), _document(firm, INVOICE, invoice_named)
    links = decisions.current_links(firm.folder)
    if bill.id in links or invoice.id in links.values():
        raise UsageError(
            f"A bill and an invoice without a link were expected; {bill_named} or {invoice_named} has one in "
            f"{decisions.matches(firm.folder).path}. Use `tieout unlink` first."
        )
    _append_match(firm, {"clio_bill_id": bill.id, "xero_invoice_id": invoice.id, "decided_by": by, "reason": reason})
    return f"{bill.words}, is {invoice.words}: linked. {from_when(firm)}"


def unlink(firm: Firm, bill_named: str, invoice_named: str, by: str, reason: str) -> str:
    """Take a link back. What is linked may be named by its id also when last night no longer had it. Gives back what
    it did and from when it counts."""
    required(by=by, reason=reason)
    links = decisions.current_links(firm.folder)
    if links.get(bill_named) == invoice_named:
        bill, invoice = Document(bill_named, f"Clio bill {bill_named}"), Document(invoice_named, invoice_named)
    else:
        bill, invoice = _document(firm, BILL, bill_named), _document(firm, INVOICE, invoice_named)
    if links.get(bill.id) != invoice.id:
        raise UsageError(
            f"A linked bill and invoice were expected; {bill_named} and {invoice_named} are not linked in "
            f"{decisions.matches(firm.folder).path}."
        )
    _append_match(firm, {"clio_bill_id": bill.id, "xero_invoice_id": "", "decided_by": by, "reason": reason})
    return f"{bill.words}, and {invoice.words}: no longer linked. {from_when(firm)}"


def _append_match(firm: Firm, row: Mapping[str, str]) -> None:
    decisions.matches(firm.folder).append({**row, "decided_at": _now()})
