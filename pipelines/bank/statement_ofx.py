"""OFX and QFX: the files that banks offer for accounting programs.

ofxtools turns both generations of the format (SGML and XML) into one tree. Of that tree only what a statement needs is
read, because banks depart from the letter of the format in places that do not matter here. Days are taken as the bank
wrote them: a posting day is the bank's own calendar day, whatever zone stands behind it.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any

from pipelines.bank.lines import BankLine, BankStatement, chosen_end, read_money
from pipelines.errors import UsageError

MARKER = re.compile(rb"OFXHEADER|<OFX>", re.IGNORECASE)
END = re.compile(rb"</OFX\s*>\s*\Z", re.IGNORECASE)


def is_ofx(content: bytes) -> bool:
    """True when the content, whatever the file is called, is OFX."""
    return bool(MARKER.search(content[:4096]))


def read_ofx(
    content: bytes, where: str, known: Collection[str], day: date | None = None, balance: Decimal | None = None
) -> BankStatement:
    """The bank statement in the file. Of several accounts in one file, the one in ``known``."""
    found = _chosen(_tree(content, where), where, known)
    account = _text(found, "BANKACCTFROM/ACCTID")
    if not account:
        raise UsageError(f"{where}: the field BANKACCTFROM/ACCTID was expected to name the account; it is empty.")
    rows = found.findall("BANKTRANLIST/STMTTRN")
    lines = [_line(row, f"{where}, transaction {number}") for number, row in enumerate(rows, start=1)]
    end, closing = _end(found, where, lines, day, balance)
    first = min((line.day for line in lines), default=None)
    return BankStatement(
        day=end,
        closing=closing,
        lines=tuple(sorted(lines, key=lambda line: line.day)),
        first_day=first or _day(found, "BANKTRANLIST/DTSTART", where),
        account=account,
        currency=_text(found, "CURDEF").upper(),
    )


def _tree(content: bytes, where: str) -> Any:
    from ofxtools.Parser import OFXTree  # takes longer to import than all else that a night without statements needs

    tree = OFXTree()
    try:
        root = tree.parse(io.BytesIO(content))
    except (
        Exception
    ) as error:  # the library has no one family of errors: a bad header, tag or encoding each raise their own
        raise UsageError(
            f"{where}: an OFX or QFX file was expected; it cannot be read ({type(error).__name__}). "
            "Download it from the bank again, or import the statement as CSV."
        ) from None
    if not END.search(content):
        raise UsageError(
            f"{where}: the end of an OFX or QFX file, </OFX>, was expected; the file stops before, so it was cut off. "
            "Nothing was imported. Download it from the bank again."
        )
    return root


def _chosen(root: Any, where: str, known: Collection[str]) -> Any:
    statements = root.findall("BANKMSGSRSV1/STMTTRNRS/STMTRS")
    if not statements:
        raise UsageError(f"{where}: the statement of a bank account was expected; the file holds none.")
    if len(statements) == 1:
        return statements[0]
    ours = [row for row in statements if _text(row, "BANKACCTFROM/ACCTID") in known]
    if len(ours) == 1:
        return ours[0]
    ends = ", ".join("..." + _text(row, "BANKACCTFROM/ACCTID")[-4:] for row in statements)
    raise UsageError(
        f"{where}: one account was expected; found {len(statements)} ({ends}), and earlier imports do not tell which "
        "is meant. Download the trust account alone."
    )


def _end(
    found: Any, where: str, lines: list[BankLine], day: date | None, balance: Decimal | None
) -> tuple[date, Decimal]:
    """The day and balance at the end. The bank's balance is often that of the download's day: it must fit the lines."""
    text = _text(found, "LEDGERBAL/BALAMT")
    stated = _money(text, f"{where}, LEDGERBAL/BALAMT") if text else None
    as_of = _day(found, "LEDGERBAL/DTASOF", where)
    last = max((line.day for line in lines), default=None)
    covered = max((d for d in (_day(found, "BANKTRANLIST/DTEND", where), last) if d is not None), default=None)
    if stated is not None and as_of is not None and covered is not None and as_of > covered:
        if balance is not None and day is not None:
            return chosen_end(last, day, None, balance, where)
        raise UsageError(
            f"{where}: a balance of the last day of the lines, {covered}, was expected; the bank gives that of {as_of} "
            f"and what moved in between is not in the file. Download up to {as_of}, or add the balance printed on the "
            f"statement: --date {covered} --balance N."
        )
    if as_of is not None and day is None:
        # A line that the bank posts after the day of its balance stays; it belongs to the next statement.
        return chosen_end(None, as_of, stated, balance, where)
    return chosen_end(last, day, stated, balance, where)


def _line(row: Any, where: str) -> BankLine:
    posted = _day(row, "DTPOSTED", where)
    if posted is None:
        raise UsageError(f"{where}: the field DTPOSTED was expected to be a day; it is empty.")
    words = [_text(row, tag) for tag in ("NAME", "PAYEE/NAME", "MEMO")]
    return BankLine(
        day=posted,
        amount=_money(_text(row, "TRNAMT"), f"{where}, TRNAMT"),
        description=" ".join(dict.fromkeys(word for word in words if word)),
        reference=_text(row, "CHECKNUM") or _text(row, "REFNUM"),
        bank_id=_text(row, "FITID"),
    )


def _text(node: Any, path: str) -> str:
    return " ".join(html.unescape(node.findtext(path) or "").split())


def _money(text: str, where: str) -> Decimal:
    decimal = "," if "," in text and "." not in text else "."
    try:
        return read_money(text, decimal)
    except ValueError as error:
        raise UsageError(f"{where}: {error} was expected; found text of {len(text)} characters.") from None


def _day(node: Any, path: str, where: str) -> date | None:
    text = _text(node, path)
    if not text:
        return None
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        raise UsageError(f"{where}: the field {path} was expected to be a day such as 20260131; it is not.") from None
