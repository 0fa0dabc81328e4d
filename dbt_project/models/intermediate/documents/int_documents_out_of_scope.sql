-- Documents without a partner that are no exception, whatever they amount to: the firm says that they never come from
-- Clio, or they are dated before the day from which the firm reconciles.
select
    documents.firm_id,
    documents.bill_key,
    case when named.invoice_id is not null then 'not_from_clio' else 'before_start_date' end as scope_reason
from {{ ref('int_documents_paired') }} as documents
inner join {{ ref('int_tonight') }} as tonight
    on documents.firm_id = tonight.firm_id
left join {{ ref('int_bills_valued') }} as bills
    on documents.firm_id = bills.firm_id and documents.bill_id = bills.bill_id
left join {{ ref('int_invoices_valued') }} as invoices
    on documents.firm_id = invoices.firm_id and documents.invoice_id = invoices.invoice_id
left join {{ ref('int_invoices_not_from_clio') }} as named
    on documents.firm_id = named.firm_id and documents.invoice_id = named.invoice_id
where
    documents.pairing <> 'paired'
    and (
        named.invoice_id is not null
        or coalesce(bills.issued_date, invoices.issued_date) < tonight.start_date
    )
