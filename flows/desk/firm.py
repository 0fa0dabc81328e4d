"""One firm: the walk from Clio's receivables to Xero's, how old they are in each system, and its client money.

Each figure of the walk leads to what it is made of. Each picture has its figures as a table beside it.
"""

from dataclasses import dataclass
from decimal import Decimal

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from flows.desk.books import Books, Row, books_of, firm_of, firm_page, local
from flows.reading import ageing as by_age
from flows.reading.words import TRUST_FIGURES, titled

BRIDGE_SQL = "select * from recon.ar_tie_out where firm_id = ? order by step_number"
TRUST_SQL = "select * from recon.trust_tie_out where firm_id = ? order by trust_account, clio_bank_account_id"
STANDS = ("clio_receivables", "xero_receivables", "xero_control_account")  # figures, where others are steps
# The picture of the walk, in its own units: a row a step, and what is above and below. Its links lie upon it by these.
WALK_ABOVE, WALK_ROW, WALK_BELOW = 4, 31, 22
AGES = {
    "current": "current",
    "1-30": "1 to 30 days",
    "31-60": "31 to 60 days",
    "61-90": "61 to 90 days",
    "over 90": "over 90 days",
}
NOT_APPLIED = "credit not applied"
NIGHTS_SQL = """
select run_id, as_of_date, started_at, verdict, clio_receivables_amount, xero_receivables_amount,
    cast(xero_receivables_amount - clio_receivables_amount as decimal(18, 2)) as difference_amount, open_count
from recon.run_statements where firm_id = ? order by started_at, run_id
"""
MOST_ITEMS = 500
STEP_SQL = f"""
with items as (
    select client_name, amount,
        case when contains(item_key, '|') then string_split(item_key, '|')[2] else item_key end as subject_key
    from intermediate.int_bridge_items where firm_id = ?1 and step = ?2
)
select items.*, bills.bill_key, bills.clio_bill_number, bills.xero_invoice_number, count(*) over () as many
from items left join recon.matched_bills as bills on bills.firm_id = ?1 and items.subject_key = bills.bill_key
order by abs(items.amount) desc, items.client_name, items.subject_key limit {MOST_ITEMS}
"""


@dataclass(frozen=True)
class Age:
    """What is owed of one age, in each system."""

    label: str
    clio: Decimal
    xero: Decimal

    @property
    def difference(self) -> Decimal:
        """Xero minus Clio."""
        return self.xero - self.clio


def show(request: Request) -> Response:
    """The firm's page."""
    firm = firm_of(request)
    with books_of(firm) as books:
        ages = ageing(books)
        walk = bridge(books)
        shown = firm_page(
            request,
            "firm.html",
            "firm",
            books,
            bridge=walk,
            drawn=[row for row in walk if is_drawn(row)],
            rows=(WALK_ABOVE, WALK_ROW, WALK_BELOW),
            stands=STANDS,
            ages=ages,
            ages_total=Age("In all", sum_of(ages, "clio"), sum_of(ages, "xero")),
            trust=books.rows(TRUST_SQL),
            trust_figures=TRUST_FIGURES,
            nights=list(reversed(nights(books))),
        )
    return HTMLResponse(shown)


def show_step(request: Request) -> Response:
    """What one step of the walk is made of."""
    firm, step = firm_of(request), request.path_params["step"]
    with books_of(firm) as books:
        found = next((row for row in bridge(books) if row["step"] == step), None)
        if found is None:
            raise HTTPException(404, "The last night's walk has no such step.")
        shown = firm_page(request, "step.html", "firm", books, step=found, items=books.rows(STEP_SQL, step))
    return HTMLResponse(shown)


def bridge(books: Books) -> list[Row]:
    """The walk, each step with its words."""
    return [row | {"title": titled(row["step"])} for row in books.rows(BRIDGE_SQL)]


def is_drawn(step: Row) -> bool:
    """Whether a step of the walk has a bar in its picture; a figure that is missing has none."""
    return step["amount"] is not None


def ageing(books: Books) -> list[Age]:
    """Receivables by how long they are due on the night's day; credits in Xero that nothing was set against are a line
    of their own, so that both columns add up to the receivables."""
    total = books.named_rows(by_age.SQL)[-1]
    ages = [Age(words, *(total[by_age.key(side, bucket)] for side in by_age.SYSTEMS)) for bucket, words in AGES.items()]
    if total["xero_not_applied_amount"]:
        ages.append(Age(NOT_APPLIED, Decimal("0.00"), total["xero_not_applied_amount"]))
    return ages


def nights(books: Books) -> list[Row]:
    """Every night that was published, oldest first, with its figures; its moment by the firm's clock."""
    return [row | {"started_at": local(books.firm, row["started_at"])} for row in books.rows(NIGHTS_SQL)]


def sum_of(ages: list[Age], side: str) -> Decimal:
    """A column of the ageing added up."""
    return sum((getattr(age, side) for age in ages), Decimal("0.00"))
