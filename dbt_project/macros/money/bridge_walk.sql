{#-
    The steps of the receivables bridge, each with its place in the walk: one per code that moves receivables, between
    the ends that are there whatever was found.
-#}
{% macro bridge_walk() -%}
    (
        select
            code as step,
            bridge_step_number as step_number,
            false as is_always_shown
        from {{ ref('findings') }}
        where bridge_step_number is not null

        union all

        select
            step,
            step_number,
            is_always_shown
        from {{ ref('bridge_steps') }}
    )
{%- endmacro %}
