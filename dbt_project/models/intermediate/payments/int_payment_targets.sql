-- Where in Xero a payment of Clio belongs, in words: the accounts mapped to where Clio put it; for money from trust the
-- operating accounts, or the liability account of that trust account.
with

accounts_named as (

    select
        firm_id,
        account_id,
        concat_ws(' ', account_code, account_name) as account
    from {{ ref('stg_xero__accounts') }}

),

accounts_mapped as (

    select
        payments.firm_id,
        payments.set_key,
        accounts.account
    from {{ ref('int_payments_placed') }} as payments
    inner join {{ ref('stg_evidence__operating_accounts') }} as mapped
        on
            payments.firm_id = mapped.firm_id
            and (
                payments.destination_account_id = mapped.clio_bank_account_id
                or (payments.destination_account_id is null and payments.clio_source = 'trust')
            )
    inner join accounts_named as accounts
        on mapped.firm_id = accounts.firm_id and mapped.xero_bank_account_id = accounts.account_id
    where payments.how = 'alone' and payments.side = 'clio' and payments.kind = 'payment'

),

accounts_of_each_payment as (

    select
        firm_id,
        set_key,
        string_agg(distinct account, ' or ' order by account) as accounts
    from accounts_mapped
    group by firm_id, set_key

)

select
    payments.firm_id,
    payments.set_key,
    mapped.accounts,
    case when payments.clio_source = 'trust' then liabilities.account end as liability_account
from {{ ref('int_payments_placed') }} as payments
left join accounts_of_each_payment as mapped
    on payments.firm_id = mapped.firm_id and payments.set_key = mapped.set_key
left join {{ ref('stg_evidence__trust_accounts') }} as trust_accounts
    on
        payments.firm_id = trust_accounts.firm_id
        and payments.source_account_id = trust_accounts.clio_bank_account_id
left join accounts_named as liabilities
    on
        trust_accounts.firm_id = liabilities.firm_id
        and trust_accounts.xero_liability_account_id = liabilities.account_id
where payments.how = 'alone' and payments.side = 'clio' and payments.kind = 'payment'
