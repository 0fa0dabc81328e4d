-- All pairs that the rules settle, in their order, before a live invoice takes the place of a draft.
select * from {{ ref('int_pairs_by_number') }}
union all
select * from {{ ref('int_pairs_by_date') }}
union all
select * from {{ ref('int_pairs_with_the_dead') }}
union all
select * from {{ ref('int_pairs_with_the_dead_by_date') }}
