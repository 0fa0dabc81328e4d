-- Clio's trust ledger as of the night's day.
select * exclude (is_after_the_day)
from {{ ref('int_trust_entries_dated') }}
where not is_after_the_day
