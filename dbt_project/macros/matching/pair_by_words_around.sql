{#-
    Of some lines, those of one amount, quantity and rate of which `longer`'s has the text of `shorter`'s (the two sides)
    with words in front of it or behind it: a date, initials, up to a dozen words. The longest such text counts, and
    several equal ones are paired by their position. Said in keys and not by comparing texts: a bill of thousands of such
    lines is ordinary. Gives two lines of a pair by their keys.
-#}
{% macro pair_by_words_around(lines, longer, shorter) -%}
{%- set most_words = 12 -%}
with

lines_in_words as (

    select
        *,
        coalesce(quantity, 0) as quantity_key,
        coalesce(rate, 0) as rate_key,
        string_split(text_key, ' ') as all_words
    from {{ lines }}
    where compared_amount <> 0 and has_terms

),

texts_within_longer_lines as (

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
        where side = '{{ longer }}'
    ) as shortened

),

shorter_lines as (

    select
        *,
        row_number() over (
            partition by firm_id, bill_id, compared_amount, quantity_key, rate_key, text_key
            order by line_position, line_key
        ) as copy_number
    from lines_in_words
    where side = '{{ shorter }}' and text_key <> ''

),

longest_texts_within as (

    -- A longer line goes by the longest text of the other side that is within it.
    select texts.*
    from texts_within_longer_lines as texts
    inner join shorter_lines as shorter
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

),

longer_lines as (

    select
        *,
        row_number() over (
            partition by firm_id, bill_id, compared_amount, quantity_key, rate_key, text_within
            order by line_position, line_key
        ) as copy_number
    from longest_texts_within

)

select
    longer.firm_id,
    longer.bill_id,
    {% for side in ['clio', 'xero'] %}
        {{ 'longer' if side == longer else 'shorter' }}.line_key as {{ side }}_line_key{{ ',' if not loop.last }}
    {% endfor %}
from longer_lines as longer
inner join shorter_lines as shorter
    on
        longer.firm_id = shorter.firm_id
        and longer.bill_id = shorter.bill_id
        and longer.compared_amount = shorter.compared_amount
        and longer.quantity_key = shorter.quantity_key
        and longer.rate_key = shorter.rate_key
        and longer.text_within = shorter.text_key
        and longer.copy_number = shorter.copy_number
{%- endmacro %}
