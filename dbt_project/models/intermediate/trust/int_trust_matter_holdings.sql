-- Trust money that Clio states for each matter, as of the night's day, and when the matter last moved it.
with

amounts as (

    select
        firm_id,
        matter_id,
        balance_amount as amount,
        account_name,
        cast(null as date) as entry_date
    from {{ ref('stg_clio__matter_account_balances') }}
    where account_type = 'Trust'

    union all

    select
        firm_id,
        matter_id,
        case when is_after_the_day then -signed_amount else 0 end as amount,
        account_name,
        case when not is_after_the_day then entry_date end as entry_date
    from {{ ref('int_trust_entries_dated') }}
    where matter_id is not null

)

select
    firm_id,
    matter_id,
    cast(sum(amount) as decimal(18, 2)) as held_amount,
    string_agg(distinct account_name, ', ' order by account_name) as account_names,
    max(entry_date) as last_entry_date
from amounts
group by firm_id, matter_id
