-- Fifth step: of what is left, lines alike enough in text and amount, or of one amount.
with

candidates_left as (

    select candidates.*
    from {{ ref('int_line_candidates') }} as candidates
    left join {{ ref('int_lines_of_equal_terms') }} as of_equal_terms_of_clio
        on
            candidates.firm_id = of_equal_terms_of_clio.firm_id
            and candidates.bill_id = of_equal_terms_of_clio.bill_id
            and candidates.clio_line_key = of_equal_terms_of_clio.clio_line_key
    left join {{ ref('int_lines_of_equal_terms') }} as of_equal_terms_of_xero
        on
            candidates.firm_id = of_equal_terms_of_xero.firm_id
            and candidates.bill_id = of_equal_terms_of_xero.bill_id
            and candidates.xero_line_key = of_equal_terms_of_xero.xero_line_key
    left join {{ ref('int_lines_of_equal_text') }} as of_equal_text_of_clio
        on
            candidates.firm_id = of_equal_text_of_clio.firm_id
            and candidates.bill_id = of_equal_text_of_clio.bill_id
            and candidates.clio_line_key = of_equal_text_of_clio.clio_line_key
    left join {{ ref('int_lines_of_equal_text') }} as of_equal_text_of_xero
        on
            candidates.firm_id = of_equal_text_of_xero.firm_id
            and candidates.bill_id = of_equal_text_of_xero.bill_id
            and candidates.xero_line_key = of_equal_text_of_xero.xero_line_key
    where
        candidates.is_alike
        and of_equal_terms_of_clio.bill_id is null
        and of_equal_terms_of_xero.bill_id is null
        and of_equal_text_of_clio.bill_id is null
        and of_equal_text_of_xero.bill_id is null

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
        costs=['2000 - text_likeness - amount_closeness', 'line_distance'],
    ) }}
) as chosen
