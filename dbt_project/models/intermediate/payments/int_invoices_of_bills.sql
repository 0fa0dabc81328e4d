-- The invoices on which the payments of a bill are looked for, where bill and invoice can be compared: the bill is
-- approved, its invoice live or a draft, and both in one currency. A pair's interest invoices are the pair's.
with

bills_in_question as (

    select
        pairs.firm_id,
        pairs.bill_id,
        pairs.invoice_class,
        documents.invoice_id
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
    bills.firm_id,
    bills.bill_id,
    bills.invoice_class,
    children.invoice_id
from bills_in_question as bills
inner join {{ ref('int_interest_invoices') }} as children
    on bills.firm_id = children.firm_id and bills.bill_id = children.bill_id

union all

-- A credit note that is a negative bill's partner: what it was used for is the bill's.
select
    firm_id,
    bill_id,
    invoice_class,
    invoice_id
from {{ ref('int_documents_paired') }}
where match_rule = 'credit_note' and bill_class = 'approved' and invoice_class in ('live', 'draft')
