-- How lines find their partner: one to one, with the step that found them and what agrees between them. First lines
-- that agree in everything, then those of equal terms with words around the other's text. Of what is left: lines of
-- equal amount, quantity and rate, the likest texts together; then lines of equal text, the nearest amounts together;
-- then lines alike enough in text and amount, or of one amount.
{%- set few = 2500 %}
{%- set few_of_one_kind = 400 %}
{%- set near = 5 %}
{%- set rare = 12 %}
{%- set steps_by_candidates = [
    ('of_equal_terms', 'amount_and_terms_agree', '1000 - text_likeness'),
    ('of_equal_text', 'text_agrees', '1000 - amount_closeness'),
    ('alike', 'is_alike', '2000 - text_likeness - amount_closeness'),
] %}
with

lines_of_clio_by_price as (

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
    from lines_of_clio_by_price

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

lines_of_one_text_and_price as (

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

lines_of_xero_that_a_line_may_be as (

    select *
    from lines_of_one_text_and_price
    where amount_agrees
    qualify
        row_number() over (partition by firm_id, bill_id, clio_line_key order by xero_position, xero_line_key) = 1

),

lines_equal as (

    -- Several equal ones are paired by their position.
    select
        firm_id,
        bill_id,
        clio_line_key,
        xero_line_key
    from lines_of_xero_that_a_line_may_be
    qualify
        row_number() over (partition by firm_id, bill_id, xero_line_key order by clio_position, clio_line_key) = 1

),

lines_without_an_equal as (

    {{ lines_left(ref('int_lines_to_align'), ['lines_equal']) }}

),

lines_longer_in_xero as (

    {{ pair_by_words_around('lines_without_an_equal', longer='xero', shorter='clio') }}

),

lines_not_longer_in_xero as (

    {{ lines_left('lines_without_an_equal', ['lines_longer_in_xero']) }}

),

lines_longer_in_clio as (

    {{ pair_by_words_around('lines_not_longer_in_xero', longer='clio', shorter='xero') }}

),

lines_that_are_left as (

    {{ lines_left('lines_not_longer_in_xero', ['lines_longer_in_clio']) }}

),

-- Every two lines that may still be one. Where few are left all are looked at; where many, those of one amount or one
-- text that stand near each other, and those that share a word which few others have. So a bill of thousands of lines
-- stays within its length.
lines_counted as (

    select
        *,
        row_number() over (
            partition by firm_id, bill_id, side, compared_amount order by line_position, line_key
        ) as place_in_amount,
        count(*) over (partition by firm_id, bill_id, side, compared_amount) as count_in_amount,
        row_number() over (
            partition by firm_id, bill_id, side, text_key order by compared_amount, line_position, line_key
        ) as place_in_text,
        count(*) over (partition by firm_id, bill_id, side, text_key) as count_in_text,
        count(case when side = 'clio' then 1 end) over (partition by firm_id, bill_id)
        * count(case when side = 'xero' then 1 end) over (partition by firm_id, bill_id) <= {{ few }} as is_one_of_few
    from lines_that_are_left

),

words_of_lines as (

    select
        firm_id,
        bill_id,
        side,
        line_key,
        unnest(words) as word
    from lines_counted
    where not is_one_of_few

),

rare_words as (

    select *
    from words_of_lines
    qualify count(*) over (partition by firm_id, bill_id, side, word) <= {{ rare }}

),

lines_proposed as (

    select
        clio.firm_id,
        clio.bill_id,
        clio.line_key as clio_line_key,
        xero.line_key as xero_line_key
    from lines_counted as clio
    inner join lines_counted as xero
        on clio.firm_id = xero.firm_id and clio.bill_id = xero.bill_id
    where clio.side = 'clio' and xero.side = 'xero' and clio.is_one_of_few

    {% for key, kind in [('compared_amount', 'amount'), ('text_key', 'text')] %}
        union

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
                and clio.{{ key }} = xero.{{ key }}
                and (
                    clio.count_in_{{ kind }} * xero.count_in_{{ kind }} <= {{ few_of_one_kind }}
                    or abs(clio.place_in_{{ kind }} - xero.place_in_{{ kind }}) <= {{ near }}
                )
        where clio.side = 'clio' and xero.side = 'xero' and not clio.is_one_of_few

    {% endfor %}
    union

    select
        clio.firm_id,
        clio.bill_id,
        clio.line_key as clio_line_key,
        xero.line_key as xero_line_key
    from rare_words as clio
    inner join rare_words as xero
        on clio.firm_id = xero.firm_id and clio.bill_id = xero.bill_id and clio.word = xero.word
    where clio.side = 'clio' and xero.side = 'xero'

),

lines_face_to_face as (

    select
        clio.firm_id,
        clio.bill_id,
        clio.line_key as clio_line_key,
        xero.line_key as xero_line_key,
        clio.line_position as clio_position,
        xero.line_position as xero_position,
        abs(clio.line_position - xero.line_position) as line_distance,
        clio.text_key = xero.text_key as text_agrees,
        {{ amounts_agree() }} as amount_agrees,
        {{ quantities_agree() }} and {{ rates_agree() }} as terms_agree,
        xero.compared_amount <> 0 as has_money,
        {{ text_likeness('clio.text_key', 'xero.text_key') }} as text_likeness,
        {{ closeness('clio.compared_amount', 'xero.compared_amount') }} as amount_closeness
    from lines_proposed as proposed
    inner join lines_counted as clio
        on
            proposed.firm_id = clio.firm_id
            and proposed.bill_id = clio.bill_id
            and proposed.clio_line_key = clio.line_key
            and clio.side = 'clio'
    inner join lines_counted as xero
        on
            proposed.firm_id = xero.firm_id
            and proposed.bill_id = xero.bill_id
            and proposed.xero_line_key = xero.line_key
            and xero.side = 'xero'

),

candidates as (

    select
        *,
        amount_agrees and terms_agree and (has_money or text_agrees) as amount_and_terms_agree,
        (amount_agrees and has_money) or (text_likeness >= 350 and text_likeness + amount_closeness >= 1000) as is_alike
    from lines_face_to_face

),

{% for step, condition, cost in steps_by_candidates %}
    candidates_{{ step }} as (

        select candidates.*
        from candidates
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

        {{ choose_partners(
            'candidates_' ~ step,
            within=['firm_id', 'bill_id'],
            left_order=['clio_position', 'clio_line_key'],
            right_order=['xero_position', 'xero_line_key'],
            costs=[cost, 'line_distance'],
        ) }}

    ),
{% endfor %}

pairs_of_lines as (

    {% for lines, step in [
        ('equal', 'equal'),
        ('longer_in_xero', 'with_words_around'),
        ('longer_in_clio', 'with_words_around'),
        ('of_equal_terms', 'of_equal_terms'),
        ('of_equal_text', 'of_equal_text'),
        ('alike', 'alike'),
    ] %}
        select
            firm_id,
            bill_id,
            clio_line_key,
            xero_line_key,
            '{{ step }}' as found_by
        from lines_{{ lines }}
        {{ 'union all' if not loop.last }}
    {% endfor %}

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
    clio.line_kind as clio_line_kind,
    xero.text_key as xero_text_key,
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
