-- Draft invoices of approved bills, the heads of both documents beside each other; interest is left out on both
-- sides.
select
    pairs.firm_id,
    pairs.bill_id,
    pairs.invoice_id,
    bills.client_name,
    invoices.contact_name,
    contacts.contact_outcome,
    contacts.contact_outcome <> 'other' as contact_agrees,
    bills.bill_number as clio_number,
    invoices.invoice_number as xero_number,
    (bills.normalised_number_key is not distinct from invoices.normalised_number_key) as number_agrees,
    bills.issued_date as clio_issued_date,
    invoices.issued_date as xero_issued_date,
    bills.due_date as clio_due_date,
    invoices.due_date as xero_due_date,
    bills.currency_code as clio_currency_code,
    invoices.currency_code as xero_currency_code,
    pairs.currency_agrees,
    bills.payable_amount,
    pairs.clio_net_amount,
    pairs.xero_net_amount,
    bills.tax_amount as clio_tax_amount,
    invoices.tax_amount as xero_tax_amount
from {{ ref('int_pairs_compared') }} as pairs
inner join {{ ref('int_bills_valued') }} as bills
    on pairs.firm_id = bills.firm_id and pairs.bill_id = bills.bill_id
inner join {{ ref('int_invoices_valued') }} as invoices
    on pairs.firm_id = invoices.firm_id and pairs.invoice_id = invoices.invoice_id
inner join {{ ref('int_contacts_of_pairs') }} as contacts
    on pairs.firm_id = contacts.firm_id and pairs.bill_id = contacts.bill_id
where pairs.bill_class = 'approved' and pairs.invoice_class = 'draft'
