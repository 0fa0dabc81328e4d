-- Lines one to one, equal or chosen, with what agrees between them.
with

pairs_of_lines as (

    select
        firm_id,
        bill_id,
        clio_line_key,
        xero_line_key
    from {{ ref('int_lines_equal') }}

    union all

    select
        firm_id,
        bill_id,
        clio_line_key,
        xero_line_key
    from {{ ref('int_lines_chosen') }}

)

select
    pairs.firm_id,
    pairs.bill_id,
    pairs.clio_line_key,
    pairs.xero_line_key,
    clio.line_position as clio_position,
    xero.line_position as xero_position,
    clio.compared_amount as clio_amount,
    xero.compared_amount as xero_amount,
    clio.text_key = xero.text_key as text_agrees,
    (
        clio.quantity is not distinct from xero.quantity
        and (not xero.has_comparable_rate or clio.rate is not distinct from xero.rate)
    ) as terms_agree,
    abs(clio.compared_amount - xero.compared_amount) <= xero.amount_tolerance as amount_agrees
from pairs_of_lines as pairs
inner join {{ ref('int_lines_to_align') }} as clio
    on
        pairs.firm_id = clio.firm_id
        and pairs.bill_id = clio.bill_id
        and pairs.clio_line_key = clio.line_key
        and clio.side = 'clio'
inner join {{ ref('int_lines_to_align') }} as xero
    on
        pairs.firm_id = xero.firm_id
        and pairs.bill_id = xero.bill_id
        and pairs.xero_line_key = xero.line_key
        and xero.side = 'xero'
