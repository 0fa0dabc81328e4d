{#-
    What rounding leaves of a sum, cent by cent: each row of the group gets its part of `rest`, those first that stand
    furthest on the other side of what they should be (`deviation`), rows to be changed anyhow before rows that are
    kept. So no row strays further than a cent more than it did.
-#}
{% macro spread_rest(rest, group, is_kept, deviation, tie_breaker) -%}
    cast(
        sign({{ rest }}) * 0.01 * (
            {{ cents(rest) }} // count(*) over (partition by {{ group }})
            + case
                when
                    row_number() over (
                        partition by {{ group }}
                        order by sign({{ rest }}) * {{ deviation }}, {{ is_kept }}, {{ tie_breaker }}
                    ) <= {{ cents(rest) }} % count(*) over (partition by {{ group }})
                    then 1
                else 0
            end
        )
        as decimal(18, 2)
    )
{%- endmacro %}
