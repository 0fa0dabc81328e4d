-- What history keeps of an exception: enough to name it when it is gone, what it said, and the night.
-- A night that rebuilt a past day is no night in the life of an exception.
{% snapshot exceptions_remembered %}

{{ config(
    group='exceptions',
    unique_key=['firm_id', 'exception_id'],
    strategy='timestamp',
    updated_at='seen_at',
    meta={'keys': [['firm_id', 'exception_id', 'seen_at']]}
) }}

select
    findings.firm_id,
    findings.exception_id,
    findings.code,
    findings.severity,
    findings.subject_key,
    findings.fingerprint,
    findings.is_just_changed,
    findings.seen_at
from {{ ref('int_findings') }} as findings
inner join {{ ref('int_tonight') }} as tonight
    on findings.firm_id = tonight.firm_id
where not tonight.is_rebuilt

{% endsnapshot %}
