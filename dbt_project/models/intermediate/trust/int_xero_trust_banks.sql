-- The balance of each mapped trust bank account in Xero: by the trial balance where Xero gives it, else by its
-- entries; missing where Xero shows neither.
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
        xero_bank_account_id,
        compared_account_id is not null as are_entries_known
    from {{ ref('int_trust_accounts') }}
    where xero_bank_account_id is not null

),

banks_summed as (

    select
        banks_mapped.firm_id,
        banks_mapped.xero_bank_account_id,
        case when banks_mapped.are_entries_known then coalesce(entries_summed.entries_amount, 0) end as entries_amount
    from banks_mapped
    left join entries_summed
        on
            banks_mapped.firm_id = entries_summed.firm_id
            and banks_mapped.xero_bank_account_id = entries_summed.xero_bank_account_id

)

select
    banks.firm_id,
    banks.xero_bank_account_id,
    cast(coalesce(balances.balance_amount, banks.entries_amount) as decimal(18, 2)) as balance_amount,
    cast(banks.entries_amount as decimal(18, 2)) as entries_amount,
    balances.account_id is not null as is_from_trial_balance
from banks_summed as banks
left join {{ ref('int_xero_account_balances') }} as balances
    on banks.firm_id = balances.firm_id and banks.xero_bank_account_id = balances.account_id
