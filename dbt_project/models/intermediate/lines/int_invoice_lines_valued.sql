-- The lines of an invoice. One without an amount books nothing, yet the client reads its text; one without either
-- says nothing.
select
    lines.firm_id,
    lines.invoice_id,
    coalesce(lines.line_item_id, 'line ' || lines.position) as line_item_id,
    lines.position as line_position,
    lines.position + 1 as line_number,
    lines.description,
    {{ text_key('lines.description') }} as text_key,
    lines.quantity,
    lines.unit_amount,
    coalesce(lines.discount_rate, 0) as discount_rate,
    coalesce(lines.discount_amount, 0) as discount_amount,
    coalesce(lines.discount_rate, 0) <> 0 or coalesce(lines.discount_amount, 0) <> 0 as is_discounted,
    cast(
        coalesce(lines.line_amount, 0)
        - case when invoices.line_amount_types = 'Inclusive' then coalesce(lines.tax_amount, 0) else 0 end
        as decimal(18, 2)
    ) as net_amount,
    cast(coalesce(lines.tax_amount, 0) as decimal(18, 2)) as tax_amount,
    lines.account_code,
    lines.account_id
from {{ ref('stg_xero__invoice_lines') }} as lines
inner join {{ ref('int_sales_invoices') }} as invoices
    on lines.firm_id = invoices.firm_id and lines.invoice_id = invoices.invoice_id
where coalesce(lines.line_amount, 0) <> 0 or coalesce(trim(lines.description), '') <> ''
