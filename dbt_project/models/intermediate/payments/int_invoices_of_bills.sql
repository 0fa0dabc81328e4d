-- The invoices on which the payments of a bill are looked for, where bill and invoice can be compared: the bill is
-- approved, its invoice live or a draft, and both in one currency. A pair's interest invoices are the pair's.
with

bills_in_question as (

    select
        pairs.firm_id,
        pairs.bill_id,
        pairs.invoice_class,
        documents.invoice_id,
        documents.interest_invoice_id
    from {{ ref('int_pairs_compared') }} as pairs
    inner join {{ ref('int_documents_paired') }} as documents
        on pairs.firm_id = documents.firm_id and pairs.bill_id = documents.bill_id
    where pairs.bill_class = 'approved' and pairs.invoice_class in ('live', 'draft') and pairs.currency_agrees

)

select
    firm_id,
    bill_id,
    invoice_class,
    invoice_id
from bills_in_question

union all

select
    firm_id,
    bill_id,
    invoice_class,
    interest_invoice_id as invoice_id
from bills_in_question
where interest_invoice_id is not null
