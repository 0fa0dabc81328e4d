-- The balance of each mapped trust bank account in Xero: by the trial balance where Xero gives it, else by its
-- entries.
with

entries_summed as (

    select
        firm_id,
        xero_bank_account_id,
        sum(signed_amount) as entries_amount
    from {{ ref('int_xero_trust_entries') }}
    group by firm_id, xero_bank_account_id

),

banks_mapped as (

    select distinct
        firm_id,
        xero_bank_account_id
    from {{ ref('int_trust_accounts') }}
    where xero_bank_account_id is not null

)

select
    banks_mapped.firm_id,
    banks_mapped.xero_bank_account_id,
    cast(coalesce(balances.balance_amount, entries_summed.entries_amount, 0) as decimal(18, 2)) as balance_amount,
    cast(coalesce(entries_summed.entries_amount, 0) as decimal(18, 2)) as entries_amount,
    balances.account_id is not null as is_from_trial_balance
from banks_mapped
left join entries_summed
    on
        banks_mapped.firm_id = entries_summed.firm_id
        and banks_mapped.xero_bank_account_id = entries_summed.xero_bank_account_id
left join {{ ref('int_xero_account_balances') }} as balances
    on banks_mapped.firm_id = balances.firm_id and banks_mapped.xero_bank_account_id = balances.account_id
