"""Bills and invoices line by line: summary lines, groupings, discounts on some lines, taxes of lines, rounding.

Each shape has a firm where it plainly holds, live and as a draft, others with other words and figures, and one just
outside. Beside the rows, `stage.lines_are` says what became of each line.
"""

from datetime import timedelta
from decimal import Decimal

from sandbox.books import Record
from sandbox.engine import Line, expense, time
from sandbox.money import ZERO
from sandbox.scenarios.registry import Expected, row, scenario
from sandbox.scenarios.stage import Stage, of, work

SECTION = "content"
ByHand = tuple[str, str, str, str]


def pair(stage: Stage, lines: list[Line], *by_hand: ByHand, live: bool = True, **more: object) -> Record:
    """A bill and its invoice with other lines: approved on both sides, or a draft left behind in Xero."""
    bill = stage.draft(lines, **more)
    stage.lines_by_hand(bill, *by_hand)
    stage.firm.approve(bill, in_xero=live)
    return bill


def ready(bill: Record) -> list[Expected]:
    return [row("stuck_in_draft_ready", of(bill), -bill["balance"])]


def edited(bill: Record, *explains: str, silent_on: tuple[str, ...] = ()) -> list[Expected]:
    return [row("stuck_in_draft_edited", of(bill), -bill["balance"], explains=explains, silent_on=silent_on)]


# Summary lines


def seven() -> list[Line]:
    """100 to 700, together 2,800.00."""
    tasks = ("Intake", "Research", "Pleading", "Discovery", "Deposition", "Mediation", "Settlement")
    return [time(f"{task} in the Hartley case", str(place + 1), "100.00") for place, task in enumerate(tasks)]


def summed_up(stage: Stage, *by_hand: ByHand, live: bool = True, costs: tuple[Line, ...] = ()) -> Record:
    """A bill whose services have a summary line beside them, and an invoice as somebody wrote it."""
    bill = stage.draft([*seven(), *costs])
    stage.firm.add_summary_line(bill, "Legal services in October", stage.firm.clio.lines_of(bill)[:7])
    stage.lines_by_hand(bill, *by_hand)
    stage.firm.approve(bill, in_xero=live)
    return bill


WHOLE: ByHand = ("Legal services in October", "1", "2800.00", "200")


@scenario("summary-line-live", SECTION, "Seven details and a summary line in Clio; Xero has the summary line.")
def summary_line_live(stage: Stage) -> list[Expected]:
    stage.lines_are(summed_up(stage, WHOLE), identical=1)
    return []


@scenario("summary-line-draft", SECTION, "The same as a draft: ready.")
def summary_line_draft(stage: Stage) -> list[Expected]:
    bill = summed_up(stage, WHOLE, live=False)
    stage.lines_are(bill, identical=1)
    return ready(bill)


@scenario("summary-line-reworded", SECTION, "The draft's summary line says something else: one edit, its wording.")
def summary_line_reworded(stage: Stage) -> list[Expected]:
    bill = summed_up(stage, ("Legal services in November", "1", "2800.00", "200"), live=False)
    return edited(bill, 'wording "Legal services in November"', silent_on=("add", "remove", "Intake"))


@scenario("summary-of-services", SECTION, "Services are told by their summary line, expenses by their details.")
def summary_of_services(stage: Stage) -> list[Expected]:
    costs = (expense("Filing fee", "45.00"), expense("Courier", "15.00"))
    by_hand = (WHOLE, ("Filing fee", "1", "45.00", "210"), ("Courier", "1", "15.00", "210"))
    stage.lines_are(summed_up(stage, *by_hand, costs=costs), identical=3)
    return []


@scenario("summary-beside-details", SECTION, "Xero has the details: the summary line says nothing.")
def summary_beside_details(stage: Stage) -> list[Expected]:
    bill = summed_up(stage, *((line.description, str(line.quantity), "100.00", "200") for line in seven()))
    stage.lines_are(bill, identical=7)
    return []


@scenario("summary-one-dollar-off", SECTION, "Xero's line is a dollar less than the summary line.")
def summary_one_dollar_off(stage: Stage) -> list[Expected]:
    bill = summed_up(stage, ("Legal services in October", "1", "2799.00", "200"))
    return [row("amounts_differ", of(bill), "-1.00")]


