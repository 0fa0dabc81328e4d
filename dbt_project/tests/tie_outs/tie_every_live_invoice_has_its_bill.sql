-- Does every invoice that stands in Xero have a bill that stands in Clio?
-- A row is a document that says no. What is in flight or accepted is left out.
select
    firm_id,
    exception_id,
    code,
    clio_bill_number,
    xero_invoice_number,
    ar_effect
from {{ ref('exceptions') }}
where
    status = 'open'
    and code in (
        'approved_early_in_xero',
        'void_in_clio_live_in_xero',
        'duplicate_in_xero',
        'xero_only',
        'number_collision'
    )
