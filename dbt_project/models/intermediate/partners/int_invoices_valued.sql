-- What a bill's partner can be: every sales invoice, and the credit notes that are the partner of a negative bill.
select * from {{ ref('int_sales_invoices') }}

union all by name

select notes.* exclude (reference_key)
from {{ ref('int_credit_notes') }} as notes
inner join {{ ref('int_pairs') }} as pairs
    on notes.firm_id = pairs.firm_id and notes.invoice_id = pairs.invoice_id
