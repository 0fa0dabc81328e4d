-- What each entry that is missing on one side, and each fee taken of a deposit, adds to Xero less Clio.
select
    firm_id,
    xero_bank_account_id,
    side,
    entry_key,
    case when side = 'xero' then signed_amount else -signed_amount end as effect_amount,
    changed_at
from {{ ref('int_trust_entries_settled') }}
where match_status in ('missing_in_xero', 'missing_in_clio')

union all

select
    netted.firm_id,
    entries.xero_bank_account_id,
    'clio' as side,
    netted.bank_transaction_id as entry_key,
    -netted.fee_amount as effect_amount,
    greatest(entries.changed_at, xero_entries.changed_at) as changed_at
from {{ ref('int_trust_deposits_netted') }} as netted
inner join {{ ref('int_trust_entries') }} as entries
    on netted.firm_id = entries.firm_id and netted.bank_transaction_id = entries.bank_transaction_id
inner join {{ ref('int_xero_trust_entries') }} as xero_entries
    on netted.firm_id = xero_entries.firm_id and netted.entry_key = xero_entries.entry_key
