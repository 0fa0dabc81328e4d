-- What history keeps of an exception: enough to name it when it is gone, and the night.
select
    firm_id,
    exception_id,
    code,
    severity,
    subject_key,
    seen_at
from {{ ref('int_exceptions_judged') }}
