-- Is every payment and credit on both sides, on the same bill, with the same amount, in the right account?
-- A row says no. What is in flight or accepted is left out.
select
    firm_id,
    exception_id,
    code,
    clio_bill_number,
    xero_invoice_number,
    amount,
    ar_effect
from {{ ref('exceptions') }}
where
    status = 'open'
    and code in (
        'paid_in_clio_open_in_xero',
        'paid_in_xero_open_in_clio',
        'payment_amount_differs',
        'payment_duplicated',
        'payment_reversed_one_side',
        'payment_on_wrong_bill',
        'payment_in_wrong_account',
        'payment_period_differs',
        'credit_one_side',
        'unapplied_credit'
    )
