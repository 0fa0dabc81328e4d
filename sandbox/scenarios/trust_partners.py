"""Client money, entry against entry: one against several, two clients, fees on the way, moves and what may undo itself.

The books of a firm are rarely one to one: fees of a day leave in one transfer, cheques are paid in as one slip, a
processor keeps its fee. What adds up in exactly one way is the same money; what could add up in several is not.
"""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from sandbox.books import Record
from sandbox.scenarios.registry import Expected, naming_each_other, scenario
from sandbox.scenarios.stage import Stage, of
from sandbox.scenarios.trust import account, hold, trust_row
from sandbox.scenarios.trust_more import missing_in_xero

SECTION = "trust"


def in_xero(stage: Stage, amount: str, day: int, client: Record | None = None, reference: str = "Lump") -> Record:
    """Money on the trust account in Xero, booked by hand against the liability; to nobody's contact unless said."""
    firm = stage.firm
    contact = firm.contact(client) if client else firm.bank_contact()
    return firm.xero_bank_entry("IOLTA", contact, Decimal(amount), stage.day(day), "2100", reference)


def in_clio(
    stage: Stage, amounts: Sequence[str], day: int, clients: Sequence[Record] = (), **more: Any
) -> list[Record]:
    """Entries of one day in Clio alone, each on a matter of its own, or of the given clients."""
    entries = []
    for number, amount in enumerate(amounts):
        client = clients[number] if clients else stage.client
        matter = stage.firm.matter(client, f"Matter {day}-{number}")
        if amount.startswith("-"):
            stage.firm.deposit(client, amount[1:], matter, stage.day(0))
        entries.append(stage.firm.trust_entry(amount, client, matter, stage.day(day), mirror=False, **more))
    return entries


def alone_in_xero(entry: Record, amount: str) -> Expected:
    """An entry of Xero that Clio lacks."""
    return trust_row("trust_entry_missing_in_clio", f"xero-entry:{entry['BankTransactionID']}", amount)


def alone_in_clio(entries: Sequence[Record]) -> list[Expected]:
    """Entries of Clio that Xero lacks."""
    return [
        trust_row("trust_entry_missing_in_xero", of(entry), str(abs(entry["funds_in"] - entry["funds_out"])))
        for entry in entries
    ]


def off_by(stage: Stage, amount: str) -> Expected:
    """The difference that they make."""
    return trust_row("trust_clio_differs_from_xero", account(stage), amount)


# One against several


@scenario("trust-fees-in-one-transfer", SECTION, "Three matters' fees leave in one transfer of the same day: silent.")
def fees_in_one_transfer(stage: Stage) -> list[Expected]:
    firm = stage.firm
    in_clio(stage, ("-220.00", "-460.00", "-680.00"), 8, description="Transfer to operating")
    firm.xero_transfer(firm.trust, firm.operating, Decimal("1360.00"), stage.day(8))
    # The transfer moves the bank; a journal moves what is owed.
    firm.xero.post_journal(stage.day(8), "2100", "200", Decimal("1360.00"))
    return []


@scenario("trust-slip-of-three", SECTION, "Three deposits, one of Xero the next day that is their sum: silent.")
def slip_of_three(stage: Stage) -> list[Expected]:
    clients = (stage.client, stage.other(), stage.other("Ruth", "Abel"))
    in_clio(stage, ("1200.00", "850.00", "2000.00"), 8, clients)
    in_xero(stage, "4050.00", 9)
    return []


@scenario("trust-slip-four-days", SECTION, "The sum of three deposits, four days later: none of it is settled.")
def slip_four_days(stage: Stage) -> list[Expected]:
    entries = in_clio(stage, ("1200.00", "850.00", "2000.00"), 8)
    lump = in_xero(stage, "4050.00", 12)
    return [*alone_in_clio(entries), alone_in_xero(lump, "4050.00")]


@scenario("trust-slip-one-cent", SECTION, "The sum is a cent off: tolerance is zero, and nothing is posted unseen.")
def slip_one_cent(stage: Stage) -> list[Expected]:
    entries = in_clio(stage, ("1200.00", "850.00", "2000.00"), 8)
    lump = in_xero(stage, "4050.01", 9)
    return naming_each_other([*alone_in_clio(entries), alone_in_xero(lump, "4050.01"), off_by(stage, "0.01")])


@scenario("trust-lump-in-clio", SECTION, "One deposit in Clio, two of the sum in Xero: silent.")
def lump_in_clio(stage: Stage) -> list[Expected]:
    stage.firm.deposit(stage.client, "5000.00", stage.matter, stage.day(8), mirror=False)
    in_xero(stage, "3000.00", 8, stage.client)
    in_xero(stage, "2000.00", 9, stage.client)
    return []


