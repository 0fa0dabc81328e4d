-- Lines one to one, whichever step found them, with what agrees between them.
{% set steps = [
    'int_lines_equal', 'int_lines_with_words_around', 'int_lines_of_equal_terms', 'int_lines_of_equal_text',
    'int_lines_alike'
] %}

with

pairs_of_lines as (

    {% for step in steps %}
        select
            firm_id,
            bill_id,
            clio_line_key,
            xero_line_key
        from {{ ref(step) }}
        {{ 'union all' if not loop.last }}
    {% endfor %}

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
    clio.tax_amount as clio_tax_amount,
    xero.tax_amount as xero_tax_amount,
    clio.text_key = xero.text_key as text_agrees,
    {{ quantities_agree() }} and {{ rates_agree() }} as terms_agree,
    {{ amounts_agree() }} as amount_agrees
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
