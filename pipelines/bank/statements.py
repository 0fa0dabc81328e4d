"""Bank statements of trust accounts: the one leg of the tie-out that neither Clio nor Xero can give.

``tieout statement`` keeps them under ``<data_dir>/<firm>/statements/``, in files that are only ever added to:

- ``imported.csv``          one line per statement: account, closing day and balance, when it came and from which file;
                            and one more, a copy with ``withdrawn_at``, for each that was taken back;
- ``<statement>.lines.csv`` its lines;
- ``<statement>.<type>``    the file itself, as it was imported.

Lines are written before the entry in ``imported.csv``, so a statement is there whole or not at all. Importing the same
file again, or one that repeats lines, adds nothing twice: a line counts for the earliest statement that has it and was
not taken back. Two lines are the same when the bank's id, day and amount
are; without ids, when day, amount and description are, counted (two equal withdrawals of one day stay two); and where
only one of two files carries ids, when day and amount are, because files of two kinds word a line differently.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from pipelines.bank.lines import BankLine, BankStatement
from pipelines.bank.statement_csv import Layout, read_csv
from pipelines.bank.statement_ofx import is_ofx, read_ofx
from pipelines.errors import UsageError
from pipelines.firm.decisions import DecisionFile
from pipelines.firm.files import make_private, write_private

COLUMNS = (
    "statement_id",
    "kind",
    "clio_bank_account",
    "clio_bank_account_id",
    "statement_date",
    "opening_balance",
    "closing_balance",
    "first_line_date",
    "currency",
    "bank_account",
    "imported_at",
    "sha256",
    "file",
    "withdrawn_by",
    "withdrawn_reason",
    "withdrawn_at",
)
WITHDRAWAL = 3  # columns that a file of an earlier version lacks
LINE_COLUMNS = ("position", "line_date", "amount", "description", "reference", "bank_line_id")


@dataclass(frozen=True)
class TrustAccountRef:
    """The trust account that a statement is of: its name in the settings, its id and currency where they are known."""

    name: str
    id: str = ""
    currency: str = ""


@dataclass(frozen=True)
class Imported:
    """What an import did."""

    statement_id: str
    day: date
    closing: Decimal
    new_lines: int
    known_lines: int
    is_new: bool


@dataclass(frozen=True)
class Kept:
    """One statement in the store, with the lines that no earlier one brought."""

    entry: dict[str, str]
    lines: tuple[BankLine, ...]

    @property
    def day(self) -> date:
        """Its closing day."""
        return date.fromisoformat(self.entry["statement_date"])

    @property
    def closing(self) -> Decimal:
        """Its closing balance."""
        return Decimal(self.entry["closing_balance"])

    def is_of(self, account: TrustAccountRef) -> bool:
        """True when it belongs to the account, by id where both know it."""
        if account.id and self.entry["clio_bank_account_id"]:
            return account.id == self.entry["clio_bank_account_id"]
        return account.name.casefold() == self.entry["clio_bank_account"].casefold()


class StatementStore:
    """The statements of one firm."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "statements"
        self.index = DecisionFile(self.folder / "imported.csv", COLUMNS, added=WITHDRAWAL)

    def entries(self) -> list[dict[str, str]]:
        """Every statement ever imported, in the order of the first import, each as its latest line says."""
        return list({entry["statement_id"]: entry for entry in self.index.rows()}.values())

    def kept(self) -> list[Kept]:
        """Every statement that was not taken back, in the order in which they were imported."""
        found: list[Kept] = []
        for entry in self.entries():
            if entry["withdrawn_at"]:
                continue
            account = TrustAccountRef(entry["clio_bank_account"], entry["clio_bank_account_id"])
            held = [line for one in found if one.is_of(account) for line in one.lines]
            found.append(Kept(entry, tuple(new_lines(held, self._lines(entry)))))
        return found

    def withdraw(self, statement_id: str, by: str, reason: str) -> None:
        """Take a statement back, as by a line of its own; its files stay. Raises UsageError where there is none."""
        standing = [entry for entry in self.entries() if not entry["withdrawn_at"]]
        entry = next((one for one in standing if one["statement_id"] == statement_id), None)
        if entry is None:
            known = ", ".join(one["statement_id"] for one in standing[-5:]) or "none"
            raise UsageError(
                f"The id of an imported statement was expected; found {statement_id!r}, which is none or was "
                f"taken back before. The latest are {known}."
            )
        self.index.append(entry | {"withdrawn_by": by, "withdrawn_reason": reason, "withdrawn_at": _now()})

    def _lines(self, entry: Mapping[str, str]) -> list[BankLine]:
        if entry["kind"] == "typed":
            return []
        path = self.folder / f"{entry['statement_id']}.lines.csv"
        if not path.exists():
            raise UsageError(
                f"The lines of statement {entry['statement_id']} were expected in {path}; the file is gone. Put it "
                "back from a backup: files of statements are only ever added to."
            )
        try:
            return [
                BankLine(
                    date.fromisoformat(row["line_date"]),
                    Decimal(row["amount"]),
                    row["description"],
                    row["reference"],
                    row["bank_line_id"],
                )
                for row in DecisionFile(path, LINE_COLUMNS).whole_rows()
            ]
        except (ValueError, ArithmeticError):
            raise UsageError(
                f"{path}: days and amounts were expected; a line has others. Put the file back from a backup."
            ) from None

    def import_file(
        self,
        account: TrustAccountRef,
        path: Path,
        layouts: Mapping[str, Layout],
        day: date | None = None,
        balance: Decimal | None = None,
        today: date = date.max,
    ) -> Imported:
        """Keep a statement file. The same file, or one that says nothing new, changes nothing. One that ends after
        `today` is refused."""
        content = _content(path)
        digest = hashlib.sha256(content).hexdigest()
        kept = self.kept()
        ours = [one for one in kept if one.is_of(account)]
        known_numbers = {one.entry["bank_account"] for one in ours} - {""}
        if is_ofx(content):
            statement = read_ofx(content, path.name, known_numbers, day, balance)
        else:
            statement = read_csv(content, path.name, layouts, day, balance)
        if statement.day > today:
            raise UsageError(
                f"{path.name}: a closing day up to today, {today}, was expected; found {statement.day}, which is still "
                "to come. Nothing was imported. Download the statement again, or look at the layout's date_format."
            )
        _require_account(statement, account, path.name, kept)
        _require_own_file(digest, account, path.name, kept)
        _require_currency(statement, account, path.name, ours)
        held = [line for one in ours for line in one.lines]
        new = new_lines(held, statement.lines)
        same = _same(ours, statement, digest, new)
        counts = (len(new), len(statement.lines) - len(new))
        if same is not None:
            return Imported(same.entry["statement_id"], same.day, same.closing, *counts, is_new=False)
        statement_id = _id(account.name, digest, statement.day, statement.closing)
        suffix = path.suffix.lower() or ".csv"
        make_private(self.folder)
        write_private(self.folder / f"{statement_id}{suffix}", content)
        write_private(self.folder / f"{statement_id}.lines.csv", _lines_text(statement.lines))
        self._append(statement_id, "file", account, statement, sha256=digest, file=path.name)
        return Imported(statement_id, statement.day, statement.closing, *counts, is_new=True)

    def type_balance(self, account: TrustAccountRef, day: date, balance: Decimal) -> Imported:
        """Keep a closing balance that a person read off a statement."""
        ours = [one for one in self.kept() if one.is_of(account) and one.day == day]
        if ours and ours[-1].entry["kind"] == "typed" and ours[-1].closing == balance:
            return Imported(ours[-1].entry["statement_id"], day, balance, 0, 0, is_new=False)
        statement_id = _id(account.name, f"typed {len(self.index.rows())}", day, balance)
        self._append(statement_id, "typed", account, BankStatement(day, balance, currency=account.currency))
        return Imported(statement_id, day, balance, 0, 0, is_new=True)

    def _append(
        self, statement_id: str, kind: str, account: TrustAccountRef, statement: BankStatement, **more: str
    ) -> None:
        make_private(self.folder)
        opening = statement.opening
        entry = dict.fromkeys(COLUMNS, "") | {
            "statement_id": statement_id,
            "kind": kind,
            "clio_bank_account": account.name,
            "clio_bank_account_id": account.id,
            "statement_date": statement.day.isoformat(),
            "opening_balance": "" if opening is None else str(opening),
            "closing_balance": str(statement.closing),
            "first_line_date": statement.first_day.isoformat() if statement.first_day else "",
            "currency": statement.currency or account.currency,
            "bank_account": statement.account,
            "imported_at": _now(),
        }
        self.index.append(entry | more)


