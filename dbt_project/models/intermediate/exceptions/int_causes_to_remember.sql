-- The causes that several exceptions share, as history keeps them: they are known only when it is known which
-- exceptions are open.
select
    exceptions.firm_id,
    exceptions.exception_id,
    exceptions.code,
    exceptions.severity,
    exceptions.subject_key,
    exceptions.seen_at
from {{ ref('int_exceptions_grouped') }} as exceptions
inner join {{ ref('int_tonight') }} as tonight
    on exceptions.firm_id = tonight.firm_id
where exceptions.code = 'systemic_cause' and not tonight.is_rebuilt
