-- What history keeps of an exception: enough to name it when it is gone, and the night.
-- A night that rebuilt a past day is no night in the life of an exception.
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
where not tonight.is_rebuilt
