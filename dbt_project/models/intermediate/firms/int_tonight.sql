with

latest_night_of_each_firm as (

    select
        firm_id,
        max(started_at) as started_at
    from {{ ref('stg_evidence__nights') }}
    group by firm_id

)

select
    nights.firm_id,
    nights.run_id,
    firms.firm_name,
    firms.timezone,
    firms.start_date,
    firms.grace_hours,
    nights.as_of_date,
    -- A past day was asked for: client money is rebuilt for it from dated entries, all else is as of the load.
    coalesce(nights.as_of_date < {{ day_in_zone('nights.started_at', 'firms.timezone') }}, false) as is_rebuilt,
    greatest(nights.as_of_date, {{ day_in_zone('nights.started_at', 'firms.timezone') }}) as loaded_date,
    nights.started_at,
    nights.finished_at,
    {{ hours_before('nights.started_at', 'firms.grace_hours') }} as in_flight_since_at,
    {{ hours_before('nights.started_at', '3 * firms.grace_hours') }} as in_flight_at_most_since_at,
    -- The two systems and we agree on the time to ten minutes, or there is no night.
    greatest(nights.started_at, nights.finished_at) + interval 10 minute as latest_change_at,
    firms.clio_web_url,
    nights.clio_call_count,
    nights.xero_call_count,
    nights.loaded_row_count,
    nights.version,
    firms.xero_short_code,
    firms.base_currency_code,
    firms.locked_until_date
from {{ ref('stg_evidence__nights') }} as nights
inner join latest_night_of_each_firm
    on
        nights.firm_id = latest_night_of_each_firm.firm_id
        and nights.started_at = latest_night_of_each_firm.started_at
inner join {{ ref('int_firms') }} as firms
    on nights.firm_id = firms.firm_id
