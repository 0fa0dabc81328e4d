-- Each line that has to be edited in Xero to say what Clio says, in words, from Xero's value to Clio's, and the
-- discount that is missing there. Made one by one, these edits lead to the bill to the cent: a line that is right keeps
-- what it has and is not among them; what the rounding of a spread discount or of taxes leaves goes cent by cent to the
-- lines; and a discount in a line of its own, or that should be in one, takes what is left of the tax. Lines are
-- counted as Xero shows them. New lines come last, in the bill's order.
with

lines_and_discounts_that_are_missing as (

    select * from {{ ref('int_lines_aligned') }}

    union all by name

    select
        firm_id,
        bill_id,
        'missing_in_xero' as line_status,
        'discount' as role,
        cast(-discount_amount as decimal(18, 2)) as clio_amount,
        true as terms_agree
    from {{ ref('int_pairs_compared') }}
    where discount_place = 'nowhere'

),

lines_side_by_side as (

    select
        lines.*,
        'line ' || coalesce(invoice_lines.line_number, 0) as the_line,
        invoice_lines.line_number,
        bill_lines.line_position as bill_line_number,
        case when bill_lines.line_kind = 'Expense' then 'quantity ' else 'hours ' end as quantity_word,
        coalesce(bill_lines.description, '') as clio_text,
        coalesce(invoice_lines.description, '') as xero_text,
        not coalesce(bill_lines.is_summary, false) as has_terms,
        bill_lines.quantity as clio_quantity,
        invoice_lines.quantity as xero_quantity,
        bill_lines.rate as clio_rate,
        invoice_lines.unit_amount as xero_rate,
        case when bill_lines.discount_type = 'percentage' then bill_lines.discount_rate else 0 end
            as clio_discount_rate,
        case when bill_lines.discount_type = 'money' then bill_lines.discount_rate else 0 end
            as clio_discount_amount,
        coalesce(invoice_lines.discount_rate, 0) as xero_discount_rate,
        coalesce(invoice_lines.discount_amount, 0) as xero_discount_amount,
        pairs.is_discount_spread,
        pairs.is_tax_inclusive,
        pairs.discount_amount,
        pairs.clio_net_amount,
        bool_and(lines.amount_agrees) over (partition by lines.firm_id, lines.bill_id)
        and pairs.net_difference_amount + pairs.rounding_line_amount = 0 as all_amounts_agree,
        bills.tax_amount as bill_tax_amount,
        bills.discount_type as bill_discount_type,
        source.discount_rate as bill_discount_rate
    from lines_and_discounts_that_are_missing as lines
    inner join {{ ref('int_pairs_compared') }} as pairs
        on lines.firm_id = pairs.firm_id and lines.bill_id = pairs.bill_id
    inner join {{ ref('int_bills_valued') }} as bills
        on lines.firm_id = bills.firm_id and lines.bill_id = bills.bill_id
    inner join {{ ref('stg_clio__bills') }} as source
        on lines.firm_id = source.firm_id and lines.bill_id = source.bill_id
    left join {{ ref('int_bill_lines_valued') }} as bill_lines
        on
            lines.firm_id = bill_lines.firm_id
            and lines.bill_id = bill_lines.bill_id
            and lines.clio_line_key = bill_lines.line_item_id
    left join {{ ref('int_invoice_lines_valued') }} as invoice_lines
        on
            pairs.firm_id = invoice_lines.firm_id
            and pairs.invoice_id = invoice_lines.invoice_id
            and lines.xero_line_position = invoice_lines.line_position

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
    from lines_side_by_side

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
        coalesce(bool_or(role = 'discount'), false) as has_discount_line,
        bool_and(clio_line_key is null or clio_tax_amount is not null) as has_line_taxes
    from lines_with_first_targets
    group by firm_id, bill_id

),

