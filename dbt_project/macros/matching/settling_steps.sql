{#-
    The order in which pairs are settled: rule, is the bill dead, is the invoice dead ('any' where it does not matter).
    Inside one number the living pair first, then a bill that vanished with an invoice that stands (what living bills
    left of them), then the dead, then a dead bill with an invoice that still stands. A live bill takes a dead invoice
    only when no rule found it a living one: an invoice that was voided and raised again under another number is the
    bill's invoice, and the voided one is history.
-#}
{% macro settling_steps() -%}
    {{ return([
        ('link', 'any', 'any'),
        ('number', false, false), ('number_other_client', false, false),
        ('number', 'vanished', false), ('number_other_client', 'vanished', false),
        ('number', true, true), ('number_other_client', true, true),
        ('number', true, false), ('number_other_client', true, false),
        ('normalised_number', false, false), ('normalised_number', 'vanished', false),
        ('normalised_number', true, true), ('normalised_number', true, false),
        ('client_date_total', false, false), ('client_date_total', 'vanished', false),
        ('client_date_total', true, true), ('client_date_total', true, false),
        ('number', false, true), ('number_other_client', false, true),
        ('normalised_number', false, true), ('client_date_total', false, true),
        ('number', 'vanished', true), ('number_other_client', 'vanished', true),
        ('normalised_number', 'vanished', true), ('client_date_total', 'vanished', true),
    ]) }}
{%- endmacro %}
