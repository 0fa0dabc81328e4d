-- Of the candidates of a pair those that are together the best, one to one: as many of the first grade as can be,
-- then of the next, then the greatest likeness, then lines that stand near each other. A candidate without a rival
-- as good at either end is always among them. The others are weighed as a whole where at most six invoice lines are
-- contested; beyond that there are too many ways, and the best candidate comes first.
{% set keys = [['firm_id', 'bill_id'], 'clio_line_key', 'xero_line_key'] %}

with

candidates_with_rivals as (

    select
        *,
        count(*) over (partition by firm_id, bill_id, clio_line_key order by grade) as clio_rival_count,
        count(*) over (partition by firm_id, bill_id, xero_line_key order by grade) as xero_rival_count
    from {{ ref('int_line_candidates') }}

),

candidates_without_rivals as (

    select
        firm_id,
        bill_id,
        clio_line_key,
        xero_line_key
    from candidates_with_rivals
    where clio_rival_count = 1 and xero_rival_count = 1

),

candidates_contested as (

    select
        candidates.firm_id,
        candidates.bill_id,
        candidates.clio_line_key,
        candidates.xero_line_key,
        row_number() over (
            partition by candidates.firm_id, candidates.bill_id order by candidates.preference
        ) as preference,
        count(distinct candidates.xero_line_key) over (
            partition by candidates.firm_id, candidates.bill_id
        ) as contested_count,
        candidates.text_likeness + candidates.amount_closeness
        + case candidates.grade when 0 then 1000000000000 when 1 then 1000000000 when 2 then 1000000 else 0 end
            as worth,
        candidates.line_distance as distance
    from candidates_with_rivals as candidates
    left join candidates_without_rivals as as_clio
        on
            candidates.firm_id = as_clio.firm_id
            and candidates.bill_id = as_clio.bill_id
            and candidates.clio_line_key = as_clio.clio_line_key
    left join candidates_without_rivals as as_xero
        on
            candidates.firm_id = as_xero.firm_id
            and candidates.bill_id = as_xero.bill_id
            and candidates.xero_line_key = as_xero.xero_line_key
    where as_clio.bill_id is null and as_xero.bill_id is null

),

contested_by_few as (

    select * from candidates_contested
    where contested_count <= 6

),

contested_by_many as (

    select * from candidates_contested
    where contested_count > 6

)

select * from candidates_without_rivals

union all

select * from ({{ choose_best_together('contested_by_few', *keys) }}) as weighed

union all

select * from ({{ choose_best_pairs('contested_by_many', *keys) }}) as taken_in_turn
