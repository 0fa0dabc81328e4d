-- Which entry of Clio may be which of Xero: mapped account, sign and amount equal, at most three days apart. Whether
-- the two name the same client decides first among several.
select
    entries.firm_id,
    entries.bank_transaction_id,
    xero_entries.entry_key,
    entries.entry_date,
    entries.entry_number,
    xero_entries.entry_date as xero_entry_date,
    abs(date_diff('day', entries.entry_date, xero_entries.entry_date)) as days_apart,
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