# Lines in another grouping


def six() -> list[Line]:
    texts = ("Intake", "Title search", "Lease review", "Call with broker", "Closing", "Travel to Albany")
    return [time(text, "1.00", f"{210 + 10 * place}.00") for place, text in enumerate(texts)]


@scenario("lines-all-in-one", SECTION, "Six lines of Clio are one line of professional services in Xero.")
def lines_all_in_one(stage: Stage) -> list[Expected]:
    bill = pair(stage, six(), ("Professional services", "1", "1410.00", "200"))
    stage.lines_are(bill, regrouped=7)
    return []


@scenario("lines-all-in-one-draft", SECTION, "As a draft it has other lines than the bill: edited.")
def lines_all_in_one_draft(stage: Stage) -> list[Expected]:
    bill = pair(stage, six(), ("Professional services", "1", "1410.00", "200"), live=False)
    return edited(bill, 'remove "Professional services"', 'add "Title search"')


@scenario("lines-five-in-one", SECTION, "Five lines in one, whatever it says.")
def lines_five_in_one(stage: Stage) -> list[Expected]:
    bill = pair(stage, six()[:5], ("As per statement attached", "1", "1150.00", "200"))
    stage.lines_are(bill, regrouped=6)
    return []


@scenario("lines-four-in-one", SECTION, "Four lines in one that speaks of none of them.")
def lines_four_in_one(stage: Stage) -> list[Expected]:
    bill = pair(stage, six()[:4], ("As per statement attached", "1", "900.00", "200"))
    stage.lines_are(bill, missing_in_xero=4, extra_in_xero=1)
    return [row("lines_differ", of(bill))]


@scenario("lines-services-and-costs", SECTION, "One line for the services, one for the disbursements.")
def lines_services_and_costs(stage: Stage) -> list[Expected]:
    costs = [expense("Sheriff", "80.00"), expense("Copies", "12.50")]
    by_hand = (("Our fees for October", "1", "900.00", "200"), ("Disbursements", "1", "92.50", "210"))
    bill = pair(stage, [*six()[:4], *costs], *by_hand)
    stage.lines_are(bill, regrouped=8)
    return []


@scenario("lines-all-but-a-dollar", SECTION, "One line of services, a dollar less than all lines together.")
def lines_all_but_a_dollar(stage: Stage) -> list[Expected]:
    bill = pair(stage, six(), ("Professional services", "1", "1409.00", "200"))
    return [row("amounts_differ", of(bill), "-1.00")]


@scenario("lines-other-work", SECTION, "A line of the bill is the sum of two that have nothing to do with it.")
def lines_other_work(stage: Stage) -> list[Expected]:
    lines = [time("Draft motion", "1.00", "300.00"), time("Call with court", "0.50", "350.00")]
    by_hand = (
        ("Gardening", "1", "100.00", "200"),
        ("Holiday for partner", "1", "200.00", "200"),
        ("Call with court", "0.50", "350.00", "200"),
    )
    bill = pair(stage, lines, *by_hand)
    stage.lines_are(bill, identical=1, missing_in_xero=1, extra_in_xero=2)
    return [row("lines_differ", of(bill))]


@scenario("lines-other-work-in-clio", SECTION, "Two lines of the bill are one in Xero that speaks of neither.")
def lines_other_work_in_clio(stage: Stage) -> list[Expected]:
    lines = [time("Revise will", "1.00", "140.00"), time("Attend closing", "1.00", "160.00")]
    bill = pair(stage, lines, ("Golf outing", "1", "300.00", "200"))
    return [row("lines_differ", of(bill))]


@scenario("lines-in-two-parts", SECTION, "The same sum, and one part speaks of the line: regrouped.")
def lines_in_two_parts(stage: Stage) -> list[Expected]:
    lines = [time("Draft motion to compel", "1.00", "300.00"), time("Call with court", "0.50", "350.00")]
    by_hand = (
        ("Motion to compel, first part", "1", "100.00", "200"),
        ("Second session", "1", "200.00", "200"),
        ("Call with court", "0.50", "350.00", "200"),
    )
    stage.lines_are(pair(stage, lines, *by_hand), identical=1, regrouped=3)
    return []