@scenario("trust-cheque-for-two", SECTION, "Two withdrawals of one client, one cheque in Xero: silent.")
def cheque_for_two(stage: Stage) -> list[Expected]:
    in_clio(stage, ("-420.00", "-660.00"), 8)
    in_xero(stage, "-1080.00", 10, stage.client)
    return []


@scenario("trust-eight-in-one", SECTION, "Eight deposits are one of Xero: silent.")
def eight_in_one(stage: Stage) -> list[Expected]:
    in_clio(stage, [f"{100 + 7 * number}.00" for number in range(8)], 8)
    in_xero(stage, "996.00", 9)
    return []


@scenario("trust-nine-in-one", SECTION, "Nine are too many to be told from chance.")
def nine_in_one(stage: Stage) -> list[Expected]:
    entries = in_clio(stage, [f"{100 + 7 * number}.00" for number in range(9)], 8)
    lump = in_xero(stage, "1152.00", 9)
    *rows, of_lump = naming_each_other([*alone_in_clio(entries), alone_in_xero(lump, "1152.00")])
    return [*rows, replace(of_lump, candidate=of_lump.candidate[:4], explains=("one of 5 more",))]


@scenario("trust-some-of-a-day", SECTION, "Two of a day's three deposits are one of Xero; the third is missing.")
def some_of_a_day(stage: Stage) -> list[Expected]:
    entries = in_clio(stage, ("300.00", "450.00", "77.00"), 8)
    in_xero(stage, "750.00", 9)
    return [*alone_in_clio(entries[2:]), off_by(stage, "77.00")]


@scenario("trust-over-two-days", SECTION, "Deposits of two days, one of Xero: the only set that adds up.")
def over_two_days(stage: Stage) -> list[Expected]:
    in_clio(stage, ("300.00",), 8)
    in_clio(stage, ("450.00",), 9)
    in_xero(stage, "750.00", 10)
    return []


@scenario("trust-which-of-equal-amounts", SECTION, "300 and 400 are 700, but which of two 300s? Nobody can tell.")
def which_of_equal_amounts(stage: Stage) -> list[Expected]:
    entries = in_clio(stage, ("300.00", "300.00", "400.00"), 8)
    lump = in_xero(stage, "700.00", 9)
    asks = [
        replace(want, explains=("may be", "700.00"), never_advises=("Post in Xero",)) for want in alone_in_clio(entries)
    ]
    return naming_each_other(
        [
            *asks,
            replace(alone_in_xero(lump, "700.00"), explains=("may be", "400.00"), never_advises=("Record",)),
            off_by(stage, "300.00"),
        ]
    )


@scenario("trust-two-sets-add-up", SECTION, "100 and 600, or 300 and 400: two sets of 700, so none is taken.")
def two_sets_add_up(stage: Stage) -> list[Expected]:
    entries = in_clio(stage, ("100.00", "600.00", "300.00", "400.00"), 8)
    lump = in_xero(stage, "700.00", 9)
    return naming_each_other([*alone_in_clio(entries), alone_in_xero(lump, "700.00"), off_by(stage, "700.00")])


@scenario("trust-all-of-a-day-first", SECTION, "All of the next day makes the sum; so would some of three days.")
def all_of_a_day_first(stage: Stage) -> list[Expected]:
    left = in_clio(stage, ("100.00", "600.00"), 7)
    left += in_clio(stage, ("55.00",), 7)
    in_clio(stage, ("300.00", "400.00"), 8)
    in_xero(stage, "700.00", 9)
    return [*alone_in_clio(left), off_by(stage, "755.00")]


@scenario("trust-one-slip-first", SECTION, "Two deposits of one slip among equal sums of the day: the slip goes first.")
def one_slip_first(stage: Stage) -> list[Expected]:
    left = in_clio(stage, ("100.00", "600.00"), 8)
    in_clio(stage, ("300.00", "400.00"), 8, confirmation="SLIP 41")
    in_xero(stage, "700.00", 9)
    return [*alone_in_clio(left), off_by(stage, "700.00")]


@scenario("trust-one-reference-first", SECTION, "The same on Xero's side: two receipts of one reference.")
def one_reference_first(stage: Stage) -> list[Expected]:
    stage.firm.deposit(stage.client, "700.00", stage.matter, stage.day(8), mirror=False)
    left = [in_xero(stage, "100.00", 8, reference="A"), in_xero(stage, "600.00", 8, reference="B")]
    in_xero(stage, "300.00", 8, reference="Slip 41")
    in_xero(stage, "400.00", 8, reference="Slip 41")
    return [alone_in_xero(left[0], "100.00"), alone_in_xero(left[1], "600.00"), off_by(stage, "700.00")]


