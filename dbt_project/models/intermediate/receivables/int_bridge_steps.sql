-- What lies between the receivables of Clio and those of Xero: one row per firm and step, whatever its amount. It is
-- the walk of its clients together; beside it stands the control account, which has no amount when it could not be had.
with

all_steps as (

    select
        firm_id,
        step,
        amount,
        item_count
    from {{ ref('int_bridge_steps_by_client') }}

    union all

    select
        firm_id,
        unnest(['clio_receivables', 'unexplained', 'xero_receivables']) as step,
        0 as amount,
        0 as item_count
    from {{ ref('int_tonight') }}

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

)

select
    firm_id,
    step,
    cast(sum(amount) as decimal(18, 2)) as amount,
    cast(sum(item_count) as integer) as item_count
from all_steps
group by firm_id, step
