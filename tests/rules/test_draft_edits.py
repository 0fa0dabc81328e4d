"""The edits listed for a draft, made one by one by one who knows nothing of the rules, lead to the bill to the cent.

Drafts are drawn by chance: lines with and without discounts and taxes, a discount of the bill on everything or on
services alone, carried to Xero in any way or forgotten, then edited by hand. The reader of the edits below is
independent of the models: it takes their words as a bookkeeper would.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from random import Random

import duckdb
import pytest

from pipelines.firm.settings import load_settings
from pipelines.load import load_firms
from sandbox.books import Record
from sandbox.engine import Line, expense, time
from sandbox.scenarios.stage import Stage
from sandbox.serving.server import Sandbox
from tests.support.dbt_models import build_models

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
DRAFTS = 300
TEXTS = ("Review of lease", "Call with broker", "Filing fee", "Research on venue", "Courier to Albany", "Draft motion")
CENT, ZERO = Decimal("0.01"), Decimal("0.00")


@dataclass
class Drafts:
    """The drafts of one firm, and what is listed for each by the bill's id."""

    bills: dict[str, tuple[Record, Record]]
    texts: dict[str, list[str]]
    edits: dict[str, str]


# Drawing drafts


def drawn_lines(chance: Random) -> list[Line]:
    lines = []
    for text in chance.sample(TEXTS, chance.randint(1, 4)):
        more: dict[str, object] = {"taxable": chance.random() < 0.4}
        if chance.random() < 0.25:
            kind = chance.choice(("percentage", "money"))
            more |= {"discount": Decimal(chance.choice(("10", "12.5", "3"))), "discount_type": kind}
        quantity = Decimal(chance.randint(2, 40)) / 10
        price = Decimal(chance.randint(4000, 40000)) / 100
        is_cost = chance.random() < 0.3
        lines.append(expense(text, price, quantity, **more) if is_cost else time(text, quantity, price, **more))
    return lines


def drawn_draft(stage: Stage, chance: Random) -> tuple[Record, Record]:
    discount = chance.choice((None, None, ("percentage", "10"), ("percentage", "7.5"), ("money", "33.33")))
    lines = [line for line in drawn_lines(chance) if line.quantity * line.price > 40]
    bill = stage.draft(
        lines or [time("Advice", "1.00")],
        tax=chance.choice(("0", "8", "8.25")),
        discount=discount,
        discount_services_only=discount is not None and chance.random() < 0.3,
        reaches_xero=False,
    )
    invoice = stage.firm.push(bill, chance.choice(("line", "rate", "unit", "none")))
    for _ in range(chance.choice((0, 0, 1, 1, 2))):
        by_hand(stage, chance, invoice)
    stage.firm.approve(bill, in_xero=False)
    return bill, invoice


def by_hand(stage: Stage, chance: Random, invoice: Record) -> None:
    """Somebody changes a line, adds one or takes one away."""
    lines = list(invoice["LineItems"])
    line = chance.choice([line for line in lines if "AccountCode" in line])
    match chance.choice(("text", "quantity", "price", "cent", "tax", "add", "remove", "nothing")):
        case "text":
            line["Description"] += ", further"
        case "quantity":
            line["Quantity"] += 1
        case "price":
            line["UnitAmount"] = (line["UnitAmount"] * Decimal("1.1")).quantize(CENT)
        case "cent":
            line["UnitAmount"] += CENT
        case "tax":
            stage.firm.xero.tax_rates["OTHER"] = Decimal(5)
            line["TaxType"] = "OTHER"
        case "add":
            lines.append(stage.firm.xero.line("Title insurance", Decimal(1), Decimal("77.00"), "210"))
        case "remove" if len(lines) > 2:
            lines.remove(line)
        case "nothing":
            lines.append(stage.firm.xero.text_line("Thank you for your business"))
    if sum(row.get("Quantity", 0) * row.get("UnitAmount", 0) for row in lines) > 0:
        stage.firm.xero.edit_invoice(invoice, lines)


@pytest.fixture(scope="module")
def drafts(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drafts]:
    chance, stage = Random(12), Stage("drafts", NOW)
    drawn = [drawn_draft(stage, chance) for _ in range(DRAFTS)]
    stage.firm.at(NOW)
    folder: Path = tmp_path_factory.mktemp("drafts")
    with Sandbox({"drafts": stage.firm}) as sandbox, pytest.MonkeyPatch.context() as environment:
        for name, value in sandbox.environment().items():
            environment.setenv(name, value)
        (folder / "tieout.toml").write_text(sandbox.config_toml(folder / "data"))
        firms = list(load_settings(folder / "tieout.toml").firms.values())
        load_firms(firms, folder / "w.duckdb", run_id="20261123T120000Z-0000ff", started_at=NOW.replace(tzinfo=None))
    build_models(folder / "w.duckdb", "int_line_edits", "int_pairs_compared")
    with duckdb.connect(str(folder / "w.duckdb"), read_only=True) as connection:
        listed = connection.execute("""
            select drafts.bill_id, coalesce(string_agg(edits.edit, '; ' order by edits.edit_order), '')
            from intermediate.int_pairs_compared as drafts
            left join intermediate.int_line_edits as edits
                on drafts.firm_id = edits.firm_id and drafts.bill_id = edits.bill_id
            where drafts.bill_class = 'approved' and drafts.invoice_class = 'draft'
            group by drafts.bill_id
        """).fetchall()
    texts = {str(bill["id"]): [line["description"] for line in stage.firm.clio.lines_of(bill)] for bill, _ in drawn}
    yield Drafts({str(bill["id"]): (bill, invoice) for bill, invoice in drawn}, texts, dict(listed))


