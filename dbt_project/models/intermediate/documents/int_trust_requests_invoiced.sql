-- An invoice without a bill that stands for a request for trust money, which is no receivable: number (after
-- normalising), client and total are the request's. Only where one request meets one invoice.
with

requests as (

    select
        requests.*,
        coalesce(clients.client_name, requests.client_name) as named_client,
        {{ normalised_number_key('requests.bill_number') }} as normalised_number_key
    from {{ ref('stg_clio__bills') }} as requests
    left join {{ ref('int_clio_clients') }} as clients
        on requests.firm_id = clients.firm_id and requests.client_id = clients.client_id
    where requests.bill_kind = 'trust_kind' and requests.payable_amount > 0

),

invoices_without_a_bill as (

    select invoices.*
    from {{ ref('int_documents_paired') }} as documents
    inner join {{ ref('int_sales_invoices') }} as invoices
        on documents.firm_id = invoices.firm_id and documents.invoice_id = invoices.invoice_id
    where documents.pairing = 'xero_only' and documents.invoice_class <> 'dead' and documents.scope_reason is null

),

candidates as (

    select
        requests.firm_id,
        requests.bill_id as request_id,
        requests.bill_number as request_number,
        requests.named_client as client_name,
        requests.issued_date,
        requests.payable_amount,
        requests.paid_amount,
        requests.updated_at,
        invoices.invoice_id,
        count(*) over (partition by requests.firm_id, requests.bill_id) as invoices_for_the_request,
        count(*) over (partition by requests.firm_id, invoices.invoice_id) as requests_for_the_invoice
    from requests
    inner join invoices_without_a_bill as invoices
        on
            requests.firm_id = invoices.firm_id
            and requests.normalised_number_key = invoices.normalised_number_key
            and requests.payable_amount = invoices.total_amount
            and {{ same_currency('requests.currency_code', 'invoices.currency_code') }}
    left join {{ ref('int_client_contacts') }} as contacts
        on
            requests.firm_id = contacts.firm_id
            and requests.client_id = contacts.client_id
            and invoices.contact_id = contacts.contact_id
    where contacts.client_id is not null or requests.named_client is null

)

select * exclude (invoices_for_the_request, requests_for_the_invoice)
from candidates
where invoices_for_the_request = 1 and requests_for_the_invoice = 1
