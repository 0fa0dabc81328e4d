{#- A quantity or a rate as people write it: 2.5, not 2.5000. -#}
{% macro number_text(number) -%}
    case
        when {{ number }} is null then 'none'
        else rtrim(rtrim(cast({{ number }} as varchar), '0'), '.')
    end
{%- endmacro %}
