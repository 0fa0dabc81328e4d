{#-
    One-to-one pairs out of candidates, as CTEs that end in `pairs`. In each round a candidate is taken that is the
    best left for both of its sides; `order_by` must be a total order. What is left over is then let in by moving one pair
    aside, where the moved partners fit as well by name (`likeness`): an entry has no partner only when there is none.
-#}
{% macro pair_one_to_one(source, one, other, order_by, likeness='0', rounds=10, moves=3) %}
{%- for round in range(1, rounds + 1) %}
    best_in_round_{{ round }} as (

        select
            candidates.firm_id,
            candidates.{{ one }},
            candidates.{{ other }},
            {{ likeness }} as likeness
        from {{ source }} as candidates
        {%- if round > 1 %}
        where
            not exists (
                select 1 from paired_by_round_{{ round - 1 }} as paired
                where paired.firm_id = candidates.firm_id and paired.{{ one }} = candidates.{{ one }}
            )
            and not exists (
                select 1 from paired_by_round_{{ round - 1 }} as paired
                where paired.firm_id = candidates.firm_id and paired.{{ other }} = candidates.{{ other }}
            )
        {%- endif %}
        qualify
            row_number() over (partition by candidates.firm_id, candidates.{{ one }} order by {{ order_by }}) = 1
            and row_number() over (partition by candidates.firm_id, candidates.{{ other }} order by {{ order_by }}) = 1

    ),

    paired_by_round_{{ round }} as (

        select * from best_in_round_{{ round }}
        {%- if round > 1 %}
        union all
        select * from paired_by_round_{{ round - 1 }}
        {%- endif %}

    ),
{% endfor %}
{%- set ns = namespace(paired='paired_by_round_' ~ rounds) -%}
{%- for move in range(1, moves + 1) %}
    moves_in_pass_{{ move }} as (

        select
            paired.firm_id,
            paired.{{ one }} as moved_one,
            paired.{{ other }} as moved_other,
            let_in.{{ one }} as new_one,
            moved_to.{{ other }} as new_other
        from {{ ns.paired }} as paired
        inner join {{ source }} as let_in
            on paired.firm_id = let_in.firm_id and paired.{{ other }} = let_in.{{ other }}
        inner join {{ source }} as moved_to
            on paired.firm_id = moved_to.firm_id and paired.{{ one }} = moved_to.{{ one }}
        where
            not exists (
                select 1 from {{ ns.paired }} as taken
                where taken.firm_id = let_in.firm_id and taken.{{ one }} = let_in.{{ one }}
            )
            and not exists (
                select 1 from {{ ns.paired }} as taken
                where taken.firm_id = moved_to.firm_id and taken.{{ other }} = moved_to.{{ other }}
            )
            and {{ likeness | replace('candidates.', 'let_in.') }} >= paired.likeness
            and {{ likeness | replace('candidates.', 'moved_to.') }} >= paired.likeness
        qualify
            row_number() over (
                partition by paired.firm_id, let_in.{{ one }} order by paired.{{ one }}, moved_to.{{ other }}
            ) = 1
            and row_number() over (
                partition by paired.firm_id, moved_to.{{ other }} order by paired.{{ one }}, let_in.{{ one }}
            ) = 1
            and row_number() over (
                partition by paired.firm_id, paired.{{ one }} order by let_in.{{ one }}, moved_to.{{ other }}
            ) = 1

    ),

    paired_after_pass_{{ move }} as (

        select paired.firm_id, paired.{{ one }}, paired.{{ other }}, paired.likeness
        from {{ ns.paired }} as paired
        where not exists (
            select 1 from moves_in_pass_{{ move }} as moves
            where moves.firm_id = paired.firm_id and moves.moved_one = paired.{{ one }}
        )
        union all
        select firm_id, new_one as {{ one }}, moved_other as {{ other }}, 0 as likeness
        from moves_in_pass_{{ move }}
        union all
        select firm_id, moved_one as {{ one }}, new_other as {{ other }}, 0 as likeness
        from moves_in_pass_{{ move }}

    ),
{% set ns.paired = 'paired_after_pass_' ~ move %}
{%- endfor %}
    pairs as (

        select firm_id, {{ one }}, {{ other }} from {{ ns.paired }}

    )
{% endmacro %}
