"""Which sheets the workbook has, and where in the published warehouse each comes from. $firm is the firm."""

from dataclasses import dataclass

from flows.reading import ageing
from flows.reading.words import TRUST_FIGURES, entry_in_words, in_words, line_in_words, spaced
from flows.workbook.cells import Column

UNTIL, REASON, BY = "Accept until", "Reason", "By"
EXCEPTION_ID, AS_IT_WAS = "Exception id", "As it was"


@dataclass(frozen=True)
class Sheet:
    """A sheet of rows. `frozen` columns stay in view."""

    name: str
    sql: str
    columns: tuple[Column, ...]
    frozen: int = 0
    last_is_total: bool = False


def _links() -> tuple[Column, Column]:
    return Column("Clio link", "clio_url", "link"), Column("Xero link", "xero_url", "link")


WORKLIST = Sheet(
    "worklist",
    """
    select worklist.*, statements.as_of_date - worklist.since_date as days
    from recon.worklist as worklist
    cross join (
        select as_of_date from recon.run_statements where firm_id = $firm order by started_at desc, run_id desc limit 1
    ) as statements
    where worklist.firm_id = $firm order by worklist.work_rank
    """,
    (
        Column("Order", "work_rank", "count"),
        Column("Severity", "severity", "severity"),
        Column("Finding", "title", width=30),
        Column("Client", "client_name", width=26),
        Column("About", "subject_label"),
        Column("Amount", "amount", "money"),
        Column("Document total", "document_amount", "money"),
        Column("Since", "since_date", "date"),
        Column("Days", "days", "count"),
        Column("Matter", "matter_number", width=20),
        Column("Attorney", "responsible_attorney", width=18),
        *_links(),
        Column("What was found", "explanation", "words", 60),
        Column("What to do", "suggested_action", "words", 60),
        Column("After", "blocked_by", width=14),
        Column("Xero minus Clio", "ar_effect", "money"),
        Column("Clio says", "clio_value", "words", 24),
        Column("Xero says", "xero_value", "words", 24),
        Column("May be", "candidate", "words", 24),
        Column("Trust account", "trust_account"),
        Column("First seen", "first_seen_at", "moment"),
        Column("Nights", "nights_seen", "count"),
        Column("Code", "code", width=26),
        Column(EXCEPTION_ID, "exception_id", width=14),
    ),
    frozen=5,
)

# In the order of work, with what a person fills in.
DECISIONS = Sheet(
    "decisions",
    WORKLIST.sql,
    (
        Column("Severity", "severity", "severity"),
        Column("Finding", "title", width=30),
        Column("Client", "client_name", width=26),
        Column("About", "subject_label"),
        Column("Amount", "amount", "money"),
        Column("What was found", "explanation", "words", 60),
        Column(UNTIL, "until", "free day"),
        Column(REASON, "reason", "free", 40),
        Column(BY, "by", "free", 18),
        Column(EXCEPTION_ID, "exception_id", width=14),
        Column(AS_IT_WAS, "stamp", width=14, is_hidden=True),
    ),
    frozen=4,
)

LINES = Sheet(
    "lines",
    """
    select lines.*, bills.clio_bill_number, bills.xero_invoice_number, bills.clio_client_name, bills.clio_url,
        bills.xero_url
    from recon.line_diffs as lines
    inner join recon.matched_bills as bills on lines.firm_id = bills.firm_id and lines.bill_key = bills.bill_key
    where lines.firm_id = $firm and bills.finding = 'stuck_in_draft_edited'
    order by bills.clio_client_name, bills.clio_bill_number, lines.bill_key, lines.clio_date nulls last,
        lines.clio_line_item_id nulls last, lines.xero_line_item_id
    """,
    (
        Column("Client", "clio_client_name", width=26),
        Column("Bill", "clio_bill_number"),
        Column("Invoice", "xero_invoice_number"),
        Column("Line", "line_status", width=26, said=line_in_words),
        Column("Day", "clio_date", "date"),
        Column("Clio wording", "clio_description", "words", 50),
        Column("Clio quantity", "clio_quantity", "quantity"),
        Column("Clio rate", "clio_rate", "quantity"),
        Column("Clio net", "clio_net_amount", "money"),
        Column("Xero wording", "xero_description", "words", 50),
        Column("Xero quantity", "xero_quantity", "quantity"),
        Column("Xero price", "xero_unit_amount", "quantity"),
        Column("Xero net", "xero_net_amount", "money"),
        Column("Account", "xero_account_code", width=10),
        Column("Xero minus Clio", "difference_amount", "money"),
        *_links(),
    ),
    frozen=4,
)

BRIDGE = Sheet(
    "bridge",
    "select * from recon.ar_tie_out where firm_id = $firm order by step_number",
    (
        Column("Step", "step", width=44, said=in_words),
        Column("Amount", "amount", "figure"),
        Column("Items", "item_count", "count"),
    ),
)

