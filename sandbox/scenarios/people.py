"""Who is whose client: merged contacts, namesakes, what documents teach, and clients that Clio does not show."""

from sandbox.books import Record
from sandbox.engine import time
from sandbox.scenarios.matching import link
from sandbox.scenarios.registry import Expected, naming_each_other, row, scenario
from sandbox.scenarios.stage import ISSUED, Stage, of

SECTION = "pairing"


def merged(stage: Stage, loser: Record, winner: Record) -> None:
    """A merge in Xero's pages: the loser is archived and points to the winner; its documents keep its id."""
    loser["ContactStatus"] = "ARCHIVED"
    loser["MergedToContactID"] = winner["ContactID"]
    stage.firm.xero.touch(loser)


def hours(count: str) -> list[object]:
    """One line of so many hours."""
    return [time("Advice", count)]


def three_on(stage: Stage, client: Record, contact: Record) -> list[Record]:
    """Three bills of a client, each booked to a contact."""
    stage.firm.contact_of[client["id"]] = contact
    return [stage.bill(hours(f"{number}.00"), client=client) for number in (1, 2, 3)]  # type: ignore[arg-type]


@scenario("merged-contact", SECTION, "Archived and merged: bills on the old id and on the new are the client's.")
def merged_contact(stage: Stage) -> list[Expected]:
    client = stage.firm.company("Acme Inc")
    old, new = stage.firm.contact(client), stage.firm.xero.add_contact("ACME Holdings Group")
    three_on(stage, client, old)
    three_on(stage, client, new)
    merged(stage, old, new)
    return []


@scenario(
    "merged-contact-draft", SECTION, "A draft on a contact that was merged away is ready, and nothing hinders it."
)
def merged_contact_draft(stage: Stage) -> list[Expected]:
    client = stage.firm.company("Acme Inc")
    old, new = stage.firm.contact(client), stage.firm.xero.add_contact("ACME Holdings Group")
    bill = stage.stuck(client=client)
    merged(stage, old, new)
    return [row("stuck_in_draft_ready", of(bill), "-1120.00", never_advises=("contact", "restore"))]


@scenario("merged-contact-chain", SECTION, "Merged into a contact that was merged itself: the last one stands.")
def merged_contact_chain(stage: Stage) -> list[Expected]:
    client = stage.firm.company("Acme Inc")
    first, *others = (stage.firm.contact(client), *map(stage.firm.xero.add_contact, ("Acme USA", "Zenith Partners LP")))
    three_on(stage, client, first)
    three_on(stage, client, others[1])
    merged(stage, first, others[0])
    merged(stage, others[0], others[1])
    return []


@scenario("archived-contact-stays", SECTION, "Archived without a merge: the other contact is another client's.")
def archived_contact_stays(stage: Stage) -> list[Expected]:
    client = stage.firm.company("Acme Inc")
    old, new = stage.firm.contact(client), stage.firm.xero.add_contact("ACME Holdings Group")
    stage.bill(hours("1.00"), client=client)  # type: ignore[arg-type]
    stage.firm.contact_of[client["id"]] = new
    bill = stage.bill(hours("2.00"), client=client)  # type: ignore[arg-type]
    stage.firm.xero.archive_contact(old)
    return [row("wrong_contact", of(bill), never_advises="merge")]


def twins(stage: Stage, *contacts: str) -> list[Record]:
    """Two clients of one name, each with a matter; the contacts in Xero as named."""
    clients = [stage.firm.person("J", "Twin") for _ in range(2)]
    for client, name in zip(clients, contacts, strict=True):
        stage.firm.matter(client, "Twin matter")
        stage.firm.contact(client, name)
    return clients


@scenario("namesakes", SECTION, "Two clients of one name on two contacts, one with a number behind it: nothing.")
def namesakes(stage: Stage) -> list[Expected]:
    for client in twins(stage, "J Twin", "J Twin 1"):
        stage.bill(client=client)
    return []


@scenario("namesakes-apart", SECTION, "Two clients of one name, each with a bill that never arrived: each its own gap.")
def namesakes_apart(stage: Stage) -> list[Expected]:
    bills = [
        stage.bill(hours(count), client=client, in_xero=False)  # type: ignore[arg-type]
        for client, count in zip(twins(stage, "J Twin", "J Twin 1"), ("1.00", "2.00"), strict=True)
    ]
    return [row("missing_in_xero", of(bill), f"-{bill['due']:.2f}") for bill in bills]


@scenario("namesakes-word", SECTION, "A word behind the name is a namesake's too; two words are another client's.")
def namesakes_word(stage: Stage) -> list[Expected]:
    first, second = twins(stage, "J Twin Junior", "J Twin and Sons")
    stage.bill(client=first)
    other = stage.bill(client=second)
    return [row("wrong_contact", of(other), never_advises="merge")]


@scenario("namesakes-edited", SECTION, "A namesake's bill was cut after the push: number and day still make the pair.")
def namesakes_edited(stage: Stage) -> list[Expected]:
    first, _ = twins(stage, "J Twin", "J Twin 1")
    bill = stage.bill(client=first)
    stage.firm.edit_line(bill, 2, price=stage.firm.clio.lines_of(bill)[2]["price"] - 25)
    return [row("amounts_differ", of(bill), "25.00")]


