-- One entry of Clio and one of Xero are one movement of money: as many pairs as possible, the same client before nobody
-- and nobody before another client, then the nearest days.
with

pairs as (

    {{ choose_partners(
        ref('int_trust_entry_candidates'),
        within=['firm_id'],
        left_order=['entry_date', 'entry_number', 'bank_transaction_id'],
        right_order=['xero_entry_date', 'entry_key'],
        costs=[
            'case when is_same_client then 0 else 1 end',
            'case when is_other_client then 1 else 0 end',
            'days_apart',
        ],
    ) }}

)

select
    firm_id,
    bank_transaction_id,
    entry_key,
    is_other_client
from pairs