AGEING = Sheet(
    "ageing",
    ageing.SQL,
    (
        Column("Client", "client_name", width=30),
        *(
            Column(f"{system.title()} {bucket}", ageing.key(system, bucket), "money")
            for bucket in ageing.BUCKETS
            for system in ageing.SYSTEMS
        ),
        Column("Xero credit not applied", "xero_not_applied_amount", "money"),
        Column("Clio total", "clio_total_amount", "money"),
        Column("Xero total", "xero_total_amount", "money"),
    ),
    frozen=1,
    last_is_total=True,
)

PAYMENTS = Sheet(
    "payments without partner",
    """
    select payments.*, coalesce(bills.clio_bill_number, bills.xero_invoice_number) as number,
        coalesce(bills.clio_client_name, bills.xero_contact_name) as client_name, bills.clio_url, bills.xero_url
    from recon.matched_payments as payments
    left join recon.matched_bills as bills
        on payments.firm_id = bills.firm_id and payments.bill_key = bills.bill_key
    where payments.firm_id = $firm and (payments.clio_allocation_ids is null or payments.xero_payment_ids is null)
    order by client_name, number, payments.bill_key, coalesce(payments.clio_date, payments.xero_date), payments.kind,
        payments.clio_allocation_ids, payments.xero_payment_ids
    """,
    (
        Column("Client", "client_name", width=26),
        Column("Bill", "number"),
        Column("Kind", "kind", width=10),
        Column("Finding", "payment_status", width=28, said=in_words),
        Column("Clio day", "clio_date", "date"),
        Column("Clio amount", "clio_amount", "money"),
        Column("From", "clio_source", width=10),
        Column("Xero day", "xero_date", "date"),
        Column("Xero amount", "xero_amount", "money"),
        Column("Account", "xero_account_code", width=10),
        Column("Xero minus Clio", "difference_amount", "money"),
        *_links(),
    ),
)

TRUST_ACCOUNTS = Sheet(
    "trust accounts",
    "select * from recon.trust_tie_out where firm_id = $firm order by trust_account, clio_bank_account_id",
    (
        Column("Trust account", "trust_account", width=24),
        Column("Verdict", "verdict", said=spaced),
        *(Column(words, figure, "figure") for figure, words in TRUST_FIGURES.items()),
        Column("Statement of", "statement_date", "date"),
        Column("As of", "as_of_date", "date"),
    ),
)

OUTSTANDING = Sheet(
    "not cleared",
    "select * from recon.trust_outstanding_items where firm_id = $firm order by entry_date, clio_bank_transaction_id",
    (
        Column("Trust account", "trust_account", width=24),
        Column("Statement of", "statement_date", "date"),
        Column("Item", "item_kind", width=24),
        Column("Day", "entry_date", "date"),
        Column("Client", "client_name", width=26),
        Column("Matter", "matter_number", width=20),
        Column("Description", "description", "words", 40),
        Column("Amount", "amount", "money"),
        Column("Days old", "age_days", "count"),
    ),
)

NAMED_LEDGER_SQL = """
    select ledger.*, accounts.trust_account, ledger.funds_in_amount - ledger.funds_out_amount as amount
    from recon.trust_ledger as ledger
    left join recon.trust_tie_out as accounts
        on ledger.firm_id = accounts.firm_id and ledger.clio_bank_account_id = accounts.clio_bank_account_id
    where ledger.firm_id = $firm
"""
CLIENT_LEDGERS = Sheet(
    "client ledgers",
    f"""
    select trust_account, client_name, matter_number, cast(sum(amount) as decimal(18, 2)) as balance_amount,
        min(running_balance_amount) as lowest_amount, max(entry_date) as last_entry_date, count(*) as entry_count
    from ({NAMED_LEDGER_SQL})
    group by clio_bank_account_id, trust_account, client_name, matter_number
    order by trust_account, clio_bank_account_id, client_name, matter_number
    """,
    (
        Column("Trust account", "trust_account", width=24),
        Column("Client", "client_name", width=26),
        Column("Matter", "matter_number", width=20),
        Column("Balance", "balance_amount", "money"),
        Column("Lowest", "lowest_amount", "money"),
        Column("Last entry", "last_entry_date", "date"),
        Column("Entries", "entry_count", "count"),
    ),
)

LEDGER_ENTRIES = Sheet(
    "ledger entries",
    f"""
    select * from ({NAMED_LEDGER_SQL})
    order by trust_account, clio_bank_account_id, client_name, matter_number, entry_date, funds_in_amount = 0,
        try_cast(clio_bank_transaction_id as bigint), clio_bank_transaction_id
    """,
    (
        Column("Trust account", "trust_account", width=24),
        Column("Client", "client_name", width=26),
        Column("Matter", "matter_number", width=20),
        Column("Day", "entry_date", "date"),
        Column("Description", "description", "words", 40),
        Column("Money in", "funds_in_amount", "money"),
        Column("Money out", "funds_out_amount", "money"),
        Column("Balance", "running_balance_amount", "money"),
        Column("In Xero", "match_status", width=20, said=entry_in_words),
    ),
)

# Behind the worklist, in this order; by client, accepted and about are made by hand (`flows.workbook`).
RECEIVABLES = (LINES, BRIDGE)
AFTER_CLIENTS = (AGEING, PAYMENTS, TRUST_ACCOUNTS, OUTSTANDING, CLIENT_LEDGERS, LEDGER_ENTRIES)
