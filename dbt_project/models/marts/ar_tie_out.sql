with

amounts_of_each_step as (

    select
        firm_id,
        step,
        sum(amount) as amount,
        count(case when step <> 'unexplained' then 1 end) as item_count
    from {{ ref('int_bridge_items') }}
    group by firm_id, step

    union all

    -- Beside the walk stands the control account, which has no amount when it could not be had.
    select
        firm_id,
        unnest(['xero_control_account', 'xero_control_account_difference']) as step,
        unnest([xero_control_amount, xero_control_amount - xero_receivables_amount]) as amount,
        0 as item_count
    from {{ ref('int_receivables') }}

)

select
    tonight.firm_id,
    tonight.loaded_date as as_of_date,
    walk.step_number,
    walk.step,
    cast(case when walk.is_always_shown then coalesce(steps.amount, 0) else steps.amount end as decimal(18, 2))
        as amount,
    cast(coalesce(steps.item_count, 0) as integer) as item_count
from {{ ref('int_tonight') }} as tonight
cross join {{ bridge_walk() }} as walk
left join amounts_of_each_step as steps
    on tonight.firm_id = steps.firm_id and walk.step = steps.step
where walk.is_always_shown or (steps.step is not null and steps.amount is distinct from 0)
