-- What differs in the content, in figures: one row per live pair and code. Where the currencies differ, no amount is
-- compared.
with

findings as (

    select
        firm_id,
        bill_id,
        invoice_id,
        changed_at,
        'currency_differs' as code,
        ar_difference_amount as ar_effect_amount
    from {{ ref('int_contents_compared') }}
    where not currency_agrees

    union all by name

    select
        firm_id,
        bill_id,
        invoice_id,
        changed_at,
        net_outcome as code,
        net_difference_amount as ar_effect_amount
    from {{ ref('int_contents_compared') }}
    where currency_agrees and net_outcome in ('discount_lost', 'amounts_differ', 'lines_differ')

    union all by name

    select
        firm_id,
        bill_id,
        invoice_id,
        changed_at,
        'rounding' as code,
        net_rounding_amount
        + case when tax_outcome = 'rounding' then tax_difference_amount else 0 end as ar_effect_amount
    from {{ ref('int_contents_compared') }}
    where currency_agrees and (has_net_rounding or tax_outcome = 'rounding')

    union all by name

    select
        firm_id,
        bill_id,
        invoice_id,
        changed_at,
        'tax_differs' as code,
        tax_difference_amount as ar_effect_amount
    from {{ ref('int_contents_compared') }}
    where currency_agrees and tax_outcome = 'tax_differs'

    union all by name

    select
        firm_id,
        bill_id,
        invoice_id,
        changed_at,
        'line_tax_differs' as code,
        0 as ar_effect_amount
    from {{ ref('int_contents_compared') }}
    where currency_agrees and tax_outcome <> 'tax_differs' and unequal_tax_count > 0

    union all by name

    select
        firm_id,
        bill_id,
        invoice_id,
        changed_at,
        'interest_not_mirrored' as code,
        -interest_lacking_amount as ar_effect_amount
    from {{ ref('int_contents_compared') }}
    where currency_agrees and interest_lacking_amount <> 0

    union all by name

    select
        firm_id,
        bill_id,
        invoice_id,
        changed_at,
        'text_differs' as code,
        0 as ar_effect_amount
    from {{ ref('int_contents_compared') }}
    where currency_agrees and reworded_count > 0

    union all by name

    select
        firm_id,
        bill_id,
        invoice_id,
        changed_at,
        'date_differs' as code,
        case
            when date_trunc('month', clio_issued_date) <> date_trunc('month', xero_issued_date) then 'high'
        end as severity,
        0 as ar_effect_amount
    from {{ ref('int_contents_compared') }}
    where clio_issued_date <> xero_issued_date

    union all by name

    select
        firm_id,
        bill_id,
        invoice_id,
        changed_at,
        'due_date_differs' as code,
        0 as ar_effect_amount
    from {{ ref('int_contents_compared') }}
    where clio_due_date is distinct from xero_due_date

    union all by name

    select
        firm_id,
        bill_id,
        invoice_id,
        changed_at,
        'wrong_contact' as code,
        0 as ar_effect_amount
    from {{ ref('int_contents_compared') }}
    where not client_agrees

    union all by name

    select
        firm_id,
        bill_id,
        invoice_id,
        changed_at,
        'renumbered' as code,
        0 as ar_effect_amount
    from {{ ref('int_contents_compared') }}
    where not number_agrees

)

select
    firm_id,
    bill_id,
    invoice_id,
    code,
    severity,
    cast(ar_effect_amount as decimal(18, 2)) as ar_effect_amount,
    changed_at
from findings
