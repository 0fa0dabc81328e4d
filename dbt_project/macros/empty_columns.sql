{#- The columns of a shape, by name and type, with nothing in them. -#}
{% macro empty_columns(shape) -%}
    {%- for column, type in shape.items() -%}
        cast(null as {{ type }}) as {{ column }}{{ ', ' if not loop.last }}
    {%- endfor -%}
{%- endmacro %}
