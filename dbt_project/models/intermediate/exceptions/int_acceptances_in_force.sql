-- The last line of the file about an exception is the one that counts; a withdrawn one accepts nothing.
with

lines_by_their_exception as (

    select
        * replace (
            {{ exception_id_over_time('firm_id', 'exception_id', 'code', 'subject_key') }} as exception_id
        )
    from {{ ref('stg_evidence__acceptances') }}

),

lines_from_the_last as (

    select
        *,
        row_number() over (partition by firm_id, exception_id order by position desc) as lines_after
    from lines_by_their_exception

)

select
    lines.firm_id,
    lines.exception_id,
    lines.ar_effect_amount,
    coalesce(lines.clio_value, '') as clio_value,
    coalesce(lines.xero_value, '') as xero_value,
    lines.fingerprint
from lines_from_the_last as lines
inner join {{ ref('int_tonight') }} as tonight
    on lines.firm_id = tonight.firm_id
where
    lines.lines_after = 1
    and lines.withdrawn_at is null
    and tonight.loaded_date <= lines.expiry_date
