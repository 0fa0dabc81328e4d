"""Xero: which endpoint fills which table.

====================================  ==============================================  ==============================
endpoint                              tables                                          how
====================================  ==============================================  ==============================
``/Invoices`` (ACCREC, every status)  xero.invoices, xero.invoice_lines               changed since, and the open
``/Payments``                         xero.payments                                   changed since
``/CreditNotes``                      xero.credit_notes, _lines, _allocations         changed since
``/Overpayments``                     xero.overpayments, _lines, _allocations         changed since
``/Prepayments``                      xero.prepayments, _lines, _allocations          changed since
``/BankTransactions``                 xero.bank_transactions, .bank_transaction_lines changed since
``/ManualJournals``                   xero.manual_journals, .manual_journal_lines     changed since
``/Contacts`` (archived too)          xero.contacts                                   changed since
``/Accounts``                         xero.accounts                                   whole, one call
``/BatchPayments``                    xero.batch_payments                             whole, one call
``/BankTransfers`` (deleted too)      xero.bank_transfers                             whole, one call
``/Organisation``                     xero.organisations                              whole, one call
``/Reports/TrialBalance``             xero.trial_balance                              as of the night's day
====================================  ==============================================  ==============================

Manual journals are how a firm keeps client money on an account that is no bank account. Like the trial balance they
ask for the reports permission: where Xero refuses them, the figure is missing and the night goes on.

Left out on purpose: supplier bills (the ledger of payables is not reconciled here), journals (a tier of their own),
attachments, history and online invoices (one call per document), tax rates and tracking (no rule asks for them).

Payments are read after invoices, so that no payment points at an invoice that was not there yet.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from functools import partial

from pipelines.tables.columns import Table, columns
from pipelines.tables.listed import Listed
from pipelines.tables.sql import read_sql

DOCUMENT_STATUSES = frozenset({"DRAFT", "SUBMITTED", "AUTHORISED", "PAID", "VOIDED", "DELETED"})
CREDIT_STATUSES = frozenset({"AUTHORISED", "PAID", "VOIDED"})
PAYMENT_STATUSES = frozenset({"AUTHORISED", "DELETED"})
JOURNAL_STATUSES = frozenset({"DRAFT", "POSTED", "DELETED", "VOIDED", "ARCHIVED"})
BANK_STATUSES = frozenset({"AUTHORISED", "DELETED", "VOIDED"})
DEAD = ("DELETED", "VOIDED")
# Transfers have had a status only since 2026-07: without one they stand.
TRANSFER_STATUSES = frozenset({"AUTHORISED", "DELETED", None})


OPEN = ("DRAFT", "SUBMITTED", "AUTHORISED")
_sql = partial(read_sql, __package__)


class Reading(Enum):
    """How an endpoint is read."""

    MAPPED = "before anything else, as the organisation of the firm"
    FIRST = "whole, before any document"
    RECORDS = "whole, or what changed since where that is fewer calls"
    REPORT = "as of the night's day"


@dataclass(frozen=True, eq=False)
class XeroList(Listed):
    """One endpoint. ``paged`` lists also understand If-Modified-Since; the others come whole in one reply.
    ``has_order`` lists can be sorted by their last change.

    ``may_be_refused`` lists ask for a right that the connected user may lack: a refusal (403) is a figure that is
    missing, not a night that failed. ``by_ids`` lists can be asked for many ids in a call.

    ``open_now`` asks a list of documents for those that are open, ``brief`` that they come without their lines. Of a
    list without pages, which states no number, ``named_by`` finds the keys under which tonight's other records name one
    of it, and ``moves_balances`` says that one of it would move a bank account's balance. ``may_shrink``: it loses rows
    in the ordinary course of business.
    """

    resource: str
    tables: tuple[Table, ...]
    paged: bool = True
    params: dict[str, str] = field(default_factory=dict)
    may_be_refused: bool = False
    has_order: bool = True
    envelope: str = ""
    reading: Reading = Reading.RECORDS
    by_ids: bool = False
    open_now: dict[str, str] = field(default_factory=dict)
    brief: dict[str, str] = field(default_factory=dict)
    named_by: str = ""
    moves_balances: bool = False
    may_shrink: bool = False

    def __post_init__(self) -> None:
        if not self.envelope:
            object.__setattr__(self, "envelope", self.resource)

    @property
    def has_no_number(self) -> bool:
        """Whether its records come in one reply that does not say how many there are."""
        return not self.paged and self.reading in (Reading.FIRST, Reading.RECORDS)


def allocations(name: str, parent: str) -> Table:
    """Amounts of a credit applied to invoices; as lists they differ only in whose they are."""
    return Table(
        "xero",
        f"{name}_allocations",
        key=(f"{name}_id", "position"),
        items="Allocations",
        columns=columns(f"""
            {name}_id       id      ^{parent}
            position        int     #
            allocation_id   id      AllocationID
            invoice_id      id      Invoice.InvoiceID
            invoice_number  text    Invoice.InvoiceNumber
            amount          money!  Amount|AppliedAmount
            date            date    Date
            is_deleted      flag    IsDeleted
        """),
    )


def lines(name: str, parent: str, more: str = "") -> Table:
    """Lines of a document, with any columns that it has more: the account of each says whose money it is. They are
    keyed by place: lines of credit notes carry no ids, an edited invoice gets new ones, and the set is replaced with
    its document."""
    shared = f"""
        {name}_id     id     ^{parent}
        position      int    #
        line_item_id  id     LineItemID
        description   text   Description
        quantity      rate   Quantity
        unit_amount   rate   UnitAmount
        line_amount   money  LineAmount
        tax_amount    money  TaxAmount
        tax_type      text?  TaxType
        account_code  text   AccountCode
        account_id    id     AccountID|AccountId
    """
    return Table(
        "xero",
        f"{name}_lines",
        key=(f"{name}_id", "position"),
        items="LineItems",
        columns=columns(shared) + columns(more),
    )


def credits(name: str, parent: str) -> Table:
    """Overpayments and prepayments share one shape."""
    return Table(
        "xero",
        f"{name}s",
        key=(f"{name}_id",),
        closed={"status": CREDIT_STATUSES},
        columns=columns(f"""
            {name}_id          id      {parent}
            type               text    Type
            status             text    Status
            contact_id         id      Contact.ContactID
            contact_name       text    Contact.Name
            date               date    Date
            reference          text    Reference
            currency_code      text    CurrencyCode
            currency_rate      fx      CurrencyRate
            line_amount_types  text    LineAmountTypes
            total_tax          money   TotalTax
            total              money!  Total
            remaining_credit   money!  RemainingCredit
            updated_at         moment  UpdatedDateUTC
        """),
    )


INVOICES = XeroList(
    "Invoices",
    by_ids=True,
    open_now={"Statuses": ",".join(OPEN)},
    brief={"summaryOnly": "true"},
    params={
        "where": 'Type=="ACCREC"',
        "Statuses": "DRAFT,SUBMITTED,AUTHORISED,PAID,VOIDED,DELETED",
        "includeArchived": "true",
        "unitdp": "4",
    },
    tables=(
        Table(
            "xero",
            "invoices",
            key=("invoice_id",),
            closed={"status": DOCUMENT_STATUSES},
            columns=columns("""
                invoice_id          id      InvoiceID
                type                text    Type
                invoice_number      text    InvoiceNumber
                reference           text    Reference
                status              text    Status
                contact_id          id      Contact.ContactID
                contact_name        text    Contact.Name
                date                date!   Date
                due_date            date    DueDate
                line_amount_types   text    LineAmountTypes
                currency_code       text    CurrencyCode
                currency_rate       fx      CurrencyRate
                total_tax           money!  TotalTax
                total               money!  Total
                total_discount      money?  TotalDiscount
                amount_due          money!  AmountDue
                amount_paid         money   AmountPaid
                amount_credited     money   AmountCredited
                updated_at          moment  UpdatedDateUTC
            """),
        ),
        lines(
            "invoice",
            "InvoiceID",
            more="""
                item_code        text?  ItemCode
                discount_rate    rate   DiscountRate
                discount_amount  money  DiscountAmount
            """,
        ),
    ),
)

PAYMENTS = XeroList(
    "Payments",
    tables=(
        Table(
            "xero",
            "payments",
            key=("payment_id",),
            closed={"status": PAYMENT_STATUSES},
            columns=columns("""
                payment_id        id      PaymentID
                payment_type      text    PaymentType
                status            text    Status
                date              date!   Date
                amount            money!  Amount
                bank_amount       money   BankAmount
                currency_rate     fx      CurrencyRate
                reference         text    Reference
                is_reconciled     flag?   IsReconciled
                account_id        id      Account.AccountID
                account_code      text    Account.Code
                invoice_id        id      Invoice.InvoiceID
                invoice_type      text?   Invoice.Type
                invoice_number    text    Invoice.InvoiceNumber
                contact_id        id      Invoice.Contact.ContactID
                contact_name      text    Invoice.Contact.Name
                batch_payment_id  id      BatchPaymentID|BatchPayment.BatchPaymentID
                updated_at        moment  UpdatedDateUTC
            """),
        ),
    ),
)

BATCH_PAYMENTS = XeroList(
    "BatchPayments",
    named_by=_sql("batch_payments_named"),
    paged=False,
    tables=(
        Table(
            "xero",
            "batch_payments",
            key=("batch_payment_id",),
            closed={"status": PAYMENT_STATUSES},
            columns=columns("""
                batch_payment_id  id      BatchPaymentID
                account_id        id!     Account.AccountID
                date              date    Date
                type              text    Type
                status            text    Status
                total_amount      money!  TotalAmount
                is_reconciled     flag?   IsReconciled
                reference         text    Reference
                details           text?   Details
                updated_at        moment  UpdatedDateUTC
            """),
        ),
    ),
)

CREDIT_NOTES = XeroList(
    "CreditNotes",
    open_now={"where": " OR ".join(f'Status=="{status}"' for status in OPEN)},
    params={"unitdp": "4"},
    tables=(
        Table(
            "xero",
            "credit_notes",
            key=("credit_note_id",),
            closed={"status": DOCUMENT_STATUSES},
            columns=columns("""
                credit_note_id      id      CreditNoteID
                credit_note_number  text    CreditNoteNumber
                type                text    Type
                status              text    Status
                contact_id          id      Contact.ContactID
                contact_name        text    Contact.Name
                date                date    Date
                reference           text    Reference
                currency_code       text    CurrencyCode
                currency_rate       fx      CurrencyRate
                line_amount_types   text    LineAmountTypes
                total_tax           money   TotalTax
                total               money!  Total
                remaining_credit    money!  RemainingCredit
                updated_at          moment  UpdatedDateUTC
            """),
        ),
        lines("credit_note", "CreditNoteID"),
        allocations("credit_note", "CreditNoteID"),
    ),
)

OVERPAYMENTS = XeroList(
    "Overpayments",
    open_now={"where": 'Status=="AUTHORISED"'},
    params={"unitdp": "4"},
    tables=(
        credits("overpayment", "OverpaymentID"),
        lines("overpayment", "OverpaymentID"),
        allocations("overpayment", "OverpaymentID"),
    ),
)

PREPAYMENTS = XeroList(
    "Prepayments",
    open_now={"where": 'Status=="AUTHORISED"'},
    params={"unitdp": "4"},
    tables=(
        credits("prepayment", "PrepaymentID"),
        lines("prepayment", "PrepaymentID"),
        allocations("prepayment", "PrepaymentID"),
    ),
)

CONTACTS = XeroList(
    "Contacts",
    by_ids=True,
    params={"includeArchived": "true"},
    tables=(
        Table(
            "xero",
            "contacts",
            key=("contact_id",),
            columns=columns("""
                contact_id            id      ContactID
                name                  text    Name
                contact_status        text    ContactStatus
                merged_to_contact_id  id      MergedToContactID
                updated_at            moment  UpdatedDateUTC
            """),
        ),
    ),
)

ACCOUNTS = XeroList(
    "Accounts",
    reading=Reading.FIRST,
    named_by=_sql("accounts_named"),
    paged=False,
    tables=(
        Table(
            "xero",
            "accounts",
            key=("account_id",),
            columns=columns("""
                account_id                  id       AccountID
                code                        text     Code
                name                        text     Name
                type                        text     Type
                class                       text     Class
                status                      text     Status
                system_account              text     SystemAccount
                bank_account_type           text?    BankAccountType
                currency_code               text?    CurrencyCode
                enable_payments_to_account  flag?    EnablePaymentsToAccount
                tax_type                    text?    TaxType
                updated_at                  moment?  UpdatedDateUTC
            """),
        ),
    ),
)

BANK_TRANSACTIONS = XeroList(
    "BankTransactions",
    params={"unitdp": "4"},
    tables=(
        Table(
            "xero",
            "bank_transactions",
            key=("bank_transaction_id",),
            closed={"status": BANK_STATUSES},
            columns=columns("""
                bank_transaction_id  id      BankTransactionID
                type                 text    Type
                status               text    Status
                bank_account_id      id!     BankAccount.AccountID
                contact_id           id      Contact.ContactID
                contact_name         text    Contact.Name
                date                 date!   Date
                reference            text    Reference
                is_reconciled        flag?   IsReconciled
                currency_code        text    CurrencyCode
                currency_rate        fx      CurrencyRate
                line_amount_types    text    LineAmountTypes
                total_tax            money   TotalTax
                total                money!  Total
                prepayment_id        id      PrepaymentID
                overpayment_id       id      OverpaymentID
                updated_at           moment  UpdatedDateUTC
            """),
        ),
        lines("bank_transaction", "BankTransactionID"),
    ),
)

BANK_TRANSFERS = XeroList(
    "BankTransfers",
    moves_balances=True,
    paged=False,
    params={"includeDeleted": "true"},
    tables=(
        Table(
            "xero",
            "bank_transfers",
            key=("bank_transfer_id",),
            closed={"status": TRANSFER_STATUSES},
            columns=columns("""
                bank_transfer_id          id      BankTransferID
                from_account_id           id!     FromBankAccount.AccountID
                to_account_id             id!     ToBankAccount.AccountID
                from_bank_transaction_id  id      FromBankTransactionID
                to_bank_transaction_id    id      ToBankTransactionID
                amount                    money!  Amount
                date                      date!   Date
                status                    text    Status
                reference                 text    Reference
                from_is_reconciled        flag?   FromIsReconciled
                to_is_reconciled          flag?   ToIsReconciled
                created_at                moment  CreatedDateUTC
            """),
        ),
    ),
)

# A journal's lines are debits where positive. Giving an order was seen to switch paging off, so none is given.
MANUAL_JOURNALS = XeroList(
    "ManualJournals",
    may_be_refused=True,
    has_order=False,
    tables=(
        Table(
            "xero",
            "manual_journals",
            key=("manual_journal_id",),
            closed={"status": JOURNAL_STATUSES},
            columns=columns("""
                manual_journal_id  id      ManualJournalID
                status             text    Status
                date               date!   Date
                narration          text?   Narration
                line_amount_types  text    LineAmountTypes
                updated_at         moment  UpdatedDateUTC
            """),
        ),
        Table(
            "xero",
            "manual_journal_lines",
            key=("manual_journal_id", "position"),
            items="JournalLines",
            columns=columns("""
                manual_journal_id  id     ^ManualJournalID
                position           int    #
                description        text   Description
                line_amount        money  LineAmount
                tax_amount         money  TaxAmount
                tax_type           text?  TaxType
                account_code       text   AccountCode
                account_id         id     AccountID|AccountId
            """),
        ),
    ),
)

ORGANISATION = XeroList(
    "Organisation",
    reading=Reading.MAPPED,
    paged=False,
    envelope="Organisations",
    tables=(
        Table(
            "xero",
            "organisations",
            key=("organisation_id",),
            columns=columns("""
                organisation_id        id     OrganisationID
                name                   text   Name
                base_currency          text   BaseCurrency
                timezone               text   Timezone
                short_code             text?  ShortCode
                period_lock_date       date   PeriodLockDate
                end_of_year_lock_date  date   EndOfYearLockDate
            """),
        ),
    ),
)

TRIAL_BALANCE = XeroList(
    "Reports/TrialBalance",
    reading=Reading.REPORT,
    may_shrink=True,
    paged=False,
    may_be_refused=True,
    tables=(
        Table(
            "xero",
            "trial_balance",
            key=("as_of_date", "position"),
            items="lines",
            columns=columns("""
                as_of_date    date   ^as_of_date
                position      int    #
                section       text   section
                account_id    id     account
                account_name  text   name
                debit         money  debit
                credit        money  credit
                ytd_debit     money  ytd_debit
                ytd_credit    money  ytd_credit
            """),
        ),
    ),
)

LISTS = (
    ORGANISATION,
    ACCOUNTS,
    CONTACTS,
    INVOICES,
    CREDIT_NOTES,
    OVERPAYMENTS,
    PREPAYMENTS,
    PAYMENTS,
    BATCH_PAYMENTS,
    BANK_TRANSACTIONS,
    BANK_TRANSFERS,
    MANUAL_JOURNALS,
    TRIAL_BALANCE,
)
TABLES = tuple(table for xero_list in LISTS for table in xero_list.tables)
