-- Draft invoices of approved bills, the heads of both documents beside each other; interest is left out on both
-- sides.
select
    pairs.firm_id,
    pairs.bill_id,
    pairs.invoice_id,
    bills.client_name,
    invoices.contact_name,
    ties.client_id is not null as contact_agrees,
    bills.issued_date as clio_issued_date,
    invoices.issued_date as xero_issued_date,
    bills.due_date as clio_due_date,
    invoices.due_date as xero_due_date,
    bills.currency_code as clio_currency_code,
    invoices.currency_code as xero_currency_code,
    pairs.currency_agrees,
    pairs.clio_net_amount,
    pairs.xero_net_amount,
    bills.tax_amount as clio_tax_amount,
    invoices.tax_amount as xero_tax_amount
from {{ ref('int_pairs_compared') }} as pairs
inner join {{ ref('int_bills_valued') }} as bills
    on pairs.firm_id = bills.firm_id and pairs.bill_id = bills.bill_id
inner join {{ ref('int_invoices_valued') }} as invoices
    on pairs.firm_id = invoices.firm_id and pairs.invoice_id = invoices.invoice_id
left join {{ ref('int_clients_tied') }} as ties
    on
        pairs.firm_id = ties.firm_id
        and bills.client_id = ties.client_id
        and invoices.contact_id = ties.contact_id
where pairs.bill_class = 'approved' and pairs.invoice_class = 'draft'
