-- Findings about the contents and payments of a pair, found in the currency of the two documents, in the firm's own.
-- What is lost by rounding each by itself goes with the largest, so that the findings of a document come to the
-- difference of its receivables to the cent.
with

findings as (

    select * from {{ ref('int_content_findings_worded') }}
    union all by name
    select * from {{ ref('int_payment_findings_worded') }}
    union all by name
    select * from {{ ref('int_unexplained_findings') }}

),

findings_converted as (

    select
        findings.*,
        documents.effect_rate,
        documents.ar_difference_amount,
        documents.document_ar_difference_amount,
        cast({{ in_own_currency('findings.amount', 'documents.effect_rate') }} as decimal(18, 2)) as own_amount,
        cast({{ in_own_currency('findings.ar_effect_amount', 'documents.effect_rate') }} as decimal(18, 2))
            as own_effect_amount
    from findings
    left join {{ ref('int_documents_paired') }} as documents
        on
            findings.firm_id = documents.firm_id
            and documents.bill_key = coalesce(
                {{ subject_key('clio', 'findings.bill_id') }}, {{ subject_key('xero', 'findings.invoice_id') }}
            )

),

findings_placed as (

    select
        *,
        sum(ar_effect_amount) over of_the_document as explained_amount,
        sum(own_effect_amount) over of_the_document as own_explained_amount,
        row_number() over (
            partition by firm_id, bill_id, invoice_id order by abs(ar_effect_amount) desc, finding_key
        ) as size_rank
    from findings_converted
    window of_the_document as (partition by firm_id, bill_id, invoice_id)

),

findings_made_whole as (

    select
        *,
        cast(
            own_effect_amount + case
                when size_rank = 1 and ar_effect_amount <> 0 and explained_amount = document_ar_difference_amount
                    then ar_difference_amount - own_explained_amount
                else 0
            end
            as decimal(18, 2)
        ) as whole_effect_amount
    from findings_placed

)

select
    * exclude (
        effect_rate, ar_difference_amount, document_ar_difference_amount, own_amount, own_effect_amount,
        explained_amount, own_explained_amount, size_rank, whole_effect_amount
    )
    replace (
        whole_effect_amount as ar_effect_amount,
        case when amount = abs(ar_effect_amount) then abs(whole_effect_amount) else own_amount end as amount
    )
from findings_made_whole
