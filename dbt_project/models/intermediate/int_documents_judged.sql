-- What matched_bills says of each document: its code, or whether the content of a live pair agrees.
select
    classified.firm_id,
    classified.bill_key,
    case
        when classified.outcome in ('before_start_date', 'not_from_clio') then 'no_exception'
        when classified.outcome <> 'compare' then classified.outcome
        when documents.ar_difference_amount = 0 then 'agrees'
        else 'content_differs'
    end as finding
from {{ ref('int_documents_classified') }} as classified
inner join {{ ref('int_documents_paired') }} as documents
    on classified.firm_id = documents.firm_id and classified.bill_key = documents.bill_key
