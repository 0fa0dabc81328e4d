{#-
    Partners among rows of equal amount, told apart by their day alone: as many pairs as possible, then the nearest days
    (pipelines/matching/equals.py). `rows` has the columns of the group, side (one of `sides`), entry_key, entry_date and
    those of `order_by`, which tell rows of one day apart. A partner on the second side is at most `days` later, and at
    most `days_before` (else as many) earlier. Gives the columns of the group and <side>_key of both.
-#}
{% macro pair_equals(rows, within, days, days_before=none, sides=['clio', 'xero'], order_by=['entry_key']) -%}
    {%- set group = within | join(', ') -%}
    {%- set order = (['entry_date'] + order_by) | join(', ') -%}
    {%- set one, other = sides -%}
with

groups_of_equals as (

    select
        {{ group }},
        {%- for side in sides %}
            list(entry_key order by {{ order }}) filter (where side = '{{ side }}') as {{ side }}_keys,
            list(date_diff('day', date '2000-01-01', entry_date) order by {{ order }})
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
        unnest({{ one }}_keys) as {{ one }}_key,
        unnest(
            partners_of_equals(
                {{ one }}_days, {{ other }}_days, {{ days if days_before is none else days_before }}, {{ days }}
            )
        ) as partner_place,
        {{ other }}_keys
    from groups_of_equals

)

select
    {{ group }},
    {{ one }}_key,
    {{ other }}_keys[partner_place] as {{ other }}_key
from partners
where partner_place > 0
{%- endmacro %}
