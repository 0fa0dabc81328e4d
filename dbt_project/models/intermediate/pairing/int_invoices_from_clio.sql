-- Sales invoices that may be a bill's: not those that the firm says never come from Clio, and no draft below zero,
-- which Xero never approves.
select invoices.*
from {{ ref('int_sales_invoices') }} as invoices
left join {{ ref('int_invoices_not_from_clio') }} as named
    on invoices.firm_id = named.firm_id and invoices.invoice_id = named.invoice_id
where named.invoice_id is null and not (invoices.invoice_class = 'draft' and invoices.total_amount < 0)
