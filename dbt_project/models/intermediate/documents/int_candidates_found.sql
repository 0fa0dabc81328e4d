-- Invoices that may well be a bill's, yet prove nothing: same client and total, dated up to 35 days apart.
select
    bills.firm_id,
    bills.bill_id,
    invoices.invoice_id,
    {{ days_apart('bills.issued_date', 'invoices.issued_date') }} as days_apart
from {{ ref('int_documents_open') }} as bills
inner join {{ ref('int_bill_totals') }} as totals
    on bills.firm_id = totals.firm_id and bills.bill_id = totals.bill_id
inner join {{ ref('int_clients_tied') }} as ties
    on bills.firm_id = ties.firm_id and bills.client_id = ties.client_id
inner join {{ ref('int_documents_open') }} as invoices
    on
        bills.firm_id = invoices.firm_id
        and ties.contact_id = invoices.contact_id
        and totals.total_amount = invoices.total_amount
        and {{ same_currency('totals.currency_code', 'invoices.currency_code') }}
where
    bills.bill_id is not null
    and invoices.invoice_id is not null
    and {{ days_apart('bills.issued_date', 'invoices.issued_date') }} <= 35
