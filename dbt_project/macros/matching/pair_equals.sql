{#-
    Partners among rows of equal amount, told apart by their day alone: as many pairs as possible, then the nearest days
    (pipelines/matching/equals.py). `rows` has the columns of the group, side, entry_key and entry_date; gives the
    columns of the group, clio_key and xero_key.
-#}
{% macro pair_equals(rows, within, days) -%}
    {%- set group = within | join(', ') -%}
with

groups_of_equals as (

    select
        {{ group }},
        {%- for side in ['clio', 'xero'] %}
            list(entry_key order by entry_date, entry_key) filter (where side = '{{ side }}') as {{ side }}_keys,
            list(date_diff('day', date '2000-01-01', entry_date) order by entry_date, entry_key)
                filter (where side = '{{ side }}') as {{ side }}_days
            {{- ',' if not loop.last }}
        {%- endfor %}
    from {{ rows }}
    where entry_date is not null
    group by {{ group }}
    having count(distinct side) = 2

),

partners as (

    select
        {{ group }},
        unnest(clio_keys) as clio_key,
        unnest(partners_of_equals(clio_days, xero_days, {{ days }})) as partner_place,
        xero_keys
    from groups_of_equals

)

select
    {{ group }},
    clio_key,
    xero_keys[partner_place] as xero_key
from partners
where partner_place > 0
{%- endmacro %}
