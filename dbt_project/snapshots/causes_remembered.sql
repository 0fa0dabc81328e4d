-- The causes that several exceptions share, as history keeps them: they are known only when it is known which
-- exceptions are open.
{% snapshot causes_remembered %}

{{ config(
    group='exceptions',
    unique_key=['firm_id', 'exception_id'],
    strategy='timestamp',
    updated_at='seen_at',
    meta={'keys': [['firm_id', 'exception_id', 'seen_at']]}
) }}

select
    exceptions.firm_id,
    exceptions.exception_id,
    exceptions.code,
    exceptions.severity,
    exceptions.subject_key,
    exceptions.seen_at
from {{ ref('int_exceptions_in_order') }} as exceptions
inner join {{ ref('int_tonight') }} as tonight
    on exceptions.firm_id = tonight.firm_id
where exceptions.code = 'systemic_cause' and not tonight.is_rebuilt

{% endsnapshot %}
