with

sets_in_the_wrong_account as (

    select distinct
        firm_id,
        bill_id,
        set_key
    from {{ ref('int_payments_at_odds') }}
    where code = 'payment_in_wrong_account'

)

select
    sets.firm_id,
    {{ subject_key('clio', 'sets.bill_id') }} as bill_key,
    sets.kind,
    case
        when sets.outcome in ('matched', 'grouped') and wrong_account.set_key is not null
            then 'payment_in_wrong_account'
        when sets.outcome in ('matched', 'grouped') and sets.is_in_other_period then 'payment_period_differs'
        else sets.outcome
    end as payment_status,
    sets.clio_entry_ids as clio_allocation_ids,
    sets.xero_entry_ids as xero_payment_ids,
    sets.clio_date,
    sets.clio_amount,
    sets.clio_source,
    sets.xero_date,
    sets.xero_amount,
    accounts.account_code as xero_account_code,
    cast(coalesce(sets.xero_amount, 0) - coalesce(sets.clio_amount, 0) as decimal(18, 2)) as difference_amount
from {{ ref('int_payment_sets') }} as sets
left join {{ ref('stg_xero__accounts') }} as accounts
    on sets.firm_id = accounts.firm_id and sets.xero_account_id = accounts.account_id
left join sets_in_the_wrong_account as wrong_account
    on
        sets.firm_id = wrong_account.firm_id
        and sets.bill_id = wrong_account.bill_id
        and sets.set_key = wrong_account.set_key
