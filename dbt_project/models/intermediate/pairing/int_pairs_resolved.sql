-- One step after the other: what earlier steps settled is out; a pair counts when it is the only candidate on both
-- sides within its step; what a step cannot settle stays open for the next.
with

{% for step in range(1, settling_steps() | length + 1) %}
    candidates_at_step_{{ step }} as (

        select
            ordered.firm_id,
            ordered.bill_id,
            ordered.invoice_id,
            ordered.match_rule,
            count(*) over (partition by ordered.firm_id, ordered.bill_id) as invoices_for_the_bill,
            count(*) over (partition by ordered.firm_id, ordered.invoice_id) as bills_for_the_invoice
        from {{ ref('int_pairs_ordered') }} as ordered
        where
            ordered.settling_step = {{ step }}
            {%- if not loop.first %}
                and not exists (
                    select 1
                    from settled_by_step_{{ step - 1 }} as settled
                    where settled.firm_id = ordered.firm_id and settled.bill_id = ordered.bill_id
                )
                and not exists (
                    select 1
                    from settled_by_step_{{ step - 1 }} as settled
                    where settled.firm_id = ordered.firm_id and settled.invoice_id = ordered.invoice_id
                )
            {%- endif %}

    ),

    settled_by_step_{{ step }} as (

        {% if not loop.first -%}
            select * from settled_by_step_{{ step - 1 }}
            union all
        {% endif -%}
        select
            firm_id,
            bill_id,
            invoice_id,
            match_rule
        from candidates_at_step_{{ step }}
        where invoices_for_the_bill = 1 and bills_for_the_invoice = 1

    ){{ "," if not loop.last }}

{% endfor %}
select * from settled_by_step_{{ settling_steps() | length }}
