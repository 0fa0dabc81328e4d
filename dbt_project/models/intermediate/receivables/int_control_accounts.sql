-- Xero's receivables account by the trial balance of tonight. An account without a line on it has a balance of zero;
-- without a trial balance it has none, and that of a past day says nothing about the receivables of today.
select
    balances.firm_id,
    cast(
        sum(
            case
                when accounts.system_account = 'DEBTORS'
                    then coalesce(balances.ytd_debit_amount, 0) - coalesce(balances.ytd_credit_amount, 0)
                else 0
            end
        )
        as decimal(18, 2)
    ) as control_amount
from {{ ref('stg_xero__trial_balance') }} as balances
inner join {{ ref('int_tonight') }} as tonight
    on
        balances.firm_id = tonight.firm_id
        and balances.as_of_date = tonight.as_of_date
        and not tonight.is_rebuilt
left join {{ ref('stg_xero__accounts') }} as accounts
    on balances.firm_id = accounts.firm_id and balances.account_id = accounts.account_id
group by balances.firm_id
