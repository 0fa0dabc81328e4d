-- Money paid back in Xero out of a credit that was applied to an invoice: with it, the credit stood on that invoice
-- with what was paid back as well. It only counts as that bill's where Clio has a refund of its size on the bill; what
-- Clio does not know of leaves receivables as they are.
with

refunds as (

    select
        payments.firm_id,
        payments.payment_id,
        payments.invoice_id as credit_id,
        payments.account_id,
        payments.payment_date,
        payments.payment_amount,
        {{ change_stamp('payments.updated_at', 'payments.loaded_at') }} as updated_at
    from {{ ref('stg_xero__payments') }} as payments
    left join {{ ref('int_credit_notes') }} as paired
        on
            payments.firm_id = paired.firm_id
            and payments.invoice_id = paired.invoice_id
            and paired.bill_id is not null
    where
        paired.invoice_id is null
        and payments.payment_type in ('ARCREDITPAYMENT', 'AROVERPAYMENTPAYMENT', 'ARPREPAYMENTPAYMENT')
        and payments.payment_status = 'AUTHORISED'

),

candidates as (

    select distinct
        allocations.firm_id,
        allocations.bill_id,
        allocations.allocation_id,
        allocations.allocation_date,
        applied.invoice_id,
        refunds.payment_id,
        refunds.credit_id,
        refunds.account_id,
        refunds.payment_date,
        refunds.payment_amount,
        refunds.updated_at,
        {{ days_apart('allocations.allocation_date', 'refunds.payment_date') }} as days_apart
    from {{ ref('int_invoices_of_bills') }} as bills
    inner join {{ ref('stg_clio__allocations') }} as allocations
        on
            bills.firm_id = allocations.firm_id
            and bills.bill_id = allocations.bill_id
            and allocations.voided_at is null
            and allocations.allocation_amount < 0
    inner join {{ ref('int_xero_applications') }} as applied
        on bills.firm_id = applied.firm_id and bills.invoice_id = applied.invoice_id and not applied.is_reversed
    inner join refunds
        on
            applied.firm_id = refunds.firm_id
            and applied.credit_id = refunds.credit_id
            and allocations.allocation_amount = -refunds.payment_amount
    where allocations.allocation_date is not null and refunds.payment_date is not null

),

chosen as (

    {{ choose_partners(
        'candidates',
        within=['firm_id'],
        left_order=['allocation_date', 'allocation_id'],
        right_order=['payment_date', 'payment_id'],
        costs=['days_apart'],
    ) }}

)

select * from chosen
