-- A row means: an exception has a status, a severity or a sign that the contract does not know, or says nothing.
select
    firm_id,
    exception_id,
    code,
    severity,
    status
from {{ ref('exceptions') }}
where
    severity not in ('critical', 'high', 'medium', 'low', 'info')
    or status not in ('open', 'in_flight', 'accepted')
    or amount is null
    or amount < 0
    or ar_effect is null
    or coalesce(explanation, '') = ''
    or coalesce(suggested_action, '') = ''
    or first_seen_at is null
