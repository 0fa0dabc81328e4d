-- Payments and credits on either side of a pair, each with its kind: a payment to an expense account that writes off
-- what a credit in Clio writes off is a credit.
select entries.* replace (case when write_offs.xero_entry_id is null then entries.kind else 'credit' end as kind)
from {{ ref('int_payment_entries') }} as entries
left join {{ ref('int_write_offs') }} as write_offs
    on
        entries.firm_id = write_offs.firm_id
        and entries.side = 'xero'
        and entries.kind = 'payment'
        and entries.entry_id = write_offs.xero_entry_id
