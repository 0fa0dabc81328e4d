{#- The group of a payment without partner and of the one credit that may be it. -#}
{% macro group_of_money(firm_id, set_key) -%}
    left(md5({{ firm_id }} || '|' || {{ set_key }} || '|credit'), 12)
{%- endmacro %}
