{#- An approved bill whose invoice is still a draft: what is to be edited, what is in the way, and the step. -#}

{#- One part of the head or of what it comes to, from Xero's value to Clio's. -#}
{% macro part_to_edit(part, in_xero, in_clio) -%}
    case
        when list_contains(parts_to_edit, '{{ part }}')
            then '{{ part }}: ' || coalesce(cast({{ in_xero }} as varchar), 'none')
                || ' to ' || coalesce(cast({{ in_clio }} as varchar), 'none')
    end
{%- endmacro %}

{#- All of it in order: the head, the lines, and what those come to. -#}
{% macro edits_of_the_draft() -%}
    list_filter(
        list_concat(
            [
                {{ part_to_edit('contact', 'xero_contact_name', 'client_name') }},
                {{ part_to_edit('number', 'invoice_number', 'bill_number') }},
                {{ part_to_edit('issue date', 'invoice_date', 'bill_date') }},
                {{ part_to_edit('due date', 'xero_due_date', 'clio_due_date') }},
                {{ part_to_edit('currency', 'xero_currency_code', 'clio_currency_code') }}
            ],
            coalesce(line_edits, []),
            [
                {{ part_to_edit('net', money_text('xero_net_amount'), money_text('clio_net_amount')) }},
                {{ part_to_edit('tax', money_text('xero_tax_amount'), money_text('clio_tax_amount')) }}
            ]
        ),
        lambda edit: edit is not null
    )
{%- endmacro %}

{% macro draft_explained() -%}
    case code
        when 'stuck_in_draft_ready'
            then the_bill || ' is approved in Clio (total ' || bill_total || ', balance ' || bill_balance || '), but '
                || the_invoice || ' is still ' || invoice_status_said || ' in Xero.'
                || ' Number, contact, dates, totals, tax and every line agree.'
                || coalesce({{ days_stuck() }}, '')
                || coalesce(' What Xero would refuse: ' || array_to_string(obstacles, '; ') || '.', '')
        when 'stuck_in_draft_edited'
            then the_bill || ' is approved in Clio (total ' || bill_total || ', balance ' || bill_balance || '), but '
                || the_invoice || ' is still ' || invoice_status_said || ' in Xero'
                || coalesce(' with other content. Change in Xero: ' || {{ listed('edits') }} || '.', '.')
                || coalesce(' In the way: ' || array_to_string(obstacles, '; ') || '.', '')
                || coalesce({{ days_stuck() }}, '')
    end
{%- endmacro %}

{% macro days_stuck() -%}
    ' It has been stuck for ' || date_diff('day', bill_date, loaded_date) || ' days, since ' || bill_date || '.'
{%- endmacro %}

{% macro draft_action() -%}
    case
        when code = 'stuck_in_draft_ready'
            then coalesce(array_to_string(steps, '. ') || '. Then approve', 'Approve')
                || ' the invoice in Xero as it is.'
        when code = 'stuck_in_draft_edited' and payable_amount < 0 then array_to_string(steps, '. ') || '.'
        when code = 'stuck_in_draft_edited' and len(edits) = 0
            then array_to_string(steps, '. ') || '. Then approve the ' || document_kind || ' in Xero.'
        when code = 'stuck_in_draft_edited'
            then coalesce(array_to_string(steps, '. ') || '. Then edit', 'Edit')
                || ' the ' || document_kind || ' in Xero as listed, and approve it.'
    end
{%- endmacro %}
