-- Entries of Clio that no entry of Xero is the partner of: alone or in a sum, whole or less a fee.
select entries.*
from {{ ref('int_trust_entries') }} as entries
inner join {{ ref('int_trust_entries_unpaired') }} as unpaired
    on
        entries.firm_id = unpaired.firm_id
        and unpaired.side = 'clio'
        and entries.bank_transaction_id = unpaired.entry_key
where
    not exists (
        select 1
        from {{ ref('int_trust_sums') }} as sums
        where
            sums.firm_id = entries.firm_id
            and sums.side = 'clio'
            and sums.entry_key = entries.bank_transaction_id
    )
    and not exists (
        select 1
        from {{ ref('int_trust_deposits_netted') }} as netted
        where netted.firm_id = entries.firm_id and netted.bank_transaction_id = entries.bank_transaction_id
    )
