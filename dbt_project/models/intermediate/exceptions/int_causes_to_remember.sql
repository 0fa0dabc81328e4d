-- The causes that several exceptions share, as history keeps them: they are known only when it is known which
-- exceptions are open.
select
    judged.firm_id,
    judged.exception_id,
    judged.code,
    judged.severity,
    judged.subject_key,
    judged.seen_at
from {{ ref('int_exceptions_grouped') }} as judged
inner join {{ ref('int_tonight') }} as tonight
    on judged.firm_id = tonight.firm_id
where judged.code = 'systemic_cause' and not tonight.is_rebuilt
