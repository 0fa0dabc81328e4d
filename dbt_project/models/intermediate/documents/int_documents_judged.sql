-- What matched_bills says of each document: its code, or whether the content of a live pair agrees.
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

    union

    select
        firm_id,
        bill_id
    from {{ ref('int_unexplained_findings') }}

)

select
    classified.firm_id,
    classified.bill_key,
    case
        when classified.outcome in ('before_start_date', 'not_from_clio') then 'no_exception'
        when classified.outcome <> 'compare' then classified.outcome
        when differing.bill_id is null then 'agrees'
        else 'content_differs'
    end as finding
from {{ ref('int_documents_classified') }} as classified
left join bills_with_differing_content as differing
    on classified.firm_id = differing.firm_id and classified.bill_id = differing.bill_id
