-- What a bill's partner can be: every sales invoice, and the credit notes that are the partner of a negative bill.
select * from {{ ref('int_sales_invoices') }}

union all by name

select * exclude (reference_key, bill_id)
from {{ ref('int_credit_notes') }}
where bill_id is not null
