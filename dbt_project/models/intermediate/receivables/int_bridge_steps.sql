-- What lies between the receivables of Clio and those of Xero: one row per firm and step, whatever its amount. What
-- no step explains is a step of its own; a control account that could not be had has no amount.
with

steps as (

    select
        firm_id,
        step,
        sum(amount) as amount,
        count(*) as item_count
    from {{ ref('int_bridge_items') }}
    group by firm_id, step

),

totals as (

    select
        tonight.firm_id,
        coalesce(sum(case when steps.step = 'xero_receivables' then steps.amount end), 0) as xero_amount,
        coalesce(sum(case when steps.step <> 'xero_receivables' then steps.amount end), 0) as explained_amount
    from {{ ref('int_tonight') }} as tonight
    left join steps on tonight.firm_id = steps.firm_id
    group by tonight.firm_id

),

all_steps as (

    select
        firm_id,
        step,
        amount,
        item_count
    from steps

    union all

    select
        firm_id,
        'unexplained' as step,
        xero_amount - explained_amount as amount,
        0 as item_count
    from totals

    union all

    select
        firm_id,
        'xero_control_account' as step,
        xero_control_amount as amount,
        0 as item_count
    from {{ ref('int_receivables') }}

    union all

    select
        firm_id,
        'xero_control_account_difference' as step,
        xero_control_amount - xero_receivables_amount as amount,
        0 as item_count
    from {{ ref('int_receivables') }}

    union all

    select
        firm_id,
        'clio_receivables' as step,
        0 as amount,
        0 as item_count
    from {{ ref('int_tonight') }}

    union all

    select
        firm_id,
        'xero_receivables' as step,
        0 as amount,
        0 as item_count
    from {{ ref('int_tonight') }}

)

select
    firm_id,
    step,
    cast(sum(amount) as decimal(18, 2)) as amount,
    cast(sum(item_count) as integer) as item_count
from all_steps
group by firm_id, step
