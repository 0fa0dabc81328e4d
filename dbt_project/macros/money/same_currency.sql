{#- Two documents are in one currency unless both name one and the names differ. -#}
{% macro same_currency(one, other) -%}
    coalesce({{ one }} = {{ other }}, true)
{%- endmacro %}
