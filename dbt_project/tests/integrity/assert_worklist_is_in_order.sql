-- A row means: the worklist is not the open exceptions numbered from 1 without a gap, or a row stands before the one
-- that has to be worked first.
with

worklists as (

    select
        exceptions.firm_id,
        count(*) as open_count,
        count(worklist.work_rank) as listed_count,
        max(worklist.work_rank) as last_rank
    from {{ ref('exceptions') }} as exceptions
    left join {{ ref('worklist') }} as worklist
        on exceptions.firm_id = worklist.firm_id and exceptions.exception_id = worklist.exception_id
    where exceptions.status = 'open'
    group by exceptions.firm_id

)

select
    firm_id,
    'not the open exceptions in a row' as what,
    cast(null as varchar) as exception_id
from worklists
where listed_count <> open_count or last_rank <> open_count

union all

select
    blocked.firm_id,
    'before the row that blocks it' as what,
    blocked.exception_id
from {{ ref('worklist') }} as blocked
inner join {{ ref('worklist') }} as blocking
    on blocked.firm_id = blocking.firm_id and blocked.blocked_by = blocking.exception_id
where blocked.work_rank < blocking.work_rank
