{#-
    Of sums that hold (one entry of a side, a list of members on the other side) those none of whose entries stands in
    another of them; one row per entry of a sum, the one included. Which of two sums is right is never guessed.
-#}
{% macro sums_without_rivals(sums) -%}
with

sums_numbered as (

    select
        *,
        one_side || ' ' || one_key || ' ' || array_to_string(members, ' ') as sum_key
    from {{ sums }}

),

entries_of_sums as (

    select
        firm_id,
        sum_key,
        one_side,
        one_key,
        one_side as side,
        one_key as entry_key
    from sums_numbered

    union all

    select
        firm_id,
        sum_key,
        one_side,
        one_key,
        case one_side when 'clio' then 'xero' else 'clio' end as side,
        unnest(members) as entry_key
    from sums_numbered

),

entries_with_sums_counted as (

    select
        *,
        count(*) over (partition by firm_id, side, entry_key) as sums_of_the_entry
    from entries_of_sums

)

select
    firm_id,
    one_side,
    one_key,
    side,
    entry_key
from entries_with_sums_counted
qualify max(sums_of_the_entry) over (partition by firm_id, sum_key) = 1
{%- endmacro %}
