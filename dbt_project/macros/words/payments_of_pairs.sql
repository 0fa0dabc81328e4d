{#-
    A payment or credit of a pair that differs. Before a row says that money is to be recorded, the books were searched for
    it: what was found is named, and is to be matched, applied or moved, never recorded again.
-#}
{% macro payment_explained() -%}
    case
        when code in ('paid_in_clio_open_in_xero', 'credit_one_side') and is_in_clio
            then the_bill || ': the ' || the_payment || from_trust || ' in Clio is not on ' || the_invoice
                || ' in Xero.'
        when code in ('paid_in_xero_open_in_clio', 'credit_one_side')
            then the_bill || ': the ' || the_payment || ' on ' || the_invoice
                || ' in Xero is not on the bill in Clio.'
        when code = 'payment_amount_differs'
            then the_bill || ': the ' || the_payment || ' in Clio is ' || {{ money_text('xero_amount') }}
                || ' in Xero, dated ' || xero_date || '.'
        when code = 'payment_duplicated'
            then the_bill || ': the ' || the_payment || ' on ' || the_invoice
                || ' repeats another one of the same amount in Xero. Clio has it once.'
        when code = 'payment_reversed_one_side' and is_in_clio
            then the_bill || ': the ' || the_payment || from_trust
                || ' stands in Clio, while a payment of that amount was deleted in Xero.'
        when code = 'payment_reversed_one_side'
            then the_bill || ': the ' || the_payment || ' stands on ' || the_invoice
                || ' in Xero, while a payment of that amount was voided in Clio.'
        when code = 'payment_on_wrong_bill' and is_in_clio
            then the_bill || ': the ' || the_payment || from_trust
                || ' in Clio stands on ' || the_invoice_of_xero || ' of the same client in Xero.'
        when code = 'payment_on_wrong_bill'
            then the_bill || ': the ' || the_payment || ' on ' || the_invoice
                || ' in Xero stands on ' || the_bill_of_clio || ' of the same client in Clio.'
        when code = 'payment_in_wrong_account' and is_fee_leg
            then the_bill || ': the ' || xero_value || from_trust || ', beside the money at the bank, was booked to '
                || account || ' in Xero, which is no account for fees.'
        when code = 'payment_in_wrong_account'
            then the_bill || ': the ' || xero_value || from_trust || ' was booked to ' || account
                || ' in Xero. By the firm''s settings it belongs in ' || rightful_accounts || '.'
        when code = 'payment_period_differs'
            then the_bill || ': the payment of ' || {{ money_text('clio_amount') }} || ' is of ' || clio_date
                || ' in Clio and of ' || xero_date || ' in Xero, in another month.'
    end
    || case when candidate_count > 0 then ' It may be there already: ' || candidates || '.' else '' end
    || case when blocked_by is not null then ' Xero takes it only once the draft is approved.' else '' end
{%- endmacro %}

{% macro payment_action() -%}
    locked_first
    || making_up_first
    || case when blocked_by is not null then 'Deal with the draft first, as its own row says. Then: ' else '' end
    || case
        when code in ('paid_in_clio_open_in_xero', 'credit_one_side', 'payment_reversed_one_side') and is_in_clio
            then step_for_xero
        when code in ('paid_in_xero_open_in_clio', 'credit_one_side', 'payment_reversed_one_side')
            then step_for_clio
        when code = 'payment_amount_differs'
            then 'Look at the bank whether ' || {{ money_text('abs(clio_amount)') }} || ' or '
                || {{ money_text('abs(xero_amount)') }} || ' was paid, and correct the side that has it wrong.'
                || of_the_batch
        when code = 'payment_duplicated'
            then 'Look at the bank whether the money came once or twice. If once, remove the payment of ' || xero_date
                || ' in Xero; if twice, record it in Clio too.' || of_the_batch
        when code = 'payment_on_wrong_bill'
            then 'Look which bill the client paid. If ' || the_bill_of_clio || ', move the payment in Xero to '
                || the_invoice_of_clio || '; if ' || the_bill_of_xero || ', move it in Clio to that bill.'
                || of_the_batch
        when code = 'payment_in_wrong_account' and is_fee_leg
            then 'Look what the ' || {{ money_text('abs(xero_amount)') }} || ' was. If it was a fee of the bank or the '
                || 'card processor, take it off ' || the_invoice || ' in Xero and enter it there again on the account '
                || 'for such fees; if ' || account || ' is that account, name it under fee_accounts in tieout.toml.'
                || of_the_batch
        when code = 'payment_in_wrong_account'
            then 'Look at the bank where the money went. If to ' || rightful_accounts || ', take the ' || the_kind
                || ' off ' || the_invoice || ' in Xero and enter it there again in that account. If ' || account
                || ' is right, map it as well.' || of_the_batch
        when code = 'payment_period_differs'
            then 'Look at the bank on which day it was paid, ' || clio_date || ' or ' || xero_date || ', and give the '
                || 'payment that day in both systems.'
    end
{%- endmacro %}

{#- What Xero lacks. -#}
{% macro step_for_what_xero_lacks() -%}
    case
        when candidate_count > 1
            then 'Ask which of these it is: ' || candidates || '. Match, apply or move that one to ' || the_invoice
                || '; book nothing new before that is known.'
        when only_kind = 'other kind'
            then 'Find out whether it is a payment or a credit, and correct the side that has the other.'
        when only_kind = 'bank money'
            then 'Match ' || candidates || ' to ' || the_invoice || ' in Xero, in place of how it is booked there.'
        when only_kind = 'transfer'
            then 'Put the payment on ' || the_invoice || ' in Xero' || against_liability || ': ' || candidates
                || ' has moved the money already.'
        when only_kind = 'payment'
            then 'Move ' || candidates || ' to ' || the_invoice || ' in Xero if it is the same money.'
        when candidate_count = 1
            then 'Apply ' || {{ money_text('clio_amount') }} || ' of ' || candidates || ' to ' || the_invoice
                || ' in Xero.'
        when the_kind = 'use'
            then 'Apply the credit note in Xero as Clio has it, or take it back in Clio.'
        when the_kind = 'refund' and code = 'paid_in_clio_open_in_xero'
            then 'Record the refund in Xero on the credit it was paid from, or take it back in Clio if it never'
                || ' happened.'
        when code = 'payment_reversed_one_side'
            then 'Void the payment in Clio if it was taken back; if it holds, record it again in Xero'
                || to_its_account || '.'
        else 'Record the ' || kind || ' in Xero' || to_its_account
            || ', or take it back in Clio if it never happened.'
    end
{%- endmacro %}

{#- What Clio lacks. -#}
{% macro step_for_what_clio_lacks() -%}
    case
        when candidate_count > 1
            then 'Ask which of these it is: ' || candidates || '. Move the payment in the system that has it wrong;'
                || ' book nothing new before that is known.'
        when only_kind = 'other kind'
            then 'Find out whether it is a payment or a credit, and correct the side that has the other.'
        when candidate_count = 1
            then 'Find out which of the two is right: ' || candidates
                || ', or this one. Move it in the other system.'
        when code = 'payment_reversed_one_side'
            then 'Remove the payment in Xero if it was taken back; if it holds, record it again in Clio.'
        when the_kind = 'use'
            then 'Use the credit in Clio as in Xero, on both bills, or take it off the invoice in Xero.'
        when the_kind = 'refund'
            then 'Record the refund in Clio, or remove it in Xero if it never happened.'
        else 'Record the ' || kind || ' in Clio, or take it off the invoice in Xero if it never happened.'
    end || of_the_batch
{%- endmacro %}
