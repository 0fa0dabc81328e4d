"""The forms: a person's word about the books, written by the code of the commands into the same files.

Each says who and when, and counts from the next night on; nothing is recomputed now. A name is asked once in a session
and stands beside every decision of it.
"""

import re
import tempfile
from collections.abc import Callable
from datetime import date
from http import HTTPStatus
from pathlib import Path

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from flows import bank_statement, decide
from flows.desk.books import firm_of
from flows.desk.look import address
from flows.pack import signing
from flows.pack.month import ended_month
from flows.pack.signing import Role
from pipelines.errors import UsageError
from pipelines.firm.files import make_private
from pipelines.firm.settings import Firm

Form = dict[str, str | bytes]
FROM_THE_NEXT_NIGHT = "It counts from the next night."
OPTION = re.compile(r"--([a-z]+)")


def decision(do: Callable[[Request, Firm, Form], str]) -> Callable[[Request, Form], Response]:
    """A form's handler: does what it says, tells it on the page it came from, and speaks of fields where the commands
    speak of options."""

    def handle(request: Request, sent: Form) -> Response:
        firm = firm_of(request)
        try:
            request.state.session.said = do(request, firm, sent)
        except UsageError as error:
            raise UsageError(OPTION.sub(lambda option: f"“{option[1]}”", str(error))) from None
        return RedirectResponse(_back_to(request, firm, sent), HTTPStatus.SEE_OTHER)

    return handle


def accept(request: Request, firm: Firm, sent: Form) -> str:
    """As `tieout accept`."""
    until = _day(sent, "until")
    decide.accept(firm, request.path_params["exception_id"], _text(sent, "reason"), _name(request, sent), until)
    return f"Accepted until {until}. {FROM_THE_NEXT_NIGHT}"


def take_back(request: Request, firm: Firm, sent: Form) -> str:
    """As `tieout unaccept`."""
    decide.unaccept(firm, request.path_params["exception_id"], _name(request, sent))
    return f"The acceptance is taken back. {FROM_THE_NEXT_NIGHT}"


def link(request: Request, firm: Firm, sent: Form) -> str:
    """As `tieout link`."""
    ids = (_text(sent, "clio_bill_id"), _text(sent, "xero_invoice_id"))
    decide.link(firm, *ids, _name(request, sent), _text(sent, "reason"))
    return f"The bill and the invoice are linked. {FROM_THE_NEXT_NIGHT}"


def unlink(request: Request, firm: Firm, sent: Form) -> str:
    """As `tieout unlink`."""
    ids = (_text(sent, "clio_bill_id"), _text(sent, "xero_invoice_id"))
    decide.unlink(firm, *ids, _name(request, sent), _text(sent, "reason"))
    return f"The link is taken back. {FROM_THE_NEXT_NIGHT}"


def import_statement(request: Request, firm: Firm, sent: Form) -> str:
    """As `tieout statement`: a file, else a closing balance."""
    content, account = sent.get("file"), _text(sent, "account")
    day = _day(sent, "date") if _text(sent, "date") else None
    balance = _text(sent, "balance") or None
    if not isinstance(content, bytes) or not content:
        return bank_statement.describe(bank_statement.record(firm, account, None, day, balance))
    with tempfile.TemporaryDirectory(prefix=".upload-", dir=make_private(firm.folder)) as folder:
        file = Path(folder) / _file_name(_text(sent, "file_name"))
        file.write_bytes(content)
        return bank_statement.describe(bank_statement.record(firm, account, file, day, balance))


def withdraw_statement(request: Request, firm: Firm, sent: Form) -> str:
    """As `tieout statements --withdraw`."""
    bank_statement.withdraw(firm, request.path_params["statement_id"], _name(request, sent), _text(sent, "reason"))
    return f"The statement is taken back. {FROM_THE_NEXT_NIGHT}"


def sign(request: Request, firm: Firm, sent: Form) -> str:
    """As `tieout sign`. The name is asked each time: two people may sit at one desk."""
    if (role := _text(sent, "role")) not in tuple(Role):
        raise UsageError("preparer or reviewer was expected as the role.")
    month = ended_month(firm, request.path_params["month"])
    return signing.sign(firm, month, Role(role), _text(sent, "signed_by"), seen=_text(sent, "version"))


def _text(sent: Form, field: str) -> str:
    value = sent.get(field, "")
    return value.strip() if isinstance(value, str) else ""


def _name(request: Request, sent: Form) -> str:
    """Who decides: as given with this form, else as given before."""
    session = request.state.session
    session.name = _text(sent, "by")[:120] or session.name
    if not session.name:
        raise UsageError("Your name was expected: it stands beside the decision.")
    name: str = session.name
    return name


def _day(sent: Form, field: str) -> date:
    try:
        return date.fromisoformat(_text(sent, field))
    except ValueError:
        raise UsageError(f"A day such as 2026-12-31 was expected as “{field}”; found “{_text(sent, field)}”.") from None


def _file_name(given: str) -> str:
    """The file's own name, without any folder and any odd character."""
    plain = re.sub(r"[^A-Za-z0-9._ -]", "_", given.replace("\\", "/").rpartition("/")[2]).lstrip(".")
    return plain[-80:] or "statement.csv"


def _back_to(request: Request, firm: Firm, sent: Form) -> str:
    """The page that the form stood on: an item's, a bill's, the month-ends', else the statements'."""
    if "month" in request.path_params:
        return address("firms", firm.id, "month-ends")
    if known := request.path_params.get("exception_id") or _text(sent, "exception_id"):
        return address("firms", firm.id, "items", known)
    if bill := _text(sent, "bill_key"):
        return address("firms", firm.id, "bills", bill)
    return address("firms", firm.id, "statements")
