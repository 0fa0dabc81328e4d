-- What documents and payments that are dated after the night's day add to Xero's receivables account: AmountDue counts
-- them already, the trial balance of the day not yet. Without it a bill dated next Monday reads as a difference.
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

)

select
    postings.firm_id,
    cast(sum(postings.amount) as decimal(18, 2)) as amount
from postings
inner join {{ ref('int_tonight') }} as tonight
    on postings.firm_id = tonight.firm_id
where postings.posting_date > tonight.as_of_date
group by postings.firm_id
