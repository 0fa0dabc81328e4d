-- Does what is on each live pair agree: amounts, lines, tax, interest, dates, client?
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
        'currency_differs',
        'discount_lost',
        'amounts_differ',
        'lines_differ',
        'tax_differs',
        'interest_not_mirrored',
        'date_differs',
        'wrong_contact'
    )
