select
    lives.firm_id,
    lives.exception_id,
    lives.code,
    lives.severity,
    lives.subject_key,
    lives.first_seen_at,
    lives.last_seen_at,
    lives.closed_at,
    lives.nights_seen,
    lives.times_reopened,
    -- An earlier version knew no other end.
    case when lives.closed_at is not null then coalesce(closed.closed_as, 'fixed') end as closed_as
from {{ ref('int_exception_lives') }} as lives
left join {{ ref('int_exceptions_closed') }} as closed
    on
        lives.firm_id = closed.firm_id
        and lives.exception_id = closed.exception_id
        and lives.closed_at = closed.closed_at
