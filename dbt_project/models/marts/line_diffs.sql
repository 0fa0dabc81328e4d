select
    aligned.firm_id,
    {{ subject_key('clio', 'aligned.bill_id') }} as bill_key,
    aligned.bill_id as clio_bill_id,
    pairs.invoice_id as xero_invoice_id,
    aligned.clio_line_key as clio_line_item_id,
    invoice_lines.line_item_id as xero_line_item_id,
    aligned.line_status,
    bill_lines.line_date as clio_date,
    bill_lines.description as clio_description,
    bill_lines.quantity as clio_quantity,
    bill_lines.rate as clio_rate,
    aligned.clio_amount as clio_net_amount,
    invoice_lines.description as xero_description,
    invoice_lines.quantity as xero_quantity,
    invoice_lines.unit_amount as xero_unit_amount,
    aligned.xero_amount as xero_net_amount,
    invoice_lines.account_code as xero_account_code,
    aligned.difference_amount
from {{ ref('int_lines_aligned') }} as aligned
inner join {{ ref('int_pairs') }} as pairs
    on aligned.firm_id = pairs.firm_id and aligned.bill_id = pairs.bill_id
left join {{ ref('int_bill_lines_valued') }} as bill_lines
    on
        aligned.firm_id = bill_lines.firm_id
        and aligned.bill_id = bill_lines.bill_id
        and aligned.clio_line_key = bill_lines.line_item_id
left join {{ ref('int_invoice_lines_valued') }} as invoice_lines
    on
        aligned.firm_id = invoice_lines.firm_id
        and pairs.invoice_id = invoice_lines.invoice_id
        and aligned.xero_line_position = invoice_lines.line_position
