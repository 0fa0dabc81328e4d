-- Documents that are in scope and in force and have no partner: what collisions, duplicates and candidates are
-- looked for among. An unapproved bill may wait for its invoice, and one of 0.00 may never get one; an invoice that
-- stands for a request for trust money has been found.
select
    documents.firm_id,
    documents.bill_key,
    documents.bill_id,
    documents.invoice_id,
    documents.invoice_class,
    coalesce(bills.number_key, invoices.number_key) as number_key,
    coalesce(bills.normalised_number_key, invoices.normalised_number_key) as normalised_number_key,
    bills.client_id,
    bills.is_client_visible,
    invoices.contact_id,
    coalesce(bills.issued_date, invoices.issued_date) as issued_date,
    coalesce(bills.payable_amount, invoices.total_amount) as total_amount,
    coalesce(bills.currency_code, invoices.currency_code) as currency_code
from {{ ref('int_documents_paired') }} as documents
left join {{ ref('int_documents_out_of_scope') }} as out_of_scope
    on documents.firm_id = out_of_scope.firm_id and documents.bill_key = out_of_scope.bill_key
left join {{ ref('int_trust_requests_invoiced') }} as requests
    on documents.firm_id = requests.firm_id and documents.invoice_id = requests.invoice_id
left join {{ ref('int_bills_valued') }} as bills
    on documents.firm_id = bills.firm_id and documents.bill_id = bills.bill_id
left join {{ ref('int_invoices_valued') }} as invoices
    on documents.firm_id = invoices.firm_id and documents.invoice_id = invoices.invoice_id
where
    out_of_scope.bill_key is null
    and requests.invoice_id is null
    and (
        (documents.pairing = 'clio_only' and documents.bill_class = 'approved' and bills.payable_amount <> 0)
        or (documents.pairing = 'xero_only' and documents.invoice_class <> 'dead')
    )
