-- Entries of the book that some imported file speaks of, and the bank line by which each has cleared, if one has: a
-- line of its own, or that of the deposit slip it was paid in with.
select
    entries.* exclude (line_key, entry_number),
    coalesce(entries.line_key, slips.line_key) as line_key
from {{ ref('int_trust_entries_cleared_singly') }} as entries
left join {{ ref('int_trust_deposit_slips') }} as slips
    on entries.firm_id = slips.firm_id and entries.bank_transaction_id = slips.bank_transaction_id
