-- Clio's trust ledger as of the night's day. Each entry says what its pocket held in its account at the end of its day,
-- to which the order within the day does not matter; in a running balance deposits stand before withdrawals.
select
    * exclude (is_after_the_day),
    cast(
        sum(signed_amount) over (partition by firm_id, bank_account_id, pocket_key order by entry_date)
        as decimal(18, 2)
    ) as pocket_day_end_amount
from {{ ref('int_trust_entries_dated') }}
where not is_after_the_day
