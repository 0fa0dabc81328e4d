-- What the open bills add up to, without trust requests and with them. `tonight_rows` are tonight's bills;
-- parameters: the firm, and the ids that are gone.
with tonight as (
    select id, state, kind, balance from tonight_rows
    union all
    select id, state, kind, balance from clio.bills
    where firm_id = ? and vanished_at is null and id not in (select id from tonight_rows)
      and id not in (select unnest(?)))
select coalesce(sum(balance) filter (kind is distinct from 'trust_kind'), 0), coalesce(sum(balance), 0)
from tonight where state in ('awaiting_payment', 'paid')
