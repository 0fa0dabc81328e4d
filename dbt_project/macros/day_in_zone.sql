{#- The calendar day of a moment in UTC, where a firm is. -#}
{% macro day_in_zone(moment, zone) -%}
    cast({{ moment }} at time zone 'UTC' at time zone {{ zone }} as date)
{%- endmacro %}
