with

clients as (

    select distinct
        firm_id,
        clio_client_id,
        client_name
    from {{ ref('int_bridge_items') }}

),

amounts_of_each_step as (

    select
        firm_id,
        clio_client_id,
        client_name,
        step,
        sum(amount) as amount,
        count(case when step <> 'unexplained' then 1 end) as item_count
    from {{ ref('int_bridge_items') }}
    group by firm_id, clio_client_id, client_name, step

)

select
    clients.firm_id,
    tonight.loaded_date as as_of_date,
    clients.clio_client_id,
    clients.client_name,
    walk.step_number,
    walk.step,
    cast(coalesce(steps.amount, 0) as decimal(18, 2)) as amount,
    cast(coalesce(steps.item_count, 0) as integer) as item_count
from clients
inner join {{ ref('int_tonight') }} as tonight
    on clients.firm_id = tonight.firm_id
cross join {{ bridge_walk() }} as walk
left join amounts_of_each_step as steps
    on
        clients.firm_id = steps.firm_id
        and clients.clio_client_id is not distinct from steps.clio_client_id
        and clients.client_name = steps.client_name
        and walk.step = steps.step
where steps.amount <> 0 or walk.is_always_shown
