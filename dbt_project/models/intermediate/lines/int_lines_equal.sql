-- First step: lines that agree in everything. Several equal ones are paired by their position.
with

lines_counted as (

    select
        *,
        row_number() over (
            partition by firm_id, bill_id, side, text_key, compared_amount, quantity, rate
            order by line_position, line_key
        ) as copy_number
    from {{ ref('int_lines_to_align') }}

)

select
    clio.firm_id,
    clio.bill_id,
    clio.line_key as clio_line_key,
    xero.line_key as xero_line_key
from lines_counted as clio
inner join lines_counted as xero
    on
        clio.firm_id = xero.firm_id
        and clio.bill_id = xero.bill_id
        and clio.text_key = xero.text_key
        and clio.compared_amount = xero.compared_amount
        and clio.quantity is not distinct from xero.quantity
        and clio.rate is not distinct from xero.rate
        and clio.copy_number = xero.copy_number
where clio.side = 'clio' and xero.side = 'xero'
