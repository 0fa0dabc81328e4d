-- One entry against several: sums of whole days and slips first, then the only set of what is left. One row per entry
-- of a sum, on either side.
with

only_sets as (

    select *
    from {{ ref('int_trust_sums_searched') }}
    where ways = 1

),

sums_of_some as (

    select * from ({{ sums_without_rivals('only_sets') }}) as sums_left

)

select * from {{ ref('int_trust_sums_whole') }}
union all
select * from sums_of_some
