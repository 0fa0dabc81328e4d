-- Of what is left, lines of equal amount, quantity and rate, of which one has the other's text with words in front of
-- it or behind it: a date, initials, up to a dozen words. The longest such text counts, and several equal ones are
-- paired by their position. Said in keys and not by comparing texts: a bill of thousands of such lines is ordinary.
{% set most_words = 12 %}

with

lines_that_are_left as (

    {{ lines_left(['int_lines_equal']) }}

),

lines_in_words as (

    select
        *,
        coalesce(quantity, 0) as quantity_key,
        coalesce(rate, 0) as rate_key,
        string_split(text_key, ' ') as all_words
    from lines_that_are_left
    where compared_amount <> 0 and has_terms

),

{% for longer, shorter in [('xero', 'clio'), ('clio', 'xero')] %}
    texts_within_{{ longer }} as (

        select
            firm_id,
            bill_id,
            line_key,
            line_position,
            compared_amount,
            quantity_key,
            rate_key,
            dropped,
            unnest([
                array_to_string(list_slice(all_words, dropped + 1, -1), ' '),
                regexp_replace(
                    array_to_string(list_slice(all_words, 1, len(all_words) - dropped), ' '), '[\s\p{P}]+$', ''
                )
            ]) as text_within
        from (
            select
                *,
                unnest(range(1, least({{ most_words }}, len(all_words) - 1) + 1)) as dropped
            from lines_in_words
            where
                side = '{{ longer }}'
                {%- if not loop.first %}
                    and not exists (
                        select 1
                        from pairs_with_more_in_xero as pairs
                        where
                            pairs.firm_id = lines_in_words.firm_id
                            and pairs.bill_id = lines_in_words.bill_id
                            and pairs.clio_line_key = lines_in_words.line_key
                    )
                {%- endif %}
        ) as shortened

    ),

    shorter_lines_of_{{ shorter }} as (

        select
            *,
            row_number() over (
                partition by firm_id, bill_id, compared_amount, quantity_key, rate_key, text_key
                order by line_position, line_key
            ) as copy_number
        from lines_in_words
        where
            side = '{{ shorter }}'
            and text_key <> ''
            {%- if not loop.first %}
                and not exists (
                    select 1
                    from pairs_with_more_in_xero as pairs
                    where
                        pairs.firm_id = lines_in_words.firm_id
                        and pairs.bill_id = lines_in_words.bill_id
                        and pairs.xero_line_key = lines_in_words.line_key
                )
            {%- endif %}

    ),

    longer_lines_of_{{ longer }} as (

        -- A longer line goes by the longest text of the other side that is within it.
        select
            texts.*,
            row_number() over (
                partition by
                    texts.firm_id, texts.bill_id, texts.compared_amount, texts.quantity_key, texts.rate_key,
                    texts.text_within
                order by texts.line_position, texts.line_key
            ) as copy_number
        from (
            select texts.*
            from texts_within_{{ longer }} as texts
            inner join shorter_lines_of_{{ shorter }} as shorter
                on
                    texts.firm_id = shorter.firm_id
                    and texts.bill_id = shorter.bill_id
                    and texts.compared_amount = shorter.compared_amount
                    and texts.quantity_key = shorter.quantity_key
                    and texts.rate_key = shorter.rate_key
                    and texts.text_within = shorter.text_key
                    and shorter.copy_number = 1
            qualify
                row_number() over (
                    partition by texts.firm_id, texts.bill_id, texts.line_key
                    order by texts.dropped asc, length(texts.text_within) desc, texts.text_within asc
                ) = 1
        ) as texts

    ),

    pairs_with_more_in_{{ longer }} as (

        select
            {{ longer }}.firm_id,
            {{ longer }}.bill_id,
            {{ longer }}.line_key as {{ longer }}_line_key,
            {{ shorter }}.line_key as {{ shorter }}_line_key
        from longer_lines_of_{{ longer }} as {{ longer }}
        inner join shorter_lines_of_{{ shorter }} as {{ shorter }}
            on
                {{ longer }}.firm_id = {{ shorter }}.firm_id
                and {{ longer }}.bill_id = {{ shorter }}.bill_id
                and {{ longer }}.compared_amount = {{ shorter }}.compared_amount
                and {{ longer }}.quantity_key = {{ shorter }}.quantity_key
                and {{ longer }}.rate_key = {{ shorter }}.rate_key
                and {{ longer }}.text_within = {{ shorter }}.text_key
                and {{ longer }}.copy_number = {{ shorter }}.copy_number

    ){{ ',' if not loop.last }}
{% endfor %}

select
    firm_id,
    bill_id,
    clio_line_key,
    xero_line_key
from pairs_with_more_in_xero

union all

select
    firm_id,
    bill_id,
    clio_line_key,
    xero_line_key
from pairs_with_more_in_clio
