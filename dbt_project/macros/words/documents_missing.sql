{#-
    An approved bill that Xero lacks, or has only void: the fact, what may be the bill all the same, why it may not have
    arrived, and the step. Nothing is advised that Xero would refuse or that would make a second invoice.
-#}
{% macro missing_bill_explained() -%}
    case code
        when 'missing_in_xero'
            then the_bill || ', issued ' || coalesce(cast(bill_date as varchar), 'on no date')
                || ', is approved in Clio (total ' || bill_total || ', balance ' || bill_balance
                || ') and has no invoice in Xero.'
                || coalesce(' It may be there under another number or name: ' || one_by_one || '.', '')
                || coalesce(' It may be there together with others: ' || together || '.', '')
                || coalesce(' It may be there in parts: ' || in_parts || '.', '')
                || coalesce(' Likely cause: ' || {{ listed('obstacles', '; ', 400) }} || '.', '')
        when 'credit_note_missing'
            then the_bill || ', issued ' || coalesce(cast(bill_date as varchar), 'on no date')
                || ', has a negative total of ' || bill_total || ' (balance ' || bill_balance
                || ') and no credit note in Xero, which has no invoice below zero.'
                || coalesce(' What may be it: ' || credit_notes || '.', '')
                || coalesce(' It stands there as a draft that cannot be approved: ' || negative_drafts || '.', '')
        when 'void_in_xero_live_in_clio'
            then the_bill || ' is approved in Clio with ' || bill_balance || ' to pay, yet '
                || the_invoice || ' is ' || invoice_status_word || ' in Xero.'
                || coalesce(' It may be there once more: ' || one_by_one || '.', '')
    end
{%- endmacro %}

{% macro missing_bill_action() -%}
    case
        when code = 'credit_note_missing'
            then coalesce('Delete the draft ' || negative_drafts || ' in Xero. ', '')
                || coalesce(
                    'Look at ' || credit_notes || '. If it is this bill''s, correct it so that its total is '
                    || {{ money_text('-payable_amount') }} || ' and its reference names '
                    || coalesce(bill_number, bill_id) || '; only if it is not, raise one.',
                    'Raise a credit note of ' || {{ money_text('-payable_amount') }} || ' for the client in Xero, with '
                    || coalesce(bill_number, bill_id) || ' as its number or in its reference.'
                )
        when code in ('missing_in_xero', 'void_in_xero_live_in_clio') and linking_it is not null
            then linking_it
                || '; if it is not, link it to its own bill or name it as not from Clio, and this row says the next'
                || ' step.'
        when code = 'missing_in_xero' and together is not null
            then 'Ask whether one invoice stands for several bills: ' || together
                || '. While it stands, none of them is to arrive a second time. If it stands for something '
                || 'else, name it as not from Clio, and this row says the next step.'
        when code = 'missing_in_xero' and in_parts is not null
            then 'Ask whether these stand for the bill in parts: ' || in_parts
                || '. While they stand, it is not to arrive a second time. If they stand for something '
                || 'else, name them as not from Clio, and this row says the next step.'
        when code = 'missing_in_xero' then sending_it
        when code = 'void_in_xero_live_in_clio' and bill_paid_amount <> 0
            then 'The bill is paid in Clio, so it is to stand in Xero too. ' || sending_it
        when code = 'void_in_xero_live_in_clio'
            then 'If the bill is right: ' || sending_it
                || ' If the void was meant, void the bill in Clio.'
    end
{%- endmacro %}

{% macro sending_it_again() -%}
    coalesce({{ listed('steps', '. ', 400) }} || '. Then', 'Edit and')
    || ' save the bill in Clio so that it is sent to Xero again.'
{%- endmacro %}
