-- Every trust account that Clio has or the firm mapped, with its two accounts in Xero.
select
    accounts.firm_id,
    accounts.bank_account_id,
    coalesce(accounts.bank_account_name, mapped.clio_bank_account, accounts.bank_account_id) as account_name,
    accounts.currency_code,
    cast(coalesce(accounts.balance_amount, 0) as decimal(18, 2)) as balance_amount,
    mapped.xero_bank_account_id,
    concat_ws(' ', banks.account_code, banks.account_name) as xero_bank_label,
    mapped.xero_liability_account_id,
    concat_ws(' ', liabilities.account_code, liabilities.account_name) as xero_liability_label,
    tonight.as_of_date
from {{ ref('stg_clio__bank_accounts') }} as accounts
inner join {{ ref('int_tonight') }} as tonight
    on accounts.firm_id = tonight.firm_id
left join {{ ref('stg_evidence__trust_accounts') }} as mapped
    on accounts.firm_id = mapped.firm_id and accounts.bank_account_id = mapped.clio_bank_account_id
left join {{ ref('stg_xero__accounts') }} as banks
    on mapped.firm_id = banks.firm_id and mapped.xero_bank_account_id = banks.account_id
left join {{ ref('stg_xero__accounts') }} as liabilities
    on mapped.firm_id = liabilities.firm_id and mapped.xero_liability_account_id = liabilities.account_id
where accounts.bank_account_type = 'Trust' or mapped.clio_bank_account_id is not null