# Lines of nothing


NO_CHARGE = "No charge: call with partner on our conflict of interest"
PRIVILEGED = "PRIVILEGED: settlement authority is 50,000"


def with_line(stage: Stage, text: str, hours: str | None, live: bool) -> Record:
    """The ordinary bill, and in Xero one more line of 0.00, or one without an amount."""
    bill = stage.draft()
    xero = stage.firm.xero
    line = xero.text_line(text) if hours is None else xero.line(text, Decimal(hours), ZERO, "200")
    xero.edit_invoice(stage.invoice(bill), [*stage.invoice(bill)["LineItems"], line])
    stage.firm.approve(bill, in_xero=live)
    return bill


@scenario("no-charge-line-draft", SECTION, "The draft has a line at no charge that nobody approved.")
def no_charge_line_draft(stage: Stage) -> list[Expected]:
    bill = with_line(stage, NO_CHARGE, "0.50", live=False)
    stage.lines_are(bill, identical=3, extra_in_xero=1)
    return edited(bill, f'line 4: remove "{NO_CHARGE}"')


@scenario("no-charge-line-live", SECTION, "The same on an approved invoice: wording.")
def no_charge_line_live(stage: Stage) -> list[Expected]:
    bill = with_line(stage, NO_CHARGE, "0.50", live=True)
    stage.lines_are(bill, identical=3, extra_in_xero=1)
    return [row("text_differs", of(bill), explains=NO_CHARGE)]


@scenario("line-without-amount-draft", SECTION, "The draft has a line of words alone that nobody approved.")
def line_without_amount_draft(stage: Stage) -> list[Expected]:
    return edited(with_line(stage, PRIVILEGED, None, live=False), f'remove "{PRIVILEGED}"')


@scenario("line-without-amount-live", SECTION, "The same on an approved invoice: wording.")
def line_without_amount_live(stage: Stage) -> list[Expected]:
    return [row("text_differs", of(with_line(stage, PRIVILEGED, None, live=True)), explains=PRIVILEGED)]


@scenario("no-charge-line-on-both", SECTION, "Clio has the line at no charge too: ready.")
def no_charge_line_on_both(stage: Stage) -> list[Expected]:
    bill = stage.draft([*work(), time("Courtesy call", "0.30", line_type="NoChargeLineItem")])
    line = stage.firm.xero.line("Courtesy call", Decimal("0.30"), ZERO, "200")
    stage.firm.xero.edit_invoice(stage.invoice(bill), [*stage.invoice(bill)["LineItems"], line])
    stage.firm.approve(bill, in_xero=False)
    stage.lines_are(bill, identical=4)
    return ready(bill)


@scenario("heading-of-the-matter-draft", SECTION, "A heading of 0.00 with the matter's name: ready.")
def heading_of_the_matter_draft(stage: Stage) -> list[Expected]:
    return ready(with_line(stage, "Voss v. Hartley", "0", live=False))


@scenario("heading-of-the-matter", SECTION, "The same on an approved invoice, without an amount.")
def heading_of_the_matter(stage: Stage) -> list[Expected]:
    stage.lines_are(with_line(stage, "VOSS V. HARTLEY", None, live=True), identical=3)
    return []


@scenario("heading-of-the-client", SECTION, "A heading with the client's name.")
def heading_of_the_client(stage: Stage) -> list[Expected]:
    with_line(stage, "Eleanor Voss", None, live=True)
    return []


