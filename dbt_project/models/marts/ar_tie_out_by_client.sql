select
    steps.firm_id,
    tonight.loaded_date as as_of_date,
    steps.client_name,
    walk.step_number,
    steps.step,
    steps.amount,
    steps.item_count
from {{ ref('int_bridge_steps_by_client') }} as steps
inner join {{ ref('int_tonight') }} as tonight
    on steps.firm_id = tonight.firm_id
inner join {{ bridge_walk() }} as walk
    on steps.step = walk.step
where steps.amount <> 0 or walk.is_always_shown
