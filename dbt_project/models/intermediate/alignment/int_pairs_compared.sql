-- Every pair with both heads, its nets before tax, how much may be rounding, and where its bill's discount stands in
-- Xero: in a line of its own, spread over the lines (as rates or in the unit prices), or nowhere. Spread, where more
-- lines of the bill have an equal in Xero less their share than in full; where as many, if the nets leave no more
-- between them than the lines round away.
with

lines_of_each_bill as (

    select
        firm_id,
        bill_id,
        sum(net_amount) as net_amount,
        sum(case when line_kind = 'Service' then net_amount else 0 end) as services_net_amount,
        sum(tax_amount) as tax_amount,
        sum(case when net_amount <> 0 then tax_count else 0 end) as tax_count,
        count(case when net_amount <> 0 then 1 end) as line_count,
        count(case when is_discounted then 1 end) as discounted_count
    from {{ ref('int_bill_lines_valued') }}
    group by firm_id, bill_id

),

lines_of_each_invoice as (

    select
        firm_id,
        invoice_id,
        count(case when is_discounted then 1 end) as discounted_count,
        bool_or(coalesce(role = 'interest', false)) as has_interest_line,
        bool_or(coalesce(role = 'discount', false)) as has_discount_line,
        sum(case when role = 'rounding' then net_amount else 0 end) as rounding_line_amount
    from {{ ref('int_invoice_lines_valued') }}
    group by firm_id, invoice_id

),

pairs_with_both_heads as (

    select
        pairs.firm_id,
        pairs.bill_id,
        pairs.invoice_id,
        bills.bill_class,
        invoices.invoice_class,
        {{ same_currency('bills.currency_code', 'invoices.currency_code') }} as currency_agrees,
        coalesce(invoices.line_amount_types, '') = 'Inclusive' as is_tax_inclusive,
        pairs.contact_outcome <> 'other' as contact_agrees,
        (bills.normalised_number_key is not distinct from invoices.normalised_number_key) as number_agrees,
        bills.issued_date as clio_issued_date,
        invoices.issued_date as xero_issued_date,
        bills.due_date as clio_due_date,
        invoices.due_date as xero_due_date,
        bills.net_amount as clio_net_amount,
        cast(
            invoices.net_amount - case when lines.has_interest_line then bills.interest_amount else 0 end
            as decimal(18, 2)
        ) as xero_net_amount,
        bills.discount_amount,
        bills.interest_amount,
        bills.tax_amount as clio_tax_amount,
        invoices.tax_amount as xero_tax_amount,
        coalesce(source.is_discount_on_services_only, false) as is_discount_on_services_only,
        coalesce(lines.has_interest_line, false) as has_interest_line,
        coalesce(lines.has_discount_line, false) as has_discount_line,
        cast(coalesce(lines.rounding_line_amount, 0) as decimal(18, 2)) as rounding_line_amount,
        coalesce(lines.discounted_count, 0) as xero_discounted_count
    from {{ ref('int_pairs') }} as pairs
    inner join {{ ref('int_bills_valued') }} as bills
        on pairs.firm_id = bills.firm_id and pairs.bill_id = bills.bill_id
    inner join {{ ref('stg_clio__bills') }} as source
        on pairs.firm_id = source.firm_id and pairs.bill_id = source.bill_id
    inner join {{ ref('int_sales_invoices') }} as invoices
        on pairs.firm_id = invoices.firm_id and pairs.invoice_id = invoices.invoice_id
    left join lines_of_each_invoice as lines
        on pairs.firm_id = lines.firm_id and pairs.invoice_id = lines.invoice_id

),

pairs_with_their_gap as (

    select
        *,
        cast(xero_net_amount - clio_net_amount - rounding_line_amount as decimal(18, 2)) as net_difference_amount
    from pairs_with_both_heads

),

bills_with_a_discount as (

    -- A discount that the bill's lines already have in them is none that Xero would need besides.
    select
        pairs.firm_id,
        pairs.bill_id,
        pairs.invoice_id,
        pairs.discount_amount,
        pairs.has_discount_line,
        pairs.net_difference_amount,
        lines.line_count,
        pairs.is_discount_on_services_only and lines.services_net_amount <> 0 as is_on_services_only,
        cast(
            case
                when pairs.is_discount_on_services_only and lines.services_net_amount <> 0
                    then lines.services_net_amount
                else lines.net_amount
            end as decimal(18, 2)
        ) as discounted_net_amount,
        pairs.xero_discounted_count > lines.discounted_count as has_more_rates
    from pairs_with_their_gap as pairs
    inner join lines_of_each_bill as lines
        on pairs.firm_id = lines.firm_id and pairs.bill_id = lines.bill_id
    where pairs.discount_amount <> 0 and lines.net_amount <> pairs.clio_net_amount

),

