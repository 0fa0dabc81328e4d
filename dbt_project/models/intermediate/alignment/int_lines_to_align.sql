-- The lines of both sides of each pair that look for a partner, with amounts, prices and taxes as they are compared: a
-- bill's discount that is spread over Xero's lines is spread over Clio's as well. A line of Clio that carries a
-- discount may have its rate in Xero or a unit price less the discount, rounded to two or to four decimals.
with

bill_lines_beside_their_pair as (

    select
        lines.*,
        pairs.has_line_taxes,
        pairs.discount_place,
        pairs.discounted_part_amount,
        pairs.discounted_whole_amount,
        not pairs.is_discount_on_services_only or lines.line_kind = 'Service' as is_in_scope,
        pairs.is_discount_spread and is_in_scope as is_discount_spread
    from {{ ref('int_pairs_compared') }} as pairs
    inner join {{ ref('int_bill_lines_valued') }} as lines
        on pairs.firm_id = lines.firm_id and pairs.bill_id = lines.bill_id

),

lines_of_both_sides as (

    select
        firm_id,
        bill_id,
        'clio' as side,
        line_item_id as line_key,
        line_position,
        text_key,
        line_kind,
        quantity,
        rate,
        case
            when is_discount_spread
                then coalesce({{ share_of(
                    'net_amount', 'discounted_part_amount', 'discounted_whole_amount'
                ) }}, net_amount)
            else net_amount
        end as compared_amount,
        {%- for step in [100, 1] %}
            case
                when is_discount_spread or is_discounted
                    then {{ discounted_price(
                        'net_amount', 'quantity', 'rate', 'is_discounted',
                        'case when is_discount_spread then discounted_part_amount else 1 end',
                        'case when is_discount_spread then discounted_whole_amount else 1 end',
                        step
                    ) }}
            end as price_{{ 'in_cents' if step == 100 else 'in_full' }},
        {%- endfor %}
        is_discount_spread,
        case
            when not has_line_taxes then null
            -- Where the discount is a line of its own in Xero, or nowhere, the lines there are taxed in full.
            when discount_place in ('line', 'nowhere') and is_in_scope
                then {{ share_of('tax_amount', 'discounted_whole_amount', 'discounted_part_amount') }}
            else tax_amount
        end as tax_amount,
        not is_summary as has_terms
    from bill_lines_beside_their_pair

    union all

    select
        pairs.firm_id,
        pairs.bill_id,
        'xero' as side,
        cast(lines.line_position as varchar) as line_key,
        lines.line_position,
        lines.text_key,
        cast(null as varchar) as line_kind,
        lines.quantity,
        lines.unit_amount as rate,
        lines.net_amount as compared_amount,
        cast(null as decimal(18, 4)) as price_in_cents,
        cast(null as decimal(18, 4)) as price_in_full,
        false as is_discount_spread,
        lines.tax_amount,
        not pairs.is_tax_inclusive as has_terms
    from {{ ref('int_pairs_compared') }} as pairs
    inner join {{ ref('int_invoice_lines_valued') }} as lines
        on pairs.firm_id = lines.firm_id and pairs.invoice_id = lines.invoice_id
    where lines.role is null

)

select
    *,
    list_distinct(list_filter(
        regexp_split_to_array(text_key, '[^\p{L}\p{N}]+'),
        lambda word: length(word) >= 3 and not list_contains({{ little_words() }}, word)
    )) as words
from lines_of_both_sides
