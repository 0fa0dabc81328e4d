-- What lies between the receivables of Clio and those of Xero: one row per firm and step, whatever its amount. What no
-- step explains is a step of its own.
with

items as (

    select
        firm_id,
        'clio_receivables' as step,
        clio_ar_amount as amount
    from {{ ref('int_documents_paired') }}
    where clio_ar_amount <> 0

    union all

    select
        firm_id,
        code as step,
        ar_effect_amount as amount
    from {{ ref('int_findings') }}
    where code <> 'unexplained' and ar_effect_amount <> 0

    union all

    select
        out_of_scope.firm_id,
        out_of_scope.scope_reason as step,
        documents.ar_difference_amount as amount
    from {{ ref('int_documents_out_of_scope') }} as out_of_scope
    inner join {{ ref('int_documents_paired') }} as documents
        on out_of_scope.firm_id = documents.firm_id and out_of_scope.bill_key = documents.bill_key
    where documents.ar_difference_amount <> 0

    union all

    select
        firm_id,
        'not_from_clio' as step,
        -remaining_amount as amount
    from {{ ref('int_credits_remaining') }}
    where is_not_from_clio

    union all

    select
        firm_id,
        'xero_receivables' as step,
        xero_ar_amount as amount
    from {{ ref('int_documents_paired') }}
    where xero_ar_amount <> 0

    union all

    select
        firm_id,
        'xero_receivables' as step,
        -remaining_amount as amount
    from {{ ref('int_credits_remaining') }}

),

steps as (

    select
        firm_id,
        step,
        sum(amount) as amount,
        count(*) as item_count
    from items
    group by firm_id, step

),

remainders as (

    select
        firm_id,
        'unexplained' as step,
        sum(case when step = 'xero_receivables' then amount else -amount end) as amount,
        0 as item_count
    from steps
    group by firm_id

),

steps_that_are_always_shown as (

    select
        tonight.firm_id,
        names.step,
        0 as amount,
        0 as item_count
    from {{ ref('int_tonight') }} as tonight
    cross join (values ('clio_receivables'), ('unexplained'), ('xero_receivables')) as names (step)

)

select
    firm_id,
    step,
    cast(sum(amount) as decimal(18, 2)) as amount,
    cast(sum(item_count) as integer) as item_count
from (
    select * from steps
    union all
    select * from remainders
    union all
    select * from steps_that_are_always_shown
) as all_steps
group by firm_id, step
