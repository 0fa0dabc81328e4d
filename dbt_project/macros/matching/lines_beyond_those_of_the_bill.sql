{#-
    The line of an invoice that is its bill's interest or discount, told by the amount: where the invoice has one line
    more of that amount than the bill; of several the one that says so, else the last. `looked_for` has firm_id, bill_id,
    invoice_id, role and amount, which is not 0; `invoice_lines` firm_id, invoice_id, line_position, net_amount and
    text_key. The last of the CTEs is lines_of_that_amount.
-#}
{% macro lines_beyond_those_of_the_bill(looked_for, invoice_lines) -%}
    lines_of_the_bill_counted as (

        select
            looked_for.firm_id,
            looked_for.bill_id,
            looked_for.role,
            count(*) as bill_line_count
        from {{ looked_for }} as looked_for
        inner join {{ ref('int_bill_lines_valued') }} as lines
            on
                looked_for.firm_id = lines.firm_id
                and looked_for.bill_id = lines.bill_id
                and looked_for.amount = lines.net_amount
        group by looked_for.firm_id, looked_for.bill_id, looked_for.role

    ),

    lines_of_the_invoice_ranked as (

        select
            looked_for.firm_id,
            looked_for.bill_id,
            looked_for.invoice_id,
            looked_for.role,
            lines.line_position,
            row_number() over (
                partition by looked_for.firm_id, looked_for.bill_id, looked_for.role
                order by contains(lines.text_key, looked_for.role) desc, lines.line_position desc
            ) as line_rank,
            count(*) over (partition by looked_for.firm_id, looked_for.bill_id, looked_for.role) as invoice_line_count
        from {{ looked_for }} as looked_for
        inner join {{ invoice_lines }} as lines
            on
                looked_for.firm_id = lines.firm_id
                and looked_for.invoice_id = lines.invoice_id
                and looked_for.amount = lines.net_amount

    ),

    lines_of_that_amount as (

        select
            ranked.firm_id,
            ranked.bill_id,
            ranked.invoice_id,
            ranked.line_position,
            ranked.role
        from lines_of_the_invoice_ranked as ranked
        left join lines_of_the_bill_counted as counted
            on
                ranked.firm_id = counted.firm_id
                and ranked.bill_id = counted.bill_id
                and ranked.role = counted.role
        where ranked.line_rank = 1 and ranked.invoice_line_count > coalesce(counted.bill_line_count, 0)

    )
{%- endmacro %}
