"""Import a bank statement of a trust account, checked against the settings and against what last night knew.

The import touches no warehouse: it adds to the firm's `statements/` folder, and the next night reads that.
"""

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from flows.days import require_past, today_of
from flows.decide import required
from flows.reading.words import counted
from pipelines.bank.lines import read_money
from pipelines.bank.statement_csv import Layout
from pipelines.bank.statements import Imported, StatementStore, TrustAccountRef
from pipelines.errors import UsageError
from pipelines.firm.published import open_published
from pipelines.firm.settings import Firm, StatementLayout


def record(firm: Firm, account: str, file: Path | None, day: date | None, balance: str | None) -> Imported:
    """Import a file, or a typed closing balance. Raises UsageError for what cannot be right, and keeps nothing then."""
    trust_account = _trust_account(firm, account)
    require_past(firm, day, "--date")
    store = StatementStore(firm.folder)
    amount = _amount(balance)
    if file is not None:
        layouts = {name: _layout(name, declared) for name, declared in firm.statement_layouts.items()}
        return store.import_file(trust_account, file, layouts, day, amount, today_of(firm))
    if day is None or amount is None:
        raise UsageError(
            "A statement file, or its closing balance as --date and --balance, was expected; "
            f"found {'neither' if day is None and amount is None else 'only one of the two'}."
        )
    return store.type_balance(trust_account, day, amount)


def withdraw(firm: Firm, statement_id: str, by: str, reason: str) -> None:
    """Take an imported statement back. Its files stay, and so does the line that imported it."""
    required(by=by, reason=reason)
    StatementStore(firm.folder).withdraw(statement_id, by, reason)


def describe_all(firm: Firm) -> list[str]:
    """A line for each statement that was ever imported, in the order of the first import, and what of it was taken
    back."""
    store = StatementStore(firm.folder)
    lines = {kept.entry["statement_id"]: len(kept.lines) for kept in store.kept()}
    described = []
    for entry in store.entries():
        taken = (entry["withdrawn_at"][:10], entry["withdrawn_by"], entry["withdrawn_reason"])
        count = lines.get(entry["statement_id"], 0)
        said = (
            f"{entry['statement_id']}  {entry['clio_bank_account']}: {Decimal(entry['closing_balance']):,.2f} on "
            f"{entry['statement_date']}, {count} new lines"
        )
        described.append(said + (f"; taken back {' '.join(taken)}" if entry["withdrawn_at"] else ""))
    return described


def describe(imported: Imported) -> str:
    """What the import did, and from when it counts."""
    what = f"Statement of {imported.day} with a closing balance of {imported.closing:,.2f}"
    if not imported.is_new:
        return f"{what}: imported before, nothing was changed."
    lines = counted(imported.new_lines, "line") if imported.new_lines or imported.known_lines else "no lines"
    known = f" ({imported.known_lines} more were imported before)" if imported.known_lines else ""
    return f"{what}: imported, {lines}{known}. It counts from the next night on: the next `tieout run` compares it."


def _amount(text: str | None) -> Decimal | None:
    if text is None:
        return None
    try:
        return read_money(text)
    except ValueError as error:
        raise UsageError(f"--balance was expected to be {error}; found {text!r}.") from None


def _layout(name: str, declared: StatementLayout) -> Layout:
    """The declared columns; one that is not declared is one that the file does not have."""
    columns: dict[str, Any] = {key: "" if value is None else value for key, value in declared.model_dump().items()}
    return Layout(name, **columns)


def _trust_account(firm: Firm, wanted: str) -> TrustAccountRef:
    """The configured trust account of that name or id, with what the published warehouse knows about it."""
    known = _known(firm)
    for mapped in firm.trust_accounts:
        configured = mapped.clio_bank_account
        found = known.get(configured)
        names = (configured, *found[:2]) if found else (configured,)
        if wanted.strip().casefold() in {name.casefold() for name in names}:
            return TrustAccountRef(configured, found[0], found[2]) if found else TrustAccountRef(configured)
    names_there = ", ".join(mapped.clio_bank_account for mapped in firm.trust_accounts) or "none"
    raise UsageError(
        f"A trust account of {firm.id} was expected; found {wanted!r}. tieout.toml has {names_there}. "
        "Name one of them as it stands there."
    )


def _known(firm: Firm) -> dict[str, tuple[str, str, str]]:
    """Id, name and currency of the trust accounts of the last published night, by their name in the settings."""
    if not firm.warehouse.exists():
        return {}
    with open_published(firm.warehouse) as connection:
        rows = connection.execute(
            "select mapped.clio_bank_account, account.id, account.name, coalesce(account.currency, '')"
            " from evidence.trust_accounts as mapped inner join clio.bank_accounts as account"
            " on mapped.firm_id = account.firm_id and mapped.clio_bank_account_id = account.id"
            " where mapped.firm_id = ?",
            [firm.id],
        ).fetchall()
    return {configured: (account_id, name or configured, currency) for configured, account_id, name, currency in rows}
