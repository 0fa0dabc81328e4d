{#-
    One to one, the best as a whole: of all ways to give partners within a group, one with as many pairs as possible,
    then of the least sum of the first of `costs`, then of the second, and so on (whole numbers, none negative; null is
    refused). Ties are broken by `left_order` and `right_order`, lists of expressions over `candidates` that end in
    an id. Candidates must be narrowed in SQL first: what is settled exactly is left out of them, and the days are
    bounded in the join that makes them. Gives all columns of the candidates that are taken. How it is found, and how
    it stays the same whatever the order of rows: pipelines/matching/partners.py.
-#}
{% macro choose_partners(candidates, within, left_order, right_order, costs) -%}
    {%- set group = within | join(', ') -%}
with

candidates_ranked as (

    select
        *,
        dense_rank() over (partition by {{ group }} order by {{ left_order | join(', ') }}) as _left_rank,
        dense_rank() over (partition by {{ group }} order by {{ right_order | join(', ') }}) as _right_rank,
        [{% for cost in costs %}cast({{ cost }} as bigint){{ ', ' if not loop.last }}{% endfor %}] as _costs
    from {{ candidates }}

),

candidates_placed as (

    select
        *,
        row_number() over (partition by {{ group }} order by _left_rank, _right_rank, _costs) as _place
    from candidates_ranked

),

places_taken as (

    select
        {{ group }},
        unnest(
            choose_partners(
                list(_left_rank order by _place), list(_right_rank order by _place), list(_costs order by _place)
            )
        ) as _place
    from candidates_placed
    group by {{ group }}

)

select placed.* exclude (_left_rank, _right_rank, _costs, _place)
from candidates_placed as placed
inner join places_taken as taken
    on
        {% for column in within %}placed.{{ column }} is not distinct from taken.{{ column }} and {% endfor %}
        placed._place = taken._place
{%- endmacro %}
