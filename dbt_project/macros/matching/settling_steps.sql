{#-
    The order in which pairs are settled by a person's word or by number: rule, is the bill dead ('vanished' where it is
    gone without a word), is the invoice dead ('any' where it does not matter). Inside one number the living pair first,
    then a bill that vanished with an invoice that stands (what living bills left of them), then the dead, then a dead
    bill with an invoice that still stands. A live bill takes a dead invoice only when no rule found it a living one
    (those steps come last, after client, date and total): an invoice that was voided and raised again under another
    number is the
    bill's invoice, and the voided one is history.
-#}
{% macro settling_steps() -%}
    {{ return(settling_steps_before_dates() + settling_steps_after_dates()) }}
{%- endmacro %}

{% macro settling_steps_before_dates() -%}
    {{ return([
        ('link', 'any', 'any'),
        ('number', false, false), ('number_alike', false, false), ('number_other_client', false, false),
        ('number', 'vanished', false), ('number_alike', 'vanished', false), ('number_other_client', 'vanished', false),
        ('number', true, true), ('number_alike', true, true), ('number_other_client', true, true),
        ('number', true, false), ('number_alike', true, false), ('number_other_client', true, false),
        ('normalised_number', false, false), ('normalised_number', 'vanished', false),
        ('normalised_number', true, true), ('normalised_number', true, false),
    ]) }}
{%- endmacro %}

{% macro settling_steps_after_dates() -%}
    {{ return([
        ('number', false, true), ('number_alike', false, true), ('number_other_client', false, true),
        ('normalised_number', false, true),
        ('number', 'vanished', true), ('number_alike', 'vanished', true), ('number_other_client', 'vanished', true),
        ('normalised_number', 'vanished', true),
    ]) }}
{%- endmacro %}

{#-
    The CTEs of one step after the other over proposals (firm_id, bill_id, invoice_id, match_rule, settling_step,
    class_rank, preference_rank): what was settled is out; of several invoices for one bill only those of the best class
    count (live, then draft); a pair is settled when it is the only candidate on both sides within its step, or, under one
    number and client, the bill's best when no other bill may claim any of its invoices; what a step cannot settle stays
    open for the next. The last one, settled_by_step_<last>, holds what these steps settled. `settled_before`: a relation
    of what is settled already.
-#}
{% macro settle_step_by_step(proposals, first, last, settled_before=none) -%}
    {%- for step in range(first, last + 1) %}
        candidates_at_step_{{ step }} as (

            select
                proposed.*,
                min(proposed.class_rank) over (partition by proposed.firm_id, proposed.bill_id) as best_class_rank
            from {{ proposals }} as proposed
            where
                proposed.settling_step = {{ step }}
                {%- if settled_before is not none %}
                    {{ is_not_settled('proposed', settled_before) }}
                {%- endif %}
                {%- if step > first %}
                    {{ is_not_settled('proposed', 'settled_by_step_' ~ (step - 1)) }}
                {%- endif %}

        ),

        rivals_at_step_{{ step }} as (

            select
                *,
                count(*) over (partition by firm_id, bill_id) as invoices_for_the_bill,
                count(*) over (partition by firm_id, invoice_id) as bills_for_the_invoice
            from candidates_at_step_{{ step }}
            where class_rank = best_class_rank

        ),

        preferences_at_step_{{ step }} as (

            select
                *,
                min(preference_rank) over (partition by firm_id, bill_id) as best_preference_rank,
                max(bills_for_the_invoice) over (partition by firm_id, bill_id) as most_bills_for_an_invoice
            from rivals_at_step_{{ step }}

        ),

        settled_by_step_{{ step }} as (

            {% if step > first -%}
                select * from settled_by_step_{{ step - 1 }}
                union all
            {% endif -%}
            select
                firm_id,
                bill_id,
                invoice_id,
                match_rule
            from preferences_at_step_{{ step }}
            where
                bills_for_the_invoice = 1
                and (
                    invoices_for_the_bill = 1
                    or (
                        match_rule = 'number'
                        and most_bills_for_an_invoice = 1
                        and preference_rank = best_preference_rank
                    )
                )

        ){{ "," if step < last }}
    {%- endfor %}
{%- endmacro %}

{#- Neither document of a candidate is settled; two look-ups, because one with "or" would compare everything with everything. -#}
{% macro is_not_settled(candidate, settled) -%}
    {%- for side in ['bill_id', 'invoice_id'] %}
        and not exists (
            select 1
            from {{ settled }} as settled
            where settled.firm_id = {{ candidate }}.firm_id and settled.{{ side }} = {{ candidate }}.{{ side }}
        )
    {%- endfor %}
{%- endmacro %}

{#- Whether a bill is of the class that a step speaks of: dead, vanished, or neither. -#}
{% macro bill_is(bills, bill_is_dead) -%}
    {%- if bill_is_dead == 'vanished' -%}
        {{ bills }}.bill_class = 'vanished'
    {%- elif bill_is_dead -%}
        {{ bills }}.bill_class = 'dead'
    {%- else -%}
        {{ bills }}.bill_class not in ('dead', 'vanished')
    {%- endif -%}
{%- endmacro %}
