-- The last line of the file about an exception is the one that counts; a withdrawn one accepts nothing.
with

lines_from_the_last as (

    select
        *,
        row_number() over (partition by firm_id, exception_id order by position desc) as lines_after
    from {{ ref('stg_evidence__acceptances') }}

)

select
    lines.firm_id,
    lines.exception_id,
    lines.ar_effect_amount,
    coalesce(lines.clio_value, '') as clio_value,
    coalesce(lines.xero_value, '') as xero_value
from lines_from_the_last as lines
inner join {{ ref('int_tonight') }} as tonight
    on lines.firm_id = tonight.firm_id
where
    lines.lines_after = 1
    and lines.withdrawn_at is null
    and tonight.loaded_date <= lines.expiry_date