lines_that_may_carry_it as (

    select
        bills.firm_id,
        bills.bill_id,
        bills.invoice_id,
        lines.line_item_id,
        lines.net_amount,
        {%- for step in [100, 1] %}
            cast(lines.quantity * {{ discounted_price(
                'lines.net_amount', 'lines.quantity', 'lines.rate', 'lines.is_discounted',
                'bills.discounted_net_amount - bills.discount_amount', 'bills.discounted_net_amount', step
            ) }} as decimal(18, 2)) as amount_by_price_{{ step }},
        {%- endfor %}
        coalesce({{ share_of(
            'lines.net_amount', 'bills.discounted_net_amount - bills.discount_amount', 'bills.discounted_net_amount'
        ) }}, lines.net_amount) as share_amount
    from bills_with_a_discount as bills
    inner join {{ ref('int_bill_lines_valued') }} as lines
        on bills.firm_id = lines.firm_id and bills.bill_id = lines.bill_id
    where
        not bills.has_discount_line
        and lines.net_amount <> 0
        and (not bills.is_on_services_only or lines.line_kind = 'Service')

),

amounts_looked_for as (

    select
        firm_id,
        bill_id,
        invoice_id,
        line_item_id,
        'in full' as how,
        net_amount as amount
    from lines_that_may_carry_it

    union all

    select
        firm_id,
        bill_id,
        invoice_id,
        line_item_id,
        'spread' as how,
        unnest([
            share_amount - 0.01, share_amount, share_amount + 0.01, amount_by_price_100, amount_by_price_1
        ]) as amount
    from lines_that_may_carry_it

),

lines_with_an_equal_in_xero as (

    select
        looked_for.firm_id,
        looked_for.bill_id,
        count(distinct case when looked_for.how = 'in full' then looked_for.line_item_id end) as in_full_count,
        count(distinct case when looked_for.how = 'spread' then looked_for.line_item_id end) as spread_count
    from amounts_looked_for as looked_for
    inner join {{ ref('int_invoice_lines_valued') }} as lines
        on
            looked_for.firm_id = lines.firm_id
            and looked_for.invoice_id = lines.invoice_id
            and looked_for.amount = lines.net_amount
    group by looked_for.firm_id, looked_for.bill_id

),

discounts_with_their_place as (

    select
        bills.*,
        case
            when bills.has_discount_line then 'line'
            when coalesce(equals.spread_count, 0) > coalesce(equals.in_full_count, 0) then 'spread'
            when
                coalesce(equals.spread_count, 0) = coalesce(equals.in_full_count, 0)
                and bills.net_difference_amount <> bills.discount_amount
                and (
                    bills.has_more_rates
                    or abs(bills.net_difference_amount) <= 0.005 * bills.line_count + 0.005
                )
                then 'spread'
            else 'nowhere'
        end as place
    from bills_with_a_discount as bills
    left join lines_with_an_equal_in_xero as equals
        on bills.firm_id = equals.firm_id and bills.bill_id = equals.bill_id

)

select
    pairs.firm_id,
    pairs.bill_id,
    pairs.invoice_id,
    pairs.bill_class,
    pairs.invoice_class,
    pairs.currency_agrees,
    pairs.is_tax_inclusive,
    pairs.contact_agrees,
    pairs.number_agrees,
    pairs.clio_issued_date,
    pairs.xero_issued_date,
    pairs.clio_due_date,
    pairs.xero_due_date,
    pairs.clio_net_amount,
    pairs.xero_net_amount,
    pairs.clio_tax_amount,
    pairs.xero_tax_amount,
    pairs.interest_amount,
    pairs.discount_amount,
    pairs.has_interest_line,
    pairs.rounding_line_amount <> 0 as has_rounding_line,
    pairs.rounding_line_amount,
    pairs.net_difference_amount,
    cast(0.005 * coalesce(lines.tax_count, 0) + 0.005 as decimal(18, 3)) as tax_rounding_limit,
    coalesce(discounts.place, 'none') as discount_place,
    coalesce(discounts.place = 'spread', false) as is_discount_spread,
    coalesce(discounts.is_on_services_only, false) as is_discount_on_services_only,
    -- Of a line's net before the discount this much is left after it: part of whole.
    cast(coalesce(discounts.discounted_net_amount - discounts.discount_amount, 1) as decimal(18, 2))
        as discounted_part_amount,
    cast(coalesce(discounts.discounted_net_amount, 1) as decimal(18, 2)) as discounted_whole_amount,
    -- The taxes of single lines can be compared where they add up to the bill's.
    abs(coalesce(lines.tax_amount, 0) - pairs.clio_tax_amount) <= 0.005 * coalesce(lines.tax_count, 0) + 0.005
        as has_line_taxes
from pairs_with_their_gap as pairs
left join lines_of_each_bill as lines
    on pairs.firm_id = lines.firm_id and pairs.bill_id = lines.bill_id
left join discounts_with_their_place as discounts
    on pairs.firm_id = discounts.firm_id and pairs.bill_id = discounts.bill_id
