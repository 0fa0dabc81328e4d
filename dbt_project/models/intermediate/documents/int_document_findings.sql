-- Section 4 in figures: one row per document with a code, and one per extra invoice of a pair.
with

documents_with_a_code as (

    select
        classified.firm_id,
        classified.outcome as code,
        coalesce(collisions.bill_id, duplicates.bill_id, documents.bill_id) as bill_id,
        coalesce(collisions.invoice_id, documents.invoice_id) as invoice_id,
        documents.invoice_class,
        documents.pairing,
        duplicates.repeated_invoice_id,
        requests.request_id,
        documents.ar_difference_amount,
        documents.changed_at
    from {{ ref('int_documents_classified') }} as classified
    inner join {{ ref('int_documents_paired') }} as documents
        on classified.firm_id = documents.firm_id and classified.bill_key = documents.bill_key
    left join {{ ref('int_collisions_found') }} as collisions
        on
            classified.firm_id = collisions.firm_id
            and classified.outcome = 'number_collision'
            and coalesce(documents.bill_id = collisions.bill_id, documents.invoice_id = collisions.invoice_id)
    left join {{ ref('int_trust_requests_invoiced') }} as requests
        on
            classified.firm_id = requests.firm_id
            and classified.outcome = 'trust_request_invoiced'
            and documents.invoice_id = requests.invoice_id
    left join {{ ref('int_duplicates_found') }} as duplicates
        on
            classified.firm_id = duplicates.firm_id
            and classified.outcome = 'duplicate_in_xero'
            and documents.invoice_id = duplicates.invoice_id
    where classified.outcome not in ('compare', 'no_exception', 'before_start_date', 'not_from_clio')

)

-- The two documents of a collision are one finding. An invoice for trust money stands by its request, which is no bill.
select
    firm_id,
    code,
    bill_id,
    invoice_id,
    case
        when code = 'void_in_clio_live_in_xero' and max(invoice_class) = 'draft' then 'medium'
        when code = 'xero_only' and max(invoice_class) = 'draft' then 'low'
    end as severity,
    case
        when max(request_id) is not null then {{ subject_key('clio', 'max(request_id)') }}
        when bill_id is null then {{ subject_key('xero', 'invoice_id') }}
        else {{ subject_key('clio', 'bill_id') }}
    end as subject_key,
    code || '|' || coalesce({{ subject_key('clio', 'bill_id') }}, '')
    || coalesce('|' || {{ subject_key('xero', 'invoice_id') }}, '') as finding_key,
    case
        when code in ('duplicate_in_xero', 'number_collision', 'trust_request_invoiced') then invoice_id
    end as detail_key,
    max(repeated_invoice_id) as repeated_invoice_id,
    max(request_id) as request_id,
    cast(sum(ar_difference_amount) as decimal(18, 2)) as ar_effect_amount,
    max(changed_at) as changed_at
from documents_with_a_code
group by firm_id, code, bill_id, invoice_id
