select
    judged.firm_id,
    {{ subject_key('clio', 'judged.bill_id') }} as bill_key,
    judged.kind,
    case
        when judged.outcome in ('matched', 'grouped') and judged.is_in_wrong_account then 'payment_in_wrong_account'
        when judged.outcome in ('matched', 'grouped') and judged.is_in_other_period then 'payment_period_differs'
        else judged.outcome
    end as payment_status,
    judged.clio_entry_ids as clio_allocation_ids,
    judged.xero_entry_ids as xero_payment_ids,
    judged.clio_date,
    judged.clio_amount,
    judged.clio_source,
    judged.xero_date,
    judged.xero_amount,
    accounts.account_code as xero_account_code,
    cast(coalesce(judged.xero_amount, 0) - coalesce(judged.clio_amount, 0) as decimal(18, 2)) as difference_amount
from {{ ref('int_payments_judged') }} as judged
left join {{ ref('stg_xero__accounts') }} as accounts
    on judged.firm_id = accounts.firm_id and judged.xero_account_id = accounts.account_id
