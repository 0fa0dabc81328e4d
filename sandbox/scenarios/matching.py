"""The rules of pairing: which invoice is which bill."""

from sandbox.books import Record
from sandbox.engine import time
from sandbox.money import CENT
from sandbox.scenarios.registry import Expected, naming_each_other, row, scenario
from sandbox.scenarios.stage import ISSUED, LATER, Stage, of, work

SECTION = "pairing"


@scenario("clean", SECTION, "Everything agrees: unpaid, paid, part paid from trust, a draft on one side.")
def clean(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.draft(number="3001")
    stage.firm.pay(bill, "500.00", stage.day(LATER))
    return []


@scenario("number-trimmed", SECTION, "Numbers equal after trimming and case-folding.")
def number_trimmed(stage: Stage) -> list[Expected]:
    bill = stage.bill(number=" ab-17 ", in_xero=False)
    stage.copy(bill, "AB-17")
    return []


@scenario("number-other-client", SECTION, "Same number and total under another contact: a pair, wrong contact.")
def number_other_client(stage: Stage) -> list[Expected]:
    bill = stage.bill(in_xero=False)
    stage.copy(bill, bill["number"], contact=stage.firm.xero.add_contact("Voss Hartley Partners"))
    return [row("wrong_contact", of(bill))]


@scenario("number-collision", SECTION, "Same number, but client, total and day all differ.")
def number_collision(stage: Stage) -> list[Expected]:
    bill = stage.bill(in_xero=False)
    stage.rent(bill["number"], "900.00", ISSUED + 1, contact="Oscar Lindgren", code="200")
    # 900.00 in Xero less 1,120.00 in Clio
    return [row("number_collision", of(bill), "-220.00")]


@scenario("number-collision-one-cent", SECTION, "Same number, another client, a cent between the totals: no pair.")
def number_collision_one_cent(stage: Stage) -> list[Expected]:
    bill = stage.bill(in_xero=False)
    stage.rent(bill["number"], "1120.01", ISSUED + 1, contact="Oscar Lindgren", code="200")
    return [row("number_collision", of(bill), "0.01")]


@scenario(
    "number-collision-draft", SECTION, "The other client's invoice is a draft: no money in it, the same collision."
)
def number_collision_draft(stage: Stage) -> list[Expected]:
    bill = stage.bill(in_xero=False)
    stage.rent(bill["number"], "900.00", ISSUED + 1, contact="Oscar Lindgren", code="200", Status="DRAFT")
    return [row("number_collision", of(bill), "-1120.00")]


@scenario("number-collision-not-quite", SECTION, "Numbers collide only after normalising: two rows, no collision.")
def number_collision_not_quite(stage: Stage) -> list[Expected]:
    bill = stage.bill(in_xero=False)
    other = stage.rent(f"INV-{bill['number']}", "900.00", contact="Oscar Lindgren", code="200")
    return naming_each_other([row("missing_in_xero", of(bill), "-1120.00"), row("xero_only", of(other), "900.00")])


@scenario("number-normalised", SECTION, "Prefixes, blanks and leading zeros do not count for the same client.")
def number_normalised(stage: Stage) -> list[Expected]:
    for position, form in enumerate(("INV-{}", "INV{}", "#{}", "00{}", "inv {}", "INV-00{}")):
        bill = stage.bill([time("Research", "1.00", str(200 + position))], in_xero=False)
        stage.copy(bill, form.format(bill["number"]), day=ISSUED)
    return []


@scenario("number-normalised-blanks", SECTION, "Inner blanks do not count either.")
def number_normalised_blanks(stage: Stage) -> list[Expected]:
    bill = stage.bill(number="2026 - 118", in_xero=False)
    stage.copy(bill, "INV-2026-118")
    return []


@scenario("number-normalised-other-client", SECTION, "Normalising is not enough when the client differs.")
def number_normalised_other_client(stage: Stage) -> list[Expected]:
    bill = stage.bill(in_xero=False)
    contact = stage.firm.xero.add_contact("Voss Hartley Partners")
    other = stage.copy(bill, f"INV-{bill['number']}", contact=contact)
    return naming_each_other([row("missing_in_xero", of(bill), "-1120.00"), row("xero_only", of(other), "1120.00")])


@scenario("number-ambiguous-settled", SECTION, "Two invoices normalise to one number; date and total settle it.")
def number_ambiguous_settled(stage: Stage) -> list[Expected]:
    bill = stage.bill(in_xero=False)
    stage.copy(bill, f"INV-{bill['number']}")
    other = stage.copy(bill, f"#{bill['number']}", day=ISSUED + 4)
    stage.firm.xero.edit_invoice(other, other["LineItems"][:1])
    return [row("xero_only", of(other), "420.00")]


@scenario("number-ambiguous-open", SECTION, "Two invoices are equally good: nothing is decided by chance.")
def number_ambiguous_open(stage: Stage) -> list[Expected]:
    bill = stage.bill(in_xero=False)
    twins = [stage.copy(bill, form.format(bill["number"])) for form in ("INV-{}", "#{}")]
    return naming_each_other(
        [
            row("missing_in_xero", of(bill), "-1120.00"),
            *(row("xero_only", of(twin), "1120.00") for twin in twins),
        ]
    )


@scenario("date-and-total", SECTION, "Another number altogether: client, date and total make the pair.")
def date_and_total(stage: Stage) -> list[Expected]:
    bill = stage.bill(in_xero=False)
    stage.copy(bill, "A-77")
    return [row("renumbered", of(bill))]


@scenario("date-and-total-one-day-off", SECTION, "One day off: not a pair, but the candidate is named.")
def date_and_total_one_day_off(stage: Stage) -> list[Expected]:
    bill = stage.bill(in_xero=False)
    other = stage.copy(bill, "A-77", day=ISSUED + 1)
    return naming_each_other(
        [
            row("missing_in_xero", of(bill), "-1120.00", explains="A-77"),
            row("xero_only", of(other), "1120.00"),
        ]
    )


@scenario("date-and-total-one-cent-off", SECTION, "One cent off: neither a pair nor a candidate.")
def date_and_total_one_cent_off(stage: Stage) -> list[Expected]:
    bill = stage.bill(in_xero=False)
    other = stage.copy(bill, "A-77")
    lines = other["LineItems"]
    lines[2]["UnitAmount"] += CENT
    stage.firm.xero.edit_invoice(other, lines)
    return [
        row("missing_in_xero", of(bill), "-1120.00", silent_on="A-77"),
        row("xero_only", of(other), "1120.01"),
    ]


@scenario("candidate-35-days", SECTION, "Same client and total 35 days apart: named as the candidate.")
def candidate_35(stage: Stage) -> list[Expected]:
    bill = stage.bill(in_xero=False)
    other = stage.copy(bill, "A-77", day=ISSUED - 35)
    return [
        row("missing_in_xero", of(bill), "-1120.00", explains="A-77", candidate=(other["InvoiceID"],)),
        row("xero_only", of(other), "1120.00", candidate=(str(bill["id"]),)),
    ]


@scenario("candidate-36-days", SECTION, "36 days apart: no candidate.")
def candidate_36(stage: Stage) -> list[Expected]:
    bill = stage.bill(in_xero=False)
    other = stage.copy(bill, "A-77", day=ISSUED - 36)
    return [
        row("missing_in_xero", of(bill), "-1120.00", silent_on="A-77", candidate=()),
        row("xero_only", of(other), "1120.00", candidate=()),
    ]


@scenario("date-and-total-two-bills", SECTION, "Two equal bills, one invoice under a third number: all stay open.")
def two_bills_one_invoice(stage: Stage) -> list[Expected]:
    bills = [stage.bill(in_xero=False) for _ in range(2)]
    other = stage.copy(bills[0], "A-77")
    return naming_each_other(
        [
            *(row("missing_in_xero", of(bill), "-1120.00") for bill in bills),
            row("xero_only", of(other), "1120.00"),
        ]
    )


@scenario("date-and-total-two-and-two", SECTION, "Two equal bills, two equal invoices: still nobody's guess.")
def two_bills_two_invoices(stage: Stage) -> list[Expected]:
    bills = [stage.bill(in_xero=False) for _ in range(2)]
    others = [stage.copy(bills[0], number) for number in ("A-77", "A-78")]
    return naming_each_other(
        [
            *(row("missing_in_xero", of(bill), "-1120.00") for bill in bills),
            *(row("xero_only", of(other), "1120.00") for other in others),
        ]
    )


def link(stage: Stage, bill: Record, invoice: Record) -> None:
    """A line of matches.csv."""
    stage.firm.matches.append(
        {
            "clio_bill_id": str(bill["id"]),
            "xero_invoice_id": str(invoice["InvoiceID"]),
            "decided_by": "Priya Nair",
            "decided_at": stage.tonight,
            "reason": "Seen on the client's statement",
        }
    )


@scenario("link-settles-twins", SECTION, "A person links one of two equal pairs; the other is then the only one left.")
def link_settles_twins(stage: Stage) -> list[Expected]:
    bills = [stage.bill(in_xero=False) for _ in range(2)]
    others = [stage.copy(bills[0], number) for number in ("A-77", "A-78")]
    link(stage, bills[0], others[1])
    return [row("renumbered", of(bill)) for bill in bills]


@scenario("link-beats-number", SECTION, "A person's word comes before an equal number, which is then a duplicate.")
def link_beats_number(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    other = stage.copy(bill, "A-77")
    link(stage, bill, other)
    return [row("renumbered", of(bill)), row("duplicate_in_xero", of(bill), "1120.00")]


@scenario("link-across-clients", SECTION, "A person links across names: that also says that the clients are one.")
def link_across_clients(stage: Stage) -> list[Expected]:
    # "Same client: ... or a person said so": the link is how a person says so, hence no wrong_contact.
    bill = stage.bill(in_xero=False)
    link(stage, bill, stage.copy(bill, "A-77", contact=stage.firm.xero.add_contact("EV Trading")))
    return [row("renumbered", of(bill))]


@scenario("interest-child", SECTION, "Interest as an invoice of its own: a child of the pair, and silent.")
def interest_child(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.on(LATER)
    stage.firm.accrue_interest(bill, "13.45", stage.day(LATER))
    return []


@scenario("interest-child-paid", SECTION, "The bill with interest is paid at once; Xero has a payment on each invoice.")
def interest_child_paid(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.on(LATER)
    child = stage.firm.accrue_interest(bill, "13.45", stage.day(LATER))
    assert child is not None
    stage.firm.pay(bill, day=stage.day(LATER), xero_amount="1120.00")
    account = stage.firm.xero.account("1000")
    stage.firm.xero.add_payment(child, child["Total"], stage.day(LATER), account)
    return []


@scenario("interest-line", SECTION, "Interest as a line of the bill's own invoice: silent too.")
def interest_line(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.on(LATER)
    stage.firm.accrue_interest(bill, "13.45", stage.day(LATER), mirror="line")
    return []


@scenario("interest-line-and-stray", SECTION, "The invoice has the interest already: an equal one is no child.")
def interest_line_and_stray(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.on(LATER)
    stage.firm.accrue_interest(bill, "13.45", stage.day(LATER), mirror="line")
    other = stage.rent("A-77", "13.45", LATER, contact="Eleanor Voss", code="220")
    return [row("xero_only", of(other), "13.45")]


@scenario("interest-child-one-cent-off", SECTION, "An invoice one cent off the interest is not the child.")
def interest_child_one_cent_off(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.on(LATER)
    stage.firm.accrue_interest(bill, "13.45", stage.day(LATER), mirror=None)
    other = stage.rent("A-77", "13.46", LATER, contact="Eleanor Voss", code="220")
    return [row("interest_not_mirrored", of(bill), "-13.45"), row("xero_only", of(other), "13.46")]


@scenario("interest-child-of-other-client", SECTION, "Equal to the interest, but another client's.")
def interest_child_of_other_client(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.on(LATER)
    stage.firm.accrue_interest(bill, "13.45", stage.day(LATER), mirror=None)
    other = stage.rent("A-77", "13.45", LATER, contact="Oscar Lindgren", code="220")
    return [row("interest_not_mirrored", of(bill), "-13.45"), row("xero_only", of(other), "13.45")]


@scenario("interest-child-ambiguous", SECTION, "Two bills bear equal interest: their two invoices stay open.")
def interest_child_ambiguous(stage: Stage) -> list[Expected]:
    rows: list[Expected] = []
    for _ in range(2):
        bill = stage.bill([time("Advice", "2.00", f"{300 + len(rows)}.00")])
        child = stage.firm.accrue_interest(bill, "13.45", stage.day(LATER))
        assert child is not None
        rows.append(row("interest_not_mirrored", of(bill), "-13.45"))
        rows.append(row("xero_only", of(child), "13.45"))
    return rows


@scenario("reused-after-delete", SECTION, "A deleted draft frees its number on both sides for the next bill.")
def reused_after_delete(stage: Stage) -> list[Expected]:
    first = stage.draft()
    stage.firm.delete_draft(first)
    stage.bill([time("Appeal brief", "5.00")], number=first["number"], issued=stage.day(ISSUED + 3))
    return []


@scenario("reused-after-void", SECTION, "Voided on both sides; the voided invoice was renumbered to make room.")
def reused_after_void(stage: Stage) -> list[Expected]:
    first = stage.bill()
    stage.firm.void(first)
    stage.firm.xero.renumber_invoice(stage.firm.invoice_of[first["id"]], f"{first['number']}-VOID")
    stage.bill([time("Appeal brief", "5.00")], number=first["number"], issued=stage.day(ISSUED + 3))
    return []


@scenario("reused-number-held", SECTION, "The voided invoice keeps its number, so the new bill cannot land.")
def reused_number_held(stage: Stage) -> list[Expected]:
    first = stage.bill()
    stage.firm.void(first)
    again = stage.bill([time("Appeal brief", "5.00")], number=first["number"], in_xero=False)
    return [row("missing_in_xero", of(again), "-1750.00", explains="void")]


@scenario("reused-regenerated", SECTION, "Voided and regenerated in Clio under the old number; the invoice stayed.")
def reused_regenerated(stage: Stage) -> list[Expected]:
    first = stage.bill()
    stage.firm.void(first, in_xero=False)
    stage.bill(number=first["number"], in_xero=False)
    return []


@scenario("reused-three-times", SECTION, "A number used three times: deleted, voided, live, each with its own.")
def reused_three_times(stage: Stage) -> list[Expected]:
    first = stage.draft()
    stage.firm.delete_draft(first)
    second = stage.bill([time("Second try", "2.00")], number=first["number"])
    stage.firm.void(second)
    stage.firm.xero.renumber_invoice(stage.firm.invoice_of[second["id"]], "OLD-1")
    stage.bill([time("Third try", "3.00")], number=first["number"])
    return []


@scenario("number-twice-two-clients", SECTION, "Two live bills overtyped with one number: the client decides.")
def number_twice_two_clients(stage: Stage) -> list[Expected]:
    # The invoice is paired with its own client's bill, so nothing of it is left to collide with.
    first = stage.bill()
    second = stage.bill([time("Deed", "2.00")], client=stage.other(), number=first["number"], in_xero=False)
    return [row("missing_in_xero", of(second), "-700.00")]


@scenario("number-twice-one-client", SECTION, "Two live bills of one client share a number: date and total decide.")
def number_twice_one_client(stage: Stage) -> list[Expected]:
    first = stage.bill()
    second = stage.bill([time("Deed", "2.00")], number=first["number"], in_xero=False)
    return [row("missing_in_xero", of(second), "-700.00")]


@scenario("names-alike", SECTION, "Last, First; accents in another Unicode form; suffix dots; quotes; blanks.")
def names_alike(stage: Stage) -> list[Expected]:
    firm = stage.firm
    people = (("Eleanor", "Hart", "HART, Eleanor"), ("José", "Núñez", "Jose\u0301 Nu\u0301n\u0303ez"))
    for first, last, name in (*people, ("Sean", "O'Brien", "Sean O\u2019Brien"), ("Mei", "Lin", "Mei  Lin ")):
        client = firm.person(first, last)
        firm.contact(client, name)
        stage.bill(client=client)
    for company, name in (("Brightwater, L.L.C.", "Brightwater LLC"), ("Orion Corp.", "ORION CORP")):
        client = firm.company(company)
        firm.contact(client, name)
        stage.bill(client=client)
    return []


@scenario("names-differ", SECTION, "Close is not equal: LLC and LLP are two companies.")
def names_differ(stage: Stage) -> list[Expected]:
    client = stage.firm.company("Brightwater LLC")
    stage.firm.contact(client, "Brightwater LLP")
    bill = stage.bill(client=client)
    return [row("wrong_contact", of(bill))]


@scenario("client-tied-by-two-pairs", SECTION, "Two pairs of equal number and total tie a renamed client.")
def client_tied(stage: Stage) -> list[Expected]:
    stage.firm.contact(stage.client, "E. V. Holdings")
    stage.bill()
    stage.bill([time("Hearing", "2.00")])
    third = stage.bill([time("Appeal", "4.00")], in_xero=False)
    stage.copy(third, f"INV-{third['number']}")
    return []


@scenario("client-not-tied-by-one-pair", SECTION, "One pair ties nothing: the contact is wrong.")
def client_not_tied(stage: Stage) -> list[Expected]:
    stage.firm.contact(stage.client, "E. V. Holdings")
    bill = stage.bill()
    second = stage.bill([time("Appeal", "4.00")], in_xero=False)
    stray = stage.copy(second, f"INV-{second['number']}")
    return naming_each_other(
        [
            row("wrong_contact", of(bill)),
            row("missing_in_xero", of(second), "-1400.00"),
            row("xero_only", of(stray), "1400.00"),
        ]
    )


@scenario("client-tie-torn", SECTION, "Two pairs tie a twin contact, a third the right one: no tie at all.")
def client_tie_torn(stage: Stage) -> list[Expected]:
    twin = stage.firm.xero.add_contact("E. V. Holdings")
    bills = [stage.bill([time("Hearing", f"{hours}.00")], in_xero=False) for hours in (2, 3)]
    for bill in bills:
        stage.copy(bill, bill["number"], contact=twin)
    stage.bill([time("Appeal", "4.00")])
    return [row("wrong_contact", of(bill)) for bill in bills]


@scenario("duplicate-plain", SECTION, "The same invoice a second time under another number.")
def duplicate_plain(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.duplicate(bill, "A-77")
    return [row("duplicate_in_xero", of(bill), "1120.00")]


@scenario("duplicate-draft", SECTION, "The second copy is still a draft: no money in it, but the same fault.")
def duplicate_draft(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.duplicate(bill, "A-77", "DRAFT")
    return [row("duplicate_in_xero", of(bill), "0.00")]


@scenario("duplicate-twice", SECTION, "Two extra copies are two rows on the same bill.")
def duplicate_twice(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.duplicate(bill, "A-77")
    stage.firm.duplicate(bill, "A-78")
    return [row("duplicate_in_xero", of(bill), "1120.00") for _ in range(2)]


@scenario("duplicate-other-day", SECTION, "Same contact and total a day later is no duplicate.")
def duplicate_other_day(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    other = stage.copy(bill, "A-77", day=ISSUED + 1)
    return [row("xero_only", of(other), "1120.00")]


@scenario("duplicate-other-contact", SECTION, "Same date and total for another contact is no duplicate.")
def duplicate_other_contact(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    other = stage.copy(bill, "A-77", contact=stage.firm.xero.add_contact("Oscar Lindgren"))
    return [row("xero_only", of(other), "1120.00")]


@scenario("duplicate-voided", SECTION, "The extra copy was voided: nothing to say.")
def duplicate_voided(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.firm.xero.kill_invoice(stage.firm.duplicate(bill, "A-77"))
    return []


@scenario("combined-bill", SECTION, "One bill over two matters is one invoice; its payment is two allocations.")
def combined_bill(stage: Stage) -> list[Expected]:
    firm = stage.firm
    second = firm.matter(stage.client, "Voss trust")
    lines = [*work(), time("Deed of trust", "2.00", matter=second)]
    bill = stage.bill(lines, matters=[stage.matter, second])
    firm.pay(bill, "1820.00", stage.day(LATER), by_matter=("1120.00", "700.00"))
    return []