# Making the edits


@dataclass
class Drawn:
    """A line of the invoice on somebody's screen."""

    text: str
    quantity: Decimal
    price: Decimal
    rate: Decimal
    off: Decimal
    amount: Decimal
    tax: Decimal

    def worked_out(self) -> Decimal:
        """What Xero makes of it when a field changes."""
        gross = self.quantity * self.price * (100 - self.rate) / 100
        return gross.quantize(CENT, ROUND_HALF_UP) - self.off


MONEY = r"-?[\d,]+\.\d\d"
NUMBER = r"-?[\d.]+|none"


def number(text: str) -> Decimal:
    return Decimal(text.replace(",", ""))


def on_screen(invoice: Record) -> dict[int, Drawn]:
    lines = {}
    for place, line in enumerate(invoice["LineItems"], 1):
        values = [line.get(key) or ZERO for key in ("Quantity", "UnitAmount", "DiscountRate", "DiscountAmount")]
        lines[place] = Drawn(
            line["Description"], *values, line.get("LineAmount") or ZERO, line.get("TaxAmount") or ZERO
        )
    return lines


def made(edits: str, invoice: Record) -> list[Drawn]:
    """The lines of the invoice after each edit was made, in the order in which they are listed."""
    lines = on_screen(invoice)
    new = []
    for edit in edits.split("; ") if edits else ():
        if match := re.fullmatch(r"line (\d+): (.*)", edit):
            place, what = int(match[1]), match[2]
            if what.startswith("remove "):
                assert re.fullmatch(rf'remove "{re.escape(lines[place].text)}", amount {MONEY}', what), what
                del lines[place]
            else:
                change(lines[place], what)
        elif match := re.fullmatch(
            rf'add "(.*)" (?:{NUMBER}) x (?:{NUMBER}), amount ({MONEY})(?:, tax ({MONEY}))?', edit
        ):
            new.append(Drawn(match[1], ZERO, ZERO, ZERO, ZERO, number(match[2]), number(match[3] or "0.00")))
        elif match := re.fullmatch(
            rf"the discount of ({MONEY})(?: \(\S+ %\))? is missing(?: \(tax ({MONEY})\))?", edit
        ):
            new.append(Drawn("discount", ZERO, ZERO, ZERO, ZERO, -number(match[1]), number(match[2] or "0.00")))
        else:
            pytest.fail(f"nobody could make this edit: {edit}")
    return [*lines.values(), *new]


def change(line: Drawn, what: str) -> None:
    for part in re.split(r", (?=hours |quantity |rate |discount |amount |tax |wording )", what):
        for pattern, field in (
            (rf"(?:hours|quantity) (?:{NUMBER}) to ({NUMBER})", "quantity"),
            (rf"rate (?:{NUMBER}) to ({NUMBER})", "price"),
            (rf"discount (?:{NUMBER}) % to ({NUMBER}) %", "rate"),
            (rf"discount {MONEY} to ({MONEY})", "off"),
            (rf"(?:the discount|amount) {MONEY} to ({MONEY})(?: \(\S+ %\))?", "amount"),
            (rf"tax {MONEY} to ({MONEY})", "tax"),
            (r'wording ".*" to "(.*)"', "text"),
        ):
            if match := re.fullmatch(pattern, part):
                setattr(line, field, match[1] if field == "text" else number(match[1]))
                if field in ("quantity", "price", "rate", "off"):
                    line.amount = line.worked_out()
                break
        else:
            pytest.fail(f"nobody could make this edit: {part}")


# What must hold


def test_the_edits_lead_to_the_bill_to_the_cent(drafts: Drafts) -> None:
    wrong = []
    for bill_id, edits in drafts.edits.items():
        bill, invoice = drafts.bills[bill_id]
        lines = made(edits, invoice)
        net, tax = sum((line.amount for line in lines), ZERO), sum((line.tax for line in lines), ZERO)
        if (net, tax) != (bill["due"] - bill["total_tax"], bill["total_tax"]):
            wrong.append((edits, net - bill["due"] + bill["total_tax"], tax - bill["total_tax"]))
    assert not wrong, f"{len(wrong)} of {len(drafts.edits)}: {wrong[:3]}"


def test_the_edits_leave_the_lines_of_the_bill(drafts: Drafts) -> None:
    wrong = []
    for bill_id, edits in drafts.edits.items():
        _, invoice = drafts.bills[bill_id]
        there = sorted(line.text for line in made(edits, invoice) if line.amount >= 0)
        wanted = sorted(drafts.texts[bill_id])
        if there != wanted:
            wrong.append((edits, there, wanted))
    assert not wrong, f"{len(wrong)} of {len(drafts.edits)}: {wrong[:3]}"


def test_some_are_ready_and_most_are_not(drafts: Drafts) -> None:
    assert len(drafts.edits) == DRAFTS
    assert 30 <= sum(not edits for edits in drafts.edits.values()) <= DRAFTS - 100
    everything = "; ".join(drafts.edits.values())
    kinds = (
        "remove",
        "add",
        "is missing",
        "the discount -",
        "hours",
        "rate",
        "amount",
        "tax",
        "wording",
    )
    assert [kind for kind in kinds if kind not in everything] == []