@scenario(
    "namesake-draft", SECTION, "Father and son on one contact, all else equal: whose draft it is, nobody can say."
)
def namesake_draft(stage: Stage) -> list[Expected]:
    firm = stage.firm
    father, son = (firm.person("John", "Smith") for _ in range(2))
    firm.contact_of[son["id"]] = firm.contact(father)
    stage.bill(client=father)
    bill = stage.stuck(client=son)
    return [row("stuck_in_draft_edited", of(bill), "-1120.00", advises=("which of the two", "tieout link"))]


@scenario("namesake-draft-linked", SECTION, "The same, but a person said whose it is: ready.")
def namesake_draft_linked(stage: Stage) -> list[Expected]:
    firm = stage.firm
    father, son = (firm.person("John", "Smith") for _ in range(2))
    firm.contact_of[son["id"]] = firm.contact(father)
    stage.bill(client=father)
    bill = stage.stuck(client=son)
    link(stage, bill, stage.invoice(bill))
    return [row("stuck_in_draft_ready", of(bill), "-1120.00")]


@scenario("tie-to-a-namesake", SECTION, "Two bills on another client's contact: the error does not prove itself right.")
def tie_to_a_namesake(stage: Stage) -> list[Expected]:
    firm = stage.firm
    ada, ruth = firm.person("Ada", "Quill"), firm.person("Ruth", "Abel")
    firm.contact_of[ada["id"]] = firm.contact(ruth)
    bills = [stage.bill(hours(count), client=ada) for count in ("1.00", "2.00")]  # type: ignore[arg-type]
    return [row("wrong_contact", of(bill), never_advises="merge") for bill in bills]


@scenario("tie-of-nothing", SECTION, "Two bills of 0.00, whose invoices are voided, teach nothing about a third.")
def tie_of_nothing(stage: Stage) -> list[Expected]:
    firm = stage.firm
    firm.contact(stage.client, "E. V. Holdings")
    for _ in range(2):
        bill = stage.bill(discount=("percentage", "100"))
        firm.xero.tables["Invoices"][stage.invoice(bill)["InvoiceID"]]["Status"] = "VOIDED"
    third = stage.bill(in_xero=False)
    other = stage.copy(third, "A-77")
    return naming_each_other(
        [
            row("missing_in_xero", of(third), "-1120.00", explains="A-77", never_advises="sent to Xero"),
            row("xero_only", of(other), "1120.00"),
        ]
    )


@scenario("tie-of-the-dead", SECTION, "Two pairs that are void on both sides teach nothing either.")
def tie_of_the_dead(stage: Stage) -> list[Expected]:
    stage.firm.contact(stage.client, "E. V. Holdings")
    for count in ("1.00", "2.00"):
        stage.firm.void(stage.bill(hours(count)))  # type: ignore[arg-type]
    third = stage.bill(in_xero=False)
    other = stage.copy(third, "A-77")
    return naming_each_other([row("missing_in_xero", of(third), "-1120.00"), row("xero_only", of(other), "1120.00")])


@scenario("names-folded", SECTION, "Co is a name too; an eszett is a double s; both write the client.")
def names_folded(stage: Stage) -> list[Expected]:
    firm = stage.firm
    for first, last, known, contact in (
        ("Maria", "Co", "Co, Maria", "Maria Co"),
        ("Robert", "Bank", "Robert Bank", "BANK, Robert"),
        ("An", "Trust", "An Trust", "Trust, An"),
    ):
        client = firm.person(first, last)
        firm.rename_client(client, known)
        firm.contact(client, contact)
        stage.bill(client=client)
    for known, contact in (
        ("Gross & Söhne", "GROSS & SÖHNE"),
        ("Groß & Soehne", "GROSS & SOEHNE"),
        ("Brightwater, L.L.C.", "Brightwater LLC"),
        ("First Bank, Springfield", "First Bank Springfield"),
    ):
        client = firm.company(known)
        firm.contact(client, contact)
        stage.bill(client=client)
    return []


@scenario("names-not-folded", SECTION, "A company with a comma is not turned round into another one.")
def names_not_folded(stage: Stage) -> list[Expected]:
    client = stage.firm.company("Lee Kim")
    stage.firm.contact(client, "Lee, Kim")
    bill = stage.bill(client=client)
    return [row("wrong_contact", of(bill))]


def redacted(bill: Record) -> None:
    """Clio does not show the connected user whose bill it is."""
    bill["client"] = {"id": None, "name": None, "redacted": True}


NO_CONTACT = ("contact", "merge", "client's")


@scenario("client-not-visible", SECTION, "A bill whose client is redacted, and its invoice: no word about contacts.")
def client_not_visible(stage: Stage) -> list[Expected]:
    redacted(stage.bill())
    return []


@scenario("client-not-visible-differs", SECTION, "The same, and the invoice is dated a day late: only that is said.")
def client_not_visible_differs(stage: Stage) -> list[Expected]:
    bill = stage.bill()
    stage.by_hand(bill, Date=stage.day(ISSUED + 1))
    redacted(bill)
    return [row("date_differs", of(bill), silent_on="contact", never_advises=NO_CONTACT)]


@scenario("client-not-visible-draft", SECTION, "A draft whose client nobody can check is never ready.")
def client_not_visible_draft(stage: Stage) -> list[Expected]:
    bill = stage.stuck()
    redacted(bill)
    return [row("stuck_in_draft_edited", of(bill), "-1120.00", silent_on="contact", never_advises=("contact", "merge"))]
