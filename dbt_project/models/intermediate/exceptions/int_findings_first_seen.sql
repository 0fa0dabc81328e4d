-- Since when each of tonight's findings stands, by its id and by what exactly it says, and whether it was ever said
-- just so while nothing had just changed: then it was no news under way, and is none tonight. A finding that was away
-- for longer than any grace stands anew; one that comes and goes within it has stood all the while. What an earlier
-- version wrote down without a fingerprint counts as what is said tonight.
with

sightings as (

    select
        findings.firm_id,
        findings.exception_id,
        seen.seen_at,
        seen.is_just_changed,
        coalesce(seen.fingerprint, findings.fingerprint) = findings.fingerprint as says_the_same,
        nights.night_number,
        tonight.started_at - tonight.in_flight_at_most_since_at as longest_grace
    from {{ ref('int_findings_identified') }} as findings
    inner join {{ ref('int_tonight') }} as tonight
        on findings.firm_id = tonight.firm_id
    inner join {{ ref('exceptions_remembered') }} as seen
        on
            findings.firm_id = seen.firm_id
            and findings.exception_id
            = {{ exception_id_over_time('seen.firm_id', 'seen.exception_id', 'seen.code', 'seen.subject_key') }}
    inner join {{ ref('int_nights_counted') }} as nights
        on seen.firm_id = nights.firm_id and seen.seen_at = nights.started_at

),

sightings_with_the_one_before as (

    select
        *,
        night_number - lag(night_number) over (one_life) > 1
        and seen_at - lag(seen_at) over (one_life) > longest_grace as comes_anew
    from sightings
    window one_life as (partition by firm_id, exception_id order by night_number)

),

sightings_with_their_return as (

    select
        *,
        max(case when comes_anew then seen_at end) over (partition by firm_id, exception_id) as returned_at
    from sightings_with_the_one_before

)

select
    firm_id,
    exception_id,
    min(case when seen_at >= coalesce(returned_at, seen_at) then seen_at end) as stands_since_at,
    min(case when seen_at >= coalesce(returned_at, seen_at) and says_the_same then seen_at end) as says_so_since_at,
    coalesce(bool_or(says_the_same and not is_just_changed), false) as was_said_unchanged
from sightings_with_their_return
group by firm_id, exception_id
