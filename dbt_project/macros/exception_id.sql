{#- The same fault on the same documents has the same id every night: firm, code, subject and, where there is one, the payment or entry. -#}
{% macro exception_id(firm_id, code, subject_key, detail_key) -%}
    left({{ dbt.hash(firm_id ~ " || '|' || " ~ code ~ " || '|' || " ~ subject_key ~ " || '|' || coalesce(" ~ detail_key ~ ", '')") }}, 12)
{%- endmacro %}
