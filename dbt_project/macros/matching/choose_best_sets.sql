{#-
    Sets without overlap, the best first: within each group the set of the lowest preference is chosen, then the lowest
    of those none of whose members is taken, until none is left. `members` is a list of text.
-#}
{% macro choose_best_sets(candidates, within) -%}
    {%- set group = within | join(', ') -%}
with recursive

choices as (

    select
        {{ group }},
        preference,
        members,
        members as taken
    from {{ candidates }}
    where preference = 1

    union all

    select
        {{ group }},
        preference,
        members,
        taken
    from (
        select
            {% for column in within %}candidates.{{ column }}, {% endfor %}
            candidates.preference,
            candidates.members,
            list_concat(choices.taken, candidates.members) as taken,
            row_number() over (
                partition by {% for column in within %}candidates.{{ column }}{{ ', ' if not loop.last }}{% endfor %}
                order by candidates.preference
            ) as place
        from choices
        inner join {{ candidates }} as candidates
            on
                {% for column in within %}choices.{{ column }} = candidates.{{ column }} and {% endfor %}
                choices.preference < candidates.preference
                and not list_has_any(choices.taken, candidates.members)
    ) as free_candidates
    where place = 1

),

members_of_sets as (

    select
        {{ group }},
        preference as set_number,
        unnest(members) as member
    from choices

)

select
    {{ group }},
    set_number,
    split_part(member, ' ', 1) as side,
    substr(member, 6) as member_key
from members_of_sets
{%- endmacro %}
