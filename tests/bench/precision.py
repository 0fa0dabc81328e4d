"""A benchmark, not a test: of what is wrong in a firm of 4,000 bills, how much is found, and how much said is so.

One bill in ten has a fault of some kind, planted by the engine with the exact rows it must produce
(`sandbox.firms.faulty`). The product is judged row by row: code, document and effect on receivables must all be right.
Beside it stand two baselines on the same books, judged mildly: they name no code, so a fault counts as found when its
document is flagged at all, and a flagged document counts as right when anything is planted on it.

- *spreadsheet*: a full outer join of approved bills and live invoices on number and total;
- *merge*: pandas `merge` on the number, then totals and lines compared exactly.
"""

import os
import tempfile
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
from rich.console import Console
from rich.table import Table

from flows.night.build import build
from pipelines.bank.statements import StatementStore, TrustAccountRef
from pipelines.firm.settings import load_settings
from pipelines.load import load_firms
from pipelines.night.warehouse import new_run_id
from sandbox.books import Record
from sandbox.engine import Firm
from sandbox.firms import faulty as faulty_firm
from sandbox.firms.life import DemoFirm
from sandbox.scenarios.registry import SECTION_OF, Expected
from sandbox.serving.server import Sandbox

BILLS = 4_000
Row = tuple[str, str, Any]


@dataclass
class Score:
    """Counts of one code, or of all."""

    right: int
    planted: int
    said: int

    @property
    def precision(self) -> str:
        """Of what is said, how much is so."""
        return f"{self.right / self.said:.3f}" if self.said else "-"

    @property
    def recall(self) -> str:
        """Of what is so, how much is said."""
        return f"{self.right / self.planted:.3f}" if self.planted else "-"


def found_by_product(firm: DemoFirm, started_at: datetime) -> list[Row]:
    """Two nights of the product, from the API to the worklist of the second."""
    with tempfile.TemporaryDirectory() as name, Sandbox({"faulty-firm": firm}) as sandbox:
        os.environ.update(sandbox.environment())
        folder = Path(name)
        (folder / "tieout.toml").write_text(sandbox.config_toml(folder / "data"))
        work_file = folder / "work" / "warehouse.duckdb"
        work_file.parent.mkdir()
        naive = started_at.replace(tzinfo=None)
        firms = list(load_settings(folder / "tieout.toml").firms.values())
        for statement in firm.statements:
            ids = {bank["name"]: str(bank["id"]) for bank in firm.clio.tables["bank_accounts"].values()}
            name_ = statement["trust_account"]
            account = TrustAccountRef(name_, ids[name_], "USD")
            StatementStore(firms[0].folder).type_balance(account, statement["date"], statement["balance"])
        for night in (naive - timedelta(hours=1), naive):
            load_firms(firms, work_file, run_id=new_run_id(night), started_at=night)
            faulty_firm.second_night(firm)
        result = build(work_file, work_file.parent / "target")
        if result.faults:
            raise SystemExit(f"Our own checks were expected to hold; these do not: {result.faults}")
        with duckdb.connect(str(work_file), read_only=True) as connection:
            rows = connection.execute("select code, subject_key, ar_effect from recon.exceptions").fetchall()
    return rows


def score(planted: list[Row], found: list[Row]) -> Score:
    """Rows that are exactly right."""
    return Score((Counter(planted) & Counter(found)).total(), len(planted), len(found))


# Baselines