def new_lines(held: Sequence[BankLine], lines: Sequence[BankLine]) -> list[BankLine]:
    """Those of ``lines`` that are not held yet; the n-th of equal lines is held when there are n such."""
    left = Counter(_identity(line) for line in held)
    unknown = []
    for line in lines:
        if left[_identity(line)]:
            left[_identity(line)] -= 1
        else:
            unknown.append(line)
    # What remains may stand in a file of the other kind: there an id meets no id.
    with_id = Counter[tuple[date, Decimal]]()
    without_id = Counter[tuple[date, Decimal]]()
    for (day, amount, bank_id, _), count in left.items():
        (with_id if bank_id else without_id)[day, amount] += count
    found = []
    for line in unknown:
        other_kind = without_id if line.bank_id else with_id
        if other_kind[line.day, line.amount]:
            other_kind[line.day, line.amount] -= 1
        else:
            found.append(line)
    return found


def _identity(line: BankLine) -> tuple[date, Decimal, str, str]:
    return line.day, line.amount, line.bank_id, "" if line.bank_id else line.description.casefold()


def _same(ours: list[Kept], statement: BankStatement, digest: str, new: Collection[BankLine]) -> Kept | None:
    """The statement that already says all that this one does."""
    if new:
        return None
    first = statement.first_day.isoformat() if statement.first_day else ""
    for one in ours:
        is_same_end = (one.day, one.closing) == (statement.day, statement.closing)
        if is_same_end and (one.entry["sha256"] == digest or one.entry["first_line_date"] == first):
            return one
    return None


