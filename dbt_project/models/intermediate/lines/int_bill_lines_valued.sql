select
    lines.firm_id,
    lines.bill_id,
    lines.line_item_id,
    lines.line_date,
    coalesce(nullif(lines.description, ''), lines.note) as description,
    {{ text_key("coalesce(nullif(lines.description, ''), lines.note)") }} as text_key,
    lines.line_kind,
    lines.quantity,
    lines.rate,
    coalesce(lines.discount_rate, 0) <> 0 as is_discounted,
    cast(
        coalesce(lines.total_amount, 0)
        - case
            when readings.totals_include_tax
                then coalesce(lines.tax_amount, 0) + coalesce(lines.secondary_tax_amount, 0)
            else 0
        end
        as decimal(18, 2)
    ) as net_amount,
    coalesce(lines.tax_amount, 0) + coalesce(lines.secondary_tax_amount, 0) <> 0
    or coalesce(lines.is_taxable, false)
    or coalesce(lines.is_secondary_taxable, false) as is_taxed,
    row_number() over (
        partition by lines.firm_id, lines.bill_id
        order by lines.group_ordering nulls last, lines.line_date nulls last, lines.line_item_id
    ) as line_position
from {{ ref('stg_clio__bill_lines') }} as lines
inner join {{ ref('int_bill_line_readings') }} as readings
    on lines.firm_id = readings.firm_id and lines.bill_id = readings.bill_id
where lines.line_type is distinct from 'SummaryLineItem' or readings.summaries_count
