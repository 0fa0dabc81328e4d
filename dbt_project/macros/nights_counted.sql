{#- The nights of each firm, numbered. A night that rebuilt a past day does not count. -#}
{% macro nights_counted() -%}
    select
        firm_id,
        started_at,
        row_number() over (partition by firm_id order by started_at) as night_number
    from {{ ref('nights_remembered') }}
    where not coalesce(is_rebuilt, false)
{%- endmacro %}
