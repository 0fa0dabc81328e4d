select
    steps.firm_id,
    tonight.loaded_date as as_of_date,
    codes.step_number,
    steps.step,
    steps.amount,
    steps.item_count
from {{ ref('int_bridge_steps') }} as steps
inner join {{ ref('int_tonight') }} as tonight
    on steps.firm_id = tonight.firm_id
inner join {{ ref('bridge_steps') }} as codes
    on steps.step = codes.step
where steps.amount is null or steps.amount <> 0 or codes.is_always_shown
