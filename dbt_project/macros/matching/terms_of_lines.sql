{#-
    What two lines of a pair have to agree in, said once: `clio` and `xero` are the aliases of the two in
    int_lines_to_align.
-#}

{#-
    Equal amounts. A discount that is spread leaves each line its share, to within a cent; where the unit price
    carries it, what that price comes to.
-#}
{% macro amounts_agree() -%}
    case
        when clio.is_discount_spread
            then abs(clio.compared_amount - xero.compared_amount) <= 0.01
                or (
                    coalesce(xero.rate in (clio.price_in_cents, clio.price_in_full), false)
                    and clio.quantity is not distinct from xero.quantity
                )
        else clio.compared_amount = xero.compared_amount
    end
{%- endmacro %}

{#-
    Equal quantities. A summary line of Clio has none of its own, a line of nothing says nothing by it, and a
    tax-inclusive invoice states other prices.
-#}
{% macro quantities_agree() -%}
    (
        not clio.has_terms
        or (clio.compared_amount = 0 and xero.compared_amount = 0)
        or clio.quantity is not distinct from xero.quantity
    )
{%- endmacro %}

{#- Equal unit prices, with a discount that the line carries in it or beside it. -#}
{% macro rates_agree() -%}
    (
        not clio.has_terms
        or not xero.has_terms
        or (clio.compared_amount = 0 and xero.compared_amount = 0)
        or clio.rate is not distinct from xero.rate
        or coalesce(xero.rate in (clio.price_in_cents, clio.price_in_full), false)
    )
{%- endmacro %}
