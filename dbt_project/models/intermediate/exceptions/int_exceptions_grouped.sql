-- Tonight's exceptions with the cause they share said once: the row that says it, and the others pointing to it. An
-- exception with several shared causes points to the first by rank.
{%- set fingerprint_of_cause = "md5('systemic_cause|' || causes.exception_count)" %}
with

first_cause_of_each_exception as (

    select
        shared.firm_id,
        shared.exception_id,
        min_by(causes.exception_id, (shared.cause_rank, shared.cause_key)) as group_id
    from {{ ref('int_causes_shared') }} as shared
    inner join {{ ref('int_systemic_causes') }} as causes
        on
            shared.firm_id = causes.firm_id
            and shared.cause_kind = causes.cause_kind
            and shared.cause_key = causes.cause_key
    group by shared.firm_id, shared.exception_id

)

select judged.* replace (coalesce(judged.group_id, causes.group_id) as group_id)
from {{ ref('int_exceptions_judged') }} as judged
left join first_cause_of_each_exception as causes
    on judged.firm_id = causes.firm_id and judged.exception_id = causes.exception_id

union all by name

select
    causes.firm_id,
    causes.exception_id,
    'systemic_cause' as code,
    codes.severity,
    case when acceptances.exception_id is null then 'open' else 'accepted' end as status,
    'firm' as subject_key,
    coalesce(tonight.firm_name, 'firm') as subject_label,
    cast(0 as decimal(18, 2)) as amount,
    cast(0 as decimal(18, 2)) as ar_effect,
    causes.exception_count || ' findings' as clio_value,
    causes.explanation,
    causes.suggested_action,
    causes.exception_id as group_id,
    {{ fingerprint_of_cause }} as fingerprint,
    tonight.started_at as seen_at
from {{ ref('int_systemic_causes') }} as causes
inner join {{ ref('int_tonight') }} as tonight
    on causes.firm_id = tonight.firm_id
inner join {{ ref('findings') }} as codes
    on codes.code = 'systemic_cause'
left join {{ ref('int_acceptances_in_force') }} as acceptances
    on
        causes.firm_id = acceptances.firm_id
        and causes.exception_id = acceptances.exception_id
        and case
            when acceptances.fingerprint is not null then acceptances.fingerprint = {{ fingerprint_of_cause }}
            else acceptances.clio_value = causes.exception_count || ' findings'
        end
