-- Does every entry of a mapped trust account stand in both systems? A row is an entry that says no.
select
    firm_id,
    exception_id,
    code,
    subject_key,
    amount
from {{ ref('exceptions') }}
where status = 'open' and code in ('trust_entry_missing_in_xero', 'trust_entry_missing_in_clio')
