-- A row means: an entry of Clio and an entry of Xero have no partner each, missing or settled in another way, although
-- they could be each other's. Catches a matching that stopped too early.
select
    candidates.firm_id,
    candidates.bank_transaction_id,
    candidates.entry_key
from {{ ref('int_trust_entry_candidates') }} as candidates
inner join {{ ref('int_trust_entries_settled') }} as of_clio
    on
        candidates.firm_id = of_clio.firm_id
        and of_clio.side = 'clio'
        and candidates.bank_transaction_id = of_clio.entry_key
inner join {{ ref('int_trust_entries_settled') }} as of_xero
    on
        candidates.firm_id = of_xero.firm_id
        and of_xero.side = 'xero'
        and candidates.entry_key = of_xero.entry_key
where of_clio.match_status not in ('matched', 'grouped') and of_xero.match_status not in ('matched', 'grouped')
