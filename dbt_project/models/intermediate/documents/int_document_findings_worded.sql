-- Findings about documents in a bookkeeper's words: the fact, then the step. Names and numbers stand as the systems
-- have them. Nothing is advised that the other system would refuse, that would make a second invoice, or that would
-- take away a document with money on it.
with

findings_with_shared_words as (

    select
        *,
        coalesce(cures || '. Then', 'Edit and') || ' save the bill in Clio so that it is sent to Xero again.'
            as sending_it,
        case
            when candidate_count = 1
                then 'Look at ' || candidates_in_words || '. If it is the same document, say so: ' || link_command
            else 'Look at each of these: ' || candidates_in_words
                || '. If one is the same document, say so with its id: ' || link_command
        end as linking_it,
        '; if it is not, link it to its own bill or name it as not from Clio, and this row says the next step.'
            as leaving_it
    from {{ ref('int_document_findings') }}

)

select
    firm_id,
    code,
    severity,
    finding_key,
    subject_key,
    detail_key,
    coalesce(bill_id, request_id) as bill_id,
    invoice_id,
    cast(abs(ar_effect_amount) as decimal(18, 2)) as amount,
    ar_effect_amount,
    case
        when code = 'trust_request_invoiced' then 'request for trust money, ' || {{ money_text('request_amount') }}
        else bill_state || ', total ' || bill_total || ', balance ' || bill_balance
    end as clio_value,
    invoice_status || ', total ' || invoice_total || ', due ' || invoice_due as xero_value,
    case code
        when 'missing_in_xero'
            then the_bill || ', issued ' || coalesce(cast(bill_date as varchar), 'on no date')
                || ', is approved in Clio (total ' || bill_total || ', balance ' || bill_balance
                || ') and has no invoice in Xero.'
                || coalesce(' It may be there under another number or name: ' || candidates_in_words || '.', '')
                || coalesce(' It may be there together with others: ' || together_in_words || '.', '')
                || coalesce(' It may be there in parts: ' || parts_in_words || '.', '')
                || coalesce(' Likely cause: ' || causes || '.', '')
        when 'credit_note_missing'
            then the_bill || ', issued ' || coalesce(cast(bill_date as varchar), 'on no date')
                || ', has a negative total of ' || bill_total || ' (balance ' || bill_balance
                || ') and no credit note in Xero, which has no invoice below zero.'
                || coalesce(' What may be it: ' || candidates_in_words || '.', '')
                || coalesce(' It stands there as a draft that cannot be approved: ' || negative_drafts || '.', '')
        when 'stuck_in_draft_ready'
            then the_bill || ' is approved in Clio (total ' || bill_total || ', balance '
                || bill_balance || '), but ' || the_invoice || ' is still ' || invoice_status_said
                || ' in Xero. Number, contact, dates, totals, tax and every line agree.' || coalesce(days_stuck, '')
                || coalesce(' What Xero would refuse: ' || obstacles || '.', '')
        when 'stuck_in_draft_edited'
            then the_bill || ' is approved in Clio (total ' || bill_total || ', balance '
                || bill_balance || '), but ' || the_invoice || ' is still ' || invoice_status_said || ' in Xero'
                || coalesce(' with other content. Change in Xero: ' || edits || '.', '.')
                || coalesce(' In the way: ' || obstacles || '.', '') || coalesce(days_stuck, '')
        when 'approved_early_in_xero'
            then the_bill || ' is ' || case bill_state when 'draft' then 'a draft' else bill_state end
                || ' in Clio, yet ' || the_invoice
                || ' is already ' || invoice_status_said || ' in Xero with ' || invoice_due || ' due.'
        when 'void_in_clio_live_in_xero'
            then the_bill
                || ' is ' || bill_state || ' in Clio, yet '
                || the_invoice
                || ' is '
                || invoice_status_said
                || ' in Xero with '
                || invoice_due
                || ' due.'
        when 'bill_vanished'
            then the_bill || ' was ' || bill_state || ' in Clio (total ' || bill_total
                || ') when it was last seen there. Since ' || cast(vanished_at as date)
                || ' Clio does not return it any more, not even by its id: it was deleted for good, or the user that '
                || 'Tieout connects as may no longer see it.'
                || coalesce(
                    ' ' || upper(left(the_invoice, 1)) || substr(the_invoice, 2) || ' is ' || invoice_status_said
                    || ' in Xero with ' || invoice_due || ' due.', ' It has no invoice in Xero.'
                )
        when 'void_in_xero_live_in_clio'
            then the_bill || ' is approved in Clio with ' || bill_balance || ' to pay, yet '
                || the_invoice || ' is ' || invoice_status_word || ' in Xero.'
                || coalesce(' It may be there once more: ' || candidates_in_words || '.', '')
        when 'number_collision'
            then the_bill || ' has total ' || bill_total || ' and is issued '
                || coalesce(cast(bill_date as varchar), 'on no date')
                || ' in Clio; in Xero the same number stands on an invoice for '
                || contact_name
                || ' of '
                || coalesce(cast(invoice_date as varchar), 'no date') || ' with total ' || invoice_total
                || '. Client, day and total all differ.'
        when 'duplicate_in_xero'
            then the_bill || ' has ' || repeated_invoice || ' (' || repeated_status || ') in Xero, and ' || the_invoice
                || ' of ' || coalesce(cast(invoice_date as varchar), 'no date') || ' is the same bill once more ('
                || invoice_status_word || ', total ' || invoice_total || ', due ' || invoice_due || ').'
        when 'trust_request_invoiced'
            then 'Trust request ' || coalesce(request_number, 'without a number')
                || coalesce(' for ' || request_client_name, '') || ' of '
                || coalesce(cast(request_date as varchar), 'no date')
                || ' asks for '
                || {{ money_text('request_amount') }}
                || ' of the client''s money'
                || case
                    when request_paid_amount <> 0 then ' (' || {{ money_text('request_paid_amount') }} || ' received)'
                    else ''
                end
                || '. In Xero it stands as ' || the_invoice || ' (' || invoice_status_word || ', due ' || invoice_due
                || '), as if the firm had earned it. Trust money is no receivable.'
        when 'xero_only'
            then upper(left(the_invoice, 1)) || substr(the_invoice, 2) || ' for ' || contact_name || ' of '
                || coalesce(cast(invoice_date as varchar), 'no date') || ' (' || invoice_status_word || ', total '
                || invoice_total || ', due ' || invoice_due || ') has no bill in Clio.'
                || coalesce(' It may be a bill that is missing in Xero: ' || candidates_in_words || '.', '')
                || coalesce(' It is as much as several that are missing in Xero: ' || together_in_words || '.', '')
                || coalesce(' It may be a part of one that is missing in Xero: ' || parts_in_words || '.', '')
    end as explanation,
    case code
        when 'missing_in_xero'
            then case
                    when candidate_count > 0
                        then linking_it || leaving_it
                    when together_in_words is not null
                        then 'Ask whether one invoice stands for several bills: ' || together_in_words
                            || '. While it stands, none of them is to arrive a second time. If it stands for something '
                            || 'else, name it as not from Clio, and this row says the next step.'
                    when parts_in_words is not null
                        then 'Ask whether these stand for the bill in parts: ' || parts_in_words
                            || '. While they stand, it is not to arrive a second time. If they stand for something '
                            || 'else, name them as not from Clio, and this row says the next step.'
                    else sending_it
                end
        when 'credit_note_missing'
            then coalesce('Delete the draft ' || negative_drafts || ' in Xero. ', '')
                || coalesce(
                    'Look at ' || candidates_in_words || '. If it is this bill''s, correct it so that its total is '
                    || {{ money_text('-payable_amount') }} || ' and its reference names ' || bill_number
                    || '; only if it is not, raise one.',
                    'Raise a credit note of ' || {{ money_text('-payable_amount') }} || ' for the client in Xero, with '
                    || bill_number || ' as its number or in its reference.'
                )
        when 'stuck_in_draft_ready'
            then coalesce(steps || '. Then approve', 'Approve') || ' the invoice in Xero as it is.'
        when 'stuck_in_draft_edited'
            then case
                    when payable_amount < 0 then steps || '.'
                    when edits is null then steps || '. Then approve the ' || document_kind || ' in Xero.'
                    else coalesce(steps || '. Then edit', 'Edit')
                        || ' the ' || document_kind || ' in Xero as listed, and approve it.'
                end
        when 'approved_early_in_xero'
            then 'Ask the responsible lawyer whether the bill is to go out. If it is, approve it in Clio. If it is '
                || 'not: ' || removal
        when 'void_in_clio_live_in_xero' then removal
        when 'void_in_xero_live_in_clio'
            then case
                    when candidate_count > 0
                        then linking_it || leaving_it
                    when is_bill_paid
                        then 'The bill is paid in Clio, so it is to stand in Xero too. ' || sending_it
                    else 'If the bill is right: ' || sending_it || ' If the void was meant, void the bill in Clio.'
                end
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
                    when invoice_total like '-%' then 'Xero approves no invoice below zero. ' || removal
                    when candidate_count > 0
                        then linking_it
                            || '; if it is not, name it as not from Clio. Only if it is a mistake: '
                            || removal
                    when together_in_words is not null
                        then 'Ask whether it stands for several bills: ' || together_in_words || '. If it does, leave '
                            || 'it, and send none of them again; if it does not, name it as not from Clio.'
                    when parts_in_words is not null
                        then 'Ask whether it stands for a part of a bill: ' || parts_in_words || '. If it does, leave '
                            || 'it, and do not send the bill again; if it does not, name it as not from Clio.'
                    else 'Link it to its bill, or name it as not from Clio. Only if it is a mistake: ' || removal
                end
    end as suggested_action,
    cast(null as varchar) as blocked_by,
    cast(null as varchar) as group_id,
    coalesce(candidate, negative_candidate, together_candidate, parts_candidate) as candidate,
    changed_at
from findings_with_shared_words
