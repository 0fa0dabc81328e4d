-- Third step: lines of equal amount, quantity and rate, the likest texts together.
with

candidates_left as (

    select candidates.*
    from {{ ref('int_line_candidates') }} as candidates
    where candidates.amount_and_terms_agree

)

select
    firm_id,
    bill_id,
    clio_line_key,
    xero_line_key
from (
    {{ choose_partners(
        'candidates_left',
        within=['firm_id', 'bill_id'],
        left_order=['clio_position', 'clio_line_key'],
        right_order=['xero_position', 'xero_line_key'],
        costs=['1000 - text_likeness', 'line_distance'],
    ) }}
) as chosen
