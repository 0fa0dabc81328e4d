"""What people decided about a firm's books: plain files beside the warehouse that only ever grow.

`matches.csv` says that a bill and an invoice are the same document, `acceptances.csv` that a difference is known until
a day, `signatures.csv` who signed the pack of a month. The files are the truth and are meant to be read by people; the
program appends to them and changes no line. Nothing is taken back by deleting:

- `unaccept` appends a copy of the acceptance with `withdrawn_at`;
- `unlink` appends the bill with no invoice: of several lines about one bill, the last one holds.

A line is added by replacing the file whole, so none is ever half there. Half a line all the same (an older version, a
copy that was cut off) is never obeyed and never stops a night: it is set aside into `<file>.torn`, and told. What Excel
makes of such a file (semicolons or tabs, its own encodings) is read, and put right by the next line that is added.
"""

import codecs
import contextlib
import csv
import io
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipelines.errors import UsageError
from pipelines.firm.files import in_a_sentence, sweep, write_private
from pipelines.firm.locks import locked
from pipelines.tables.values import read_moment

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
SIGNATURE_COLUMNS = ("month", "version", "role", "signed_by", "figures_digest", "pdf_digest", "signed_at")
logger = logging.getLogger(__name__)

SEPARATORS = ",;\t"
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
Row = dict[str, str]


