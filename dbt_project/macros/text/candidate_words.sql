{#- A document as one of several that it may be: by number and day for who reads, by number and id for who copies. -#}
{% macro document_of_day(kind, number, day) -%}
    '{{ kind }} ' || coalesce({{ number }}, 'without a number')
    || ' of ' || coalesce(cast({{ day }} as varchar), 'no date')
{%- endmacro %}

{% macro number_and_id(number, id) -%}
    concat_ws(' ', {{ number }}, '(' || {{ id }} || ')')
{%- endmacro %}
