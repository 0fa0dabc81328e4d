{#-
    A foreign amount in the organisation's own currency, rounded to the cent. Xero's rate is foreign per own. In whole
    units of the tenth decimal, because a division of decimals would pass through a binary float.
-#}
{% macro in_own_currency(amount, rate) -%}
    case
        when coalesce({{ rate }}, 1) in (0, 1) then {{ amount }}
        else cast(
            sign({{ amount }})
            * (
                (2 * {{ cents(amount) }} * 10000000000 + cast({{ rate }} * 10000000000 as hugeint))
                // (2 * cast({{ rate }} * 10000000000 as hugeint))
            )
            * cast(0.01 as decimal(3, 2))
            as decimal(18, 2)
        )
    end
{%- endmacro %}
