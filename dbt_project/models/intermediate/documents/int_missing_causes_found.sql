-- The likely causes of each missing bill, as one sentence names them.
select
    firm_id,
    bill_id,
    {{ listed('list(cause order by cause_order, cause)', budget=500) }} as causes
from {{ ref('int_missing_causes') }}
group by firm_id, bill_id
