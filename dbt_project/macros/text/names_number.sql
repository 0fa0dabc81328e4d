{#- Does a text name a document's number as a word of its own? 2005 stands in "Bill 2005" and "INV-2005", not in "2005-1". -#}
{% macro names_number(text_key, number_key) -%}
    regexp_matches(
        {{ text_key }},
        '(^|[^\p{L}\p{N}/.\-]|inv-?|cn-?)' || regexp_escape({{ number_key }}) || '([.]?$|[^\p{L}\p{N}/.\-]|[/.\-][^\p{L}\p{N}])'
    )
{%- endmacro %}
