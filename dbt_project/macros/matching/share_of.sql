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

{#-
    How alike two texts are where one may have words in front of it or behind it: a text within the other is like it
    however much longer the other is.
-#}
{% macro text_likeness(one, other) -%}
    greatest(
        {{ likeness(one, other) }},
        case
            when least(length({{ one }}), length({{ other }})) < 4 then 0
            when
                starts_with({{ one }}, {{ other }} || ' ') or starts_with({{ other }}, {{ one }} || ' ')
                or ends_with({{ one }}, ' ' || {{ other }}) or ends_with({{ other }}, ' ' || {{ one }})
                then 900
            else 0
        end
    )
{%- endmacro %}

{#-
    Whether two lines speak of the same thing, for lines that are put together as a sum: the amounts prove little there,
    so that words have to. `one` and `other` are aliases of int_lines_to_align.
-#}
{% macro texts_are_like(one, other) -%}
    {%- set shared = "len(list_intersect(" ~ one ~ ".words, " ~ other ~ ".words))" -%}
    {%- set alike = text_likeness(one ~ ".text_key", other ~ ".text_key") -%}
    (
        {{ alike }} >= 700
        or (
            {{ shared }} > 0
            and (
                2 * {{ shared }} >= least(len({{ one }}.words), len({{ other }}.words))
                or {{ alike }} >= 350
            )
        )
    )
{%- endmacro %}
