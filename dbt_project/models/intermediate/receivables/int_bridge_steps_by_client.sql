-- What lies between the receivables of Clio and those of Xero for each client with anything on it: one row per step.
-- What no step explains is a step of its own.
with

steps as (

    select
        firm_id,
        clio_client_id,
        client_name,
        step,
        sum(amount) as amount,
        count(*) as item_count
    from {{ ref('int_bridge_items') }}
    group by firm_id, clio_client_id, client_name, step

),

clients as (

    select
        firm_id,
        clio_client_id,
        client_name,
        sum(case when step = 'xero_receivables' then amount else -amount end) as unexplained_amount
    from steps
    group by firm_id, clio_client_id, client_name

),

all_steps as (

    select * from steps

    union all

    select
        firm_id,
        clio_client_id,
        client_name,
        'unexplained' as step,
        unexplained_amount as amount,
        0 as item_count
    from clients

    union all

    select
        clients.firm_id,
        clients.clio_client_id,
        clients.client_name,
        ends.step,
        0 as amount,
        0 as item_count
    from clients
    inner join {{ ref('bridge_steps') }} as ends
        on ends.step in ('clio_receivables', 'xero_receivables')

)

select
    firm_id,
    clio_client_id,
    client_name,
    step,
    cast(sum(amount) as decimal(18, 2)) as amount,
    cast(sum(item_count) as integer) as item_count
from all_steps
group by firm_id, clio_client_id, client_name, step
