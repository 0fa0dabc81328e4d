-- Entries of Clio that stand twice: same account, client, matter, day, amount and sign, unless the two name different
-- bills or allocations, or are asked about as an offset already. The earlier one is the original.
with

entries_standing as (

    select
        entries.*,
        settled.match_status
    from {{ ref('int_trust_entries') }} as entries
    inner join {{ ref('int_trust_entries_settled') }} as settled
        on
            entries.firm_id = settled.firm_id
            and settled.side = 'clio'
            and entries.bank_transaction_id = settled.entry_key
    where
        entries.signed_amount <> 0
        and settled.match_status <> 'offset_unconfirmed'

)

select
    copies.firm_id,
    copies.bank_transaction_id,
    originals.bank_transaction_id as original_id,
    originals.match_status in ('matched', 'grouped') as is_original_in_xero,
    is_original_in_xero and copies.match_status in ('matched', 'grouped') as are_both_in_xero
from entries_standing as copies
inner join entries_standing as originals
    on
        copies.firm_id = originals.firm_id
        and copies.bank_account_id = originals.bank_account_id
        and copies.client_id is not distinct from originals.client_id
        and copies.matter_id is not distinct from originals.matter_id
        and copies.entry_date = originals.entry_date
        and copies.signed_amount = originals.signed_amount
        and (originals.entry_number, originals.bank_transaction_id) < (copies.entry_number, copies.bank_transaction_id)
where
    coalesce(copies.bill_id = originals.bill_id, true)
    and coalesce(copies.allocation_id = originals.allocation_id, true)
qualify
    row_number() over (
        partition by copies.firm_id, copies.bank_transaction_id
        order by originals.entry_number, originals.bank_transaction_id
    ) = 1
