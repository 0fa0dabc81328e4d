{#-
    What differs in the content of a bill and its invoice. The values are read off `bills`, `invoices` and `pairs`, as
    int_content_findings joins them to its `findings`.
-#}
{% macro content_in_clio() -%}
    case findings.code
        when 'currency_differs' then bills.currency_code || ' ' || {{ money_text('bills.balance_amount') }}
        when 'discount_lost' then 'net ' || {{ money_text('bills.net_amount') }}
        when 'amounts_differ' then 'net ' || {{ money_text('bills.net_amount') }}
        when 'lines_differ' then 'net ' || {{ money_text('bills.net_amount') }}
        when 'rounding'
            then 'net ' || {{ money_text('bills.net_amount') }} || ', tax ' || {{ money_text('bills.tax_amount') }}
        when 'tax_differs' then 'tax ' || {{ money_text('bills.tax_amount') }}
        when 'line_tax_differs' then 'tax ' || {{ money_text('bills.tax_amount') }}
        when 'interest_not_mirrored' then 'interest ' || {{ money_text('bills.interest_amount') }}
        when 'date_differs' then cast(bills.issued_date as varchar)
        when 'due_date_differs' then cast(bills.due_date as varchar)
        when 'wrong_contact' then bills.client_name
        when 'renumbered' then bills.bill_number
    end
{%- endmacro %}

{% macro content_in_xero() -%}
    case findings.code
        when 'currency_differs' then invoices.currency_code || ' ' || {{ money_text('invoices.due_amount') }}
        when 'discount_lost' then 'net ' || {{ money_text('pairs.xero_net_amount') }}
        when 'amounts_differ' then 'net ' || {{ money_text('pairs.xero_net_amount') }}
        when 'lines_differ' then 'net ' || {{ money_text('pairs.xero_net_amount') }}
        when 'rounding'
            then 'net ' || {{ money_text('pairs.xero_net_amount') }}
                || ', tax ' || {{ money_text('invoices.tax_amount') }}
        when 'tax_differs' then 'tax ' || {{ money_text('invoices.tax_amount') }}
        when 'line_tax_differs' then 'tax ' || {{ money_text('invoices.tax_amount') }}
        when 'date_differs' then cast(invoices.issued_date as varchar)
        when 'due_date_differs' then cast(invoices.due_date as varchar)
        when 'wrong_contact' then invoices.contact_name
        when 'renumbered' then invoices.invoice_number
    end
{%- endmacro %}

{% macro content_explained() -%}
    case code
        when 'currency_differs'
            then the_bill || ' is in ' || clio_value || ', ' || the_invoice || ' in ' || xero_value
                || '. Their amounts are not compared.'
        when 'discount_lost'
            then the_bill || ' has a discount of ' || {{ money_text('discount_amount') }} || discount_rate
                || ' that is not on ' || the_invoice || ': ' || clio_value || ' in Clio, ' || xero_value
                || ' in Xero. The lines agree.'
        when 'amounts_differ'
            then the_bill || ' has ' || clio_value || ' before tax, ' || the_invoice || ' has ' || xero_value || '.'
                || amount_edits
        when 'lines_differ'
            then the_bill || ' and ' || the_invoice || ' have the same net, yet not the same lines.' || amount_edits
        when 'rounding'
            then the_bill || ' and ' || the_invoice
                || case
                    when ar_effect_amount = 0 then ' have the same total, rounded otherwise between net and tax ('
                    else ' differ by ' || {{ money_text('ar_effect_amount') }} || ' of rounding ('
                end
                || clio_value || ' in Clio; ' || xero_value || ' in Xero).'
        when 'tax_differs'
            then the_bill || ' has ' || clio_value || ', ' || the_invoice || ' has ' || xero_value || '.' || tax_edits
        when 'line_tax_differs'
            then the_bill || ' and ' || the_invoice || ' agree in tax as a whole, not line by line.' || tax_edits
        when 'interest_not_mirrored'
            then the_bill || ' carries ' || clio_value || ' that neither ' || the_invoice
                || ' nor an invoice of its own has in Xero.'
        when 'text_differs'
            then the_bill || ' and ' || the_invoice || ' agree in amounts, not in wording. Change in Xero: '
                || text_edits || '.'
        when 'date_differs'
            then the_bill || ' is issued on ' || clio_value || ', ' || the_invoice || ' on ' || xero_value || '.'
        when 'due_date_differs'
            then the_bill || coalesce(' is due on ' || clio_value, ' has no due date') || ', ' || the_invoice
                || coalesce(
                    case when clio_value is null then ' is due' else '' end || ' on ' || xero_value, ' has none'
                )
                || '.'
        when 'wrong_contact'
            then the_bill || ' stands in Xero as ' || the_invoice || ' under another contact, '
                || coalesce(xero_value, 'none') || '.'
        when 'renumbered'
            then the_bill || ' stands in Xero as ' || the_invoice || '.'
    end
{%- endmacro %}

{% macro content_action() -%}
    case code
        when 'currency_differs'
            then 'Ask which currency was agreed. If that of the invoice, change the bill in Clio. If that of the bill, '
                || 'take off what is on the invoice, renumber and void it in Xero; then save the bill in Clio so that '
                || 'it is sent in its own currency.'
        when 'discount_lost'
            then before_an_edit || 'Enter the discount of ' || {{ money_text('discount_amount') }} || discount_rate
                || ' on ' || the_invoice || ' in Xero.'
        when 'amounts_differ' then before_an_edit || 'Edit the listed lines of the invoice in Xero.'
        when 'lines_differ' then before_an_edit || 'Edit the listed lines of the invoice in Xero.'
        when 'rounding' then 'Nothing to do.'
        when 'tax_differs' then before_an_edit || 'Correct the tax rates of the lines in Xero.'
        when 'line_tax_differs' then before_an_edit || 'Correct the tax of the listed lines in Xero.'
        when 'interest_not_mirrored'
            then 'Raise the interest of ' || {{ money_text('interest_amount') }} || ' as an invoice in Xero, or waive'
                || ' it in Clio.'
        when 'text_differs' then 'Edit the wording in Xero if the invoice is sent or printed from there.'
        when 'date_differs'
            then before_an_edit || 'Set the issue date of ' || the_invoice || ' in Xero to '
                || coalesce(clio_value, 'that of the bill') || '.'
        when 'due_date_differs'
            then
                case
                    when clio_value is null then 'Set the due date of the bill in Clio to ' || xero_value || '.'
                    else 'Set the due date of ' || the_invoice || ' in Xero to ' || clio_value || '.'
                end
        when 'wrong_contact'
            then 'Move the invoice to the contact of ' || coalesce(clio_value, 'the client')
                || ' in Xero. If the two are one client, say so: tieout link ' || firm_id || ' ' || bill_id || ' '
                || invoice_id || ' --by "YOUR NAME" --reason "same client"'
        when 'renumbered'
            then 'Give ' || the_invoice || ' the number of the bill in Xero'
                || coalesce(', ' || clio_value, '') || '.'
    end
{%- endmacro %}
