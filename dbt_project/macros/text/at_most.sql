{#- A text of no more than so many characters; one that is cut ends with an ellipsis. -#}
{% macro at_most(text, length) -%}
    case
        when length({{ text }}) <= {{ length }} then {{ text }}
        else left({{ text }}, {{ length }} - 1) || '…'
    end
{%- endmacro %}