@scenario("heading-of-the-number", SECTION, "Headings with the matter's number and the bill's.")
def heading_of_the_number(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    texts = (stage.matter["display_number"], bill["number"])
    headings = [stage.firm.xero.text_line(text) for text in texts]
    stage.firm.xero.edit_invoice(stage.invoice(bill), [*headings, *stage.invoice(bill)["LineItems"]])
    return []


@scenario("heading-of-the-subject", SECTION, "A heading with the bill's subject.")
def heading_of_the_subject(stage: Stage) -> list[Expected]:
    bill = with_line(stage, "Lease dispute, third bill", None, live=True)
    stage.firm.edit_bill(bill, subject="Lease dispute, third bill")
    return []


@scenario("heading-that-says-more", SECTION, "A heading with the matter's name and something more.")
def heading_that_says_more(stage: Stage) -> list[Expected]:
    return [row("text_differs", of(with_line(stage, "Voss v. Hartley (we expect to lose)", None, live=True)))]


@scenario("heading-for-the-month", SECTION, "A heading that is none of these is wording that the bill does not have.")
def heading_for_the_month(stage: Stage) -> list[Expected]:
    return [row("text_differs", of(with_line(stage, "For services through the end of the month:", "0", live=True)))]


# Discounts of a line


@scenario("line-discount-in-the-price", SECTION, "Ten percent off a line in Clio, in the unit price in the draft.")
def line_discount_in_the_price(stage: Stage) -> list[Expected]:
    bill = pair(
        stage, [time("Advice", "2", "100.00", discount=Decimal(10))], ("Advice", "2", "90.00", "200"), live=False
    )
    stage.lines_are(bill, identical=1)
    return ready(bill)


@scenario("line-discount-in-the-price-live", SECTION, "The same on an approved invoice.")
def line_discount_in_the_price_live(stage: Stage) -> list[Expected]:
    bill = pair(stage, [time("Advice", "2", "100.00", discount=Decimal(10))], ("Advice", "2", "90.00", "200"))
    stage.lines_are(bill, identical=1)
    return []


@scenario("line-discount-of-a-third", SECTION, "A discount that the price can only carry rounded.")
def line_discount_of_a_third(stage: Stage) -> list[Expected]:
    # 3 x 100 less 33.33 % = 200.01 = 3 x 66.67
    line = time("Advice", "3", "100.00", discount=Decimal("33.33"))
    return ready(pair(stage, [line], ("Advice", "3", "66.67", "200"), live=False))


@scenario("line-discount-in-money", SECTION, "25.00 off a line, in the unit price in the draft.")
def line_discount_in_money(stage: Stage) -> list[Expected]:
    line = time("Advice", "2", "100.00", discount=Decimal("25.00"), discount_type="money")
    return ready(pair(stage, [line], ("Advice", "2", "87.50", "200"), live=False))


@scenario("line-discount-in-a-wrong-price", SECTION, "The unit price in the draft carries more than the discount.")
def line_discount_in_a_wrong_price(stage: Stage) -> list[Expected]:
    bill = pair(
        stage, [time("Advice", "2", "100.00", discount=Decimal(10))], ("Advice", "2", "89.00", "200"), live=False
    )
    return edited(bill, "rate 89 to 90", "amount 178.00 to 180.00", silent_on=("100",))


@scenario(
    "draft-price-a-cent-off", SECTION, "The unit price in the draft is a cent off, which the amount's cents hide."
)
def draft_price_a_cent_off(stage: Stage) -> list[Expected]:
    bill = pair(stage, [time("Advice", "0.3", "350.00")], ("Advice", "0.3", "350.01", "200"), live=False)
    return edited(bill, "rate 350.01 to 350", silent_on=("amount",))


@scenario("line-discount-missing", SECTION, "The draft has the full price and no discount.")
def line_discount_missing(stage: Stage) -> list[Expected]:
    bill = pair(
        stage, [time("Advice", "2", "100.00", discount=Decimal(10))], ("Advice", "2", "100.00", "200"), live=False
    )
    return edited(bill, "discount 0 % to 10 %", "amount 200.00 to 180.00")


# Discounts of the bill


def copies() -> list[Line]:
    return [expense("Copies", "0.50", "1000"), expense("Scans", "0.50", "1000")]


def copied(stage: Stage, first: str, second: str, live: bool = False) -> Record:
    """Copies and scans less 100.00 of discount; in Xero the unit prices carry it somehow."""
    by_hand = (("Copies", "1000", first, "210"), ("Scans", "1000", second, "210"))
    return pair(stage, copies(), *by_hand, live=live, discount=("money", "100.00"))


@scenario("discount-unevenly-in-prices", SECTION, "The prices carry the discount, but not line by line.")
def discount_unevenly_in_prices(stage: Stage) -> list[Expected]:
    bill = copied(stage, "0.455", "0.445")
    return edited(bill, "rate 0.455 to 0.45", "amount 455.00 to 450.00", "amount 445.00 to 450.00")


@scenario("discount-unevenly-in-prices-live", SECTION, "The same on an approved invoice: errors that cancel.")
def discount_unevenly_in_prices_live(stage: Stage) -> list[Expected]:
    return [row("lines_differ", of(copied(stage, "0.455", "0.445", live=True)))]


@scenario("discount-evenly-in-prices", SECTION, "The prices carry the discount line by line: ready.")
def discount_evenly_in_prices(stage: Stage) -> list[Expected]:
    return ready(copied(stage, "0.45", "0.45"))


def at_fifty_five(stage: Stage, price: str) -> Record:
    """Two lines of 1000 x 0.55 less ten percent, 990.00 together; the exact price is 0.495."""
    lines = [expense("Copies", "0.55", "1000"), expense("Scans", "0.55", "1000")]
    by_hand = (("Copies", "1000", price, "210"), ("Scans", "1000", price, "210"))
    return pair(stage, lines, *by_hand, live=False, discount=("percentage", "10"))


@scenario("discount-in-prices-of-four-decimals", SECTION, "A price with more than two decimals carries the discount.")
def discount_in_prices_of_four_decimals(stage: Stage) -> list[Expected]:
    return ready(at_fifty_five(stage, "0.495"))


@scenario("discount-in-prices-rounded-away", SECTION, "To the cent the price rounds five dollars away on each line.")
def discount_in_prices_rounded_away(stage: Stage) -> list[Expected]:
    bill = at_fifty_five(stage, "0.50")
    return edited(bill, "rate 0.5 to 0.495", "amount 500.00 to 495.00")


def on_services(stage: Stage, service: str, cost: str, live: bool = True) -> Record:
    """Ten percent off services alone: 600.00 of time, 150.00 of expenses, 690.00 to pay."""
    lines = [time("Advice", "2", "300.00"), expense("Transcript", "150.00")]
    by_hand = (("Advice", "2", service, "200"), ("Transcript", "1", cost, "210"))
    return pair(stage, lines, *by_hand, live=live, discount=("percentage", "10"), discount_services_only=True)


@scenario("discount-on-services", SECTION, "Ten percent off services alone, in Xero too.")
def discount_on_services(stage: Stage) -> list[Expected]:
    stage.lines_are(on_services(stage, "270.00", "150.00"), identical=2)
    return []


@scenario("discount-on-services-draft", SECTION, "The same as a draft: ready.")
def discount_on_services_draft(stage: Stage) -> list[Expected]:
    return ready(on_services(stage, "270.00", "150.00", live=False))


@scenario("discount-on-services-by-rate", SECTION, "As a rate on the services.")
def discount_on_services_by_rate(stage: Stage) -> list[Expected]:
    bill = stage.draft(
        [time("Advice", "2", "300.00"), expense("Transcript", "150.00")],
        discount=("percentage", "10"),
        discount_services_only=True,
        reaches_xero=False,
    )
    stage.firm.push(bill, "rate")
    stage.firm.approve(bill, in_xero=False)
    return ready(bill)


@scenario("discount-on-services-lost", SECTION, "Ten percent off services alone, none in Xero.")
def discount_on_services_lost(stage: Stage) -> list[Expected]:
    return [row("discount_lost", of(on_services(stage, "300.00", "150.00")), "60.00", explains="60.00 (10 %)")]


@scenario("discount-on-everything", SECTION, "The draft takes it off the expenses as well: one line to edit.")
def discount_on_everything(stage: Stage) -> list[Expected]:
    bill = on_services(stage, "270.00", "135.00", live=False)
    return edited(bill, "amount 135.00 to 150.00", silent_on=("amount 540.00", "discount"))


def at_two_thousand() -> list[Line]:
    """2,015.50 together."""
    return [time("Trial preparation", "5", "350.00"), expense("Transcript", "265.50")]


@scenario("discount-missing-in-draft", SECTION, "The draft lacks the bill's ten percent: it is named as what it is.")
def discount_missing_in_draft(stage: Stage) -> list[Expected]:
    bill = stage.draft(at_two_thousand(), discount=("percentage", "10"), reaches_xero=False)
    stage.firm.push(bill, "none")
    stage.firm.approve(bill, in_xero=False)
    return edited(bill, "the discount of 201.55 (10 %) is missing", silent_on=("rate", "line 1"))


@scenario("discount-in-money-missing-in-draft", SECTION, "A discount in money, with another line to edit.")
def discount_in_money_missing_in_draft(stage: Stage) -> list[Expected]:
    by_hand = (("Trial preparation", "4", "350.00", "200"), ("Transcript", "1", "265.50", "210"))
    bill = pair(stage, at_two_thousand(), *by_hand, live=False, discount=("money", "75.00"))
    return edited(bill, "the discount of 75.00 is missing", "hours 4 to 5", silent_on=("line 2",))


@scenario("discount-too-small-in-draft", SECTION, "The draft's discount line is of another amount.")
def discount_too_small_in_draft(stage: Stage) -> list[Expected]:
    by_hand = (
        ("Trial preparation", "5", "350.00", "200"),
        ("Transcript", "1", "265.50", "210"),
        ("Courtesy discount", "1", "-50.00", "200"),
    )
    bill = pair(stage, at_two_thousand(), *by_hand, live=False, discount=("percentage", "10"))
    return edited(bill, "line 3: the discount -50.00 to -201.55 (10 %)", silent_on=("line 1", "line 2"))


@scenario("discount-missing-with-tax", SECTION, "The missing discount takes its tax along.")
def discount_missing_with_tax(stage: Stage) -> list[Expected]:
    # 500.00 at 8 % is 40.00; 450.00 at 8 % is 36.00
    lines = [time("Advice", "2", "100.00", taxable=True), time("Hearing", "1", "300.00", taxable=True)]
    bill = stage.draft(lines, tax="8", discount=("percentage", "10"), reaches_xero=False)
    stage.firm.push(bill, "none")
    stage.firm.approve(bill, in_xero=False)
    return edited(bill, "the discount of 50.00 (10 %) is missing (tax -4.00)", silent_on=("line 1", "line 2"))


# Taxes of lines


def taxed(stage: Stage, first: str, second: str, live: bool = True) -> Record:
    """Two lines of 100.00, of which Clio taxes the first at 5 percent, and what Xero takes on each."""
    bill = stage.draft([time("Advice", "1", "100.00", taxable=True), time("Hearing", "1", "100.00")], tax="5")
    for place, rate in enumerate((first, second)):
        stage.firm.xero.tax_rates[f"TAX{rate}"] = Decimal(rate)
        stage.by_hand(bill, place, TaxType=f"TAX{rate}")
    stage.firm.approve(bill, in_xero=live)
    return bill


@scenario("line-taxes-swapped", SECTION, "The tax lies on the other line; its sum agrees.")
def line_taxes_swapped(stage: Stage) -> list[Expected]:
    bill = taxed(stage, "0", "5")
    return [row("line_tax_differs", of(bill), explains=("line 1: tax 0.00 to 5.00", "line 2: tax 5.00 to 0.00"))]


@scenario("line-taxes-swapped-draft", SECTION, "The same as a draft: the tax of both lines is to be edited.")
def line_taxes_swapped_draft(stage: Stage) -> list[Expected]:
    return edited(taxed(stage, "0", "5", live=False), "line 1: tax 0.00 to 5.00", "line 2: tax 5.00 to 0.00")


@scenario("line-tax-over-limit", SECTION, "Three cents on a line, taken back on the other.")
def line_tax_over_limit(stage: Stage) -> list[Expected]:
    return [row("line_tax_differs", of(taxed(stage, "4.97", "0.03")))]


@scenario("line-tax-at-limit", SECTION, "Two cents on a line are rounding, on a draft too.")
def line_tax_at_limit(stage: Stage) -> list[Expected]:
    return ready(taxed(stage, "4.98", "0.02", live=False))


@scenario("line-tax-and-tax", SECTION, "Where the tax as a whole differs that row says it all.")
def line_tax_and_tax(stage: Stage) -> list[Expected]:
    return [row("tax_differs", of(taxed(stage, "0", "4")), "-1.00")]


def twenty(stage: Stage, rate: str) -> Record:
    """Twenty lines of 10.10, each with two taxes in Clio (0.51 and 0.71) and one in Xero."""
    lines = [expense(f"Exhibit {place}", "10.10", taxable=True, secondary_taxable=True) for place in range(1, 21)]
    bill = stage.bill(lines, tax="5", second_tax="7")
    stage.firm.xero.tax_rates["BOTH"] = Decimal(rate)
    for line in stage.invoice(bill)["LineItems"]:
        line["TaxType"] = "BOTH"
    stage.by_hand(bill)
    return bill


@scenario("rounding-of-two-taxes", SECTION, "Two taxes a line round away twice as much as one.")
def rounding_of_two_taxes(stage: Stage) -> list[Expected]:
    # Clio 20 x 1.22 = 24.40; Xero 20 x 1.21 = 24.20; the limit is 0.005 x 20 x 2 + 0.005
    return [row("rounding", of(twenty(stage, "12")), "-0.20")]


@scenario("rounding-of-two-taxes-too-much", SECTION, "Two cents a line are another tax.")
def rounding_of_two_taxes_too_much(stage: Stage) -> list[Expected]:
    # Xero 20 x 1.20 = 24.00
    return [row("tax_differs", of(twenty(stage, "11.9")), "-0.40")]


# Due dates


@scenario("due-date-missing-in-clio", SECTION, "Only the invoice has a due date.")
def due_date_missing_in_clio(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.edit_bill(bill, due_at=None)
    return [row("due_date_differs", of(bill), explains="no due date")]


@scenario("due-date-missing-in-xero", SECTION, "Only the bill has a due date.")
def due_date_missing_in_xero(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.by_hand(bill, DueDate=None)
    return [row("due_date_differs", of(bill), explains="has none")]


@scenario("due-date-missing-on-both", SECTION, "Neither has a due date.")
def due_date_missing_on_both(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.edit_bill(bill, due_at=None)
    stage.by_hand(bill, DueDate=None)
    return []


# Rounding in its shapes


def grossed(stage: Stage, price: str, rate: str) -> Record:
    """100.00 and a tax of 8.25 in Clio; another split of the same sum in Xero."""
    bill = stage.bill([expense("Transcript", "100.00", taxable=True)], tax="8.25")
    stage.firm.xero.tax_rates["OTHER"] = Decimal(rate)
    stage.by_hand(bill, 0, UnitAmount=Decimal(price), TaxType="OTHER")
    return bill


@scenario("rounding-between-net-and-tax", SECTION, "A cent less net, a cent more tax: one row without effect.")
def rounding_between_net_and_tax(stage: Stage) -> list[Expected]:
    # 99.99 at 8.26 % is 8.26
    return [row("rounding", of(grossed(stage, "99.99", "8.26")), "0.00")]


@scenario("rounding-between-net-and-tax-at-limit", SECTION, "Five cents, and the gross totals are equal.")
def rounding_between_net_and_tax_at_limit(stage: Stage) -> list[Expected]:
    # 99.95 at 8.304 % is 8.30
    return [row("rounding", of(grossed(stage, "99.95", "8.304")), "0.00")]


@scenario("rounding-between-net-and-tax-over-limit", SECTION, "Six cents are two differences.")
def rounding_between_net_and_tax_over_limit(stage: Stage) -> list[Expected]:
    # 99.94 at 8.315 % is 8.31
    bill = grossed(stage, "99.94", "8.315")
    return [row("amounts_differ", of(bill), "-0.06"), row("tax_differs", of(bill), "0.06")]


def cents_off(stage: Stage, count: int) -> Record:
    """So many lines a cent off each."""
    bill = stage.bill([expense(f"Exhibit {place}", "10.10") for place in range(1, 8)])
    for place in range(count):
        stage.by_hand(bill, place, UnitAmount=Decimal("10.11"))
    return bill


@scenario("rounding-of-five-lines", SECTION, "Five lines a cent off.")
def rounding_of_five_lines(stage: Stage) -> list[Expected]:
    return [row("rounding", of(cents_off(stage, 5)), "0.05")]


@scenario("rounding-of-six-lines", SECTION, "Six cents are too many.")
def rounding_of_six_lines(stage: Stage) -> list[Expected]:
    return [row("amounts_differ", of(cents_off(stage, 6)), "0.06")]


@scenario("rounding-line-that-settles", SECTION, "A rounding line takes back what a line is off: nothing.")
def rounding_line_that_settles(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    line = stage.firm.xero.line("Rounding", Decimal(1), Decimal("0.02"), "860")
    stage.invoice(bill)["LineItems"][2]["UnitAmount"] = Decimal("524.98")
    stage.firm.xero.edit_invoice(stage.invoice(bill), [*stage.invoice(bill)["LineItems"], line])
    return []


@scenario("rounding-line-beside-errors", SECTION, "A rounding line hides two errors that nearly cancel.")
def rounding_line_beside_errors(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    line = stage.firm.xero.line("Rounding", Decimal(1), Decimal("0.10"), "860")
    stage.invoice(bill)["LineItems"][1].update(Quantity=Decimal(1), UnitAmount=Decimal("225.00"))
    stage.invoice(bill)["LineItems"][2]["UnitAmount"] = Decimal("474.90")
    stage.firm.xero.edit_invoice(stage.invoice(bill), [*stage.invoice(bill)["LineItems"], line])
    return [row("lines_differ", of(bill))]


@scenario("amounts-one-of-two-hundred", SECTION, "Of 200 discounted lines one is wrong by a dollar.")
def amounts_one_of_two_hundred(stage: Stage) -> list[Expected]:
    # 10.00 less 10 % is 9.00, 11.11 less 10 % is 10.00
    lines = [expense(f"Exhibit {place}", "10.00") for place in range(1, 201)]
    bill = stage.bill(lines, discount=("percentage", "10"), discount_style="rate")
    stage.by_hand(bill, 99, UnitAmount=Decimal("11.11"))
    return [row("amounts_differ", of(bill), "1.00", explains="line 100")]


# Wording


NARRATIVE = "Review of the file, calls with the client, and drafting of the answer to the amended complaint. "


@scenario("text-cut-off", SECTION, "Xero kept 4,000 characters of a narrative of 5,000.")
def text_cut_off(stage: Stage) -> list[Expected]:
    long = (NARRATIVE * 60)[:5000]
    bill = stage.bill([time(long, "2.00"), expense("Courier", "12.00")])
    stage.by_hand(bill, 0, Description=long[:4000])
    stage.lines_are(bill, text_changed=1, identical=1)
    return [row("text_differs", of(bill), explains="line 1")]


@scenario("text-many-lines", SECTION, "Sixty lines reworded: some are shown, the others counted.")
def text_many_lines(stage: Stage) -> list[Expected]:
    bill = stage.bill([time(f"Review of exhibit {place}", "0.10") for place in range(60)])
    for place in range(60):
        stage.by_hand(bill, place, Description=f"Study of exhibit {place}")
    stage.lines_are(bill, text_changed=60)
    return [row("text_differs", of(bill), explains="more")]


@scenario("text-date-in-front", SECTION, "Xero has the day and initials in front of each text.")
def text_date_in_front(stage: Stage) -> list[Expected]:
    texts = ("Telephone call with opposing counsel", "Review of lease", "Telephone call with opposing counsel")
    bill = stage.bill([time(text, "0.10") for text in texts])
    for place, text in enumerate(texts):
        day = stage.day(place) + timedelta(days=1)
        stage.by_hand(bill, place, Description=f"{day:%d %b %Y} EV: {text}")
    stage.lines_are(bill, text_changed=3)
    return [row("text_differs", of(bill))]


@scenario("text-and-hours-date-in-front", SECTION, "The same with other hours: the lines are still one.")
def text_and_hours_date_in_front(stage: Stage) -> list[Expected]:
    long = "received and reviewed by Eleanor Voss on the fifth of the month: "
    bill = stage.bill([time("Call", "1.00"), time("Memo to file", "2.00")])
    stage.by_hand(bill, 0, Description=f"{long}Call", Quantity=Decimal("1.50"))
    stage.lines_are(bill, amount_and_text_changed=1, identical=1)
    return [row("amounts_differ", of(bill), "175.00")]
