{#-
    How a sentence names a bill and an invoice or credit note, and how each stands in its own system. `bills` is an alias
    of int_bills_valued, `invoices` one of int_invoices_valued.
-#}
{% macro bill_in_words(bills) -%}
    'Bill ' || {{ bill_number_in_words(bills ~ '.bill_number', bills ~ '.bill_id') }}
    || coalesce(' for ' || {{ bills }}.client_name, '')
{%- endmacro %}

{% macro bill_number_in_words(bill_number, bill_id) -%}
    coalesce({{ bill_number }}, 'without a number (id ' || {{ bill_id }} || ')')
{%- endmacro %}

{% macro bill_standing(bills) -%}
    {{ status_in_words(bills ~ '.bill_state') }} || ', total ' || {{ money_text(bills ~ '.payable_amount') }}
    || ', balance ' || {{ money_text(bills ~ '.balance_amount') }}
{%- endmacro %}

{% macro invoice_in_words(invoices) -%}
    {{ invoices }}.document_kind || ' ' || coalesce({{ invoices }}.invoice_number, 'without a number')
{%- endmacro %}

{% macro invoice_standing(invoices) -%}
    coalesce({{ invoices }}.invoice_status, 'of unknown status')
    || ', total ' || {{ money_text(invoices ~ '.total_amount') }}
    || ', due ' || {{ money_text(invoices ~ '.due_amount') }}
{%- endmacro %}

{#- Words with which a sentence begins. -#}
{% macro beginning_with(words) -%}
    upper(left({{ words }}, 1)) || substr({{ words }}, 2)
{%- endmacro %}
