-- Entries of either side that no entry of the same amount is the partner of.
select
    entries.firm_id,
    entries.xero_bank_account_id,
    'clio' as side,
    entries.bank_transaction_id as entry_key,
    entries.entry_date,
    entries.signed_amount,
    entries.slip_key,
    entries.client_id,
    entries.client_name_key,
    cast(null as varchar[]) as client_ids,
    cast(null as varchar) as words_key
from {{ ref('int_trust_entries') }} as entries
where
    entries.xero_bank_account_id is not null
    and entries.signed_amount <> 0
    and not exists (
        select 1
        from {{ ref('int_trust_entries_paired') }} as paired
        where paired.firm_id = entries.firm_id and paired.bank_transaction_id = entries.bank_transaction_id
    )

union all

select
    entries.firm_id,
    entries.xero_bank_account_id,
    'xero' as side,
    entries.entry_key,
    entries.entry_date,
    entries.signed_amount,
    entries.slip_key,
    cast(null as varchar) as client_id,
    cast(null as varchar) as client_name_key,
    entries.client_ids,
    entries.words_key
from {{ ref('int_xero_trust_entries') }} as entries
where
    entries.signed_amount <> 0
    and not exists (
        select 1
        from {{ ref('int_trust_entries_paired') }} as paired
        where paired.firm_id = entries.firm_id and paired.entry_key = entries.entry_key
    )
