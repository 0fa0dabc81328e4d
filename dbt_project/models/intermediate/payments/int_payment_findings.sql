-- Section 6 in figures: one row per payment or credit and code. On a draft Xero takes no payment: the row stands,
-- without effect, and waits for the draft's own row.
with

findings as (

    select
        *,
        outcome as code,
        coalesce(xero_entry_ids, clio_entry_ids) as entry_key,
        case
            when outcome = 'payment_amount_differs' then clio_amount - xero_amount
            else coalesce(clio_amount, -xero_amount)
        end as effect
    from {{ ref('int_payments_judged') }}
    where outcome not in ('matched', 'grouped')

    union all

    select
        judged.*,
        'payment_in_wrong_account' as code,
        wrong_account.entry_id as entry_key,
        0 as effect
    from {{ ref('int_payments_judged') }} as judged
    inner join {{ ref('int_payments_in_wrong_account') }} as wrong_account
        on
            judged.firm_id = wrong_account.firm_id
            and judged.bill_id = wrong_account.bill_id
            and judged.set_key = wrong_account.set_key

    union all

    select
        *,
        'payment_period_differs' as code,
        coalesce(clio_entry_ids, '') || '+' || coalesce(xero_entry_ids, '') as entry_key,
        0 as effect
    from {{ ref('int_payments_judged') }}
    where is_in_other_period

)

select
    findings.firm_id,
    findings.bill_id,
    documents.invoice_id,
    findings.code,
    findings.entry_key,
    findings.kind,
    findings.clio_date,
    findings.clio_amount,
    findings.clio_source,
    findings.xero_date,
    findings.xero_amount,
    findings.xero_account_id,
    findings.group_id,
    cast(case when findings.invoice_class = 'draft' then 0 else findings.effect end as decimal(18, 2))
        as ar_effect_amount,
    cast(
        case
            when findings.code = 'payment_amount_differs' then abs(findings.clio_amount - findings.xero_amount)
            when findings.code = 'payment_in_wrong_account' then 0
            else coalesce(findings.clio_amount, findings.xero_amount)
        end
        as decimal(18, 2)
    ) as amount,
    case
        when findings.invoice_class = 'draft'
            then {{ exception_id(
                'findings.firm_id', 'drafts.outcome', subject_key('clio', 'findings.bill_id'), 'null'
            ) }}
    end as blocked_by,
    greatest(documents.changed_at, findings.changed_at, findings.twin_changed_at) as changed_at
from findings
inner join {{ ref('int_documents_paired') }} as documents
    on findings.firm_id = documents.firm_id and findings.bill_id = documents.bill_id
inner join {{ ref('int_documents_classified') }} as drafts
    on findings.firm_id = drafts.firm_id and documents.bill_key = drafts.bill_key
