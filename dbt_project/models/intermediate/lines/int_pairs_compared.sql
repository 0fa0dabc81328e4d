-- Every pair with its nets before tax, where its bill's discount stands in Xero, and how much may be rounding.
with

lines_of_each_bill as (

    select
        firm_id,
        bill_id,
        sum(net_amount) as net_amount,
        sum(tax_amount) as tax_amount,
        sum(case when net_amount <> 0 then tax_count else 0 end) as tax_count
    from {{ ref('int_bill_lines_valued') }}
    group by firm_id, bill_id

),

special_lines_of_each_pair as (

    select
        special.firm_id,
        special.bill_id,
        bool_or(special.role = 'interest') as has_interest_line,
        sum(case when special.role = 'rounding' then lines.net_amount else 0 end) as rounding_line_amount
    from {{ ref('int_special_lines') }} as special
    inner join {{ ref('int_invoice_lines_valued') }} as lines
        on
            special.firm_id = lines.firm_id
            and special.invoice_id = lines.invoice_id
            and special.line_position = lines.line_position
    group by special.firm_id, special.bill_id

)

select
    pairs.firm_id,
    pairs.bill_id,
    pairs.invoice_id,
    bills.bill_class,
    invoices.invoice_class,
    {{ same_currency('bills.currency_code', 'invoices.currency_code') }} as currency_agrees,
    coalesce(invoices.line_amount_types, '') = 'Inclusive' as is_tax_inclusive,
    bills.net_amount as clio_net_amount,
    bills.discount_amount,
    cast(
        invoices.net_amount - case when special.has_interest_line then bills.interest_amount else 0 end
        as decimal(18, 2)
    ) as xero_net_amount,
    coalesce(special.has_interest_line, false) as has_interest_line,
    coalesce(special.rounding_line_amount, 0) <> 0 as has_rounding_line,
    cast(coalesce(special.rounding_line_amount, 0) as decimal(18, 2)) as rounding_line_amount,
    cast(
        invoices.net_amount - bills.net_amount
        - case when special.has_interest_line then bills.interest_amount else 0 end
        - coalesce(special.rounding_line_amount, 0)
        as decimal(18, 2)
    ) as net_difference_amount,
    cast(0.005 * coalesce(bill_lines.tax_count, 0) + 0.005 as decimal(18, 3)) as tax_rounding_limit,
    coalesce(discounts.place, 'none') as discount_place,
    coalesce(discounts.place = 'spread', false) as is_discount_spread,
    coalesce(discounts.is_in_rates, false) as is_discount_in_rates,
    coalesce(discounts.is_on_services_only, false) as is_discount_on_services_only,
    -- Of a line's net before the discount this much is left after it: part of whole.
    cast(coalesce(discounts.discounted_net_amount - discounts.discount_amount, 1) as decimal(18, 2))
        as discounted_part_amount,
    cast(coalesce(discounts.discounted_net_amount, 1) as decimal(18, 2)) as discounted_whole_amount,
    -- The taxes of single lines can be compared where they add up to the bill's.
    abs(coalesce(bill_lines.tax_amount, 0) - bills.tax_amount) <= 0.005 * coalesce(bill_lines.tax_count, 0) + 0.005
        as has_line_taxes
from {{ ref('int_pairs') }} as pairs
inner join {{ ref('int_bills_valued') }} as bills
    on pairs.firm_id = bills.firm_id and pairs.bill_id = bills.bill_id
inner join {{ ref('int_invoices_valued') }} as invoices
    on pairs.firm_id = invoices.firm_id and pairs.invoice_id = invoices.invoice_id
left join special_lines_of_each_pair as special
    on pairs.firm_id = special.firm_id and pairs.bill_id = special.bill_id
left join lines_of_each_bill as bill_lines
    on pairs.firm_id = bill_lines.firm_id and pairs.bill_id = bill_lines.bill_id
left join {{ ref('int_discounts_of_pairs') }} as discounts
    on pairs.firm_id = discounts.firm_id and pairs.bill_id = discounts.bill_id
