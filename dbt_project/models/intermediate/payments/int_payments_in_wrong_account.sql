-- Xero payments with a partner that stand in another account than the one mapped to where Clio put the money. Money
-- from trust may also stand against the liability account of that trust account. Where the firm mapped no account
-- for Clio's, nothing can be wrong.
with

accounts_mapped as (

    select
        firm_id,
        clio_bank_account_id,
        xero_bank_account_id
    from {{ ref('stg_evidence__operating_accounts') }}

    union

    select
        firm_id,
        clio_bank_account_id,
        xero_bank_account_id
    from {{ ref('stg_evidence__trust_accounts') }}

),

accounts_that_are_right as (

    select
        payments.firm_id,
        payments.bill_id,
        payments.set_key,
        mapped.xero_bank_account_id as account_id,
        true as is_mapped
    from {{ ref('int_payments_placed') }} as payments
    inner join accounts_mapped as mapped
        on
            payments.firm_id = mapped.firm_id
            and payments.destination_account_id = mapped.clio_bank_account_id
    where payments.side = 'clio' and payments.kind = 'payment'

    union all

    select
        payments.firm_id,
        payments.bill_id,
        payments.set_key,
        trust_accounts.xero_liability_account_id as account_id,
        false as is_mapped
    from {{ ref('int_payments_placed') }} as payments
    inner join {{ ref('stg_evidence__trust_accounts') }} as trust_accounts
        on
            payments.firm_id = trust_accounts.firm_id
            and payments.source_account_id = trust_accounts.clio_bank_account_id
    where payments.side = 'clio' and payments.kind = 'payment'

)

select
    payments.firm_id,
    payments.bill_id,
    payments.set_key,
    payments.entry_id,
    payments.xero_account_id
from {{ ref('int_payments_placed') }} as payments
inner join accounts_that_are_right as rightful
    on
        payments.firm_id = rightful.firm_id
        and payments.bill_id = rightful.bill_id
        and payments.set_key = rightful.set_key
where payments.side = 'xero' and payments.kind = 'payment' and payments.xero_account_id is not null
group by payments.firm_id, payments.bill_id, payments.set_key, payments.entry_id, payments.xero_account_id
having bool_or(rightful.is_mapped) and not bool_or(payments.xero_account_id is not distinct from rightful.account_id)
