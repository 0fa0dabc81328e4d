-- Everything the product believes about the two systems without their makers having said so, and whether tonight's
-- data bears it out. Nothing is left out for a record that does not: it is counted, the first is named in the night's
-- statement, and the rows about each of them say so.
with

believed (assumption, sentence) as (

    values
    ('lines_add_up_to_bill', 'The lines of a bill add up to it, with or without their taxes.'),
    ('payments_add_up_to_paid', 'The payments applied to a bill add up to what it says was paid.'),
    ('credits_add_up_to_credits_issued', 'The credits applied to a bill add up to what it says was credited.'),
    ('balance_is_due_less_paid_less_credits', 'The balance of a bill is its due minus paid minus credits issued.'),
    ('bank_transactions_add_up_to_account', 'The entries of a Clio bank account add up to its balance.'),
    ('trust_entries_add_up_to_pockets', 'The entries of a matter''s trust money add up to what Clio says it holds.'),
    ('lines_add_up_to_invoice', 'The lines of an invoice add up to it.'),
    ('due_is_total_less_paid_less_credited', 'What is due on an invoice is its total minus paid minus credited.'),
    ('journal_lines_add_up_to_zero', 'The lines of a posted manual journal, their taxes included, add up to zero.'),
    ('prepayments_stand_in_receivables', 'Prepayments with credit remaining stand in Xero''s receivables account.'),
    ('every_field_can_be_read', 'Each field of a record can be read; if not it is left empty, an endless text cut.'),
    ('lists_are_as_long_as_stated', 'A list read in full has as many rows as the system says it has.')

),

bills_with_lines as (

    select
        firm_id,
        bill_id,
        bool_and(adds_up_to_bill) as lines_add_up
    from {{ ref('int_bill_lines_valued') }}
    group by firm_id, bill_id

),

bills_whose_lines_do_not_add_up as (

    select
        bills.firm_id,
        'lines_add_up_to_bill' as assumption,
        bills.bill_key as subject_key
    from {{ ref('int_bills_valued') }} as bills
    left join bills_with_lines as lines
        on bills.firm_id = lines.firm_id and bills.bill_id = lines.bill_id
    where
        bills.bill_class not in ('dead', 'vanished')
        and case when lines.bill_id is null then bills.net_amount <> 0 else not lines.lines_add_up end

),

applied_to_each_bill as (

    select
        firm_id,
        bill_id,
        sum(case when parent_type = 'CreditMemo' then 0 else allocation_amount end) as paid_amount,
        sum(case when parent_type = 'CreditMemo' then allocation_amount else 0 end) as credited_amount
    from {{ ref('stg_clio__allocations') }}
    where voided_at is null and bill_id is not null
    group by firm_id, bill_id

),

bills_whose_payments_do_not_add_up as (

    select
        bills.firm_id,
        'payments_add_up_to_paid' as assumption,
        bills.bill_key as subject_key
    from {{ ref('int_bills_valued') }} as bills
    left join applied_to_each_bill as applied
        on bills.firm_id = applied.firm_id and bills.bill_id = applied.bill_id
    where bills.bill_class not in ('dead', 'vanished') and bills.paid_amount <> coalesce(applied.paid_amount, 0)

),

bills_whose_credits_do_not_add_up as (

    select
        bills.firm_id,
        'credits_add_up_to_credits_issued' as assumption,
        bills.bill_key as subject_key
    from {{ ref('int_bills_valued') }} as bills
    left join applied_to_each_bill as applied
        on bills.firm_id = applied.firm_id and bills.bill_id = applied.bill_id
    where bills.bill_class not in ('dead', 'vanished') and bills.credited_amount <> coalesce(applied.credited_amount, 0)

),

bills_whose_balance_is_not_what_is_left as (

    select
        firm_id,
        'balance_is_due_less_paid_less_credits' as assumption,
        bill_key as subject_key
    from {{ ref('int_bills_valued') }}
    where
        bill_class = 'approved'
        and balance_amount <> payable_amount - paid_amount - credited_amount

),

accounts_whose_entries_do_not_add_up as (

    select
        accounts.firm_id,
        'bank_transactions_add_up_to_account' as assumption,
        {{ subject_key('clio-account', 'accounts.bank_account_id') }} as subject_key
    from {{ ref('stg_clio__bank_accounts') }} as accounts
    left join {{ ref('stg_clio__bank_transactions') }} as entries
        on accounts.firm_id = entries.firm_id and accounts.bank_account_id = entries.bank_account_id
    where accounts.vanished_at is null
    group by accounts.firm_id, accounts.bank_account_id, accounts.balance_amount
    having
        accounts.balance_amount
        <> coalesce(sum(coalesce(entries.funds_in_amount, 0) - coalesce(entries.funds_out_amount, 0)), 0)

),