@scenario("trust-one-to-one-before-sums", SECTION, "700 has a partner of its own, so 300 and 400 are missing.")
def one_to_one_before_sums(stage: Stage) -> list[Expected]:
    entries = in_clio(stage, ("300.00", "400.00"), 8)
    stage.firm.deposit(stage.client, "700.00", stage.matter, stage.day(8), mirror=False)
    in_xero(stage, "700.00", 11)
    return [*alone_in_clio(entries), off_by(stage, "700.00")]


@scenario("trust-signs-are-not-summed", SECTION, "500 in and 200 out are no deposit of 300.")
def signs_are_not_summed(stage: Stage) -> list[Expected]:
    into = in_clio(stage, ("500.00",), 8)
    out = in_clio(stage, ("-200.00",), 8)
    lump = in_xero(stage, "300.00", 8)
    return [*alone_in_clio(into + out), alone_in_xero(lump, "300.00")]


@scenario("trust-sum-of-another-client", SECTION, "A slip of two clients, booked in Xero to a third.")
def sum_of_another_client(stage: Stage) -> list[Expected]:
    clients = (stage.client, stage.other())
    third = stage.other("Ruth", "Abel")
    entries = in_clio(stage, ("1200.00", "850.00"), 8, clients)
    in_xero(stage, "2050.00", 9, third)
    return [trust_row("trust_entry_other_client", of(entries[1]), "2050.00", explains="Ruth Abel")]


@scenario("trust-sum-of-one-of-them", SECTION, "A slip of two clients, booked in Xero to one of them: silent.")
def sum_of_one_of_them(stage: Stage) -> list[Expected]:
    in_clio(stage, ("1200.00", "850.00"), 8, (stage.client, stage.other()))
    in_xero(stage, "2050.00", 9, stage.client)
    return []


# Two clients


@scenario("trust-other-client", SECTION, "One client's 400 is missing in Xero, another's 400 in Clio, 2 days apart.")
def other_client(stage: Stage) -> list[Expected]:
    other = stage.other()
    entry = stage.firm.deposit(stage.client, "400.00", stage.matter, stage.day(8), mirror=False)
    in_xero(stage, "400.00", 10, other)
    return [
        trust_row(
            "trust_entry_other_client", of(entry), "400.00", explains=("Eleanor Voss", "Oscar Lindgren", "400.00")
        )
    ]


@scenario("trust-other-client-4-days", SECTION, "The same four days apart: two entries, each alone.")
def other_client_4_days(stage: Stage) -> list[Expected]:
    other = stage.other()
    entry = stage.firm.deposit(stage.client, "400.00", stage.matter, stage.day(8), mirror=False)
    twin = in_xero(stage, "400.00", 12, other)
    return naming_each_other([*alone_in_clio([entry]), alone_in_xero(twin, "400.00")])


@scenario("trust-contact-of-nobody", SECTION, "A payor who is no client of ours names nobody: silent.")
def contact_of_nobody(stage: Stage) -> list[Expected]:
    stage.firm.deposit(stage.client, "400.00", stage.matter, stage.day(8), mirror=False)
    payor = stage.firm.xero.add_contact("Helen Voss-Marsh")
    stage.firm.xero_bank_entry("IOLTA", payor, Decimal("400.00"), stage.day(8), "2100", "Retainer")
    return []


@scenario("trust-other-payor-names-client", SECTION, "Another client pays, and the reference names whose money it is.")
def other_payor_names_client(stage: Stage) -> list[Expected]:
    stage.firm.deposit(stage.client, "400.00", stage.matter, stage.day(8), mirror=False)
    in_xero(stage, "400.00", 8, stage.other(), "Retainer for Eleanor Voss")
    return []


@scenario("trust-booked-two-days-late", SECTION, "Monday, Wednesday, Friday, each booked two days later: silent.")
def booked_two_days_late(stage: Stage) -> list[Expected]:
    for week in range(4):
        for day in (0, 2, 4):
            on = 7 * week + day
            stage.firm.deposit(stage.client, "250.00", stage.matter, stage.day(on), mirror=False)
            in_xero(stage, "250.00", on + 2)
    return []


# Fees on the way


def arrives_as(stage: Stage, amount: str, arrived: str, day: int = 8) -> Record:
    """A deposit in Clio, and what of it stands in Xero."""
    entry = stage.firm.deposit(stage.client, amount, stage.matter, stage.day(8), mirror=False)
    stage.firm.xero_trust_entry(entry, Decimal(arrived), stage.day(day))
    return entry


