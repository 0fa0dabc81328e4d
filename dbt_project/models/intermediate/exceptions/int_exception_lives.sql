-- The life of each exception over all nights: first and last night, how many, whether a night has passed without it
-- since, how often it came back after such a night, and since when it stands without a gap.
with

everything_remembered as (

    select
        firm_id,
        {{ exception_id_over_time('firm_id', 'exception_id', 'code', 'subject_key') }} as exception_id,
        code,
        severity,
        subject_key,
        seen_at
    from {{ ref('exceptions_remembered') }}

    union all

    select
        firm_id,
        exception_id,
        code,
        severity,
        subject_key,
        seen_at
    from {{ ref('causes_remembered') }}

),

nights as (

    {{ nights_counted() }}

),

sightings as (

    select
        seen.*,
        nights.night_number,
        nights.night_number - lag(nights.night_number) over (
            partition by seen.firm_id, seen.exception_id order by nights.night_number
        ) as nights_since_the_one_before
    from everything_remembered as seen
    inner join nights
        on seen.firm_id = nights.firm_id and seen.seen_at = nights.started_at

),

lives as (

    select
        firm_id,
        exception_id,
        arg_max(code, night_number) as code,
        arg_max(severity, night_number) as severity,
        arg_max(subject_key, night_number) as subject_key,
        min(seen_at) as first_seen_at,
        max(seen_at) as last_seen_at,
        max(case when coalesce(nights_since_the_one_before, 2) > 1 then seen_at end) as arrived_at,
        max(night_number) as last_night_number,
        count(*) as nights_seen,
        count(case when nights_since_the_one_before > 1 then 1 end) as times_reopened
    from sightings
    group by firm_id, exception_id

)

select
    lives.firm_id,
    lives.exception_id,
    lives.code,
    lives.severity,
    lives.subject_key,
    lives.first_seen_at,
    lives.last_seen_at,
    lives.arrived_at,
    next_nights.started_at as closed_at,
    cast(lives.nights_seen as integer) as nights_seen,
    cast(lives.times_reopened as integer) as times_reopened
from lives
left join nights as next_nights
    on
        lives.firm_id = next_nights.firm_id
        and lives.last_night_number + 1 = next_nights.night_number
