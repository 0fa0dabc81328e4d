-- Do the documents of each system add up to the total that it keeps itself?
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
        'clio_control_differs',
        'subledger_differs_from_control'
    )
