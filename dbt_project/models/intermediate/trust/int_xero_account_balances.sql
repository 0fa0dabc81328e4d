-- Balances of Xero's accounts on the night's day by the trial balance, debit positive; no row where Xero refused the
-- report. An account without a balance may be left out of the report by Xero: it stands here with 0.00.
with

reports_given as (

    select distinct
        balances.firm_id,
        balances.as_of_date
    from {{ ref('stg_xero__trial_balance') }} as balances
    inner join {{ ref('int_tonight') }} as tonight
        on balances.firm_id = tonight.firm_id and balances.as_of_date = tonight.as_of_date
    where
        not exists (
            select 1
            from {{ ref('stg_evidence__lists') }} as lists
            where
                lists.firm_id = tonight.firm_id
                and lists.run_id = tonight.run_id
                and lists.list_name = 'trial_balance'
                and lists.load_mode = 'refused'
        )

),

balances_reported as (

    -- Assets and liabilities: the year-to-date columns are the balance; the others are the month's movement.
    select
        firm_id,
        as_of_date,
        account_id,
        sum(
            case
                when ytd_debit_amount is null and ytd_credit_amount is null
                    then coalesce(debit_amount, 0) - coalesce(credit_amount, 0)
                else coalesce(ytd_debit_amount, 0) - coalesce(ytd_credit_amount, 0)
            end
        ) as balance_amount
    from {{ ref('stg_xero__trial_balance') }}
    where account_id is not null
    group by firm_id, as_of_date, account_id

)

select
    reports_given.firm_id,
    accounts.account_id,
    cast(coalesce(balances_reported.balance_amount, 0) as decimal(18, 2)) as balance_amount
from reports_given
inner join {{ ref('stg_xero__accounts') }} as accounts
    on reports_given.firm_id = accounts.firm_id
left join balances_reported
    on
        reports_given.firm_id = balances_reported.firm_id
        and reports_given.as_of_date = balances_reported.as_of_date
        and accounts.account_id = balances_reported.account_id
