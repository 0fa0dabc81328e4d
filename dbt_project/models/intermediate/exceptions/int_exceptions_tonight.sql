-- Tonight's exceptions, and whether they are news: since when each stands, by its id and by what exactly it says, and
-- whether it was ever said just so while nothing had just changed: then it was no news under way, and is none tonight.
-- A finding that was away for longer than any grace stands anew; one that comes and goes within it has stood all the
-- while. What an earlier version wrote down without a fingerprint counts as what is said tonight.
with

documents_of_each_finding as (

    -- A doubt about one document of a pair is a doubt about every row of both.
    select
        findings.firm_id,
        findings.exception_id,
        unnest(
            [
                findings.subject_key,
                {{ subject_key('clio', 'findings.bill_id') }},
                {{ subject_key('xero', 'findings.invoice_id') }},
                {{ subject_key('xero', 'of_the_bill.invoice_id') }},
                {{ subject_key('xero', 'of_the_bill.interest_invoice_id') }},
                {{ subject_key('clio', 'of_the_invoice.bill_id') }}
            ]
        ) as document_key
    from {{ ref('int_findings') }} as findings
    left join {{ ref('int_documents_paired') }} as of_the_bill
        on findings.firm_id = of_the_bill.firm_id and findings.bill_id = of_the_bill.bill_id
    left join {{ ref('int_documents_paired') }} as of_the_invoice
        on findings.firm_id = of_the_invoice.firm_id and findings.invoice_id = of_the_invoice.invoice_id

),

records_in_doubt as (

    select
        firm_id,
        assumption,
        unnest(broken_keys) as subject_key
    from {{ ref('assumptions') }}

),

doubts_about_findings as (

    select
        documents.firm_id,
        documents.exception_id,
        ' Mind: an assumption about the two systems does not hold here ('
        || string_agg(distinct doubtful.assumption, ', ' order by doubtful.assumption) || ').' as doubt
    from documents_of_each_finding as documents
    inner join records_in_doubt as doubtful
        on documents.firm_id = doubtful.firm_id and documents.document_key = doubtful.subject_key
    group by documents.firm_id, documents.exception_id

),

seen_by_the_finding_of_tonight as (

    select
        findings.firm_id,
        findings.exception_id,
        findings.fingerprint as fingerprint_tonight,
        seen.* exclude (firm_id, exception_id)
    from {{ ref('int_findings') }} as findings
    inner join {{ ref('exceptions_remembered') }} as seen
        on
            findings.firm_id = seen.firm_id
            and findings.exception_id
            = {{ exception_id_over_time('seen.firm_id', 'seen.exception_id', 'seen.code', 'seen.subject_key') }}

    union all

    -- A payment that is taken back and entered anew each night has another id each night, and is the same difference.
    select
        findings.firm_id,
        findings.exception_id,
        findings.fingerprint as fingerprint_tonight,
        seen.* exclude (firm_id, exception_id)
    from {{ ref('int_findings') }} as findings
    inner join {{ ref('exceptions_remembered') }} as seen
        on
            findings.firm_id = seen.firm_id
            and findings.subject_key = seen.subject_key
            and findings.fingerprint = seen.fingerprint
            and findings.exception_id <> seen.exception_id
    where not exists (
            select 1
            from {{ ref('int_findings') }} as others
            where others.firm_id = seen.firm_id and others.exception_id = seen.exception_id
        )

),

acceptances_in_force as (

    {{ acceptances_in_force() }}

),

nights as (

    {{ nights_counted() }}

),

sightings as (

    select
        seen.firm_id,
        seen.exception_id,
        seen.seen_at,
        seen.is_just_changed,
        coalesce(seen.fingerprint, seen.fingerprint_tonight) = seen.fingerprint_tonight as says_the_same,
        nights.night_number,
        tonight.started_at - tonight.in_flight_at_most_since_at as longest_grace
    from seen_by_the_finding_of_tonight as seen
    inner join {{ ref('int_tonight') }} as tonight
        on seen.firm_id = tonight.firm_id
    inner join nights
        on seen.firm_id = nights.firm_id and seen.seen_at = nights.started_at

),

sightings_with_the_one_before as (

    select
        *,
        night_number - lag(night_number) over (one_life) > 1
        and seen_at - lag(seen_at) over (one_life) > longest_grace as comes_anew
    from sightings
    window one_life as (partition by firm_id, exception_id order by night_number)

),

sightings_with_their_return as (

    select
        *,
        max(case when comes_anew then seen_at end) over (partition by firm_id, exception_id) as returned_at
    from sightings_with_the_one_before

),

history_of_each_finding as (

    select
        firm_id,
        exception_id,
        min(case when seen_at >= coalesce(returned_at, seen_at) then seen_at end) as stands_since_at,
        min(case when seen_at >= coalesce(returned_at, seen_at) and says_the_same then seen_at end) as says_so_since_at,
        coalesce(bool_or(says_the_same and not is_just_changed), false) as was_said_unchanged
    from sightings_with_their_return
    group by firm_id, exception_id

)

select
    findings.firm_id,
    findings.exception_id,
    findings.code,
    findings.severity,
    case
        when acceptances.exception_id is not null then 'accepted'
        when
            findings.is_just_changed
            and not coalesce(history.was_said_unchanged, false)
            and coalesce(history.says_so_since_at, tonight.started_at) > tonight.in_flight_since_at
            and coalesce(history.stands_since_at, tonight.started_at) > tonight.in_flight_at_most_since_at
            then 'in_flight'
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
    abs(findings.amount) as amount,
    findings.ar_effect_amount as ar_effect,
    findings.document_amount,
    findings.since_date,
    findings.clio_value,
    findings.xero_value,
    {{ at_most('findings.explanation', "(1000 - length(coalesce(doubts.doubt, '')))") }}
    || coalesce(doubts.doubt, '') as explanation,
    {{ at_most('findings.suggested_action', 1000) }} as suggested_action,
    findings.candidate,
    findings.blocked_by,
    findings.group_id,
    findings.clio_url,
    findings.xero_url,
    findings.fingerprint,
    history.stands_since_at,
    history.says_so_since_at,
    history.was_said_unchanged,
    findings.seen_at
from {{ ref('int_findings') }} as findings
inner join {{ ref('int_tonight') }} as tonight
    on findings.firm_id = tonight.firm_id
left join acceptances_in_force as acceptances
    on
        findings.firm_id = acceptances.firm_id
        and findings.exception_id = acceptances.exception_id
        and findings.ar_effect_amount = acceptances.ar_effect_amount
        and case
            when acceptances.fingerprint is not null then findings.fingerprint = acceptances.fingerprint
            else
                coalesce(findings.clio_value, '') = acceptances.clio_value
                and coalesce(findings.xero_value, '') = acceptances.xero_value
        end
left join history_of_each_finding as history
    on findings.firm_id = history.firm_id and findings.exception_id = history.exception_id
left join doubts_about_findings as doubts
    on findings.firm_id = doubts.firm_id and findings.exception_id = doubts.exception_id
