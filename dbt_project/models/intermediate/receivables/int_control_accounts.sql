-- Xero's receivables account by the trial balance of tonight, with what is dated later: AmountDue counts that already,
-- the trial balance of the day not yet, and a bill dated next Monday is no difference. An account without a line on it
-- has a balance of zero; without a trial balance, or where Xero marks no account as that of receivables, there is none,
-- and that of a past day says nothing about the receivables of today.
with

postings as (

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

dated_later as (

    select
        postings.firm_id,
        sum(postings.amount) as amount
    from postings
    inner join {{ ref('int_tonight') }} as tonight
        on postings.firm_id = tonight.firm_id
    where postings.posting_date > tonight.as_of_date
    group by postings.firm_id

)

select
    balances.firm_id,
    cast(sum(balances.balance_amount) + coalesce(max(dated_later.amount), 0) as decimal(18, 2)) as control_amount
from {{ ref('int_xero_account_balances') }} as balances
inner join {{ ref('int_tonight') }} as tonight
    on balances.firm_id = tonight.firm_id and not tonight.is_rebuilt
inner join {{ ref('stg_xero__accounts') }} as accounts
    on balances.firm_id = accounts.firm_id and balances.account_id = accounts.account_id
left join dated_later
    on balances.firm_id = dated_later.firm_id
where accounts.system_account = 'DEBTORS'
group by balances.firm_id
