{#-
    What else is wrong with a document as a whole: the fact, then the step. Nothing is advised that takes away a document
    with money on it.
-#}
{% macro one_sided_document_explained() -%}
    case code
        when 'approved_early_in_xero'
            then the_bill || ' is ' || bill_state_said || ' in Clio, yet ' || the_invoice || ' is already '
                || invoice_status_said || ' in Xero with ' || invoice_due || ' due.'
        when 'void_in_clio_live_in_xero'
            then the_bill || ' is ' || bill_state_said || ' in Clio, yet ' || the_invoice || ' is '
                || invoice_status_said || ' in Xero with ' || invoice_due || ' due.'
        when 'bill_vanished'
            then the_bill || ' was ' || bill_state_said || ' in Clio (total ' || bill_total
                || ') when it was last seen there. Since ' || cast(vanished_at as date)
                || ' Clio does not return it any more, not even by its id: it was deleted for good, or the user that '
                || 'Tieout connects as may no longer see it.'
                || coalesce(
                    ' ' || {{ beginning_with('the_invoice') }} || ' is ' || invoice_status_said || ' in Xero with '
                    || invoice_due || ' due.',
                    ' It has no invoice in Xero.'
                )
        when 'number_collision'
            then the_bill || ' has total ' || bill_total || ' and is issued '
                || coalesce(cast(bill_date as varchar), 'on no date')
                || ' in Clio; in Xero the same number stands on an invoice for ' || contact_name
                || ' of ' || coalesce(cast(invoice_date as varchar), 'no date')
                || ' with total ' || invoice_total || '. Client, day and total all differ.'
        when 'duplicate_in_xero'
            then the_bill || ' has ' || repeated_invoice || ' (' || repeated_status || ') in Xero, and ' || the_invoice
                || ' of ' || coalesce(cast(invoice_date as varchar), 'no date') || ' is the same bill once more ('
                || invoice_status_word || ', total ' || invoice_total || ', due ' || invoice_due || ').'
        when 'trust_request_invoiced'
            then 'Trust request ' || coalesce(request_number, 'without a number')
                || coalesce(' for ' || request_client_name, '')
                || ' of ' || coalesce(cast(request_date as varchar), 'no date')
                || ' asks for ' || {{ money_text('request_amount') }} || ' of the client''s money'
                || case
                    when request_paid_amount <> 0 then ' (' || {{ money_text('request_paid_amount') }} || ' received)'
                    else ''
                end
                || '. In Xero it stands as ' || the_invoice || ' (' || invoice_status_word || ', due ' || invoice_due
                || '), as if the firm had earned it. Trust money is no receivable.'
        when 'xero_only'
            then {{ beginning_with('the_invoice') }} || ' for ' || contact_name
                || ' of ' || coalesce(cast(invoice_date as varchar), 'no date')
                || ' (' || invoice_status_word || ', total ' || invoice_total || ', due ' || invoice_due
                || ') has no bill in Clio.'
                || coalesce(' It may be a bill that is missing in Xero: ' || one_by_one || '.', '')
                || coalesce(' It is as much as several that are missing in Xero: ' || together || '.', '')
                || coalesce(' It may be a part of one that is missing in Xero: ' || in_parts || '.', '')
    end
{%- endmacro %}

{% macro one_sided_document_action() -%}
    case code
        when 'approved_early_in_xero'
            then 'Ask the responsible lawyer whether the bill is to go out. If it is, approve it in Clio. If it is '
                || 'not: ' || removal
        when 'void_in_clio_live_in_xero' then removal
        when 'number_collision'
            then 'If ' || the_invoice || ' is this bill under another name, say so: tieout link ' || firm_id || ' '
                || bill_id || ' ' || invoice_id || ' --by "YOUR NAME" --reason "same document". If it is not, renumber '
                || 'one of the two: the invoice in Xero if it never came from Clio, else the bill in Clio. Then save '
                || 'the bill in Clio so that it is sent to Xero.'
        when 'bill_vanished'
            then 'Look in Clio, as an administrator, whether the bill was deleted or the connected user lost the right '
                || 'to see it. Touch nothing in Xero before that.'
        when 'duplicate_in_xero'
            then 'Make sure that both are the same bill, and keep ' || repeated_invoice
                || case when repeated_invoice = the_invoice then ', the one that this row does not link to' else '' end
                || '. ' || removal
        when 'trust_request_invoiced'
            then 'If the firm asks for trust money by invoice, keep it out of the comparison with not_from_clio (its '
                || 'number or contact). If it does not: ' || removal
        when 'xero_only'
            then case
                    when invoice_total_amount < 0
                        then 'Xero approves no invoice below zero. ' || removal
                    when linking_it is not null
                        then linking_it || '; if it is not, name it as not from Clio. Only if it is a mistake: '
                            || removal
                    when together is not null
                        then 'Ask whether it stands for several bills: ' || together || '. If it does, leave it, and '
                            || 'send none of them again; if it does not, name it as not from Clio.'
                    when in_parts is not null
                        then 'Ask whether it stands for a part of a bill: ' || in_parts || '. If it does, leave it, '
                            || 'and do not send the bill again; if it does not, name it as not from Clio.'
                    else 'Link it to its bill, or name it as not from Clio. Only if it is a mistake: '
                        || removal
                end
    end
{%- endmacro %}

{#- A draft is deleted, an approved document voided, and one with money on it not before that money is off. -#}
{% macro removing_the_invoice() -%}
    ({{ locked_books_first('invoice_date', 'locked_until_date') }} || case
        when invoice_class = 'draft' then 'Delete the draft ' || the_invoice || ' in Xero.'
        when money_on_it <> ''
            then 'Xero voids nothing with money on it: find out what the ' || money_on_it
                || ' were for and move them to the document they belong to; only then void ' || the_invoice || '.'
        else 'Void ' || the_invoice || ' in Xero.'
    end)
{%- endmacro %}

{% macro money_on_an_invoice(invoices) -%}
    concat_ws(
        ' and ',
        case
            when {{ invoices }}.paid_amount <> 0
                then 'payments of ' || {{ money_text('abs(' ~ invoices ~ '.paid_amount)') }}
        end,
        case
            when {{ invoices }}.credited_amount <> 0
                then 'credits of ' || {{ money_text('abs(' ~ invoices ~ '.credited_amount)') }}
        end
    )
{%- endmacro %}
