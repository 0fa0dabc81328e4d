-- The interest invoices of each pair together: which they are, the oldest first, and what they add to the pair.
select
    children.firm_id,
    children.bill_id,
    min_by(children.invoice_id, (invoices.issued_date, children.invoice_id)) as interest_invoice_id,
    string_agg(children.invoice_id, ',' order by invoices.issued_date, children.invoice_id) as interest_invoice_ids,
    {%- for amount in [
        'total_amount', 'tax_amount', 'paid_amount', 'credited_amount', 'due_amount', 'xero_ar_amount'
    ] %}
        cast(sum(invoices.{{ amount }}) as decimal(18, 2)) as {{ amount }},
    {%- endfor %}
    -- A draft carries no receivable yet.
    cast(sum(case when invoices.invoice_class = 'live' then invoices.total_amount else 0 end) as decimal(18, 2))
        as live_total_amount,
    max(invoices.changed_at) as changed_at
from {{ ref('int_interest_paired') }} as children
inner join {{ ref('int_sales_invoices') }} as invoices
    on children.firm_id = invoices.firm_id and children.invoice_id = invoices.invoice_id
group by children.firm_id, children.bill_id
