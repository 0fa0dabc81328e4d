{#- Days from one day to another, never negative. -#}
{% macro days_apart(one, other) -%}
    abs(date_diff('day', {{ one }}, {{ other }}))
{%- endmacro %}

{#- The moment so many hours before another. -#}
{% macro hours_before(moment, hours) -%}
    {{ moment }} - to_hours({{ hours }})
{%- endmacro %}
