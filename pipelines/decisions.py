"""What people decided about a firm's books: plain files beside the warehouse that only ever grow.

`matches.csv` says that a bill and an invoice are the same document, `acceptances.csv` that a difference is known until
a day. The files are the truth and are meant to be read by people; the program appends to them and changes no line.
Nothing is taken back by deleting:

- `unaccept` appends a copy of the acceptance with `withdrawn_at`;
- `unlink` appends the bill with no invoice: of several lines about one bill, the last one holds.
"""

import csv
import fcntl
import io
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import UsageError
from pipelines.files import write_private

MATCH_COLUMNS = ("clio_bill_id", "xero_invoice_id", "decided_by", "decided_at", "reason")
ACCEPTANCE_COLUMNS = (
    "exception_id",
    "code",
    "subject_key",
    "ar_effect",
    "clio_value",
    "xero_value",
    "accepted_by",
    "accepted_at",
    "expires_on",
    "reason",
    "withdrawn_at",
    "fingerprint",
)


@dataclass(frozen=True)
class DecisionFile:
    """One of a firm's files of decisions: where it is and the columns it has, the last `added` of which a file of an
    earlier version may lack."""

    path: Path
    columns: tuple[str, ...]
    added: int = 0

    def rows(self) -> list[dict[str, str]]:
        """Every line, oldest first, as written. Raises UsageError when the header is not the expected one."""
        if not self.path.exists():
            return []
        with self.path.open(newline="", encoding="utf-8-sig") as file:
            reader = csv.DictReader(file)
            header = tuple(reader.fieldnames or ())
            if header not in (self.columns, self.columns[: len(self.columns) - self.added]):
                raise UsageError(
                    f"The first line of {self.path} was expected to be '{','.join(self.columns)}'; "
                    f"found '{','.join(header)}'. Put that line back; nothing was changed."
                )
            return [self._complete(row, reader.line_num) for row in reader]

    def _complete(self, row: dict[str | None, str | None], line: int) -> dict[str, str]:
        if None in row or None in row.values():
            raise UsageError(
                f"Line {line} of {self.path} was expected to have {len(self.columns)} values; it has another number. "
                "Quote a value that has a comma in it."
            )
        return {**dict.fromkeys(self.columns, ""), **{str(name): str(value) for name, value in row.items()}}

    def append(self, row: Mapping[str, str]) -> None:
        """Add one line, whole or not at all, with the header before the first one; owner-only. A file of an earlier
        version is written anew with the columns of today, its lines as they are."""
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._widen()
        handle = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "a", newline="", encoding="utf-8") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            writer = csv.DictWriter(file, self.columns, lineterminator="\n")
            if file.tell() == 0:
                writer.writeheader()
            elif not self.path.read_bytes().endswith(b"\n"):
                file.write("\n")
            writer.writerow(row)
            file.flush()
            os.fsync(file.fileno())

    def _widen(self) -> None:
        rows = self.rows()
        if rows and not self.path.read_text(encoding="utf-8-sig").startswith(",".join(self.columns)):
            text = io.StringIO()
            writer = csv.DictWriter(text, self.columns, lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
            write_private(self.path, text.getvalue())


def matches(folder: Path) -> DecisionFile:
    """`matches.csv` of a firm's folder."""
    return DecisionFile(folder / "matches.csv", MATCH_COLUMNS)


def acceptances(folder: Path) -> DecisionFile:
    """`acceptances.csv` of a firm's folder."""
    return DecisionFile(folder / "acceptances.csv", ACCEPTANCE_COLUMNS, added=1)


def current_links(folder: Path) -> dict[str, str]:
    """Bill id to invoice id, as the last line about each bill says; bills that were unlinked are not in it."""
    last = {row["clio_bill_id"]: row["xero_invoice_id"] for row in matches(folder).rows()}
    return {bill: invoice for bill, invoice in last.items() if invoice}
