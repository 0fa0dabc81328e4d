{#-
    One to one, the best first: within each group the candidate of the lowest preference is chosen, then the lowest of
    those of which both sides are still free, until none is left. `within` are the columns of the group, `left_key` and
    `right_key` what may be chosen once; preference has to be unique within the group, so that chance has no part.
-#}
{% macro choose_best_pairs(candidates, within, left_key, right_key) -%}
    {%- set group = within | join(', ') -%}
with recursive

choices as (

    select
        {{ group }},
        preference,
        {{ left_key }},
        {{ right_key }},
        [{{ left_key }}] as left_taken,
        [{{ right_key }}] as right_taken
    from {{ candidates }}
    where preference = 1

    union all

    select
        {{ group }},
        preference,
        {{ left_key }},
        {{ right_key }},
        left_taken,
        right_taken
    from (
        select
            {% for column in within %}candidates.{{ column }}, {% endfor %}
            candidates.preference,
            candidates.{{ left_key }},
            candidates.{{ right_key }},
            list_append(choices.left_taken, candidates.{{ left_key }}) as left_taken,
            list_append(choices.right_taken, candidates.{{ right_key }}) as right_taken,
            row_number() over (
                partition by {% for column in within %}candidates.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
                order by candidates.preference
            ) as place
        from choices
        inner join {{ candidates }} as candidates
            on
                {% for column in within %}choices.{{ column }} = candidates.{{ column }} and {% endfor %}
                choices.preference < candidates.preference
                and not list_contains(choices.left_taken, candidates.{{ left_key }})
                and not list_contains(choices.right_taken, candidates.{{ right_key }})
    ) as free_candidates
    where place = 1

)

select
    {{ group }},
    {{ left_key }},
    {{ right_key }}
from choices
{%- endmacro %}
