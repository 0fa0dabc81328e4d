-- What each pocket held in each trust account at the end of each day on which it moved. Within a day the order does
-- not matter to the day's end; in a running balance deposits stand before withdrawals.
select
    firm_id,
    bank_account_id,
    account_name,
    pocket_key,
    entry_date,
    cast(
        sum(sum(signed_amount)) over (partition by firm_id, bank_account_id, pocket_key order by entry_date)
        as decimal(18, 2)
    ) as balance_amount
from {{ ref('int_trust_entries') }}
where pocket_key is not null
group by firm_id, bank_account_id, account_name, pocket_key, entry_date
