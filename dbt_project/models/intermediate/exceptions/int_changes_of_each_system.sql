-- When anything that moves receivables last changed in each system: until the grace is over, totals may be on their
-- way. A stamp in the future is no change, and hides none.
with

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

)

select
    changes.firm_id,
    changes.source_system,
    max(changes.changed_at) as changed_at
from changes
inner join {{ ref('int_tonight') }} as tonight
    on changes.firm_id = tonight.firm_id
where changes.changed_at <= tonight.latest_change_at
group by changes.firm_id, changes.source_system
