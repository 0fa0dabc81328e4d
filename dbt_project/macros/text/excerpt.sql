{#- Long texts in a row: people read the beginning of one, and of two that differ the place where they part. -#}

{% macro excerpt(text, longest=100) -%}
    case
        when length(coalesce({{ text }}, '')) <= {{ longest }} then coalesce({{ text }}, '')
        else rtrim(left({{ text }}, {{ longest }})) || '...'
    end
{%- endmacro %}

{#- `old` to `new` in quotes. Of long ones what both begin with is left out, in steps of twenty characters. -#}
{% macro changed_text(old, new, longest=160) -%}
    {%- set common -%} coalesce(shared_beginning({{ old }}, {{ new }}), 0) // 20 * 20 {%- endset -%}
    {%- set from_there = "greatest(" ~ common ~ " - 20, 0)" -%}
    case
        when greatest(length(coalesce({{ old }}, '')), length(coalesce({{ new }}, ''))) <= {{ longest }}
            then '"' || coalesce({{ old }}, '') || '" to "' || coalesce({{ new }}, '') || '"'
        else case when {{ from_there }} > 0 then 'from character ' || ({{ from_there }} + 1) || ' on ' else '' end
            || '"' || {{ excerpt("substr(" ~ old ~ ", " ~ from_there ~ " + 1)") }}
            || '" to "' || {{ excerpt("substr(" ~ new ~ ", " ~ from_there ~ " + 1)") }} || '"'
    end
{%- endmacro %}
