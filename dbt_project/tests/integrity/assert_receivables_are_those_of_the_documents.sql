-- A row means: the receivables in the night's statement are not the sum of what the documents say, read straight from
-- staging. Catches a bill or invoice counted twice or not at all on the way to the bridge.
with

clio_receivables as (

    select
        firm_id,
        sum(balance_amount) as amount
    from {{ ref('stg_clio__bills') }}
    where
        bill_state in ('awaiting_payment', 'paid')
        and vanished_at is null
        and coalesce(bill_kind, '') <> 'trust_kind'
    group by firm_id

),

invoices_due as (

    select
        firm_id,
        sum(due_amount) as amount
    from {{ ref('stg_xero__invoices') }}
    where invoice_status = 'AUTHORISED'
    group by firm_id

),

credits_remaining as (

    select
        firm_id,
        sum(remaining_amount) as amount
    from {{ ref('int_credits_remaining') }}
    group by firm_id

)

select
    tonight.firm_id,
    statements.clio_receivables_amount,
    clio_receivables.amount as clio_sum_amount,
    statements.xero_receivables_amount,
    invoices_due.amount as xero_sum_amount
from {{ ref('int_tonight') }} as tonight
left join {{ ref('run_statements') }} as statements
    on tonight.firm_id = statements.firm_id and tonight.run_id = statements.run_id
left join clio_receivables on tonight.firm_id = clio_receivables.firm_id
left join invoices_due on tonight.firm_id = invoices_due.firm_id
left join credits_remaining on tonight.firm_id = credits_remaining.firm_id
where
    statements.clio_receivables_amount is distinct from coalesce(clio_receivables.amount, 0)
    or statements.xero_receivables_amount
    is distinct from coalesce(invoices_due.amount, 0) - coalesce(credits_remaining.amount, 0)