def documents(firm: Firm) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What a person would export: approved bills and live invoices, each with its lines."""
    clio = [
        {
            "number": bill["number"],
            "total": bill["due"],
            "subject": f"clio:{bill['id']}",
            "lines": _clio_lines(firm, bill),
        }
        for bill in firm.clio.tables["bills"].values()
        if bill["state"] in ("awaiting_payment", "paid") and bill["kind"] != "trust_kind"
    ]
    owner = {invoice["InvoiceID"]: bill for bill, invoice in firm.invoice_of.items()}
    copied = {_document(invoice): bill for bill, invoice in firm.invoice_of.items()}
    xero = [
        {
            "number": invoice["InvoiceNumber"],
            "total": invoice["Total"],
            "subject": _subject(owner, copied, invoice),
            "lines": _xero_lines(invoice),
        }
        for invoice in firm.xero.tables["Invoices"].values()
        if invoice["Status"] in ("AUTHORISED", "PAID")
    ]
    return pd.DataFrame(clio), pd.DataFrame(xero)


def _document(invoice: Record) -> tuple[Any, ...]:
    """An extra copy of an invoice is the same document: the row about it stands with the bill."""
    return invoice["Contact"]["ContactID"], invoice["Date"], invoice["Total"]


def _subject(owner: dict[str, int], copied: dict[tuple[Any, ...], int], invoice: Record) -> str:
    bill = owner.get(invoice["InvoiceID"]) or copied.get(_document(invoice))
    return f"xero:{invoice['InvoiceID']}" if bill is None else f"clio:{bill}"


def _clio_lines(firm: Firm, bill: Record) -> list[tuple[Any, ...]]:
    lines = firm.clio.counted_lines(bill)
    return sorted((line["description"], line["quantity"], line["price"], line["sub_total"]) for line in lines)


def _xero_lines(invoice: Record) -> list[tuple[Any, ...]]:
    fields = ("Description", "Quantity", "UnitAmount", "LineAmount")
    return sorted(tuple(line[field] for field in fields) for line in invoice["LineItems"])


def flagged_by_spreadsheet(clio: pd.DataFrame, xero: pd.DataFrame) -> set[str]:
    """Whatever has no partner of equal number and total."""
    joined = clio.merge(xero, on=["number", "total"], how="outer", suffixes=("_clio", "_xero"), indicator=True)
    alone = joined[joined["_merge"] != "both"]
    return set(alone["subject_clio"].dropna()) | set(alone["subject_xero"].dropna())


def flagged_by_merge(clio: pd.DataFrame, xero: pd.DataFrame) -> set[str]:
    """Whatever has no partner of equal number, or one with another total or other lines."""
    joined = clio.merge(xero, on="number", how="outer", suffixes=("_clio", "_xero"), indicator=True)
    both = joined["_merge"] == "both"
    same = both & (joined["total_clio"] == joined["total_xero"]) & (joined["lines_clio"] == joined["lines_xero"])
    wrong = joined[~same]
    return set(wrong["subject_clio"].dropna()) | set(wrong["subject_xero"].dropna())


def mild_score(planted: list[Row], flagged: set[str]) -> Score:
    """Planted rows whose document is flagged."""
    return Score(sum(subject in flagged for _, subject, _ in planted), len(planted), len(planted))


def mild_precision(planted: list[Row], flagged: set[str]) -> str:
    """Flagged documents that have something planted on them."""
    subjects = {subject for _, subject, _ in planted}
    return f"{len(flagged & subjects) / len(flagged):.3f}"


# The report


def main(bills: int = BILLS) -> None:
    """Build the firm, let all three judge it, print a table and every miss."""
    now = datetime.now(UTC).replace(microsecond=0)
    firm = faulty_firm.build(now, bills)
    planted = [_row(one) for one in faulty_firm.planted(firm)]
    if never := sorted(SECTION_OF.keys() - {code for code, _, _ in planted}):
        raise SystemExit(f"Every kind was expected to be planted; these are not: {', '.join(never)}.")
    frames = documents(firm)
    found = found_by_product(firm, now)
    baselines = [flagged_by_spreadsheet(*frames), flagged_by_merge(*frames)]
    table = Table(title=f"What is found of {len(planted)} planted rows among {bills:,} bills")
    for heading in ("Code", "Planted", "Said", "Precision", "Recall", "Spreadsheet recall", "Merge recall"):
        table.add_column(heading, justify="left" if heading == "Code" else "right")
    for code in sorted({row[0] for row in (*planted, *found)}):
        _add(table, code, [r for r in planted if r[0] == code], [r for r in found if r[0] == code], baselines)
    table.add_section()
    _add(table, "all", planted, found, baselines)
    precisions = [mild_precision(planted, flagged) for flagged in baselines]
    table.add_row("precision of the baselines", "", "", "", "", *precisions)
    console = Console(width=140)
    console.print(table)
    for row in (Counter(planted) - Counter(found)).elements():
        console.print(f"missed: {row}")
    for row in (Counter(found) - Counter(planted)).elements():
        console.print(f"said and not so: {row}")


def _row(one: Expected) -> Row:
    return one.code, one.subject_key, one.ar_effect


def _add(table: Table, code: str, planted: list[Row], found: list[Row], baselines: list[set[str]]) -> None:
    ours = score(planted, found)
    recalls = [mild_score(planted, flagged).recall for flagged in baselines]
    table.add_row(code, str(ours.planted), str(ours.said), ours.precision, ours.recall, *recalls)


if __name__ == "__main__":
    main()
