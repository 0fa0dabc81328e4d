"""One cause behind five or more open rows: it is said once, in a row of its own, and four are no pattern."""

from collections.abc import Iterable

from sandbox.books import Record
from sandbox.engine import expense
from sandbox.scenarios.registry import Expected, row, scenario
from sandbox.scenarios.stage import ISSUED, Stage, of

SECTION = "news"
ENOUGH = 5


def several(stage: Stage, count: int, **more: object) -> list[Record]:
    """So many bills of different amounts, a day apart, that never arrive in Xero."""
    more.setdefault("in_xero", False)
    return [
        stage.bill([expense("Filing fee", f"{100 + number}.00")], issued=stage.day(ISSUED + number), **more)
        for number in range(count)
    ]


def stuck(stage: Stage, count: int, client: Record) -> list[Record]:
    """So many bills that are approved in Clio and drafts in Xero."""
    return [
        stage.stuck([expense("Filing fee", f"{100 + number}.00")], client=client, issued=stage.day(ISSUED + number))
        for number in range(count)
    ]


def each(code: str, bills: Iterable[Record]) -> list[Expected]:
    """One row a bill."""
    return [row(code, of(bill), f"-{bill['balance']}") for bill in bills]


def cause(words: str) -> Expected:
    """The row that says it once."""
    return row("systemic_cause", "firm", "0", amount="0", explains=words)


@scenario("cause-nothing-arrives", SECTION, "Since a day no bill has arrived in Xero: one row says so.")
def nothing_arrives(stage: Stage) -> list[Expected]:
    return [*each("missing_in_xero", several(stage, ENOUGH)), cause("No bill issued after")]


@scenario("cause-four-missing", SECTION, "Four missing bills are four missing bills.")
def four_missing(stage: Stage) -> list[Expected]:
    return each("missing_in_xero", several(stage, ENOUGH - 1))


@scenario("cause-something-arrived", SECTION, "Five are missing, but a later bill arrived: the push is not dead.")
def something_arrived(stage: Stage) -> list[Expected]:
    bills = several(stage, ENOUGH)
    stage.bill([expense("Courier", "12.00")], issued=stage.day(ISSUED + ENOUGH))
    return each("missing_in_xero", bills)


@scenario("cause-period-locked", SECTION, "Five bills are dated in a period that Xero has locked; later ones arrive.")
def period_locked(stage: Stage) -> list[Expected]:
    bills = several(stage, ENOUGH)
    stage.bill([expense("Courier", "12.00")], issued=stage.day(ISSUED + ENOUGH))
    stage.firm.lock_period(stage.day(ISSUED + ENOUGH - 1))
    return [*each("missing_in_xero", bills), cause("locked until")]


@scenario("cause-contact-archived", SECTION, "Five bills of a client whose contact was archived.")
def contact_archived(stage: Stage) -> list[Expected]:
    bills = several(stage, ENOUGH)
    other = stage.other()
    stage.bill([expense("Courier", "12.00")], client=other, issued=stage.day(ISSUED + ENOUGH))
    stage.firm.xero.archive_contact(stage.firm.contact(stage.client))
    return [*each("missing_in_xero", bills), cause("archived")]


@scenario("cause-account-archived", SECTION, "Five drafts use an account that was archived in Xero.")
def account_archived(stage: Stage) -> list[Expected]:
    bills = stuck(stage, ENOUGH, stage.client)
    codes = {line["AccountCode"] for line in stage.firm.invoice_of[bills[0]["id"]]["LineItems"]}
    for code in codes:
        account = stage.firm.xero.account(code)
        account["Status"] = "ARCHIVED"
        stage.firm.xero.touch(account)
    return [*each("stuck_in_draft_ready", bills), cause("archived")]


@scenario("cause-one-attorney", SECTION, "All stuck bills are one attorney's, while others' bills get through.")
def one_attorney(stage: Stage) -> list[Expected]:
    client = stage.firm.person("Oscar", "Lindgren")
    stage.firm.matter(client, "Lindgren estate", attorney=1)
    return [*each("stuck_in_draft_ready", stuck(stage, ENOUGH, client)), cause("of other attorneys")]


@scenario("cause-two-attorneys", SECTION, "Six stuck bills of two attorneys: no pattern of one.")
def two_attorneys(stage: Stage) -> list[Expected]:
    client = stage.firm.person("Oscar", "Lindgren")
    stage.firm.matter(client, "Lindgren estate", attorney=1)
    return each("stuck_in_draft_ready", [*stuck(stage, ENOUGH, client), *stuck(stage, 1, stage.client)])
