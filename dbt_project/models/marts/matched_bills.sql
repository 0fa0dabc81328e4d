with

bills_with_differing_content as (

    select
        firm_id,
        bill_id
    from {{ ref('int_content_findings') }}

    union

    select
        firm_id,
        bill_id
    from {{ ref('int_payment_findings') }}
    where is_in_document_currency

    union

    select
        firm_id,
        bill_id
    from {{ ref('int_findings') }}
    where code = 'unexplained'

)

select
    documents.firm_id,
    documents.bill_key,
    documents.bill_id as clio_bill_id,
    bills.bill_number as clio_bill_number,
    bills.bill_state as clio_state,
    bills.client_id as clio_client_id,
    bills.client_name as clio_client_name,
    bills.issued_date as clio_issued_date,
    bills.due_date as clio_due_date,
    bills.payable_amount as clio_total_amount,
    bills.tax_amount as clio_tax_amount,
    bills.interest_amount as clio_interest_amount,
    bills.paid_amount as clio_paid_amount,
    bills.credited_amount as clio_credited_amount,
    bills.balance_amount as clio_balance_amount,
    documents.invoice_id as xero_invoice_id,
    invoices.invoice_number as xero_invoice_number,
    invoices.invoice_status as xero_status,
    invoices.contact_id as xero_contact_id,
    invoices.contact_name as xero_contact_name,
    invoices.issued_date as xero_date,
    invoices.due_date as xero_due_date,
    {%- for amount in ['total_amount', 'tax_amount', 'paid_amount', 'credited_amount', 'due_amount'] %}
        cast(invoices.{{ amount }} + documents.interest_{{ amount }} as decimal(18, 2)) as xero_{{ amount }},
    {%- endfor %}
    documents.interest_invoice_id as xero_interest_invoice_id,
    documents.interest_invoice_ids as xero_interest_invoice_ids,
    documents.pairing,
    documents.match_rule,
    case
        when documents.scope_reason is not null then 'no_exception'
        when classified.outcome = 'stuck_in_draft' then stuck.code
        when classified.outcome <> 'compare' then classified.outcome
        when differing.bill_id is null then 'agrees'
        else 'content_differs'
    end as finding,
    documents.clio_ar_amount,
    documents.xero_ar_amount,
    documents.ar_difference_amount,
    {{ clio_url('tonight.clio_web_url', 'documents.bill_id') }} as clio_url,
    {{ xero_url('tonight.xero_short_code', 'documents.invoice_id') }} as xero_url
from {{ ref('int_documents_paired') }} as documents
inner join {{ ref('int_tonight') }} as tonight
    on documents.firm_id = tonight.firm_id
inner join {{ ref('int_documents_classified') }} as classified
    on documents.firm_id = classified.firm_id and documents.bill_key = classified.bill_key
left join {{ ref('int_bills_valued') }} as bills
    on documents.firm_id = bills.firm_id and documents.bill_id = bills.bill_id
left join {{ ref('int_invoices_valued') }} as invoices
    on documents.firm_id = invoices.firm_id and documents.invoice_id = invoices.invoice_id
left join bills_with_differing_content as differing
    on documents.firm_id = differing.firm_id and documents.bill_id = differing.bill_id
left join {{ ref('int_document_findings') }} as stuck
    on
        documents.firm_id = stuck.firm_id
        and documents.bill_id = stuck.bill_id
        and stuck.code in ('stuck_in_draft_ready', 'stuck_in_draft_edited')
