select
    items.firm_id,
    items.bank_account_id as clio_bank_account_id,
    accounts.account_name as trust_account,
    items.statement_date,
    items.item_kind,
    items.bank_transaction_id as clio_bank_transaction_id,
    items.entry_date,
    entries.client_name,
    entries.matter_number,
    entries.description,
    cast(abs(items.signed_amount) as decimal(18, 2)) as amount,
    cast(items.age_days as integer) as age_days,
    items.is_old
from {{ ref('int_trust_entries_on_statements') }} as items
inner join {{ ref('int_trust_entries') }} as entries
    on items.firm_id = entries.firm_id and items.bank_transaction_id = entries.bank_transaction_id
inner join {{ ref('int_trust_accounts') }} as accounts
    on items.firm_id = accounts.firm_id and items.bank_account_id = accounts.bank_account_id
where items.line_key is null
