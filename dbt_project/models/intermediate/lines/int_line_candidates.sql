-- What is left after the lines of one text: every two lines of a pair that may still be one, with what speaks for them.
-- Where few are left all are looked at; where many, those of one amount or one text that stand near each other, and
-- those that share a word which few others have. So a bill of thousands of lines stays within its length.
{% set few = 2500 %}
{% set few_of_one_kind = 400 %}
{% set near = 5 %}
{% set rare = 12 %}

with

lines_that_are_left as (

    {{ lines_left(['int_lines_equal', 'int_lines_with_words_around']) }}

),

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

rare_words as (

    select
        firm_id,
        bill_id,
        side,
        line_key,
        word
    from (
        select
            firm_id,
            bill_id,
            side,
            line_key,
            unnest(words) as word
        from lines_counted
        where not is_one_of_few
    ) as all_words
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

)

select
    firm_id,
    bill_id,
    clio_line_key,
    xero_line_key,
    clio_position,
    xero_position,
    text_agrees,
    amount_agrees and terms_agree and (has_money or text_agrees) as amount_and_terms_agree,
    (amount_agrees and has_money) or (text_likeness >= 350 and text_likeness + amount_closeness >= 1000) as is_alike,
    text_likeness,
    amount_closeness,
    abs(clio_position - xero_position) as line_distance
from lines_face_to_face
