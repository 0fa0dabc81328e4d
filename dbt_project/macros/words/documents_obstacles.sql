{#-
    What stands in the way of a bill, and what to do about it. `obstacles` is an alias of int_obstacles; `bills`,
    `drafts` and `others` are the bill, its draft and the invoice that it collides with.
-#}
{% macro obstacle_in_words(obstacles, bills, drafts, others, firms) -%}
    case {{ obstacles }}.obstacle
        when 'number_of_a_voided_invoice'
            then 'number ' || {{ bills }}.bill_number || ' is held by an invoice of '
                || coalesce({{ others }}.contact_name, 'no contact')
                || ' that was voided in Xero, and Xero takes a number only once'
        when 'number_of_another_bill'
            then 'number ' || {{ bills }}.bill_number || ' stands on the invoice of another bill, for '
                || coalesce({{ others }}.contact_name, 'no contact') || ', and Xero takes a number only once'
        when 'account_archived' then 'account ' || {{ obstacles }}.account || ' is archived'
        when 'contact_archived'
            then case
                when {{ obstacles }}.outcome = 'stuck_in_draft'
                    then 'contact ' || {{ obstacles }}.contact_name || ' is archived'
                else 'the contact ' || {{ obstacles }}.contact_name || ' is archived in Xero'
            end
        when 'period_locked'
            then 'it is dated ' || {{ obstacles }}.locked_date
                || case {{ obstacles }}.outcome
                    when 'stuck_in_draft' then ', and the books are locked until '
                    else ', and the books in Xero are locked until '
                end
                || {{ firms }}.locked_until_date
        when 'number_held'
            then 'number ' || {{ bills }}.bill_number || ' is held by another invoice, for '
                || coalesce({{ others }}.contact_name, 'no contact')
                || ' (' || {{ status_in_words(others ~ '.invoice_status') }} || ')'
        when 'same_bill_once_more'
            then {{ document_of_day('invoice', others ~ '.invoice_number', others ~ '.issued_date') }}
                || ' (' || {{ status_in_words(others ~ '.invoice_status') }}
                || ', ' || {{ money_text(others ~ '.total_amount') }} || ') is the same bill once more'
        when 'client_alike'
            then 'more than one client or contact is called ' || {{ bills }}.client_name
                || ', and nothing but the number says which'
        when 'client_not_visible' then 'Clio does not show the connected user whose bill it is'
        when 'below_zero'
            then case {{ drafts }}.document_kind
                when 'credit note' then 'the bill''s total is below zero: in Xero it is a credit note'
                else 'the bill''s total is below zero, and Xero approves no such invoice'
            end
    end
{%- endmacro %}

{% macro obstacle_removed(obstacles, bills, drafts, others, firms) -%}
    case {{ obstacles }}.obstacle
        when 'number_of_a_voided_invoice'
            then 'Renumber the voided invoice that holds ' || {{ others }}.invoice_number || ' in Xero'
        when 'number_of_another_bill' then 'Give this bill a number of its own in Clio'
        when 'account_archived'
            then 'Restore account ' || {{ obstacles }}.account || ', or code its lines to another one'
        when 'contact_archived'
            then 'Restore the contact ' || {{ obstacles }}.contact_name
                || case {{ obstacles }}.outcome when 'stuck_in_draft' then '' else ' in Xero' end
        when 'period_locked'
            then 'Ask the firm whether to open the books that are locked until ' || {{ firms }}.locked_until_date
                || case {{ obstacles }}.outcome
                    when 'stuck_in_draft' then ' or to date the bill and the draft later'
                    else ' or to date the bill later'
                end
        when 'number_held'
            then 'Free the number ' || {{ bills }}.bill_number || ' in Xero: another invoice holds it'
        when 'same_bill_once_more'
            then 'See to the duplicate, invoice ' || coalesce({{ others }}.invoice_number, 'without a number')
                || ', so that only one of the two is left'
        when 'client_alike'
            then 'Which of the two is it? If contact ' || coalesce({{ obstacles }}.contact_name, 'of the draft')
                || ' in Xero is the client of bill ' || coalesce({{ bills }}.bill_number, {{ bills }}.bill_id)
                || ', say so: tieout link ' || {{ obstacles }}.firm_id || ' ' || {{ bills }}.bill_id
                || ' ' || {{ drafts }}.invoice_id || ' --by "YOUR NAME" --reason "same client"'
        when 'client_not_visible'
            then 'Give the user that Tieout connects with the right to see this bill''s client in Clio'
        when 'below_zero'
            then case {{ drafts }}.document_kind
                when 'credit note' then 'Compare the credit note with the bill line by line, then approve it in Xero'
                else 'Delete the draft, and raise a credit note of '
                    || {{ money_text('-' ~ bills ~ '.payable_amount') }} || ' in Xero'
            end
    end
{%- endmacro %}
