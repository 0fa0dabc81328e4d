-- Bills that look for an invoice: all but those whose partner is a credit note.
select bills.*
from {{ ref('int_bills_valued') }} as bills
left join {{ ref('int_credit_notes_paired') }} as notes
    on bills.firm_id = notes.firm_id and bills.bill_id = notes.bill_id
where notes.bill_id is null
