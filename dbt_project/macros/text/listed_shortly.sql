{#-
    The texts of each group in one line, in their order, as many as people read in one go; how many more there are is
    said. A query with the columns of the group and `listed`.
-#}
{% macro listed_shortly(source, group, text, order, longest=600) -%}
    {%- set keys = group | join(', ') -%}
select
    {{ keys }},
    string_agg(case when is_shown then {{ text }} end, '; ' order by {{ order }})
    || case
        when count(*) > count(case when is_shown then 1 end)
            then '; and ' || (count(*) - count(case when is_shown then 1 end)) || ' more'
        else ''
    end as listed
from (
    select
        *,
        sum(length({{ text }}) + 2) over (partition by {{ keys }} order by {{ order }}) <= {{ longest }}
        or row_number() over (partition by {{ keys }} order by {{ order }}) = 1 as is_shown
    from {{ source }}
) as texts
group by {{ keys }}
{%- endmacro %}
