"""Words for the demo firm: practice areas, what lawyers write on bills, and names that break software."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random

from sandbox.engine import Line, expense, time


@dataclass(frozen=True)
class Area:
    """One practice area: the matters it brings, and what its time entries are about."""

    matters: tuple[str, ...]
    documents: tuple[str, ...]
    topics: tuple[str, ...]
    parties: tuple[str, ...]


AREAS = (
    Area(
        ("Purchase of 14 Quay Street", "Lease renewal, Pier 9", "Sale of warehouse", "Boundary dispute"),
        ("purchase agreement", "title commitment", "lease amendment", "closing statement", "easement deed"),
        ("zoning contingency", "title exceptions", "escrow instructions", "rent escalation clause"),
        ("seller's counsel", "title company", "lender", "surveyor"),
    ),
    Area(
        ("Divorce", "Custody modification", "Prenuptial agreement", "Support arrears"),
        ("petition", "financial affidavit", "parenting plan", "separation agreement", "discovery responses"),
        ("holiday schedule", "valuation of the business", "child support worksheet", "mediation"),
        ("opposing counsel", "guardian ad litem", "mediator", "client"),
    ),
    Area(
        ("v. Continental Freight", "Breach of supply contract", "Shareholder dispute", "Collection action"),
        ("motion to compel", "answer and counterclaim", "deposition outline", "settlement agreement", "reply brief"),
        ("privilege log", "expert disclosures", "summary judgment", "deposition scheduling"),
        ("opposing counsel", "expert witness", "court clerk", "co-counsel"),
    ),
    Area(
        ("Estate plan", "Probate", "Special needs trust", "Guardianship"),
        ("revocable trust", "pour-over will", "inventory and accounting", "power of attorney"),
        ("successor trustee", "beneficiary designations", "estate tax return", "notice to creditors"),
        ("executor", "financial adviser", "accountant", "bank"),
    ),
    Area(
        ("Formation and bylaws", "Series A financing", "Trademark portfolio", "Employment handbook"),
        ("operating agreement", "term sheet", "board consent", "license agreement", "stock purchase agreement"),
        ("vesting schedule", "office action", "indemnification", "non-compete enforceability"),
        ("investor counsel", "examiner", "client", "registered agent"),
    ),
)
WORK = (
    "Review and revise {document}",
    "Draft {document}",
    "Telephone conference with {party} regarding {topic}",
    "E-mail correspondence with {party} re: {topic}",
    "Legal research on {topic}; memorandum to file",
    "Prepare for and attend meeting with {party} concerning {topic}",
    "Analysis of {topic} \u2013 follow up with {party}",
    'Finalize {document} ("execution version")',
    "Conference with client re {topic} & next steps",
    "Revise {document} per comments of {party}",
)
COSTS = (
    ("Court filing fee", "435.00"),
    ("Certified copies", "24.50"),
    ("Courier to county recorder", "38.75"),
    ("Process server", "95.00"),
    ("Deposition transcript", "612.40"),
    ("Online legal research", "47.20"),
    ("Recording fee", "86.00"),
    ("Travel: mileage and parking", "53.18"),
)
RATES = ("385.00", "350.00", "310.00", "275.00", "145.00")
AWKWARD_PEOPLE = (
    ("Siobh\u00e1n", "O'Brien"),
    ("Jos\u00e9", "N\u00fa\u00f1ez-Garc\u00eda"),
    ("Zo\u00eb", "van der Meer"),
    ("Bj\u00f6rn", "\u00c5kesson"),
    ("Mary Ann", "St. John"),
    ("D'Angelo", "McAllister Jr."),
)
AWKWARD_COMPANIES = (
    "Smith, Jones & Partners, L.L.P.",
    "A.B.C. Holdings, Inc.",
    "Caf\u00e9 M\u00fcller GmbH",
    "=SUM(A1:A9) Consulting",
    "100% Pure Water Co.",
    "The Nguyen Family Trust",
)
LAST_FIRST = ("Harriet", "Quist")


def narrative(random: Random, area: Area) -> str:
    """One time entry as a lawyer would write it."""
    return random.choice(WORK).format(
        document=random.choice(area.documents),
        topic=random.choice(area.topics),
        party=random.choice(area.parties),
    )


def bill_lines(random: Random, area: Area, taxable: bool = False) -> Sequence[Line]:
    """What stands on one bill: time of one or two lawyers, sometimes costs, sometimes a courtesy."""
    rates = random.sample(RATES, 2)
    lines = []
    for _ in range(random.randint(4, 10)):
        hours = Decimal(random.randint(1, 42)) / 10
        lines.append(time(narrative(random, area), hours, random.choice(rates), taxable=taxable))
    for name, amount in random.sample(COSTS, random.choice((0, 0, 1, 1, 2))):
        lines.append(expense(name, amount))
    if random.random() < 0.06:
        lines.append(time("Brief call with client (courtesy)", "0.20", rates[0], line_type="NoChargeLineItem"))
    return lines
