{{ config(group='trust') }}

-- A row means: an entry of Clio and an entry of Xero have no partner each, missing or settled in another way, although
-- they could be each other's: one account, one amount, at most three days apart. Catches a matching that stopped too
-- early.
select
    entries.firm_id,
    entries.bank_transaction_id,
    xero_entries.entry_key
from {{ ref('int_trust_entries') }} as entries
inner join {{ ref('int_xero_trust_entries') }} as xero_entries
    on
        entries.firm_id = xero_entries.firm_id
        and entries.xero_bank_account_id = xero_entries.xero_bank_account_id
        and entries.signed_amount = xero_entries.signed_amount
        and xero_entries.entry_date between entries.entry_date - 3 and entries.entry_date + 3
inner join {{ ref('int_trust_entries_settled') }} as of_clio
    on
        entries.firm_id = of_clio.firm_id
        and of_clio.side = 'clio'
        and entries.bank_transaction_id = of_clio.entry_key
inner join {{ ref('int_trust_entries_settled') }} as of_xero
    on
        xero_entries.firm_id = of_xero.firm_id
        and of_xero.side = 'xero'
        and xero_entries.entry_key = of_xero.entry_key
where
    entries.signed_amount <> 0
    and of_clio.match_status not in ('matched', 'grouped')
    and of_xero.match_status not in ('matched', 'grouped')