lines_with_targets as (

    -- What each line has to come to so that the invoice is the bill to the cent: its amount before tax and its tax.
    select
        lines.*,
        cast(
            lines.first_amount
            + case
                when coalesce(lines.carries_a_share, false)
                    then {{ spread_rest(
                        'rests.rest_of_amount', 'lines.firm_id, lines.bill_id, lines.carries_a_share',
                        'lines.keeps_amount', 'lines.first_amount - lines.clio_amount', 'lines.clio_line_key'
                    ) }}
                else 0
            end as decimal(18, 2)
        ) as target_amount,
        cast(
            case
                when lines.role = 'discount' and (lines.xero_line_position is not null or rests.has_line_taxes)
                    then rests.rest_of_tax
                when
                    lines.clio_line_key is null
                    or lines.first_tax_amount = 0
                    or rests.has_discount_line
                    or not rests.has_line_taxes
                    then lines.first_tax_amount
                else
                    lines.first_tax_amount
                    + {{ spread_rest(
                        'rests.rest_of_tax',
                        'lines.firm_id, lines.bill_id, lines.clio_line_key is null, lines.first_tax_amount <> 0',
                        'lines.keeps_tax',
                        'lines.first_tax_amount - coalesce(lines.clio_tax_amount, 0)',
                        'lines.clio_line_key'
                    ) }}
            end as decimal(18, 2)
        ) as target_tax_amount
    from lines_with_first_targets as lines
    inner join rests
        on lines.firm_id = rests.firm_id and lines.bill_id = rests.bill_id

),

lines_with_what_they_come_to as (

    -- What Xero would make of a line with Clio's quantity: at the price and the discount that it has there, at
    -- Clio's own, and at the prices that carry the discount.
    select
        *,
        case when is_tax_inclusive then 'amount with tax ' else 'amount ' end as amount_word,
        xero_amount + case when is_tax_inclusive then xero_tax_amount else 0 end as stated_amount,
        target_amount + case when is_tax_inclusive then target_tax_amount else 0 end as new_stated_amount,
        terms_agree and target_amount = xero_amount as is_as_it_should_be,
        coalesce(xero_rate in (clio_rate, price_in_cents, price_in_full), false)  -- else the cents only hide the price
        and {{ line_amount('clio_quantity', 'xero_rate', 'xero_discount_rate', 'xero_discount_amount') }}
        = target_amount as comes_out_as_it_is,
        {{ line_amount('clio_quantity', 'clio_rate', 'clio_discount_rate', 'clio_discount_amount') }}
        = target_amount as comes_out_as_in_clio,
        coalesce(carries_a_share, false)
        and bill_discount_type = 'percentage'
        and clio_discount_rate = 0
        and clio_discount_amount = 0
        and {{ line_amount('clio_quantity', 'clio_rate', 'bill_discount_rate', '0') }} = target_amount
        and xero_discount_rate <> 0 as comes_out_by_rate,
        {{ line_amount('clio_quantity', 'price_in_cents', '0', '0') }} = target_amount as comes_out_in_cents,
        {{ line_amount('clio_quantity', 'price_in_full', '0', '0') }} = target_amount as comes_out_in_full,
        (
            xero_discount_rate = 0
            and xero_discount_amount = 0
            and xero_rate is distinct from clio_rate
        ) as has_a_price_of_its_own
    from lines_with_targets

),

lines_with_a_way as (

    -- The way to the amount with the fewest fields to touch; where none leads there the amount itself is typed in.
    select
        *,
        case
            when is_tax_inclusive or not has_terms or is_as_it_should_be or comes_out_as_it_is then 'amount'
            when has_a_price_of_its_own and comes_out_in_cents then 'in cents'
            when has_a_price_of_its_own and comes_out_in_full then 'in full'
            when comes_out_as_in_clio then 'as in clio'
            when comes_out_by_rate then 'by rate'
            when comes_out_in_cents then 'in cents'
            when comes_out_in_full then 'in full'
            else 'amount'
        end as way
    from lines_with_what_they_come_to

),

lines_with_new_values as (

    select
        *,
        case when has_terms and not is_as_it_should_be then clio_quantity else xero_quantity end as new_quantity,
        case
            when way in ('as in clio', 'by rate') then clio_rate
            when way = 'in cents' then price_in_cents
            when way = 'in full' then price_in_full
            else xero_rate
        end as new_rate,
        case way
            when 'amount' then xero_discount_rate
            when 'as in clio' then clio_discount_rate
            when 'by rate' then bill_discount_rate
            else 0
        end as new_discount_rate,
        case way
            when 'amount' then xero_discount_amount
            when 'as in clio' then clio_discount_amount
            else 0
        end as new_discount_amount
    from lines_with_a_way

),

edits as (

    select
        *,
        {{ discount_rate_text('bill_discount_type', 'bill_discount_rate') }} as its_rate,
        {{ line_edit_in_words() }} as edit
    from lines_with_new_values

)

select
    firm_id,
    bill_id,
    line_status,
    role,
    xero_amount,
    target_amount,
    xero_tax_amount,
    target_tax_amount,
    row_number() over (
        partition by firm_id, bill_id
        order by line_number nulls last, bill_line_number nulls last, role nulls first
    ) as edit_order,
    edit
from edits
where edit is not null
