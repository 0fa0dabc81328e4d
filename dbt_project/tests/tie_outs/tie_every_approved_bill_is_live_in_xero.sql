-- Is every bill that was approved in Clio a live invoice in Xero?
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
        'missing_in_xero',
        'stuck_in_draft_ready',
        'stuck_in_draft_edited',
        'void_in_xero_live_in_clio',
        'number_collision'
    )
