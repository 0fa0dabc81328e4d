{#-
    A unit price less the discounts that it carries, in whole units of `step` ten-thousandths (1: four decimals, 100: to
    the cent), rounded half away from zero. A line with a discount of its own is worth its net; of that and of any rate
    the bill's discount leaves `part` of `whole`. In whole numbers, because a division of decimals would pass through a
    binary float. Null where there is nothing to divide by.
-#}
{% macro discounted_price(net, quantity, rate, has_own_discount, part, whole, step) -%}
    cast(
        case
            when {{ has_own_discount }}
                then sign({{ net }}) * sign({{ quantity }}) * {{ half_up(
                    cents(net) ~ ' * ' ~ cents(part) ~ ' * 1000000',
                    cents(whole) ~ ' * ' ~ ten_thousandths(quantity) ~ ' * ' ~ step
                ) }}
            else sign({{ rate }}) * {{ half_up(
                ten_thousandths(rate) ~ ' * ' ~ cents(part), cents(whole) ~ ' * ' ~ step
            ) }}
        end * cast({{ step }} * 0.0001 as decimal(6, 4))
        as decimal(18, 4)
    )
{%- endmacro %}

{#- A quotient of whole numbers, rounded half up. -#}
{% macro half_up(numerator, denominator) -%}
    ((2 * {{ numerator }} + {{ denominator }}) // nullif(2 * {{ denominator }}, 0))
{%- endmacro %}

{#- A quantity or a rate in whole ten-thousandths, without its sign. -#}
{% macro ten_thousandths(number) -%}
    cast(abs({{ number }}) * 10000 as hugeint)
{%- endmacro %}
