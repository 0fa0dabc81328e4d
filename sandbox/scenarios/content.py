"""The rules of content: exceptions in the content of an approved bill and its live invoice."""

from datetime import timedelta
from decimal import Decimal

from sandbox.books import Record
from sandbox.engine import Line, expense, time
from sandbox.scenarios.registry import Expected, row, scenario
from sandbox.scenarios.stage import ISSUED, LATER, Stage, of, work

SECTION = "content"
TEXTS = ("Review of lease and amendments", "Telephone call with opposing counsel", "Court filing fee")


# Discounts


@scenario("discount-lost", SECTION, "Ten percent in Clio, none in Xero.")
def discount_lost(stage: Stage) -> list[Expected]:
    bill = stage.bill(discount=("percentage", "10"), discount_style="none")
    return [row("discount_lost", of(bill), "112.00")]


@scenario("discount-lost-money", SECTION, "A fixed discount in Clio, none in Xero.")
def discount_lost_money(stage: Stage) -> list[Expected]:
    bill = stage.bill(discount=("money", "75.00"), discount_style="none")
    return [row("discount_lost", of(bill), "75.00")]


@scenario("discount-lost-one-cent-off", SECTION, "The difference is a cent more than the discount.")
def discount_lost_one_cent_off(stage: Stage) -> list[Expected]:
    bill = stage.bill(discount=("percentage", "10"), discount_style="none")
    stage.by_hand(bill, 2, UnitAmount=Decimal("525.01"))
    return [row("amounts_differ", of(bill), "112.01")]


@scenario("discount-lost-lines-differ", SECTION, "The difference is the discount, but the lines do not agree.")
def discount_lost_lines_differ(stage: Stage) -> list[Expected]:
    bill = stage.bill(discount=("percentage", "10"), discount_style="none")
    stage.by_hand(bill, 0, UnitAmount=Decimal("360.00"))
    stage.by_hand(bill, 2, UnitAmount=Decimal("513.00"))
    return [row("amounts_differ", of(bill), "112.00")]


@scenario("discount-given-half", SECTION, "Xero has a discount, but a smaller one.")
def discount_given_half(stage: Stage) -> list[Expected]:
    bill = stage.bill(discount=("percentage", "10"))
    stage.by_hand(bill, 3, UnitAmount=Decimal("-50.00"))
    return [row("amounts_differ", of(bill), "62.00")]


@scenario("discount-as-line", SECTION, "The discount stands in Xero as a line of its own.")
def discount_as_line(stage: Stage) -> list[Expected]:
    stage.bill(discount=("percentage", "10"))
    return []


@scenario("discount-as-rate", SECTION, "The discount stands in Xero as a rate on each line.")
def discount_as_rate(stage: Stage) -> list[Expected]:
    stage.bill(discount=("percentage", "10"), discount_style="rate")
    return []


@scenario("discount-in-unit-prices", SECTION, "The discount stands in Xero in the unit prices.")
def discount_in_unit_prices(stage: Stage) -> list[Expected]:
    stage.bill(discount=("percentage", "10"), discount_style="unit")
    return []


@scenario("discount-with-tax", SECTION, "A discount and a tax: the tax is on what is left.")
def discount_with_tax(stage: Stage) -> list[Expected]:
    lines = [time("Advice", "2.00", "100.00", taxable=True), time("Hearing", "1.00", "300.00", taxable=True)]
    stage.bill(lines, tax="8", discount=("percentage", "10"))
    return []


def dimes() -> list[Line]:
    """Three lines of 10.10, which five percent does not divide."""
    return [expense(f"Copies of volume {volume}", "10.10") for volume in ("one", "two", "three")]


@scenario("rounding-of-a-discount", SECTION, "Spread over three lines the discount rounds two cents away.")
def rounding_of_a_discount(stage: Stage) -> list[Expected]:
    # Clio 30.30 - 1.52 = 28.78; Xero 3 x 9.60 = 28.80; the limit is 3 x 0.005 + 0.005 = 0.02
    bill = stage.bill(dimes(), discount=("percentage", "5"), discount_style="rate")
    return [row("rounding", of(bill), "0.02")]


