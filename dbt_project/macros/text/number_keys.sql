{#- A document's number as people compare it at first sight: trimmed, case does not count. -#}
{% macro number_key(number) -%}
    nullif(regexp_replace({{ fold_case(number) }}, '^[\s\p{Z}]+|[\s\p{Z}]+$', '', 'g'), '')
{%- endmacro %}

{#- The number without what an integration likes to add: inner blanks, a leading INV, INV- or #, leading zeros. -#}
{% macro normalised_number_key(number) -%}
    nullif(regexp_replace(
        regexp_replace({{ fold_case(number) }}, '[\s\p{Z}]+', '', 'g'),
        '^(inv-?|#)*0*', ''
    ), '')
{%- endmacro %}
