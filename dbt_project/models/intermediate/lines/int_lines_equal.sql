-- Lines that agree in everything. Several equal ones are paired by their position.
with

lines_of_clio as (

    -- By each unit price under which the line may stand in Xero.
    select
        *,
        unnest(list_distinct([
            coalesce(rate, 0), coalesce(price_in_cents, rate, 0), coalesce(price_in_full, rate, 0)
        ])) as price_to_find
    from {{ ref('int_lines_to_align') }}
    where side = 'clio'

),

lines_of_clio_counted as (

    select
        *,
        row_number() over (
            partition by firm_id, bill_id, text_key, compared_amount, quantity, price_to_find
            order by line_position, line_key
        ) as copy_number
    from lines_of_clio

),

lines_of_xero_counted as (

    select
        *,
        coalesce(rate, 0) as price_to_find,
        row_number() over (
            partition by firm_id, bill_id, text_key, compared_amount, quantity, rate
            order by line_position, line_key
        ) as copy_number
    from {{ ref('int_lines_to_align') }}
    where side = 'xero'

),

pairs_of_lines as (

    -- Equality in keys, so that long bills join fast; amounts that differ by a spread discount are looked at after it.
    select
        clio.firm_id,
        clio.bill_id,
        clio.line_key as clio_line_key,
        xero.line_key as xero_line_key,
        clio.line_position as clio_position,
        xero.line_position as xero_position,
        {{ amounts_agree() }} as amount_agrees
    from lines_of_clio_counted as clio
    inner join lines_of_xero_counted as xero
        on
            clio.firm_id = xero.firm_id
            and clio.bill_id = xero.bill_id
            and clio.text_key = xero.text_key
            and clio.quantity is not distinct from xero.quantity
            and clio.price_to_find = xero.price_to_find
            and clio.copy_number = xero.copy_number

),

pairs_that_agree as (

    select *
    from pairs_of_lines
    where amount_agrees
    qualify
        row_number() over (
            partition by firm_id, bill_id, clio_line_key order by xero_position, xero_line_key
        ) = 1

)

select
    firm_id,
    bill_id,
    clio_line_key,
    xero_line_key
from pairs_that_agree
qualify
    row_number() over (partition by firm_id, bill_id, xero_line_key order by clio_position, clio_line_key) = 1
