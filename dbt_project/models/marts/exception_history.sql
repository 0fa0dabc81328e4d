select
    firm_id,
    exception_id,
    code,
    severity,
    subject_key,
    first_seen_at,
    last_seen_at,
    closed_at,
    nights_seen,
    times_reopened
from {{ ref('int_exception_lives') }}
