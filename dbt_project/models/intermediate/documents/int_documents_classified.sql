-- The outcome of each document: one code, a reason why it is none, 'compare' where both sides are live, or
-- 'stuck_in_draft', of which the finding says whether it is ready. A draft below zero that stands for a negative bill
-- is told in that bill's row. An invoice that credit notes took back in full is as good as void, and where books are
-- locked it is the only way: with a dead bill, or with none, it is no finding.
with

credit_notes_on_invoices as (

    select
        firm_id,
        invoice_id,
        sum(amount) as credited_amount
    from {{ ref('int_xero_applications') }}
    where kind = 'credit' and not is_reversed and amount > 0
    group by firm_id, invoice_id

),

invoices_credited_in_full as (

    select
        invoices.firm_id,
        invoices.invoice_id
    from {{ ref('int_invoices_valued') }} as invoices
    inner join credit_notes_on_invoices as notes
        on invoices.firm_id = notes.firm_id and invoices.invoice_id = notes.invoice_id
    where invoices.invoice_class = 'live' and invoices.total_amount = notes.credited_amount

)

select
    documents.firm_id,
    documents.bill_key,
    documents.bill_id,
    documents.invoice_id,
    documents.pairing,
    case
        when documents.scope_reason is not null then documents.scope_reason
        when requests.invoice_id is not null then 'trust_request_invoiced'
        when unmatched.colliding_bill_id is not null then 'number_collision'
        when unmatched.negative_bill_id is not null then 'no_exception'
        when duplicates.invoice_id is not null then 'duplicate_in_xero'
        when documents.bill_class = 'vanished' and documents.invoice_class in ('draft', 'live') then 'bill_vanished'
        when
            documents.bill_class = 'vanished'
            and documents.invoice_class = 'none'
            and bills.bill_state in ('awaiting_payment', 'paid')
            then 'bill_vanished'
        when
            documents.pairing = 'clio_only' and unmatched.bill_key is not null and unmatched.total_amount < 0
            then 'credit_note_missing'
        when documents.pairing = 'clio_only' and unmatched.bill_key is not null then 'missing_in_xero'
        when documents.bill_class in ('none', 'dead') and credited.invoice_id is not null then 'no_exception'
        when documents.pairing = 'xero_only' and unmatched.bill_key is not null then 'xero_only'
        when documents.pairing <> 'paired' then 'no_exception'
        when documents.bill_class = 'approved' and documents.invoice_class = 'live' then 'compare'
        -- A bill of nothing needs no invoice, dead or alive.
        when documents.bill_class = 'approved' and documents.invoice_class = 'dead' and bills.payable_amount = 0
            then 'no_exception'
        when documents.bill_class = 'approved' and documents.invoice_class = 'dead' then 'void_in_xero_live_in_clio'
        when documents.bill_class = 'approved' then 'stuck_in_draft'
        when documents.bill_class = 'unapproved' and documents.invoice_class = 'live' then 'approved_early_in_xero'
        when documents.bill_class = 'dead' and documents.invoice_class <> 'dead' then 'void_in_clio_live_in_xero'
        else 'no_exception'
    end as outcome
from {{ ref('int_documents_paired') }} as documents
left join {{ ref('int_bills_valued') }} as bills
    on documents.firm_id = bills.firm_id and documents.bill_id = bills.bill_id
left join invoices_credited_in_full as credited
    on documents.firm_id = credited.firm_id and documents.invoice_id = credited.invoice_id
left join {{ ref('int_documents_open') }} as unmatched
    on documents.firm_id = unmatched.firm_id and documents.bill_key = unmatched.bill_key
left join {{ ref('int_trust_requests_invoiced') }} as requests
    on documents.firm_id = requests.firm_id and documents.invoice_id = requests.invoice_id
left join {{ ref('int_duplicates') }} as duplicates
    on documents.firm_id = duplicates.firm_id and documents.invoice_id = duplicates.invoice_id