pockets_of_trust_money as (

    -- Also: that the money Clio states for a client leaves out what its matters hold.
    select
        firm_id,
        {{ subject_key('matter', 'matter_id') }} as pocket_key,
        balance_amount as amount
    from {{ ref('stg_clio__matter_account_balances') }}
    where account_type = 'Trust'

    union all

    select
        firm_id,
        {{ subject_key('client', 'contact_id') }} as pocket_key,
        balance_amount as amount
    from {{ ref('stg_clio__contact_account_balances') }}
    where account_type = 'Trust'

    union all

    select
        entries.firm_id,
        {{ pocket_key('entries') }} as pocket_key,
        -{{ signed_funds('entries') }} as amount
    from {{ ref('stg_clio__bank_transactions') }} as entries
    inner join {{ ref('int_trust_figures') }} as accounts
        on entries.firm_id = accounts.firm_id and entries.bank_account_id = accounts.bank_account_id
    where coalesce(entries.matter_id, entries.client_id) is not null

),

pockets_whose_entries_do_not_add_up as (

    select
        firm_id,
        'trust_entries_add_up_to_pockets' as assumption,
        pocket_key as subject_key
    from pockets_of_trust_money
    group by firm_id, pocket_key
    having sum(amount) <> 0

),

invoices_whose_lines_do_not_add_up as (

    select
        invoices.firm_id,
        'lines_add_up_to_invoice' as assumption,
        invoices.invoice_key as subject_key
    from {{ ref('int_invoices_valued') }} as invoices
    left join {{ ref('int_invoice_lines_valued') }} as lines
        on invoices.firm_id = lines.firm_id and invoices.invoice_id = lines.invoice_id
    where invoices.invoice_class <> 'dead' and invoices.document_kind is distinct from 'credit note'
    group by invoices.firm_id, invoices.invoice_key, invoices.net_amount
    having invoices.net_amount <> coalesce(sum(lines.net_amount), 0)

),

invoices_whose_due_is_not_what_is_left as (

    select
        firm_id,
        'due_is_total_less_paid_less_credited' as assumption,
        invoice_key as subject_key
    from {{ ref('int_invoices_valued') }}
    where invoice_class = 'live' and due_amount <> total_amount - paid_amount - credited_amount

),

journals_that_do_not_balance as (

    select
        journals.firm_id,
        'journal_lines_add_up_to_zero' as assumption,
        {{ subject_key('xero-entry', 'journals.manual_journal_id') }} as subject_key
    from {{ ref('stg_xero__manual_journals') }} as journals
    inner join {{ ref('stg_xero__manual_journal_lines') }} as lines
        on journals.firm_id = lines.firm_id and journals.manual_journal_id = lines.manual_journal_id
    where journals.journal_status = 'POSTED'
    group by journals.firm_id, journals.manual_journal_id, journals.line_amount_types
    having
        sum(
            lines.line_amount
            + case when journals.line_amount_types = 'Exclusive' then coalesce(lines.tax_amount, 0) else 0 end
        ) <> 0

),

lists_shorter_or_longer_than_stated as (

    select
        lists.firm_id,
        'lists_are_as_long_as_stated' as assumption,
        'firm' as subject_key
    from {{ ref('stg_evidence__lists') }} as lists
    inner join {{ ref('int_tonight') }} as tonight
        on lists.firm_id = tonight.firm_id and lists.run_id = tonight.run_id
    where lists.load_mode = 'full' and lists.fetched_row_count <> lists.stated_row_count

),

fields_that_cannot_be_read as (

    select
        firm_id,
        'every_field_can_be_read' as assumption,
        case
            when table_name in ('clio.bills', 'clio.bill_matters') then {{ subject_key('clio', 'record_id') }}
            when table_name in ('xero.invoices', 'xero.invoice_lines') then {{ subject_key('xero', 'record_id') }}
            else table_name || ' ' || record_id
        end || ' ' || field as subject_key
    from {{ ref('stg_evidence__unread_fields') }}

),

accounts_that_lack_the_prepayments as (

    select distinct
        firm_id,
        'prepayments_stand_in_receivables' as assumption,
        'firm' as subject_key
    from {{ ref('int_credits_remaining') }}
    where not is_in_receivables

),

records_that_contradict as (

    select * from bills_whose_lines_do_not_add_up
    union all
    select * from bills_whose_payments_do_not_add_up
    union all
    select * from bills_whose_credits_do_not_add_up
    union all
    select * from bills_whose_balance_is_not_what_is_left
    union all
    select * from accounts_whose_entries_do_not_add_up
    union all
    select * from pockets_whose_entries_do_not_add_up
    union all
    select * from invoices_whose_lines_do_not_add_up
    union all
    select * from invoices_whose_due_is_not_what_is_left
    union all
    select * from journals_that_do_not_balance
    union all
    select * from fields_that_cannot_be_read
    union all
    select * from accounts_that_lack_the_prepayments
    union
    select * from lists_shorter_or_longer_than_stated

)

select
    tonight.firm_id,
    believed.assumption,
    believed.sentence,
    cast(count(records.assumption) as integer) as broken_count,
    min(records.subject_key) as example_key,
    list(records.subject_key order by records.subject_key) filter (where records.assumption is not null)
        as broken_keys
from {{ ref('int_tonight') }} as tonight
cross join believed
left join records_that_contradict as records
    on tonight.firm_id = records.firm_id and believed.assumption = records.assumption
group by tonight.firm_id, believed.assumption, believed.sentence