@scenario("trust-fee-netted", SECTION, "1,000.00 in Clio, 970.70 in Xero: the processor took 29.30 of it.")
def fee_netted(stage: Stage) -> list[Expected]:
    entry = arrives_as(stage, "1000.00", "970.70")
    return [
        trust_row("bank_charge_in_trust", of(entry), "29.30", explains=("1,000.00", "970.70", "29.30")),
        off_by(stage, "29.30"),
    ]


@scenario("trust-fee-netted-5-percent", SECTION, "A twentieth, three days later: still a fee.")
def fee_netted_5_percent(stage: Stage) -> list[Expected]:
    entry = arrives_as(stage, "1000.00", "950.00", 11)
    return [trust_row("bank_charge_in_trust", of(entry), "50.00"), off_by(stage, "50.00")]


@scenario("trust-fee-netted-too-much", SECTION, "A cent more than a twentieth is no fee.")
def fee_netted_too_much(stage: Stage) -> list[Expected]:
    entry = arrives_as(stage, "1000.00", "949.99")
    twin = list(stage.firm.xero.tables["BankTransactions"].values())[-1]
    return naming_each_other(
        [
            replace(alone_in_clio([entry])[0], explains=("949.99",), never_advises=("Post in Xero",)),
            alone_in_xero(twin, "949.99"),
            off_by(stage, "50.01"),
        ]
    )


@scenario("trust-fee-netted-other-client", SECTION, "The smaller deposit is another client's: two entries.")
def fee_netted_other_client(stage: Stage) -> list[Expected]:
    entry = stage.firm.deposit(stage.client, "1000.00", stage.matter, stage.day(8), mirror=False)
    twin = in_xero(stage, "970.70", 8, stage.other())
    return [*alone_in_clio([entry]), alone_in_xero(twin, "970.70"), off_by(stage, "29.30")]


@scenario("trust-more-arrived", SECTION, "More arrived in Xero than Clio has: no fee.")
def more_arrived(stage: Stage) -> list[Expected]:
    entry = arrives_as(stage, "970.70", "1000.00")
    twin = list(stage.firm.xero.tables["BankTransactions"].values())[-1]
    return naming_each_other([*alone_in_clio([entry]), alone_in_xero(twin, "1000.00"), off_by(stage, "29.30")])


# Moves, and what may undo itself


@scenario(
    "trust-move-of-pockets", SECTION, "From the client's own pocket to a matter of the client, a day later: silent."
)
def move_of_pockets(stage: Stage) -> list[Expected]:
    firm = stage.firm
    firm.deposit(stage.client, "300.00", None, stage.day(2))
    firm.disburse(stage.client, "300.00", None, stage.day(8), mirror=False, description="To Hartley")
    firm.deposit(stage.client, "300.00", stage.matter, stage.day(9), mirror=False, description="Retainer")
    return []


@scenario("trust-move-of-pockets-4-days", SECTION, "The same four days apart, and no word of a transfer: both missing.")
def move_of_pockets_4_days(stage: Stage) -> list[Expected]:
    firm = stage.firm
    firm.deposit(stage.client, "300.00", None, stage.day(2))
    out = firm.disburse(stage.client, "300.00", None, stage.day(8), mirror=False, description="To Hartley")
    into = firm.deposit(stage.client, "300.00", stage.matter, stage.day(12), mirror=False, description="Retainer")
    return alone_in_clio([out, into])


def proceeds(stage: Stage, text: str) -> tuple[Record, Record]:
    """A large sum in and out of one matter within two days, neither in Xero."""
    firm = stage.firm
    into = firm.deposit(stage.client, "250000.00", stage.matter, stage.day(8), mirror=False, description=text)
    out = firm.disburse(
        stage.client,
        "250000.00",
        stage.matter,
        stage.day(10),
        mirror=False,
        description="Payoff to First Harbor Bank",
    )
    return into, out


def unconfirmed(entry: Record, amount: str, *says: str) -> Expected:
    """Two entries that may cancel: asked once, on the later."""
    return trust_row("trust_offset_unconfirmed", of(entry), amount, explains=says, never_advises=("Post in Xero",))


@scenario("trust-reverse-mortgage", SECTION, "A word about reversing is in the text, but money came and went: asked.")
def reverse_mortgage(stage: Stage) -> list[Expected]:
    into, out = proceeds(stage, "Reverse mortgage proceeds, wire")
    return [unconfirmed(out, "250000.00", "Reverse mortgage", "Payoff", str(into["id"]), str(out["id"]))]


