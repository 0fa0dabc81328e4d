-- Xero's receivables account by the trial balance of tonight, with what is dated later and counts already. An account
-- without a line on it has a balance of zero; without a trial balance, or where Xero marks no account as that of
-- receivables, there is none, and that of a past day says nothing about the receivables of today.
select
    balances.firm_id,
    cast(sum(balances.balance_amount) + coalesce(max(later.amount), 0) as decimal(18, 2)) as control_amount
from {{ ref('int_xero_account_balances') }} as balances
inner join {{ ref('int_tonight') }} as tonight
    on balances.firm_id = tonight.firm_id and not tonight.is_rebuilt
inner join {{ ref('stg_xero__accounts') }} as accounts
    on balances.firm_id = accounts.firm_id and balances.account_id = accounts.account_id
left join {{ ref('int_receivables_dated_later') }} as later
    on balances.firm_id = later.firm_id
where accounts.system_account = 'DEBTORS'
group by balances.firm_id
