-- A row means: an exception has a code, a severity, a status or a sign that nobody has defined, or says nothing.
select
    exceptions.firm_id,
    exceptions.exception_id,
    exceptions.code,
    exceptions.severity,
    exceptions.status
from {{ ref('exceptions') }} as exceptions
left join {{ ref('findings') }} as codes
    on exceptions.code = codes.code
left join {{ ref('severities') }} as severities
    on exceptions.severity = severities.severity
left join {{ ref('statuses') }} as statuses
    on exceptions.status = statuses.status
where
    codes.code is null
    or severities.severity is null
    or statuses.status is null
    or exceptions.amount is null
    or exceptions.amount < 0
    or exceptions.ar_effect is null
    or coalesce(exceptions.explanation, '') = ''
    or coalesce(exceptions.suggested_action, '') = ''
    or exceptions.first_seen_at is null
