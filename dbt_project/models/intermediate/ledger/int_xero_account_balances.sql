-- Balances of Xero's accounts on the night's day by the trial balance, debit positive; no row where Xero refused the
-- report. An account without a balance may be left out of the report by Xero: it stands here with 0.00. What documents
-- say of receivables is held against the one account that Xero marks as theirs, with what is dated later: AmountDue
-- counts that already, the trial balance of the day not yet, and a bill dated next Monday is no difference. The balance
-- of a past day says nothing about the receivables of today.
with

reports_given as (

    select distinct
        balances.firm_id,
        balances.as_of_date,
        tonight.is_rebuilt
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

),

postings_to_receivables as (

    select
        firm_id,
        issued_date as posting_date,
        {{ in_own_currency('total_amount', 'currency_rate') }} as amount
    from {{ ref('stg_xero__invoices') }}
    where invoice_type = 'ACCREC' and invoice_status in ('AUTHORISED', 'PAID')

    union all

    select
        firm_id,
        credit_note_date as posting_date,
        -{{ in_own_currency('total_amount', 'currency_rate') }} as amount
    from {{ ref('stg_xero__credit_notes') }}
    where credit_note_type = 'ACCRECCREDIT' and credit_note_status in ('AUTHORISED', 'PAID')

    union all

    select
        firm_id,
        payment_date as posting_date,
        -{{ payment_sign('payment_type') }} * {{ in_own_currency('payment_amount', 'currency_rate') }} as amount
    from {{ ref('stg_xero__payments') }}
    where
        payment_status = 'AUTHORISED'
        and payment_type in ('ACCRECPAYMENT', 'ARCREDITPAYMENT', 'AROVERPAYMENTPAYMENT', 'ARPREPAYMENTPAYMENT')

),

posted_later as (

    select
        postings.firm_id,
        sum(postings.amount) as amount
    from postings_to_receivables as postings
    inner join {{ ref('int_tonight') }} as tonight
        on postings.firm_id = tonight.firm_id
    where postings.posting_date > tonight.as_of_date
    group by postings.firm_id

)

select
    reports_given.firm_id,
    accounts.account_id,
    cast(coalesce(balances_reported.balance_amount, 0) as decimal(18, 2)) as balance_amount,
    cast(
        case
            when accounts.system_account = 'DEBTORS' and not reports_given.is_rebuilt
                then coalesce(balances_reported.balance_amount, 0) + coalesce(posted_later.amount, 0)
        end as decimal(18, 2)
    ) as receivables_amount
from reports_given
inner join {{ ref('stg_xero__accounts') }} as accounts
    on reports_given.firm_id = accounts.firm_id
left join balances_reported
    on
        reports_given.firm_id = balances_reported.firm_id
        and reports_given.as_of_date = balances_reported.as_of_date
        and accounts.account_id = balances_reported.account_id
left join posted_later
    on reports_given.firm_id = posted_later.firm_id
