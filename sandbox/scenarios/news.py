"""The rules of news: when a finding is news, and when a person has accepted it."""

from datetime import timedelta
from decimal import Decimal

from sandbox.books import Record
from sandbox.scenarios.registry import Expected, row, scenario
from sandbox.scenarios.stage import Stage, of

SECTION = "news"


@scenario("in-flight", SECTION, "Approved 23 hours before the load: shown, not yet news.")
def in_flight(stage: Stage) -> list[Expected]:
    stage.ago(hours=23)
    bill = stage.bill(in_xero=False)
    return [row("missing_in_xero", of(bill), "-1120.00", status="in_flight")]


@scenario("grace-over", SECTION, "Approved 25 hours before the load: news.")
def grace_over(stage: Stage) -> list[Expected]:
    stage.ago(hours=25)
    bill = stage.bill(in_xero=False)
    return [row("missing_in_xero", of(bill), "-1120.00")]


@scenario("grace-of-two-hours", SECTION, "This firm waits two hours only; three have passed.")
def grace_of_two_hours(stage: Stage) -> list[Expected]:
    stage.firm.settings["grace_hours"] = 2
    stage.ago(hours=3)
    bill = stage.bill(in_xero=False)
    return [row("missing_in_xero", of(bill), "-1120.00")]


@scenario("in-flight-invoice", SECTION, "The bill is old, the invoice was touched an hour ago.")
def in_flight_invoice(stage: Stage) -> list[Expected]:
    bill = stage.stuck()
    stage.ago(hours=1)
    stage.firm.xero.touch(stage.firm.invoice_of[bill["id"]])
    return [row("stuck_in_draft_ready", of(bill), "-1120.00", status="in_flight")]


@scenario("in-flight-void", SECTION, "Voided in Clio an hour ago.")
def in_flight_void(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.ago(hours=1)
    stage.firm.void(bill, in_xero=False)
    return [row("void_in_clio_live_in_xero", of(bill), "1120.00", status="in_flight")]


@scenario("in-flight-xero-only", SECTION, "Raised in Xero an hour ago.")
def in_flight_xero_only(stage: Stage) -> list[Expected]:
    stage.ago(hours=1)
    invoice = stage.rent("RENT-1")
    return [row("xero_only", of(invoice), "2400.00", status="in_flight")]


@scenario("in-flight-payment", SECTION, "Paid in Clio an hour ago; the payment has not arrived yet.")
def in_flight_payment(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.ago(hours=1)
    stage.firm.pay(bill, "1120.00", stage.firm.today, reaches_xero=False)
    return [row("paid_in_clio_open_in_xero", of(bill), "1120.00", amount="1120.00", status="in_flight")]


@scenario("in-flight-other-bill", SECTION, "Another bill of the client changed an hour ago; this one is news.")
def in_flight_other_bill(stage: Stage) -> list[Expected]:
    bill = stage.bill(in_xero=False)
    second = stage.bill()
    stage.ago(hours=1)
    stage.firm.clio.settle(second)
    return [row("missing_in_xero", of(bill), "-1120.00")]


def accept(stage: Stage, bill: Record, effect: str, days_left: int, **more: object) -> None:
    """A line of acceptances.csv.

    The exception's id and the two values are the product's own words: whoever writes the file takes them from an
    earlier night (`None` here), unless the story says that they were others.
    """
    stage.firm.acceptances.append(
        {
            "exception_id": None,
            "code": "missing_in_xero",
            "subject_key": of(bill),
            "ar_effect": Decimal(effect),
            "clio_value": None,
            "xero_value": None,
            "accepted_by": "Priya Nair",
            "accepted_at": stage.tonight - timedelta(days=10),
            "expires_on": stage.tonight.astimezone(stage.firm.zone).date() + timedelta(days=days_left),
            "reason": "Billed through the old system",
            "withdrawn_at": None,
            "fingerprint": None,
            **more,
        }
    )


@scenario("accepted", SECTION, "A person accepted it, and the day has not come.")
def accepted(stage: Stage) -> list[Expected]:
    bill = stage.bill(in_xero=False)
    accept(stage, bill, "-1120.00", 30)
    return [row("missing_in_xero", of(bill), "-1120.00", status="accepted")]


@scenario("accepted-last-day", SECTION, "Today is its last day: it still holds.")
def accepted_last_day(stage: Stage) -> list[Expected]:
    bill = stage.bill(in_xero=False)
    accept(stage, bill, "-1120.00", 0)
    return [row("missing_in_xero", of(bill), "-1120.00", status="accepted")]


@scenario("accepted-expired", SECTION, "Yesterday was its last day: open again.")
def accepted_expired(stage: Stage) -> list[Expected]:
    bill = stage.bill(in_xero=False)
    accept(stage, bill, "-1120.00", -1)
    return [row("missing_in_xero", of(bill), "-1120.00")]


@scenario("accepted-lapsed", SECTION, "Accepted at another amount: the values changed, it is open again.")
def accepted_lapsed(stage: Stage) -> list[Expected]:
    bill = stage.bill(in_xero=False)
    accept(stage, bill, "-1520.00", 30)
    return [row("missing_in_xero", of(bill), "-1120.00")]


@scenario("accepted-withdrawn", SECTION, "Accepted, then withdrawn: the later line wins.")
def accepted_withdrawn(stage: Stage) -> list[Expected]:
    bill = stage.bill(in_xero=False)
    accept(stage, bill, "-1120.00", 30)
    accept(stage, bill, "-1120.00", 30, withdrawn_at=stage.tonight - timedelta(days=5))
    return [row("missing_in_xero", of(bill), "-1120.00")]


@scenario("accepted-again", SECTION, "Accepted, withdrawn, accepted again: it holds.")
def accepted_again(stage: Stage) -> list[Expected]:
    bill = stage.bill(in_xero=False)
    accept(stage, bill, "-1120.00", 30)
    accept(stage, bill, "-1120.00", 30, withdrawn_at=stage.tonight - timedelta(days=5))
    accept(stage, bill, "-1120.00", 30, accepted_at=stage.tonight - timedelta(days=2))
    return [row("missing_in_xero", of(bill), "-1120.00", status="accepted")]


@scenario("accepted-and-in-flight", SECTION, "Accepted, and touched an hour ago with the same values: accepted.")
def accepted_and_in_flight(stage: Stage) -> list[Expected]:
    # The rules do not say which comes first; a person's decision on unchanged values outlives a touch.
    bill = stage.bill(in_xero=False)
    accept(stage, bill, "-1120.00", 30)
    stage.ago(hours=1)
    stage.firm.clio.settle(bill)
    return [row("missing_in_xero", of(bill), "-1120.00", status="accepted")]


@scenario("fixed-on-the-second-night", SECTION, "Missing, then repaired on the next night.")
def fixed_on_the_second_night(stage: Stage) -> list[Expected]:
    bill = stage.bill(in_xero=False)

    def later(_: Stage) -> list[Expected]:
        stage.firm.push(bill)
        return []

    stage.later = later
    return [row("missing_in_xero", of(bill), "-1120.00")]
