-- The life of each exception over all nights: first and last night, how many, whether a night has passed without it
-- since, and how often it came back after such a night.
with

nights_counted as (

    select
        firm_id,
        started_at,
        row_number() over (partition by firm_id order by started_at) as night_number
    from {{ ref('nights_remembered') }}
    where not coalesce(is_rebuilt, false)

),

sightings as (

    select
        seen.firm_id,
        seen.exception_id,
        seen.seen_at,
        seen.code,
        seen.severity,
        seen.subject_key,
        nights.night_number,
        nights.night_number - lag(nights.night_number) over (
            partition by seen.firm_id, seen.exception_id order by nights.night_number
        ) as nights_since_the_one_before
    from {{ ref('exceptions_remembered') }} as seen
    inner join nights_counted as nights
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
    next_nights.started_at as closed_at,
    cast(lives.nights_seen as integer) as nights_seen,
    cast(lives.times_reopened as integer) as times_reopened
from lives
left join nights_counted as next_nights
    on
        lives.firm_id = next_nights.firm_id
        and lives.last_night_number + 1 = next_nights.night_number
