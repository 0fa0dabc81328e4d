-- Pockets that were below zero at the end of a day in one of the trust accounts: one row per pocket, with how often it
-- fell below zero and, once it has recovered everywhere, since when.
with

days_in_order as (

    select
        *,
        coalesce(lag(balance_amount) over (partition by firm_id, bank_account_id, pocket_key order by entry_date), 0)
            as balance_before_amount
    from {{ ref('int_trust_pockets_by_day') }}

),

pockets_per_account as (

    select
        firm_id,
        bank_account_id,
        account_name,
        pocket_key,
        min(case when balance_amount < 0 then entry_date end) as first_negative_date,
        min(balance_amount) as lowest_amount,
        arg_min(entry_date, balance_amount) as lowest_date,
        arg_max(balance_amount, entry_date) as balance_amount,
        max(entry_date) filter (where balance_amount < 0) as last_negative_date,
        count(*) filter (where balance_amount < 0 and balance_before_amount >= 0) as fall_count,
        max(entry_date) filter (where balance_amount < 0 and balance_before_amount >= 0) as last_fall_date,
        max(entry_date) filter (where balance_amount >= 0 and balance_before_amount < 0) as recovered_date
    from days_in_order
    group by firm_id, bank_account_id, account_name, pocket_key
    having min(balance_amount) < 0

)

select
    firm_id,
    pocket_key,
    string_agg(account_name, ', ' order by first_negative_date, bank_account_id) as account_names,
    min(first_negative_date) as first_negative_date,
    cast(min(lowest_amount) as decimal(18, 2)) as lowest_amount,
    arg_min(lowest_date, (lowest_amount, lowest_date)) as lowest_date,
    cast(sum(balance_amount) as decimal(18, 2)) as balance_amount,
    cast(sum(fall_count) as bigint) as fall_count,
    max(last_fall_date) as last_fall_date,
    max(last_negative_date) as last_negative_date,
    min(balance_amount) >= 0 as is_recovered,
    case when min(balance_amount) >= 0 then max(recovered_date) end as recovered_date
from pockets_per_account
group by firm_id, pocket_key
