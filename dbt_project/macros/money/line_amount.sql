{#-
    What Xero makes of a line: quantity x unit price less the discount, rounded half away from zero to the cent. In whole
    numbers, because it takes part in a comparison.
-#}
{% macro line_amount(quantity, rate, discount_rate, discount_amount) -%}
    cast(
        sign({{ quantity }}) * sign({{ rate }}) * {{ half_up(
            ten_thousandths(quantity) ~ ' * ' ~ ten_thousandths(rate)
            ~ ' * (1000000 - ' ~ ten_thousandths(discount_rate) ~ ')',
            'cast(1000000000000 as hugeint)'
        ) }} * cast(0.01 as decimal(3, 2)) - {{ discount_amount }}
        as decimal(18, 2)
    )
{%- endmacro %}

{#- The percentage of a discount in brackets, nothing for one in money. -#}
{% macro discount_rate_text(type, rate) -%}
    case when {{ type }} = 'percentage' then ' (' || {{ number_text(rate) }} || ' %)' else '' end
{%- endmacro %}
