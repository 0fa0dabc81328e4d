-- What stands in the way of each draft's approval, as one sentence names it, and the steps that come first.
select
    firm_id,
    bill_id,
    bool_or(forbids_ready) as forbids_ready,
    string_agg(obstacle, '; ' order by obstacle_order, obstacle) as obstacles,
    string_agg(step, '. ' order by obstacle_order, step) as steps
from {{ ref('int_draft_obstacles') }}
group by firm_id, bill_id
