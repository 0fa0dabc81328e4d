{#- An amount as a bookkeeper writes it, 12,345.60: built from whole numbers and text, never through a float. -#}
{% macro money_text(amount) -%}
    (case when {{ amount }} < 0 then '-' else '' end
    || format('{:,}', cast(trunc(abs({{ amount }})) as bigint))
    || right(cast(cast({{ amount }} as decimal(18, 2)) as varchar), 3))
{%- endmacro %}
