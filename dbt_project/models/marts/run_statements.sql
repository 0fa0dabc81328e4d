{{ config(
    materialized='incremental',
    incremental_strategy='delete+insert',
    unique_key=['firm_id', 'run_id'],
    full_refresh=false,
    on_schema_change='append_new_columns'
) }}

with

exceptions_counted as (

    select
        exceptions.firm_id,
        count(*) as exception_count,
        count(case when exceptions.status = 'open' then 1 end) as open_count,
        count(case when exceptions.status = 'in_flight' then 1 end) as in_flight_count,
        count(case when exceptions.status = 'accepted' then 1 end) as accepted_count,
        count(case when exceptions.status = 'open' and severities.is_alarming then 1 end) as alarm_count
    from {{ ref('int_exceptions_in_order') }} as exceptions
    left join {{ ref('severities') }} as severities
        on exceptions.severity = severities.severity
    group by exceptions.firm_id

),

unexplained_of_each_firm as (

    select
        firm_id,
        cast(sum(amount) as decimal(18, 2)) as amount
    from {{ ref('int_bridge_items') }}
    where step = 'unexplained'
    group by firm_id

),

assumptions_named as (

    select
        firm_id,
        string_agg(
            assumption || ': ' || broken_count || ' (' || example_key || ')', '; ' order by assumption
        ) as assumptions_broken
    from {{ ref('assumptions') }}
    where broken_count > 0
    group by firm_id

),

things_not_proven as (

    select
        firm_id,
        {{ listed('list(sentence order by subject_order, subject)', budget=900) }} as not_proven,
        bool_or(is_asked_for) as is_asked_for
    from {{ ref('int_not_proven') }}
    group by firm_id

)

select
    tonight.firm_id,
    tonight.run_id,
    tonight.started_at,
    tonight.finished_at,
    tonight.as_of_date,
    case
        when exceptions_counted.alarm_count > 0 then 'exceptions'
        when exceptions_counted.exception_count > 0 or things_not_proven.is_asked_for then 'pending'
        else 'reconciled'
    end as verdict,
    receivables.clio_receivables_amount,
    receivables.xero_receivables_amount,
    coalesce(unexplained.amount, 0) as unexplained_amount,
    cast(coalesce(exceptions_counted.open_count, 0) as integer) as open_count,
    cast(coalesce(exceptions_counted.in_flight_count, 0) as integer) as in_flight_count,
    cast(coalesce(exceptions_counted.accepted_count, 0) as integer) as accepted_count,
    tonight.loaded_row_count as rows_loaded,
    tonight.clio_call_count as api_calls_clio,
    tonight.xero_call_count as api_calls_xero,
    coalesce(assumptions_named.assumptions_broken, '') as assumptions_broken,
    tonight.version,
    things_not_proven.not_proven
from {{ ref('int_tonight') }} as tonight
inner join {{ ref('int_receivables') }} as receivables
    on tonight.firm_id = receivables.firm_id
left join unexplained_of_each_firm as unexplained
    on tonight.firm_id = unexplained.firm_id
left join exceptions_counted
    on tonight.firm_id = exceptions_counted.firm_id
left join assumptions_named
    on tonight.firm_id = assumptions_named.firm_id
left join things_not_proven
    on tonight.firm_id = things_not_proven.firm_id
