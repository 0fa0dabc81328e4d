-- Was no client's trust money ever below zero at the end of a day? A row is a pocket that was.
select
    firm_id,
    exception_id,
    subject_key,
    amount
from {{ ref('exceptions') }}
where status = 'open' and code = 'client_ledger_negative'
