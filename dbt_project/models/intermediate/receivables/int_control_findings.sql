-- Totals that the two systems keep themselves and that their own documents do not add up to.
with

differences as (

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
    differences.firm_id,
    differences.code,
    differences.code as finding_key,
    'firm' as subject_key,
    cast(null as varchar) as detail_key,
    cast(null as varchar) as bill_id,
    cast(null as varchar) as invoice_id,
    cast(abs(differences.difference_amount) as decimal(18, 2)) as amount,
    cast(0 as decimal(18, 2)) as ar_effect_amount,
    case
        when differences.source_system = 'clio'
            then 'bills ' || {{ money_text('differences.documents_amount') }}
                || ', outstanding balances ' || {{ money_text('differences.control_amount') }}
    end as clio_value,
    case
        when differences.source_system = 'xero'
            then 'invoices minus credit ' || {{ money_text('differences.documents_amount') }}
                || ', receivables account ' || {{ money_text('differences.control_amount') }}
    end as xero_value,
    case differences.code
        when 'clio_control_differs'
            then 'Clio''s outstanding client balances are ' || {{ money_text('differences.control_amount') }}
                || ', while its bills have ' || {{ money_text('differences.documents_amount') }} || ' to pay.'
        else
            'The receivables account in Xero stands at ' || {{ money_text('differences.control_amount') }}
            || ', while its invoices minus unused credit come to ' || {{ money_text('differences.documents_amount') }}
            || '.'
    end as explanation,
    case differences.code
        when 'clio_control_differs' then 'Compare the balances by client in Clio with the bills there.'
        else 'Look for journals and bank entries that were booked straight to the receivables account in Xero.'
    end as suggested_action,
    cast(null as varchar) as blocked_by,
    cast(null as varchar) as group_id,
    cast(differences.difference_amount as varchar) as difference,
    changes.changed_at
from differences
left join last_change_of_each_system as changes
    on differences.firm_id = changes.firm_id and differences.source_system = changes.source_system
where differences.difference_amount <> 0
