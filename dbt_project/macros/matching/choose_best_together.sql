{#-
    One to one, the best as a whole: of all ways to give partners within a group, the one of the greatest sum of `worth`,
    then of the least sum of `distance`, then of the lowest preferences. The left ones are taken in turn, and for each set
    of right ones taken so far only the best way is kept; groups must therefore be small on the right. `candidates` has the
    columns of the group, both keys, preference (unique within the group), worth and distance.
-#}
{% macro choose_best_together(candidates, within, left_key, right_key) -%}
    {%- set group = within | join(', ') -%}
with recursive

candidates_numbered as (

    select
        *,
        dense_rank() over (partition by {{ group }} order by {{ left_key }}) as step,
        1 << (dense_rank() over (partition by {{ group }} order by {{ right_key }}) - 1) as right_one
    from {{ candidates }}

),

groups as (

    select
        {{ group }},
        max(step) as last_step
    from candidates_numbered
    group by {{ group }}

),

options as (

    select
        {{ group }},
        step,
        right_one,
        preference,
        worth,
        distance
    from candidates_numbered

    union all

    -- A left one may stay alone.
    select
        {{ group }},
        unnest(range(1, last_step + 1)) as step,
        0 as right_one,
        0 as preference,
        0 as worth,
        0 as distance
    from groups

),

ways as (

    select
        {{ group }},
        last_step,
        cast(0 as bigint) as step,
        cast(0 as bigint) as right_ones,
        cast(0 as bigint) as worth,
        cast(0 as bigint) as distance,
        cast([] as bigint[]) as preferences
    from groups

    union all

    select
        {{ group }},
        last_step,
        step,
        right_ones,
        worth,
        distance,
        preferences
    from (
        select
            {% for column in within %}ways.{{ column }}, {% endfor %}
            ways.last_step,
            options.step,
            ways.right_ones | options.right_one as right_ones,
            ways.worth + options.worth as worth,
            ways.distance + options.distance as distance,
            list_append(ways.preferences, options.preference) as preferences,
            row_number() over (
                partition by {% for column in within %}ways.{{ column }}, {% endfor %}
                    ways.right_ones | options.right_one
                order by
                    ways.worth + options.worth desc,
                    ways.distance + options.distance,
                    list_append(ways.preferences, options.preference)
            ) as place
        from ways
        inner join options
            on
                {% for column in within %}ways.{{ column }} = options.{{ column }} and {% endfor %}
                ways.step + 1 = options.step
                and ways.right_ones & options.right_one = 0
    ) as longer_ways
    where place = 1

),

best_ways as (

    select
        {{ group }},
        preferences,
        row_number() over (partition by {{ group }} order by worth desc, distance, preferences) as place
    from ways
    where step = last_step

),

chosen as (

    select
        {{ group }},
        unnest(preferences) as preference
    from best_ways
    where place = 1

)

select
    {% for column in within %}chosen.{{ column }}, {% endfor %}
    candidates.{{ left_key }},
    candidates.{{ right_key }}
from chosen
inner join candidates_numbered as candidates
    on
        {% for column in within %}chosen.{{ column }} = candidates.{{ column }} and {% endfor %}
        chosen.preference = candidates.preference
{%- endmacro %}
