-- Each proposed pair with the step at which it may be settled; the order is written down once, in settling_steps().
-- Of several invoices that a rule could give a bill, the live one goes before a draft; under one number, then one of
-- equal total, then the oldest. Xero tells no invoice's age, so that is its date, then its last change; what is equal
-- even in that differs in nothing, and the lower id is taken.
with

pairs_with_their_step as (

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
                        and {{ bill_is('bills', bill_is_dead) }}
                        and (invoices.invoice_class = 'dead') = {{ invoice_is_dead | lower }}
                    {%- endif %}
                    then {{ loop.index }}
            {%- endfor %}
        end as settling_step,
        case invoices.invoice_class when 'live' then 1 when 'draft' then 2 else 3 end as class_rank,
        bills.payable_amount = invoices.total_amount as total_agrees,
        invoices.issued_date,
        invoices.changed_at
    from {{ ref('int_pairs_proposed') }} as proposed
    inner join {{ ref('int_bills_valued') }} as bills
        on proposed.firm_id = bills.firm_id and proposed.bill_id = bills.bill_id
    inner join {{ ref('int_sales_invoices') }} as invoices
        on proposed.firm_id = invoices.firm_id and proposed.invoice_id = invoices.invoice_id

)

select
    firm_id,
    bill_id,
    invoice_id,
    match_rule,
    settling_step,
    class_rank,
    cast(row_number() over (
        partition by firm_id, bill_id, settling_step
        order by
            class_rank asc,
            coalesce(total_agrees, false) desc,
            issued_date asc nulls last,
            changed_at asc nulls last,
            invoice_id asc
    ) as integer) as preference_rank
from pairs_with_their_step
