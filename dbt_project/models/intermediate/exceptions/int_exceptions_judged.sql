-- Tonight's exceptions: who they are, and whether they are news.
with

findings_identified as (

    select
        findings.*,
        {{ exception_id('findings.firm_id', 'findings.code', 'findings.subject_key', 'findings.detail_key') }}
            as exception_id
    from {{ ref('int_findings') }} as findings

),

doubts_about_documents as (

    select
        firm_id,
        subject_key,
        string_agg(distinct assumption, ', ' order by assumption) as assumptions
    from {{ ref('int_assumption_breaks') }}
    group by firm_id, subject_key

)

select
    findings.firm_id,
    findings.exception_id,
    findings.code,
    findings.severity,
    case
        when acceptances.exception_id is not null then 'accepted'
        when findings.changed_at >= tonight.in_flight_since_at then 'in_flight'
        else 'open'
    end as status,
    findings.subject_key,
    findings.subject_label,
    findings.clio_bill_number,
    findings.xero_invoice_number,
    findings.client_name,
    findings.trust_account,
    findings.matter_number,
    findings.responsible_attorney,
    findings.amount,
    findings.ar_effect_amount as ar_effect,
    findings.document_amount,
    findings.since_date,
    findings.clio_value,
    findings.xero_value,
    findings.explanation || coalesce(
        ' Mind: an assumption about the two systems does not hold here (' || doubts.assumptions || ').', ''
    ) as explanation,
    findings.suggested_action,
    findings.candidate,
    findings.blocked_by,
    findings.group_id,
    {{ clio_url('tonight.clio_web_url', 'findings.bill_id') }} as clio_url,
    {{ xero_url('tonight.xero_short_code', 'findings.invoice_id') }} as xero_url,
    tonight.started_at as seen_at
from findings_identified as findings
inner join {{ ref('int_tonight') }} as tonight
    on findings.firm_id = tonight.firm_id
left join {{ ref('int_acceptances_in_force') }} as acceptances
    on
        findings.firm_id = acceptances.firm_id
        and findings.exception_id = acceptances.exception_id
        and findings.ar_effect_amount = acceptances.ar_effect_amount
        and coalesce(findings.clio_value, '') = acceptances.clio_value
        and coalesce(findings.xero_value, '') = acceptances.xero_value
left join doubts_about_documents as doubts
    on findings.firm_id = doubts.firm_id and findings.subject_key = doubts.subject_key