@scenario("rounding-of-a-discount-too-much", SECTION, "Three cents on three lines is no rounding.")
def rounding_of_a_discount_too_much(stage: Stage) -> list[Expected]:
    bill = stage.bill(dimes(), discount=("percentage", "5"), discount_style="rate")
    stage.by_hand(bill, 0, UnitAmount=Decimal("10.12"))
    return [row("amounts_differ", of(bill), "0.03")]


# Amounts and lines


@scenario("amounts-hours-cut", SECTION, "Hours cut in Clio after the approval; the edit never arrived.")
def amounts_hours_cut(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.edit_line(bill, 0, quantity=Decimal("0.80"))
    return [row("amounts_differ", of(bill), "140.00", explains=("1.2", "0.8"))]


@scenario("amounts-two-cents", SECTION, "Two cents on one line are a difference.")
def amounts_two_cents(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.by_hand(bill, 2, UnitAmount=Decimal("524.98"))
    return [row("amounts_differ", of(bill), "-0.02")]


@scenario("rounding-one-cent", SECTION, "One line a cent off is rounding.")
def rounding_one_cent(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.by_hand(bill, 2, UnitAmount=Decimal("524.99"))
    return [row("rounding", of(bill), "-0.01")]


@scenario("amounts-line-missing", SECTION, "A line added in Clio is not in Xero.")
def amounts_line_missing(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.add_line(bill, time("Preparation for hearing", "2.00"))
    return [row("amounts_differ", of(bill), "-700.00", explains="Preparation for hearing")]


@scenario("amounts-line-extra", SECTION, "A line taken off in Clio is still in Xero.")
def amounts_line_extra(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.remove_line(bill, 1)
    return [row("amounts_differ", of(bill), "175.00", explains=TEXTS[1])]


@scenario("amounts-and-tax", SECTION, "A taxed line changed: the net and the tax differ, each by its own row.")
def amounts_and_tax(stage: Stage) -> list[Expected]:
    bill = stage.bill([time("Advice", "2.00", taxable=True)], tax="8")
    stage.firm.edit_line(bill, 0, quantity=Decimal("3.00"))
    return [row("amounts_differ", of(bill), "-350.00"), row("tax_differs", of(bill), "-28.00")]


@scenario("amounts-paid-in-full", SECTION, "Paid to the old amount on both sides, then cut in Clio.")
def amounts_paid(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.pay(bill, "900.00", stage.day(LATER))
    stage.firm.edit_line(bill, 0, quantity=Decimal("0.80"))
    return [row("amounts_differ", of(bill), "140.00")]


@scenario("line-discount-lost", SECTION, "The discount on one line did not reach Xero.")
def line_discount_lost(stage: Stage) -> list[Expected]:
    bill = stage.bill([time("Advice", "2.00", discount=Decimal(10)), expense("Copies", "12.00")])
    stage.by_hand(bill, 0, DiscountRate=None)
    return [row("amounts_differ", of(bill), "70.00")]


@scenario("line-discounts-kept", SECTION, "Discounts on single lines, by rate and in money, on both sides.")
def line_discounts_kept(stage: Stage) -> list[Expected]:
    stage.bill(
        [
            time("Advice", "2.00", discount=Decimal(10)),
            time("Drafting", "1.50", discount=Decimal("25.00"), discount_type="money"),
        ]
    )
    return []


@scenario("lines-cancel", SECTION, "Two errors that cancel.")
def lines_cancel(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.edit_line(bill, 0, quantity=Decimal("1.00"))
    stage.firm.edit_line(bill, 1, quantity=Decimal("0.70"))
    return [row("lines_differ", of(bill))]


@scenario("lines-cancel-one-cent", SECTION, "Two errors of a cent that cancel.")
def lines_cancel_one_cent(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.by_hand(bill, 1, Quantity=Decimal(1), UnitAmount=Decimal("175.01"))
    stage.by_hand(bill, 2, UnitAmount=Decimal("524.99"))
    return [row("lines_differ", of(bill))]


@scenario("lines-swapped-amounts", SECTION, "Two texts have swapped their amounts: amounts pair, wordings differ.")
def lines_swapped(stage: Stage) -> list[Expected]:
    # Each amount has an equal partner, so lines_differ is not said; the paired lines differ in wording alone.
    bill = stage.bill([time("Research", "1.00", "300.00"), time("Drafting", "1.00", "400.00")])
    stage.lines_by_hand(bill, ("Drafting", "1", "300.00", "200"), ("Research", "1", "400.00", "200"))
    return [row("text_differs", of(bill))]


@scenario("lines-reordered", SECTION, "The same lines in another order.")
def lines_reordered(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.xero.edit_invoice(stage.invoice(bill), stage.invoice(bill)["LineItems"][::-1])
    return []


@scenario("lines-merged", SECTION, "Two lines of Clio are one in Xero.")
def lines_merged(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.lines_by_hand(bill, ("Professional services", "1", "595.00", "200"), (TEXTS[2], "1", "525.00", "210"))
    return []


@scenario("lines-split", SECTION, "One line of Clio is four in Xero.")
def lines_split(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    parts = (("Filing fee, clerk", "110.00"), ("Sheriff", "120.00"), ("Stamps", "130.00"), ("Publication", "165.00"))
    stage.lines_by_hand(
        bill,
        (TEXTS[0], "1.20", "350.00", "200"),
        (TEXTS[1], "0.50", "350.00", "200"),
        *((text, "1", part, "210") for text, part in parts),
    )
    return []


@scenario("lines-split-in-five", SECTION, "One line of Clio is five in Xero: no longer the same lines regrouped.")
def lines_split_in_five(stage: Stage) -> list[Expected]:
    bill = stage.bill([expense("Expert report", "900.00"), time("Review", "1.00", "77.00")])
    parts = ("110.00", "130.00", "160.00", "190.00", "310.00")
    stage.lines_by_hand(
        bill,
        *((f"Invoice {position} of the laboratory", "1", part, "210") for position, part in enumerate(parts)),
        ("Review", "1", "77.00", "200"),
    )
    return [row("lines_differ", of(bill))]


@scenario("lines-other-rate", SECTION, "Half the hours at twice the rate: the amount has its equal, nothing said.")
def lines_other_rate(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.by_hand(bill, 0, Quantity=Decimal("0.60"), UnitAmount=Decimal("700.00"))
    return []


@scenario("lines-no-charge", SECTION, "A line at no charge stays in Clio.")
def lines_no_charge(stage: Stage) -> list[Expected]:
    stage.bill([*work(), time("Courtesy call", "0.30", line_type="NoChargeLineItem")])
    return []


@scenario("lines-summary", SECTION, "A summary line beside the lines it sums up counts nothing.")
def lines_summary(stage: Stage) -> list[Expected]:
    bill = stage.draft(reaches_xero=False)
    stage.firm.add_summary_line(bill, "Legal services", stage.firm.clio.lines_of(bill)[:2])
    stage.firm.approve(bill)
    return []


@scenario("lines-many-equal", SECTION, "Ten equal lines and one that is not: paired by position, nothing said.")
def lines_many_equal(stage: Stage) -> list[Expected]:
    calls = [time("Telephone call", "0.10") for _ in range(10)]
    stage.bill([*calls, time("Telephone call", "0.20")])
    return []


@scenario("lines-one-of-many-equal", SECTION, "One of ten equal lines is missing in Xero.")
def lines_one_of_many(stage: Stage) -> list[Expected]:
    bill = stage.bill([time("Telephone call", "0.10") for _ in range(10)])
    invoice = stage.invoice(bill)
    stage.firm.xero.edit_invoice(invoice, invoice["LineItems"][:-1])
    return [row("amounts_differ", of(bill), "-35.00")]


# Rounding


def taxed_hundred(stage: Stage, rate_in_xero: str) -> Record:
    """100.00 taxed at 8.25 in Clio, at another rate in Xero."""
    bill = stage.bill([expense("Transcript", "100.00", taxable=True)], tax="8.25")
    stage.firm.xero.tax_rates["OTHER"] = Decimal(rate_in_xero)
    stage.by_hand(bill, 0, TaxType="OTHER")
    return bill


@scenario("rounding-of-tax", SECTION, "Clio rounds the tax once per bill, Xero once per line.")
def rounding_of_tax(stage: Stage) -> list[Expected]:
    # Clio 30.30 x 8.25 % = 2.50; Xero 3 x 0.83 = 2.49
    stage.firm.clio.tax_rounded_per_bill = True
    stage.firm.clio.line_totals_include_tax = False
    lines = [expense(f"Copies {part}", "10.10", taxable=True) for part in ("one", "two", "three")]
    bill = stage.bill(lines, tax="8.25")
    return [row("rounding", of(bill), "-0.01")]


@scenario("rounding-of-tax-at-limit", SECTION, "One cent on one taxed line is the limit.")
def rounding_of_tax_at_limit(stage: Stage) -> list[Expected]:
    return [row("rounding", of(taxed_hundred(stage, "8.26")), "0.01")]


@scenario("rounding-of-tax-over-limit", SECTION, "Two cents on one taxed line is another tax.")
def rounding_of_tax_over_limit(stage: Stage) -> list[Expected]:
    return [row("tax_differs", of(taxed_hundred(stage, "8.27")), "0.02")]


@scenario("rounding-of-tax-beside-an-amount", SECTION, "An untaxed line differs; the cent of tax stays rounding.")
def rounding_beside_amount(stage: Stage) -> list[Expected]:
    bill = taxed_hundred(stage, "8.26")
    stage.firm.add_line(bill, time("Review of transcript", "1.00"))
    return [row("amounts_differ", of(bill), "-350.00"), row("rounding", of(bill), "0.01")]


def rounded(stage: Stage, amount: str, code: str = "860", text: str = "Rounding") -> Record:
    """A bill whose invoice has one line more."""
    bill = stage.bill()
    line = stage.firm.xero.line(text, Decimal(1), Decimal(amount), code)
    stage.firm.xero.edit_invoice(stage.invoice(bill), [*stage.invoice(bill)["LineItems"], line])
    return bill


@scenario("rounding-line", SECTION, "A line of four cents on the rounding account.")
def rounding_line(stage: Stage) -> list[Expected]:
    return [row("rounding", of(rounded(stage, "-0.04")), "-0.04")]


@scenario("rounding-line-at-limit", SECTION, "Ten cents on the rounding account is the limit.")
def rounding_line_at_limit(stage: Stage) -> list[Expected]:
    return [row("rounding", of(rounded(stage, "0.10")), "0.10")]


@scenario("rounding-line-over-limit", SECTION, "Eleven cents is not rounding.")
def rounding_line_over_limit(stage: Stage) -> list[Expected]:
    return [row("amounts_differ", of(rounded(stage, "0.11")), "0.11")]


@scenario("rounding-line-by-account", SECTION, "A line on the rounding account is rounding whatever it is called.")
def rounding_line_by_account(stage: Stage) -> list[Expected]:
    return [row("rounding", of(rounded(stage, "0.04", "860", "Adjustment")), "0.04")]


@scenario("rounding-line-by-name", SECTION, "A line called rounding is rounding on any account.")
def rounding_line_by_name(stage: Stage) -> list[Expected]:
    return [row("rounding", of(rounded(stage, "0.02", "200")), "0.02")]


@scenario("rounding-line-elsewhere", SECTION, "Four cents that call themselves otherwise, on an income account.")
def rounding_line_elsewhere(stage: Stage) -> list[Expected]:
    return [row("amounts_differ", of(rounded(stage, "0.04", "200", "Stamps")), "0.04")]


# Tax


@scenario("tax-lost", SECTION, "Taxed in Clio, not in Xero.")
def tax_lost(stage: Stage) -> list[Expected]:
    bill = stage.bill([time("Advice", "2.00", taxable=True)], tax="8")
    stage.by_hand(bill, 0, TaxType="NONE")
    return [row("tax_differs", of(bill), "-56.00")]


@scenario("tax-added", SECTION, "Taxed in Xero, not in Clio.")
def tax_added(stage: Stage) -> list[Expected]:
    bill = stage.bill([time("Advice", "2.00")])
    stage.firm.xero.tax_rates["SALES8"] = Decimal(8)
    stage.by_hand(bill, 0, TaxType="SALES8")
    return [row("tax_differs", of(bill), "56.00")]


@scenario("tax-second-lost", SECTION, "Two taxes in Clio, only the first in Xero.")
def tax_second_lost(stage: Stage) -> list[Expected]:
    bill = stage.bill([time("Advice", "2.00", "100.00", taxable=True, secondary_taxable=True)], tax="5", second_tax="7")
    stage.firm.xero.tax_rates["GST5"] = Decimal(5)
    stage.by_hand(bill, 0, TaxType="GST5")
    return [row("tax_differs", of(bill), "-14.00")]


@scenario("tax-two-taxes", SECTION, "Two taxes in Clio, one combined rate in Xero.")
def tax_two_taxes(stage: Stage) -> list[Expected]:
    lines = [
        time("Advice", "2.00", "100.00", taxable=True, secondary_taxable=True),
        expense("Copies", "40.00", taxable=True),
        expense("Stamps", "10.00"),
    ]
    stage.bill(lines, tax="5", second_tax="7")
    return []


@scenario("tax-inclusive", SECTION, "Xero states its lines with tax, Clio without.")
def tax_inclusive(stage: Stage) -> list[Expected]:
    bill = stage.bill([expense("Transcript", "100.00", taxable=True), expense("Stamps", "10.00")], tax="8")
    lines = stage.invoice(bill)["LineItems"]
    lines[0]["UnitAmount"] = Decimal("108.00")
    stage.firm.xero.edit_invoice(stage.invoice(bill), lines, LineAmountTypes="Inclusive")
    return []


@scenario("tax-inclusive-amount-differs", SECTION, "A tax-inclusive invoice ten dollars short before tax.")
def tax_inclusive_differs(stage: Stage) -> list[Expected]:
    bill = stage.bill([expense("Transcript", "100.00", taxable=True)], tax="8")
    lines = stage.invoice(bill)["LineItems"]
    lines[0]["UnitAmount"] = Decimal("97.20")
    stage.firm.xero.edit_invoice(stage.invoice(bill), lines, LineAmountTypes="Inclusive")
    return [row("amounts_differ", of(bill), "-10.00"), row("tax_differs", of(bill), "-0.80")]


@scenario("tax-outside-line-totals", SECTION, "This firm's line totals are without tax.")
def tax_outside_line_totals(stage: Stage) -> list[Expected]:
    stage.firm.clio.line_totals_include_tax = False
    stage.bill([time("Advice", "2.00", "100.00", taxable=True), expense("Stamps", "10.00")], tax="8")
    return []


# Interest


@scenario("interest-missing", SECTION, "Interest in Clio and nowhere in Xero.")
def interest_missing(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.accrue_interest(bill, "13.45", stage.day(LATER), mirror=None)
    return [row("interest_not_mirrored", of(bill), "-13.45")]


@scenario("interest-child-voided", SECTION, "The interest invoice was voided in Xero.")
def interest_child_voided(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    child = stage.firm.accrue_interest(bill, "13.45", stage.day(LATER))
    assert child is not None
    stage.firm.xero.kill_invoice(child)
    return [row("interest_not_mirrored", of(bill), "-13.45")]


@scenario("interest-line-and-amount", SECTION, "The interest is a line in Xero; another line differs.")
def interest_line_and_amount(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.accrue_interest(bill, "13.45", stage.day(LATER), mirror="line")
    stage.firm.edit_line(bill, 2, price=Decimal("500.00"))
    return [row("amounts_differ", of(bill), "25.00")]


# Wording


@scenario("text-one-word", SECTION, "One word of one line was changed in Clio.")
def text_one_word(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.edit_line(bill, 0, description="Review of lease and amendment")
    return [row("text_differs", of(bill))]


@scenario("text-two-lines", SECTION, "Two lines reworded are one row.")
def text_two_lines(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.edit_line(bill, 0, description="Analysis of lease")
    stage.firm.edit_line(bill, 1, description="Conference call")
    return [row("text_differs", of(bill))]


@scenario("text-typography", SECTION, "Quotes, dashes, blanks, case, entities, a full stop: not wording.")
def text_typography(stage: Stage) -> list[Expected]:
    bill = stage.bill([time('Letter re "Plan B" - Smith & Co.', "1.00"), time("Caf\u00e9 meeting", "0.50")])
    stage.by_hand(bill, 0, Description="LETTER re \u201cPlan B\u201d \u2014 Smith &amp; Co")
    stage.by_hand(bill, 1, Description="Cafe\u0301\u00a0meeting\n")
    return []


@scenario("text-and-amount", SECTION, "One line reworded, another of another amount: two rows.")
def text_and_amount(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.edit_line(bill, 0, description="Analysis of lease")
    stage.firm.edit_line(bill, 2, price=Decimal("500.00"))
    return [row("amounts_differ", of(bill), "25.00"), row("text_differs", of(bill))]


@scenario("text-and-amount-of-one-line", SECTION, "One line changed in both: the amount's row says it all.")
def text_and_amount_of_one_line(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.edit_line(bill, 2, description="Court filing fees", price=Decimal("500.00"))
    return [row("amounts_differ", of(bill), "25.00")]


# Dates, currency, numbers


@scenario("date-differs", SECTION, "A day apart in one month.")
def date_differs(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.by_hand(bill, Date=stage.day(ISSUED + 1))
    return [row("date_differs", of(bill))]


@scenario("date-differs-same-month", SECTION, "From the first to the last of one month: medium.")
def date_differs_same_month(stage: Stage) -> list[Expected]:
    bill = stage.bill(issued=stage.day(0))
    stage.by_hand(bill, Date=stage.month_end)
    return [row("date_differs", of(bill))]


@scenario("date-differs-across-months", SECTION, "A day apart over the end of a month: high.")
def date_differs_across_months(stage: Stage) -> list[Expected]:
    bill = stage.bill(issued=stage.month_end)
    stage.by_hand(bill, Date=stage.month_end + timedelta(days=1))
    return [row("date_differs", of(bill), severity="high")]


@scenario("date-late-in-the-evening", SECTION, "Billed and paid late on a month's last day, which is the next in UTC.")
def date_late_in_the_evening(stage: Stage) -> list[Expected]:
    stage.firm.on(stage.month_end + timedelta(days=1), 3)
    bill = stage.firm.bill(stage.client, work(), due=stage.month_end)
    stage.firm.pay(bill)
    return []


@scenario("due-date-differs", SECTION, "Only the due date differs.")
def due_date_differs(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.by_hand(bill, DueDate=bill["due_at"] + timedelta(days=1))
    return [row("due_date_differs", of(bill))]


@scenario("both-dates-differ", SECTION, "Both dates differ: two rows.")
def both_dates_differ(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.by_hand(bill, Date=stage.day(ISSUED + 1), DueDate=bill["due_at"] + timedelta(days=1))
    return [row("date_differs", of(bill)), row("due_date_differs", of(bill))]


@scenario("currency-differs", SECTION, "Canadian dollars in Clio, US dollars in Xero: amounts are not compared.")
def currency_differs(stage: Stage) -> list[Expected]:
    # The ledger keeps a rate of one, so that the control account tells of nothing else.
    bill = stage.bill(currency="CAD", in_xero=False)
    stage.firm.invoice_of[bill["id"]] = stage.copy(bill, bill["number"])
    stage.by_hand(bill, 2, UnitAmount=Decimal("235.00"))
    return [row("currency_differs", of(bill), "-290.00")]


@scenario("currency-same-figures", SECTION, "Equal figures in two currencies are still two currencies.")
def currency_same_figures(stage: Stage) -> list[Expected]:
    bill = stage.bill(currency="CAD", in_xero=False)
    stage.copy(bill, bill["number"])
    return [row("currency_differs", of(bill), "0.00")]


@scenario("currency-foreign-on-both", SECTION, "Canadian dollars on both sides, paid: nothing.")
def currency_foreign_on_both(stage: Stage) -> list[Expected]:
    bill = stage.bill(currency="CAD", in_xero=False)
    stage.firm.push(bill, CurrencyRate=Decimal("1.3650000000"))
    stage.firm.pay(bill, day=stage.day(LATER))
    return []


@scenario("several-faults-on-one-bill", SECTION, "Amount, wording, due date and number: four rows that add up.")
def several_faults(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.edit_line(bill, 0, description="Analysis of lease")
    stage.firm.edit_line(bill, 2, price=Decimal("525.02"))
    stage.by_hand(bill, DueDate=bill["due_at"] + timedelta(days=3))
    stage.firm.matches.append(
        {
            "clio_bill_id": str(bill["id"]),
            "xero_invoice_id": stage.invoice(bill)["InvoiceID"],
            "decided_by": "Priya Nair",
            "decided_at": stage.tonight,
            "reason": "Renumbered by hand",
        }
    )
    stage.firm.renumber(bill, "7-FINAL")
    return [
        row("amounts_differ", of(bill), "-0.02"),
        row("text_differs", of(bill)),
        row("due_date_differs", of(bill)),
        row("renumbered", of(bill)),
    ]
