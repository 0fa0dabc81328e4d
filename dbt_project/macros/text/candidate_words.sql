{#- A document as one of several that it may be: by number and day for who reads, by number and id for who copies. -#}
{% macro document_of_day(kind, number, day) -%}
    '{{ kind }} ' || coalesce({{ number }}, 'without a number')
    || ' of ' || coalesce(cast({{ day }} as varchar), 'no date')
{%- endmacro %}

{% macro number_and_id(number, id) -%}
    concat_ws(' ', {{ number }}, '(' || {{ id }} || ')')
{%- endmacro %}

{#- The candidates of one document, which are in their order and counted, and how many more there are. -#}
{% macro candidates_listed(words, separator) -%}
    string_agg({{ words }}, '{{ separator }} ' order by candidate_order)
    || case
        when max(candidate_count) > count(*)
            then '{{ separator }} and ' || (max(candidate_count) - count(*)) || ' more'
        else ''
    end
{%- endmacro %}
