-- Documents that are in scope and in force and have no partner. An unapproved bill may wait for its invoice, and one of
-- 0.00 may never get one. Of each: the request for trust money that it stands for, which is no receivable; the document
-- that it shares a number with and nothing else; and of a draft below zero, which Xero never approves, the negative
-- bill that it stands for.
with

documents_without_a_partner as (

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
        bills.totals,
        coalesce(bills.currency_code, invoices.currency_code) as currency_code
    from {{ ref('int_documents_paired') }} as documents
    left join {{ ref('int_bills_valued') }} as bills
        on documents.firm_id = bills.firm_id and documents.bill_id = bills.bill_id
    left join {{ ref('int_invoices_valued') }} as invoices
        on documents.firm_id = invoices.firm_id and documents.invoice_id = invoices.invoice_id
    where
        documents.scope_reason is null
        and (
            (documents.pairing = 'clio_only' and documents.bill_class = 'approved' and bills.payable_amount <> 0)
            or (documents.pairing = 'xero_only' and documents.invoice_class <> 'dead')
        )

),

trust_requests as (

    select
        requests.firm_id,
        requests.bill_id as request_id,
        requests.client_id,
        requests.payable_amount,
        requests.currency_code,
        coalesce(clients.client_name, requests.client_name) as client_name,
        {{ normalised_number_key('requests.bill_number') }} as normalised_number_key
    from {{ ref('stg_clio__bills') }} as requests
    left join {{ ref('int_clio_clients') }} as clients
        on requests.firm_id = clients.firm_id and requests.client_id = clients.client_id
    where requests.bill_kind = 'trust_kind' and requests.payable_amount > 0

),

trust_requests_invoiced as (

    -- Number (after normalising), client and total are the request's, and one request meets one invoice.
    select
        requests.firm_id,
        requests.request_id,
        invoices.invoice_id
    from trust_requests as requests
    inner join documents_without_a_partner as invoices
        on
            requests.firm_id = invoices.firm_id
            and invoices.invoice_id is not null
            and requests.normalised_number_key = invoices.normalised_number_key
            and requests.payable_amount = invoices.total_amount
            and {{ same_currency('requests.currency_code', 'invoices.currency_code') }}
    left join {{ ref('int_client_contacts') }} as contacts
        on
            requests.firm_id = contacts.firm_id
            and requests.client_id = contacts.client_id
            and invoices.contact_id = contacts.contact_id
    where contacts.client_id is not null or requests.client_name is null
    qualify
        count(*) over (partition by requests.firm_id, requests.request_id) = 1
        and count(*) over (partition by requests.firm_id, invoices.invoice_id) = 1

),

bills as (

    select * from documents_without_a_partner
    where bill_id is not null

),

invoices as (

    select documents.*
    from documents_without_a_partner as documents
    left join trust_requests_invoiced as requests
        on documents.firm_id = requests.firm_id and documents.invoice_id = requests.invoice_id
    where documents.invoice_id is not null and requests.invoice_id is null

),

two_that_share_a_number as (

    -- Client, total and issue date all differ. Of a client that nobody can tell apart, or whom Clio does not show, none
    -- of this can be said.
    select
        bills.firm_id,
        bills.bill_id,
        invoices.invoice_id,
        [bills.bill_key, invoices.bill_key] as both_keys
    from bills
    inner join invoices
        on bills.firm_id = invoices.firm_id and bills.number_key = invoices.number_key
    left join {{ ref('int_client_contacts') }} as contacts
        on
            bills.firm_id = contacts.firm_id
            and bills.client_id = contacts.client_id
            and invoices.contact_id = contacts.contact_id
    where
        bills.is_client_visible
        and bills.total_amount > 0
        and invoices.total_amount >= 0
        and bills.issued_date is distinct from invoices.issued_date
        and contacts.client_id is null
        and not (
            list_contains(bills.totals, invoices.total_amount)
            and {{ same_currency('bills.currency_code', 'invoices.currency_code') }}
        )
    qualify
        count(*) over (partition by bills.firm_id, bills.bill_id) = 1
        and count(*) over (partition by bills.firm_id, invoices.invoice_id) = 1

),

collisions_of_each_document as (

    select
        firm_id,
        bill_id,
        invoice_id,
        unnest(both_keys) as bill_key
    from two_that_share_a_number

),

bills_that_a_draft_may_stand_for as (

    select
        drafts.firm_id,
        drafts.invoice_id,
        bills.bill_id,
        coalesce(drafts.normalised_number_key = bills.normalised_number_key, false) as is_by_number
    from invoices as drafts
    inner join bills
        on drafts.firm_id = bills.firm_id and bills.total_amount < 0
    left join {{ ref('int_client_contacts') }} as contacts
        on
            bills.firm_id = contacts.firm_id
            and bills.client_id = contacts.client_id
            and drafts.contact_id = contacts.contact_id
    where
        drafts.invoice_class = 'draft'
        and drafts.total_amount < 0
        and (is_by_number or (contacts.relation = 'same' and drafts.total_amount = bills.total_amount))

),

bills_that_a_draft_stands_for as (

    -- By number, else by client and total, and only where one bill is meant.
    select
        firm_id,
        invoice_id,
        bill_id
    from bills_that_a_draft_may_stand_for
    qualify
        count(*) over (partition by firm_id, invoice_id, is_by_number) = 1
        and is_by_number = bool_or(is_by_number) over (partition by firm_id, invoice_id)

)

select
    documents.*,
    requests.request_id,
    collisions.bill_id as colliding_bill_id,
    collisions.invoice_id as colliding_invoice_id,
    negative_bills.bill_id as negative_bill_id
from documents_without_a_partner as documents
left join trust_requests_invoiced as requests
    on documents.firm_id = requests.firm_id and documents.invoice_id = requests.invoice_id
left join collisions_of_each_document as collisions
    on documents.firm_id = collisions.firm_id and documents.bill_key = collisions.bill_key
left join bills_that_a_draft_stands_for as negative_bills
    on documents.firm_id = negative_bills.firm_id and documents.invoice_id = negative_bills.invoice_id
