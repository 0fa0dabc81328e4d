-- When anything that moves receivables last changed in each system: until the grace is over, totals may be on their
-- way.
select
    firm_id,
    'clio' as source_system,
    max(changed_at) as changed_at
from (
    select
        firm_id,
        changed_at
    from {{ ref('int_bills_valued') }}
    union all
    select
        firm_id,
        greatest(updated_at, voided_at) as changed_at
    from {{ ref('stg_clio__allocations') }}
    union all
    select
        firm_id,
        updated_at as changed_at
    from {{ ref('stg_clio__outstanding_client_balances') }}
) as changes
group by firm_id

union all

select
    firm_id,
    'xero' as source_system,
    max(changed_at) as changed_at
from (
    select
        firm_id,
        changed_at
    from {{ ref('int_invoices_valued') }}
    union all
    select
        firm_id,
        changed_at
    from {{ ref('int_xero_applications') }}
    union all
    select
        firm_id,
        changed_at
    from {{ ref('int_credits_remaining') }}
    union all
    select
        firm_id,
        updated_at as changed_at
    from {{ ref('stg_xero__bank_transactions') }}
) as changes
group by firm_id
