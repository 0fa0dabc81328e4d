-- Lines one to one, with the step that found them and what agrees between them. First lines that agree in everything,
-- then those with words around the other's text. Of what is left: lines of equal amount, quantity and rate, the likest
-- texts together; then lines of equal text, the nearest amounts together; then lines alike enough in text and amount,
-- or of one amount.
{%- set exact_steps = ['equal', 'with_words_around'] %}
{%- set steps_by_candidates = [
    ('of_equal_terms', 'amount_and_terms_agree', '1000 - text_likeness'),
    ('of_equal_text', 'text_agrees', '1000 - amount_closeness'),
    ('alike', 'is_alike', '2000 - text_likeness - amount_closeness'),
] %}
with

{% for step, condition, cost in steps_by_candidates %}
    candidates_{{ step }} as (

        select candidates.*
        from {{ ref('int_line_candidates') }} as candidates
        where
            candidates.{{ condition }}
            {%- for earlier_step, _, _ in steps_by_candidates[:loop.index0] %}
                {%- for line_key in ['clio_line_key', 'xero_line_key'] %}
                    and not exists (
                        select 1
                        from lines_{{ earlier_step }} as earlier
                        where
                            earlier.firm_id = candidates.firm_id
                            and earlier.bill_id = candidates.bill_id
                            and earlier.{{ line_key }} = candidates.{{ line_key }}
                    )
                {%- endfor %}
            {%- endfor %}

    ),

    lines_{{ step }} as (

        select
            firm_id,
            bill_id,
            clio_line_key,
            xero_line_key
        from (
            {{ choose_partners(
                'candidates_' ~ step,
                within=['firm_id', 'bill_id'],
                left_order=['clio_position', 'clio_line_key'],
                right_order=['xero_position', 'xero_line_key'],
                costs=[cost, 'line_distance'],
            ) }}
        ) as chosen

    ),
{% endfor %}

pairs_of_lines as (

    {% for step in exact_steps %}
        select
            firm_id,
            bill_id,
            clio_line_key,
            xero_line_key,
            '{{ step }}' as found_by
        from {{ ref('int_lines_' ~ step) }}
        union all
    {% endfor %}
    {%- for step, _, _ in steps_by_candidates %}
        select
            *,
            '{{ step }}' as found_by
        from lines_{{ step }}
        {{ 'union all' if not loop.last }}
    {%- endfor %}

)

select
    pairs.firm_id,
    pairs.bill_id,
    pairs.clio_line_key,
    pairs.xero_line_key,
    pairs.found_by,
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
