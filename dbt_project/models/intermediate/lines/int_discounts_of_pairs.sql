-- Where the discount of each pair's bill stands in Xero: in a line of its own, spread over the lines (as rates or in
-- the unit prices), or nowhere. Spread, where more lines of the bill have an equal in Xero less their share than in
-- full; where as many, if the nets leave no more between them than the lines round away.
with

lines_of_each_bill as (

    select
        firm_id,
        bill_id,
        sum(net_amount) as net_amount,
        sum(case when line_kind = 'Service' then net_amount else 0 end) as services_net_amount,
        count(case when net_amount <> 0 then 1 end) as line_count,
        count(case when is_discounted then 1 end) as discounted_count
    from {{ ref('int_bill_lines_valued') }}
    group by firm_id, bill_id

),

lines_of_each_invoice as (

    select
        lines.firm_id,
        lines.invoice_id,
        count(case when lines.is_discounted then 1 end) as discounted_count
    from {{ ref('int_invoice_lines_valued') }} as lines
    group by lines.firm_id, lines.invoice_id

),

lines_of_another_nature as (

    select
        special.firm_id,
        special.bill_id,
        bool_or(special.role = 'discount') as has_discount_line,
        sum(case when special.role <> 'discount' then lines.net_amount else 0 end) as other_amount
    from {{ ref('int_special_lines') }} as special
    inner join {{ ref('int_invoice_lines_valued') }} as lines
        on
            special.firm_id = lines.firm_id
            and special.invoice_id = lines.invoice_id
            and special.line_position = lines.line_position
    group by special.firm_id, special.bill_id

),

bills_with_a_discount as (

    -- A discount that the bill's lines already have in them is none that Xero would need besides.
    select
        pairs.firm_id,
        pairs.bill_id,
        pairs.invoice_id,
        bills.discount_amount,
        lines.line_count,
        coalesce(source.is_discount_on_services_only, false) and lines.services_net_amount <> 0 as is_on_services_only,
        cast(
            case
                when coalesce(source.is_discount_on_services_only, false) and lines.services_net_amount <> 0
                    then lines.services_net_amount
                else lines.net_amount
            end as decimal(18, 2)
        ) as discounted_net_amount,
        coalesce(special.has_discount_line, false) as has_discount_line,
        coalesce(invoice_lines.discounted_count, 0) > lines.discounted_count as has_more_rates,
        cast(
            invoices.net_amount - coalesce(special.other_amount, 0) - bills.net_amount as decimal(18, 2)
        ) as net_difference_amount
    from {{ ref('int_pairs') }} as pairs
    inner join {{ ref('int_bills_valued') }} as bills
        on pairs.firm_id = bills.firm_id and pairs.bill_id = bills.bill_id
    inner join {{ ref('stg_clio__bills') }} as source
        on pairs.firm_id = source.firm_id and pairs.bill_id = source.bill_id
    inner join {{ ref('int_invoices_valued') }} as invoices
        on pairs.firm_id = invoices.firm_id and pairs.invoice_id = invoices.invoice_id
    inner join lines_of_each_bill as lines
        on pairs.firm_id = lines.firm_id and pairs.bill_id = lines.bill_id
    left join lines_of_each_invoice as invoice_lines
        on pairs.firm_id = invoice_lines.firm_id and pairs.invoice_id = invoice_lines.invoice_id
    left join lines_of_another_nature as special
        on pairs.firm_id = special.firm_id and pairs.bill_id = special.bill_id
    where bills.discount_amount <> 0 and lines.net_amount <> bills.net_amount

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

lines_found as (

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

)

select
    bills.firm_id,
    bills.bill_id,
    bills.discount_amount,
    bills.discounted_net_amount,
    bills.is_on_services_only,
    bills.has_more_rates as is_in_rates,
    case
        when bills.has_discount_line then 'line'
        when coalesce(found.spread_count, 0) > coalesce(found.in_full_count, 0) then 'spread'
        when
            coalesce(found.spread_count, 0) = coalesce(found.in_full_count, 0)
            and bills.net_difference_amount <> bills.discount_amount
            and (
                bills.has_more_rates
                or abs(bills.net_difference_amount) <= 0.005 * bills.line_count + 0.005
            )
            then 'spread'
        else 'nowhere'
    end as place
from bills_with_a_discount as bills
left join lines_found as found
    on bills.firm_id = found.firm_id and bills.bill_id = found.bill_id
