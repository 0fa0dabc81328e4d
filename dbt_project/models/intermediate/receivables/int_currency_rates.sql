-- What a currency was last worth: the rate of the newest invoice or credit note in it, drafts aside. Xero's rate is
-- foreign per one of the firm's own.
with

documents_with_a_rate as (

    select
        firm_id,
        currency_code,
        currency_rate,
        issued_date as document_date,
        updated_at,
        invoice_id as document_id
    from {{ ref('stg_xero__invoices') }}
    where invoice_status not in ('DRAFT', 'SUBMITTED', 'DELETED')

    union all

    select
        firm_id,
        currency_code,
        currency_rate,
        credit_note_date as document_date,
        updated_at,
        credit_note_id as document_id
    from {{ ref('stg_xero__credit_notes') }}
    where credit_note_status not in ('DRAFT', 'SUBMITTED', 'DELETED')

)

select
    documents.firm_id,
    documents.currency_code,
    documents.currency_rate
from documents_with_a_rate as documents
inner join {{ ref('int_tonight') }} as tonight
    on documents.firm_id = tonight.firm_id
where
    documents.currency_code <> coalesce(tonight.base_currency_code, documents.currency_code)
    and documents.currency_rate > 0
qualify
    row_number() over (
        partition by documents.firm_id, documents.currency_code
        order by
            documents.document_date desc nulls last,
            documents.updated_at desc nulls last,
            documents.document_id asc
    ) = 1
