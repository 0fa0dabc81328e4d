{#-
    amount x part / whole, rounded half away from zero to the cent. In whole cents, because a division of decimals would
    pass through a binary float.
-#}
{% macro share_of(amount, part, whole) -%}
    cast(
        sign({{ amount }}) * sign({{ part }}) * sign({{ whole }})
        * (
            (2 * {{ cents(amount) }} * {{ cents(part) }} + {{ cents(whole) }})
            // nullif(2 * {{ cents(whole) }}, 0)
        )
        * cast(0.01 as decimal(3, 2))
        as decimal(18, 2)
    )
{%- endmacro %}

{#- An amount in whole cents, without its sign. -#}
{% macro cents(amount) -%}
    cast(abs({{ amount }}) * 100 as hugeint)
{%- endmacro %}

{#- How much of the larger amount the smaller one is, in thousandths; 0 when their signs differ. -#}
{% macro closeness(one, other) -%}
    case
        when {{ one }} = {{ other }} then 1000
        when sign({{ one }}) <> sign({{ other }}) then 0
        else cast(
            1000 * least({{ cents(one) }}, {{ cents(other) }})
            // nullif(greatest({{ cents(one) }}, {{ cents(other) }}), 0)
            as integer
        )
    end
{%- endmacro %}

{#- How alike two wordings are, in thousandths: what of the longer one need not be typed again. -#}
{% macro likeness(one, other) -%}
    case
        when {{ one }} = {{ other }} then 1000
        else 1000 - cast(
            1000 * levenshtein(left({{ one }}, 240), left({{ other }}, 240))
            // greatest(length(left({{ one }}, 240)), length(left({{ other }}, 240)), 1)
            as integer
        )
    end
{%- endmacro %}
