{#- Long texts in a row: people read the beginning of one, and of two that differ the place where they part. -#}

{% macro excerpt(text, longest=100) -%}
    case
        when length(coalesce({{ text }}, '')) <= {{ longest }} then coalesce({{ text }}, '')
        else rtrim(left({{ text }}, {{ longest }})) || '...'
    end
{%- endmacro %}

{#-
    `old` -> `new` in quotes. Of long ones what both begin with is left out, to within twenty characters: first in some
    hundred long strides, then in short ones from there, so that a text of any length is soon compared.
-#}
{% macro changed_text(old, new, longest=160) -%}
    {%- set shorter = "least(length(" ~ old ~ "), length(" ~ new ~ "))" -%}
    {%- set stride = "greatest(20, " ~ shorter ~ " // 2000 * 20)" -%}
    {%- set far = same_beginning(old, new, stride, shorter, stride) -%}
    {%- set last = "least(" ~ far ~ " + " ~ stride ~ ", " ~ shorter ~ ")" -%}
    {%- set common = same_beginning(old, new, far ~ " + 20", last, 20, far) -%}
    {%- set from_there = "greatest(" ~ common ~ " - 20, 0)" -%}
    case
        when greatest(length(coalesce({{ old }}, '')), length(coalesce({{ new }}, ''))) <= {{ longest }}
            then '"' || coalesce({{ old }}, '') || '" to "' || coalesce({{ new }}, '') || '"'
        else case when {{ from_there }} > 0 then 'from character ' || ({{ from_there }} + 1) || ' on ' else '' end
            || '"' || {{ excerpt("substr(" ~ old ~ ", " ~ from_there ~ " + 1)") }}
            || '" to "' || {{ excerpt("substr(" ~ new ~ ", " ~ from_there ~ " + 1)") }} || '"'
    end
{%- endmacro %}

{#- How many characters, of so many as are tried (first, last, step), two texts have in common at their beginning. -#}
{% macro same_beginning(old, new, first, last, step, least_of_all=0) -%}
    coalesce(list_max(list_filter(
        range({{ first }}, {{ last }} + 1, {{ step }}),
        lambda size: left({{ old }}, size) = left({{ new }}, size)
    )), {{ least_of_all }})
{%- endmacro %}
