-- The likely causes of each missing bill, as one sentence names them.
select
    firm_id,
    bill_id,
    string_agg(cause, '; ' order by cause_order, cause) as causes
from {{ ref('int_missing_causes') }}
group by firm_id, bill_id
