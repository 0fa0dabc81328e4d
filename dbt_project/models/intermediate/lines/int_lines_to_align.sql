-- The lines of both sides of each pair that look for a partner, amounts as they are compared: a bill's discount
-- that is spread over Xero's lines is spread over Clio's as well.
select
    pairs.firm_id,
    pairs.bill_id,
    pairs.invoice_id,
    'clio' as side,
    lines.line_item_id as line_key,
    lines.line_position,
    lines.text_key,
    lines.quantity,
    case when not pairs.is_tax_inclusive then lines.rate end as rate,
    case
        when pairs.is_discount_spread
            then coalesce(
                    {{ share_of(
                        'lines.net_amount', 'pairs.clio_net_amount', 'pairs.clio_net_before_discount_amount'
                    ) }},
                    lines.net_amount
                )
        else lines.net_amount
    end as compared_amount,
    true as has_comparable_rate,
    cast(0 as decimal(18, 4)) as amount_tolerance
from {{ ref('int_pairs_compared') }} as pairs
inner join {{ ref('int_bill_lines_valued') }} as lines
    on pairs.firm_id = lines.firm_id and pairs.bill_id = lines.bill_id

union all

select
    pairs.firm_id,
    pairs.bill_id,
    pairs.invoice_id,
    'xero' as side,
    cast(lines.line_position as varchar) as line_key,
    lines.line_position,
    lines.text_key,
    lines.quantity,
    case
        when not pairs.is_tax_inclusive and (lines.is_discounted or not pairs.is_discount_spread)
            then lines.unit_amount
    end as rate,
    lines.net_amount as compared_amount,
    not pairs.is_tax_inclusive and (lines.is_discounted or not pairs.is_discount_spread) as has_comparable_rate,
    cast(
        case
            when not pairs.is_discount_spread then 0
            when lines.is_discounted then 0.01
            else 0.005 + 0.005 * coalesce(abs(lines.quantity), 1)
        end as decimal(18, 4)
    ) as amount_tolerance
from {{ ref('int_pairs_compared') }} as pairs
inner join {{ ref('int_invoice_lines_valued') }} as lines
    on pairs.firm_id = lines.firm_id and pairs.invoice_id = lines.invoice_id
left join {{ ref('int_pair_special_lines') }} as special
    on
        lines.firm_id = special.firm_id
        and lines.invoice_id = special.invoice_id
        and lines.line_position = special.line_position
where special.role is null
