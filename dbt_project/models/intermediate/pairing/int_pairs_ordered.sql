-- Each proposed pair with the step at which it may be settled; the order is written down once, in settling_steps().
select
    proposed.firm_id,
    proposed.bill_id,
    proposed.invoice_id,
    proposed.match_rule,
    case
        {%- for rule, bill_is_dead, invoice_is_dead in settling_steps() %}
            when
                proposed.match_rule = '{{ rule }}'
                {%- if rule != 'link' %}
                    {%- if bill_is_dead == 'vanished' %}
                        and bills.bill_class = 'vanished'
                    {%- else %}
                        and bills.bill_class <> 'vanished'
                        and (bills.bill_class = 'dead') = {{ bill_is_dead | lower }}
                    {%- endif %}
                    and (invoices.invoice_class = 'dead') = {{ invoice_is_dead | lower }}
                {%- endif %}
                then {{ loop.index }}
        {%- endfor %}
    end as settling_step
from {{ ref('int_pairs_proposed') }} as proposed
inner join {{ ref('int_bills_valued') }} as bills
    on proposed.firm_id = bills.firm_id and proposed.bill_id = bills.bill_id
inner join {{ ref('int_invoices_valued') }} as invoices
    on proposed.firm_id = invoices.firm_id and proposed.invoice_id = invoices.invoice_id
