{#- What comes before a step that Xero refuses in locked books; nothing where the day is outside them. -#}
{% macro locked_books_first(day, locked_until_date) -%}
    case
        when {{ day }} <= {{ locked_until_date }}
            then 'It is dated in books that Xero has locked until ' || {{ locked_until_date }}
                || ': ask the firm first whether to open them. '
        else ''
    end
{%- endmacro %}
