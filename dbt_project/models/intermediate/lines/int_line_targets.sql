-- What each line has to come to in Xero so that the invoice is the bill to the cent: its amount before tax and its tax.
-- A line that is right keeps what it has. What the rounding of a spread discount or of taxes leaves goes cent by cent
-- to the lines; a discount that stands in a line of its own, or should, takes what is left of the tax.
with

lines_judged as (

    select
        aligned.*,
        pairs.invoice_id,
        pairs.is_discount_spread,
        pairs.discount_place,
        pairs.clio_net_amount,
        pairs.rounding_line_amount,
        bills.tax_amount as bill_tax_amount,
        special.role,
        bool_and(aligned.amount_agrees) over (partition by aligned.firm_id, aligned.bill_id)
        and pairs.net_difference_amount + pairs.rounding_line_amount = 0 as all_amounts_agree
    from {{ ref('int_lines_aligned') }} as aligned
    inner join {{ ref('int_pairs_compared') }} as pairs
        on aligned.firm_id = pairs.firm_id and aligned.bill_id = pairs.bill_id
    inner join {{ ref('int_bills_valued') }} as bills
        on aligned.firm_id = bills.firm_id and aligned.bill_id = bills.bill_id
    left join {{ ref('int_special_lines') }} as special
        on
            pairs.firm_id = special.firm_id
            and pairs.invoice_id = special.invoice_id
            and aligned.xero_line_position = special.line_position

),

lines_kept_or_not as (

    select
        *,
        case
            when role = 'interest' then true
            when role = 'rounding' then all_amounts_agree
            when role = 'discount' then amount_agrees
            when clio_line_key is null or xero_line_position is null then false
            when is_discount_spread
                then all_amounts_agree or (amount_agrees and abs(difference_amount) <= 0.01)
            else amount_agrees
        end as keeps_amount,
        case
            when role in ('interest', 'rounding') then true
            when clio_line_key is null or xero_line_position is null then false
            else clio_tax_amount is null or abs(xero_tax_amount - clio_tax_amount) <= 0.02
        end as keeps_tax
    from lines_judged

),

lines_with_first_targets as (

    select
        *,
        case
            when role = 'discount' then coalesce(clio_amount, xero_amount)
            when keeps_amount then xero_amount
            when clio_line_key is not null then clio_amount
            else 0
        end as first_amount,
        case
            when role = 'discount' then 0
            when keeps_tax then xero_tax_amount
            when clio_line_key is not null then coalesce(clio_tax_amount, 0)
            else 0
        end as first_tax_amount
    from lines_kept_or_not

),

rests as (

    select
        firm_id,
        bill_id,
        cast(
            case
                when bool_or(is_discount_spread) and not bool_and(all_amounts_agree)
                    then min(clio_net_amount) - sum(case when role is null then first_amount else 0 end)
                else 0
            end as decimal(18, 2)
        ) as rest_of_amount,
        cast(min(bill_tax_amount) - sum(first_tax_amount) as decimal(18, 2)) as rest_of_tax,
        bool_or(role = 'discount') or bool_or(discount_place = 'nowhere') as has_discount_line,
        bool_and(clio_line_key is null or clio_tax_amount is not null) as has_line_taxes
    from lines_with_first_targets
    group by firm_id, bill_id

),

rests_spread as (

    select
        lines.firm_id,
        lines.bill_id,
        lines.clio_line_key,
        case
            when bill_lines.is_discount_spread
                then {{ spread_rest(
                    'rests.rest_of_amount', 'lines.firm_id, lines.bill_id, bill_lines.is_discount_spread',
                    'lines.keeps_amount', 'lines.first_amount - lines.clio_amount', 'lines.clio_line_key'
                ) }}
        end as more_amount,
        {{ spread_rest(
            'rests.rest_of_tax', 'lines.firm_id, lines.bill_id, lines.first_tax_amount <> 0', 'lines.keeps_tax',
            'lines.first_tax_amount - coalesce(lines.clio_tax_amount, 0)', 'lines.clio_line_key'
        ) }} as more_tax_amount
    from lines_with_first_targets as lines
    inner join rests
        on lines.firm_id = rests.firm_id and lines.bill_id = rests.bill_id
    inner join {{ ref('int_lines_to_align') }} as bill_lines
        on
            lines.firm_id = bill_lines.firm_id
            and lines.bill_id = bill_lines.bill_id
            and bill_lines.side = 'clio'
            and lines.clio_line_key = bill_lines.line_key

),

lines_with_targets as (

    select
        lines.firm_id,
        lines.bill_id,
        lines.invoice_id,
        lines.clio_line_key,
        lines.xero_line_position,
        lines.line_status,
        lines.role,
        lines.terms_agree,
        lines.xero_amount,
        lines.xero_tax_amount,
        lines.keeps_tax,
        rests.has_line_taxes,
        cast(lines.first_amount + coalesce(spread.more_amount, 0) as decimal(18, 2)) as target_amount,
        cast(
            case
                when lines.role = 'discount' then rests.rest_of_tax
                when rests.has_discount_line or not rests.has_line_taxes or lines.first_tax_amount = 0
                    then lines.first_tax_amount
                else lines.first_tax_amount + coalesce(spread.more_tax_amount, 0)
            end as decimal(18, 2)
        ) as target_tax_amount
    from lines_with_first_targets as lines
    inner join rests
        on lines.firm_id = rests.firm_id and lines.bill_id = rests.bill_id
    left join rests_spread as spread
        on
            lines.firm_id = spread.firm_id
            and lines.bill_id = spread.bill_id
            and lines.clio_line_key = spread.clio_line_key

)

select * from lines_with_targets

union all

select
    pairs.firm_id,
    pairs.bill_id,
    pairs.invoice_id,
    cast(null as varchar) as clio_line_key,
    cast(null as integer) as xero_line_position,
    'missing_in_xero' as line_status,
    'discount' as role,
    true as terms_agree,
    cast(null as decimal(18, 2)) as xero_amount,
    cast(null as decimal(18, 2)) as xero_tax_amount,
    false as keeps_tax,
    rests.has_line_taxes,
    cast(-pairs.discount_amount as decimal(18, 2)) as target_amount,
    cast(case when rests.has_line_taxes then rests.rest_of_tax else 0 end as decimal(18, 2)) as target_tax_amount
from {{ ref('int_pairs_compared') }} as pairs
inner join rests
    on pairs.firm_id = rests.firm_id and pairs.bill_id = rests.bill_id
where pairs.discount_place = 'nowhere'
