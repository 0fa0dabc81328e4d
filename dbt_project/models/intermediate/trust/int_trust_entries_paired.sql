-- One entry of Clio and one of Xero are one movement of money: mapped account, sign and amount equal, at most three
-- days apart. As many pairs as possible, the same client before nobody and nobody before another client, then the
-- nearest days.
with

candidates as (

    select
        entries.firm_id,
        entries.bank_transaction_id,
        xero_entries.entry_key,
        entries.entry_date,
        entries.entry_number,
        xero_entries.entry_date as xero_entry_date,
        {{ days_apart('entries.entry_date', 'xero_entries.entry_date') }} as days_apart,
        {{ names_the_client('entries', 'xero_entries') }} as is_same_client,
        {{ names_another_client('entries', 'xero_entries') }} as is_other_client
    from {{ ref('int_trust_entries') }} as entries
    inner join {{ ref('int_xero_trust_entries') }} as xero_entries
        on
            entries.firm_id = xero_entries.firm_id
            and entries.xero_bank_account_id = xero_entries.xero_bank_account_id
            and entries.signed_amount = xero_entries.signed_amount
            and xero_entries.entry_date between entries.entry_date - 3 and entries.entry_date + 3
    where entries.signed_amount <> 0

),

pairs as (

    {{ choose_partners(
        'candidates',
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
    entry_key
from pairs
