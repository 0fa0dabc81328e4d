-- What is wrong with money beyond that of one pair, as facts. Credits in Xero with credit remaining, whatever their
-- date: one that may be the payment which an invoice lacks says so, as the two rows are one matter. Card payments in
-- Clio that have not settled. Card receipts that go through an account no mapping names, said once for all. And totals
-- that the two systems keep themselves and that their own documents do not add up to.
with

payments_that_a_credit_may_be as (

    -- The nearest three are named.
    select
        firm_id,
        thing_id as credit_id,
        count(*) as payment_count,
        max(candidate_count) as credit_count,
        max(set_key) as set_key,
        list(set_key order by days_apart nulls last, set_key)[:3] as payment_set_keys
    from {{ ref('int_money_candidates') }}
    where thing_kind in ('credit note', 'overpayment', 'prepayment')
    group by firm_id, thing_id

),

accounts_that_card_receipts_go_through as (

    select
        payments.firm_id,
        payments.xero_account_id as account_id,
        concat_ws(' ', accounts.account_code, accounts.account_name) as account,
        coalesce(accounts.account_code, accounts.account_name) as account_to_name,
        count(*) as payment_count,
        sum(payments.xero_amount) as amount,
        min(payments.xero_date) as first_date,
        max(payments.payment_changed_at) as changed_at
    from {{ ref('int_payments_at_odds') }} as payments
    inner join {{ ref('stg_xero__accounts') }} as accounts
        on payments.firm_id = accounts.firm_id and payments.xero_account_id = accounts.account_id
    where payments.is_said_of_its_account
    group by all

),

operating_accounts_named as (

    select
        operating.firm_id,
        list(distinct operating.clio_bank_account order by operating.clio_bank_account) as clio_accounts,
        list(
            distinct coalesce(accounts.account_code, operating.xero_bank_account)
            order by coalesce(accounts.account_code, operating.xero_bank_account)
        ) as xero_accounts
    from {{ ref('stg_evidence__operating_accounts') }} as operating
    left join {{ ref('stg_xero__accounts') }} as accounts
        on operating.firm_id = accounts.firm_id and operating.xero_bank_account_id = accounts.account_id
    group by operating.firm_id

),

totals_beside_their_documents as (

    select
        firm_id,
        'clio_control_differs' as code,
        'clio' as source_system,
        clio_control_amount - clio_receivables_amount as difference_amount,
        clio_receivables_amount as documents_amount,
        clio_control_amount as control_amount
    from {{ ref('int_receivables') }}

    union all

    select
        firm_id,
        'subledger_differs_from_control' as code,
        'xero' as source_system,
        xero_control_amount - xero_receivables_amount as difference_amount,
        xero_receivables_amount as documents_amount,
        xero_control_amount as control_amount
    from {{ ref('int_receivables') }}

),

changes as (

    select
        firm_id,
        'clio' as source_system,
        changed_at
    from {{ ref('int_bills_valued') }}
    union all
    select
        firm_id,
        'clio' as source_system,
        greatest(updated_at, voided_at) as changed_at
    from {{ ref('stg_clio__allocations') }}
    union all
    select
        firm_id,
        'clio' as source_system,
        updated_at as changed_at
    from {{ ref('stg_clio__outstanding_client_balances') }}
    union all
    select
        firm_id,
        'xero' as source_system,
        changed_at
    from {{ ref('int_invoices_valued') }}
    union all
    select
        firm_id,
        'xero' as source_system,
        changed_at
    from {{ ref('int_xero_applications') }}
    union all
    select
        firm_id,
        'xero' as source_system,
        changed_at
    from {{ ref('int_credits_remaining') }}
    union all
    select
        firm_id,
        'xero' as source_system,
        updated_at as changed_at
    from {{ ref('stg_xero__bank_transactions') }}

),

last_change_of_each_system as (

    -- Until the grace is over, totals may be on their way. A stamp in the future is no change, and hides none.
    select
        changes.firm_id,
        changes.source_system,
        max(changes.changed_at) as changed_at
    from changes
    inner join {{ ref('int_tonight') }} as tonight
        on changes.firm_id = tonight.firm_id
    where changes.changed_at <= tonight.latest_change_at
    group by changes.firm_id, changes.source_system

)

select
    credits.firm_id,
    'unapplied_credit' as code,
    credits.credit_id,
    credits.credit_kind,
    nullif(credits.credit_number, '') as credit_number,
    credits.contact_id,
    credits.contact_name,
    credits.client_name,
    credits.is_in_receivables,
    credits.remaining_amount,
    credits.total_amount as document_amount,
    credits.credit_date as since_date,
    payments.payment_set_keys,
    case
        when payments.payment_count = 1 and payments.credit_count = 1
            then {{ group_of_money('credits.firm_id', 'payments.set_key') }}
    end as group_id,
    credits.own_remaining_amount as amount,
    cast(case when credits.is_in_receivables then -credits.own_remaining_amount else 0 end as decimal(18, 2))
        as ar_effect_amount,
    credits.changed_at
from {{ ref('int_credits_remaining') }} as credits
left join payments_that_a_credit_may_be as payments
    on credits.firm_id = payments.firm_id and credits.credit_id = payments.credit_id
where not credits.is_not_from_clio

union all by name

select
    bills.firm_id,
    'card_payment_pending' as code,
    bills.bill_id,
    documents.invoice_id,
    bills.pending_amount,
    cast({{ in_own_currency('abs(bills.pending_amount)', 'documents.bill_rate') }} as decimal(18, 2)) as amount,
    cast(0 as decimal(18, 2)) as ar_effect_amount,
    documents.changed_at
from {{ ref('int_bills_valued') }} as bills
inner join {{ ref('int_documents_paired') }} as documents
    on bills.firm_id = documents.firm_id and bills.bill_id = documents.bill_id
where bills.bill_class = 'approved' and bills.pending_amount <> 0

union all by name

select
    clearing.firm_id,
    'systemic_cause' as code,
    clearing.account_id,
    clearing.account,
    clearing.account_to_name,
    clearing.payment_count,
    cast(clearing.amount as decimal(18, 2)) as booked_amount,
    names.clio_accounts,
    names.xero_accounts,
    cast(0 as decimal(18, 2)) as amount,
    cast(0 as decimal(18, 2)) as ar_effect_amount,
    clearing.first_date as since_date,
    clearing.changed_at
from accounts_that_card_receipts_go_through as clearing
inner join operating_accounts_named as names
    on clearing.firm_id = names.firm_id

union all by name

select
    totals.firm_id,
    totals.code,
    totals.difference_amount,
    totals.documents_amount,
    totals.control_amount,
    cast(abs(totals.difference_amount) as decimal(18, 2)) as amount,
    cast(0 as decimal(18, 2)) as ar_effect_amount,
    changes.changed_at
from totals_beside_their_documents as totals
left join last_change_of_each_system as changes
    on totals.firm_id = changes.firm_id and totals.source_system = changes.source_system
where totals.difference_amount <> 0