def _require_account(statement: BankStatement, account: TrustAccountRef, where: str, kept: list[Kept]) -> None:
    """Refuse the statement of another account: by the bank's number, against everything imported before."""
    if not statement.account:
        return
    for one in kept:
        number = one.entry["bank_account"]
        if number and one.is_of(account) != (number == statement.account):
            expected = f"bank account ...{number[-4:]}" if one.is_of(account) else f"another than {_name(one)}'s"
            raise UsageError(
                f"{where}: a statement of {account.name} ({expected}, as imported before) was expected; it is of bank "
                f"account ...{statement.account[-4:]}. Nothing was imported. Choose the trust account that this "
                "statement is of."
            )


def _require_own_file(digest: str, account: TrustAccountRef, where: str, kept: list[Kept]) -> None:
    """Refuse a file that was imported for another account: a CSV does not say whose it is."""
    for one in kept:
        if one.entry["sha256"] == digest and not one.is_of(account):
            raise UsageError(
                f"{where}: a statement of {account.name} was expected; this very file was imported for {_name(one)}. "
                "Nothing was imported. Choose the trust account that this statement is of."
            )


def _name(one: Kept) -> str:
    return one.entry["clio_bank_account"]


def _require_currency(statement: BankStatement, account: TrustAccountRef, where: str, ours: list[Kept]) -> None:
    known = [account.currency, *(one.entry["currency"] for one in ours)]
    expected = next((currency for currency in known if currency), "")
    if statement.currency and expected and statement.currency != expected:
        raise UsageError(
            f"{where}: a statement in {expected}, the currency of {account.name}, was expected; it is in "
            f"{statement.currency}. Nothing was imported."
        )


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise UsageError(
            f"{path}: a statement file was expected; it cannot be read ({type(error).__name__}). Check the path."
        ) from None


def _id(account: str, digest: str, day: date, balance: Decimal) -> str:
    text = f"{account.casefold()}|{digest}|{day}|{balance}"
    return f"{day}-{hashlib.sha256(text.encode()).hexdigest()[:10]}"


def _now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


def _lines_text(lines: Sequence[BankLine]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(LINE_COLUMNS)
    for position, line in enumerate(lines):
        writer.writerow([position, line.day, line.amount, line.description, line.reference, line.bank_id])
    return text.getvalue()
