{#- The net of a line of Xero's: without its taxes, where its document states amounts with them. -#}
{% macro net_of_line(lines, documents) -%}
    cast(
        coalesce({{ lines }}.line_amount, 0)
        - case when {{ documents }}.line_amount_types = 'Inclusive' then coalesce({{ lines }}.tax_amount, 0) else 0 end
        as decimal(18, 2)
    )
{%- endmacro %}
