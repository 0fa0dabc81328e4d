-- What is left after the equal lines: every two lines of a pair that may still be one, and how well they go together.
-- 1: amount, quantity and rate equal; 2: wording equal; 3: alike enough in wording and amount. Where a discount is
-- spread over the lines an amount is equal when it is so up to the rounding of its share.
with

lines_with_a_partner as (

    -- Side and key as columns of one list: a join that has to look which side a line is on would compare all with
    -- all.
    select
        firm_id,
        bill_id,
        'clio' as side,
        clio_line_key as line_key
    from {{ ref('int_lines_equal') }}

    union all

    select
        firm_id,
        bill_id,
        'xero' as side,
        xero_line_key as line_key
    from {{ ref('int_lines_equal') }}

),

lines_left as (

    select lines.*
    from {{ ref('int_lines_to_align') }} as lines
    left join lines_with_a_partner as partners
        on
            lines.firm_id = partners.firm_id
            and lines.bill_id = partners.bill_id
            and lines.side = partners.side
            and lines.line_key = partners.line_key
    where partners.bill_id is null

),

lines_face_to_face as (

    select
        clio.firm_id,
        clio.bill_id,
        clio.line_key as clio_line_key,
        xero.line_key as xero_line_key,
        clio.line_position as clio_position,
        xero.line_position as xero_position,
        clio.text_key = xero.text_key as text_agrees,
        abs(clio.compared_amount - xero.compared_amount) <= xero.amount_tolerance as amount_agrees,
        (clio.quantity is not distinct from xero.quantity) as quantity_agrees,
        (not xero.has_comparable_rate or clio.rate is not distinct from xero.rate) as rate_agrees,
        xero.compared_amount <> 0 as has_money,
        {{ likeness('clio.text_key', 'xero.text_key') }} as text_likeness,
        {{ closeness('clio.compared_amount', 'xero.compared_amount') }} as amount_closeness
    from lines_left as clio
    inner join lines_left as xero
        on clio.firm_id = xero.firm_id and clio.bill_id = xero.bill_id
    where clio.side = 'clio' and xero.side = 'xero'

),

candidates_graded as (

    select
        *,
        case
            when amount_agrees and quantity_agrees and rate_agrees and text_agrees then 0
            when amount_agrees and quantity_agrees and rate_agrees and has_money then 1
            when text_agrees then 2
            when amount_agrees and has_money then 3
            when text_likeness >= 350 and text_likeness + amount_closeness >= 1000 then 3
        end as grade
    from lines_face_to_face

)

select
    firm_id,
    bill_id,
    clio_line_key,
    xero_line_key,
    grade,
    text_likeness,
    amount_closeness,
    abs(clio_position - xero_position) as line_distance,
    row_number() over (
        partition by firm_id, bill_id
        order by
            grade asc,
            text_likeness + amount_closeness desc,
            abs(clio_position - xero_position) asc,
            clio_position asc,
            xero_position asc,
            clio_line_key asc,
            xero_line_key asc
    ) as preference
from candidates_graded
where grade is not null
