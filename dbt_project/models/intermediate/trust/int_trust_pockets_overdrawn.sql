-- Pockets that were below zero at the end of a day in one of the trust accounts: one row per pocket.
with

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
        max(entry_date) as last_entry_date
    from {{ ref('int_trust_pockets_by_day') }}
    group by firm_id, bank_account_id, account_name, pocket_key
    having min(balance_amount) < 0

)

select
    firm_id,
    pocket_key,
    string_agg(account_name, ', ' order by first_negative_date, bank_account_id) as account_names,
    min(first_negative_date) as first_negative_date,
    cast(min(lowest_amount) as decimal(18, 2)) as lowest_amount,
    arg_min(lowest_date, lowest_amount) as lowest_date,
    cast(sum(balance_amount) as decimal(18, 2)) as balance_amount,
    min(balance_amount) >= 0 as is_recovered
from pockets_per_account
group by firm_id, pocket_key
