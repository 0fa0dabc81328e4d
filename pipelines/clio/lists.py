"""Clio: which list fills which table.

================================  ==============================================  ================================
endpoint                          tables                                          how
================================  ==============================================  ================================
``/bills``                        clio.bills, clio.bill_matters                   changed since, and every open bill
``/line_items``                   clio.line_items                                 as a set per changed bill
``/allocations``                  clio.allocations (these are the payments)       as a set per changed bill
``/interest_charges``             clio.interest_charges                           as a set per changed bill
``/bank_transactions``            clio.bank_transactions (trust and operating)    changed since, proven per account
``/bank_accounts``                clio.bank_accounts                              whole each night, one call
``/matters``                      clio.matters, clio.matter_account_balances      whole, or those that hold money
``/contacts``                     clio.contacts, clio.contact_account_balances    whole, or those that hold money
``/outstanding_client_balances``  clio.outstanding_client_balances                whole each night
================================  ==============================================  ================================

Left out on purpose: activities (a line item says what was billed), trust line items (they are requests for money,
not movements), bank transfers (Clio gives no list of them), reports (each follows rules of its own), credit memos
(their allocations say all that a rule asks for), users, documents and notes (nothing to reconcile, much to protect).
Of a record only the fields that a rule, a proof or a page asks for: no e-mail address, no bank account's number, no
person's names but the one that the record goes by.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import Enum
from functools import partial

from pipelines.tables.columns import Table, clio_fields, columns
from pipelines.tables.listed import Listed
from pipelines.tables.sql import read_sql

_sql = partial(read_sql, __package__)
BILL_STATES = frozenset({"draft", "awaiting_approval", "awaiting_payment", "paid", "void", "deleted"})


class Reading(Enum):
    """How a list is read on a night that holds what an earlier one read; the first night sweeps every list."""

    FIRST = "whole, before anything else"
    OPEN = "what changed since, and every one that is unfinished"
    SETS = "as a set per changed bill"
    ENTRIES = "what changed since, proven by each account's own count and sum"
    MONEY = "whole, or what changed and what holds or moved money"
    OWED = "whole, adding up to the open bills"
    SWEPT = "whole, with every proof"

    @property
    def has_stamps(self) -> bool:
        """Whether such a list is asked for its changes."""
        return self in (Reading.OPEN, Reading.SETS, Reading.ENTRIES, Reading.MONEY)


@dataclass(frozen=True, eq=False)
class ClioList(Listed):
    """One list of the API, and how it is read.

    ``also`` are further queries for rows that a plain one may leave out. ``unfinished`` are the states in which a
    record may change without a stamp. ``adds_up`` says in SQL whether a set ``r`` of a bill ``b`` is what the bill
    states; with ``whole_if_adds_up`` that proves a whole reading as well. ``not_empty`` finds tonight's records for
    which the list must have a row; without it, a list that came back empty is never believed. ``named_by`` is the field
    in which an entry names a record of it. ``may_shrink``: it loses rows in the ordinary course of business.
    """

    path: str
    tables: tuple[Table, ...]
    reading: Reading
    ordered: bool = True
    limit: int = 200
    params: dict[str, str] = field(default_factory=dict)
    also: tuple[dict[str, str], ...] = field(default=())
    unfinished: tuple[str, ...] = ()
    adds_up: str = ""
    whole_if_adds_up: bool = False
    not_empty: str = ""
    named_by: str = ""
    may_shrink: bool = False

    @property
    def fields(self) -> str:
        """What to ask for."""
        return clio_fields(self.tables)

    def at(self, path: str) -> ClioList:
        """The same list from another address: the link to a next page."""
        return replace(self, path=path)


BILLS = ClioList(
    path="bills.json",
    reading=Reading.OPEN,
    unfinished=("draft", "awaiting_approval", "awaiting_payment"),
    # Whether a plain list holds the void and the deleted is not documented, so they are asked for as well.
    also=({"state": "void"}, {"state": "deleted"}),
    tables=(
        Table(
            "clio",
            "bills",
            key=("id",),
            closed={"state": BILL_STATES},
            ours=columns("vanished_at moment"),
            columns=columns("""
                id                      id
                number                  text
                state                   text
                kind                    text
                subject                 text
                issued_at               date
                due_at                  date
                created_at              moment?
                updated_at              moment
                sub_total               money?
                secondary_tax_sum       money
                total_tax               money
                total                   money!
                due                     money!
                paid                    money
                credits_issued          money
                pending                 money
                balance                 money!
                discount_rate           rate     discount.rate
                discount_type           text     discount.type
                discount_services_only  flag?
                interest_total          money    interest.total
                client_id               id       client.id
                client_name             text     client.name
                currency_code           text     currency.code
            """),
        ),
        Table(
            "clio",
            "bill_matters",
            key=("bill_id", "matter_id"),
            items="matters",
            columns=columns("""
                bill_id         id    ^id
                matter_id       id    id
                display_number  text  display_number
                position        int   #
            """),
        ),
    ),
)

LINE_ITEMS = ClioList(
    path="line_items.json",
    reading=Reading.SETS,
    adds_up=_sql("line_items_add_up"),
    not_empty=_sql("line_items_not_empty"),
    ordered=False,
    tables=(
        Table(
            "clio",
            "line_items",
            key=("id",),
            columns=columns("""
                id                 id
                bill_id            id       bill.id
                matter_id          id       matter.id
                type               text
                kind               text
                date               date
                description        text
                note               text?
                quantity           rate
                price              rate
                tax                money
                secondary_tax      money
                total              money!
                taxable            flag
                secondary_taxable  flag
                group_ordering     int?
                discount_rate      rate     discount.rate
                discount_type      text     discount.type
                created_at         moment?
                updated_at         moment
            """),
        ),
    ),
)

ALLOCATIONS = ClioList(
    path="allocations.json",
    reading=Reading.SETS,
    adds_up=_sql("allocations_add_up"),
    not_empty=_sql("allocations_not_empty"),
    # Whether a plain list holds the voided is not documented either.
    also=({"status": "invalid"},),
    tables=(
        Table(
            "clio",
            "allocations",
            key=("id",),
            columns=columns("""
                id                             id
                bill_id                        id       bill.id
                matter_id                      id       matter.id
                contact_id                     id       contact.id
                parent_id                      id       parent.id
                parent_type                    text     parent.type
                date                           date
                amount                         money!
                voided_at                      moment
                description                    text?
                payment_type                   text
                source_bank_account_id         id       source_bank_account.id
                source_bank_account_type       text     source_bank_account.type
                destination_bank_account_id    id       destination_bank_account.id
                destination_bank_account_type  text     destination_bank_account.type
                created_at                     moment?
                updated_at                     moment
            """),
        ),
    ),
)

INTEREST_CHARGES = ClioList(
    path="interest_charges.json",
    reading=Reading.SETS,
    adds_up=_sql("interest_charges_add_up"),
    whole_if_adds_up=True,
    not_empty=_sql("interest_charges_not_empty"),
    ordered=False,
    tables=(
        Table(
            "clio",
            "interest_charges",
            key=("id",),
            columns=columns("""
                id           id
                bill_id      id       bill.id
                date         date
                description  text
                total        money!
                created_at   moment?
                updated_at   moment
            """),
        ),
    ),
)

BANK_ACCOUNTS = ClioList(
    path="bank_accounts.json",
    reading=Reading.FIRST,
    params={"show_empty_accounts": "true"},
    tables=(
        Table(
            "clio",
            "bank_accounts",
            key=("id",),
            ours=columns("vanished_at moment"),
            columns=columns("""
                id                       id
                name                     text
                type                     text
                balance                  money!
                bank_transactions_count  int
                currency                 text
                created_at               moment?
                updated_at               moment
            """),
        ),
    ),
)

BANK_TRANSACTIONS = ClioList(
    path="bank_transactions.json",
    reading=Reading.ENTRIES,
    not_empty=_sql("bank_transactions_not_empty"),
    tables=(
        Table(
            "clio",
            "bank_transactions",
            key=("id",),
            columns=columns("""
                id                       id
                bank_account_id          id!      bank_account_id|bank_account.id
                date                     date
                amount                   money?
                funds_in                 money
                funds_out                money
                current_account_balance  money?
                type                     text
                transaction_type         text
                source                   text
                confirmation             text?
                description              text
                currency                 text
                client_id                id       client.id
                client_name              text     client.name
                matter_id                id       matter.id
                bill_id                  id       bill.id
                allocation_id            id       allocation.id
                created_at               moment?
                updated_at               moment
            """),
        ),
    ),
)

MATTERS = ClioList(
    path="matters.json",
    reading=Reading.MONEY,
    named_by="matter",
    tables=(
        Table(
            "clio",
            "matters",
            key=("id",),
            columns=columns("""
                id                         id
                display_number             text
                description                text?
                status                     text
                client_id                  id       client.id
                client_name                text     client.name
                responsible_attorney_id    id       responsible_attorney.id
                responsible_attorney_name  text     responsible_attorney.name
                last_activity_date         date
                created_at                 moment?
                updated_at                 moment
            """),
        ),
        Table(
            "clio",
            "matter_account_balances",
            key=("matter_id", "position"),
            items="account_balances",
            columns=columns("""
                matter_id           id      ^id
                position            int     #
                name                text    name
                type                text    type
                balance             money!  balance
            """),
        ),
    ),
)

CONTACTS = ClioList(
    path="contacts.json",
    reading=Reading.MONEY,
    named_by="client",
    tables=(
        Table(
            "clio",
            "contacts",
            key=("id",),
            columns=columns("""
                id                     id
                name                   text
                is_client              flag?
                created_at             moment?
                updated_at             moment
            """),
        ),
        Table(
            "clio",
            "contact_account_balances",
            key=("contact_id", "position"),
            items="account_balances",
            columns=columns("""
                contact_id          id      ^id
                position            int     #
                name                text    name
                type                text    type
                balance             money!  balance
            """),
        ),
    ),
)

OUTSTANDING_CLIENT_BALANCES = ClioList(
    path="outstanding_client_balances.json",
    reading=Reading.OWED,
    not_empty=_sql("outstanding_client_balances_not_empty"),
    may_shrink=True,
    ordered=False,
    tables=(
        Table(
            "clio",
            "outstanding_client_balances",
            key=("id",),
            columns=columns("""
                id                         id
                contact_id                 id       contact.id
                total_outstanding_balance  money!
                pending_payments_total     money?
                created_at                 moment?
                updated_at                 moment
            """),
        ),
    ),
)

LISTS = (
    BILLS,
    LINE_ITEMS,
    ALLOCATIONS,
    INTEREST_CHARGES,
    BANK_ACCOUNTS,
    BANK_TRANSACTIONS,
    MATTERS,
    CONTACTS,
    OUTSTANDING_CLIENT_BALANCES,
)
# Lists that an earlier version read, and that no rule asks for: a file that still has them loses them.
NO_LONGER_READ = ("credit_memos", "users")
TABLES = tuple(table for clio_list in LISTS for table in clio_list.tables)