@dataclass(frozen=True)
class DecisionFile:
    """One of a firm's files of decisions: where it is and the columns it has, the last `added` of which a file of an
    earlier version may lack."""

    path: Path
    columns: tuple[str, ...]
    added: int = 0

    def rows(self) -> list[Row]:
        """Every line, oldest first, as written; half a last line is left out. Raises UsageError when the header is not
        the expected one, or a line cannot be read."""
        return self._read(self._split()[0])

    def whole_rows(self) -> list[Row]:
        """The same of a file in which every line is needed: one that was cut off is refused."""
        whole, torn = self._split()
        if torn or not whole:
            raise UsageError(f"{self.path}: a whole file was expected; it was cut off. Put it back from a backup.")
        return self._read(whole)

    def mend(self) -> str | None:
        """Set half a last line aside for good; the sentence that tells it, or None where the file is whole."""
        whole, torn = self._split()
        if not torn and (whole or not self.path.exists()):
            return None
        with locked(self.path.with_suffix(".lock")):
            return self._mend()

    def _mend(self) -> str | None:
        """The file with whole lines alone; one without any is removed, so that it is told once."""
        sweep(self.path)
        whole, torn = self._split()
        if whole and not torn:
            return None
        if torn:
            aside = self.path.with_name(f"{self.path.name}.torn")
            with in_a_sentence(aside):
                before = aside.read_bytes() if aside.exists() else b""
            write_private(aside, before + torn + b"\n")
        if whole:
            write_private(self.path, whole)
        else:
            with in_a_sentence(self.path):
                self.path.unlink(missing_ok=True)
        if not torn:
            return f"{self.path}: it was empty, so nothing in it counts. Put it back from a backup if it held anything."
        return (
            f"{self.path}: its last line was cut off, by a machine that died or an unfinished copy. It was not "
            f"obeyed, and is kept in {aside}. Give that decision again if it is still meant."
        )

    def append(self, row: Mapping[str, str]) -> None:
        """Add one line, whole or not at all, with the header before the first one; owner-only. What `mend` has to tell
        of the file as it was goes to standard error."""
        one_line = {name: " ".join(value.split()) for name, value in row.items()}
        with locked(self.path.with_suffix(".lock")):
            if self.path.exists() and (told := self._mend()):
                logger.warning("%s", told)
            content = self._split()[0]
            text = self._as_it_is(content) or self._lines(self._read(content), header=True)
            if not text.endswith("\n"):
                text += "\n"
            write_private(self.path, text + self._lines([{**dict.fromkeys(self.columns, ""), **one_line}]))

    def _as_it_is(self, content: bytes) -> str | None:
        """The text of a file that is as we write it; None for one that is not there yet or that Excel saved."""
        if content.startswith(",".join(self.columns).encode() + b"\n"):
            with contextlib.suppress(UnicodeDecodeError):
                return content.decode("utf-8")
        return None

    def _lines(self, rows: list[Row], *, header: bool = False) -> str:
        text = io.StringIO()
        writer = csv.DictWriter(text, self.columns, lineterminator="\n")
        if header:
            writer.writeheader()
        writer.writerows(rows)
        return text.getvalue()

    def _split(self) -> tuple[bytes, bytes]:
        """The file's whole lines, and what is left of a line that was cut off. A last line without its line break may
        have been typed by hand: it counts when its last value is there, because a line that ends early can mean
        something else (an acceptance in place of its withdrawal)."""
        with in_a_sentence(self.path):
            content = self.path.read_bytes() if self.path.exists() else b""
        if content.startswith(UTF_16):
            return content, b""
        kept = content.rstrip(b"\x00")  # a power cut may leave zeros where the last line was to be
        cut = max(kept.rfind(b"\n"), kept.rfind(b"\r")) + 1
        tail = kept[cut:]
        if not tail or self._is_whole(kept[:cut], tail):
            return kept, content[len(kept) :]
        return kept[:cut], content[cut:]

    def _is_whole(self, before: bytes, tail: bytes) -> bool:
        if not before.strip():
            header = ",".join(self.columns).encode()
            return not header.startswith(tail.removeprefix(codecs.BOM_UTF8)) or tail.endswith(header)
        first = before.splitlines()[0] + b"\n"
        columns = self._header(self._decoded(first))[1]
        try:
            rows = self._read(first + tail)
        except UsageError:
            return False
        last = rows[0][columns[-1]] if rows else ""
        if columns[-1].endswith("_at"):
            with contextlib.suppress(ValueError):
                return read_moment(last) is not None
            return False
        return bool(last)

    def _read(self, content: bytes) -> list[Row]:
        text = self._decoded(content)
        if not text.strip():
            return []
        return self._records(text, *self._header(text))

    def _header(self, text: str) -> tuple[str, tuple[str, ...]]:
        """The separator and the columns of a file; only what was added later may be missing."""
        header = text.splitlines()[0]
        for separator in SEPARATORS:
            found = tuple(name.strip() for name in header.split(separator))
            if any(found == self.columns[: len(self.columns) - count] for count in range(self.added + 1)):
                return separator, found
        raise UsageError(
            f"The first line of {self.path} was expected to be '{','.join(self.columns)}'; found "
            f"'{header[:200]}'. Put that line back; nothing was changed."
        )

    def _decoded(self, content: bytes) -> str:
        """UTF-8, or what Excel writes: UTF-16 with its mark, or the encoding of Windows."""
        for encoding in ("utf-16",) if content.startswith(UTF_16) else ("utf-8-sig", "cp1252"):
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                continue
        raise UsageError(
            f"{self.path}: text in UTF-8 was expected; it is in no encoding known here. Save it as 'CSV UTF-8', or "
            "put the last good copy back from a backup."
        )

    def _records(self, text: str, separator: str, columns: tuple[str, ...]) -> list[Row]:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
        rows = []
        try:
            next(reader)
            for values in reader:
                if not any(values):
                    continue
                if len(values) != len(columns):
                    raise UsageError(
                        f"Line {reader.line_num} of {self.path} was expected to have {len(columns)} values; it has "
                        "another number. Quote a value that has a comma in it."
                    )
                rows.append({**dict.fromkeys(self.columns, ""), **dict(zip(columns, values, strict=True))})
        except csv.Error:
            raise UsageError(
                f"Line {reader.line_num} of {self.path} was expected to hold values; found something that is none, "
                "such as a lone carriage return or a value without an end. Put it right, or the last good copy "
                "back from a backup."
            ) from None
        return rows


def matches(folder: Path) -> DecisionFile:
    """`matches.csv` of a firm's folder."""
    return DecisionFile(folder / "matches.csv", MATCH_COLUMNS)


def acceptances(folder: Path) -> DecisionFile:
    """`acceptances.csv` of a firm's folder."""
    return DecisionFile(folder / "acceptances.csv", ACCEPTANCE_COLUMNS, added=1)


def signatures(folder: Path) -> DecisionFile:
    """`signatures.csv` of a firm's folder."""
    return DecisionFile(folder / "signatures.csv", SIGNATURE_COLUMNS)


def current_links(folder: Path) -> dict[str, str]:
    """Bill id to invoice id, as the last line about each bill says; bills that were unlinked are not in it."""
    last = {row["clio_bill_id"]: row["xero_invoice_id"] for row in matches(folder).rows()}
    return {bill: invoice for bill, invoice in last.items() if invoice}