@scenario("trust-mortgage", SECTION, "The same without the word: both are missing in Xero.")
def mortgage(stage: Stage) -> list[Expected]:
    return alone_in_clio(proceeds(stage, "Mortgage proceeds, wire"))


@scenario("trust-offset-31-days", SECTION, "A correction 31 days later: asked.")
def offset_31_days(stage: Stage) -> list[Expected]:
    firm = stage.firm
    firm.deposit(stage.client, "80.00", stage.matter, stage.day(1), mirror=False)
    out = firm.disburse(stage.client, "80.00", stage.matter, stage.day(32), mirror=False, description="Correction")
    return [unconfirmed(out, "80.00", "80.00")]


@scenario("trust-offset-32-days", SECTION, "A day more: two entries are missing.")
def offset_32_days(stage: Stage) -> list[Expected]:
    firm = stage.firm
    into = firm.deposit(stage.client, "80.00", stage.matter, stage.day(1), mirror=False)
    out = firm.disburse(stage.client, "80.00", stage.matter, stage.day(33), mirror=False, description="Correction")
    return alone_in_clio([into, out])


@scenario("trust-offset-half-in-xero", SECTION, "The deposit is in Xero, its correction is not: it is missing.")
def offset_half_in_xero(stage: Stage) -> list[Expected]:
    firm = stage.firm
    firm.deposit(stage.client, "80.00", stage.matter, stage.day(1))
    out = firm.disburse(stage.client, "80.00", stage.matter, stage.day(8), mirror=False, description="Correction")
    return missing_in_xero(stage, out, "80.00")


@scenario("trust-transfer-for-a-bill", SECTION, "A retainer by wire and a transfer for a bill, equal by chance.")
def transfer_for_a_bill(stage: Stage) -> list[Expected]:
    hold(stage)
    other = stage.other()
    into = stage.firm.deposit(
        other,
        "500.00",
        stage.firm.matter_of(other),
        stage.day(8),
        mirror=False,
        description="Wire transfer from client, retainer",
    )
    out = stage.firm.disburse(
        stage.client,
        "500.00",
        stage.matter,
        stage.day(8),
        mirror=False,
        description="Transfer to operating for bill 101",
    )
    return alone_in_clio([into, out])


@scenario("trust-transfer-between-clients", SECTION, "Words speak of a transfer, but two clients are never one pocket.")
def transfer_between_clients(stage: Stage) -> list[Expected]:
    hold(stage)
    other = stage.other()
    stage.firm.disburse(stage.client, "90.00", stage.matter, stage.day(8), mirror=False, description="Transfer")
    into = stage.firm.deposit(
        other, "90.00", stage.firm.matter_of(other), stage.day(8), mirror=False, description="Transfer"
    )
    return [unconfirmed(into, "90.00", "Eleanor Voss", "Oscar Lindgren")]


# Twice


@scenario("trust-two-filing-fees", SECTION, "Two filing fees of a day, both in Xero too: asked, never deleted.")
def two_filing_fees(stage: Stage) -> list[Expected]:
    hold(stage)
    fees = [
        stage.firm.disburse(stage.client, "435.00", stage.matter, stage.day(8), description="Court filing fee")
        for _ in range(2)
    ]
    return [
        trust_row(
            "trust_entry_duplicated",
            of(fees[1]),
            "435.00",
            severity="low",
            explains="Xero has both",
            never_advises=("delete", "remove"),
        )
    ]


@scenario("trust-doubled-once-in-xero", SECTION, "Entered twice in Clio, once in Xero: the other is missing there too.")
def doubled_once_in_xero(stage: Stage) -> list[Expected]:
    first = stage.firm.deposit(stage.client, "150.00", stage.matter, stage.day(8))
    second = stage.firm.deposit(stage.client, "150.00", stage.matter, stage.day(8), mirror=False)
    asks = ("at the bank", f"if once, delete entry {second['id']}", "if twice, keep both")
    return [
        trust_row("trust_entry_duplicated", of(second), "150.00", advises=asks),
        replace(alone_in_clio([second])[0], never_advises=("Post in Xero",), candidate=(str(first["id"]),)),
        off_by(stage, "150.00"),
    ]


@scenario("trust-two-bills-of-a-day", SECTION, "Two bills of one matter paid from trust, 500 each, one day: silent.")
def two_bills_of_a_day(stage: Stage) -> list[Expected]:
    hold(stage)
    for _ in range(2):
        bill = stage.bill()
        stage.firm.pay_from_trust(bill, "500.00", stage.day(10))
    return []
