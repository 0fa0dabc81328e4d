-- The check on ourselves: of every document, what its findings leave of the difference between its receivables.
-- Nothing should ever be left; what is, is published like any other finding.
with

effects_of_each_bill as (

    select
        firm_id,
        bill_id,
        sum(ar_effect_amount) as ar_effect_amount
    from (
        select
            firm_id,
            bill_id,
            ar_effect_amount
        from {{ ref('int_content_findings') }}
        union all
        select
            firm_id,
            bill_id,
            ar_effect_amount
        from {{ ref('int_payment_findings') }}
    ) as effects
    group by firm_id, bill_id

),

remainders as (

    -- A document with a finding of its own is explained by it, whole.
    select
        documents.*,
        cast(documents.document_ar_difference_amount - coalesce(effects.ar_effect_amount, 0) as decimal(18, 2))
            as remainder_amount
    from {{ ref('int_documents_paired') }} as documents
    inner join {{ ref('int_documents_classified') }} as classified
        on documents.firm_id = classified.firm_id and documents.bill_key = classified.bill_key
    left join effects_of_each_bill as effects
        on documents.firm_id = effects.firm_id and documents.bill_id = effects.bill_id
    where classified.outcome in ('compare', 'no_exception')

)

select
    firm_id,
    'unexplained' as code,
    'unexplained|' || bill_key as finding_key,
    bill_key as subject_key,
    cast(null as varchar) as detail_key,
    bill_id,
    invoice_id,
    cast(abs(remainder_amount) as decimal(18, 2)) as amount,
    remainder_amount as ar_effect_amount,
    {{ money_text('clio_ar_amount') }} || ' receivable' as clio_value,
    {{ money_text('xero_ar_amount') }} || ' receivable' as xero_value,
    coalesce('Bill ' || bill_number, 'Invoice ' || invoice_number, 'A document without a number') || ' for '
    || coalesce(client_name, 'no client') || ' adds ' || {{ money_text('clio_ar_amount') }}
    || ' to receivables in Clio and ' || {{ money_text('xero_ar_amount') }} || ' in Xero. Of the difference, '
    || {{ money_text('remainder_amount') }} || ' is explained by nothing that was found.' as explanation,
    'Compare the two documents by hand, and report this: the rules have a hole here.' as suggested_action,
    cast(null as varchar) as blocked_by,
    cast(null as varchar) as group_id,
    changed_at
from remainders
where remainder_amount <> 0
