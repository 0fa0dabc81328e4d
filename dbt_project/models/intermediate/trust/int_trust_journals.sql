-- The entry to post in Xero for each entry of Clio's trust ledger that is missing there: date, account, client,
-- amount and sign, ready to be typed.
select
    entries.firm_id,
    entries.bank_transaction_id,
    entries.entry_date,
    case when entries.signed_amount > 0 then 'Receive money' else 'Spend money' end as xero_form,
    accounts.xero_bank_label as bank_account,
    accounts.xero_liability_label as coded_to_account,
    coalesce(entries.client_name, 'the bank') as contact_name,
    entries.matter_number,
    entries.signed_amount,
    coalesce(entries.description, case when entries.signed_amount > 0 then 'Deposit' else 'Withdrawal' end) as reference
from {{ ref('int_trust_entries_settled') }} as settled
inner join {{ ref('int_trust_entries') }} as entries
    on settled.firm_id = entries.firm_id and settled.entry_key = entries.bank_transaction_id
inner join {{ ref('int_trust_accounts') }} as accounts
    on entries.firm_id = accounts.firm_id and entries.bank_account_id = accounts.bank_account_id
where settled.side = 'clio' and settled.match_status = 'missing_in_xero'
