-- Every pair with its nets before tax, and where its bill's discount is looked for in Xero: in a line of its own,
-- spread over the lines (as rates or in the unit prices), or nowhere.
with

lines_of_each_invoice as (

    select
        firm_id,
        invoice_id,
        count(case when is_discounted then 1 end) as discounted_count
    from {{ ref('int_invoice_lines_valued') }}
    group by firm_id, invoice_id

),

lines_of_each_bill as (

    select
        firm_id,
        bill_id,
        count(case when net_amount <> 0 then 1 end) as line_count,
        count(case when net_amount <> 0 and is_taxed then 1 end) as taxed_line_count,
        count(case when is_discounted then 1 end) as discounted_count
    from {{ ref('int_bill_lines_valued') }}
    group by firm_id, bill_id

),

special_lines_of_each_pair as (

    select
        special.firm_id,
        special.bill_id,
        bool_or(special.role = 'interest') as has_interest_line,
        bool_or(special.role = 'discount') as has_discount_line,
        sum(case when special.role = 'rounding' then lines.net_amount else 0 end) as rounding_line_amount
    from {{ ref('int_pair_special_lines') }} as special
    inner join {{ ref('int_invoice_lines_valued') }} as lines
        on
            special.firm_id = lines.firm_id
            and special.invoice_id = lines.invoice_id
            and special.line_position = lines.line_position
    group by special.firm_id, special.bill_id

),

pairs_with_their_nets as (

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
        coalesce(bills.discount_type, '') = 'percentage' as has_percentage_discount,
        cast(
            invoices.net_amount
            - case when special.has_interest_line then bills.interest_amount else 0 end
            as decimal(18, 2)
        ) as xero_net_amount,
        coalesce(special.has_interest_line, false) as has_interest_line,
        coalesce(special.has_discount_line, false) as has_discount_line,
        cast(coalesce(special.rounding_line_amount, 0) as decimal(18, 2)) as rounding_line_amount,
        coalesce(bill_lines.line_count, 0) as line_count,
        coalesce(bill_lines.taxed_line_count, 0) as taxed_line_count,
        coalesce(invoice_lines.discounted_count, 0) > coalesce(bill_lines.discounted_count, 0) as has_more_rates
    from {{ ref('int_pairs_resolved') }} as pairs
    inner join {{ ref('int_bills_valued') }} as bills
        on pairs.firm_id = bills.firm_id and pairs.bill_id = bills.bill_id
    inner join {{ ref('int_invoices_valued') }} as invoices
        on pairs.firm_id = invoices.firm_id and pairs.invoice_id = invoices.invoice_id
    left join special_lines_of_each_pair as special
        on pairs.firm_id = special.firm_id and pairs.bill_id = special.bill_id
    left join lines_of_each_bill as bill_lines
        on pairs.firm_id = bill_lines.firm_id and pairs.bill_id = bill_lines.bill_id
    left join lines_of_each_invoice as invoice_lines
        on pairs.firm_id = invoice_lines.firm_id and pairs.invoice_id = invoice_lines.invoice_id

)

select
    *,
    cast(clio_net_amount + discount_amount as decimal(18, 2)) as clio_net_before_discount_amount,
    cast(xero_net_amount - clio_net_amount - rounding_line_amount as decimal(18, 2)) as net_difference_amount,
    cast(0.005 * line_count + 0.005 as decimal(18, 3)) as line_rounding_limit,
    cast(0.005 * taxed_line_count + 0.005 as decimal(18, 3)) as tax_rounding_limit,
    discount_amount <> 0
    and not has_discount_line
    and xero_net_amount - rounding_line_amount <> clio_net_amount + discount_amount
    and (
        has_more_rates
        or abs(xero_net_amount - clio_net_amount - rounding_line_amount) <= 0.005 * line_count + 0.005
    ) as is_discount_spread
from pairs_with_their_nets
