-- The lines that make up a bill, by the reading of it that adds up.
select
    lines.firm_id,
    lines.bill_id,
    lines.line_item_id,
    lines.line_date,
    coalesce(nullif(lines.description, ''), lines.note) as description,
    {{ text_key("coalesce(nullif(lines.description, ''), lines.note)") }} as text_key,
    lines.line_kind,
    coalesce(lines.line_type, '') = 'SummaryLineItem' as is_summary,
    lines.quantity,
    lines.rate,
    coalesce(lines.discount_rate, 0) as discount_rate,
    coalesce(lines.discount_type, '') as discount_type,
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
    cast(coalesce(lines.tax_amount, 0) + coalesce(lines.secondary_tax_amount, 0) as decimal(18, 2)) as tax_amount,
    case when coalesce(lines.tax_amount, 0) <> 0 or coalesce(lines.is_taxable, false) then 1 else 0 end
    + case
        when coalesce(lines.secondary_tax_amount, 0) <> 0 or coalesce(lines.is_secondary_taxable, false) then 1
        else 0
    end as tax_count,
    row_number() over (
        partition by lines.firm_id, lines.bill_id
        order by lines.group_ordering nulls last, lines.line_date nulls last, lines.line_item_id
    ) as line_position
from {{ ref('stg_clio__bill_lines') }} as lines
inner join {{ ref('int_bill_line_readings') }} as readings
    on lines.firm_id = readings.firm_id and lines.bill_id = readings.bill_id
where
    case {{ kind_of_line('lines.line_kind') }}
        when 'services' then readings.services_told_by
        when 'expenses' then readings.expenses_told_by
        else readings.others_told_by
    end in (case when lines.line_type = 'SummaryLineItem' then 'summaries' else 'details' end, 'both')
